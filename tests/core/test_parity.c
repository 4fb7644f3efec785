/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every network and sampling case of the fixtures against float64 truth, in all file formats, for
 * 1, 2 and 3 threads: within 20 x the reference's own float32 error on the direct path, 200 x with
 * Winograd; and byte-identical for any thread count. */
#include "stages.h"
#include "check.h"
#include "ops/kernels.h"
#include "said.h"

#include <stdlib.h>
#include <yyjson.h>

#define EXACT_FACTOR 20
#define WINOGRAD_FACTOR 200

static adm_error error;

static const char *
fixture (const char *name)
{
  static char path[4][1024];
  static int next;
  next = (next + 1) % 4;
  snprintf (path[next], sizeof path[next], "%s/%s", ADM_TEST_FIXTURES, name);
  return path[next];
}

static float *
load (const char *name, int64_t shape[8])
{
  float *data;
  int rank;
  if (adm_npy_read (fixture (name), &data, &rank, shape, &error)) {
    printf ("%s\n", said (&error));
    exit (1);
  }
  return data;
}

static size_t
elements (const int64_t *shape, int rank)
{
  size_t n = 1;
  for (int i = 0; i < rank; i++)
    n *= (size_t) shape[i];
  return n;
}

/* The relative RMS error of FOUND [n] against the file NAME. */
static double
error_against (const float *found, const char *name, int rank)
{
  int64_t shape[8];
  float *truth = load (name, shape);
  double difference = 0, norm = 0;
  size_t n = elements (shape, rank);
  for (size_t i = 0; i < n; i++) {
    difference += ((double) found[i] - (double) truth[i]) * ((double) found[i] - (double) truth[i]);
    norm += (double) truth[i] * (double) truth[i];
  }
  free (truth);
  return sqrt (difference / norm);
}

/* The best instruction set on one to three threads, whose bytes must agree; then the others. What
 * the sanitizers look for here is the same on any number; and the other sets' loops pass them in
 * the kernels' own tests, over odd sizes. */
static const struct {
  int threads;
  const char *kernels;
} runs[] = {
  { 2, NULL },
#ifndef __SANITIZE_ADDRESS__
  { 1, NULL }, { 3, NULL }, { 2, "avx2" }, { 2, "portable" },
#endif
};
enum { RUNS = sizeof runs / sizeof *runs };

static void
check_error (double found, double f32_err, bool exact, int threads, const char *what)
{
  double limit = (exact ? EXACT_FACTOR : WINOGRAD_FACTOR) * f32_err;
  if (!CHECK (found <= limit))
    printf ("  %s, %s, %d threads: error %.3g, at most %.3g\n", what, exact ? "exact" : "fast",
            threads, found, limit);
}

static void
list_ints (yyjson_val *list, int out[8])
{
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (list, i, n, v) out[i] = yyjson_get_int (v);
}

static const char *
text (yyjson_val *object, const char *key)
{
  return yyjson_get_str (yyjson_obj_get (object, key));
}

/* The reference's own error; without it nothing may pass. */
static double
number (yyjson_val *object, const char *key)
{
  yyjson_val *value = yyjson_obj_get (object, key);
  CHECK (yyjson_is_num (value));
  return yyjson_get_num (value);
}

static void
eval_case (const char *weights, yyjson_val *c, bool classifier)
{
  int t[8] = { 0 }, y[8] = { 0 };
  int64_t shape[8], low_shape[8] = { 0 };
  float *x = load (text (c, "x"), shape), *low = NULL, *first = NULL;
  list_ints (yyjson_obj_get (c, "t"), t);
  bool labels = yyjson_is_arr (yyjson_obj_get (c, "y"));
  if (labels)
    list_ints (yyjson_obj_get (c, "y"), y);
  const char *low_name = text (c, "low_res");
  if (low_name)
    low = load (low_name, low_shape);
  size_t pixels = elements (shape, 4), room = 2 * pixels;
  float *out = malloc (room * sizeof *out), *logits = malloc (65536 * sizeof *logits);

  for (int exact = 0; exact < 2; exact++)
    for (int run = 0; run < RUNS; run++) {
      int threads = runs[run].threads;
      adm_options options = { .threads = threads, .exact = exact, .kernels = runs[run].kernels };
      if (options.kernels && (exact || !adm_kernels_named (options.kernels)))
        /* an instruction set changes nothing in how the direct way rounds; this processor may lack
         * one */
        continue;
      adm_network *network;
      if (!CHECK (adm_network_load (fixture (weights), &options, NULL, NULL, &network, &error)
                  == ADM_OK)) {
        printf ("  %s\n", said (&error));
        continue;
      }
      adm_status status;
      if (classifier)
        status = adm_network_gradient (
            network, &(adm_batch) { .n = (int) shape[0], .x = x, .t = t, .labels = y }, logits, out,
            &error);
      else
        status = adm_network_evaluate (network,
                                       &(adm_batch) { .n = (int) shape[0],
                                                      .x = x,
                                                      .t = t,
                                                      .labels = labels ? y : NULL,
                                                      .low = low,
                                                      .low_h = (int) low_shape[2],
                                                      .low_w = (int) low_shape[3] },
                                       out, &error);
      if (!CHECK (status == ADM_OK))
        printf ("  %s\n", said (&error));
      else if (classifier) {
        check_error (error_against (logits, text (c, "logits"), 2), number (c, "logits_f32_err"),
                     exact, threads, weights);
        check_error (error_against (out, text (c, "grad"), 4), number (c, "grad_f32_err"), exact,
                     threads, weights);
      } else
        check_error (error_against (out, text (c, "out"), 4), number (c, "f32_err"), exact, threads,
                     weights);
      size_t count
          = classifier || adm_network_description (network)->learn_sigma == 0 ? pixels : room;
      if (options.kernels)
        ; /* another order of additions */
      else if (run == 0) {
        free (first);
        first = malloc (count * sizeof *first);
        memcpy (first, out, count * sizeof *first);
      } else
        CHECK (memcmp (first, out, count * sizeof *first) == 0);
      /* One image alone is the same picture as in the batch. */
      if (!classifier && threads == 2 && !options.kernels) {
        float *alone = malloc (count * sizeof *alone);
        size_t half = count / (size_t) shape[0];
        CHECK (adm_network_evaluate (
                   network,
                   &(adm_batch) { .n = 1,
                                  .x = x + pixels / (size_t) shape[0],
                                  .t = t + 1,
                                  .labels = labels ? y + 1 : NULL,
                                  .low = low ? low + elements (low_shape + 1, 3) : NULL,
                                  .low_h = (int) low_shape[2],
                                  .low_w = (int) low_shape[3] },
                   alone, &error)
               == ADM_OK);
        CHECK (memcmp (alone, first + half, half * sizeof *alone) == 0);
        free (alone);
      }
      adm_network_free (network);
    }
  free (x), free (low), free (out), free (logits), free (first);
}

static void
sample_case (const char *weights, yyjson_val *c, bool superres)
{
  char diffusion[1024], classifier[1024];
  int64_t noise_shape[8], out_shape[8], low_shape[8] = { 0 };
  float *noise = load (text (c, "noise"), noise_shape), *truth = load (text (c, "out"), out_shape),
        *low = NULL;
  snprintf (diffusion, sizeof diffusion, "%s", fixture (weights));
  adm_model model = { .id = (char *) "case",
                      .name = (char *) "case",
                      .diffusion = diffusion,
                      .null_class = ADM_NO_LABEL };
  if (superres) {
    model.diffusion = NULL;
    model.upsampler = diffusion;
  }
  if (text (c, "classifier")) {
    snprintf (classifier, sizeof classifier, "%s", fixture (text (c, "classifier")));
    model.classifier = classifier;
  }
  adm_request request = { .label = yyjson_is_int (yyjson_obj_get (c, "y"))
                                       ? yyjson_get_int (yyjson_obj_get (c, "y"))
                                       : ADM_NO_LABEL,
                          .guide_label = ADM_NO_LABEL,
                          .scale = yyjson_is_num (yyjson_obj_get (c, "scale"))
                                       ? yyjson_get_num (yyjson_obj_get (c, "scale"))
                                       : 0,
                          .respacing = text (c, "respacing"),
                          .eta = yyjson_get_num (yyjson_obj_get (c, "eta")),
                          .seed = yyjson_get_uint (yyjson_obj_get (c, "seed")),
                          .count = 1 };
  CHECK (adm_sampler_parse (text (c, "sampler"), &request.sampler));
  if (yyjson_is_int (yyjson_obj_get (c, "guide")))
    request.guide_label = yyjson_get_int (yyjson_obj_get (c, "guide"));
  if (text (c, "low_res")) {
    low = load (text (c, "low_res"), low_shape);
    request.low = low;
    request.low_h = (int) low_shape[2];
    request.low_w = (int) low_shape[3];
  }
  size_t count = elements (out_shape, 4);
  float *out = malloc (count * sizeof *out), *first = malloc (count * sizeof *first);
  for (int exact = 0; exact < 2; exact++)
    for (int run = 0; run < RUNS; run++) {
      int threads = runs[run].threads;
      adm_options options = { .threads = threads, .exact = exact, .kernels = runs[run].kernels };
      if (options.kernels && (exact || !adm_kernels_named (options.kernels)))
        /* an instruction set changes nothing in how the direct way rounds; this processor may lack
         * one */
        continue;
      adm_session *session;
      if (!CHECK (adm_session_new (&model, &options, &session, &error) == ADM_OK))
        continue;
      for (int seeded = 0; seeded < 2; seeded++) {
        request.noise = seeded ? NULL : noise;
        int finished = 0;
        adm_status status
            = superres ? session_upscale (session, &request, NULL, NULL, out, &finished, &error)
                       : session_sample (session, &request, NULL, NULL, out, &finished, &error);
        if (!CHECK (status == ADM_OK && finished == 1)) {
          printf ("  %s: %s\n", weights, said (&error));
          continue;
        }
        check_error (error_against (out, text (c, "out"), 4), number (c, "f32_err"), exact, threads,
                     text (c, "out"));
        if (options.kernels)
          continue;
        if (!seeded && run == 0)
          memcpy (first, out, count * sizeof *out);
        else if (!seeded)
          CHECK (memcmp (first, out, count * sizeof *out) == 0);
      }
      adm_session_free (session);
    }
  free (noise), free (truth), free (low), free (out), free (first);
}

static void
run_cases (const char *weights, yyjson_val *network)
{
  size_t i, n;
  yyjson_val *c, *config = yyjson_obj_get (network, "config");
  bool classifier = !strcmp (text (config, "kind"), "classifier"),
       superres = !strcmp (text (config, "kind"), "superres");
  yyjson_arr_foreach (yyjson_obj_get (network, "cases"), i, n, c)
  {
    if (!strcmp (text (c, "kind"), "eval"))
      eval_case (weights, c, classifier);
    else
      sample_case (weights, c, superres);
  }
}

int
main (void)
{
  size_t i, n, k, m;
  yyjson_val *key, *network, *other;
  yyjson_doc *doc = yyjson_read_file (fixture ("index.json"), 0, NULL, NULL);
  CHECK (yyjson_obj_size (yyjson_doc_get_root (doc)) >= 8);
  yyjson_obj_foreach (yyjson_doc_get_root (doc), i, n, key, network)
  {
    run_cases (text (network, "weights"), network);
    yyjson_val *also = yyjson_obj_get (network, "also");
    if (yyjson_is_str (also))
      run_cases (yyjson_get_str (also), network);
    yyjson_arr_foreach (also, k, m, other) run_cases (yyjson_get_str (other), network);
  }
  yyjson_doc_free (doc);
  return check_summary ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session as the plug-in uses it: progress and previews, cancelling between and within steps,
 * batches, refusals that leave it usable, the memory that was promised. */
#include "stages.h"
#include "base/machine_memory.h"
#include "check.h"
#include "ops/kernels.h"
#include "said.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE = 32, PIXELS = 3 * SIDE * SIDE };

/* Of the program, told: what it holds changes while it runs. */
enum { OWN = 4 << 20 };

static adm_error error;
static char diffusion[1024], classifier[1024], superres[1024];

static adm_model
the_model (void)
{
  snprintf (diffusion, sizeof diffusion, "%s/unet-cond.pt", ADM_TEST_FIXTURES);
  snprintf (classifier, sizeof classifier, "%s/classifier-attention.pt", ADM_TEST_FIXTURES);
  snprintf (superres, sizeof superres, "%s/superres.pt", ADM_TEST_FIXTURES);
  return (adm_model) { .id = (char *) "small",
                       .name = (char *) "Small",
                       .diffusion = diffusion,
                       .classifier = classifier,
                       .null_class = ADM_NO_LABEL };
}

static adm_request
the_request (void)
{
  return (adm_request) { .label = 2,
                         .guide_label = ADM_NO_LABEL,
                         .scale = 2,
                         .sampler = ADM_SAMPLER_DDIM,
                         .steps = 5,
                         .seed = 11,
                         .count = 3 };
}

static adm_session *
open_session (const adm_model *model, adm_options options)
{
  adm_session *session = NULL;
  if (!CHECK (adm_session_new (model, &options, &session, &error) == ADM_OK)) {
    printf ("  %s\n", said (&error));
    exit (1);
  }
  return session;
}

/* What a callback saw; it stops at STOP_CALL (calls) or after STOP_STEP steps of image
 * STOP_IMAGE. */
struct seen {
  int calls, pictures, loads, stop_call, stop_image, stop_step;
  double last;
  bool backwards, out_of_range, unclamped;
};

static bool
watch (const adm_progress *p, void *user)
{
  struct seen *seen = user;
  seen->calls++;
  if (p->stage == ADM_STAGE_LOAD) {
    seen->loads++;
    seen->last = 0;
  } else {
    double now = p->image + p->fraction;
    seen->backwards |= now < seen->last - 1e-9;
    seen->last = now;
  }
  seen->out_of_range |= p->fraction < 0 || p->fraction > 1 + 1e-9;
  if (p->x0) {
    seen->pictures++;
    CHECK (p->height == SIDE && p->width == SIDE && p->steps == 5);
    for (int i = 0; i < PIXELS; i++)
      seen->unclamped |= !(p->x0[i] > -100 && p->x0[i] < 100);
    if (seen->stop_step && p->image == seen->stop_image && p->step == seen->stop_step)
      return false;
  }
  return !seen->stop_call || seen->calls < seen->stop_call;
}

/* Counts what is loaded; pictures may have any size. */
static bool
watch_loads (const adm_progress *p, void *user)
{
  struct seen *seen = user;
  seen->loads += p->stage == ADM_STAGE_LOAD;
  return true;
}

static void
test_progress (void)
{
  adm_model model = the_model ();
  adm_session *session = open_session (&model, (adm_options) { .threads = 2 });
  adm_request request = the_request ();
  static float batch[3 * PIXELS], alone[PIXELS];
  struct seen seen = { 0 };
  int finished = -1;
  CHECK (session_sample (session, &request, watch, &seen, batch, &finished, &error) == ADM_OK);
  CHECK (finished == 3 && seen.pictures == 15 && seen.loads > 10);
  CHECK (seen.calls > 15 * 20); /* asked between layers, too */
  CHECK (!seen.backwards && !seen.out_of_range && !seen.unclamped);

  /* image i of a batch is image 0 of seed + i, also in a session that is warm */
  for (int i = 0; i < 3; i++) {
    request = the_request ();
    request.count = 1;
    request.seed += (uint64_t) i;
    seen = (struct seen) { 0 };
    CHECK (session_sample (session, &request, watch, &seen, alone, NULL, &error) == ADM_OK);
    CHECK (seen.loads == 0);
    CHECK (memcmp (alone, batch + i * PIXELS, sizeof alone) == 0);
  }
  adm_session_free (session);
}

/* A map that is smaller than the picture makes the picture of the one that it stands for. */
static void
test_small_map (void)
{
  adm_model model = the_model ();
  adm_session *session = open_session (&model, (adm_options) { .threads = 1 });
  static float large[2][SIDE * SIDE], small[2][4], one[PIXELS], other[PIXELS];
  adm_class_weight classes[2] = { { .label = 1, .weight = 1 }, { .label = 2, .weight = 1 } };
  adm_request request = the_request ();
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < SIDE * SIDE; i++)
      large[k][i] = (i % SIDE >= SIDE / 2) == k ? 1 : i / SIDE >= SIDE / 2 ? 0.5f : 0;
    for (int i = 0; i < 4; i++)
      small[k][i] = i % 2 == k ? 1 : i / 2 ? 0.5f : 0;
    classes[k].map = large[k];
  }
  request.steps = 2;
  request.count = 1;
  request.scale = 0;
  request.classes = classes;
  request.class_count = 2;
  CHECK (session_sample (session, &request, NULL, NULL, one, NULL, &error) == ADM_OK);
  for (int k = 0; k < 2; k++) {
    classes[k].map = small[k];
    classes[k].map_height = classes[k].map_width = 2;
  }
  CHECK (session_sample (session, &request, NULL, NULL, other, NULL, &error) == ADM_OK);
  CHECK (memcmp (one, other, sizeof one) == 0);
  adm_session_free (session);
}

static void
test_cancel (void)
{
  adm_model model = the_model ();
  adm_session *session = open_session (&model, (adm_options) { .threads = 2 });
  adm_request request = the_request ();
  static float out[3 * PIXELS], whole[3 * PIXELS];
  int finished = -1;
  CHECK (session_sample (session, &request, NULL, NULL, whole, &finished, &error) == ADM_OK);

  struct seen seen = { .stop_image = 1, .stop_step = 2 };
  memset (out, 0, sizeof out);
  CHECK (session_sample (session, &request, watch, &seen, out, &finished, &error)
         == ADM_ERROR_CANCELLED);
  CHECK (finished == 1 && seen.pictures == 7);
  CHECK (memcmp (out, whole, PIXELS * sizeof *out) == 0); /* what was finished stays */
  CHECK (out[PIXELS] == 0 && out[2 * PIXELS] == 0);       /* the others were not touched */

  /* within a step: at any call, and the session lives on */
  for (int stop = 1; stop < 300; stop += 37) {
    seen = (struct seen) { .stop_call = stop };
    CHECK (session_sample (session, &request, watch, &seen, out, &finished, &error)
           == ADM_ERROR_CANCELLED);
    CHECK (seen.calls == stop); /* not asked again */
  }
  CHECK (session_sample (session, &request, NULL, NULL, out, &finished, &error) == ADM_OK);
  CHECK (memcmp (out, whole, sizeof out) == 0);
  adm_session_free (session);

  /* while loading: the next call loads again */
  session = open_session (&model, (adm_options) { .threads = 1 });
  seen = (struct seen) { .stop_call = 3 };
  CHECK (adm_session_load (session, ADM_PART_DIFFUSION, watch, &seen, &error)
         == ADM_ERROR_CANCELLED);
  CHECK (adm_session_load (session, ADM_PART_DIFFUSION, NULL, NULL, &error) == ADM_OK);
  CHECK (adm_session_load (session, ADM_PART_DIFFUSION, NULL, NULL, &error) == ADM_OK);
  CHECK (adm_session_reads (session) == 2);
  adm_session_free (session);
}

/* Expects a refusal with STATUS that speaks of PART; the arrays stay untouched. */
static void
refused (adm_session *session, adm_request request, adm_status status, const char *part)
{
  static float out[3 * PIXELS];
  int finished = -1;
  out[0] = 77;
  CHECK (session_sample (session, &request, NULL, NULL, out, &finished, &error) == status);
  CHECK (error.status == status && finished == 0 && out[0] == 77);
  CHECK_CONTAINS (said (&error), part);
  CHECK (!strchr (said (&error), '\n'));
}

#define REFUSED(change, status, part)                                                              \
  do {                                                                                             \
    adm_request changed = the_request ();                                                          \
    changed.change;                                                                                \
    refused (session, changed, status, part);                                                      \
  } while (0)

static void
test_refusals (void)
{
  adm_model model = the_model ();
  adm_session *session = open_session (&model, (adm_options) { .threads = 1 });
  REFUSED (steps = 0, ADM_ERROR_USAGE, "2");
  REFUSED (steps = 1, ADM_ERROR_USAGE, "2");
  REFUSED (steps = 1000000000, ADM_ERROR_USAGE, "1000");
  REFUSED (respacing = "ddim999", ADM_ERROR_USAGE, "ddim999");
  REFUSED (respacing = "many", ADM_ERROR_USAGE, "many");
  REFUSED (scale = -1, ADM_ERROR_USAGE, "scale");
  REFUSED (scale = NAN, ADM_ERROR_USAGE, "scale");
  REFUSED (eta = 1.5, ADM_ERROR_USAGE, "eta");
  REFUSED (label = 5, ADM_ERROR_USAGE, "class: 5");
  REFUSED (label = ADM_NO_LABEL, ADM_ERROR_USAGE, "class");
  REFUSED (guide_label = 99, ADM_ERROR_USAGE, "99");
  REFUSED (count = 0, ADM_ERROR_USAGE, "images");
  float low[3] = { 0 };
  REFUSED (low = low, ADM_ERROR_USAGE, "low-resolution");
  adm_request request = the_request ();
  static float out[3 * PIXELS];
  CHECK (session_upscale (session, &request, NULL, NULL, out, NULL, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "upsampler");
  /* still usable */
  CHECK (session_sample (session, &request, NULL, NULL, out, NULL, &error) == ADM_OK);
  adm_session_free (session);

  model.classifier = NULL;
  session = open_session (&model, (adm_options) { .threads = 1 });
  REFUSED (count = 1, ADM_ERROR_USAGE, "no classifier");
  adm_session_free (session);

  model.diffusion = (char *) "/nowhere/model.pt";
  session = open_session (&model, (adm_options) { .threads = 1 });
  REFUSED (scale = 0, ADM_ERROR_IO, "/nowhere/model.pt");
  adm_session_free (session);

  model = the_model ();
  model.classifier = diffusion; /* the wrong kind */
  session = open_session (&model, (adm_options) { .threads = 1 });
  REFUSED (count = 1, ADM_ERROR_SHAPE, "is no classifier");
  adm_session_free (session);

  model = the_model ();
  session = open_session (&model, (adm_options) { .threads = 1, .memory_limit = 1 << 20 });
  REFUSED (count = 1, ADM_ERROR_MEMORY, "MiB");
  adm_session_free (session);

  model = the_model ();
  model.diffusion = NULL;
  model.upsampler = superres;
  session = open_session (&model, (adm_options) { .threads = 1 });
  static float wrong[3 * 15 * 16];
  request = the_request ();
  request.count = 1;
  request.low = wrong;
  request.low_h = 15;
  request.low_w = 16;
  CHECK (session_upscale (session, &request, NULL, NULL, out, NULL, &error) == ADM_ERROR_SHAPE);
  CHECK_CONTAINS (said (&error), "16 x 16");
  adm_session_free (session);
  CHECK (adm_session_new (&model, &(adm_options) { .threads = 100000 }, &session, &error)
             == ADM_ERROR_USAGE
         && session == NULL);
  adm_session_free (NULL);
}

static void
test_memory (void)
{
  adm_file_info info;
  uint64_t weights, workspace;
  adm_network *network;
  the_model ();
  CHECK (adm_file_inspect (diffusion, &info, &error) == ADM_OK);
  CHECK (adm_description_memory (&info.description, 1, NULL, &weights, &workspace, &error)
         == ADM_OK);
  CHECK (adm_network_load (diffusion, &(adm_options) { .threads = 1 }, NULL, NULL, &network, &error)
         == ADM_OK);
  CHECK (adm_network_weights_bytes (network) == weights && workspace > 0);
  adm_network_free (network);
  double flops;
  CHECK (adm_description_flops (&info.description, &flops, &error) == ADM_OK && flops > 1e8
         && flops < 1e10);
  adm_network_free (NULL);
}

/* One stage at a time when both do not fit: the same pictures, loaded again for each stage; refused
 * with figures when even that does not fit. The superres network takes 16 px, so the sampled
 * pictures are not what it enlarges. */
static void
test_memory_limit (void)
{
  static float sampled[2][PIXELS], low[3 * 16 * 16], large[2][3 * 64 * 64];
  adm_model model = the_model ();
  model.upsampler = superres;
  adm_memory memory;
  CHECK (adm_model_memory (&model, &(adm_options) { .threads = 1, .program_bytes = OWN }, &memory,
                           &error)
             == ADM_OK
         && memory.fit == ADM_FIT_TOGETHER);
  CHECK (memory.staged < memory.together && memory.staged_half < memory.together_half
         && memory.together_half < memory.together);
  const uint64_t limits[2] = { 0, memory.staged };
  for (int i = 0; i < 2; i++) {
    adm_session *session = open_session (
        &model, (adm_options) { .threads = 1, .program_bytes = OWN, .memory_limit = limits[i] });
    struct seen seen = { 0 };
    adm_request request = the_request (), up = the_request ();
    request.count = up.count = 1;
    up.low = low;
    up.low_h = up.low_w = 16;
    up.scale = 0;
    CHECK (adm_session_load (session, ADM_PART_DIFFUSION | ADM_PART_CLASSIFIER | ADM_PART_UPSAMPLER,
                             watch, &seen, &error)
           == ADM_OK);
    int all = seen.loads;
    for (int k = 0; k < 2; k++) {
      seen = (struct seen) { 0 };
      CHECK (session_sample (session, &request, watch, &seen, sampled[i], NULL, &error) == ADM_OK);
      /* loaded anew only after the upsampler took its place */
      CHECK ((seen.loads > 0) == (i == 1 && k == 1));
      struct seen loads = { 0 };
      CHECK (session_upscale (session, &up, watch_loads, &loads, large[i], NULL, &error) == ADM_OK);
      CHECK ((loads.loads > 0) == (i == 1) && loads.loads < all);
    }
    /* three networks; in turns where they do not fit together */
    CHECK (adm_session_reads (session) == (i == 0 ? 3 : 2 + 1 + 2 + 1));
    adm_session_free (session);
  }
  CHECK (memcmp (sampled[0], sampled[1], sizeof *sampled) == 0
         && memcmp (large[0], large[1], sizeof *large) == 0);

  adm_session *session = open_session (
      &model,
      (adm_options) { .threads = 1, .program_bytes = OWN, .memory_limit = memory.staged - 1 });
  CHECK (adm_session_load (session, ADM_PART_DIFFUSION | ADM_PART_CLASSIFIER | ADM_PART_UPSAMPLER,
                           NULL, NULL, &error)
         == ADM_ERROR_MEMORY);
  CHECK_CONTAINS (said (&error), "model Small needs ");
  CHECK_CONTAINS (said (&error), "weights in 16 bits (--half) it needs");
  adm_session_free (session);
  session = open_session (&model, (adm_options) { .threads = 1,
                                                  .program_bytes = OWN,
                                                  .memory_limit = memory.staged,
                                                  .half = true });
  CHECK (adm_session_load (session, ADM_PART_DIFFUSION | ADM_PART_CLASSIFIER, NULL, NULL, &error)
         == ADM_OK);
  adm_session_free (session);
  uint64_t total, available;
  adm_machine_memory (&total, &available);
  CHECK (total > 0 && available > 0 && available < total && memory.limit == total);
  /* what may be taken: the limit given, else what is free and what is held already */
  const uint64_t gib = 1 << 30;
  CHECK (adm_memory_choose (6 * gib, 16 * gib, gib, 0) == 6 * gib
         && adm_memory_choose (20 * gib, 16 * gib, gib, 0) == 16 * gib);
  CHECK (adm_memory_choose (0, 16 * gib, 5 * gib, 2 * gib) == 7 * gib
         && adm_memory_choose (0, 16 * gib, 0, 2 * gib) == 16 * gib);
  CHECK (adm_memory_choose (0, 16 * gib, 15 * gib, 2 * gib) == 16 * gib
         && adm_memory_choose (0, 0, 0, 0) == UINT64_MAX);
  CHECK (adm_memory_choose (0, 16 * gib, UINT64_MAX, UINT64_MAX) == 16 * gib);
  CHECK (adm_memory_allowed (gib) == gib && adm_memory_allowed (0) <= total
         && adm_memory_allowed (0) > 0);
  CHECK (adm_memory_word (0) == ADM_WORD_FREE && adm_memory_word (1) == ADM_WORD_ALLOWED);
}

/* Weights in 16 bits: half the convolutions' memory as promised, and nearly the same answer; other
 * instruction sets likewise. */
static void
test_half_and_kernels (void)
{
  const adm_options options[] = { { .threads = 2 },
                                  { .threads = 2, .half = true },
                                  { .threads = 2, .kernels = "avx2" },
                                  { .threads = 2, .kernels = "portable" } };
  const double limit[] = { 0, 5e-3, 1e-4, 1e-4 };
  adm_file_info info;
  uint64_t weights, workspace, whole = 0;
  the_model ();
  CHECK (adm_file_inspect (diffusion, &info, &error) == ADM_OK);
  size_t n = 3 * (size_t) info.description.image_size * (size_t) info.description.image_size;
  size_t room = n * (info.description.learn_sigma ? 2 : 1);
  float *x = calloc (n, sizeof *x), *first = calloc (room, sizeof *first),
        *out = calloc (room, sizeof *out);
  const int t = 300, label = 1;
  for (size_t i = 0; i < n; i++)
    x[i] = (float) (i % 97) / 48.0f - 1;
  for (size_t o = 0; o < sizeof options / sizeof *options; o++) {
    adm_network *network;
    if (options[o].kernels && !adm_kernels_named (options[o].kernels))
      continue; /* not on this processor */
    CHECK (adm_description_memory (&info.description, 1, &options[o], &weights, &workspace, &error)
           == ADM_OK);
    if (!CHECK (adm_network_load (diffusion, &options[o], NULL, NULL, &network, &error) == ADM_OK))
      continue;
    CHECK (adm_network_weights_bytes (network) == weights);
    CHECK (adm_network_evaluate (network,
                                 &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &label },
                                 o ? out : first, &error)
           == ADM_OK);
    if (o == 0)
      whole = weights;
    else {
      double difference = 0, norm = 0;
      for (size_t i = 0; i < room; i++) {
        difference += pow ((double) out[i] - (double) first[i], 2);
        norm += pow ((double) first[i], 2);
      }
      if (!CHECK (sqrt (difference / norm) <= limit[o]))
        printf ("  half %d, kernels %s: error %.3g\n", options[o].half,
                options[o].kernels ? options[o].kernels : "best", sqrt (difference / norm));
    }
    if (options[o].half)
      CHECK (weights > whole / 2 && weights < whole * 6 / 10);
    adm_layer_share shares[ADM_LAYER_SHARES];
    double flops = 0, seconds = 0, expected;
    adm_network_shares (network, shares);
    for (int i = 0; i < ADM_LAYER_SHARES; i++) {
      flops += shares[i].flops;
      seconds += shares[i].seconds;
      CHECK (shares[i].layers && shares[i].seconds >= 0);
    }
    CHECK (adm_description_flops (&info.description, &expected, &error) == ADM_OK);
    CHECK (fabs (flops - expected) < 1e-6 * expected && seconds > 0 && seconds < 60);
    adm_network_free (network);
  }
  free (x), free (first), free (out);
  adm_network *none;
  CHECK (
      adm_network_load (diffusion, &(adm_options) { .kernels = "mmx" }, NULL, NULL, &none, &error)
          == ADM_ERROR_USAGE
      && !none);
  CHECK_CONTAINS (said (&error), "no kernels 'mmx'");
}

static void
test_pixels (void)
{
  float in[6] = { -2, -1, -0.999f, 0.5f, 1, 9 }; /* planes of two pixels */
  uint8_t out[6];
  adm_pixels_to_u8 (in, 1, 2, out);
  const uint8_t expected[6] = { 0, 0, 255, 0, 191, 255 }; /* truncated, clamped, interleaved */
  CHECK (memcmp (out, expected, sizeof out) == 0);
  in[4] = NAN;
  adm_pixels_to_u8 (in, 1, 2, out);
  CHECK (out[2] == 0 && out[5] == 255);
  float back[6];
  adm_pixels_from_u8 (out, 1, 2, back);
  CHECK_NEAR (back[0], -1, 0);
  CHECK_NEAR (back[3], 191 / 127.5 - 1, 1e-6);
  CHECK_NEAR (back[1], 1 - 2.0, 1e-6);
}

int
main (void)
{
  test_progress ();
  test_small_map ();
  test_cancel ();
  test_refusals ();
  test_memory ();
  test_memory_limit ();
  test_half_and_kernels ();
  test_pixels ();
  return check_summary ();
}

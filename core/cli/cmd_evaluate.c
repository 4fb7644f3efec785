/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm evaluate`: what pictures are worth, as one JSON object. */
#include "cli/options.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/result.h"
#include "cli/search.h"
#include "cli/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[]
    = "Usage: adm evaluate SAMPLES… --reference REFERENCE [OPTION…]\n"
      "Compares pictures with those of a reference: Fréchet distances (fid, sfid), Inception "
      "Score, "
      "precision and recall, as the paper's evaluator computes them.\n"
      "SAMPLES and REFERENCE are folders of PNG or JPEG files, .npz or .npy files of pictures "
      "(uint8 "
      "[N,H,W,3]), or saved features (pool_3 and spatial, or .npy [N,D]); the reference may be "
      "published statistics (mu, sigma, mu_s, sigma_s). Several SAMPLES are taken together.\n"
      "\n"
      "  --reference R     what to compare with\n"
      "  --inception FILE  weights of the 2015-12-05 Inception network, with its PyTorch ports' "
      "names\n"
      "  --features NAME   inception (the default), or classifier: that of --model\n"
      "  --model M         whose classifier it is: an id, a name, a description or a file\n"
      "  --save-features F.npz  keep the samples' features and statistics\n"
      "  --softmax-weights W.npy  [D,K]: for the Inception Score of saved features\n"
      "  --split N         pictures in a split of the Inception Score (default: 5000)\n"
      "  -k K              neighbours for precision and recall (default: 3)\n"
      "  --memory-limit S  all that may be taken, as 6GiB (default: what is free)\n"
      "  --json            accepted: what is printed is JSON anyway, and a failure is an object, "
      "too\n"
      "  --threads T       default: all processors\n"
      "\n"
      "Examples:\n"
      "  adm evaluate samples.npz --reference textures --features classifier "
      "--model " ADM_EMBEDDED_MODEL "\n";

typedef struct evaluate_options {
  bool help;
  const char *reference, *features, *model;
  adm_evaluation how;
} evaluate_options;

typedef struct watch {
  terminal line;
  double done; /* of the work last told */
} watch;

static bool
show (void *user, const char *work, double done, uint64_t bytes)
{
  watch *w = user;
  char text[400];
  if (done < w->done) /* another work begins, with a time of its own */
    w->line.began = 0;
  w->done = done;
  snprintf (text, sizeof text, "%.200s, %.0f MiB", work, (double) bytes / 0x1p20);
  terminal_bar (&w->line, text, done);
  return !interrupt_requested ();
}

static adm_status
parse (int argc, char **argv, evaluate_options *o, int *rest, adm_error *error)
{
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o->help },
    { .name = "--reference", .type = OPTION_TEXT, .value = &o->reference },
    { .name = "--inception", .type = OPTION_TEXT, .value = &o->how.network },
    { .name = "--features", .type = OPTION_TEXT, .value = &o->features },
    { .name = "--model", .type = OPTION_TEXT, .value = &o->model },
    { .name = "--save-features", .type = OPTION_TEXT, .value = &o->how.save_features },
    { .name = "--softmax-weights", .type = OPTION_TEXT, .value = &o->how.softmax_weights },
    { .name = "--split", .type = OPTION_INT, .value = &o->how.split, .min = 1, .max = 1e9 },
    { .name = "-k", .type = OPTION_INT, .value = &o->how.neighbours, .min = 1, .max = 64 },
    { .name = "--memory-limit", .type = OPTION_SIZE, .value = &o->how.memory_limit },
    { .name = "--threads", .type = OPTION_INT, .value = &o->how.threads, .min = 1, .max = 256 },
  };
  adm_status status = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, rest, error);
  if (status || o->help)
    return status;
  if (*rest < 1 || !o->reference)
    return program_fail (error, ADM_ERROR_USAGE, "evaluate: %s is missing; see adm evaluate --help",
                         *rest < 1 ? "what to evaluate" : "--reference");
  bool classifier = o->features && strcmp (o->features, "classifier") == 0;
  if (o->features && !classifier && strcmp (o->features, "inception"))
    return program_fail (error, ADM_ERROR_USAGE,
                         "--features: '%s' is not possible; give inception or classifier",
                         o->features);
  if (classifier != (o->model != NULL))
    return program_fail (error, ADM_ERROR_USAGE,
                         classifier ? "--features classifier needs the model; give --model"
                                    : "--model is for --features classifier; leave it out");
  if (classifier && o->how.network)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--inception and --features classifier exclude each other; give one");
  if (o->how.save_features && !output_has_extension (o->how.save_features, ".npz"))
    return program_fail (error, ADM_ERROR_USAGE, "'%s' must end in .npz", o->how.save_features);
  o->how.features = classifier ? ADM_FEATURES_CLASSIFIER : ADM_FEATURES_INCEPTION;
  return ADM_OK;
}

/* VALUE with all its digits; null: not to be had. */
static bool
add_score (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *name, double value)
{
  return isnan (value) ? yyjson_mut_obj_add_null (doc, object, name)
                       : yyjson_mut_obj_add_real (doc, object, name, value);
}

static adm_status
print_scores (const adm_scores *s, adm_error *error)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *object = doc ? yyjson_mut_obj (doc) : NULL;
  bool ok = object && add_score (doc, object, "fid", s->fid)
            && add_score (doc, object, "sfid", s->sfid)
            && add_score (doc, object, "inception_score", s->inception_score)
            && add_score (doc, object, "precision", s->precision)
            && add_score (doc, object, "recall", s->recall)
            && yyjson_mut_obj_add_uint (doc, object, "samples", s->samples)
            && yyjson_mut_obj_add_uint (doc, object, "reference", s->reference);
  return result_print_object (doc, object, ok, "evaluate", error);
}

static adm_status
evaluate (evaluate_options *o, const char *const *samples, int n, adm_scores *scores,
          adm_error *error)
{
  adm_catalog *catalog = NULL;
  const adm_model *model;
  output_set outputs = { NULL, 0 };
  watch seen = { 0 };
  const char *kept = o->how.save_features;
  adm_status status = ADM_OK;
  if (o->model)
    status = search_model (o->model, &catalog, &model, error);
  if (!status && o->model && !(o->how.network = adm_model_part (model, ADM_PART_CLASSIFIER)))
    status = program_fail (error, ADM_ERROR_USAGE, "%s: has no classifier; give a model with one",
                           o->model);
  if (!status && kept)
    status = output_add (&outputs, kept, error);
  if (!status && kept)
    status = output_begin (&outputs, 0, &o->how.save_features, error);
  o->how.progress = show;
  o->how.user = &seen;
  if (!status)
    status = adm_evaluate (samples, n, o->reference, &o->how, scores, error);
  terminal_clear (&seen.line);
  if (!status && kept)
    status = output_commit (&outputs, error);
  output_clear (&outputs);
  adm_catalog_free (catalog);
  return status;
}

int
cmd_evaluate (int argc, char **argv)
{
  evaluate_options options = { 0 };
  adm_scores scores;
  adm_error error;
  int rest;
  adm_status status = parse (argc, argv, &options, &rest, &error);
  if (!status && options.help)
    return program_print (usage);
  if (!status)
    status = evaluate (&options, (const char *const *) argv, rest, &scores, &error);
  if (!status)
    status = print_scores (&scores, &error);
  return status ? program_report (&error) : EXIT_OK;
}

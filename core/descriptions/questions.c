/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a file's tensors leave open, asked with possible answers only. Their order follows what the
 * published checkpoints and the reference implementation's own defaults make likely. */
#include "descriptions/description.h"

#include "base/error.h"
#include "descriptions/description_json.h"
#include "descriptions/infer.h"
#include "descriptions/published.h"

#include <stdlib.h>
#include <string.h>

static void
offer (adm_question *question, const char *key, const char *value)
{
  if (question->count < ADM_MAX_ANSWERS)
    question->answer[question->count++] = (adm_answer) { key, value };
}

/* The files that share these tensors, and differ in nothing a computation shows. */
static void
ask_which (adm_listing *listing, const adm_description *d, adm_question *question)
{
  *question = (adm_question) { .topic = "recognised_as" };
  for (const adm_published *p = adm_published_match (listing); p;
       p = adm_published_next (listing, p))
    if (adm_published_fits (p, d))
      offer (question, "recognised_as", p->name);
}

static bool
possible (const adm_description *d)
{
  adm_error ignored;
  return !adm_description_validate (d, "", &ignored);
}

/* Most networks halve their pictures down to 8 px; those of width 1, 2, 2, 2 are the 32 px ones of
 * Improved DDPM. */
static void
ask_size (const adm_description *d, adm_question *question)
{
  static const struct {
    int size;
    const char *text;
  } sizes[] = { { 32, "32" },   { 64, "64" },     { 128, "128" }, { 256, "256" },
                { 512, "512" }, { 1024, "1024" }, { 16, "16" } };
  int likely = 8 << (d->levels - 1);
  if (d->levels == 4 && d->channel_mult[1] == d->channel_mult[3])
    likely = 32;
  *question = (adm_question) { .topic = "image_size", .required = true };
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      adm_description tried = *d;
      tried.image_size = sizes[i].size;
      /* relative to the bottom level's side: see infer.h */
      for (int k = 0; k < d->attention_levels; k++)
        tried.attention_resolutions[k] *= tried.image_size >> (d->levels - 1);
      if ((sizes[i].size == likely) == (pass == 0) && possible (&tried))
        offer (question, "image_size", sizes[i].text);
    }
}

static void
ask_heads (const adm_description *d, adm_question *question)
{
  static const struct {
    int heads, channels;
    const char *text;
  } heads[] = { { 1, 64, "64" }, { 4, -1, "4" }, { 1, -1, "1" },  { 1, 32, "32" },
                { 2, -1, "2" },  { 8, -1, "8" }, { 1, 16, "16" }, { 1, 128, "128" } };
  *question = (adm_question) { .topic = "heads", .required = true };
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    adm_description tried = *d;
    tried.num_heads = heads[i].heads;
    tried.num_head_channels = heads[i].channels;
    if (possible (&tried))
      offer (question, heads[i].channels > 0 ? "num_head_channels" : "num_heads", heads[i].text);
  }
}

/* A key with VALUES, the likeliest first, that the network can run without an answer to, or not. */
static void
ask_key (const char *key, bool required, const char *const *values, adm_question *question)
{
  *question = (adm_question) { .topic = key, .required = required };
  for (; *values; values++)
    offer (question, key, *values);
}

/* What no tensor shows of the diffusion: asked with the rest where nothing is said of it. */
static void
ask_diffusion (const adm_description *d, adm_question *questions, int *count)
{
  static const char *const steps[] = { "1000", "4000", "2000", "500", NULL }, *const flags[]
                                                                              = { "false", "true",
                                                                                  NULL };
  ask_key ("diffusion_steps", false, steps, &questions[(*count)++]);
  if (d->kind == ADM_KIND_CLASSIFIER)
    return;
  ask_key ("predict_xstart", false, flags, &questions[(*count)++]);
  if (!d->learn_sigma)
    ask_key ("sigma_small", false, flags, &questions[(*count)++]);
}

static adm_status
ask (adm_weights *weights, adm_question *questions, int *count, adm_error *error)
{
  adm_listing listing;
  adm_description d;
  const char *recognised;
  char where[ADM_ERROR_ROOM / 2];
  yyjson_doc *doc = NULL;
  *count = 0;
  adm_status status = adm_description_of_weights (weights, &d, &recognised, error);
  if (!status)
    status = adm_description_document (weights, where, sizeof where, &doc, error);
  bool silent = !doc,
       told = doc && yyjson_is_str (yyjson_obj_get (yyjson_doc_get_root (doc), "recognised_as"));
  yyjson_doc_free (doc);
  if (!status)
    status = adm_listing_of_weights (weights, &listing, error);
  if (status)
    return status;
  if (recognised && !told && !adm_weights_description (weights)) {
    ask_which (&listing, &d, questions);
    *count += questions->count > 1;
  }
  if (listing.exhausted)
    status = ADM_FAIL (error, NO_MEMORY_READ, adm_weights_path (weights));
  adm_listing_clear (&listing);
  if (status)
    return status;
  if (d.image_size == -1)
    ask_size (&d, &questions[(*count)++]);
  if (d.pixels == ADM_PIXELS_UNKNOWN)
    ask_key ("pixels", true, (const char *const[]) { "rgba", NULL }, &questions[(*count)++]);
  if (d.num_heads == -1 && d.num_head_channels == -1)
    ask_heads (&d, &questions[(*count)++]);
  if (d.use_new_attention_order == -1) {
    adm_question order = { .topic = "use_new_attention_order", .required = true };
    offer (&order, "use_new_attention_order", "false");
    offer (&order, "use_new_attention_order", "true");
    questions[(*count)++] = order;
  }
  if (d.noise_schedule == ADM_SCHEDULE_UNKNOWN) {
    adm_question schedule = { .topic = "noise_schedule", .required = true };
    offer (&schedule, "noise_schedule", "linear");
    offer (&schedule, "noise_schedule", "cosine");
    questions[(*count)++] = schedule;
  }
  if (silent && !recognised)
    ask_diffusion (&d, questions, count);
  return ADM_OK;
}

adm_status
adm_file_questions (const char *path, adm_question questions[ADM_MAX_QUESTIONS], int *count,
                    adm_error *error)
{
  adm_weights *weights;
  adm_status status = adm_weights_open (path, &weights, error);
  if (status)
    return status;
  adm_question found[ADM_MAX_QUESTIONS];
  int n = 0;
  status = ask (weights, found, &n, error);
  adm_weights_free (weights);
  if (!status) {
    memcpy (questions, found, (size_t) n * sizeof *found);
    *count = n;
  }
  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loop: gradients, a step of AdamW, averages; reports and checkpoints now and then. */
#include "adm_array.h"
#include "base/error.h"
#include "base/machine_memory.h"
#include "descriptions/description.h"
#include "descriptions/description_json.h"
#include "train/checkpoint.h"
#include "train/initial.h"
#include "ops/dropout.h"
#include "train/parameter_file.h"
#include "train/samples.h"
#include "train/training.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct run {
  adm_training training;
  adm_train_callback report;
  void *user;
  char *checkpoint; /* its path */
  int64_t saved;    /* the step that the files hold; -1: none */
  double started, saved_at;
  bool stopped; /* somebody asked to */
};

static double
seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

/* ---- reports --------------------------------------------------------------------------------- */

static adm_train_report
report_of (const struct run *run, int what)
{
  const adm_training *g = &run->training;
  return (adm_train_report) { .what = what,
                              .step = g->step,
                              .steps = g->request->steps,
                              .pictures = g->list.count,
                              .unreadable = g->unreadable,
                              .classes = g->list.classes,
                              .class_name = (const char *const *) g->list.class_name,
                              .seconds_left = -1 };
}

static void
tell (struct run *run, const adm_train_report *report)
{
  if (run->report && !run->report (report, run->user))
    run->stopped = true;
}

static bool
poll (void *user, double done)
{
  struct run *run = user;
  adm_train_report report = report_of (run, ADM_TRAIN_WORKING);
  (void) done;
  tell (run, &report);
  return !run->stopped;
}

static void
tell_unreadable (struct run *run)
{
  adm_error why;
  while (adm_feeder_unreadable (run->training.feeder, &why)) {
    run->training.unreadable++;
    adm_train_report report = report_of (run, ADM_TRAIN_UNREADABLE);
    report.unreadable_why = &why;
    tell (run, &report);
  }
}

/* Seconds to the end, by steps or minutes. */
static double
time_left (const struct run *run, double a_step)
{
  const adm_train_request *r = run->training.request;
  double left = r->steps > 0 ? a_step * (double) (r->steps - run->training.step) : INFINITY;
  if (r->minutes > 0)
    left = fmin (left, run->started + 60 * r->minutes - seconds ());
  return isfinite (left) ? fmax (left, 0) : -1;
}

static void
tell_log (struct run *run)
{
  adm_training *g = &run->training;
  adm_training_sums *s = &g->sums;
  if (s->steps == 0)
    return;
  adm_train_report report = report_of (run, ADM_TRAIN_LOGGED);
  report.loss = s->loss / s->steps;
  report.gradient_norm = s->gradient_norm / s->steps;
  for (int q = 0; q < 4; q++) {
    report.quarter[q] = s->count[q] ? s->quarter[q] / s->count[q] : NAN;
    report.accuracy[q] = s->count[q] ? s->right[q] / s->count[q] : NAN;
  }
  report.pictures_per_second = s->steps * g->request->batch / s->seconds;
  report.seconds_left = time_left (run, s->seconds / s->steps);
  tell (run, &report);
  *s = (adm_training_sums) { 0 };
}

/* ---- opening --------------------------------------------------------------------------------- */

static adm_status
check_request (const adm_train_request *r, adm_error *error)
{
  adm_word problem = ADM_WORDS;
  if (r->batch < 1 || r->microbatch < 0 || (r->microbatch && r->batch % r->microbatch))
    problem = ADM_WORD_MICROBATCH;
  else if (r->steps < 0 || (r->steps == 0 && !(r->minutes > 0)))
    problem = ADM_WORD_NO_END;
  else if (!(r->lr > 0) || !(r->weight_decay >= 0) || r->log_steps < 1 || !(r->save_minutes > 0))
    problem = ADM_WORD_NO_INTERVAL;
  else if (!(r->dropout >= 0 && r->dropout < 1) || !(r->drop_label >= 0 && r->drop_label <= 1))
    problem = ADM_WORD_BAD_SHARE;
  else if (r->emas < 0 || r->emas > ADM_MAX_EMAS)
    problem = ADM_WORD_MANY_AVERAGES;
  else if (r->anneal && r->steps == 0)
    problem = ADM_WORD_ANNEAL;
  else if ((r->from != NULL) + (r->description != NULL) + (r->resume ? 1 : 0) == 0)
    problem = ADM_WORD_NO_START;
  for (int i = 0; i < r->emas && problem == ADM_WORDS; i++)
    if (!(r->ema[i] > 0 && r->ema[i] < 1))
      problem = ADM_WORD_AVERAGE_RATE;
  return problem < ADM_WORDS ? ADM_FAIL (error, TRAIN_REQUEST, problem) : ADM_OK;
}

static adm_status
check_network (const adm_training *g, adm_error *error)
{
  const adm_description *d = &g->trainee->description;
  const adm_train_request *r = g->request;
  static const adm_word kinds[]
      = { ADM_WORD_A_DIFFUSION_MODEL, ADM_WORD_AN_UPSAMPLER, ADM_WORD_A_CLASSIFIER };
  int spare = r->drop_label > 0 ? 1 : 0, classes = g->list.classes;
  if (d->kind != r->kind)
    return ADM_FAIL (error, TRAIN_KIND, kinds[d->kind], kinds[r->kind]);
  if (r->size > 0 && d->image_size != r->size)
    return ADM_FAIL (error, TRAIN_SIZE, d->image_size, r->size);
  if (d->kind == ADM_KIND_SUPERRES && (d->small_size < 1 || d->image_size % d->small_size != 0))
    return ADM_FAIL (error, TRAIN_SMALL);
  if (d->num_classes > 0 && classes == 0)
    return ADM_FAIL (error, TRAIN_CLASSLESS, r->folder);
  if (d->num_classes > 0 && classes + spare > d->num_classes)
    return spare ? ADM_FAIL (error, TRAIN_CLASSES_NONE, r->folder, classes, d->num_classes)
                 : ADM_FAIL (error, TRAIN_CLASSES, r->folder, classes, d->num_classes);
  if (spare && d->num_classes == 0)
    return ADM_FAIL (error, TRAIN_LABELS);
  return ADM_OK;
}

static adm_status
open_network (adm_training *g, adm_error *error)
{
  const adm_train_request *r = g->request;
  adm_trainee_options how
      = { .options = r->options, .n = g->n, .dropout = (float) r->dropout, .copies = 2 + r->emas };
  const char *from = r->from ? r->from : r->description ? NULL : r->output;
  if (from)
    return adm_trainee_load (from, &how, &g->trainee, error);
  yyjson_doc *doc;
  adm_description d;
  adm_status status = adm_json_parse_file (r->description, &doc, error);
  if (status)
    return status;
  status = adm_description_read (yyjson_doc_get_root (doc), r->description, NULL, &d, error);
  yyjson_doc_free (doc);
  const char *unknown = status ? NULL : adm_description_unknown (&d);
  if (unknown)
    status = ADM_FAIL (error, KEYS_OPEN, r->description, unknown);
  adm_network_source source = { .name = r->description, .description = &d };
  if (!status)
    status = adm_trainee_open (&source, &how, &g->trainee, error);
  if (!status)
    adm_trainee_initialise (g->trainee, r->seed);
  return status;
}

static adm_status
take_copies (adm_training *g, adm_error *error)
{
  const adm_train_request *r = g->request;
  uint64_t bytes = g->trainee->elements * sizeof (float);
  bool ok = true;
  g->adamw = (adm_adamw) { .beta1 = 0.9,
                           .beta2 = 0.999,
                           .eps = 1e-8,
                           .weight_decay = r->weight_decay,
                           .count = g->trainee->elements,
                           .moment1 = adm_block_new (bytes),
                           .moment2 = adm_block_new (bytes) };
  for (int i = 0; i < r->emas; i++) {
    ok &= (g->ema[i] = adm_block_new (bytes)) != NULL;
    if (g->ema[i])
      memcpy (g->ema[i], g->trainee->weights, (size_t) bytes);
  }
  if (ok && g->adamw.moment1 && g->adamw.moment2)
    return ADM_OK;
  return ADM_FAIL (error, NO_MEMORY_MIB, (2 + (uint64_t) r->emas) * bytes);
}

/* ---- files ----------------------------------------------------------------------------------- */

static adm_checkpoint
checkpoint_of (adm_training *g)
{
  static const char *const names[ADM_MAX_EMAS] = { "ema1", "ema2", "ema3", "ema4" };
  adm_checkpoint c = { .trainee = g->trainee,
                       .arrays = 3 + g->request->emas,
                       .array = { { "weights", g->trainee->weights },
                                  { "moment1", g->adamw.moment1 },
                                  { "moment2", g->adamw.moment2 } },
                       .seed = g->request->seed,
                       .pictures = g->list.count,
                       .batch = g->request->batch,
                       .step = g->step };
  for (int i = 0; i < g->request->emas; i++) {
    c.array[3 + i].name = names[i];
    c.array[3 + i].values = g->ema[i];
  }
  if (g->sampler.history) {
    c.loose_name = "timesteps";
    c.loose = g->sampler.history;
    c.loose_count = (uint64_t) g->sampler.steps * (ADM_STEP_HISTORY + 1);
  }
  return c;
}

/* The metadata of the result: what the network is, and what it was trained on; NULL: no memory. */
static char *
describe (const adm_training *g)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc), *names = NULL;
  yyjson_mut_doc_set_root (doc, root);
  yyjson_mut_obj_add_int (doc, root, "training_steps", g->step);
  yyjson_mut_obj_add_uint (doc, root, "training_pictures", g->list.count);
  if (g->list.classes > 0)
    names = yyjson_mut_obj_add_arr (doc, root, "class_names");
  for (int i = 0; i < g->list.classes && names; i++)
    yyjson_mut_arr_add_strcpy (doc, names, g->list.class_name[i]);
  yyjson_doc *more = yyjson_mut_doc_imut_copy (doc, NULL);
  size_t length;
  char *text
      = more ? adm_description_compose (&g->trainee->description, NULL, &more, 1, false, &length)
             : NULL;
  yyjson_doc_free (more);
  yyjson_mut_doc_free (doc);
  return text;
}

/* "OUT.safetensors" and average I > 0: "OUT.ema-RATE.safetensors", malloc'ed. */
static char *
average_path (const adm_train_request *r, int i)
{
  char *path = malloc (strlen (r->output) + 64);
  const char *dot = strrchr (r->output, '.');
  int stem = dot ? (int) (dot - r->output) : (int) strlen (r->output);
  if (path && i == 0)
    strcpy (path, r->output);
  else if (path)
    sprintf (path, "%.*s.ema-%g.safetensors", stem, r->output, r->ema[i]);
  return path;
}

enum { SAMPLE_STEPS = 20 };

/* A sample of each class in turn by the weights as they are. That it was stopped is no failure. */
static adm_status
show_samples (struct run *run, adm_error *error)
{
  adm_training *g = &run->training;
  const adm_train_request *r = g->request;
  const adm_description *d = &g->trainee->description;
  int channels = adm_description_channels (d), classes = g->list.classes;
  size_t area = (size_t) d->image_size * (size_t) d->image_size;
  float *made = malloc ((size_t) (channels + 3) * area * sizeof *made),
        *rgb = made ? made + (size_t) channels * area : NULL;
  adm_status status = made ? ADM_OK : ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_PICTURE);
  for (int i = 0; i < r->samples && !status && !run->stopped; i++) {
    adm_look look = { classes > 0 ? i % classes : ADM_NO_LABEL, SAMPLE_STEPS,
                      adm_mix (r->seed ^ 0x73686f77, (uint64_t) i), r->output };
    status = adm_trainee_look (g->trainee, look, made, error);
    if (status)
      break;
    adm_pixels_to_rgb (made, channels, d->image_size, d->image_size, rgb);
    adm_train_report report = report_of (run, ADM_TRAIN_PICTURE);
    report.picture = rgb;
    report.side = d->image_size;
    report.sample = i;
    tell (run, &report);
  }
  free (made);
  return status == ADM_ERROR_CANCELLED ? ADM_OK : status;
}

/* By the first average, where there is one; the weights are then as before. */
static adm_status
show (struct run *run, adm_error *error)
{
  adm_training *g = &run->training;
  const adm_train_request *r = g->request;
  if (r->samples < 1 || r->kind != ADM_KIND_UNET || run->stopped)
    return ADM_OK;
  if (r->emas > 0)
    adm_trainee_exchange (g->trainee, g->ema[0]);
  adm_status status = show_samples (run, error);
  if (r->emas > 0)
    adm_trainee_exchange (g->trainee, g->ema[0]);
  return status;
}

static adm_status
save (struct run *run, adm_error *error)
{
  adm_training *g = &run->training;
  const adm_train_request *r = g->request;
  if (run->saved == g->step)
    return ADM_OK;
  adm_checkpoint checkpoint = checkpoint_of (g);
  adm_status status = adm_checkpoint_save (&checkpoint, run->checkpoint, error);
  char *text = describe (g);
  for (int i = 0; i < (r->emas ? r->emas : 1) && !status; i++) {
    char *path = average_path (r, i);
    status = text && path
                 ? adm_parameters_save (g->trainee, r->emas ? g->ema[i] : g->trainee->weights, path,
                                        text, error)
                 : ADM_FAIL (error, NO_MEMORY_WRITE, r->output);
    free (path);
  }
  free (text);
  if (status)
    return status;
  run->saved = g->step;
  adm_train_report report = report_of (run, ADM_TRAIN_SAVED);
  tell (run, &report);
  status = show (run, error);
  run->saved_at = seconds ();
  return status;
}

static adm_status
resume_or_begin (struct run *run, adm_error *error)
{
  adm_training *g = &run->training;
  bool there = access (run->checkpoint, F_OK) == 0;
  if (!g->request->resume && there)
    return ADM_FAIL (error, CHECKPOINT_THERE, run->checkpoint);
  if (!there)
    return save (run, error); /* so that what cannot be written is known now */
  adm_checkpoint checkpoint = checkpoint_of (g);
  adm_status status = adm_checkpoint_load (&checkpoint, run->checkpoint, error);
  if (status)
    return status;
  g->step = run->saved = checkpoint.step;
  adm_trainee_pack (g->trainee);
  return ADM_OK;
}

/* ---- the loop -------------------------------------------------------------------------------- */

static double
norm_of (const float *x, uint64_t count)
{
  double sum = 0;
  for (uint64_t i = 0; i < count; i++)
    sum += (double) x[i] * (double) x[i];
  return sqrt (sum);
}

static adm_status
one_step (struct run *run, adm_error *error)
{
  adm_training *g = &run->training;
  const adm_train_request *r = g->request;
  adm_trainee *t = g->trainee;
  double from = seconds ();
  adm_status status = adm_batches_gradients (g, error);
  if (status)
    return status;
  double norm = norm_of (t->gradients, t->elements);
  if (!isfinite (norm))
    return ADM_FAIL (error, LOSS_GRADIENT);
  g->adamw.lr = r->lr * (r->anneal ? 1 - (double) g->step / (double) r->steps : 1);
  g->step++;
  adm_adamw_step (&g->adamw, t->pool, g->step, t->gradients, t->weights);
  for (int i = 0; i < r->emas; i++)
    adm_ema_update (t->pool, t->elements, r->ema[i], t->weights, g->ema[i]);
  adm_trainee_pack (t);
  g->sums.gradient_norm += norm;
  g->sums.steps++;
  g->sums.seconds += seconds () - from;
  return ADM_OK;
}

static bool
ended (const struct run *run)
{
  const adm_train_request *r = run->training.request;
  return run->stopped || (r->steps > 0 && run->training.step >= r->steps)
         || (r->minutes > 0 && seconds () - run->started >= 60 * r->minutes);
}

static adm_status
loop (struct run *run, adm_error *error)
{
  adm_training *g = &run->training;
  const adm_train_request *r = g->request;
  adm_status status = ADM_OK;
  while (!status && !ended (run)) {
    status = one_step (run, error);
    if (!status)
      tell_unreadable (run);
    if (status == ADM_ERROR_VALUE) {
      return error->code == ADM_CODE_LOSS_STEP
                 ? ADM_FAIL (error, TRAIN_LOSS, g->step + 1, error->fact[0].whole, run->checkpoint,
                             run->saved)
                 : ADM_FAIL (error, TRAIN_GRADIENT, g->step + 1, run->checkpoint, run->saved);
    }
    if (!status && (g->step % r->log_steps == 0 || ended (run)))
      tell_log (run);
    if (!status && seconds () - run->saved_at >= 60 * r->save_minutes)
      status = save (run, error);
  }
  if (status && status != ADM_ERROR_CANCELLED)
    return status;
  status = save (run, error);
  if (!status && run->stopped)
    status = ADM_FAIL (error, TRAIN_STOPPED);
  return status;
}

static adm_status
prepare (struct run *run, adm_error *error)
{
  adm_training *g = &run->training;
  const adm_train_request *r = g->request;
  adm_status status = check_request (r, error);
  g->n = r->microbatch ? r->microbatch : r->batch;
  if (!status && !(run->checkpoint = adm_checkpoint_path (r->output)))
    status = ADM_FAIL (error, NO_MEMORY, ADM_WORD_TRAINING);
  if (!status)
    status = adm_picture_list_read (r->folder, &g->list, error);
  if (!status)
    status = open_network (g, error);
  if (!status)
    status = check_network (g, error);
  if (!status)
    status = adm_training_schedule (&g->trainee->description, &g->schedule, error);
  if (!status)
    status = adm_batches_new (g, error);
  if (!status)
    status = take_copies (g, error);
  return status ? status : resume_or_begin (run, error);
}

static adm_status
next_picture (void *user, uint64_t k, float *picture, int *label, adm_error *error)
{
  adm_training *g = user;
  (void) k;
  return adm_feeder_next (g->feeder, picture, label, error);
}

static adm_status
start (struct run *run, adm_error *error)
{
  adm_training *g = &run->training;
  const adm_train_request *r = g->request;
  adm_feeder_options feeding
      = { .list = &g->list,
          .crop = { g->trainee->description.image_size, r->random_crop, r->mirror },
          .channels = adm_description_channels (&g->trainee->description),
          .seed = r->seed,
          .first = (uint64_t) g->step * (uint64_t) r->batch,
          .ahead = 2 * r->batch,
          .threads = 2 };
  adm_status status = adm_feeder_new (&feeding, &g->feeder, error);
  if (status)
    return status;
  g->next = next_picture;
  g->next_user = g;
  adm_train_report report = report_of (run, ADM_TRAIN_STARTED);
  for (size_t i = 0; i < g->trainee->count; i++)
    report.parameters += g->trainee->parameter[i].elements;
  report.bytes = adm_trainee_bytes (g->trainee, 2 + r->emas);
  report.recompute = g->trainee->recompute;
  tell (run, &report);
  g->trainee->poll = poll;
  g->trainee->poll_user = run;
  return ADM_OK;
}

adm_status
adm_train (const adm_train_request *request, adm_train_callback report, void *user,
           adm_error *error)
{
  struct run run = { .report = report, .user = user, .saved = -1 };
  adm_training *g = &run.training;
  g->request = request;
  run.started = run.saved_at = seconds ();
  adm_status status = prepare (&run, error);
  if (!status)
    status = start (&run, error);
  if (!status)
    status = loop (&run, error);
  uint64_t bytes = g->trainee ? g->trainee->elements * sizeof (float) : 0;
  adm_feeder_free (g->feeder);
  adm_batches_clear (g);
  adm_block_free (g->adamw.moment1, bytes);
  adm_block_free (g->adamw.moment2, bytes);
  for (int i = 0; i < request->emas && i < ADM_MAX_EMAS; i++)
    adm_block_free (g->ema[i], bytes);
  adm_schedule_free (g->schedule);
  adm_picture_list_clear (&g->list);
  adm_trainee_free (g->trainee);
  free (run.checkpoint);
  return status;
}

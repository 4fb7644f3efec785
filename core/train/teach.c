/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A class from a few pictures: an adapter trained on random crops of them, all else frozen. */
#include "adm_taught.h"
#include "base/error.h"
#include "train/adapter_file.h"
#include "train/parameter_file.h"
#include "train/teaching.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_RANK = 64 };

/* The share of crops that are of "no class": its prediction, which guidance leads away from, stays
 * near the taught class's, as every class's does (Ho & Salimans 2022, arXiv 2207.12598, section
 * 3.2). */
static const double NO_CLASS = 0.1;

static double
seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static adm_status
check_request (const adm_teach_request *r, adm_error *error)
{
  adm_word problem = ADM_WORDS;
  if (r->pictures < 1 || r->pictures > ADM_TAUGHT_PICTURES)
    problem = ADM_WORD_TEACH_PICTURES;
  else if (r->rank < 1 || r->rank > MOST_RANK)
    problem = ADM_WORD_TEACH_RANK;
  else if (!r->name || adm_taught_name_problem (r->name))
    problem = ADM_WORD_TEACH_NAME;
  else if (r->batch < 1 || r->microbatch < 0 || (r->microbatch && r->batch % r->microbatch))
    problem = ADM_WORD_MICROBATCH;
  else if (r->steps < 0 || (r->steps == 0 && !(r->minutes > 0)))
    problem = ADM_WORD_NO_END;
  else if (!(r->lr > 0) || r->log_steps < 1)
    problem = ADM_WORD_NO_RATE;
  return problem < ADM_WORDS ? ADM_FAIL (error, TEACH_REQUEST, problem) : ADM_OK;
}

static adm_status
read_pictures (adm_teaching *t, adm_error *error)
{
  const adm_description *d = &t->training.trainee->description;
  int size = d->image_size, channels = adm_description_channels (d);
  size_t area = (size_t) size * (size_t) size;
  adm_status status = adm_taught_pictures_read (t->request, channels, size, t->picture, error);
  if (status)
    return status;
  t->thumbnail = malloc (3 * area * sizeof *t->thumbnail);
  float *own = malloc ((size_t) channels * area * sizeof *own);
  status = t->thumbnail && own
               ? adm_crop_picture (&t->picture[0], (adm_crop) { .size = size }, NULL, own, error)
               : ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_PICTURE);
  if (!status)
    adm_pixels_to_rgb (own, channels, size, size, t->thumbnail);
  free (own);
  return status;
}

static adm_status
next_crop (void *user, uint64_t k, float *picture, int *label, adm_error *error)
{
  const adm_teaching *t = user;
  *label = t->adapter.row;
  return adm_taught_crop (t->request, t->picture, t->training.trainee->description.image_size, k,
                          picture, error);
}

static bool
poll (void *user, double done)
{
  adm_teaching *t = user;
  adm_train_report report = { .what = ADM_TRAIN_WORKING, .step = t->training.step };
  (void) done;
  t->stopped |= t->report && !t->report (&report, t->user);
  return !t->stopped;
}

void
adm_teaching_exchange (adm_teaching *t)
{
  float *values = t->adapter.values;
  t->adapter.values = t->average;
  t->average = values;
}

adm_status
adm_teaching_prepare (adm_teaching *t, adm_error *error)
{
  const adm_teach_request *r = t->request;
  adm_training *g = &t->training;
  g->n = r->microbatch ? r->microbatch : r->batch;
  t->as_training
      = (adm_train_request) { .batch = r->batch, .seed = r->seed, .drop_label = NO_CLASS };
  g->request = &t->as_training;
  g->next = next_crop;
  g->next_user = t;
  /* the weights without the adapter; the adapter and its moments are small beside them */
  adm_trainee_options how = { .options = r->options, .n = g->n, .copies = 2 };
  adm_status status = check_request (r, error);
  if (!status)
    status = adm_trainee_load (r->weights, &how, &g->trainee, error);
  if (!status && g->trainee->description.kind != ADM_KIND_UNET)
    status = ADM_FAIL (error, TEACH_KIND, r->weights);
  if (!status)
    status = read_pictures (t, error);
  if (!status)
    status = adm_training_schedule (&g->trainee->description, &g->schedule, error);
  if (!status)
    status = adm_batches_new (g, error);
  if (!status)
    status = adm_adapter_new (g->trainee, r->rank, r->seed, &t->adapter, error);
  if (status)
    return status;
  size_t timesteps = (size_t) g->trainee->description.diffusion_steps;
  t->moments = calloc (2 * t->adapter.count, sizeof *t->moments);
  t->average = malloc (t->adapter.count * sizeof *t->average);
  t->chance = malloc (2 * timesteps * sizeof *t->chance);
  t->weight = t->chance ? t->chance + timesteps : NULL;
  g->trainee->poll = poll;
  g->trainee->poll_user = t;
  return t->moments && t->average && t->chance ? ADM_OK
                                               : ADM_FAIL (error, NO_MEMORY, ADM_WORD_AN_ADAPTER);
}

static void
tell (adm_teaching *t, int what)
{
  adm_training_sums *s = &t->training.sums;
  const adm_teach_request *r = t->request;
  adm_train_report report = { .what = what,
                              .step = t->training.step,
                              .steps = r->steps,
                              .pictures = (size_t) r->pictures,
                              .parameters = t->adapter.count,
                              .bytes = adm_trainee_bytes (t->training.trainee, 2),
                              .recompute = t->training.trainee->recompute,
                              .like = t->like,
                              .seconds_left = -1,
                              .seconds = seconds () - t->started };
  if (what == ADM_TRAIN_LOGGED && s->steps > 0) {
    double left
        = r->steps > 0 ? s->seconds / s->steps * (double) (r->steps - report.step) : INFINITY;
    if (r->minutes > 0)
      left = fmin (left, t->started + 60 * r->minutes - seconds ());
    report.loss = s->loss / s->steps;
    for (int q = 0; q < 4; q++)
      report.quarter[q] = s->count[q] ? s->quarter[q] / s->count[q] : NAN;
    report.pictures_per_second = s->steps * r->batch / s->seconds;
    report.seconds_left = fmax (left, 0);
    *s = (adm_training_sums) { 0 };
  }
  t->stopped |= t->report && !t->report (&report, t->user);
}

/* Step number STEP of VALUES and their average. From STEADY on the rate falls with the root of the
 * steps, and the average is over a share of all steps ("power function" of Karras et al. 2024,
 * arXiv 2312.02696, section 3.1), so that it may end at any time. */
static void
descend (adm_teaching *t, int64_t step)
{
  const double steady = 100, gamma = 6.94;
  const adm_adamw adamw = { .lr = t->request->lr / sqrt (fmax (1, (double) step / steady)),
                            .beta1 = 0.9,
                            .beta2 = 0.999,
                            .eps = 1e-8,
                            .count = t->adapter.count,
                            .moment1 = t->moments,
                            .moment2 = t->moments + t->adapter.count };
  adm_pool *pool = t->training.trainee->pool;
  adm_adamw_step (&adamw, pool, step, t->adapter.gradients, t->adapter.values);
  adm_ema_update (pool, t->adapter.count, pow (1 - 1 / (double) step, gamma + 1), t->adapter.values,
                  t->average);
}

static adm_status
one_step (adm_teaching *t, adm_error *error)
{
  adm_training *g = &t->training;
  double from = seconds ();
  adm_status status = adm_batches_gradients (g, error);
  if (status)
    return status == ADM_ERROR_VALUE ? ADM_FAIL (error, TEACH_GRADIENT, g->step + 1) : status;
  adm_adapter_gradients (&t->adapter);
  if (!adm_flat_finite (g->trainee->pool, t->adapter.count, t->adapter.gradients))
    return ADM_FAIL (error, TEACH_GRADIENT, g->step + 1);
  g->step++;
  descend (t, g->step);
  /* squares of finite gradients may not be; what holds such is not saved over what does not */
  if (!adm_flat_finite (g->trainee->pool, 2 * t->adapter.count, t->moments))
    return ADM_FAIL (error, TEACH_GRADIENT, g->step);
  adm_adapter_apply (&t->adapter);
  g->sums.steps++;
  g->sums.seconds += seconds () - from;
  return ADM_OK;
}

static bool
ended (const adm_teaching *t)
{
  const adm_teach_request *r = t->request;
  return t->stopped || (r->steps > 0 && t->training.step >= r->steps)
         || (r->minutes > 0 && seconds () - t->started >= 60 * r->minutes);
}

static adm_status
save (adm_teaching *t, adm_error *error)
{
  const adm_teach_request *r = t->request;
  adm_teaching_exchange (t);
  adm_status status = adm_adapter_save (&t->adapter, r->name, t->thumbnail, r->output, error);
  adm_teaching_exchange (t);
  if (!status && r->save_minutes > 0)
    status = adm_teaching_keep (t, seconds () - t->started, error);
  t->saved = seconds ();
  if (!status)
    tell (t, ADM_TRAIN_SAVED);
  return status;
}

/* A test picture; that it was stopped is no failure. */
static adm_status
show (adm_teaching *t, adm_error *error)
{
  int side = t->training.trainee->description.image_size;
  float *picture = malloc (3 * (size_t) side * (size_t) side * sizeof *picture);
  adm_status status = picture ? adm_teaching_show (t, picture, error)
                              : ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_PICTURE);
  adm_train_report report = { .what = ADM_TRAIN_PICTURE,
                              .step = t->training.step,
                              .seconds = seconds () - t->started,
                              .picture = picture,
                              .side = side };
  if (!status)
    t->stopped |= t->report && !t->report (&report, t->user);
  free (picture);
  t->shown = seconds ();
  return status;
}

/* What is due between two steps. */
static adm_status
look_up (adm_teaching *t, adm_error *error)
{
  const adm_teach_request *r = t->request;
  adm_status status = ADM_OK;
  if (t->training.step % r->log_steps == 0 || ended (t))
    tell (t, ADM_TRAIN_LOGGED);
  if (r->show_seconds > 0 && seconds () - t->shown >= r->show_seconds)
    status = show (t, error);
  if (!status && r->save_minutes > 0 && seconds () - t->saved >= 60 * r->save_minutes && !ended (t))
    status = save (t, error);
  return status;
}

/* Where learning starts, or where an earlier run left off. */
static adm_status
begin (adm_teaching *t, adm_error *error)
{
  double spent = 0;
  t->started = seconds ();
  memcpy (t->average, t->adapter.values, t->adapter.count * sizeof *t->average);
  adm_status status = t->request->resume ? adm_teaching_recall (t, &spent, error) : ADM_OK;
  if (!status)
    status = adm_teaching_start (t, error);
  if (status == ADM_ERROR_CANCELLED) /* what an earlier run left stays; of none, nothing learned */
    return t->request->resume ? ADM_OK : save (t, error);
  t->started = t->shown = t->saved = seconds ();
  t->started -= spent;
  if (!status)
    adm_adapter_apply (&t->adapter);
  return status;
}

static adm_status
learn (adm_teaching *t, adm_error *error)
{
  adm_status status = ADM_OK;
  tell (t, ADM_TRAIN_STARTED);
  while (!status && !ended (t)) {
    status = one_step (t, error);
    if (!status)
      status = look_up (t, error);
  }
  return status && status != ADM_ERROR_CANCELLED ? status : save (t, error);
}

void
adm_teaching_clear (adm_teaching *t)
{
  adm_adapter_clear (&t->adapter);
  adm_batches_clear (&t->training);
  adm_schedule_free (t->training.schedule);
  adm_trainee_free (t->training.trainee);
  adm_taught_pictures_clear (t->picture);
  free (t->moments), free (t->average), free (t->chance), free (t->thumbnail);
}

adm_status
adm_teach (const adm_teach_request *request, adm_train_callback report, void *user,
           adm_error *error)
{
  adm_teaching *t = calloc (1, sizeof *t);
  if (!t)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_TRAINING);
  t->request = request;
  t->report = report;
  t->user = user;
  adm_status status = adm_teaching_prepare (t, error);
  if (!status)
    status = begin (t, error);
  if (!status && !t->stopped)
    status = learn (t, error);
  adm_teaching_clear (t);
  free (t);
  return status;
}

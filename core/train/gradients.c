/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One loss, its terms and gradients, for anyone to compare with another implementation. */
#include "base/error.h"
#include "train/losses.h"
#include "train/parameter_file.h"

#include <math.h>
#include <stdlib.h>

static adm_status
check_request (const adm_gradients_request *r, const adm_description *d, adm_error *error)
{
  bool classifier = d->kind == ADM_KIND_CLASSIFIER, superres = d->kind == ADM_KIND_SUPERRES;
  if (r->n < 1)
    return ADM_FAIL (error, IMAGES_FEW, r->n);
  if (superres != (r->low != NULL))
    return superres ? ADM_FAIL (error, LOW_MISSING) : ADM_FAIL (error, LOW_UNWANTED);
  if (r->loss != ADM_LOSS_DEFAULT && classifier != (r->loss == ADM_LOSS_CROSS_ENTROPY))
    return classifier ? ADM_FAIL (error, LOSS_CLASSIFIER) : ADM_FAIL (error, LOSS_DIFFUSION);
  for (int i = 0; i < r->n; i++) {
    int t = r->t[i], label = r->labels ? r->labels[i] : ADM_NO_LABEL;
    if (t < 0 || t >= d->diffusion_steps)
      return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_TIMESTEP, (double) t, 0.0,
                       (double) (d->diffusion_steps - 1));
    if (d->num_classes > 0 && (label < 0 || label >= d->num_classes))
      return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_CLASS, (double) label, 0.0,
                       (double) (d->num_classes - 1));
  }
  return ADM_OK;
}

/* TERMS are there, and so is X_T. */
static adm_status
run (const adm_gradients_request *r, adm_trainee *trainee, const adm_schedule *schedule,
     double *weight, float *x_t, adm_loss_terms *terms, adm_error *error)
{
  const adm_description *d = &trainee->description;
  size_t pixels = (size_t) d->image_size * (size_t) d->image_size,
         one = (size_t) adm_description_channels (d) * pixels;
  for (int i = 0; i < r->n; i++) {
    size_t at = (size_t) i * one;
    weight[i] = 1.0 / r->n;
    adm_noise_to (schedule, r->t[i], r->x0 + at, r->noise + at, x_t + at, one);
  }
  adm_cross_entropy entropy = {
    .n = r->n, .classes = d->num_classes, .labels = r->labels, .weight = weight, .loss = terms->loss
  };
  adm_diffusion_loss diffusion = { .kind = adm_loss_for (d, r->loss),
                                   .learn_sigma = d->learn_sigma == 1,
                                   .predict_xstart = d->predict_xstart == 1,
                                   .schedule = schedule,
                                   .n = r->n,
                                   .channels = adm_description_channels (d),
                                   .pixels = (int) pixels,
                                   .x0 = r->x0,
                                   .noise = r->noise,
                                   .x_t = x_t,
                                   .t = r->t,
                                   .weight = weight,
                                   .loss = terms->loss,
                                   .mse = terms->mse,
                                   .vb = terms->vb,
                                   .pool = trainee->pool };
  adm_batch batch = { .n = r->n,
                      .x = x_t,
                      .t = r->t,
                      .labels = r->labels,
                      .low = r->low,
                      .low_h = r->low_h,
                      .low_w = r->low_w };
  bool classifier = d->kind == ADM_KIND_CLASSIFIER;
  return adm_trainee_gradients (trainee, &batch,
                                classifier ? (adm_loss) { adm_cross_entropy_run, &entropy }
                                           : (adm_loss) { adm_diffusion_loss_run, &diffusion },
                                0, error);
}

static adm_status
measure (const adm_gradients_request *r, adm_trainee *trainee, adm_loss_terms *terms,
         adm_error *error)
{
  const adm_description *d = &trainee->description;
  adm_loss_kind kind = adm_loss_for (d, r->loss);
  bool simple = kind == ADM_LOSS_MSE || kind == ADM_LOSS_RESCALED_MSE;
  size_t n = (size_t) r->n, one = (size_t) adm_description_channels (d) * (size_t) d->image_size
                                  * (size_t) d->image_size;
  adm_schedule *schedule = NULL;
  adm_status status = adm_training_schedule (d, &schedule, error);
  float *x_t = malloc (n * one * sizeof *x_t);
  double *weight = malloc (n * sizeof *weight);
  terms->loss = calloc (n, sizeof *terms->loss);
  terms->mse = simple ? calloc (n, sizeof *terms->mse) : NULL;
  terms->vb = simple && d->learn_sigma == 1 ? calloc (n, sizeof *terms->vb) : NULL;
  if (!status
      && (!x_t || !weight || !terms->loss || (simple && !terms->mse)
          || (simple && d->learn_sigma == 1 && !terms->vb)))
    status = ADM_FAIL (error, NO_MEMORY_PICTURES, r->n);
  if (!status)
    status = run (r, trainee, schedule, weight, x_t, terms, error);
  for (size_t i = 0; i < n && !status; i++)
    if (!isfinite (terms->loss[i]))
      status = ADM_FAIL (error, LOSS_IMAGE, r->path, i);
  free (weight);
  free (x_t);
  adm_schedule_free (schedule);
  return status;
}

adm_status
adm_gradients (const adm_gradients_request *r, adm_loss_terms *terms, adm_error *error)
{
  adm_trainee *trainee = NULL;
  *terms = (adm_loss_terms) { 0 };
  adm_trainee_options how = { .options = r->options, .n = r->n };
  adm_status status = adm_trainee_load (r->path, &how, &trainee, error);
  if (!status)
    status = check_request (r, &trainee->description, error);
  if (!status)
    status = measure (r, trainee, terms, error);
  if (!status && r->output)
    status = adm_parameters_save (trainee, trainee->gradients, r->output, NULL, error);
  adm_trainee_free (trainee);
  if (status) {
    free (terms->loss);
    free (terms->mse);
    free (terms->vb);
    *terms = (adm_loss_terms) { 0 };
  }
  return status;
}

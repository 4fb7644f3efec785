/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bits a dimension by the variational bound (DDPM, arXiv 2006.11239, equation 5; Improved DDPM,
 * arXiv 2102.09672, section 2.2 and equation 4): the sum of what each step of the thinned chain
 * costs, KL (q (x_{t-1} | x_t, x0) || p (x_{t-1} | x_t)), at the cleanest one the likelihood of the
 * picture's 8-bit levels, and of the prior, KL (q (x_T | x0) || N (0, 1)). */
#include "adm_evaluate.h"

#include "base/error.h"
#include "base/rng.h"
#include "diffusion/guidance.h"
#include "networks/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double ln2 = 0.69314718055994530942;

/* What one picture at one step is asked with. */
struct bound {
  const adm_description *d;
  adm_network *network;
  const adm_schedule *schedule;
  size_t n; /* numbers of a picture */
  int label;
  float *x, *out; /* [n], [n or 2 n] */
};

/* KL of two normal distributions, by means and logarithms of variances. */
static double
normal_kl (double mean, double log_variance, double other, double other_log_variance)
{
  double difference = mean - other;
  return 0.5
         * (-1.0 + other_log_variance - log_variance + exp (log_variance - other_log_variance)
            + difference * difference * exp (-other_log_variance));
}

/* The reference implementation's approximation of the normal distribution. */
static double
normal_cdf (double x)
{
  return 0.5 * (1.0 + tanh (0.79788456080286535588 * (x + 0.044715 * x * x * x)));
}

/* Minus the log of the probability of the 8-bit level that X stands for; the outermost levels take
 * everything beyond. */
static double
level_cost (double x, double mean, double log_variance)
{
  double scale = exp (-0.5 * log_variance), above = normal_cdf (scale * (x - mean + 1.0 / 255)),
         below = normal_cdf (scale * (x - mean - 1.0 / 255));
  double p = x < -0.999 ? above : x > 0.999 ? 1.0 - below : above - below;
  return -log (p > 1e-12 ? p : 1e-12);
}

/* Logarithm of the variance of p at number J. */
static double
log_variance_of (const struct bound *b, const adm_schedule_step *s, size_t j)
{
  if (b->d->learn_sigma) {
    double share = ((double) b->out[b->n + j] + 1.0) / 2.0;
    return share * s->log_beta + (1.0 - share) * s->posterior_log_variance;
  }
  return b->d->sigma_small ? s->posterior_log_variance : log (s->fixed_variance);
}

/* FIGURES, vb and the errors of x0 and eps, of X0 with NOISE at step I. */
static adm_status
measure_step (const struct bound *b, int i, const float *x0, const float *noise, double figures[3],
              adm_error *error)
{
  const adm_schedule_step *s = &b->schedule->step[i];
  double root = sqrt (s->alpha_bar), sums[3] = { 0, 0, 0 };
  for (size_t j = 0; j < b->n; j++)
    b->x[j] = (float) (root * (double) x0[j] + s->sqrt_one_minus_alpha_bar * (double) noise[j]);
  const adm_batch batch = { .n = 1, .x = b->x, .t = &s->t, .labels = &b->label };
  adm_status status = adm_network_evaluate (b->network, &batch, b->out, error);
  if (status)
    return status;
  for (size_t j = 0; j < b->n; j++) {
    double x = root * (double) x0[j] + s->sqrt_one_minus_alpha_bar * (double) noise[j],
           predicted = adm_predict_x0 (s, x, (double) b->out[j]),
           eps = (s->sqrt_recip_alpha_bar * x - predicted) / s->sqrt_recipm1_alpha_bar,
           mean = s->posterior_mean_coef1 * predicted + s->posterior_mean_coef2 * x,
           log_variance = log_variance_of (b, s, j);
    sums[0]
        += i == 0
               ? level_cost ((double) x0[j], mean, log_variance)
               : normal_kl (s->posterior_mean_coef1 * (double) x0[j] + s->posterior_mean_coef2 * x,
                            s->posterior_log_variance, mean, log_variance);
    sums[1] += (predicted - (double) x0[j]) * (predicted - (double) x0[j]);
    sums[2] += (eps - (double) noise[j]) * (eps - (double) noise[j]);
  }
  figures[0] = sums[0] / (double) b->n / ln2;
  figures[1] = sums[1] / (double) b->n;
  figures[2] = sums[2] / (double) b->n;
  return isfinite (figures[0]) ? ADM_OK : ADM_FAIL (error, BATCH_VALUE, s->t);
}

static double
prior_of (const struct bound *b, const float *x0)
{
  const adm_schedule_step *last = &b->schedule->step[b->schedule->steps - 1];
  double sum = 0;
  for (size_t j = 0; j < b->n; j++)
    sum += normal_kl (sqrt (last->alpha_bar) * (double) x0[j], log1p (-last->alpha_bar), 0, 0);
  return sum / (double) b->n / ln2;
}

/* Picture K of REQUEST into OUT; DRAWN [n] for noise that is not given. */
static adm_status
measure_picture (const struct bound *b, const adm_likelihood_request *request, int k, float *drawn,
                 adm_likelihood *out, adm_error *error)
{
  const float *x0 = request->x0 + (size_t) k * b->n;
  adm_status status = ADM_OK;
  adm_rng rng;
  adm_rng_seed (&rng, request->seed + (uint64_t) k);
  out->prior[k] = out->total[k] = prior_of (b, x0);
  for (int done = 0; done < out->steps && !status; done++) {
    size_t at = (size_t) k * (size_t) out->steps + (size_t) done;
    const float *noise = drawn;
    if (request->noise)
      noise = request->noise + ((size_t) done * (size_t) request->n + (size_t) k) * b->n;
    else
      adm_rng_randn (&rng, drawn, b->n);
    double figures[3] = { 0, 0, 0 };
    status = measure_step (b, out->steps - 1 - done, x0, noise, figures, error);
    out->vb[at] = figures[0];
    out->xstart_mse[at] = figures[1];
    out->mse[at] = figures[2];
    out->total[k] += figures[0];
    if (!status && request->stepped
        && !request->stepped (request->user,
                              (k * out->steps + done + 1.0) / ((double) request->n * out->steps)))
      status = ADM_FAIL (error, STOPPED);
  }
  return status;
}

static adm_status
check (const adm_description *d, const adm_likelihood_request *request, adm_error *error)
{
  if (d->kind != ADM_KIND_UNET)
    return ADM_FAIL (error, NO_LIKELIHOOD);
  if (d->num_classes > 0 && (request->label < 0 || request->label >= d->num_classes))
    return ADM_FAIL (error, LIKELIHOOD_CLASS, d->num_classes - 1);
  return ADM_OK;
}

static adm_status
take_memory (struct bound *b, const adm_likelihood_request *request, float **drawn,
             adm_likelihood *out, adm_error *error)
{
  size_t n = (size_t) request->n, all = n * (size_t) b->schedule->steps;
  out->steps = b->schedule->steps;
  out->total = calloc (2 * n + 3 * all, sizeof *out->total);
  b->x = calloc (4 * b->n, sizeof *b->x);
  if (!out->total || !b->x)
    return ADM_FAIL (error, NO_MEMORY_PICTURES, request->n);
  out->prior = out->total + n;
  out->vb = out->prior + n;
  out->xstart_mse = out->vb + all;
  out->mse = out->xstart_mse + all;
  b->out = b->x + b->n;
  *drawn = b->x + 3 * b->n;
  return ADM_OK;
}

adm_status
adm_likelihood_measure (adm_network *network, const adm_likelihood_request *request,
                        adm_likelihood *out, adm_error *error)
{
  const adm_description *d = adm_network_description (network);
  adm_schedule *schedule = NULL;
  float *drawn = NULL;
  struct bound b = { .d = d, .network = network, .label = request->label };
  char all[24];
  *out = (adm_likelihood) { 0 };
  snprintf (all, sizeof all, "%d", d->diffusion_steps);
  adm_status status = check (d, request, error);
  if (!status)
    status = adm_schedule_new (d->noise_schedule, d->diffusion_steps,
                               request->respacing ? request->respacing : all, &schedule, error);
  if (!status) {
    adm_schedule_parametrize (schedule,
                              (adm_parametrization) { .predict_xstart = d->predict_xstart == 1,
                                                      .sigma_small = d->sigma_small == 1 });
    b.schedule = schedule;
    b.n = (size_t) adm_description_channels (d) * (size_t) d->image_size * (size_t) d->image_size;
    if (request->noise && request->noise_steps != schedule->steps)
      status = ADM_FAIL (error, NOISE_STEPS, request->noise_steps, schedule->steps);
    if (!status)
      status = take_memory (&b, request, &drawn, out, error);
  }
  for (int k = 0; k < request->n && !status; k++)
    status = measure_picture (&b, request, k, drawn, out, error);
  if (status)
    adm_likelihood_clear (out);
  free (b.x);
  adm_schedule_free (schedule);
  return status;
}

void
adm_likelihood_clear (adm_likelihood *likelihood)
{
  free (likelihood->total);
  *likelihood = (adm_likelihood) { 0 };
}

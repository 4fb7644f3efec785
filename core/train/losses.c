/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Losses and their gradients, in double: few numbers beside the network's gigaflops.
 * The hybrid (Improved DDPM, equation 16) takes the variational bound's gradient through the
 * variance alone, with the mean detached. */
#include "train/losses.h"

#include <math.h>
#include <stdio.h>

#define LN2 0.69314718055994530942

adm_loss_kind
adm_loss_for (const adm_description *d, adm_loss_kind kind)
{
  if (kind != ADM_LOSS_DEFAULT)
    return kind;
  return d->kind == ADM_KIND_CLASSIFIER ? ADM_LOSS_CROSS_ENTROPY
         : d->learn_sigma == 1          ? ADM_LOSS_RESCALED_MSE
                                        : ADM_LOSS_MSE;
}

adm_status
adm_training_schedule (const adm_description *d, adm_schedule **out, adm_error *error)
{
  char all[16];
  snprintf (all, sizeof all, "%d", d->diffusion_steps);
  return adm_schedule_new (d->noise_schedule, d->diffusion_steps, all, out, error);
}

/* DDPM, equation 4. */
void
adm_noise_to (const adm_schedule *schedule, int t, const float *x0, const float *noise, float *x_t,
              size_t count)
{
  double a = sqrt (schedule->step[t].alpha_bar), b = schedule->step[t].sqrt_one_minus_alpha_bar;
  for (size_t i = 0; i < count; i++)
    x_t[i] = (float) (a * (double) x0[i] + b * (double) noise[i]);
}

/* The variational bound of one number, in nats, and its gradients. */
struct bound {
  double value, by_mean, by_log_variance;
};

/* KL (q (x_{t-1} | x_t, x0) || p) of two normal distributions (DDPM, equations 5 to 7). */
static struct bound
kl (double true_mean, double true_log_variance, double mean, double log_variance)
{
  double ratio = exp (true_log_variance - log_variance), inverse = exp (-log_variance),
         off = mean - true_mean;
  return (struct bound) {
    .value = 0.5 * (log_variance - true_log_variance - 1 + ratio + off * off * inverse),
    .by_mean = off * inverse,
    .by_log_variance = 0.5 * (1 - ratio - off * off * inverse),
  };
}

/* The approximation of the normal distribution function that the reference uses, and its slope. */
static double
cumulative (double x, double *slope)
{
  const double k = 0.79788456080286535588; /* sqrt (2 / pi) */
  double h = tanh (k * (x + 0.044715 * x * x * x));
  *slope = 0.5 * (1 - h * h) * k * (1 + 3 * 0.044715 * x * x);
  return 0.5 * (1 + h);
}

/* -log p (x0 | x_1), X0 one of 256 levels (DDPM, equation 13). */
static struct bound
decoder (double x0, double mean, double log_variance)
{
  const double least = 1e-12;
  double inverse = exp (-0.5 * log_variance), off = x0 - mean;
  double above = inverse * (off + 1 / 255.0), below = inverse * (off - 1 / 255.0), da, db;
  double p_above = cumulative (above, &da), p_below = cumulative (below, &db);
  if (x0 < -0.999) {
    p_below = db = 0;
  } else if (x0 > 0.999) {
    p_above = 1;
    da = 0;
  }
  double p = p_above - p_below;
  if (p < least)
    return (struct bound) { .value = -log (least) };
  /* above and below go by -inverse with the mean, by -1/2 of themselves with log_variance */
  return (struct bound) { .value = -log (p),
                          .by_mean = inverse * (da - db) / p,
                          .by_log_variance = 0.5 * (above * da - below * db) / p };
}

/* One number of one image: what the network said of it, what is known. */
struct number {
  double x0, noise, x_t, out, v;
};

struct prediction {
  double mean, log_variance;
  double mean_by_out, log_variance_by_v;
};

static struct prediction
predict (const adm_diffusion_loss *l, const adm_schedule_step *s, struct number at)
{
  struct prediction p;
  double x0 = l->predict_xstart
                  ? at.out
                  : s->sqrt_recip_alpha_bar * at.x_t - s->sqrt_recipm1_alpha_bar * at.out;
  p.mean = s->posterior_mean_coef1 * x0 + s->posterior_mean_coef2 * at.x_t;
  p.mean_by_out = l->predict_xstart ? s->posterior_mean_coef1
                                    : -s->posterior_mean_coef1 * s->sqrt_recipm1_alpha_bar;
  p.log_variance_by_v = 0.5 * (s->log_beta - s->posterior_log_variance);
  /* Improved DDPM, equation 15; else "fixed large" */
  p.log_variance = l->learn_sigma ? s->posterior_log_variance + (at.v + 1) * p.log_variance_by_v
                                  : log (s->fixed_variance);
  return p;
}

static struct bound
bound_of (const adm_diffusion_loss *l, const adm_schedule_step *s, struct number at,
          const struct prediction *p)
{
  (void) l;
  if (s->t == 0)
    return decoder (at.x0, p->mean, p->log_variance);
  return kl (s->posterior_mean_coef1 * at.x0 + s->posterior_mean_coef2 * at.x_t,
             s->posterior_log_variance, p->mean, p->log_variance);
}

/* Of image I: sums of the terms over its numbers, and the gradient. */
static void
image_loss (const adm_diffusion_loss *l, int i, const float *out, float *dout)
{
  const adm_schedule_step *s = &l->schedule->step[l->t[i]];
  size_t count = (size_t) l->channels * (size_t) l->pixels, channels = l->learn_sigma ? 2 : 1;
  const float *x0 = l->x0 + (size_t) i * count, *noise = l->noise + (size_t) i * count,
              *x_t = l->x_t + (size_t) i * count;
  out += (size_t) i * count * channels;
  dout += (size_t) i * count * channels;
  bool simple = l->kind == ADM_LOSS_MSE || l->kind == ADM_LOSS_RESCALED_MSE,
       variational = !simple || l->learn_sigma;
  double factor = l->kind == ADM_LOSS_RESCALED_MSE  ? l->schedule->steps / 1000.0
                  : l->kind == ADM_LOSS_RESCALED_KL ? l->schedule->steps
                                                    : 1,
         unit = 1 / (double) count, vb_unit = factor * unit / LN2, mse = 0, vb = 0;
  for (size_t k = 0; k < count; k++) {
    struct number at = { (double) x0[k], (double) noise[k], (double) x_t[k], (double) out[k],
                         l->learn_sigma ? (double) out[count + k] : 0 };
    double by_out = 0, by_v = 0;
    if (simple) {
      double off = at.out - (l->predict_xstart ? at.x0 : at.noise);
      mse += off * off * unit;
      by_out = 2 * off * unit;
    }
    if (variational) {
      struct prediction p = predict (l, s, at);
      struct bound b = bound_of (l, s, at, &p);
      vb += b.value * vb_unit;
      by_v = b.by_log_variance * p.log_variance_by_v * vb_unit;
      if (!simple)
        by_out = b.by_mean * p.mean_by_out * vb_unit;
    }
    dout[k] = (float) (l->weight[i] * by_out);
    if (l->learn_sigma)
      dout[count + k] = (float) (l->weight[i] * by_v);
  }
  l->loss[i] = mse + vb;
  if (simple)
    l->mse[i] = mse;
  if (simple && variational)
    l->vb[i] = vb;
}

struct images {
  const adm_diffusion_loss *loss;
  const float *out;
  float *dout;
};

static void
image_unit (void *arg, int unit, int worker)
{
  const struct images *images = arg;
  (void) worker;
  image_loss (images->loss, unit, images->out, images->dout);
}

void
adm_diffusion_loss_run (void *user, const float *out, float *dout)
{
  const adm_diffusion_loss *l = user;
  adm_pool_run (l->pool, l->n, image_unit, &(struct images) { l, out, dout });
}

void
adm_cross_entropy_run (void *user, const float *out, float *dout)
{
  const adm_cross_entropy *c = user;
  for (int i = 0; i < c->n; i++, out += c->classes, dout += c->classes) {
    double top = (double) out[0], sum = 0;
    int likeliest = 0;
    for (int k = 1; k < c->classes; k++)
      if ((double) out[k] > top) {
        top = (double) out[k];
        likeliest = k;
      }
    for (int k = 0; k < c->classes; k++)
      sum += exp ((double) out[k] - top);
    c->loss[i] = log (sum) + top - (double) out[c->labels[i]];
    if (c->right)
      c->right[i] = likeliest == c->labels[i];
    for (int k = 0; k < c->classes; k++)
      dout[k] = (float) (c->weight[i]
                         * (exp ((double) out[k] - top) / sum - (k == c->labels[i] ? 1 : 0)));
  }
}

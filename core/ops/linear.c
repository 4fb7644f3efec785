/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear layers on a handful of rows (time embeddings, classifier heads): bound by reading W once,
 * so each unit of work owns a block of outputs. */
#include "ops/linear.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 64 };

struct linear {
  const adm_kernels *kernels;
  adm_linear_weights of;
  int n;
  const float *x; /* dy in the backward */
  float *y;       /* dx */
};

static void
forward_block (void *arg, int unit, int worker)
{
  struct linear *l = arg;
  int in = l->of.in, out = l->of.out;
  (void) worker;
  for (int o = unit * BLOCK; o < (unit + 1) * BLOCK && o < out; o++)
    for (int n = 0; n < l->n; n++) {
      const float *x = l->x + (ptrdiff_t) n * in;
      const ptrdiff_t row = (ptrdiff_t) o * in;
      l->y[(ptrdiff_t) n * out + o] = (l->of.w16 ? l->kernels->dot16 (in, x, l->of.w16 + row)
                                                 : l->kernels->dot (in, x, l->of.w + row))
                                      + (l->of.b ? l->of.b[o] : 0);
    }
}

void
adm_linear (adm_exec *exec, const adm_linear_weights *layer, int n, const float *x, bool silu,
            float *y)
{
  int in = layer->in, out = layer->out;
  float *active = silu ? adm_floats_take (exec, (uint64_t) n * (uint64_t) in) : NULL;
  if (adm_exec_begin (exec, ADM_LAYER_LINEAR, 2.0 * n * in * out)) {
    if (silu)
      exec->kernels->affine (n * in, x, NULL, NULL, true, active);
    struct linear l = { exec->kernels, *layer, n, silu ? active : x, y };
    adm_exec_run (exec, (out + BLOCK - 1) / BLOCK, forward_block, &l);
  }
  adm_arena_give (exec->arena, active);
}

static void
backward_block (void *arg, int unit, int worker)
{
  struct linear *l = arg;
  (void) worker;
  int in = l->of.in, out = l->of.out, from = unit * BLOCK,
      count = in - from < BLOCK ? in - from : BLOCK;
  for (int n = 0; n < l->n; n++) {
    float *dx = l->y + (ptrdiff_t) n * in + from;
    memset (dx, 0, (size_t) count * sizeof *dx);
    for (int o = 0; o < out; o++)
      l->kernels->axpy (count, l->x[(ptrdiff_t) n * out + o], l->of.w + (ptrdiff_t) o * in + from,
                        dx);
  }
}

void
adm_linear_backward (adm_exec *exec, const adm_linear_weights *layer, int n, const float *dy,
                     float *dx)
{
  if (!adm_exec_begin (exec, ADM_LAYER_LINEAR, 2.0 * n * layer->in * layer->out))
    return;
  struct linear l = { exec->kernels, *layer, n, dy, dx };
  adm_exec_run (exec, (layer->in + BLOCK - 1) / BLOCK, backward_block, &l);
}

static void
gradient_block (void *arg, int unit, int worker)
{
  struct linear *l = arg;
  const float *dy = l->y;
  int in = l->of.in, out = l->of.out;
  (void) worker;
  for (int o = unit * BLOCK; o < (unit + 1) * BLOCK && o < out; o++)
    for (int n = 0; n < l->n; n++) {
      l->kernels->axpy (in, dy[(ptrdiff_t) n * out + o], l->x + (ptrdiff_t) n * in,
                        l->of.dw + (ptrdiff_t) o * in);
      if (l->of.db)
        l->of.db[o] += dy[(ptrdiff_t) n * out + o];
    }
}

void
adm_linear_gradient (adm_exec *exec, const adm_linear_weights *layer, int n, const float *x,
                     const float *dy)
{
  if (!layer->dw || !adm_exec_begin (exec, ADM_LAYER_LINEAR, 2.0 * n * layer->in * layer->out))
    return;
  struct linear l = { exec->kernels, *layer, n, x, (float *) dy /* only read */ };
  adm_exec_run (exec, (layer->out + BLOCK - 1) / BLOCK, gradient_block, &l);
}

void
adm_linear_ref (const adm_linear_weights *layer, int n, const float *x, bool silu, float *y)
{
  int in = layer->in, out = layer->out;
  for (int i = 0; i < n; i++)
    for (int o = 0; o < out; o++) {
      double sum = layer->b ? (double) layer->b[o] : 0;
      for (int k = 0; k < in; k++) {
        double v = (double) x[i * in + k];
        sum += (silu ? v / (1 + exp (-v)) : v) * (double) layer->w[o * in + k];
      }
      y[i * out + o] = (float) sum;
    }
}

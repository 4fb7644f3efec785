/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear layers on a handful of rows (time embeddings, classifier heads): bound by reading W once, so each unit of work owns a
 * block of outputs. */
#include "ops/ops.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 64 };

struct linear {
  const adm_kernels *kernels;
  int n, in, out;
  const float *x, *w, *b;
  float *y;
};

static void
forward_block (void *arg, int unit, int worker)
{
  struct linear *l = arg;
  (void) worker;
  for (int o = unit * BLOCK; o < (unit + 1) * BLOCK && o < l->out; o++)
    for (int n = 0; n < l->n; n++)
      l->y[(ptrdiff_t) n * l->out + o] = l->kernels->dot (l->in, l->x + (ptrdiff_t) n * l->in, l->w + (ptrdiff_t) o * l->in) + (l->b ? l->b[o] : 0);
}

void
adm_linear (adm_exec *exec, int n, int in, int out, const float *x, bool silu, const float *w, const float *b, float *y)
{
  float *active = silu ? adm_floats_take (exec, (uint64_t) n * (uint64_t) in) : NULL;
  if (adm_exec_begin (exec, ADM_LAYER_LINEAR, 2.0 * n * in * out)) {
    if (silu)
      exec->kernels->affine (n * in, x, NULL, NULL, true, active);
    struct linear l = { exec->kernels, n, in, out, silu ? active : x, w, b, y };
    adm_exec_run (exec, (out + BLOCK - 1) / BLOCK, forward_block, &l);
  }
  adm_arena_give (exec->arena, active);
}

static void
backward_block (void *arg, int unit, int worker)
{
  struct linear *l = arg;
  (void) worker;
  int from = unit * BLOCK, count = l->in - from < BLOCK ? l->in - from : BLOCK;
  for (int n = 0; n < l->n; n++) {
    float *dx = l->y + (ptrdiff_t) n * l->in + from;
    memset (dx, 0, (size_t) count * sizeof *dx);
    for (int o = 0; o < l->out; o++)
      l->kernels->axpy (count, l->x[(ptrdiff_t) n * l->out + o], l->w + (ptrdiff_t) o * l->in + from, dx);
  }
}

void
adm_linear_backward (adm_exec *exec, int n, int in, int out, const float *dy, const float *w, float *dx)
{
  if (!adm_exec_begin (exec, ADM_LAYER_LINEAR, 2.0 * n * in * out))
    return;
  struct linear l = { exec->kernels, n, in, out, dy, w, NULL, dx };
  adm_exec_run (exec, (in + BLOCK - 1) / BLOCK, backward_block, &l);
}

void
adm_linear_ref (int n, int in, int out, const float *x, bool silu, const float *w, const float *b, float *y)
{
  for (int i = 0; i < n; i++)
    for (int o = 0; o < out; o++) {
      double sum = b ? (double) b[o] : 0;
      for (int k = 0; k < in; k++) {
        double v = (double) x[i * in + k];
        sum += (silu ? v / (1 + exp (-v)) : v) * (double) w[o * in + k];
      }
      y[i * out + o] = (float) sum;
    }
}

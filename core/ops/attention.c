/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention in blocks of queries: a block's scores [queries, T] stay in cache between the two products. Backward recomputes the
 * probabilities instead of keeping them.
 *   P = softmax (Q K^T / sqrt d),  O = P V
 *   dV = P^T dO,  dP = dO V^T,  dS = P (dP - rowsum (dP P)),  dQ = dS K / sqrt d,  dK = dS^T Q / sqrt d */
#include "ops/ops.h"

#include <math.h>
#include <string.h>

enum { QUERIES = 64 };

struct attention {
  adm_exec *exec;
  adm_attention_shape shape;
  adm_map qkv, out, dqkv; /* OUT is dO in the backward */
  int t, d, blocks;
};

struct head {
  int q, k, v; /* first channels */
};

static struct head
head_of (adm_attention_shape shape, int c, int d, int head)
{
  if (shape.new_order)
    return (struct head) { head * d, c + head * d, 2 * c + head * d };
  return (struct head) { head * 3 * d, head * 3 * d + d, head * 3 * d + 2 * d };
}

static struct attention
attention_of (adm_exec *exec, adm_attention_shape shape, adm_map qkv)
{
  struct attention a = { .exec = exec, .shape = shape, .qkv = qkv };
  a.t = qkv.h * qkv.w;
  a.d = qkv.c / 3 / shape.heads;
  a.blocks = (a.t + QUERIES - 1) / QUERIES;
  return a;
}

/* Scratch floats for the products of a block of queries. */
static uint64_t
largest_product (const struct attention *a, bool backward)
{
  uint64_t scores = adm_matmul_scratch (false, QUERIES, a->t, a->d), mix = adm_matmul_scratch (false, QUERIES, a->d, a->t);
  uint64_t turned = backward ? adm_matmul_scratch (true, a->t, a->d, QUERIES) : 0;
  uint64_t forward = scores > mix ? scores : mix;
  return forward > turned ? forward : turned;
}

/* P [rows, T] of ROWS queries from FROM. */
static void
probabilities (const struct attention *a, const float *qkv, struct head at, int from, int rows, float *scratch, float *p)
{
  int stride = a->qkv.c;
  adm_matmul (a->exec->kernels, scratch, false, true, rows, a->t, a->d, 1 / sqrtf ((float) a->d), qkv + (ptrdiff_t) from * stride + at.q, stride,
              qkv + at.k, stride, false, p, a->t);
  for (int i = 0; i < rows; i++)
    a->exec->kernels->softmax (a->t, p + (ptrdiff_t) i * a->t);
}

static void
forward_block (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int block = unit % a->blocks, head = unit / a->blocks % a->shape.heads, n = unit / a->blocks / a->shape.heads;
  int from = block * QUERIES, rows = a->t - from < QUERIES ? a->t - from : QUERIES, c = a->qkv.c / 3;
  struct head at = head_of (a->shape, c, a->d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * a->t * a->qkv.c;
  float *p = adm_exec_scratch_of (a->exec, worker), *scratch = p + (ptrdiff_t) QUERIES * a->t;
  probabilities (a, qkv, at, from, rows, scratch, p);
  adm_matmul (a->exec->kernels, scratch, false, false, rows, a->d, a->t, 1, p, a->t, qkv + at.v, a->qkv.c, false,
              a->out.data + ((ptrdiff_t) n * a->t + from) * c + head * a->d, c);
}

void
adm_attention (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map out)
{
  struct attention a = attention_of (exec, shape, qkv);
  a.out = out;
  adm_exec_scratch (exec, ((uint64_t) QUERIES * (uint64_t) a.t + largest_product (&a, false)) * sizeof (float));
  if (adm_exec_begin (exec, ADM_LAYER_ATTENTION, 4.0 * qkv.n * a.t * (double) a.t * out.c))
    adm_exec_run (exec, qkv.n * shape.heads * a.blocks, forward_block, &a);
}

static void
backward_head (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int head = unit % a->shape.heads, n = unit / a->shape.heads, c = a->qkv.c / 3, stride = a->qkv.c;
  struct head at = head_of (a->shape, c, a->d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * a->t * stride;
  float *dqkv = a->dqkv.data + (ptrdiff_t) n * a->t * stride;
  float *p = adm_exec_scratch_of (a->exec, worker), *dp = p + (ptrdiff_t) QUERIES * a->t, *scratch = dp + (ptrdiff_t) QUERIES * a->t;
  const adm_kernels *kernels = a->exec->kernels;
  float scale = 1 / sqrtf ((float) a->d);

  for (int block = 0; block < a->blocks; block++) {
    int from = block * QUERIES, rows = a->t - from < QUERIES ? a->t - from : QUERIES;
    bool more = block > 0;
    const float *dout = a->out.data + ((ptrdiff_t) n * a->t + from) * c + head * a->d;
    probabilities (a, qkv, at, from, rows, scratch, p);
    adm_matmul (kernels, scratch, true, false, a->t, a->d, rows, 1, p, a->t, dout, c, more, dqkv + at.v, stride);
    adm_matmul (kernels, scratch, false, true, rows, a->t, a->d, 1, dout, c, qkv + at.v, stride, false, dp, a->t);
    for (int i = 0; i < rows; i++) {
      float *ds = dp + (ptrdiff_t) i * a->t;
      const float *row = p + (ptrdiff_t) i * a->t;
      float sum = kernels->dot (a->t, ds, row);
      for (int j = 0; j < a->t; j++)
        ds[j] = row[j] * (ds[j] - sum);
    }
    adm_matmul (kernels, scratch, false, false, rows, a->d, a->t, scale, dp, a->t, qkv + at.k, stride, false, dqkv + (ptrdiff_t) from * stride + at.q, stride);
    adm_matmul (kernels, scratch, true, false, a->t, a->d, rows, scale, dp, a->t, qkv + (ptrdiff_t) from * stride + at.q, stride, more, dqkv + at.k, stride);
  }
}

void
adm_attention_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map dout, adm_map dqkv)
{
  struct attention a = attention_of (exec, shape, qkv);
  a.out = dout;
  a.dqkv = dqkv;
  adm_exec_scratch (exec, (2 * (uint64_t) QUERIES * (uint64_t) a.t + largest_product (&a, true)) * sizeof (float));
  if (adm_exec_begin (exec, ADM_LAYER_ATTENTION, 8.0 * qkv.n * a.t * (double) a.t * dout.c))
    adm_exec_run (exec, qkv.n * shape.heads, backward_head, &a);
}

/* ---- one query --------------------------------------------------------------------------------------------------- */

static void
first_head (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int head = unit % a->shape.heads, n = unit / a->shape.heads, c = a->qkv.c / 3, stride = a->qkv.c, d = a->d;
  struct head at = head_of (a->shape, c, d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * a->t * stride;
  const adm_kernels *kernels = a->exec->kernels;
  float *p = adm_exec_scratch_of (a->exec, worker), *dp = p + a->t;
  float scale = 1 / sqrtf ((float) d), *out = a->out.data + (ptrdiff_t) n * c + head * d;

  for (int i = 0; i < a->t; i++)
    p[i] = scale * kernels->dot (d, qkv + at.q, qkv + (ptrdiff_t) i * stride + at.k);
  kernels->softmax (a->t, p);
  if (!a->dqkv.data) {
    memset (out, 0, (size_t) d * sizeof *out);
    for (int i = 0; i < a->t; i++)
      kernels->axpy (d, p[i], qkv + (ptrdiff_t) i * stride + at.v, out);
    return;
  }

  float *dqkv = a->dqkv.data + (ptrdiff_t) n * a->t * stride;
  for (int i = 0; i < a->t; i++) {
    float *row = dqkv + (ptrdiff_t) i * stride;
    memset (row + at.q, 0, (size_t) d * sizeof *row);
    memset (row + at.k, 0, (size_t) d * sizeof *row);
    memset (row + at.v, 0, (size_t) d * sizeof *row);
    kernels->axpy (d, p[i], out, row + at.v);
    dp[i] = kernels->dot (d, out, qkv + (ptrdiff_t) i * stride + at.v);
  }
  float sum = kernels->dot (a->t, dp, p);
  for (int i = 0; i < a->t; i++) {
    float ds = scale * p[i] * (dp[i] - sum);
    kernels->axpy (d, ds, qkv + (ptrdiff_t) i * stride + at.k, dqkv + at.q);
    kernels->axpy (d, ds, qkv + at.q, dqkv + (ptrdiff_t) i * stride + at.k);
  }
}

void
adm_attention_first (adm_exec *exec, adm_attention_shape shape, adm_map qkv, float *out)
{
  struct attention a = attention_of (exec, shape, qkv);
  a.out.data = out;
  adm_exec_scratch (exec, 2 * (uint64_t) a.t * sizeof (float));
  if (adm_exec_begin (exec, ADM_LAYER_ATTENTION, 4.0 * qkv.n * a.t * (qkv.c / 3)))
    adm_exec_run (exec, qkv.n * shape.heads, first_head, &a);
}

void
adm_attention_first_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv, const float *dout, adm_map dqkv)
{
  struct attention a = attention_of (exec, shape, qkv);
  a.out.data = (float *) dout; /* read only when DQKV is there */
  a.dqkv = dqkv;
  adm_exec_scratch (exec, 2 * (uint64_t) a.t * sizeof (float));
  if (adm_exec_begin (exec, ADM_LAYER_ATTENTION, 8.0 * qkv.n * a.t * (qkv.c / 3)))
    adm_exec_run (exec, qkv.n * shape.heads, first_head, &a);
}

void
adm_attention_ref (adm_attention_shape shape, adm_map qkv, adm_map out)
{
  int t = qkv.h * qkv.w, c = qkv.c / 3, d = c / shape.heads;
  for (int n = 0; n < qkv.n; n++)
    for (int head = 0; head < shape.heads; head++)
      for (int i = 0; i < t; i++) {
        struct head at = head_of (shape, c, d, head);
        const float *x = qkv.data + n * t * qkv.c;
        float *y = out.data + (n * t + i) * c + head * d;
        double top = -INFINITY, sum = 0;
        for (int pass = 0; pass < 3; pass++)
          for (int j = 0; j < t; j++) {
            double s = 0;
            for (int k = 0; k < d; k++)
              s += (double) x[i * qkv.c + at.q + k] * (double) x[j * qkv.c + at.k + k];
            s /= sqrt ((double) d);
            if (pass == 0)
              top = fmax (top, s);
            else if (pass == 1)
              sum += exp (s - top);
            else
              for (int k = 0; k < d; k++)
                y[k] = (j ? y[k] : 0) + (float) (exp (s - top) / sum * (double) x[j * qkv.c + at.v + k]);
          }
      }
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention in blocks of queries: a block's scores [queries, T] stay in cache between the two products. Keys and values are packed for
 * the products once a head, not once a block. Backward recomputes the probabilities instead of keeping them.
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
  float *packed;             /* forward: for each image and head K^T / sqrt d, then V */
  size_t packed_k, packed_v; /* floats of each */
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
  a.packed_k = adm_matmul_packed_count (a.t, a.d);
  a.packed_v = adm_matmul_packed_count (a.d, a.t);
  return a;
}

/* P [rows, T] of ROWS queries from FROM; KEYS is K^T / sqrt d, packed. */
static void
probabilities (const struct attention *a, const float *qkv, struct head at, int from, int rows, const float *keys, float *scratch, float *p)
{
  int stride = a->qkv.c;
  adm_matmul_packed (a->exec->kernels, scratch, rows, a->t, a->d, qkv + (ptrdiff_t) from * stride + at.q, stride, keys, false, p, a->t);
  for (int i = 0; i < rows; i++)
    a->exec->kernels->softmax (a->t, p + (ptrdiff_t) i * a->t);
}

static void
pack_keys (const struct attention *a, const float *qkv, struct head at, float *keys)
{
  adm_matmul_pack (true, a->t, a->d, 1 / sqrtf ((float) a->d), qkv + at.k, a->qkv.c, keys);
}

static void
pack_head (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int which = unit % 2, head = unit / 2 % a->shape.heads, n = unit / 2 / a->shape.heads;
  struct head at = head_of (a->shape, a->qkv.c / 3, a->d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * a->t * a->qkv.c;
  float *packed = a->packed + (size_t) (unit / 2) * (a->packed_k + a->packed_v);
  (void) worker;
  if (which == 0)
    pack_keys (a, qkv, at, packed);
  else
    adm_matmul_pack (false, a->d, a->t, 1, qkv + at.v, a->qkv.c, packed + a->packed_k);
}

static void
forward_block (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int block = unit % a->blocks, head = unit / a->blocks % a->shape.heads, n = unit / a->blocks / a->shape.heads;
  int from = block * QUERIES, rows = a->t - from < QUERIES ? a->t - from : QUERIES, c = a->qkv.c / 3;
  struct head at = head_of (a->shape, c, a->d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * a->t * a->qkv.c;
  const float *packed = a->packed + (size_t) (unit / a->blocks) * (a->packed_k + a->packed_v);
  float *p = adm_exec_scratch_of (a->exec, worker), *scratch = p + (ptrdiff_t) QUERIES * a->t;
  probabilities (a, qkv, at, from, rows, packed, scratch, p);
  adm_matmul_packed (a->exec->kernels, scratch, rows, a->d, a->t, p, a->t, packed + a->packed_k, false,
                     a->out.data + ((ptrdiff_t) n * a->t + from) * c + head * a->d, c);
}

void
adm_attention (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map out)
{
  struct attention a = attention_of (exec, shape, qkv);
  a.out = out;
  a.packed = adm_floats_take (exec, (uint64_t) qkv.n * (uint64_t) shape.heads * (a.packed_k + a.packed_v));
  adm_exec_scratch (exec, ((uint64_t) QUERIES * (uint64_t) a.t + QUERIES * ADM_PANEL) * sizeof (float));
  if (adm_exec_begin (exec, ADM_LAYER_ATTENTION, 4.0 * qkv.n * a.t * (double) a.t * out.c)) {
    adm_exec_run (exec, qkv.n * shape.heads * 2, pack_head, &a);
    adm_exec_run (exec, qkv.n * shape.heads * a.blocks, forward_block, &a);
  }
  adm_arena_give (exec->arena, a.packed);
}

/* Y [T,d], rows STRIDE apart, = X [d,T] turned. */
static void
turn (int t, int d, const float *x, float *y, int stride)
{
  for (int i = 0; i < t; i++)
    for (int k = 0; k < d; k++)
      y[(ptrdiff_t) i * stride + k] = x[(ptrdiff_t) k * t + i];
}

/* dV and dK are summed over the blocks as dV^T = dO^T P and dK^T = Q^T dS [d,T], so that no block turns its scores. The worker's scratch:
 * P and dP of a block, dV^T, dK^T, what is packed once a head (K^T / sqrt d for P, V^T for dP, K / sqrt d for dQ), the products' own. */
static void
backward_head (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int head = unit % a->shape.heads, n = unit / a->shape.heads, c = a->qkv.c / 3, stride = a->qkv.c, t = a->t, d = a->d;
  struct head at = head_of (a->shape, c, d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * t * stride;
  float *dqkv = a->dqkv.data + (ptrdiff_t) n * t * stride;
  float *p = adm_exec_scratch_of (a->exec, worker), *dp = p + (ptrdiff_t) QUERIES * t, *dv = dp + (ptrdiff_t) QUERIES * t;
  float *dk = dv + (ptrdiff_t) d * t, *keys = dk + (ptrdiff_t) d * t, *values = keys + a->packed_k, *turned_keys = values + a->packed_k;
  float *scratch = turned_keys + a->packed_v;
  const adm_kernels *kernels = a->exec->kernels;
  float scale = 1 / sqrtf ((float) d);

  pack_keys (a, qkv, at, keys);
  adm_matmul_pack (true, t, d, 1, qkv + at.v, stride, values);
  adm_matmul_pack (false, d, t, scale, qkv + at.k, stride, turned_keys);
  for (int block = 0; block < a->blocks; block++) {
    int from = block * QUERIES, rows = t - from < QUERIES ? t - from : QUERIES;
    bool more = block > 0;
    const float *dout = a->out.data + ((ptrdiff_t) n * t + from) * c + head * d;
    probabilities (a, qkv, at, from, rows, keys, scratch, p);
    adm_matmul (kernels, scratch, true, false, d, t, rows, 1, dout, c, p, t, more, dv, t);
    adm_matmul_packed (kernels, scratch, rows, t, d, dout, c, values, false, dp, t);
    for (int i = 0; i < rows; i++)
      kernels->softmax_grad (t, p + (ptrdiff_t) i * t, dp + (ptrdiff_t) i * t);
    adm_matmul_packed (kernels, scratch, rows, d, t, dp, t, turned_keys, false, dqkv + (ptrdiff_t) from * stride + at.q, stride);
    adm_matmul (kernels, scratch, true, false, d, t, rows, scale, qkv + (ptrdiff_t) from * stride + at.q, stride, dp, t, more, dk, t);
  }
  turn (t, d, dv, dqkv + at.v, stride);
  turn (t, d, dk, dqkv + at.k, stride);
}

void
adm_attention_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map dout, adm_map dqkv)
{
  struct attention a = attention_of (exec, shape, qkv);
  a.out = dout;
  a.dqkv = dqkv;
  uint64_t t = (uint64_t) a.t, own = adm_matmul_scratch (true, a.d, a.t, QUERIES), other = (uint64_t) QUERIES * ADM_PANEL;
  adm_exec_scratch (exec, (2 * QUERIES * t + 2 * t * (uint64_t) a.d + 2 * a.packed_k + a.packed_v + (own > other ? own : other)) * sizeof (float));
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

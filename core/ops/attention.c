/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention in blocks of queries: a block's scores [queries, T] stay in cache between the two
 * products. Keys and values are packed for the products once a head, not once a block. Backward
 * recomputes the probabilities instead of keeping them.
 *   P = softmax (Q K^T / sqrt d),  O = P V
 *   dV = P^T dO,  dP = dO V^T,  dS = P (dP - rowsum (dP P)),  dQ = dS K / sqrt d,  dK = dS^T Q /
 *     sqrt d */
#include "ops/attention.h"

#include "ops/matmul.h"

#include <math.h>
#include <string.h>

enum { QUERIES = 64 };

struct attention {
  adm_exec *exec;
  adm_attention_shape shape;
  adm_map qkv, out, dqkv; /* OUT is dO in the backward */
  int t, d, blocks;
  void *keys, *values;       /* forward: for each image and head K^T / sqrt d, and V, packed */
  size_t packed_k, packed_v; /* numbers of one */
  bool narrow;               /* what is packed has 16 bits */
};

struct head {
  int q, k, v; /* first channels */
};

/* The reference's two orders: q, k, v and heads within each (QKVAttention), or heads and q, k, v
 * within each (QKVAttentionLegacy). */
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
  struct attention a = { .exec = exec, .shape = shape, .qkv = qkv, .narrow = exec->products16 };
  a.t = qkv.h * qkv.w;
  a.d = qkv.c / 3 / shape.heads;
  a.blocks = (a.t + QUERIES - 1) / QUERIES;
  a.packed_k = a.narrow ? adm_matmul_packed16_count (a.t, a.d) : adm_matmul_packed_count (a.t, a.d);
  a.packed_v = a.narrow ? adm_matmul_packed16_count (a.d, a.t) : adm_matmul_packed_count (a.d, a.t);
  return a;
}

/* One head's channels of QKV, and what is packed for its products. */
struct view {
  const float *qkv;
  const void *keys; /* K^T / sqrt d */
  struct head at;
  void *scratch; /* of the products */
};

static void
multiply (const struct attention *a, void *scratch, const adm_matmul_operands *of,
          const void *packed)
{
  if (a->narrow)
    adm_matmul_packed16 (a->exec->kernels, scratch, of, packed);
  else
    adm_matmul_packed (a->exec->kernels, scratch, of, packed);
}

/* P [rows, T] of ROWS queries from FROM. */
static void
probabilities (const struct attention *a, const struct view *v, int from, int rows, float *p)
{
  int stride = a->qkv.c;
  adm_matmul_operands scores
      = { .m = rows, .n = a->t, .k = a->d, .lda = stride, .c = p, .ldc = a->t };
  scores.a = v->qkv + (ptrdiff_t) from * stride + v->at.q;
  multiply (a, v->scratch, &scores, v->keys);
  for (int i = 0; i < rows; i++)
    a->exec->kernels->softmax (a->t, p + (ptrdiff_t) i * a->t);
}

static void
pack (const struct attention *a, const adm_matmul_operands *of, void *packed)
{
  if (a->narrow)
    adm_matmul_pack16 (a->exec->kernels, of, packed);
  else
    adm_matmul_pack (of->transpose_b, of->n, of->k, of->alpha, of->b, of->ldb, packed);
}

static void
pack_keys (const struct attention *a, const float *qkv, struct head at, void *keys)
{
  adm_matmul_operands of = { .n = a->t,
                             .k = a->d,
                             .transpose_b = true,
                             .b = qkv + at.k,
                             .ldb = a->qkv.c,
                             .alpha = 1 / sqrtf ((float) a->d) };
  pack (a, &of, keys);
}

/* What is packed of the head number OF. */
static void *
packed_of (const struct attention *a, void *all, size_t of, size_t numbers)
{
  return (unsigned char *) all + of * numbers * (a->narrow ? sizeof (uint16_t) : sizeof (float));
}

static void
pack_head (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int which = unit % 2, head = unit / 2 % a->shape.heads, n = unit / 2 / a->shape.heads;
  struct head at = head_of (a->shape, a->qkv.c / 3, a->d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * a->t * a->qkv.c;
  size_t of = (size_t) (unit / 2);
  (void) worker;
  if (which == 0)
    pack_keys (a, qkv, at, packed_of (a, a->keys, of, a->packed_k));
  else
    pack (a,
          &(adm_matmul_operands) {
              .n = a->d, .k = a->t, .b = qkv + at.v, .ldb = a->qkv.c, .alpha = 1 },
          packed_of (a, a->values, of, a->packed_v));
}

struct forward_scratch {
  float *p;       /* of a block: [QUERIES,T] */
  void *products; /* the products' own */
};

static struct forward_scratch
forward_scratch_of (const struct attention *a, adm_layout *layout)
{
  struct forward_scratch s;
  s.p = adm_layout_floats (layout, (uint64_t) QUERIES * (uint64_t) a->t);
  s.products = a->narrow
                   ? adm_layout_take (layout,
                                      adm_matmul_scratch16 (QUERIES, a->t > a->d ? a->t : a->d), 64)
                   : adm_layout_floats (layout, QUERIES * ADM_PANEL);
  return s;
}

static void
forward_block (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int block = unit % a->blocks, head = unit / a->blocks % a->shape.heads,
      n = unit / a->blocks / a->shape.heads;
  int from = block * QUERIES, rows = a->t - from < QUERIES ? a->t - from : QUERIES,
      c = a->qkv.c / 3;
  size_t of = (size_t) (unit / a->blocks);
  adm_layout layout = adm_exec_scratch_of (a->exec, worker);
  struct forward_scratch s = forward_scratch_of (a, &layout);
  struct view v = { .at = head_of (a->shape, c, a->d, head),
                    .keys = packed_of (a, a->keys, of, a->packed_k),
                    .scratch = s.products };
  v.qkv = a->qkv.data + (ptrdiff_t) n * a->t * a->qkv.c;
  probabilities (a, &v, from, rows, s.p);
  adm_matmul_operands mix = { .m = rows, .n = a->d, .k = a->t, .a = s.p, .lda = a->t, .ldc = c };
  mix.c = a->out.data + ((ptrdiff_t) n * a->t + from) * c + head * a->d;
  multiply (a, s.products, &mix, packed_of (a, a->values, of, a->packed_v));
}

void
adm_attention (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map out)
{
  struct attention a = attention_of (exec, shape, qkv);
  uint64_t heads = (uint64_t) qkv.n * (uint64_t) shape.heads;
  adm_layout counted = { 0 };
  a.out = out;
  uint64_t bytes = heads * (a.narrow ? sizeof (uint16_t) : sizeof (float));
  a.keys = adm_arena_take (exec->arena, bytes * a.packed_k);
  a.values = adm_arena_take (exec->arena, bytes * a.packed_v);
  forward_scratch_of (&a, &counted);
  adm_exec_scratch (exec, counted);
  if (adm_exec_begin (exec, ADM_LAYER_ATTENTION, 4.0 * qkv.n * a.t * (double) a.t * out.c)) {
    adm_exec_run (exec, qkv.n * shape.heads * 2, pack_head, &a);
    adm_exec_run (exec, qkv.n * shape.heads * a.blocks, forward_block, &a);
  }
  adm_arena_give (exec->arena, a.keys);
  adm_arena_give (exec->arena, a.values);
}

/* Y [T,d], rows STRIDE apart, = X [d,T] transposed. */
static void
transpose (int t, int d, const float *x, float *y, int stride)
{
  for (int i = 0; i < t; i++)
    for (int k = 0; k < d; k++)
      y[(ptrdiff_t) i * stride + k] = x[(ptrdiff_t) k * t + i];
}

struct backward_scratch {
  float *p, *dp;  /* of a block [QUERIES,T] */
  float *dv, *dk; /* dV^T and dK^T [d,T] */
  /* packed once a head: K^T / sqrt d for P, V^T for dP, K / sqrt d for dQ */
  void *keys, *values, *keys_rows;
  void *products; /* the products' own */
};

static struct backward_scratch
backward_scratch_of (const struct attention *a, adm_layout *layout)
{
  struct backward_scratch s;
  uint64_t scores = (uint64_t) QUERIES * (uint64_t) a->t, sums = (uint64_t) a->d * (uint64_t) a->t;
  uint64_t number = a->narrow ? sizeof (uint16_t) : sizeof (float);
  uint64_t own = a->narrow ? adm_matmul16_scratch (true, a->d, a->t, QUERIES)
                           : sizeof (float) * adm_matmul_scratch (true, a->d, a->t, QUERIES);
  uint64_t other = a->narrow ? adm_matmul_scratch16 (QUERIES, a->t > a->d ? a->t : a->d)
                             : sizeof (float) * QUERIES * ADM_PANEL;
  s.p = adm_layout_floats (layout, scores);
  s.dp = adm_layout_floats (layout, scores);
  s.dv = adm_layout_floats (layout, sums);
  s.dk = adm_layout_floats (layout, sums);
  s.keys = adm_layout_take (layout, number * a->packed_k, 64);
  s.values = adm_layout_take (layout, number * a->packed_k, 64);
  s.keys_rows = adm_layout_take (layout, number * a->packed_v, 64);
  s.products = adm_layout_take (layout, own > other ? own : other, 64);
  return s;
}

/* A whole product, of operands that no other shares. */
static void
multiply_once (const struct attention *a, void *scratch, const adm_matmul_operands *of)
{
  if (a->narrow)
    adm_matmul16 (a->exec->kernels, scratch, of);
  else
    adm_matmul (a->exec->kernels, scratch, of);
}

/* dV and dK are summed over the blocks as dV^T = dO^T P and dK^T = Q^T dS [d,T], so that no block
 * transposes its scores. */
static void
backward_head (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int head = unit % a->shape.heads, n = unit / a->shape.heads, c = a->qkv.c / 3, stride = a->qkv.c,
      t = a->t, d = a->d;
  struct head at = head_of (a->shape, c, d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * t * stride;
  float *dqkv = a->dqkv.data + (ptrdiff_t) n * t * stride;
  const adm_kernels *kernels = a->exec->kernels;
  float scale = 1 / sqrtf ((float) d);
  adm_layout layout = adm_exec_scratch_of (a->exec, worker);
  struct backward_scratch s = backward_scratch_of (a, &layout);
  struct view v = { .qkv = qkv, .keys = s.keys, .at = at, .scratch = s.products };

  pack_keys (a, qkv, at, s.keys);
  adm_matmul_operands values = { .n = t, .k = d, .transpose_b = true, .ldb = stride, .alpha = 1 },
                      rows_of = { .n = d, .k = t, .ldb = stride, .alpha = scale };
  values.b = qkv + at.v;
  rows_of.b = qkv + at.k;
  pack (a, &values, s.values);
  pack (a, &rows_of, s.keys_rows);
  for (int block = 0; block < a->blocks; block++) {
    int from = block * QUERIES, rows = t - from < QUERIES ? t - from : QUERIES;
    bool more = block > 0;
    const float *dout = a->out.data + ((ptrdiff_t) n * t + from) * c + head * d,
                *q = qkv + (ptrdiff_t) from * stride + at.q;
    probabilities (a, &v, from, rows, s.p);
    adm_matmul_operands dv
        = { .m = d, .n = t, .k = rows, .transpose_a = true, .alpha = 1, .accumulate = more };
    dv.a = dout, dv.lda = c, dv.b = s.p, dv.ldb = t, dv.c = s.dv, dv.ldc = t;
    multiply_once (a, s.products, &dv);
    adm_matmul_operands dp
        = { .m = rows, .n = t, .k = d, .a = dout, .lda = c, .c = s.dp, .ldc = t };
    multiply (a, s.products, &dp, s.values);
    for (int i = 0; i < rows; i++)
      kernels->softmax_grad (t, s.p + (ptrdiff_t) i * t, s.dp + (ptrdiff_t) i * t);
    adm_matmul_operands dq = { .m = rows,
                               .n = d,
                               .k = t,
                               .a = s.dp,
                               .lda = t,
                               .c = dqkv + (ptrdiff_t) from * stride + at.q,
                               .ldc = stride };
    multiply (a, s.products, &dq, s.keys_rows);
    adm_matmul_operands dk
        = { .m = d, .n = t, .k = rows, .transpose_a = true, .alpha = scale, .accumulate = more };
    dk.a = q, dk.lda = stride, dk.b = s.dp, dk.ldb = t, dk.c = s.dk, dk.ldc = t;
    multiply_once (a, s.products, &dk);
  }
  transpose (t, d, s.dv, dqkv + at.v, stride);
  transpose (t, d, s.dk, dqkv + at.k, stride);
}

void
adm_attention_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map dout,
                        adm_map dqkv)
{
  struct attention a = attention_of (exec, shape, qkv);
  adm_layout counted = { 0 };
  a.out = dout;
  a.dqkv = dqkv;
  backward_scratch_of (&a, &counted);
  adm_exec_scratch (exec, counted);
  if (adm_exec_begin (exec, ADM_LAYER_ATTENTION, 8.0 * qkv.n * a.t * (double) a.t * dout.c))
    adm_exec_run (exec, qkv.n * shape.heads, backward_head, &a);
}

/* ---- one query ------------------------------------------------------------------------------- */

struct first_scratch {
  float *p, *dp; /* [T] */
};

static struct first_scratch
first_scratch_of (const struct attention *a, adm_layout *layout)
{
  struct first_scratch s;
  s.p = adm_layout_floats (layout, (uint64_t) a->t);
  s.dp = adm_layout_floats (layout, (uint64_t) a->t);
  return s;
}

static void
first_head (void *arg, int unit, int worker)
{
  struct attention *a = arg;
  int head = unit % a->shape.heads, n = unit / a->shape.heads, c = a->qkv.c / 3, stride = a->qkv.c,
      d = a->d;
  struct head at = head_of (a->shape, c, d, head);
  const float *qkv = a->qkv.data + (ptrdiff_t) n * a->t * stride;
  const adm_kernels *kernels = a->exec->kernels;
  adm_layout layout = adm_exec_scratch_of (a->exec, worker);
  struct first_scratch s = first_scratch_of (a, &layout);
  float *p = s.p, *dp = s.dp, scale = 1 / sqrtf ((float) d),
        *out = a->out.data + (ptrdiff_t) n * c + head * d;

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

static void
first_run (adm_exec *exec, struct attention *a, double flops)
{
  adm_layout counted = { 0 };
  first_scratch_of (a, &counted);
  adm_exec_scratch (exec, counted);
  if (adm_exec_begin (exec, ADM_LAYER_ATTENTION, flops * a->qkv.n * a->t * (a->qkv.c / 3)))
    adm_exec_run (exec, a->qkv.n * a->shape.heads, first_head, a);
}

void
adm_attention_first (adm_exec *exec, adm_attention_shape shape, adm_map qkv, float *out)
{
  struct attention a = attention_of (exec, shape, qkv);
  a.out.data = out;
  first_run (exec, &a, 4);
}

void
adm_attention_first_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv,
                              const float *dout, adm_map dqkv)
{
  struct attention a = attention_of (exec, shape, qkv);
  a.out.data = (float *) dout; /* read only when DQKV is there */
  a.dqkv = dqkv;
  first_run (exec, &a, 8);
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
                y[k] = (j ? y[k] : 0)
                       + (float) (exp (s - top) / sum * (double) x[j * qkv.c + at.v + k]);
          }
      }
}

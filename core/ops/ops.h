/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Index page of the kernels. Inside the networks a feature map is [N,H,W,C], channels last: transforms and norms vectorise
 * over channels, a 1x1 convolution is a plain product, nothing is ever reordered.
 *
 *   conv2d         3x3 and 1x1 convolutions with everything before and after them fused in (conv2d.h)
 *   winograd       the same, F(4x4,3x3), for large maps
 *   group_norm     statistics, folded with AdaGN into one multiply-add a channel; backward
 *   linear         y = W x + b; silu
 *   attention      softmax (Q K^T / sqrt d) V for both channel orders; backward
 *   resize2d       bilinear enlargement, changes of layout at the borders, resampling of gradients
 *   embedding      sinusoidal timestep embedding
 *   matmul         products of small matrices, for attention
 *   gemm           OpenBLAS's sgemm peak, the yardstick of the benchmarks
 *
 * Every kernel takes an adm_exec. While it measures (exec->measure) kernels take and give back workspace and count FLOPs, and
 * touch no data: the same walk over a network plans it and runs it. Work is cut into units by shape alone, never by the
 * number of threads, so results are byte-identical for any. Backward means the gradient by the input, and stands beside its
 * forward; every optimised kernel has a slow readable twin, *_ref, which the tests hold it against. */
#ifndef ADM_OPS_OPS_H
#define ADM_OPS_OPS_H

#include "base/arena.h"
#include "base/pool.h"
#include "ops/kernels.h"

/* A feature map [N,H,W,C]. */
typedef struct adm_map {
  float *data;
  int n, h, w, c;
} adm_map;

/* Kinds of layers, for the question where the time goes. */
typedef enum adm_layer {
  ADM_LAYER_WINOGRAD, /* 3x3 convolutions by Winograd's way */
  ADM_LAYER_CONV3,    /* 3x3, direct */
  ADM_LAYER_CONV1,    /* 1x1 */
  ADM_LAYER_ATTENTION,
  ADM_LAYER_NORM,
  ADM_LAYER_LINEAR,
  ADM_LAYER_OTHER,    /* embeddings, resampling, changes of layout */
  ADM_LAYERS,
} adm_layer;

typedef struct adm_profile {
  struct {
    int count;
    double seconds, flops;
  } layer[ADM_LAYERS];
  int current;  /* the kind being timed, ADM_LAYERS: none */
  double since; /* seconds */
} adm_profile;

typedef struct adm_exec {
  adm_arena *arena;
  adm_pool *pool; /* NULL while measuring */
  const adm_kernels *kernels;
  bool measure;
  bool stopped;            /* set by POLL; kernels become no-ops, the walk runs out quickly */
  double flops;            /* counted while measuring */
  double total_flops;      /* of the whole evaluation, for fractions; 0 unknown */
  uint64_t scratch_bytes;  /* for one worker; the largest need seen while measuring */
  unsigned char *scratch;  /* threads * scratch_bytes */
  bool (*poll) (void *user, double done); /* asked between layers; false: stop. DONE: share of the FLOPs so far. May be NULL */
  void *poll_user;
  adm_profile *profile; /* filled while running; NULL: not wanted */
} adm_exec;

/* Allocates the data of a map in the arena. */
adm_map adm_map_take (adm_exec *exec, int n, int h, int w, int c);
void adm_map_give (adm_exec *exec, adm_map map);
float *adm_floats_take (adm_exec *exec, uint64_t floats);

/* Starts a kernel: counts FLOPs, asks POLL; true when there is data to work on. Its time runs until the next one starts. */
bool adm_exec_begin (adm_exec *exec, adm_layer layer, double flops);
/* The last kernel is done. */
void adm_exec_end (adm_exec *exec);
/* Asks for BYTES of scratch for each worker, at most what some call asked for while measuring. */
void adm_exec_scratch (adm_exec *exec, uint64_t bytes);
void *adm_exec_scratch_of (const adm_exec *exec, int worker);
/* adm_pool_run, or in the caller when there is no pool. */
void adm_exec_run (adm_exec *exec, int units, adm_work work, void *arg);

/* ---- linear.c ---- */
/* Y [N,OUT] = X [N,IN] W^T + B, W [OUT,IN]; SILU applies to X first. Y and X do not overlap. B may be NULL. */
void adm_linear (adm_exec *exec, int n, int in, int out, const float *x, bool silu, const float *w, const float *b, float *y);
/* DX [N,IN] = DY [N,OUT] W. */
void adm_linear_backward (adm_exec *exec, int n, int in, int out, const float *dy, const float *w, float *dx);
void adm_linear_ref (int n, int in, int out, const float *x, bool silu, const float *w, const float *b, float *y);

/* ---- embedding.c ---- */
/* OUT [N,DIM]: cos, then sin, of t * exp (-ln (10000) * i / half), i < half = DIM / 2; a last 0 when DIM is odd (DDPM; the
 * reference's timestep_embedding, frequencies and angles in float32). */
void adm_timestep_embedding (int n, const int *t, int dim, float *out);

/* ---- resize2d.c ---- */
/* Bilinear, half-pixel centres, edges clamped (torch interpolate, align_corners=False): [P,h,w] planes to [P,H,W]. */
void adm_resize_bilinear (int planes, int h, int w, const float *in, int out_h, int out_w, float *out);
/* [N,C,H,W] into channels C0 … C0+C-1 of MAP, and channels 0 … C-1 of MAP to [N,C,H,W]. */
void adm_map_from_planar (const float *planar, int c, int c0, adm_map map);
void adm_map_to_planar (adm_map map, int c, float *planar);
/* Gradient of resampling X to Y's size: DX = sum over 2x2 blocks (nearest enlargement, UP) or spread / 4 (2x2 average), added to DX. */
void adm_resample_backward (adm_exec *exec, bool up, adm_map dy, adm_map dx);
/* Y += X; X *= FACTOR; X = VALUE. */
void adm_map_add (adm_exec *exec, adm_map x, adm_map y);
void adm_map_scale (adm_exec *exec, float factor, adm_map x);
void adm_map_fill (adm_exec *exec, float value, adm_map x);

/* ---- attention.c ---- */
/* Where head I of HEADS finds its q, k, v among the 3C channels. LEGACY: heads first, then q, k, v inside each; new: q, k, v
 * first (the reference's QKVAttentionLegacy and QKVAttention). */
typedef struct adm_attention_shape {
  int heads;
  bool new_order;
} adm_attention_shape;
/* OUT [N,H,W,C] = softmax (Q K^T / sqrt d) V, from QKV [N,H,W,3C]; d = C / heads. */
void adm_attention (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map out);
/* DQKV from DOUT. */
void adm_attention_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map dout, adm_map dqkv);
void adm_attention_ref (adm_attention_shape shape, adm_map qkv, adm_map out);
/* The same for the first query alone: QKV [N,1,T,3C], OUT [N,C] (AttentionPool2d keeps token 0 only). */
void adm_attention_first (adm_exec *exec, adm_attention_shape shape, adm_map qkv, float *out);
void adm_attention_first_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv, const float *dout, adm_map dqkv);

/* ---- matmul.c ---- */
/* C [m,n] = alpha op (A) op (B) (+ C if ACCUMULATE), row-major, on the calling thread; SCRATCH: adm_matmul_scratch () floats. */
void adm_matmul (const adm_kernels *kernels, float *scratch, bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                 const float *a, int lda, const float *b, int ldb, bool accumulate, float *c, int ldc);
uint64_t adm_matmul_scratch (bool transpose_a, int m, int n, int k);
/* Its two halves, for a B that several products share: alpha op (B) [k,n] into PACKED, adm_matmul_packed_count () floats; and the
 * product of it with A [m,k], whose scratch is M * ADM_PANEL floats. */
uint64_t adm_matmul_packed_count (int n, int k);
void adm_matmul_pack (bool transpose_b, int n, int k, float alpha, const float *b, int ldb, float *packed);
void adm_matmul_packed (const adm_kernels *kernels, float *scratch, int m, int n, int k, const float *a, int lda, const float *packed,
                        bool accumulate, float *c, int ldc);
void adm_matmul_ref (bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
                     bool accumulate, float *c, int ldc);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network as a table of layers; one loop runs it. Maps are [C,H,W]; a convolution is a product
 * of its weights [Cout,Cin*kh*kw] with the patches of its input (im2col) [Cin*kh*kw,H*W]. A block
 * reads IN, may pass through A and B, and appends its branches to OUT channel after channel; at its
 * end OUT becomes IN. */
#include "evaluate/inception.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 299, STEM = 147 };

enum map { IN, A, B, OUT, MAPS };
enum kind { CONV, MAX_POOL, MEAN_POOL, SPATIAL, END };

struct layer {
  enum kind kind;
  enum map from, to;
  const char *name; /* of a convolution */
  int channels;     /* it makes */
  int kh, kw, stride, ph, pw;
};

#define CONV1(from, to, name, channels) { CONV, from, to, name, channels, 1, 1, 1, 0, 0 }
#define CONV3(from, to, name, channels) { CONV, from, to, name, channels, 3, 3, 1, 1, 1 }
#define HALVE(from, to, name, channels) { CONV, from, to, name, channels, 3, 3, 2, 0, 0 }
#define WIDE(from, to, name, channels, k) { CONV, from, to, name, channels, 1, k, 1, 0, k / 2 }
#define TALL(from, to, name, channels, k) { CONV, from, to, name, channels, k, 1, 1, k / 2, 0 }
#define POOL(kind, from, to, stride, pad) { kind, from, to, NULL, 0, 3, 3, stride, pad, pad }
#define BLOCK_END { END, OUT, IN, NULL, 0, 0, 0, 0, 0, 0 }

/* 35x35: 1x1, 5x5, two 3x3, pooled */
#define INCEPTION_A(m, pooled)                                                                     \
  CONV1 (IN, OUT, m ".branch1x1", 64), CONV1 (IN, A, m ".branch5x5_1", 48),                        \
      { CONV, A, OUT, m ".branch5x5_2", 64, 5, 5, 1, 2, 2 },                                       \
      CONV1 (IN, A, m ".branch3x3dbl_1", 64), CONV3 (A, B, m ".branch3x3dbl_2", 96),               \
      CONV3 (B, OUT, m ".branch3x3dbl_3", 96), POOL (MEAN_POOL, IN, A, 1, 1),                      \
      CONV1 (A, OUT, m ".branch_pool", pooled), BLOCK_END
/* 17x17: 1x1, 7x7 in two parts, twice 7x7, pooled; c channels within */
#define INCEPTION_C(m, c, after_first)                                                             \
  CONV1 (IN, OUT, m ".branch1x1", 192), after_first CONV1 (IN, A, m ".branch7x7_1", c),            \
      WIDE (A, B, m ".branch7x7_2", c, 7), TALL (B, OUT, m ".branch7x7_3", 192, 7),                \
      CONV1 (IN, A, m ".branch7x7dbl_1", c), TALL (A, B, m ".branch7x7dbl_2", c, 7),               \
      WIDE (B, A, m ".branch7x7dbl_3", c, 7), TALL (A, B, m ".branch7x7dbl_4", c, 7),              \
      WIDE (B, OUT, m ".branch7x7dbl_5", 192, 7), POOL (MEAN_POOL, IN, A, 1, 1),                   \
      CONV1 (A, OUT, m ".branch_pool", 192), BLOCK_END
/* 8x8: 1x1, 3x3 and two 3x3 whose last is split, pooled */
#define INCEPTION_E(m, pool)                                                                       \
  CONV1 (IN, OUT, m ".branch1x1", 320), CONV1 (IN, A, m ".branch3x3_1", 384),                      \
      WIDE (A, OUT, m ".branch3x3_2a", 384, 3), TALL (A, OUT, m ".branch3x3_2b", 384, 3),          \
      CONV1 (IN, A, m ".branch3x3dbl_1", 448), CONV3 (A, B, m ".branch3x3dbl_2", 384),             \
      WIDE (B, OUT, m ".branch3x3dbl_3a", 384, 3), TALL (B, OUT, m ".branch3x3dbl_3b", 384, 3),    \
      POOL (pool, IN, A, 1, 1), CONV1 (A, OUT, m ".branch_pool", 192), BLOCK_END
#define NOTHING
#define TAP { SPATIAL, OUT, OUT, NULL, 0, 0, 0, 0, 0, 0 },

static const struct layer layers[] = {
  HALVE (IN, A, "Conv2d_1a_3x3", 32),
  { CONV, A, B, "Conv2d_2a_3x3", 32, 3, 3, 1, 0, 0 },
  CONV3 (B, A, "Conv2d_2b_3x3", 64),
  POOL (MAX_POOL, A, B, 2, 0),
  CONV1 (B, A, "Conv2d_3b_1x1", 80),
  { CONV, A, B, "Conv2d_4a_3x3", 192, 3, 3, 1, 0, 0 },
  POOL (MAX_POOL, B, OUT, 2, 0),
  BLOCK_END,
  INCEPTION_A ("Mixed_5b", 32),
  INCEPTION_A ("Mixed_5c", 64),
  INCEPTION_A ("Mixed_5d", 64),
  HALVE (IN, OUT, "Mixed_6a.branch3x3", 384),
  CONV1 (IN, A, "Mixed_6a.branch3x3dbl_1", 64),
  CONV3 (A, B, "Mixed_6a.branch3x3dbl_2", 96),
  HALVE (B, OUT, "Mixed_6a.branch3x3dbl_3", 96),
  POOL (MAX_POOL, IN, OUT, 2, 0),
  BLOCK_END,
  INCEPTION_C ("Mixed_6b", 128, NOTHING),
  INCEPTION_C ("Mixed_6c", 160, NOTHING),
  INCEPTION_C ("Mixed_6d", 160, TAP),
  INCEPTION_C ("Mixed_6e", 192, NOTHING),
  CONV1 (IN, A, "Mixed_7a.branch3x3_1", 192),
  HALVE (A, OUT, "Mixed_7a.branch3x3_2", 320),
  CONV1 (IN, A, "Mixed_7a.branch7x7x3_1", 192),
  WIDE (A, B, "Mixed_7a.branch7x7x3_2", 192, 7),
  TALL (B, A, "Mixed_7a.branch7x7x3_3", 192, 7),
  HALVE (A, OUT, "Mixed_7a.branch7x7x3_4", 192),
  POOL (MAX_POOL, IN, OUT, 2, 0),
  BLOCK_END,
  INCEPTION_E ("Mixed_7b", MEAN_POOL),
  INCEPTION_E ("Mixed_7c", MAX_POOL),
};

enum {
  LAYERS = sizeof layers / sizeof *layers,
  MAP_FLOATS = 64 * STEM * STEM,       /* the largest map: Conv2d_2b_3x3's */
  PATCH_FLOATS = 32 * 9 * STEM * STEM, /* the largest patches: those of its input */
};

struct size {
  int c, h, w;
};

struct adm_inception {
  adm_openblas blas;
  float *weights;        /* holds all that follow */
  float *kernel[LAYERS]; /* [Cout,Cin,kh,kw], of convolutions */
  float *bias[LAYERS];   /* [Cout] */
  float *softmax;        /* [2048,1008] */
};

/* Size of the map that LAYER makes of one of SIZE. */
static struct size
size_after (const struct layer *l, struct size in)
{
  return (struct size) { l->kind == CONV ? l->channels : in.c,
                         (in.h + 2 * l->ph - l->kh) / l->stride + 1,
                         (in.w + 2 * l->pw - l->kw) / l->stride + 1 };
}

/* ---- loading --------------------------------------------------------------------------------- */

/* Tensor NAME.SUFFIX as floats of SHAPE [rank]. */
static adm_status
read_tensor (adm_weights *w, const char *name, const char *suffix, int rank, const int *shape,
             float *out, adm_error *error)
{
  char whole[96];
  snprintf (whole, sizeof whole, "%s.%s", name, suffix);
  ptrdiff_t i = adm_weights_find (w, whole);
  if (i < 0)
    return ADM_FAIL (error, INCEPTION_MISSING, adm_weights_path (w), whole);
  const adm_tensor *t = adm_weights_tensor (w, (size_t) i);
  bool fits = t->rank == rank;
  for (int k = 0; k < rank && fits; k++)
    fits = t->shape[k] == shape[k];
  if (!fits)
    return ADM_FAIL (error, INCEPTION_SHAPE, adm_weights_path (w), whole);
  return adm_weights_read (w, (size_t) i, out, error);
}

/* Convolution and batch norm of LAYER with CIN inputs: y = gamma (W x - mean) / sqrt (var + eps) +
 * beta, as one convolution. */
static adm_status
read_layer (adm_weights *w, const struct layer *l, int cin, float *kernel, float *bias,
            adm_error *error)
{
  enum { MOST = 448 };
  const int shape[4] = { l->channels, cin, l->kh, l->kw };
  float gamma[MOST], mean[MOST], variance[MOST];
  adm_status status = read_tensor (w, l->name, "conv.weight", 4, shape, kernel, error);
  if (!status)
    status = read_tensor (w, l->name, "bn.weight", 1, shape, gamma, error);
  if (!status)
    status = read_tensor (w, l->name, "bn.bias", 1, shape, bias, error);
  if (!status)
    status = read_tensor (w, l->name, "bn.running_mean", 1, shape, mean, error);
  if (!status)
    status = read_tensor (w, l->name, "bn.running_var", 1, shape, variance, error);
  size_t one = (size_t) cin * (size_t) l->kh * (size_t) l->kw;
  for (int c = 0; c < l->channels && !status; c++) {
    double scale = (double) gamma[c] / sqrt (fmax ((double) variance[c], 0) + 0.001);
    for (size_t k = 0; k < one; k++)
      kernel[(size_t) c * one + k] = (float) (scale * (double) kernel[(size_t) c * one + k]);
    bias[c] = (float) ((double) bias[c] - scale * (double) mean[c]);
  }
  return status;
}

/* Visits the layers with the sizes of the maps they read; where the weights go, or with WEIGHTS
 * NULL only how many floats they take. */
static adm_status
place (adm_inception *inception, adm_weights *w, size_t *floats, adm_error *error)
{
  struct size map[MAPS] = { [IN] = { 3, SIDE, SIDE } };
  size_t at = 0;
  adm_status status = ADM_OK;
  for (int i = 0; i < LAYERS && !status; i++) {
    const struct layer *l = &layers[i];
    if (l->kind == END) {
      map[IN] = map[OUT];
      map[OUT].c = 0;
    }
    if (l->kind == END || l->kind == SPATIAL)
      continue;
    struct size in = map[l->from], out = size_after (l, in);
    if (l->kind == CONV && w) {
      inception->kernel[i] = inception->weights + at;
      inception->bias[i]
          = inception->kernel[i] + (size_t) l->channels * (size_t) in.c * (size_t) (l->kh * l->kw);
      status = read_layer (w, l, in.c, inception->kernel[i], inception->bias[i], error);
    }
    if (l->kind == CONV)
      at += (size_t) l->channels * ((size_t) in.c * (size_t) (l->kh * l->kw) + 1);
    out.c += l->to == OUT ? map[OUT].c : 0;
    map[l->to] = out;
  }
  *floats = at;
  return status;
}

static adm_status
read_softmax (adm_inception *inception, adm_weights *w, adm_error *error)
{
  const int shape[2] = { ADM_INCEPTION_CLASSES, ADM_INCEPTION_POOL };
  float *fc = malloc ((size_t) shape[0] * (size_t) shape[1] * sizeof *fc);
  adm_status status = fc ? read_tensor (w, "fc", "weight", 2, shape, fc, error)
                         : ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  for (int k = 0; k < shape[0] && !status; k++)
    for (int j = 0; j < shape[1]; j++)
      inception->softmax[(size_t) j * (size_t) shape[0] + (size_t) k]
          = fc[(size_t) k * (size_t) shape[1] + (size_t) j];
  free (fc);
  return status;
}

adm_status
adm_inception_load (const char *path, const adm_openblas *blas, adm_inception **out,
                    adm_error *error)
{
  adm_weights *w = NULL;
  size_t floats = 0;
  const size_t softmax = (size_t) ADM_INCEPTION_POOL * ADM_INCEPTION_CLASSES;
  adm_inception *inception = calloc (1, sizeof *inception);
  *out = NULL;
  adm_status status = adm_weights_open (path, &w, error);
  if (!status)
    status = place (NULL, NULL, &floats, error);
  if (!status) {
    float *memory = malloc ((floats + softmax) * sizeof *memory);
    if (!inception || !memory)
      status = ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
    if (status)
      free (memory);
    else {
      inception->blas = *blas;
      inception->weights = memory;
      inception->softmax = memory + floats;
    }
  }
  if (!status)
    status = place (inception, w, &floats, error);
  if (!status)
    status = read_softmax (inception, w, error);
  adm_weights_free (w);
  if (status)
    adm_inception_free (inception);
  else
    *out = inception;
  return status;
}

void
adm_inception_free (adm_inception *inception)
{
  if (!inception)
    return;
  free (inception->weights);
  free (inception);
}

const float *
adm_inception_softmax (const adm_inception *inception)
{
  return inception->softmax;
}

/* ---- running --------------------------------------------------------------------------------- */

static void
resize (const uint8_t *pixels, int height, int width, float *out)
{
  for (int y = 0; y < SIDE; y++) {
    float sy = (float) y * ((float) height / SIDE);
    int y0 = (int) sy, y1 = y0 + 1 < height ? y0 + 1 : height - 1;
    for (int x = 0; x < SIDE; x++) {
      float sx = (float) x * ((float) width / SIDE), fx = sx - (float) (int) sx,
            fy = sy - (float) y0;
      int x0 = (int) sx, x1 = x0 + 1 < width ? x0 + 1 : width - 1;
      for (int c = 0; c < 3; c++) {
        const uint8_t *upper = pixels + (size_t) y0 * (size_t) width * 3 + c,
                      *lower = pixels + (size_t) y1 * (size_t) width * 3 + c;
        float above = upper[3 * x0] + (float) (upper[3 * x1] - upper[3 * x0]) * fx,
              below = lower[3 * x0] + (float) (lower[3 * x1] - lower[3 * x0]) * fx;
        out[((size_t) c * SIDE + (size_t) y) * SIDE + (size_t) x]
            = (above + (below - above) * fy - 128) / 128;
      }
    }
  }
}

/* PATCHES [C*kh*kw,H*W] of X: what each output sees. */
static void
im2col (const struct layer *l, struct size in, struct size out, const float *x, float *patches)
{
  for (int c = 0; c < in.c; c++)
    for (int ky = 0; ky < l->kh; ky++)
      for (int kx = 0; kx < l->kw; kx++)
        for (int oy = 0; oy < out.h; oy++) {
          int y = oy * l->stride + ky - l->ph;
          bool inside = y >= 0 && y < in.h;
          const float *row = x + (size_t) (c * in.h + (inside ? y : 0)) * (size_t) in.w;
          for (int ox = 0; ox < out.w; ox++) {
            int at = ox * l->stride + kx - l->pw;
            *patches++ = inside && at >= 0 && at < in.w ? row[at] : 0;
          }
        }
}

static void
convolve (const adm_inception *inception, int i, struct size in, struct size out, const float *x,
          float *patches, float *y)
{
  const struct layer *l = &layers[i];
  int pixels = out.h * out.w, k = in.c * l->kh * l->kw;
  if (l->kh * l->kw > 1) {
    im2col (l, in, out, x, patches);
    x = patches;
  }
  inception->blas.sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, l->channels, pixels, k, 1,
                         inception->kernel[i], k, x, pixels, 0, y, pixels);
  for (int c = 0; c < l->channels; c++)
    for (int p = 0; p < pixels; p++, y++) {
      float value = *y + inception->bias[i][c];
      *y = value > 0 ? value : 0;
    }
}

/* Windows are cut at the edges: what lies outside counts for nothing, in a mean neither. */
static void
pool_maps (const struct layer *l, struct size in, struct size out, const float *x, float *y)
{
  for (int c = 0; c < in.c; c++, x += in.h * in.w)
    for (int oy = 0; oy < out.h; oy++)
      for (int ox = 0; ox < out.w; ox++) {
        int top = oy * l->stride - l->ph, left = ox * l->stride - l->pw;
        int bottom = top + l->kh < in.h ? top + l->kh : in.h,
            right = left + l->kw < in.w ? left + l->kw : in.w, count = 0;
        float most = -INFINITY, sum = 0;
        for (int v = top > 0 ? top : 0; v < bottom; v++)
          for (int u = left > 0 ? left : 0; u < right; u++, count++) {
            float value = x[v * in.w + u];
            most = value > most ? value : most;
            sum += value;
          }
        *y++ = l->kind == MAX_POOL ? most : sum / (float) count;
      }
}

static void
take_spatial (struct size map, const float *x, float *spatial)
{
  int pixels = map.h * map.w, channels = ADM_INCEPTION_SPATIAL / pixels;
  for (int p = 0; p < pixels; p++)
    for (int c = 0; c < channels; c++)
      spatial[p * channels + c] = x[c * pixels + p];
}

struct workspace {
  float map[MAPS][MAP_FLOATS], patches[PATCH_FLOATS];
};

size_t
adm_inception_workspace (void)
{
  return sizeof (struct workspace) / sizeof (float);
}

void
adm_inception_run (const adm_inception *inception, const uint8_t *pixels, int height, int width,
                   float *workspace, float *pool, float *spatial)
{
  struct workspace *w = (struct workspace *) workspace;
  float *map[MAPS] = { w->map[IN], w->map[A], w->map[B], w->map[OUT] };
  struct size size[MAPS] = { [IN] = { 3, SIDE, SIDE } };
  resize (pixels, height, width, map[IN]);
  for (int i = 0; i < LAYERS; i++) {
    const struct layer *l = &layers[i];
    if (l->kind == SPATIAL)
      take_spatial (size[OUT], map[OUT], spatial);
    if (l->kind == END) {
      float *done = map[OUT];
      map[OUT] = map[IN];
      map[IN] = done;
      size[IN] = size[OUT];
      size[OUT].c = 0;
    }
    if (l->kind == SPATIAL || l->kind == END)
      continue;
    struct size in = size[l->from], out = size_after (l, in);
    size_t before = l->to == OUT ? (size_t) size[OUT].c * (size_t) (out.h * out.w) : 0;
    if (l->kind == CONV)
      convolve (inception, i, in, out, map[l->from], w->patches, map[l->to] + before);
    else
      pool_maps (l, in, out, map[l->from], map[l->to] + before);
    out.c += l->to == OUT ? size[OUT].c : 0;
    size[l->to] = out;
  }
  for (int c = 0; c < ADM_INCEPTION_POOL; c++) {
    const float *x = map[IN] + (size_t) c * (size_t) (size[IN].h * size[IN].w);
    double sum = 0;
    for (int p = 0; p < size[IN].h * size[IN].w; p++)
      sum += (double) x[p];
    pool[c] = (float) (sum / (size[IN].h * size[IN].w));
  }
}

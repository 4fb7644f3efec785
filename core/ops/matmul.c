/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix product on the convolutions' inner loop: B is packed into panels of ADM_PANEL columns in
 * the worker's scratch. Attention calls it on blocks that stay in cache, from several workers at
 * once. */
#include "ops/matmul.h"

#include "base/layout.h"

#include <string.h>

static uint64_t
panels (int n)
{
  return ((uint64_t) n + ADM_PANEL - 1) / ADM_PANEL;
}

uint64_t
adm_matmul_packed_count (int n, int k)
{
  return panels (n) * ADM_PANEL * (uint64_t) k;
}

struct scratch {
  float *packed, *tail; /* op (B); the last columns of C, where they are fewer than ADM_PANEL */
  float *transposed;    /* A */
};

static struct scratch
scratch_of (adm_layout *layout, bool transpose_a, int m, int n, int k)
{
  struct scratch s;
  s.packed = adm_layout_floats (layout, adm_matmul_packed_count (n, k));
  s.tail = adm_layout_floats (layout, (uint64_t) m * ADM_PANEL);
  s.transposed = adm_layout_floats (layout, transpose_a ? (uint64_t) m * (uint64_t) k : 0);
  return s;
}

uint64_t
adm_matmul_scratch (bool transpose_a, int m, int n, int k)
{
  adm_layout counted = { 0 };
  scratch_of (&counted, transpose_a, m, n, k);
  return counted.bytes / sizeof (float);
}

/* One panel, the first WIDTH columns of op (B) times ALPHA: [k][ADM_PANEL]. */
static void
pack_panel (bool transpose, int k, int width, float alpha, const float *b, int ldb, float *panel)
{
  if (width < ADM_PANEL)
    memset (panel, 0, (size_t) k * ADM_PANEL * sizeof *panel);
  if (transpose)
    for (int i = 0; i < width; i++)
      for (int l = 0; l < k; l++)
        panel[l * ADM_PANEL + i] = alpha * b[(ptrdiff_t) i * ldb + l];
  else if (width == ADM_PANEL) /* a length the compiler knows: vectors */
    for (int l = 0; l < k; l++)
      for (int i = 0; i < ADM_PANEL; i++)
        panel[l * ADM_PANEL + i] = alpha * b[(ptrdiff_t) l * ldb + i];
  else
    for (int l = 0; l < k; l++)
      for (int i = 0; i < width; i++)
        panel[l * ADM_PANEL + i] = alpha * b[(ptrdiff_t) l * ldb + i];
}

void
adm_matmul_pack (bool transpose_b, int n, int k, float alpha, const float *b, int ldb,
                 float *packed)
{
  for (int j = 0; j < n; j += ADM_PANEL, packed += (ptrdiff_t) k * ADM_PANEL)
    pack_panel (transpose_b, k, n - j < ADM_PANEL ? n - j : ADM_PANEL, alpha,
                transpose_b ? b + (ptrdiff_t) j * ldb : b + j, ldb, packed);
}

/* The last columns of C, fewer than ADM_PANEL, from FROM [m][ADM_PANEL]. */
static void
put_tail (const adm_matmul_operands *of, int j, const float *from)
{
  for (int i = 0; i < of->m; i++)
    for (int l = 0; l < of->n - j; l++) {
      float *c = of->c + (ptrdiff_t) i * of->ldc + j + l;
      *c = from[i * ADM_PANEL + l] + (of->accumulate ? *c : 0);
    }
}

void
adm_matmul_packed (const adm_kernels *kernels, float *scratch, const adm_matmul_operands *of,
                   const float *packed)
{
  static const ptrdiff_t no_offset[1] = { 0 };
  int m = of->m, k = of->k;
  adm_product product
      = { .m = m, .taps = 1, .tap = no_offset, .cin = k, .a = of->a, .a_stride = of->lda };
  for (int j = 0; j < of->n; j += ADM_PANEL, packed += (ptrdiff_t) k * ADM_PANEL) {
    bool whole = of->n - j >= ADM_PANEL;
    product.w = packed;
    product.c = whole ? of->c + j : scratch;
    product.c_stride = whole ? of->ldc : ADM_PANEL;
    product.accumulate = whole && of->accumulate;
    kernels->multiply (&product);
    if (!whole)
      put_tail (of, j, scratch);
  }
}

/* ---- 16-bit products ------------------------------------------------------------------------- */

/* K filled up to whole tiles, with zeros. */
static int
padded (int k)
{
  return (k + ADM_PAIRS - 1) / ADM_PAIRS * ADM_PAIRS;
}

uint64_t
adm_matmul_packed16_count (int n, int k)
{
  return panels (n) * ADM_PANEL * (uint64_t) padded (k);
}

struct scratch16 {
  float *tail;
  uint16_t *a; /* [m][padded k] */
};

static struct scratch16
scratch16_of (adm_layout *layout, int m, int k)
{
  struct scratch16 s;
  s.tail = adm_layout_floats (layout, (uint64_t) m * ADM_PANEL);
  s.a = adm_layout_take (layout, (uint64_t) m * (uint64_t) padded (k) * sizeof *s.a, 64);
  return s;
}

uint64_t
adm_matmul_scratch16 (int m, int k)
{
  adm_layout counted = { 0 };
  scratch16_of (&counted, m, k);
  return counted.bytes;
}

/* Rows L and L + 1 of op (B), WIDTH columns of each, as pairs: [ADM_PANEL][2]. */
static void
pack_rows (const adm_kernels *kernels, int width, float alpha, const float *first,
           const float *second, uint16_t *pairs)
{
  float rows[2 * ADM_PANEL];
  uint16_t narrow[2 * ADM_PANEL];
  if (width < ADM_PANEL || !second)
    memset (rows, 0, sizeof rows);
  for (int i = 0; i < width; i++)
    rows[i] = alpha * first[i];
  for (int i = 0; second && i < width; i++)
    rows[ADM_PANEL + i] = alpha * second[i];
  kernels->narrow (2 * ADM_PANEL, rows, narrow);
  for (int i = 0; i < ADM_PANEL; i++) {
    pairs[2 * i] = narrow[i];
    pairs[2 * i + 1] = narrow[ADM_PANEL + i];
  }
}

/* K numbers from B as one column of pairs, 2 ADM_PANEL apart. */
static void
pack_column (const adm_kernels *kernels, int k, float alpha, const float *b, uint16_t *pairs)
{
  enum { CHUNK = 2 * ADM_PANEL };
  float numbers[CHUNK];
  uint16_t narrow[CHUNK];
  for (int l = 0; l < k; l += CHUNK) {
    int n = k - l < CHUNK ? k - l : CHUNK;
    if (n < CHUNK)
      memset (numbers, 0, sizeof numbers);
    for (int i = 0; i < n; i++)
      numbers[i] = alpha * b[l + i];
    kernels->narrow (CHUNK, numbers, narrow);
    for (int i = 0; i < n; i += 2, pairs += 2 * ADM_PANEL)
      memcpy (pairs, narrow + i, 2 * sizeof *pairs);
  }
}

void
adm_matmul_pack16 (const adm_kernels *kernels, const adm_matmul_operands *of, uint16_t *packed)
{
  size_t panel = (size_t) padded (of->k) * ADM_PANEL;
  for (int j = 0; j < of->n; j += ADM_PANEL, packed += panel) {
    int width = of->n - j < ADM_PANEL ? of->n - j : ADM_PANEL;
    if (of->transpose_b) {
      if (width < ADM_PANEL || of->k % ADM_PAIRS)
        memset (packed, 0, panel * sizeof *packed);
      for (int i = 0; i < width; i++)
        pack_column (kernels, of->k, of->alpha, of->b + (ptrdiff_t) (j + i) * of->ldb,
                     packed + 2 * i);
    } else {
      int l = 0;
      for (; l < of->k; l += 2) {
        const float *row = of->b + (ptrdiff_t) l * of->ldb + j;
        pack_rows (kernels, width, of->alpha, row, l + 1 < of->k ? row + of->ldb : NULL,
                   packed + l * ADM_PANEL);
      }
      memset (packed + l * ADM_PANEL, 0,
              (size_t) (padded (of->k) - l) * ADM_PANEL * sizeof *packed);
    }
  }
}

void
adm_matmul_packed16 (const adm_kernels *kernels, void *scratch, const adm_matmul_operands *of,
                     const uint16_t *packed)
{
  static const ptrdiff_t no_offset[1] = { 0 };
  int m = of->m, k = padded (of->k);
  adm_layout layout = { .base = scratch };
  struct scratch16 s = scratch16_of (&layout, m, of->k);
  for (int i = 0; i < m; i++) {
    uint16_t *row = s.a + (ptrdiff_t) i * k;
    kernels->narrow ((size_t) of->k, of->a + (ptrdiff_t) i * of->lda, row);
    memset (row + of->k, 0, (size_t) (k - of->k) * sizeof *row);
  }
  adm_product16 product
      = { .m = m, .taps = 1, .tap = no_offset, .cin = k, .a = s.a, .a_stride = k };
  for (int j = 0; j < of->n; j += ADM_PANEL, packed += (ptrdiff_t) k * ADM_PANEL) {
    bool whole = of->n - j >= ADM_PANEL;
    product.w = packed;
    product.c = whole ? of->c + j : s.tail;
    product.c_stride = whole ? of->ldc : ADM_PANEL;
    product.accumulate = whole && of->accumulate;
    kernels->multiply16 (&product);
    if (!whole)
      put_tail (of, j, s.tail);
  }
}

/* OF with A as it lies, or transposed into COPY [m,k]. */
static adm_matmul_operands
untransposed (const adm_matmul_operands *of, float *copy)
{
  adm_matmul_operands plain = *of;
  if (!of->transpose_a)
    return plain;
  for (int l = 0; l < of->k; l++)
    for (int i = 0; i < of->m; i++)
      copy[(ptrdiff_t) i * of->k + l] = of->a[(ptrdiff_t) l * of->lda + i];
  plain.a = copy;
  plain.lda = of->k;
  return plain;
}

struct whole16 {
  uint16_t *packed;
  float *transposed; /* A */
  void *products;
};

static struct whole16
whole16_of (adm_layout *layout, bool transpose_a, int m, int n, int k)
{
  struct whole16 s;
  s.packed = adm_layout_take (layout, adm_matmul_packed16_count (n, k) * sizeof *s.packed, 64);
  s.transposed = adm_layout_floats (layout, transpose_a ? (uint64_t) m * (uint64_t) k : 0);
  s.products = adm_layout_take (layout, adm_matmul_scratch16 (m, k), 64);
  return s;
}

uint64_t
adm_matmul16_scratch (bool transpose_a, int m, int n, int k)
{
  adm_layout counted = { 0 };
  whole16_of (&counted, transpose_a, m, n, k);
  return counted.bytes;
}

void
adm_matmul16 (const adm_kernels *kernels, void *scratch, const adm_matmul_operands *of)
{
  adm_layout layout = { .base = scratch };
  struct whole16 s = whole16_of (&layout, of->transpose_a, of->m, of->n, of->k);
  adm_matmul_operands plain = untransposed (of, s.transposed);
  adm_matmul_pack16 (kernels, of, s.packed);
  adm_matmul_packed16 (kernels, s.products, &plain, s.packed);
}

void
adm_matmul (const adm_kernels *kernels, float *scratch, const adm_matmul_operands *of)
{
  adm_layout layout = { .base = (unsigned char *) scratch };
  struct scratch s = scratch_of (&layout, of->transpose_a, of->m, of->n, of->k);
  adm_matmul_operands plain = untransposed (of, s.transposed);
  adm_matmul_pack (of->transpose_b, of->n, of->k, of->alpha, of->b, of->ldb, s.packed);
  adm_matmul_packed (kernels, s.tail, &plain, s.packed);
}

void
adm_matmul_ref (const adm_matmul_operands *of)
{
  for (int i = 0; i < of->m; i++)
    for (int j = 0; j < of->n; j++) {
      double sum = 0;
      float *c = &of->c[i * of->ldc + j];
      for (int l = 0; l < of->k; l++)
        sum += (double) (of->transpose_a ? of->a[l * of->lda + i] : of->a[i * of->lda + l])
               * (double) (of->transpose_b ? of->b[j * of->ldb + l] : of->b[l * of->ldb + j]);
      *c = (float) ((double) of->alpha * sum + (of->accumulate ? (double) *c : 0));
    }
}

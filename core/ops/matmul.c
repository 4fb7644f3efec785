/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Matrix product on the convolutions' inner loop: B is packed into panels of ADM_PANEL columns in the worker's scratch. Attention
 * calls it on blocks that stay in cache, from several workers at once. */
#include "ops/ops.h"

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

uint64_t
adm_matmul_scratch (bool transpose_a, int m, int n, int k)
{
  uint64_t rows = (uint64_t) m;
  return adm_matmul_packed_count (n, k) + rows * ADM_PANEL + (transpose_a ? rows * (uint64_t) k : 0);
}

/* One panel, columns J … J+WIDTH-1 of op (B) times ALPHA: [k][ADM_PANEL]. */
static void
pack_panel (bool transpose, int k, int j, int width, float alpha, const float *b, int ldb, float *panel)
{
  if (width < ADM_PANEL)
    memset (panel, 0, (size_t) k * ADM_PANEL * sizeof *panel);
  if (transpose)
    for (int i = 0; i < width; i++)
      for (int l = 0; l < k; l++)
        panel[l * ADM_PANEL + i] = alpha * b[(ptrdiff_t) (j + i) * ldb + l];
  else if (width == ADM_PANEL) /* a length the compiler knows: vectors */
    for (int l = 0; l < k; l++)
      for (int i = 0; i < ADM_PANEL; i++)
        panel[l * ADM_PANEL + i] = alpha * b[(ptrdiff_t) l * ldb + j + i];
  else
    for (int l = 0; l < k; l++)
      for (int i = 0; i < width; i++)
        panel[l * ADM_PANEL + i] = alpha * b[(ptrdiff_t) l * ldb + j + i];
}

void
adm_matmul_pack (bool transpose_b, int n, int k, float alpha, const float *b, int ldb, float *packed)
{
  for (int j = 0; j < n; j += ADM_PANEL, packed += (ptrdiff_t) k * ADM_PANEL)
    pack_panel (transpose_b, k, j, n - j < ADM_PANEL ? n - j : ADM_PANEL, alpha, b, ldb, packed);
}

void
adm_matmul_packed (const adm_kernels *kernels, float *scratch, int m, int n, int k, const float *a, int lda, const float *packed,
                   bool accumulate, float *c, int ldc)
{
  static const ptrdiff_t no_offset[1] = { 0 };
  for (int j = 0; j < n; j += ADM_PANEL, packed += (ptrdiff_t) k * ADM_PANEL) {
    int width = n - j < ADM_PANEL ? n - j : ADM_PANEL;
    if (width == ADM_PANEL) {
      kernels->multiply (m, 1, no_offset, k, a, lda, packed, c + j, ldc, accumulate);
      continue;
    }
    kernels->multiply (m, 1, no_offset, k, a, lda, packed, scratch, ADM_PANEL, false);
    for (int i = 0; i < m; i++)
      for (int l = 0; l < width; l++)
        c[(ptrdiff_t) i * ldc + j + l] = scratch[i * ADM_PANEL + l] + (accumulate ? c[(ptrdiff_t) i * ldc + j + l] : 0);
  }
}

void
adm_matmul (const adm_kernels *kernels, float *scratch, bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const float *a,
            int lda, const float *b, int ldb, bool accumulate, float *c, int ldc)
{
  float *packed = scratch, *tail = packed + adm_matmul_packed_count (n, k), *turned = tail + (ptrdiff_t) m * ADM_PANEL;
  if (transpose_a) {
    for (int l = 0; l < k; l++)
      for (int i = 0; i < m; i++)
        turned[(ptrdiff_t) i * k + l] = a[(ptrdiff_t) l * lda + i];
    a = turned;
    lda = k;
  }
  adm_matmul_pack (transpose_b, n, k, alpha, b, ldb, packed);
  adm_matmul_packed (kernels, tail, m, n, k, a, lda, packed, accumulate, c, ldc);
}

void
adm_matmul_ref (bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
                bool accumulate, float *c, int ldc)
{
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int l = 0; l < k; l++)
        sum += (double) (transpose_a ? a[l * lda + i] : a[i * lda + l]) * (double) (transpose_b ? b[j * ldb + l] : b[l * ldb + j]);
      c[i * ldc + j] = (float) ((double) alpha * sum + (accumulate ? (double) c[i * ldc + j] : 0));
    }
}

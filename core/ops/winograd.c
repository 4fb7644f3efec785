/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Winograd's minimal filtering F(4x4, 3x3) (Lavin & Gray 2016, arXiv 1509.09308): 36 multiplications where the direct way needs
 * 144. One unit of work takes a strip of tiles through all of it while it is in the second-level cache:
 *
 *   patch (norm, SiLU, … on the way in) -> V [36, tiles, cin] -> 36 products with U [36, cin, 32] -> M [36, tiles, 32] -> y
 *
 * The error is about 3e-6 relative, against 5e-7 for the direct way: --exact avoids it. */
#include "ops/conv2d.h"

enum {
  BLOCK = 64,        /* channels brought in at a time */
  V_FLOATS = 160000, /* of V in one strip: with M and a panel of weights it fills 1 MB of L2 */
  MAX_TILES = 32,
  SKEW = 16, /* keeps the 36 planes from falling on the same cache sets */
};

static int
panels (const adm_conv *conv)
{
  return (conv->cout + ADM_PANEL - 1) / ADM_PANEL;
}

uint64_t
adm_winograd_packed_count (const adm_conv *conv)
{
  return (uint64_t) panels (conv) * ADM_WINO_POINTS * (uint64_t) conv->cin * ADM_PANEL;
}

/* u = G g G^T in double, points 0, ±1, ±2, ∞, for all channels of a panel side by side. */
void
adm_winograd_pack (const adm_conv *conv, int panel, int i, const float g[9][ADM_PANEL], void *packed)
{
  static const double G[6][3] = { { 1.0 / 4, 0, 0 },
                                  { -1.0 / 6, -1.0 / 6, -1.0 / 6 },
                                  { -1.0 / 6, 1.0 / 6, -1.0 / 6 },
                                  { 1.0 / 24, 1.0 / 12, 1.0 / 6 },
                                  { 1.0 / 24, -1.0 / 12, 1.0 / 6 },
                                  { 0, 0, 1 } };
  double t[6][3][ADM_PANEL];
  float u[ADM_PANEL];
  size_t cin = (size_t) conv->cin, first = (size_t) panel * ADM_WINO_POINTS * cin + (size_t) i;
  for (int a = 0; a < 6; a++)
    for (int x = 0; x < 3; x++)
      for (int k = 0; k < ADM_PANEL; k++)
        t[a][x][k] = G[a][0] * (double) g[x][k] + G[a][1] * (double) g[3 + x][k] + G[a][2] * (double) g[6 + x][k];
  for (int a = 0; a < 6; a++)
    for (int b = 0; b < 6; b++) {
      for (int k = 0; k < ADM_PANEL; k++)
        u[k] = (float) (t[a][0][k] * G[b][0] + t[a][1][k] * G[b][1] + t[a][2][k] * G[b][2]);
      adm_conv_put (conv, packed, (first + (size_t) (a * 6 + b) * cin) * ADM_PANEL, u);
    }
}

struct winograd {
  adm_exec *exec;
  const adm_conv *conv;
  const adm_source *source;
  const adm_conv_output *output;
  int rows, columns; /* tiles of a strip */
  int strips_y, strips_x;
};

static uint64_t
patch_floats (const struct winograd *w)
{
  return (uint64_t) (w->rows * ADM_WINO_OUT + 2) * (uint64_t) (w->columns * ADM_WINO_OUT + 2) * BLOCK;
}

static uint64_t
plane (const struct winograd *w, int channels)
{
  return (uint64_t) (w->rows * w->columns) * (uint64_t) channels + SKEW;
}

static void
strip_unit (void *arg, int unit, int worker)
{
  struct winograd *w = arg;
  const adm_conv *conv = w->conv;
  const adm_kernels *kernels = w->exec->kernels;
  const adm_map *y = &w->output->y;
  int cin = conv->cin, tiles = w->rows * w->columns;
  int tx = unit % w->strips_x * w->columns, ty = unit / w->strips_x % w->strips_y * w->rows, n = unit / w->strips_x / w->strips_y;
  int patch_w = w->columns * ADM_WINO_OUT + 2, patch_h = w->rows * ADM_WINO_OUT + 2;
  ptrdiff_t v_plane = (ptrdiff_t) plane (w, cin), m_plane = (ptrdiff_t) plane (w, ADM_PANEL);
  float *patch = adm_exec_scratch_of (w->exec, worker);
  float *v = patch + patch_floats (w), *m = v + ADM_WINO_POINTS * v_plane;
  float *out = m + ADM_WINO_POINTS * m_plane, *temp = out + ADM_WINO_OUT * ADM_WINO_OUT * ADM_PANEL,
        *room = temp + ADM_WINO_OUT * ADM_WINO_OUT * ADM_PANEL;

  for (int c = 0; c < cin; c += BLOCK) {
    int part = cin - c < BLOCK ? cin - c : BLOCK;
    for (int row = 0; row < patch_h; row++)
      adm_source_row (kernels, w->source, n, ty * ADM_WINO_OUT + row - 1, tx * ADM_WINO_OUT - 1, tx * ADM_WINO_OUT - 1 + patch_w, c, c + part,
                      patch + (ptrdiff_t) row * patch_w * BLOCK, BLOCK);
    for (int t = 0; t < tiles; t++)
      kernels->wino_input (part, patch + ((ptrdiff_t) (t / w->columns * ADM_WINO_OUT) * patch_w + t % w->columns * ADM_WINO_OUT) * BLOCK,
                           (ptrdiff_t) patch_w * BLOCK, BLOCK, v + (ptrdiff_t) t * cin + c, v_plane);
  }

  static const ptrdiff_t no_offset[1] = { 0 };
  for (int p = 0; p < panels (conv); p++) {
    for (int xi = 0; xi < ADM_WINO_POINTS; xi++) {
      size_t panel = (size_t) cin * ADM_PANEL;
      const float *u = adm_conv_weights (kernels, conv, (size_t) (p * ADM_WINO_POINTS + xi) * panel, panel, room);
      kernels->multiply (tiles, 1, no_offset, cin, v + xi * v_plane, cin, u, m + xi * m_plane, ADM_PANEL, false);
    }
    for (int t = 0; t < tiles; t++) {
      int x0 = (tx + t % w->columns) * ADM_WINO_OUT, y0 = (ty + t / w->columns) * ADM_WINO_OUT;
      if (x0 >= y->w || y0 >= y->h)
        continue;
      kernels->wino_output (m + (ptrdiff_t) t * ADM_PANEL, m_plane, out);
      int width = y->w - x0 < ADM_WINO_OUT ? y->w - x0 : ADM_WINO_OUT;
      for (int row = 0; row < ADM_WINO_OUT && y0 + row < y->h; row++)
        adm_conv_finish (kernels, conv, w->output, n, y0 + row, x0, width, p * ADM_PANEL, out + row * ADM_WINO_OUT * ADM_PANEL, temp);
    }
  }
}

void
adm_conv2d_winograd (adm_exec *exec, const adm_conv *conv, const adm_source *source, const adm_conv_output *output)
{
  struct winograd w = { .exec = exec, .conv = conv, .source = source, .output = output };
  int tiles_x = (output->y.w + ADM_WINO_OUT - 1) / ADM_WINO_OUT, tiles_y = (output->y.h + ADM_WINO_OUT - 1) / ADM_WINO_OUT;
  int tiles = V_FLOATS / (ADM_WINO_POINTS * conv->cin) / 8 * 8;
  tiles = tiles < 8 ? 8 : tiles > MAX_TILES ? MAX_TILES : tiles;
  w.columns = tiles_x < tiles ? tiles_x : tiles;
  w.rows = tiles / w.columns < tiles_y ? tiles / w.columns : tiles_y;
  w.strips_x = (tiles_x + w.columns - 1) / w.columns;
  w.strips_y = (tiles_y + w.rows - 1) / w.rows;
  adm_exec_scratch (exec, sizeof (float)
                              * (patch_floats (&w) + ADM_WINO_POINTS * (plane (&w, conv->cin) + plane (&w, ADM_PANEL))
                                 + 2 * ADM_WINO_OUT * ADM_WINO_OUT * ADM_PANEL + (conv->half ? (uint64_t) conv->cin * ADM_PANEL : 0)));
  if (adm_exec_begin (exec, ADM_LAYER_WINOGRAD, 2.0 * output->y.n * output->y.h * output->y.w * conv->cout * conv->cin * 9))
    adm_exec_run (exec, output->y.n * w.strips_x * w.strips_y, strip_unit, &w);
}

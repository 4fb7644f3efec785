/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Winograd's minimal filtering F(4x4, 3x3) (Lavin & Gray 2016, arXiv 1509.09308): 36
 * multiplications where the direct way needs 144. One unit of work takes a strip of tiles through
 * all of it while it is in the second-level cache:
 *
 *   patch (norm, SiLU, … on the way in) -> V [36, tiles, cin] -> 36 products with U [36, cin, 32]
 *     -> M [36, tiles, 32] -> y
 *
 * The error is about 3e-6 relative, against 5e-7 for the direct way: --exact avoids it. */
#include "ops/winograd.h"

enum {
  BLOCK = 64,        /* channels brought in at a time */
  V_FLOATS = 160000, /* of V in one strip: with M and a panel of weights it fills 1 MB of L2 */
  MAX_TILES = 32,
  SKEW = 16, /* keeps the 36 planes from falling on the same cache sets */
};

/* u = G g G^T (Lavin & Gray 2016, eq. 8) in double, points 0, ±1, ±2, ∞, for all channels of a
 * panel side by side. */
void
adm_winograd_pack (const adm_conv *conv, int panel, int i, const float g[9][ADM_PANEL],
                   void *packed)
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
        t[a][x][k] = G[a][0] * (double) g[x][k] + G[a][1] * (double) g[3 + x][k]
                     + G[a][2] * (double) g[6 + x][k];
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
plane (const struct winograd *w, int channels)
{
  return (uint64_t) (w->rows * w->columns) * (uint64_t) channels + SKEW;
}

struct strip_scratch {
  float *patch;      /* [rows * 4 + 2, columns * 4 + 2, BLOCK] */
  float *v, *m;      /* 36 planes each: [tiles, cin] and [tiles, ADM_PANEL] */
  float *out, *temp; /* one tile of outputs [4,4,ADM_PANEL]; the epilogue's own */
  float *widened;    /* weights in 16 bits, widened for one product */
};

static struct strip_scratch
strip_scratch_of (const struct winograd *w, adm_layout *layout)
{
  struct strip_scratch s;
  uint64_t tile = ADM_WINO_OUT * ADM_WINO_OUT * ADM_PANEL;
  s.patch = adm_layout_floats (layout, (uint64_t) (w->rows * ADM_WINO_OUT + 2)
                                           * (uint64_t) (w->columns * ADM_WINO_OUT + 2) * BLOCK);
  s.v = adm_layout_floats (layout, ADM_WINO_POINTS * plane (w, w->conv->cin));
  s.m = adm_layout_floats (layout, ADM_WINO_POINTS * plane (w, ADM_PANEL));
  s.out = adm_layout_floats (layout, tile);
  s.temp = adm_layout_floats (layout, tile);
  s.widened = adm_layout_floats (layout, w->conv->half ? (uint64_t) w->conv->cin * ADM_PANEL : 0);
  return s;
}

/* Where a unit's strip of tiles begins. */
struct strip {
  int n, ty, tx;
};

/* V = B^T d B of the strip's tiles. */
static void
transform_input (const struct winograd *w, struct strip at, const struct strip_scratch *s)
{
  const adm_kernels *kernels = w->exec->kernels;
  int cin = w->conv->cin, tiles = w->rows * w->columns;
  int patch_w = w->columns * ADM_WINO_OUT + 2, patch_h = w->rows * ADM_WINO_OUT + 2;
  int x0 = at.tx * ADM_WINO_OUT - 1, y0 = at.ty * ADM_WINO_OUT - 1;
  for (int c = 0; c < cin; c += BLOCK) {
    int channels = cin - c < BLOCK ? cin - c : BLOCK;
    for (int row = 0; row < patch_h; row++)
      adm_source_row (kernels, w->source,
                      (adm_span) { at.n, y0 + row, x0, x0 + patch_w, c, c + channels },
                      s->patch + (ptrdiff_t) row * patch_w * BLOCK, BLOCK);
    for (int t = 0; t < tiles; t++)
      kernels->wino_input (channels,
                           s->patch
                               + ((ptrdiff_t) (t / w->columns * ADM_WINO_OUT) * patch_w
                                  + t % w->columns * ADM_WINO_OUT)
                                     * BLOCK,
                           (ptrdiff_t) patch_w * BLOCK, BLOCK, s->v + (ptrdiff_t) t * cin + c,
                           (ptrdiff_t) plane (w, cin));
  }
}

/* y = A^T M A of the strip's tiles, for one panel. */
static void
transform_output (const struct winograd *w, struct strip at, int panel,
                  const struct strip_scratch *s)
{
  const adm_map *y = &w->output->y;
  for (int t = 0; t < w->rows * w->columns; t++) {
    int x0 = (at.tx + t % w->columns) * ADM_WINO_OUT, y0 = (at.ty + t / w->columns) * ADM_WINO_OUT;
    if (x0 >= y->w || y0 >= y->h)
      continue;
    w->exec->kernels->wino_output (s->m + (ptrdiff_t) t * ADM_PANEL,
                                   (ptrdiff_t) plane (w, ADM_PANEL), s->out);
    int width = y->w - x0 < ADM_WINO_OUT ? y->w - x0 : ADM_WINO_OUT;
    for (int row = 0; row < ADM_WINO_OUT && y0 + row < y->h; row++)
      adm_conv_epilogue (w->exec->kernels, w->conv, w->output,
                         (adm_conv_strip) { at.n, y0 + row, x0, width, panel * ADM_PANEL },
                         s->out + row * ADM_WINO_OUT * ADM_PANEL, s->temp);
  }
}

static void
strip_unit (void *arg, int unit, int worker)
{
  static const ptrdiff_t no_offset[1] = { 0 };
  struct winograd *w = arg;
  int cin = w->conv->cin, strip = unit / w->strips_x;
  struct strip at
      = { strip / w->strips_y, strip % w->strips_y * w->rows, unit % w->strips_x * w->columns };
  adm_layout layout = adm_exec_scratch_of (w->exec, worker);
  struct strip_scratch s = strip_scratch_of (w, &layout);

  transform_input (w, at, &s);
  adm_product product = { .m = w->rows * w->columns,
                          .taps = 1,
                          .tap = no_offset,
                          .cin = cin,
                          .a_stride = cin,
                          .c_stride = ADM_PANEL };
  for (int p = 0; p < adm_conv_panels (w->conv); p++) {
    for (size_t xi = 0; xi < ADM_WINO_POINTS; xi++) {
      size_t panel = (size_t) cin * ADM_PANEL;
      product.a = s.v + xi * plane (w, cin);
      product.w = adm_conv_weights (w->exec->kernels, w->conv,
                                    ((size_t) p * ADM_WINO_POINTS + xi) * panel, panel, s.widened);
      product.c = s.m + xi * plane (w, ADM_PANEL);
      w->exec->kernels->multiply (&product);
    }
    transform_output (w, at, p, &s);
  }
}

void
adm_conv2d_winograd (adm_exec *exec, const adm_conv *conv, const adm_source *source,
                     const adm_conv_output *output)
{
  struct winograd w = { .exec = exec, .conv = conv, .source = source, .output = output };
  int tiles_x = (output->y.w + ADM_WINO_OUT - 1) / ADM_WINO_OUT,
      tiles_y = (output->y.h + ADM_WINO_OUT - 1) / ADM_WINO_OUT;
  int tiles = V_FLOATS / (ADM_WINO_POINTS * conv->cin) / 8 * 8;
  tiles = tiles < 8 ? 8 : tiles > MAX_TILES ? MAX_TILES : tiles;
  w.columns = tiles_x < tiles ? tiles_x : tiles;
  w.rows = tiles / w.columns < tiles_y ? tiles / w.columns : tiles_y;
  w.strips_x = (tiles_x + w.columns - 1) / w.columns;
  w.strips_y = (tiles_y + w.rows - 1) / w.rows;
  adm_layout counted = { 0 };
  strip_scratch_of (&w, &counted);
  adm_exec_scratch (exec, counted);
  if (adm_exec_begin_at (exec, ADM_LAYER_WINOGRAD,
                         2.0 * output->y.n * output->y.h * output->y.w * conv->cout * conv->cin * 9,
                         adm_conv_pace (conv, exec->kernels->rate16)))
    adm_exec_run (exec, output->y.n * w.strips_x * w.strips_y, strip_unit, &w);
}

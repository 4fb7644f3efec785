/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the windows of a canvas lie, and how much each counts where they overlap. A canvas is two
 * axes; on each, windows of the network's own side cover the length, neighbours overlapping by a
 * quarter of a window or more, and the grid moves from step to step, so that no lattice shows. On a
 * torus windows go round the end, and one that is longer than the axis sees it repeated. A settled
 * axis that ends keeps its windows where they are, as few as cover it: enough where a picture of
 * low resolution already says what goes on across their borders. */
#ifndef ADM_DIFFUSION_WINDOWS_H
#define ADM_DIFFUSION_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct adm_axis {
  int length; /* of the canvas, in pixels of the network's input (of an upsampler's low one) */
  int side;   /* of a window, in the same; at most LENGTH unless the axis wraps */
  bool wrap;
  bool settled;
  double turn; /* how far the grid moves from one step to the next, as a share of its range */
} adm_axis;

/* A row or column of windows at one step. */
typedef struct adm_axis_grid {
  int count;  /* of windows */
  int offset; /* of the grid at this step */
} adm_axis_grid;

adm_axis adm_axis_new (int length, int side, bool wrap, bool vertical);
adm_axis adm_axis_settled (adm_axis axis);
adm_axis_grid adm_axis_at (const adm_axis *axis, unsigned step);
/* The most windows that any step has. */
int adm_axis_most (const adm_axis *axis);
/* Where window I begins, 0 … LENGTH - 1. */
int adm_axis_start (const adm_axis *axis, const adm_axis_grid *grid, int i);

/* WEIGHTS [side * factor]: window I's share of each of its pixels, FACTOR of them for each of the
 * axis. At every pixel of the canvas the shares of all windows sum to 1: larger towards a window's
 * middle (as Barbero Jiménez 2023, "Mixture of Diffusers"). */
void adm_axis_weights (const adm_axis *axis, const adm_axis_grid *grid, int i, int factor,
                       float *weights);

/* Two axes, vertical first, and one window: what cutting out and putting back need. */
typedef struct adm_window {
  int start[2];  /* top, left, in pixels of the arrays below */
  int side;      /* of the window, in the same */
  int length[2]; /* height, width of the canvas, in the same */
} adm_window;

/* OUT [channels,side,side] from PLANAR [channels,height,width]. */
void adm_window_cut (const adm_window *window, const float *planar, int channels, float *out);
/* PLANAR += ROWS x COLUMNS x (MAP or 1) x SCALE x IN, for all CHANNELS; MAP [height,width]. */
typedef struct adm_window_share {
  const float *rows, *columns; /* [side] */
  const float *map;            /* [height,width] or NULL */
  float scale;
} adm_window_share;
void adm_window_add (const adm_window *window, const adm_window_share *share, const float *in,
                     int channels, float *planar);
/* Whether MAP [height,width] is above 0 anywhere in the window. */
bool adm_window_touches (const adm_window *window, const float *map);

#endif

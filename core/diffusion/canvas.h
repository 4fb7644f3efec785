/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A canvas of any size from networks made for one size: at every step they see it window by window,
 * and what they answer is the weighted mean over the windows of each pixel (Bar-Tal et al. 2023,
 * "MultiDiffusion", arXiv 2302.08113, section 3); the sampler then takes one step on the whole. So
 * all windows follow one path through the noise, and there are no seams to hide afterwards. Labels
 * have weights, pixel by pixel: eps, v and the classifier's gradients are mixed by them. */
#ifndef ADM_DIFFUSION_CANVAS_H
#define ADM_DIFFUSION_CANVAS_H

#include "diffusion/windows.h"

#include "adm_error.h"

/* The most windows that go through a network at once; six or eight are hardly quicker than four
 * (docs/canvas.md). */
enum { ADM_CANVAS_BATCH = 4 };

/* A label of the canvas. */
typedef struct adm_canvas_label {
  int label, guide;    /* of the network, of the classifier */
  const float *weight; /* [H,W]; at every pixel those of all labels sum to 1. NULL: 1 everywhere */
} adm_canvas_label;

/* What one evaluation of N windows gets and gives: X [N,3,S,S], LABELS [N], LOW [N,3,side,side]
 * (NULL: none); OUT [N,channels,S,S], of the classifier [N,3,S,S]. */
typedef struct adm_canvas_batch {
  int n;
  double from, share; /* of the step's evaluations: where these begin, how many they are */
  const float *x, *low;
  const int *labels;
  float *out;
} adm_canvas_batch;

typedef struct adm_canvas_field {
  adm_axis axis[2]; /* vertical, horizontal */
  int factor;       /* pixels of x for one of the axes': an upsampler's, else 1 */
  int channels;     /* 3: eps; 6: eps, then v */
  int batch;        /* windows that EVALUATE and GRADIENT get at most, 1 … ADM_CANVAS_BATCH */
  const adm_canvas_label *label;
  int labels;
  bool classless; /* EVALUATE's network knows no labels: its one answer serves all of them */
  /* Classifier-free guidance (Ho & Salimans 2022, arXiv 2207.12598, equation 6): eps becomes
   * eps (null) + (1 + s) (eps (y) - eps (null)); v is y's. S 0: none */
  double free_scale;
  int null_label;
  bool has_low;     /* an upsampler's */
  const float *low; /* [3,h,w] of an upsampler, as large as the axes */
  adm_status (*evaluate) (const adm_canvas_batch *batch, void *user, adm_error *error);
  adm_status (*gradient) (const adm_canvas_batch *batch, void *user, adm_error *error);
  /* NULL, or told of every window that is done what EVALUATE answered, OUT [3,S,S] for X [3,S,S],
   * and its share of the canvas; at every pixel the shares of a step sum to 1 */
  void (*done) (const adm_window *window, const adm_window_share *share, const float *x,
                const float *out, void *user);
  /* NULL, or asked while an answer is cleared for the windows: 75 MB of a large canvas, whose pages
   * come only now. False: ADM_ERROR_CANCELLED */
  bool (*poll) (void *user);
  void *user;
  float *workspace; /* adm_canvas_workspace floats */
} adm_canvas_field;

/* Evaluations of the network that step STEP takes at most, where each window touches one label. */
int adm_canvas_windows (const adm_canvas_field *field, unsigned step);
size_t adm_canvas_workspace (const adm_canvas_field *field);

/* OUT [channels,H,W] from X [3,H,W] at step STEP, which moves the grid; H and W are the axes times
 * FACTOR. The first error of EVALUATE is passed on, OUT is undefined then. */
adm_status adm_canvas_predict (const adm_canvas_field *field, unsigned step, const float *x,
                               float *out, adm_error *error);
/* GRAD [3,H,W]: each label's gradient of log p (y | x), times its weight. */
adm_status adm_canvas_gradient (const adm_canvas_field *field, unsigned step, const float *x,
                                float *grad, adm_error *error);

#endif

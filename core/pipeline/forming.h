/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A canvas as it is foreseen while it forms. A step on many windows takes long, so that what is
 * shown moves on with every window: where none is done yet it is what was foreseen before. */
#ifndef ADM_PIPELINE_FORMING_H
#define ADM_PIPELINE_FORMING_H

#include "base/lanczos.h"
#include "diffusion/schedule.h"
#include "diffusion/windows.h"

typedef struct adm_forming {
  adm_plane_size size; /* of the canvas */
  adm_plane_size used; /* of what is shown of it, its top left part: the rest will be cropped */
  float *shown;        /* [3,used], the caller's memory */
  bool fresh;          /* for the caller: more windows are done since it was last cleared */
  /* what was foreseen before: the first of these that is there */
  const float *before; /* [3,size] */
  const float *low;    /* [3,size / factor] */
  int factor;
  float mean[3]; /* of the first window */
  bool blank;    /* nothing was, and that window is yet to come */
} adm_forming;

/* A picture begins: with BEFORE [3,size], or with LOW [3,size / FACTOR], or (both NULL) with
 * nothing; what is given must stay until the first adm_forming_step, and is shown when
 * adm_forming_show has been called for each of the three channels, which may take a moment each. */
void adm_forming_begin (adm_forming *forming, const float *before, const float *low, int factor);
void adm_forming_show (adm_forming *forming, int channel);

/* What an evaluation at STEP tells of WINDOW, by its share: OUT [3,side,side] for X [3,side,side].
 * At every pixel the shares of a step sum to 1. */
void adm_forming_add (adm_forming *forming, const adm_schedule_step *step, const adm_window *window,
                      const adm_window_share *share, const float *x, const float *out);

/* The step is done: X0 [3,size], which must stay until the next. */
void adm_forming_step (adm_forming *forming, const float *x0);

#endif

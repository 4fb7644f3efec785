/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the finished picture that a task asks for to the canvases that its stages work on, and back.
 * A stage's canvas is as large as the picture (divided by the texture's size, and by the
 * upsampler's factor), rounded up. Where that leaves more than was asked for, an open axis is
 * cropped, and a torus, which must keep its ends together, resampled. */
#ifndef ADM_PIPELINE_FRAME_H
#define ADM_PIPELINE_FRAME_H

#include "adm_session.h"
#include "base/lanczos.h"
#include "diffusion/canvas.h"
#include "diffusion/sampler.h"

typedef struct adm_frame {
  adm_canvas canvas;
  const adm_request *sample;
  int side;               /* of the diffusion network's pictures */
  int factor;             /* of the upsampler; 1: there is none */
  adm_plane_size out;     /* of the finished picture */
  adm_plane_size used;    /* of the last stage's canvas, what becomes it */
  adm_plane_size size[2]; /* the stages' canvases; with factor 1 there is the first alone */
  bool wrap[2];           /* vertically, horizontally */
  bool anchored;          /* the first canvas starts from START (anchor.h) */
  bool plain;             /* no canvas: the network's own size, one window */
  /* set by adm_frame_fill, owned by the frame: what the stages start from, keep, and mix */
  void *memory;
  uint64_t bytes;                 /* of it */
  const float *init[2], *mask[2]; /* [3,H,W], [H,W] of each canvas; NULL: none */
  float *start;                   /* [3,H,W] of the first canvas, undefined yet; or NULL */
  adm_canvas_label *label[2];     /* [labels] of each */
  int labels;
} adm_frame;

/* Sizes alone. SIDE of the diffusion network's pictures (or of an upsampler's input).
 * ADM_ERROR_USAGE: a size, strength, weight or texture size that cannot be, or a picture that is
 * missing. TASK must outlive FRAME. */
adm_status adm_frame_of_task (adm_frame *frame, const adm_task *task, int side, int factor,
                              adm_error *error);
/* How windows of SIDE lie along the canvas of STAGE, vertically or across. The upsampler's are
 * settled. */
adm_axis adm_frame_axis (const adm_frame *frame, int stage, int side, bool vertical);

/* What of the canvas of STAGE becomes the picture: its top left part. */
adm_plane_size adm_frame_used (const adm_frame *frame, int stage);
/* How large the map of CLASS, which has one, is. */
adm_plane_size adm_frame_map_size (const adm_frame *frame, const adm_class_weight *class);

/* The arrays. GO (USER), which may be NULL, is asked between planes of them: false stops
 * (ADM_ERROR_CANCELLED). On failure the frame holds none. */
adm_status adm_frame_fill (adm_frame *frame, bool (*go) (void *user), void *user, adm_error *error);
void adm_frame_clear (adm_frame *frame);

/* Bytes that adm_frame_fill takes, and adm_frame_finish beside them. */
uint64_t adm_frame_bytes (const adm_frame *frame);

/* Fills in where STAGE's sampler starts and what it keeps. Before adm_frame_fill it tells the
 * number of steps, and no more. */
void adm_frame_apply (const adm_frame *frame, int stage, const adm_schedule *schedule,
                      adm_diffusion_params *params);

/* A low-resolution picture LOW [3,h,w] of an upsampler, as large as the first canvas. */
void adm_frame_low (const adm_frame *frame, const float *low, int h, int w, float *canvas);

/* OUT [3,out] from the last stage's X [3,size]; what the mask keeps is the start picture's again. X
 * NULL: nothing was made (strength 0). */
adm_status adm_frame_finish (const adm_frame *frame, const float *x, float *out, adm_error *error);

#endif

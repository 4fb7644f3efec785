/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session's stages one at a time, their pictures in one array: as tests look at them. */
#ifndef ADM_TEST_STAGES_H
#define ADM_TEST_STAGES_H

#include "adm.h"

#include <string.h>

struct stages_pictures {
  adm_callback callback;
  void *user;
  float *out;
  int *finished;
};

static inline bool
stages_pass_on (const adm_progress *progress, void *user)
{
  const struct stages_pictures *c = user;
  return !c->callback || c->callback (progress, c->user);
}

static inline adm_status
stages_collect (int i, const adm_picture *picture, void *user, adm_error *error)
{
  const struct stages_pictures *c = user;
  const size_t values
      = (size_t) picture->channels * (size_t) picture->height * (size_t) picture->width;
  (void) error;
  memcpy (c->out + (size_t) i * values, picture->pixels, values * sizeof *c->out);
  if (c->finished)
    *c->finished = i + 1;
  return ADM_OK;
}

static inline adm_status
stages_run (adm_session *session, const adm_task *task, struct stages_pictures *c, adm_error *error)
{
  adm_plan plan;
  if (c->finished)
    *c->finished = 0;
  adm_status status = adm_session_plan (session, task, &plan, error);
  return status ? status
                : adm_session_run (session, &plan,
                                   &(adm_sink) { .progress = stages_pass_on,
                                                 .picture = stages_collect,
                                                 .user = c,
                                                 .all_channels = true },
                                   error);
}

/* Samples request->count pictures, one after the other; OUT [N,C,S,S], the final x, unclamped.
 * Nothing is written on failure but pictures finished before a cancellation; *FINISHED (may be
 * NULL) tells how many are whole. */
static inline adm_status
session_sample (adm_session *session, const adm_request *request, adm_callback callback, void *user,
                float *out, int *finished, adm_error *error)
{
  const adm_task task = { .kind = ADM_TASK_GENERATE, .generate.sample = *request };
  return stages_run (session, &task, &(struct stages_pictures) { callback, user, out, finished },
                     error);
}

/* The upsampling stage: request->low [N,3,s,s] with s the upsampler's input size; OUT [N,3,S,S].
 * Tiled: request->low [N,3,low_h,low_w], both sides s or more; OUT [N,3,low_h * S / s,low_w * S /
 * s]. */
static inline adm_status
session_upscale (adm_session *session, const adm_request *request, adm_callback callback,
                 void *user, float *out, int *finished, adm_error *error)
{
  const adm_task task = { .kind = ADM_TASK_UPSCALE, .upscale = *request };
  return stages_run (session, &task, &(struct stages_pictures) { callback, user, out, finished },
                     error);
}

#endif

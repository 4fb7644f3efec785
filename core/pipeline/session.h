/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session's stages one at a time, as the core's own tests take them. Programs run plans
 * (adm.h). */
#ifndef ADM_PIPELINE_SESSION_H
#define ADM_PIPELINE_SESSION_H

#include "adm.h"

/* Samples request->count pictures, one after the other; OUT [N,C,S,S], the final x, unclamped.
 * Nothing is written on failure but pictures finished before a cancellation; *FINISHED (may be
 * NULL) tells how many are whole. */
adm_status adm_session_sample (adm_session *session, const adm_request *request,
                               adm_callback callback, void *user, float *out, int *finished,
                               adm_error *error);
/* The upsampling stage: request->low [N,3,s,s] with s the upsampler's input size; OUT [N,3,S,S].
 * Tiled: request->low [N,3,low_h,low_w], both sides s or more; OUT [N,3,low_h * S / s,low_w * S /
 * s]. */
adm_status adm_session_upscale (adm_session *session, const adm_request *request,
                                adm_callback callback, void *user, float *out, int *finished,
                                adm_error *error);

#endif

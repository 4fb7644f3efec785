/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Resampling of small pictures in plain C, for what goes into and comes out of the upsampling
 * network.
 */
#ifndef ADM_RESAMPLE_H
#define ADM_RESAMPLE_H

#include <glib.h>

/* Resamples SOURCE [source_h][source_w][channels] to TARGET [target_h][target_w][channels], which
 * must not overlap, with a triangle filter: linear interpolation where the picture grows, a
 * weighted mean over all pixels covered where it shrinks; at equal size the values stay as they
 * are. Pixel centres lie at half numbers; edges repeat. All sizes are at least 1. FALSE when memory
 * is short. */
gboolean resample_picture (const float *source, int source_w, int source_h, int channels,
                           float *target, int target_w, int target_h);

#endif

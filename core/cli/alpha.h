/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The transparency of a picture that a network enlarges: networks know colours only, so it is
 * resampled beside them. The plug-in has the same rule for a layer's. */
#ifndef ADM_CLI_ALPHA_H
#define ADM_CLI_ALPHA_H

#include "adm.h"

/* ALPHA [HEIGHT,WIDTH] (0 transparent … 255) at OUT_HEIGHT x OUT_WIDTH, malloc'ed, freed by the
 * caller; all sides are at least 1. Linear interpolation where it grows, a weighted mean (triangle)
 * of what is covered where it shrinks; unchanged at equal size. Pixel centres lie at half numbers,
 * edges repeat. */
adm_status alpha_resize (const uint8_t *alpha, int width, int height, int out_width, int out_height,
                         uint8_t **out, adm_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The borders of a network, resampling of gradients, and maps as a whole. */
#ifndef ADM_OPS_RESIZE2D_H
#define ADM_OPS_RESIZE2D_H

#include "ops/exec.h"

/* Bilinear, half-pixel centres, edges clamped (torch interpolate, align_corners=False): [P,h,w]
 * planes to [P,H,W]. */
void adm_resize_bilinear (int planes, int h, int w, const float *in, int out_h, int out_w,
                          float *out);
/* [N,C,H,W] into channels C0 … C0+C-1 of MAP, and channels 0 … C-1 of MAP to [N,C,H,W]. */
void adm_map_from_planar (const float *planar, int c, int c0, adm_map map);
void adm_map_to_planar (adm_map map, int c, float *planar);
/* Gradient of resampling X to Y's size: DX = sum over 2x2 blocks (nearest enlargement, UP) or
 * spread / 4 (2x2 average), added to DX. */
void adm_resample_backward (adm_exec *exec, bool up, adm_map dy, adm_map dx);
/* Channels 0 … A.c-1 of AB into A, the others into B: the gradient of a concatenation. */
void adm_map_split (adm_exec *exec, adm_map ab, adm_map a, adm_map b);
/* Y += X; X *= FACTOR; X = VALUE. */
void adm_map_add (adm_exec *exec, adm_map x, adm_map y);
void adm_map_scale (adm_exec *exec, float factor, adm_map x);
void adm_map_fill (adm_exec *exec, float value, adm_map x);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sinusoidal timestep embedding. */
#ifndef ADM_OPS_EMBEDDING_H
#define ADM_OPS_EMBEDDING_H

/* OUT [N,DIM]: cos, then sin, of SCALE t * exp (-ln (10000) * i / D), i < D = DIM / 2; a last 0
 * when DIM is odd (DDPM; the reference's timestep_embedding, frequencies and angles in float32). */
void adm_timestep_embedding (int n, const int *t, float scale, int dim, float *out);

#endif

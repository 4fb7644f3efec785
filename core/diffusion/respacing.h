/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of the T timesteps are kept, from the reference implementation's spelling (schedule.h lists
 * it). */
#ifndef ADM_DIFFUSION_RESPACING_H
#define ADM_DIFFUSION_RESPACING_H

#include "adm.h"

/* Marks the timesteps kept in KEEP [diffusion_steps], which is cleared first, and counts them in
 * *KEPT (2 or more). */
adm_status adm_respacing_parse (const char *respacing, int diffusion_steps, bool *keep, int *kept,
                                adm_error *error);

/* The stride i for which 0, i, 2i … below DIFFUSION_STEPS are exactly COUNT timesteps; 0: there is
 * none. */
int adm_respacing_stride (int count, int diffusion_steps);

#endif

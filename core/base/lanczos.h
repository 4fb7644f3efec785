/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures at another size, by Lanczos' window of three lobes (Duchon 1979). */
#ifndef ADM_BASE_LANCZOS_H
#define ADM_BASE_LANCZOS_H

#include <stdbool.h>

typedef struct adm_plane_size {
  int height, width;
} adm_plane_size;

/* OUT [channels,to] from IN [channels,from]. When reducing, the filter widens with it, so that
 * nothing aliases. WRAP [2]: the plane goes round vertically, horizontally; else its edge pixels
 * are repeated. False: no memory. */
bool adm_lanczos (const float *in, adm_plane_size from, int channels, const bool wrap[2],
                  adm_plane_size to, float *out);

#endif

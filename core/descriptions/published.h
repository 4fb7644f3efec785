/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The paper's published checkpoints (arXiv 2105.05233, appendix I), known by their tensors
 * alone. */
#ifndef ADM_DESCRIPTIONS_PUBLISHED_H
#define ADM_DESCRIPTIONS_PUBLISHED_H

#include "descriptions/listing.h"

typedef struct adm_published {
  const char *name; /* of the file, without extension */
  adm_description description;
  adm_defaults defaults;      /* the paper's; of diffusion models and upsamplers */
  const char *file, *address; /* name of the file as published, and where */
} adm_published;

/* The checkpoint with exactly these tensors, or NULL. Several may have them: the LSUN files are
 * reported as 256x256_diffusion_uncond. */
const adm_published *adm_published_match (adm_listing *listing);

/* The next checkpoint with exactly these tensors after PREVIOUS (NULL: the first, as
 * adm_published_match gives it), or NULL. */
const adm_published *adm_published_next (adm_listing *listing, const adm_published *previous);

/* By name, or NULL. */
const adm_published *adm_published_find (const char *name);

/* Whether D computes what this checkpoint was trained for, beyond the tensors: heads, attention
 * order, sizes, schedule. */
bool adm_published_fits (const adm_published *published, const adm_description *d);

#endif

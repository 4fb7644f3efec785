/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tensors of a file tell about its network. */
#ifndef ADM_DESCRIPTIONS_INFER_H
#define ADM_DESCRIPTIONS_INFER_H

#include "descriptions/listing.h"

/* The description that LISTING implies. A published checkpoint's is complete; another network's
 * heads, attention order and noise schedule stay unknown, and its image size unless an attention
 * pool tells it. ATTENTION_RESOLUTIONS then count the bottom level's side as 1. ADM_ERROR_FORMAT:
 * another kind of file, or a listing that several networks share. */
adm_status adm_listing_infer (adm_listing *listing, const char *where, adm_description *out,
                              adm_error *error);

#endif

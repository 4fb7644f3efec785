/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a weights file is, that holds no network of this family. */
#ifndef ADM_DESCRIPTIONS_INSTEAD_H
#define ADM_DESCRIPTIONS_INSTEAD_H

#include "descriptions/listing.h"

/* ADM_ERROR_FORMAT with one line: what LISTING is, as far as its names and shapes tell, and what to
 * do. */
adm_status adm_listing_tell_instead (const adm_listing *listing, const char *where,
                                     adm_error *error);

#endif

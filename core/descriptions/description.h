/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network's description: from JSON, or inferred from its tensors. The public half is in adm.h. */
#ifndef ADM_DESCRIPTIONS_DESCRIPTION_H
#define ADM_DESCRIPTIONS_DESCRIPTION_H

#include "adm.h"
#include "io/weights.h"

/* Possible values only: positive sizes, an image size divisible by 2^(levels-1), head counts that
 * divide the channels, group norm's 32 groups dividing every width, … WHERE names the origin in
 * messages. Unknown values (-1) pass. */
adm_status adm_description_validate (const adm_description *description, const char *where,
                                     adm_error *error);

/* NULL-terminated comma-separated names of what is still unknown, or NULL when the network can run.
 * Static strings. */
const char *adm_description_unknown (const adm_description *description);

/* The description of WEIGHTS: (1) its metadata, (2) NAME.json beside it (NAME: the file name less
 * its last extension), (3) its tensors. The list of tensors and shapes is then checked against the
 * file exactly; a missing, extra or misshapen one is named, with what was expected and found.
 * *RECOGNISED_AS: published checkpoint's name or NULL (static string). */
adm_status adm_description_of_weights (adm_weights *weights, adm_description *out,
                                       const char **recognised_as, adm_error *error);

#endif

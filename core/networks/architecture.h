/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of tensors that a description implies, in checkpoint order, produced by the same walk
 * that builds the network. */
#ifndef ADM_NETWORKS_ARCHITECTURE_H
#define ADM_NETWORKS_ARCHITECTURE_H

#include "adm.h"

typedef void (*adm_tensor_visitor) (const char *name, int rank, const int64_t *shape, void *user);

/* Calls VISIT for every tensor. DESCRIPTION must have passed adm_description_validate; what does
 * not show in tensors (heads, attention order, schedule, rescaling) may be unknown. */
adm_status adm_architecture_list (const adm_description *description, adm_tensor_visitor visit,
                                  void *user, adm_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a parsed pickle to the table of tensors; shared by torch's two formats. */
#ifndef ADM_IO_TORCH_STATE_H
#define ADM_IO_TORCH_STATE_H

#include "io/pickle.h"
#include "io/weights_file.h"

adm_dtype adm_torch_dtype (adm_pickle_global storage_type);
/* Bytes of one element of a storage. */
uint64_t adm_torch_item_size (adm_pickle_global storage_type);

/* Finds where the data of STORAGE (a value of the pickle) begins: fills place->record. */
typedef adm_status (*adm_storage_finder) (void *user, const adm_pickle_value *storage,
                                          adm_place *place, adm_error *error);

/* Adds every tensor of the state_dict, which is the dictionary with most of them wherever it lies
 * in the file, a moving average (ema) before the rest; an optimizer's file is named as one. */
adm_status adm_torch_add_state (adm_weights *weights, const adm_pickle *pickle,
                                adm_storage_finder find, void *user, adm_error *error);

#endif

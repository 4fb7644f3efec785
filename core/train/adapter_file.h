/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adapters on disk: a safetensors file that describes itself (metadata key "adm": format, name,
 * rank, and the sum of the weights it was taught to), tensors "PARAMETER.lora_A" and
 * "PARAMETER.lora_B", "label" and a "thumbnail" [3,S,S]. */
#ifndef ADM_TRAIN_ADAPTER_FILE_H
#define ADM_TRAIN_ADAPTER_FILE_H

#include "adm_taught.h"
#include "train/adapter.h"

/* What tells the weights without ADAPTER: INFO's base and mark. */
void adm_adapter_sum (const adm_adapter *adapter, adm_taught_info *info);

/* THUMBNAIL [3,S,S], S the network's size. Complete or absent at PATH. */
adm_status adm_adapter_save (const adm_adapter *adapter, const char *name, const float *thumbnail,
                             const char *path, adm_error *error);

#endif

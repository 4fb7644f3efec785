/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One tensor after the other, in checkpoint order. */
#include "nn/parameters.h"

#include "base/arena.h"
#include "base/error.h"

static void
place_conv (adm_parameters *parameters, adm_conv *conv, int h, int w, bool float32)
{
  adm_conv_plan (conv, h, w, parameters->exact, float32 ? 0 : parameters->products16);
  conv->half = parameters->half;
  conv->packed
      = adm_layout_take (&parameters->memory, adm_conv_packed_bytes (conv), ADM_ARENA_ALIGN);
}

bool
adm_parameters_narrows (const adm_parameters *parameters, const adm_slot *slot)
{
  return slot->place16 && parameters->products16 > 0 && !parameters->gradient;
}

adm_status
adm_parameters_place (adm_parameters *parameters, const adm_slot *slot, adm_error *error)
{
  if (slot->conv) {
    /* Most of what rounding does to a classifier's logits its 1x1 layers do, and little of its time
     * is theirs. */
    place_conv (parameters, slot->conv, slot->h, slot->w,
                parameters->gradient && slot->conv->size == 1);
    if (parameters->gradient && slot->conv_t)
      place_conv (parameters, slot->conv_t, slot->h * slot->conv->stride,
                  slot->w * slot->conv->stride, false);
  } else if (adm_parameters_narrows (parameters, slot)) {
    *slot->place16 = adm_layout_take (&parameters->memory, slot->elements * sizeof (uint16_t),
                                      ADM_ARENA_ALIGN);
    *slot->place = NULL;
  } else
    *slot->place = adm_layout_floats (&parameters->memory, slot->elements);
  parameters->count += slot->elements;
  if (parameters->memory.bytes == UINT64_MAX)
    return ADM_FAIL (error, NETWORK_UNCOUNTED);
  return ADM_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "descriptions/instead.h"

#include "base/error.h"

#include <string.h>

/* Whether some tensor's name holds PART. */
static bool
any (const adm_listing *listing, const char *part)
{
  for (size_t i = 0; i < listing->count; i++)
    if (strstr (listing->tensor[i]->name, part))
      return true;
  return false;
}

/* "-00001-of-00003" in a file's name. */
static bool
is_shard (const char *where)
{
  const char *of = strstr (where, "-of-");
  return of && of > where && of[-1] >= '0' && of[-1] <= '9' && of[4] >= '0' && of[4] <= '9';
}

static adm_status
tell_first_layer (const adm_tensor *first, const char *where, adm_error *error)
{
  if (first && (first->rank == 5 || first->rank == 3))
    return ADM_FAIL (error, NETWORK_DIMENSIONS, where, first->rank - 2, first->rank);
  if (first && first->rank == 4 && first->shape[1] != 1 && first->shape[1] != 3
      && first->shape[1] != 4 && first->shape[1] != 6)
    return ADM_FAIL (error, NETWORK_CHANNELS, where, first->shape[1]);
  return ADM_OK;
}

adm_status
adm_listing_tell_instead (const adm_listing *listing, const char *where, adm_error *error)
{
  if (is_shard (where))
    return ADM_FAIL (error, NETWORK_SHARD, where);
  if (any (listing, "transformer_blocks.") || any (listing, "first_stage_model."))
    return ADM_FAIL (error, NETWORK_STABLE, where);
  if (any (listing, "down_blocks.") || any (listing, "time_embedding.linear_1."))
    return ADM_FAIL (error, NETWORK_DIFFUSERS, where);
  if (any (listing, "exp_avg"))
    return ADM_FAIL (error, OPTIMIZER, where);
  adm_status status
      = tell_first_layer (adm_listing_find (listing, "input_blocks.0.0.weight"), where, error);
  return status ? status : ADM_FAIL (error, TENSORS_OTHER, where);
}

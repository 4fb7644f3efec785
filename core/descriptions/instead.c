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
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: is a %d-D network (input_blocks.0.0.weight has %d dimensions), and "
                     "pictures have two; choose a network of pictures",
                     where, first->rank - 2, first->rank);
  if (first && first->rank == 4 && first->shape[1] != 1 && first->shape[1] != 3
      && first->shape[1] != 4 && first->shape[1] != 6)
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: is a network of %lld input channels, neither grey, RGB or RGBA pictures "
                     "nor an upsampler of RGB ones; choose another file",
                     where, (long long) first->shape[1]);
  return ADM_OK;
}

adm_status
adm_listing_tell_instead (const adm_listing *listing, const char *where, adm_error *error)
{
  if (is_shard (where))
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: is one shard of several: its network is whole only with the others; join "
                     "them into one file first",
                     where);
  if (any (listing, "transformer_blocks.") || any (listing, "first_stage_model."))
    return adm_fail (
        error, ADM_ERROR_FORMAT,
        "%s: is a Stable Diffusion network, which works on latents and text; choose an "
        "ablated diffusion model of pictures",
        where);
  if (any (listing, "down_blocks.") || any (listing, "time_embedding.linear_1."))
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: is a diffusers network, whose layers are others; choose a checkpoint of "
                     "guided-diffusion or improved-diffusion",
                     where);
  if (any (listing, "exp_avg"))
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: is an optimizer's state, not weights; use the model file (model*.pt or "
                     "ema_*.pt) saved beside it",
                     where);
  adm_status status
      = tell_first_layer (adm_listing_find (listing, "input_blocks.0.0.weight"), where, error);
  return status ? status
                : adm_fail (error, ADM_ERROR_FORMAT,
                            "%s: its tensors are not those of an ablated diffusion model or "
                            "classifier; choose another file",
                            where);
}

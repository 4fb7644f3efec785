/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a description may say, and what it may leave open. The limits keep every size that follows
 * from them far from overflow; the largest published network needs 512 px, 256 channels, 7 levels
 * and 4 blocks. */
#include "descriptions/description.h"

#include "base/error.h"

#include <math.h>
#include <stddef.h>

enum {
  MAX_IMAGE_SIZE = 2048,
  MAX_MODEL_CHANNELS = 4096,
  MAX_WIDTH = 16384,
  MAX_RES_BLOCKS = 64,
  MAX_CLASSES = 100000,
  MIN_DIFFUSION_STEPS = 2,
  MAX_DIFFUSION_STEPS = 100000,
  NORM_GROUPS = 32,
};

static adm_status
check_range (const char *where, const char *key, int value, int min, int max, adm_error *error)
{
  if (value >= min && value <= max)
    return ADM_OK;
  return ADM_FAIL (error, KEY_OUTSIDE, where, key, value, min, max);
}

static adm_status
check_flag (const char *where, const char *key, int value, int min, adm_error *error)
{
  return value >= min && value <= 1 ? ADM_OK
                                    : ADM_FAIL (error, KEY_KIND, where, key, ADM_WORD_TRUE_FALSE);
}

/* HEADS, or the channels of one head, must divide the WIDTH of a block with attention. */
static adm_status
check_heads (const adm_description *d, int heads, const char *key, int width, const char *where,
             adm_error *error)
{
  if (d->num_head_channels > 0 && width % d->num_head_channels)
    return ADM_FAIL (error, KEY_HEADS, where, "num_head_channels", d->num_head_channels, width);
  if (d->num_head_channels == -1 && heads > 0 && width % heads)
    return ADM_FAIL (error, KEY_HEADS, where, key, heads, width);
  return ADM_OK;
}

static adm_status
check_widths (const adm_description *d, const char *where, adm_error *error)
{
  int side = d->image_size;
  for (int level = 0; level < d->levels; level++, side /= 2) {
    double width = d->channel_mult[level] * d->model_channels;
    if (!(width >= 1 && width <= MAX_WIDTH))
      return ADM_FAIL (error, MULT_OUTSIDE, where, d->channel_mult[level], width, MAX_WIDTH);
    if ((int) floor (width) % NORM_GROUPS)
      return ADM_FAIL (error, MULT_UNEVEN, where, d->channel_mult[level], (int) floor (width),
                       NORM_GROUPS);
    bool attends = level == d->levels - 1; /* the middle block always does */
    for (int i = 0; i < d->attention_levels; i++)
      attends |= d->attention_resolutions[i] == side;
    if (!attends)
      continue;
    adm_status status
        = check_heads (d, d->num_heads, "num_heads", (int) floor (width), where, error);
    if (!status && d->kind != ADM_KIND_CLASSIFIER)
      status = check_heads (d, d->num_heads_upsample, "num_heads_upsample", (int) floor (width),
                            where, error);
    if (status)
      return status;
  }
  return ADM_OK;
}

static adm_status
check_sides (const adm_description *d, const char *where, adm_error *error)
{
  if (d->image_size == -1)
    return ADM_OK;
  adm_status status = check_range (where, "image_size", d->image_size, 1, MAX_IMAGE_SIZE, error);
  if (status)
    return status;
  if (d->image_size % (1 << (d->levels - 1)))
    return ADM_FAIL (error, LEVELS, where, d->image_size, d->levels - 1, d->levels);
  for (int i = 0; i < d->attention_levels; i++)
    if (d->attention_resolutions[i] < 1 || d->image_size % d->attention_resolutions[i])
      return ADM_FAIL (error, ATTENTION_SIDE, where, d->attention_resolutions[i], d->image_size);
  return check_range (where, "small_size", d->small_size, 0, d->image_size, error);
}

static adm_status
check_classifier (const adm_description *d, const char *where, adm_error *error)
{
  if (d->kind != ADM_KIND_CLASSIFIER)
    return ADM_OK;
  if (d->pool < ADM_POOL_ATTENTION || d->pool > ADM_POOL_SPATIAL_V2)
    return ADM_FAIL (error, KEY_NAME, where, "pool", "attention, adaptive, spatial, spatial_v2");
  if (d->pool == ADM_POOL_ATTENTION && d->num_head_channels == -1 && d->num_heads > 0)
    return ADM_FAIL (error, KEY_POOL_CHANNELS, where);
  return ADM_OK;
}

adm_status
adm_description_validate (const adm_description *d, const char *where, adm_error *error)
{
  const struct {
    const char *key;
    int value, min, max;
  } ranges[] = {
    { "kind", d->kind, ADM_KIND_UNET, ADM_KIND_CLASSIFIER },
    { "model_channels", d->model_channels, 1, MAX_MODEL_CHANNELS },
    { "num_res_blocks", d->num_res_blocks, 1, MAX_RES_BLOCKS },
    { "channel_mult's length", d->levels, 1, ADM_MAX_LEVELS },
    { "attention_resolutions' length", d->attention_levels, 0, ADM_MAX_LEVELS },
    { "num_classes", d->num_classes, d->kind == ADM_KIND_CLASSIFIER, MAX_CLASSES },
    { "num_heads", d->num_heads == -1 ? 1 : d->num_heads, 1, MAX_WIDTH },
    { "num_heads_upsample", d->num_heads_upsample == -1 ? 1 : d->num_heads_upsample, 1, MAX_WIDTH },
    { "num_head_channels", d->num_head_channels == -1 ? 1 : d->num_head_channels, 1, MAX_WIDTH },
    { "diffusion_steps", d->diffusion_steps, MIN_DIFFUSION_STEPS, MAX_DIFFUSION_STEPS },
    { "noise_schedule", d->noise_schedule, ADM_SCHEDULE_UNKNOWN, ADM_SCHEDULE_COSINE },
  };
  adm_status status = ADM_OK;
  for (size_t i = 0; !status && i < sizeof ranges / sizeof *ranges; i++)
    status
        = check_range (where, ranges[i].key, ranges[i].value, ranges[i].min, ranges[i].max, error);
  if (!status && d->model_channels % 2)
    status = ADM_FAIL (error, KEY_ODD, where, d->model_channels);
  if (!status)
    status = check_flag (where, "learn_sigma", d->learn_sigma, -1, error);
  if (!status)
    status = check_flag (where, "use_scale_shift_norm", d->use_scale_shift_norm, 0, error);
  if (!status)
    status = check_flag (where, "resblock_updown", d->resblock_updown, 0, error);
  if (!status)
    status = check_flag (where, "use_new_attention_order", d->use_new_attention_order, -1, error);
  if (!status)
    status = check_flag (where, "rescale_residual", d->rescale_residual, 0, error);
  if (!status)
    status = check_flag (where, "rescale_timesteps", d->rescale_timesteps, 0, error);
  if (!status)
    status = check_flag (where, "predict_xstart", d->predict_xstart, 0, error);
  if (!status)
    status = check_flag (where, "sigma_small", d->sigma_small, 0, error);
  if (!status && d->kind == ADM_KIND_SUPERRES && d->pixels != ADM_PIXELS_RGB)
    status = ADM_FAIL (error, KEY_PIXELS, where);
  if (!status)
    status = check_sides (d, where, error);
  if (!status)
    status = check_widths (d, where, error);
  return status ? status : check_classifier (d, where, error);
}

const char *
adm_description_unknown (const adm_description *d)
{
#define SIZE "image_size, attention_resolutions"
#define HEADS "num_heads, num_head_channels"
#define ORDER "use_new_attention_order"
#define SCHEDULE "noise_schedule"
#define PIXELS "pixels"
  static const char *const names[32] = {
    NULL,
    SIZE,
    HEADS,
    SIZE ", " HEADS,
    ORDER,
    SIZE ", " ORDER,
    HEADS ", " ORDER,
    SIZE ", " HEADS ", " ORDER,
    SCHEDULE,
    SIZE ", " SCHEDULE,
    HEADS ", " SCHEDULE,
    SIZE ", " HEADS ", " SCHEDULE,
    ORDER ", " SCHEDULE,
    SIZE ", " ORDER ", " SCHEDULE,
    HEADS ", " ORDER ", " SCHEDULE,
    SIZE ", " HEADS ", " ORDER ", " SCHEDULE,
    PIXELS,
    SIZE ", " PIXELS,
    HEADS ", " PIXELS,
    SIZE ", " HEADS ", " PIXELS,
    ORDER ", " PIXELS,
    SIZE ", " ORDER ", " PIXELS,
    HEADS ", " ORDER ", " PIXELS,
    SIZE ", " HEADS ", " ORDER ", " PIXELS,
    SCHEDULE ", " PIXELS,
    SIZE ", " SCHEDULE ", " PIXELS,
    HEADS ", " SCHEDULE ", " PIXELS,
    SIZE ", " HEADS ", " SCHEDULE ", " PIXELS,
    ORDER ", " SCHEDULE ", " PIXELS,
    SIZE ", " ORDER ", " SCHEDULE ", " PIXELS,
    HEADS ", " ORDER ", " SCHEDULE ", " PIXELS,
    SIZE ", " HEADS ", " ORDER ", " SCHEDULE ", " PIXELS,
  };
  return names[(d->image_size == -1) | (d->num_heads == -1 && d->num_head_channels == -1) << 1
               | (d->use_new_attention_order == -1) << 2
               | (d->noise_schedule == ADM_SCHEDULE_UNKNOWN) << 3
               | (d->pixels == ADM_PIXELS_UNKNOWN) << 4];
}

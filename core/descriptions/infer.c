/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inference by proposal and proof: a few telling tensors propose descriptions, and only one whose
 * whole list of names and shapes equals the file's is believed. A file of N encoder blocks has
 * levels * (blocks a level + 1) of them, so the proposals are the factors of N. */
#include "descriptions/infer.h"

#include "base/error.h"
#include "descriptions/description.h"
#include "descriptions/instead.h"
#include "descriptions/published.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_BLOCKS = ADM_MAX_LEVELS * 65 };

/* The tensor of that formatted name if it has RANK dimensions, else NULL. */
static const adm_tensor *__attribute__ ((format (printf, 3, 4)))
find (const adm_listing *listing, int rank, const char *format, ...)
{
  char name[96];
  va_list args;
  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  const adm_tensor *tensor = adm_listing_find (listing, name);
  return tensor && tensor->rank == rank ? tensor : NULL;
}

/* ---- proposals ------------------------------------------------------------------------------- */

/* What single tensors tell. False: not a network of this family. */
static bool
read_signs (const adm_listing *listing, adm_description *d)
{
  const adm_tensor *time = find (listing, 2, "time_embed.0.weight"),
                   *first = find (listing, 4, "input_blocks.0.0.weight"),
                   *last = find (listing, 4, "out.2.weight"),
                   *embedding = find (listing, 2, "input_blocks.1.0.emb_layers.1.weight"),
                   *hidden = find (listing, 4, "input_blocks.1.0.out_layers.3.weight"), *classes,
                   *positions = NULL;
  const int64_t channels = first && first->shape[1] != 6 ? first->shape[1] : 3;
  if (!time || !first || (channels != 1 && channels != 3 && channels != 4) || !embedding || !hidden
      || time->shape[1] > INT32_MAX)
    return false;
  d->model_channels = (int) time->shape[1];
  d->pixels = channels == 1 ? ADM_PIXELS_GREY : channels == 4 ? ADM_PIXELS_UNKNOWN : ADM_PIXELS_RGB;
  d->use_scale_shift_norm = embedding->shape[0] != hidden->shape[0];
  if (last) {
    d->kind = first->shape[1] == 6 ? ADM_KIND_SUPERRES : ADM_KIND_UNET;
    d->learn_sigma = last->shape[0] == 2 * channels;
    classes = find (listing, 2, "label_emb.weight");
  } else {
    d->kind = ADM_KIND_CLASSIFIER;
    if ((positions = find (listing, 2, "out.2.positional_embedding"))) {
      d->pool = ADM_POOL_ATTENTION;
      classes = find (listing, 3, "out.2.c_proj.weight");
    } else if ((classes = find (listing, 4, "out.3.weight"))) {
      d->pool = ADM_POOL_ADAPTIVE;
    } else if ((classes = find (listing, 2, "out.3.weight"))) {
      d->pool = ADM_POOL_SPATIAL_V2;
    } else if ((classes = find (listing, 2, "out.2.weight"))) {
      d->pool = ADM_POOL_SPATIAL;
    }
    if (!classes)
      return false;
  }
  d->num_classes = classes && classes->shape[0] <= INT32_MAX ? (int) classes->shape[0] : 0;
  if (positions && positions->shape[1] < 2)
    return false;
  /* one for the mean, and one for each pixel of the bottom level: kept here until the levels are
   * known */
  if (positions)
    d->image_size = (int) lround (sqrt ((double) positions->shape[1] - 1.0));
  return true;
}

/* The width of encoder block I: what its last convolution gives. 0: there is no such block, -1: a
 * strided convolution. */
static int64_t
block_width (const adm_listing *listing, int i)
{
  const adm_tensor *tensor;
  if (i == 0)
    return (tensor = find (listing, 4, "input_blocks.0.0.weight")) ? tensor->shape[0] : 0;
  if (find (listing, 4, "input_blocks.%d.0.op.weight", i))
    return -1;
  return (tensor = find (listing, 4, "input_blocks.%d.0.out_layers.3.weight", i)) ? tensor->shape[0]
                                                                                  : 0;
}

/* LEVELS levels of BLOCKS blocks: block 0, then for each level its blocks and, but for the last,
 * one that halves. */
static bool
propose (const adm_listing *listing, int levels, int blocks, adm_description *d)
{
  d->levels = levels;
  d->num_res_blocks = blocks;
  d->attention_levels = 0;
  d->resblock_updown = levels == 1 || block_width (listing, blocks + 1) != -1;
  for (int level = 0; level < levels; level++) {
    int block = 1 + level * (blocks + 1);
    int64_t width = block_width (listing, block);
    if (width < 1 || width > INT32_MAX)
      return false;
    double mult = (double) width / d->model_channels;
    if (floor (mult * d->model_channels) < (double) width)
      mult = nextafter (mult, INFINITY); /* a third of 192 is 64 only when rounded up */
    d->channel_mult[level] = mult;
    if (find (listing, 1, "input_blocks.%d.1.norm.weight", block))
      d->attention_resolutions[d->attention_levels++] = 1 << (levels - 1 - level);
  }
  return true;
}

/* The picture's side from the bottom level's; attention sides grow with it. */
static void
scale_sides (adm_description *d)
{
  int bottom = d->image_size;
  if (bottom < 1)
    return;
  for (int i = 0; i < d->attention_levels; i++)
    d->attention_resolutions[i] *= bottom;
  d->image_size = bottom << (d->levels - 1);
}

/* Whether LISTING is known to be something else, which ERROR then tells. */
static bool
instead (const adm_listing *listing, const char *where, adm_error *error)
{
  adm_listing_tell_instead (listing, where, error);
  return error->code != ADM_CODE_TENSORS_OTHER;
}

adm_status
adm_listing_infer (adm_listing *listing, const char *where, adm_description *out, adm_error *error)
{
  const adm_published *published = adm_published_match (listing);
  if (published) {
    *out = published->description;
    return ADM_OK;
  }
  adm_description signs = { .image_size = -1,
                            .num_heads = -1,
                            .num_heads_upsample = -1,
                            .num_head_channels = -1,
                            .use_new_attention_order = -1,
                            .noise_schedule = ADM_SCHEDULE_UNKNOWN,
                            .diffusion_steps = 1000 };
  if (!read_signs (listing, &signs) || signs.image_size > 2048)
    return adm_listing_tell_instead (listing, where, error);
  int count = 0, found = 0;
  while (count <= MAX_BLOCKS && block_width (listing, count) != 0)
    count++;
  for (int levels = 1; levels <= ADM_MAX_LEVELS; levels++) {
    adm_description d = signs;
    adm_error ignored;
    if (count % levels || count / levels < 2 || !propose (listing, levels, count / levels - 1, &d))
      continue;
    scale_sides (&d);
    if (adm_description_validate (&d, where, &ignored)
        || adm_listing_check (listing, &d, where, &ignored))
      continue;
    *out = d;
    found++;
  }
  if (listing->exhausted)
    return ADM_FAIL (error, NO_MEMORY_READ, where);
  if (found == 0 && instead (listing, where, error))
    return error->status;
  if (found == 0)
    return ADM_FAIL (error, TENSORS_NEAR, where);
  if (found > 1)
    return ADM_FAIL (error, TENSORS_AMBIGUOUS, where, found);
  return ADM_OK;
}

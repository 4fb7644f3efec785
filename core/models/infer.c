/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inference by proposal and proof: a few telling tensors propose descriptions, and only one whose whole list of names and
 * shapes equals the file's is believed. A file of N encoder blocks has levels * (blocks a level + 1) of them, so the
 * proposals are the factors of N. */
#include "models/infer.h"

#include "base/error.h"
#include "models/architecture.h"
#include "models/description.h"
#include "models/published.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BLOCKS = ADM_MAX_LEVELS * 65 };

/* ---- listings ---------------------------------------------------------------------------------------------------- */

static int
by_name (const void *a, const void *b)
{
  return strcmp ((*(const adm_tensor *const *) a)->name, (*(const adm_tensor *const *) b)->name);
}

adm_status
adm_listing_init (adm_listing *listing, const adm_tensor *const *tensors, size_t count, adm_error *error)
{
  *listing = (adm_listing) { .tensor = calloc (count ? count : 1, sizeof *listing->tensor), .count = count };
  if (!listing->tensor)
    return adm_fail (error, ADM_ERROR_MEMORY, "no memory for the names of %zu tensors; close other programs", count);
  if (count) {
    memcpy (listing->tensor, tensors, count * sizeof *tensors);
    qsort (listing->tensor, count, sizeof *listing->tensor, by_name);
  }
  return ADM_OK;
}

void
adm_listing_clear (adm_listing *listing)
{
  free (listing->tensor);
  *listing = (adm_listing) { 0 };
}

/* Index of NAME, or COUNT. */
static size_t
position (const adm_listing *listing, const char *name)
{
  size_t low = 0, high = listing->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp (listing->tensor[middle]->name, name);
    if (order == 0)
      return middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return listing->count;
}

const adm_tensor *
adm_listing_find (const adm_listing *listing, const char *name)
{
  size_t i = position (listing, name);
  return i < listing->count ? listing->tensor[i] : NULL;
}

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

/* ---- proof ------------------------------------------------------------------------------------------------------- */

struct comparison {
  const adm_listing *listing;
  bool *expected; /* [count]: tensors that the description implies, too */
  const char *where;
  adm_error *error;
  adm_status status;
};

static const char *
shape_text (int rank, const int64_t *shape, char *text, size_t size)
{
  size_t used = 0;
  text[0] = '\0';
  for (int i = 0; i < rank && used < size; i++)
    used += (size_t) snprintf (text + used, size - used, "%s%lld", i ? "," : "", (long long) shape[i]);
  return text;
}

static void
compare (const char *name, int rank, const int64_t *shape, void *user)
{
  struct comparison *c = user;
  char wanted[192], found[192];
  if (c->status)
    return;
  size_t i = position (c->listing, name);
  if (i == c->listing->count) {
    c->status = adm_fail (c->error, ADM_ERROR_SHAPE,
                          "%s: tensor %s [%s] is missing; use the file that belongs to this description, or correct the description", c->where,
                          name, shape_text (rank, shape, wanted, sizeof wanted));
    return;
  }
  const adm_tensor *tensor = c->listing->tensor[i];
  c->expected[i] = true;
  bool same = tensor->rank == rank;
  for (int k = 0; same && k < rank; k++)
    same = tensor->shape[k] == shape[k];
  if (!same)
    c->status = adm_fail (c->error, ADM_ERROR_SHAPE,
                          "%s: tensor %s has shape [%s], expected [%s]; use the file that belongs to this description, or correct the description",
                          c->where, name, shape_text (tensor->rank, tensor->shape, found, sizeof found),
                          shape_text (rank, shape, wanted, sizeof wanted));
  else if (tensor->dtype == ADM_DTYPE_OTHER)
    c->status = adm_fail (c->error, ADM_ERROR_FORMAT, "%s: tensor %s does not hold floating-point numbers; use another file", c->where, name);
}

adm_status
adm_listing_check (adm_listing *listing, const adm_description *description, const char *where, adm_error *error)
{
  adm_description d = *description;
  if (d.image_size == -1)
    d.image_size = 1 << (d.levels - 1);
  struct comparison c = { .listing = listing, .where = where, .error = error };
  c.expected = calloc (listing->count ? listing->count : 1, sizeof *c.expected);
  listing->exhausted |= !c.expected;
  if (!c.expected)
    return adm_fail (error, ADM_ERROR_MEMORY, "%s: no memory to compare %zu tensors; close other programs", where, listing->count);
  adm_status status = adm_architecture_list (&d, compare, &c, error);
  listing->exhausted |= status == ADM_ERROR_MEMORY;
  if (!status)
    status = c.status;
  for (size_t i = 0; !status && i < listing->count; i++)
    if (!c.expected[i])
      status = adm_fail (error, ADM_ERROR_SHAPE, "%s: tensor %s does not belong to this network; use another file, or correct the description",
                         where, listing->tensor[i]->name);
  free (c.expected);
  return status;
}

/* ---- proposals --------------------------------------------------------------------------------------------------- */

/* What single tensors tell. False: not a network of this family. */
static bool
read_signs (const adm_listing *listing, adm_description *d)
{
  const adm_tensor *time = find (listing, 2, "time_embed.0.weight"), *first = find (listing, 4, "input_blocks.0.0.weight"),
                   *last = find (listing, 4, "out.2.weight"), *embedding = find (listing, 2, "input_blocks.1.0.emb_layers.1.weight"),
                   *hidden = find (listing, 4, "input_blocks.1.0.out_layers.3.weight"), *classes, *positions = NULL;
  if (!time || !first || !embedding || !hidden || time->shape[1] > INT32_MAX)
    return false;
  d->model_channels = (int) time->shape[1];
  d->use_scale_shift_norm = embedding->shape[0] != hidden->shape[0];
  if (last) {
    d->kind = first->shape[1] == 6 ? ADM_KIND_SUPERRES : ADM_KIND_UNET;
    d->learn_sigma = last->shape[0] == 6;
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
  if (positions) /* one for the mean, and one for each pixel of the bottom level: kept here until the levels are known */
    d->image_size = (int) lround (sqrt ((double) positions->shape[1] - 1.0));
  return true;
}

/* The width of encoder block I: what its last convolution gives. 0: there is no such block, -1: a strided convolution. */
static int64_t
block_width (const adm_listing *listing, int i)
{
  const adm_tensor *tensor;
  if (i == 0)
    return (tensor = find (listing, 4, "input_blocks.0.0.weight")) ? tensor->shape[0] : 0;
  if (find (listing, 4, "input_blocks.%d.0.op.weight", i))
    return -1;
  return (tensor = find (listing, 4, "input_blocks.%d.0.out_layers.3.weight", i)) ? tensor->shape[0] : 0;
}

/* LEVELS levels of BLOCKS blocks: block 0, then for each level its blocks and, but for the last, one that halves. */
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
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: its tensors are not those of an ablated diffusion model or classifier; choose another file",
                     where);
  int count = 0, found = 0;
  while (count <= MAX_BLOCKS && block_width (listing, count) != 0)
    count++;
  for (int levels = 1; levels <= ADM_MAX_LEVELS; levels++) {
    adm_description d = signs;
    adm_error ignored;
    if (count % levels || count / levels < 2 || !propose (listing, levels, count / levels - 1, &d))
      continue;
    scale_sides (&d);
    if (adm_description_validate (&d, where, &ignored) || adm_listing_check (listing, &d, where, &ignored))
      continue;
    *out = d;
    found++;
  }
  if (listing->exhausted)
    return adm_fail (error, ADM_ERROR_MEMORY, "%s: no memory to compare its tensors; close other programs", where);
  if (found == 0)
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: its tensors are not quite those of an ablated diffusion model; describe it in a JSON file of the same name beside it",
                     where);
  if (found > 1)
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: its tensors fit %d different networks; describe it in a JSON file of the same name beside it", where, found);
  return ADM_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See listing.h. */
#include "descriptions/listing.h"

#include "base/error.h"
#include "networks/architecture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- listings -------------------------------------------------------------------------------- */

static int
by_name (const void *a, const void *b)
{
  return strcmp ((*(const adm_tensor *const *) a)->name, (*(const adm_tensor *const *) b)->name);
}

adm_status
adm_listing_init (adm_listing *listing, const adm_tensor *const *tensors, size_t count,
                  adm_error *error)
{
  *listing = (adm_listing) { .tensor = calloc (count ? count : 1, sizeof *listing->tensor),
                             .count = count };
  if (!listing->tensor)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  if (count) {
    memcpy (listing->tensor, tensors, count * sizeof *tensors);
    qsort (listing->tensor, count, sizeof *listing->tensor, by_name);
  }
  return ADM_OK;
}

adm_status
adm_listing_of_weights (const adm_weights *weights, adm_listing *listing, adm_error *error)
{
  size_t count = adm_weights_count (weights);
  const adm_tensor **tensors = calloc (count ? count : 1, sizeof *tensors);
  *listing = (adm_listing) { 0 };
  if (!tensors)
    return ADM_FAIL (error, NO_MEMORY_READ, adm_weights_path (weights));
  for (size_t i = 0; i < count; i++)
    tensors[i] = adm_weights_tensor (weights, i);
  adm_status status = adm_listing_init (listing, tensors, count, error);
  free (tensors);
  return status;
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

/* ---- proof ----------------------------------------------------------------------------------- */

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
    used += (size_t) snprintf (text + used, size - used, "%s%lld", i ? "," : "",
                               (long long) shape[i]);
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
    c->status = ADM_FAIL (c->error, TENSOR_MISSING, c->where, name,
                          shape_text (rank, shape, wanted, sizeof wanted));
    return;
  }
  const adm_tensor *tensor = c->listing->tensor[i];
  c->expected[i] = true;
  bool same = tensor->rank == rank;
  for (int k = 0; same && k < rank; k++)
    same = tensor->shape[k] == shape[k];
  if (!same)
    c->status = ADM_FAIL (c->error, TENSOR_SHAPE, c->where, name,
                          shape_text (tensor->rank, tensor->shape, found, sizeof found),
                          shape_text (rank, shape, wanted, sizeof wanted));
  else if (tensor->dtype == ADM_DTYPE_OTHER)
    c->status = ADM_FAIL (c->error, TENSOR_FLOATS, c->where, name);
}

adm_status
adm_listing_check (adm_listing *listing, const adm_description *description, const char *where,
                   adm_error *error)
{
  adm_description d = *description;
  if (d.image_size == -1)
    d.image_size = 1 << (d.levels - 1);
  struct comparison c = { .listing = listing, .where = where, .error = error };
  c.expected = calloc (listing->count ? listing->count : 1, sizeof *c.expected);
  listing->exhausted |= !c.expected;
  if (!c.expected)
    return ADM_FAIL (error, NO_MEMORY_READ, where);
  adm_status status = adm_architecture_list (&d, compare, &c, error);
  listing->exhausted |= status == ADM_ERROR_MEMORY;
  if (!status)
    status = c.status;
  for (size_t i = 0; !status && i < listing->count; i++)
    if (!c.expected[i])
      status = ADM_FAIL (error, TENSOR_FOREIGN, where, listing->tensor[i]->name);
  free (c.expected);
  return status;
}

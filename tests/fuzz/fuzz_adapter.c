/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A taught class's file: what it says of itself, its thumbnail, whether it fits weights, and what
 * it adds to each tensor that it names. */
#include "descriptions/taught_file.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ADDED = 1 << 14, MOST_NAME = 200, PARTS = 16 };

/* What seeds are taught to: one tensor "w.weight" [4,3] of zeros. */
static const char base_head[]
    = "{\"w.weight\":{\"dtype\":\"F32\",\"shape\":[4,3],\"data_offsets\":[0,48]}}";

static const char *
base_file (void)
{
  uint8_t base[8 + sizeof base_head - 1 + 48] = { sizeof base_head - 1 };
  memcpy (base + 8, base_head, sizeof base_head - 1);
  return fuzz_file (1, base, sizeof base);
}

/* Whether it fits; by the whole of the weights as by their small tensors, which are all of them. */
static void
fit (const adm_taught_file *taught, const char *base)
{
  adm_error error;
  adm_weights *weights;
  fuzz_require (adm_weights_open (base, &weights, &error) == ADM_OK, "the weights");
  for (int surely = 0; surely < 2; surely++) {
    adm_status status = adm_taught_fits (taught, weights, surely, &error);
    fuzz_check (status, &error);
    char words[17];
    uint64_t sum;
    fuzz_require (adm_weights_sum (weights, UINT64_MAX, &sum, &error) == ADM_OK, "a checksum");
    adm_sum_words (sum, words);
    const char *told = surely ? taught->info.base : taught->info.mark;
    fuzz_require ((status == ADM_OK) == (strcmp (words, told) == 0), "fitting by the checksum");
  }
  adm_weights_free (weights);
}

/* Adds the change of the tensor that A, "NAME.lora_A", is of: to as many numbers as it is for, and
 * to one more, which must be refused with nothing written. */
static void
add (const adm_taught_file *taught, const adm_tensor *a)
{
  size_t length = strlen (a->name);
  char name[MOST_NAME + 8];
  if (length < 7 || length > MOST_NAME || strcmp (a->name + length - 7, ".lora_A"))
    return;
  memcpy (name, a->name, length);
  name[length - 1] = 'B';
  name[length] = '\0';
  ptrdiff_t at = adm_weights_find (taught->file, name);
  const adm_tensor *b = at < 0 ? NULL : adm_weights_tensor (taught->file, (size_t) at);
  uint64_t rows = b && b->rank > 0 ? (uint64_t) b->shape[0] : 1,
           columns = a->rank > 1 ? (uint64_t) a->shape[1] : 1;
  if (rows > MOST_ADDED || columns > MOST_ADDED || rows * columns > MOST_ADDED
      || a->elements > MOST_ADDED || (b && b->elements > MOST_ADDED))
    return;
  name[length - 7] = '\0';
  adm_error error;
  float *w = calloc (rows * columns + 1, sizeof *w);
  adm_status status = adm_taught_add (taught, name, rows * columns, w, &error);
  fuzz_check (status, &error);
  fuzz_require (status || b != NULL, "both halves of a change");
  w[0] = 7;
  status = adm_taught_add (taught, name, rows * columns + 1, w, &error);
  fuzz_check (status, &error);
  fuzz_require (status != ADM_OK && w[0] == 7, "a change of another size is refused");
  free (w);
}

static void
read_label (const adm_taught_file *taught)
{
  ptrdiff_t at = adm_weights_find (taught->file, "label");
  uint64_t width = at < 0 ? 1 : adm_weights_tensor (taught->file, (size_t) at)->elements;
  adm_error error;
  bool there;
  if (width > MOST_ADDED)
    return;
  float *row = malloc ((width + 1) * sizeof *row);
  fuzz_check (adm_taught_label (taught, width, &there, row, &error), &error);
  fuzz_require (there == (at >= 0), "a label where there is one");
  adm_status status = adm_taught_label (taught, width + 1, &there, row, &error);
  fuzz_check (status, &error);
  fuzz_require (!there || status != ADM_OK, "a label of another width is refused");
  free (row);
}

static void
look_at_thumbnail (const char *path, int side)
{
  uint8_t *pixels;
  int told;
  adm_error error;
  adm_status status = adm_taught_thumbnail (path, &pixels, &told, &error);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (pixels != NULL), "pixels with success only");
  fuzz_require (told == side, "the thumbnail's side");
  free (pixels);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *path = fuzz_file (0, data, size);
  adm_taught_info info;
  adm_taught_file taught;
  adm_error error;
  adm_status status = adm_taught_inspect (path, &info, &error);
  fuzz_check (status, &error);
  if (status)
    return 0;
  fuzz_require (!adm_taught_name_problem (info.name) && info.rank > 0 && info.side > 0,
                "a name, a rank and a thumbnail");
  look_at_thumbnail (path, info.side);
  fuzz_require (adm_taught_open (path, &taught, &error) == ADM_OK, "the same answer twice");
  fit (&taught, base_file ());
  for (size_t i = 0; i < adm_weights_count (taught.file) && i < PARTS; i++)
    add (&taught, adm_weights_tensor (taught.file, i));
  read_label (&taught);
  adm_taught_close (&taught);
  return 0;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  return fuzz_mutate_weights (data, size, max_size, seed);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See taught_file.h. */
#include "descriptions/taught_file.h"

#include "adm_array.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

enum { MOST_RANK = 64, MOST_SIDE = 4096, LONGEST = 100 };

/* ---- checksums ------------------------------------------------------------------------------- */

uint64_t
adm_tensor_sum (const char *name, const float *values, uint64_t count)
{
  uint64_t sum = 0xcbf29ce484222325u;
  for (; *name; name++)
    sum = (sum ^ (unsigned char) *name) * 0x100000001b3u;
  for (uint64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy (&bits, &values[i], sizeof bits);
    sum = (sum ^ bits) * 0x100000001b3u;
  }
  return sum;
}

void
adm_sum_words (uint64_t sum, char words[17])
{
  snprintf (words, 17, "%016llx", (unsigned long long) sum);
}

static adm_status
no_memory (adm_error *error)
{
  return adm_fail (error, ADM_ERROR_MEMORY, "no memory for a taught class; close other programs");
}

adm_status
adm_weights_sum (adm_weights *weights, uint64_t most, uint64_t *sum, adm_error *error)
{
  *sum = 0;
  for (size_t i = 0; i < adm_weights_count (weights); i++) {
    const adm_tensor *tensor = adm_weights_tensor (weights, i);
    if (tensor->elements > most)
      continue;
    float *values = malloc ((size_t) (tensor->elements ? tensor->elements : 1) * sizeof *values);
    adm_status status = values ? adm_weights_read (weights, i, values, error) : no_memory (error);
    if (!status)
      *sum += adm_tensor_sum (tensor->name, values, tensor->elements);
    free (values);
    if (status)
      return status;
  }
  return ADM_OK;
}

adm_status
adm_file_mark (const char *path, char mark[17], adm_error *error)
{
  adm_weights *weights;
  uint64_t sum = 0;
  adm_status status = adm_weights_open (path, &weights, error);
  if (status)
    return status;
  status = adm_weights_sum (weights, ADM_MARK_ELEMENTS, &sum, error);
  adm_weights_free (weights);
  adm_sum_words (sum, mark);
  return status;
}

adm_status
adm_taught_refuse (const adm_taught_file *taught, const char *path, uint64_t sum, adm_error *error)
{
  char words[17];
  adm_sum_words (sum, words);
  return adm_fail (error, ADM_ERROR_USAGE,
                   "%s: was taught to other weights (their checksum is %s) than %s (%s); use it "
                   "with the model it was taught to, or teach it again",
                   adm_weights_path (taught->file), taught->info.base, path, words);
}

adm_status
adm_taught_fits (const adm_taught_file *taught, adm_weights *weights, bool surely, adm_error *error)
{
  uint64_t sum;
  char words[17];
  adm_status status
      = adm_weights_sum (weights, surely ? UINT64_MAX : ADM_MARK_ELEMENTS, &sum, error);
  if (status)
    return status;
  adm_sum_words (sum, words);
  if (strcmp (words, surely ? taught->info.base : taught->info.mark) == 0)
    return ADM_OK;
  if (!surely && (status = adm_weights_sum (weights, UINT64_MAX, &sum, error)))
    return status;
  return adm_taught_refuse (taught, adm_weights_path (weights), sum, error);
}

/* ---- what it says of itself ------------------------------------------------------------------ */

const char *
adm_taught_name_problem (const char *name)
{
  if (!name || !*name || name[strspn (name, " \t")] == '\0')
    return "is empty";
  if (strlen (name) > LONGEST)
    return "is too long";
  if (!adm_text_is_utf8 (name))
    return "is not UTF-8";
  for (const char *c = name; *c; c++)
    if ((unsigned char) *c < ' ' || *c == 127)
      return "has control characters";
  if (name[strspn (name, "0123456789")] == '\0')
    return "is a number";
  return adm_text_same (name, "none") ? "stands for no class" : NULL;
}

static bool
read_words (yyjson_val *root, const char *key, char words[17])
{
  const char *text = yyjson_get_str (yyjson_obj_get (root, key));
  if (!text || strlen (text) != 16 || text[strspn (text, "0123456789abcdef")])
    return false;
  memcpy (words, text, 17);
  return true;
}

static adm_status
read_info (adm_weights *file, adm_taught_info *info, adm_error *error)
{
  const char *text = adm_weights_description (file), *path = adm_weights_path (file);
  yyjson_doc *doc = text && adm_json_within (text, strlen (text), 64, 4)
                        ? yyjson_read (text, strlen (text), 0)
                        : NULL;
  yyjson_val *root = yyjson_doc_get_root (doc), *rank = yyjson_obj_get (root, "rank");
  const char *name = yyjson_get_str (yyjson_obj_get (root, "name"));
  ptrdiff_t thumbnail = adm_weights_find (file, "thumbnail");
  const adm_tensor *t = thumbnail < 0 ? NULL : adm_weights_tensor (file, (size_t) thumbnail);
  adm_status status = ADM_OK;
  if (!yyjson_equals_str (yyjson_obj_get (root, "format"), ADM_TAUGHT_FORMAT))
    status
        = adm_fail (error, ADM_ERROR_FORMAT, "%s: not an adapter; give what adm teach made", path);
  else if (adm_taught_name_problem (name) || !yyjson_is_int (rank) || yyjson_get_int (rank) < 1
           || yyjson_get_int (rank) > MOST_RANK || !read_words (root, "base", info->base)
           || !read_words (root, "mark", info->mark) || !t || t->rank != 3 || t->shape[0] != 3
           || t->shape[1] != t->shape[2] || t->shape[1] < 1 || t->shape[1] > MOST_SIDE)
    status = adm_fail (error, ADM_ERROR_FORMAT,
                       "%s: an adapter that does not say what it is; teach it again", path);
  if (!status) {
    snprintf (info->name, sizeof info->name, "%s", name);
    info->rank = yyjson_get_int (rank);
    info->side = (int) t->shape[1];
  }
  yyjson_doc_free (doc);
  return status;
}

char *
adm_taught_describe (const adm_taught_info *info)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc);
  yyjson_mut_doc_set_root (doc, root);
  bool ok = yyjson_mut_obj_add_str (doc, root, "format", ADM_TAUGHT_FORMAT)
            && yyjson_mut_obj_add_str (doc, root, "name", info->name)
            && yyjson_mut_obj_add_int (doc, root, "rank", info->rank)
            && yyjson_mut_obj_add_str (doc, root, "base", info->base)
            && yyjson_mut_obj_add_str (doc, root, "mark", info->mark);
  char *json = ok ? yyjson_mut_write (doc, YYJSON_WRITE_NOFLAG, NULL) : NULL;
  yyjson_mut_doc_free (doc);
  return json;
}

adm_status
adm_taught_open (const char *path, adm_taught_file *taught, adm_error *error)
{
  *taught = (adm_taught_file) { 0 };
  adm_status status = adm_weights_open_all (path, &taught->file, error);
  if (!status)
    status = read_info (taught->file, &taught->info, error);
  if (status)
    adm_taught_close (taught);
  return status;
}

void
adm_taught_close (adm_taught_file *taught)
{
  adm_weights_free (taught->file);
  taught->file = NULL;
}

/* ---- what it changes ------------------------------------------------------------------------- */

/* Reads tensor NAME SUFFIX, malloc'ed; *OUT NULL: there is none. */
static adm_status
read_tensor (const adm_taught_file *taught, const char *name, const char *suffix, float **out,
             adm_tensor *tensor, adm_error *error)
{
  char full[256];
  snprintf (full, sizeof full, "%s%s", name, suffix);
  ptrdiff_t at = adm_weights_find (taught->file, full);
  *out = NULL;
  if (at < 0)
    return ADM_OK;
  *tensor = *adm_weights_tensor (taught->file, (size_t) at);
  *out = malloc ((size_t) (tensor->elements ? tensor->elements : 1) * sizeof **out);
  return *out ? adm_weights_read (taught->file, (size_t) at, *out, error) : no_memory (error);
}

adm_status
adm_taught_add (const adm_taught_file *taught, const char *name, uint64_t elements, float *w,
                adm_error *error)
{
  float *a, *b = NULL;
  adm_tensor of_a, of_b;
  adm_status status = read_tensor (taught, name, ".lora_A", &a, &of_a, error);
  if (!status)
    status = read_tensor (taught, name, ".lora_B", &b, &of_b, error);
  bool fits = !status && a && b && of_a.rank == 2 && of_b.rank == 2
              && of_a.shape[0] == of_b.shape[1]
              && (uint64_t) of_b.shape[0] * (uint64_t) of_a.shape[1] == elements;
  if (!status && (a || b) && !fits)
    status = adm_fail (error, ADM_ERROR_SHAPE,
                       "%s: its change of %s is of another size: the adapter is another network's",
                       adm_weights_path (taught->file), name);
  for (int64_t i = 0; fits && i < of_b.shape[0]; i++)
    for (int64_t k = 0; k < of_a.shape[0]; k++)
      for (int64_t j = 0; j < of_a.shape[1]; j++)
        w[i * of_a.shape[1] + j] += b[i * of_b.shape[1] + k] * a[k * of_a.shape[1] + j];
  free (a);
  free (b);
  return status;
}

adm_status
adm_taught_label (const adm_taught_file *taught, uint64_t width, bool *there, float *row,
                  adm_error *error)
{
  ptrdiff_t at = adm_weights_find (taught->file, "label");
  *there = at >= 0;
  if (!*there)
    return ADM_OK;
  if (adm_weights_tensor (taught->file, (size_t) at)->elements != width)
    return adm_fail (error, ADM_ERROR_SHAPE,
                     "%s: its label is of another size: the adapter is another network's",
                     adm_weights_path (taught->file));
  return row ? adm_weights_read (taught->file, (size_t) at, row, error) : ADM_OK;
}

/* ---- for everyone ---------------------------------------------------------------------------- */

adm_status
adm_taught_inspect (const char *path, adm_taught_info *out, adm_error *error)
{
  adm_taught_file taught;
  adm_status status = adm_taught_open (path, &taught, error);
  if (!status)
    *out = taught.info;
  adm_taught_close (&taught);
  return status;
}

adm_status
adm_taught_thumbnail (const char *path, uint8_t **pixels, int *side, adm_error *error)
{
  adm_taught_file taught;
  adm_tensor tensor;
  float *planar = NULL;
  *pixels = NULL;
  adm_status status = adm_taught_open (path, &taught, error);
  if (status)
    return status;
  *side = taught.info.side;
  status = read_tensor (&taught, "thumbnail", "", &planar, &tensor, error);
  if (!status)
    *pixels = malloc ((size_t) tensor.elements);
  if (*pixels)
    adm_pixels_to_u8 (planar, *side, *side, *pixels);
  else if (!status)
    status = no_memory (error);
  free (planar);
  adm_taught_close (&taught);
  return status;
}

static adm_status
copy_tensor (void *user, size_t i, float *dst, adm_error *error)
{
  return adm_weights_read (user, i, dst, error);
}

adm_status
adm_taught_rename (const char *path, const char *name, adm_error *error)
{
  adm_taught_file taught;
  const char *problem = adm_taught_name_problem (name);
  if (problem)
    return adm_fail (error, ADM_ERROR_USAGE, "the name \"%.120s\" %s; choose another",
                     name ? name : "", problem);
  adm_status status = adm_taught_open (path, &taught, error);
  if (status)
    return status;
  size_t count = adm_weights_count (taught.file);
  snprintf (taught.info.name, sizeof taught.info.name, "%s", name);
  char *text = adm_taught_describe (&taught.info);
  adm_tensor *tensors = malloc (count * sizeof *tensors);
  for (size_t i = 0; tensors && i < count; i++)
    tensors[i] = *adm_weights_tensor (taught.file, i);
  adm_tensors all = { path, count, tensors, copy_tensor, taught.file };
  status = text && tensors
               ? adm_safetensors_save (&all, path, text, ADM_DTYPE_F32, NULL, NULL, error)
               : no_memory (error);
  free (tensors);
  free (text);
  adm_taught_close (&taught);
  return status;
}

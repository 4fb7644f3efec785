/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening a weights file by its content: its name says nothing. A file that one format refuses is
 * not tried as another. */
#include "io/weights_file.h"

#include "base/error.h"
#include "base/read_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool
looks_like_html (const unsigned char *head, size_t n)
{
  size_t i = 0;
  while (i < n
         && (head[i] == ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t'
             || head[i] == 0xef || head[i] == 0xbb || head[i] == 0xbf))
    i++;
  return i + 5 < n && head[i] == '<'
         && (head[i + 1] == '!' || head[i + 1] == 'h' || head[i + 1] == 'H' || head[i + 1] == '?');
}

adm_weights_kind
adm_weights_kind_of (const unsigned char head[16])
{
  if (!memcmp (head, "PK\003\004", 4))
    return ADM_WEIGHTS_TORCH_ZIP;
  /* PROTO, whose number the parser checks, and torch's magic number as a LONG1 */
  if (head[0] == 0x80 && !memcmp (head + 2, "\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12))
    return ADM_WEIGHTS_TORCH_LEGACY;
  return head[8] == '{' ? ADM_WEIGHTS_SAFETENSORS : ADM_WEIGHTS_NONE;
}

/* The file has 16 bytes or more. */
static adm_status
open_by_content (adm_weights *weights, adm_error *error)
{
  unsigned char head[512];
  size_t n = weights->size < sizeof head ? (size_t) weights->size : sizeof head;
  adm_status status = adm_weights_pread (weights, 0, head, n, error);
  if (status)
    return status;
  adm_weights_kind kind = adm_weights_kind_of (head);
  if (kind == ADM_WEIGHTS_TORCH_ZIP)
    return adm_torch_zip_open (weights, error);
  if (kind == ADM_WEIGHTS_TORCH_LEGACY)
    return adm_torch_legacy_open (weights, error);
  if (n >= 262 && !memcmp (head + 257, "ustar", 5))
    return ADM_FAIL (error, TORCH_TAR, weights->path);
  if (n >= 16 && !memcmp (head, "version https://", 16))
    return ADM_FAIL (error, LFS_POINTER, weights->path);
  if (!memcmp (head, "GGUF", 4))
    return ADM_FAIL (error, GGUF, weights->path);
  if (looks_like_html (head, n))
    return ADM_FAIL (error, WEB_PAGE, weights->path);
  if (kind == ADM_WEIGHTS_SAFETENSORS)
    return adm_safetensors_open (weights, error);
  if (head[0] == 0x80)
    return ADM_FAIL (error, NOT_SAVED, weights->path, ADM_WORD_OTHER_PICKLE);
  return ADM_FAIL (error, NOT_WEIGHTS, weights->path, ADM_WORD_NO_FORMAT);
}

struct by_name {
  const char *name;
  size_t index;
};

static int
compare_names (const void *a, const void *b)
{
  return strcmp (((const struct by_name *) a)->name, ((const struct by_name *) b)->name);
}

static adm_status
sort_tensors (adm_weights *weights, adm_error *error)
{
  struct by_name *order = calloc (weights->count + 1, sizeof *order);
  weights->sorted = calloc (weights->count + 1, sizeof *weights->sorted);
  if (!order || !weights->sorted) {
    free (order);
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  }
  for (size_t i = 0; i < weights->count; i++)
    order[i] = (struct by_name) { weights->tensor[i].name, i };
  qsort (order, weights->count, sizeof *order, compare_names);
  adm_status status = ADM_OK;
  for (size_t i = 0; i < weights->count; i++) {
    weights->sorted[i] = order[i].index;
    if (i && !strcmp (order[i].name, order[i - 1].name))
      status = ADM_FAIL (error, TENSOR_BROKEN, weights->path, order[i].name, ADM_WORD_TWICE);
  }
  free (order);
  return status;
}

static adm_status
open_weights (const char *path, bool all, adm_weights **out, adm_error *error)
{
  struct stat info;
  *out = NULL;
  adm_weights *weights = calloc (1, sizeof *weights);
  if (!weights || !(weights->path = strdup (path))) {
    free (weights);
    return ADM_FAIL (error, NO_MEMORY_READ, path);
  }
  adm_status status = ADM_OK;
  weights->file = adm_read_open (path);
  if (!weights->file || fstat (fileno (weights->file), &info))
    status = ADM_FAIL (error, FILE_OPEN, path, errno);
  else if (!S_ISREG (info.st_mode))
    status = ADM_FAIL (error, FILE_KIND, path);
  else if (info.st_size < 16)
    status = ADM_FAIL (error, FILE_BROKEN, path, ADM_WORD_SHORT);
  else {
    weights->size = (uint64_t) info.st_size;
    status = open_by_content (weights, error);
  }
  if (!status && weights->count == 0)
    status = ADM_FAIL (error, NOT_WEIGHTS, path, ADM_WORD_NO_TENSORS);
  if (!status && !all)
    status = adm_weights_trim (weights, error);
  if (!status)
    status = sort_tensors (weights, error);
  if (status) {
    adm_weights_free (weights);
    return status;
  }
  *out = weights;
  return ADM_OK;
}

adm_status
adm_weights_open (const char *path, adm_weights **out, adm_error *error)
{
  return open_weights (path, false, out, error);
}

adm_status
adm_weights_open_all (const char *path, adm_weights **out, adm_error *error)
{
  return open_weights (path, true, out, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opens a weights file, learns what network it holds, and lets the network read it. */
#include "descriptions/network_file.h"

#include "base/error.h"
#include "descriptions/description.h"
#include "descriptions/taught_file.h"

#include <string.h>

struct reader {
  adm_weights *file;
  const char *path;
  adm_taught_file taught; /* FILE NULL: none is added */
  uint64_t width;         /* of a row of the label table that is added; 0: none */
  uint64_t sum;           /* of the tensors read, without it */
};

static const char label_table[] = "label_emb.weight";

/* What the taught class makes of tensor NAME [elements] in W; behind it, where ROW, a row more. */
static adm_status
add_taught (struct reader *reader, const char *name, uint64_t elements, bool row, float *w,
            adm_error *error)
{
  bool there;
  reader->sum += adm_tensor_sum (name, w, elements);
  adm_status status = adm_taught_add (&reader->taught, name, elements, w, error);
  return status || !row
             ? status
             : adm_taught_label (&reader->taught, reader->width, &there, w + elements, error);
}

static adm_status
read_tensor (const char *name, uint64_t elements, float *out, void *user, adm_error *error)
{
  struct reader *reader = user;
  bool row = reader->width && strcmp (name, label_table) == 0;
  uint64_t own = row && elements > reader->width ? elements - reader->width : elements;
  ptrdiff_t i = adm_weights_find (reader->file, name);
  if (i < 0 || adm_weights_tensor (reader->file, (size_t) i)->elements != own)
    return ADM_FAIL (error, TENSOR_BROKEN, reader->path, name, ADM_WORD_NO_TENSOR);
  adm_status status = adm_weights_read (reader->file, (size_t) i, out, error);
  return status || !reader->taught.file ? status : add_taught (reader, name, own, row, out, error);
}

/* The taught class of the file ADAPTER is to be added: DESCRIPTION has a class more then. */
static adm_status
begin_taught (struct reader *reader, const char *adapter, adm_description *description,
              adm_error *error)
{
  ptrdiff_t table = adm_weights_find (reader->file, label_table);
  const adm_tensor *t = table < 0 ? NULL : adm_weights_tensor (reader->file, (size_t) table);
  bool there = false;
  if (description->kind != ADM_KIND_UNET)
    return ADM_FAIL (error, TAUGHT_KIND, reader->path);
  adm_status status = adm_taught_open (adapter, &reader->taught, error);
  if (!status)
    status = adm_taught_fits (&reader->taught, reader->file, false, error);
  if (!status && t && t->rank == 2)
    status = adm_taught_label (&reader->taught, (uint64_t) t->shape[1], &there, NULL, error);
  if (status || !there)
    return status;
  reader->width = (uint64_t) t->shape[1];
  description->num_classes++;
  return ADM_OK;
}

/* All tensors have been read: were they those that it was taught to? */
static adm_status
end_taught (const struct reader *reader, adm_error *error)
{
  char words[17];
  adm_sum_words (reader->sum, words);
  return strcmp (words, reader->taught.info.base) == 0
             ? ADM_OK
             : adm_taught_refuse (&reader->taught, reader->path, reader->sum, error);
}

adm_status
adm_network_source_of_file (const adm_network_source *source, adm_source_user use, void *user,
                            adm_error *error)
{
  struct reader reader = { .path = source->name };
  adm_network_source from_file = *source;
  adm_description description;
  const char *recognised, *unknown = NULL;
  adm_status status = adm_weights_open (source->name, &reader.file, error);
  if (!status)
    status = adm_description_of_weights (reader.file, &description, &recognised, error);
  if (!status)
    unknown = adm_description_unknown (&description);
  if (unknown)
    status = ADM_FAIL (error, TENSORS_SILENT, source->name, unknown);
  if (!status && source->adapter)
    status = begin_taught (&reader, source->adapter, &description, error);
  from_file.description = &description;
  from_file.read = read_tensor;
  from_file.read_user = &reader;
  if (!status)
    status = use (&from_file, user, error);
  if (!status && source->adapter)
    status = end_taught (&reader, error);
  adm_taught_close (&reader.taught);
  adm_weights_free (reader.file);
  return status;
}

struct opening {
  const adm_options *options;
  adm_pool *pool;
  adm_workspace *workspace;
  uint64_t limit;
  adm_network **out;
};

static adm_status
open_network (const adm_network_source *source, void *user, adm_error *error)
{
  const struct opening *o = user;
  return adm_network_open (source, o->options, o->pool, o->workspace, o->limit, o->out, error);
}

adm_status
adm_network_open_file (const adm_network_source *source, const adm_options *options, adm_pool *pool,
                       adm_workspace *workspace, uint64_t limit, adm_network **out,
                       adm_error *error)
{
  struct opening opening = { options, pool, workspace, limit, out };
  *out = NULL;
  adm_status status = adm_network_source_of_file (source, open_network, &opening, error);
  if (status) { /* opened, but not of the weights that its taught class belongs to */
    adm_network_free (*out);
    *out = NULL;
  }
  return status;
}

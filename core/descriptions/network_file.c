/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opens a weights file, learns what network it holds, and lets the network read it. */
#include "descriptions/network_file.h"

#include "base/error.h"
#include "descriptions/description.h"

struct reader {
  adm_weights *file;
  const char *path;
};

static adm_status
read_tensor (const char *name, uint64_t elements, float *out, void *user, adm_error *error)
{
  const struct reader *reader = user;
  ptrdiff_t i = adm_weights_find (reader->file, name);
  if (i < 0 || adm_weights_tensor (reader->file, (size_t) i)->elements != elements)
    return ADM_FAIL (error, TENSOR_BROKEN, reader->path, name, ADM_WORD_NO_TENSOR);
  return adm_weights_read (reader->file, (size_t) i, out, error);
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
  from_file.description = &description;
  from_file.read = read_tensor;
  from_file.read_user = &reader;
  if (!status)
    status = use (&from_file, user, error);
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
  return adm_network_source_of_file (source, open_network, &opening, error);
}

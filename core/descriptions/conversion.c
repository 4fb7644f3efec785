/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From any weights file to one that describes itself. */
#include "base/error.h"
#include "descriptions/description.h"
#include "descriptions/description_json.h"

#include <stdlib.h>

struct reporting {
  adm_callback callback;
  void *user;
};

static bool
report (void *user, double done)
{
  struct reporting *r = user;
  adm_progress progress = { .stage = ADM_STAGE_LOAD, .images = 1, .fraction = done };
  return !r->callback || r->callback (&progress, r->user);
}

/* What WEIGHTS are, as the text of the metadata key "adm": malloc'ed. */
static adm_status
describe (adm_weights *weights, char **out, adm_error *error)
{
  adm_description d;
  const char *recognised, *path = adm_weights_path (weights);
  char where[ADM_ERROR_ROOM / 2];
  yyjson_doc *doc = NULL;
  size_t length;
  adm_status status = adm_description_of_weights (weights, &d, &recognised, error);
  const char *unknown = status ? NULL : adm_description_unknown (&d);
  if (unknown)
    status = ADM_FAIL (error, TENSORS_SILENT, path, unknown);
  if (!status)
    status = adm_description_document (weights, where, sizeof where, &doc, error);
  if (!status && !(*out = adm_description_compose (&d, recognised, &doc, 1, false, &length)))
    status = ADM_FAIL (error, NO_MEMORY_READ, path);
  yyjson_doc_free (doc);
  return status;
}

adm_status
adm_convert (const char *in, const char *out, adm_storage storage, adm_callback callback,
             void *user, adm_error *error)
{
  static const adm_dtype dtypes[]
      = { ADM_DTYPE_OTHER, ADM_DTYPE_F32, ADM_DTYPE_F16, ADM_DTYPE_BF16 };
  struct reporting reporting = { callback, user };
  adm_weights *weights;
  char *description = NULL;
  adm_status status = adm_weights_open (in, &weights, error);
  if (status)
    return status;
  status = describe (weights, &description, error);
  if (!status)
    status = adm_safetensors_write (weights, out, description, dtypes[storage], report, &reporting,
                                    error);
  free (description);
  adm_weights_free (weights);
  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a weights file to a description that its tensors are proved to fit: the file's own metadata,
 * a sidecar beside it, or the tensors. What the first two leave out, the tensors fill in. */
#include "descriptions/description.h"

#include "base/checked.h"
#include "base/error.h"
#include "descriptions/description_json.h"
#include "descriptions/infer.h"
#include "descriptions/published.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *
adm_sidecar_path (const char *path)
{
  const char *slash = strrchr (path, '/'), *name = slash ? slash + 1 : path,
             *dot = strrchr (name, '.');
  size_t stem = dot && dot > name ? (size_t) (dot - path) : strlen (path),
         size = stem + sizeof ".json";
  char *sidecar = malloc (size);
  if (sidecar)
    snprintf (sidecar, size, "%.*s.json", (int) stem, path);
  return sidecar;
}

bool
adm_json_is_model (yyjson_doc *doc)
{
  return yyjson_equals_str (yyjson_obj_get (yyjson_doc_get_root (doc), "format"), "adm-model-1");
}

adm_status
adm_description_document (const adm_weights *weights, char *where, size_t size, yyjson_doc **out,
                          adm_error *error)
{
  const char *path = adm_weights_path (weights), *metadata = adm_weights_description (weights);
  *out = NULL;
  if (metadata) {
    snprintf (where, size, "%s: metadata key adm", path);
    return adm_json_parse (metadata, strlen (metadata), where, out, error);
  }
  char *sidecar = adm_sidecar_path (path);
  if (!sidecar)
    return ADM_FAIL (error, NO_MEMORY_READ, path);
  snprintf (where, size, "%s", sidecar);
  adm_status status = ADM_OK;
  if (strcmp (sidecar, path) != 0 && access (sidecar, F_OK) == 0)
    status = adm_json_parse_file (sidecar, out, error);
  free (sidecar);
  /* A model's description may have its network's name: it describes no network. */
  if (!status && *out && adm_json_is_model (*out)) {
    yyjson_doc_free (*out);
    *out = NULL;
  }
  return status;
}

/* The checkpoint these tensors and this description are; a description that names one of several
 * with the same tensors decides which. */
static const char *
recognise (adm_listing *listing, const adm_description *d, yyjson_doc *doc)
{
  adm_error ignored;
  const char *named
      = doc ? yyjson_get_str (yyjson_obj_get (yyjson_doc_get_root (doc), "recognised_as")) : NULL;
  const adm_published *published = named ? adm_published_find (named) : NULL;
  if (!published || adm_listing_check (listing, &published->description, "", &ignored))
    published = adm_published_match (listing);
  return published && adm_published_fits (published, d) ? published->name : NULL;
}

adm_status
adm_description_of_weights (adm_weights *weights, adm_description *out, const char **recognised_as,
                            adm_error *error)
{
  const char *path = adm_weights_path (weights);
  adm_listing listing;
  yyjson_doc *doc = NULL;
  char where[ADM_ERROR_ROOM / 2];
  *recognised_as = NULL;
  adm_status status = adm_listing_of_weights (weights, &listing, error);
  if (!status)
    status = adm_description_document (weights, where, sizeof where, &doc, error);
  adm_description told = { 0 }, d = { 0 };
  if (!status) {
    adm_error unclear;
    adm_status inferred = adm_listing_infer (&listing, path, &told, doc ? &unclear : error);
    if (doc)
      status = adm_description_read (yyjson_doc_get_root (doc), where, inferred ? NULL : &told, &d,
                                     error);
    if (doc && status && inferred == ADM_ERROR_FORMAT
        && !yyjson_obj_get (yyjson_doc_get_root (doc), "kind"))
      *error = unclear; /* what is wrong is the tensors, not that the description leaves them out */
    if (!doc && !(status = inferred))
      d = told;
  }
  if (!status && d.learn_sigma == -1) {
    const adm_tensor *last = adm_listing_find (&listing, "out.2.weight");
    d.learn_sigma = d.kind != ADM_KIND_CLASSIFIER && last && last->rank > 0
                    && last->shape[0] == 2 * adm_description_channels (&d);
  }
  if (!status)
    status = adm_listing_check (&listing, &d, path, error);
  if (!status) {
    *out = d;
    *recognised_as = recognise (&listing, &d, doc);
    if (listing.exhausted)
      status = ADM_FAIL (error, NO_MEMORY_READ, path);
  }
  yyjson_doc_free (doc);
  adm_listing_clear (&listing);
  return status;
}

/* What metadata or sidecar say of the licence, cut at a character's end. */
static adm_status
read_license (adm_weights *weights, char *license, size_t size, adm_error *error)
{
  yyjson_doc *doc;
  char where[ADM_ERROR_ROOM / 2];
  adm_status status = adm_description_document (weights, where, sizeof where, &doc, error);
  const char *told
      = status ? NULL : yyjson_get_str (yyjson_obj_get (yyjson_doc_get_root (doc), "license"));
  if (told) {
    size_t length = strlen (told) < size ? strlen (told) : size - 1;
    while (told[length] && ((unsigned char) told[length] & 0xc0) == 0x80)
      length--;
    memcpy (license, told, length);
    license[length] = '\0';
  }
  yyjson_doc_free (doc);
  return status;
}

/* TEXT (NULL: none), with dots at its end where it is cut. */
static void
copy_note (const char *text, char *out, size_t size)
{
  if (text && (size_t) snprintf (out, size, "%s", text) >= size)
    memcpy (out + size - 4, "...", 4);
}

adm_status
adm_file_inspect (const char *path, adm_file_info *out, adm_error *error)
{
  adm_weights *weights;
  adm_file_info info = { 0 };
  adm_status status = adm_weights_open (path, &weights, error);
  if (status)
    return status;
  status = adm_description_of_weights (weights, &info.description, &info.recognised_as, error);
  info.format = adm_weights_format (weights);
  info.tensors = adm_weights_count (weights);
  copy_note (adm_weights_inside (weights), info.inside, sizeof info.inside);
  copy_note (adm_weights_prefix (weights), info.prefix, sizeof info.prefix);
  copy_note (adm_weights_passed_over (weights), info.passed_over, sizeof info.passed_over);
  for (size_t i = 0; !status && i < info.tensors; i++)
    if (!adm_add_u64 (info.parameters, adm_weights_tensor (weights, i)->elements, &info.parameters))
      status = ADM_FAIL (error, PARAMETERS_MANY, path);
  if (!status)
    status = read_license (weights, info.license, sizeof info.license, error);
  info.unknown_keys = adm_description_unknown (&info.description);
  adm_weights_free (weights);
  if (!status)
    *out = info;
  return status;
}

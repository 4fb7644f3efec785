/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing the description of a network beside its weights: proved to fit the tensors first, then
 * complete or absent. */
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json.h"
#include "descriptions/description.h"
#include "descriptions/description_json.h"
#include "descriptions/infer.h"
#include "descriptions/keys.h"
#include "descriptions/published.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is at hand while a sidecar is made. */
struct draft {
  const char *path;
  adm_weights *weights;
  adm_listing listing;
  char *sidecar;
  yyjson_doc *old; /* the sidecar that is there, or NULL */
  yyjson_mut_doc *doc;
  const adm_published *named;
  adm_description description;
};

static adm_status
no_memory (const struct draft *d, adm_error *error)
{
  return ADM_FAIL (error, NO_MEMORY_WRITE, d->path);
}

static adm_status
read_old (struct draft *d, bool replace, adm_error *error)
{
  if (adm_weights_description (d->weights))
    return ADM_FAIL (error, SIDECAR_NEEDLESS, d->path);
  if (strcmp (d->sidecar, d->path) == 0)
    return ADM_FAIL (error, SIDECAR_EXTENSION, d->path);
  if (access (d->sidecar, F_OK) != 0)
    return ADM_OK;
  if (!replace)
    return ADM_FAIL (error, SIDECAR_THERE, d->sidecar);
  adm_status status = adm_json_parse_file (d->sidecar, &d->old, error);
  if (!status && adm_json_is_model (d->old))
    status = ADM_FAIL (error, SIDECAR_MODEL, d->sidecar);
  return status;
}

/* TEXT as a JSON value: a number, true, false, null, a list, else itself. NULL: no memory. */
static yyjson_mut_val *
json_value (yyjson_mut_doc *doc, const char *text)
{
  yyjson_read_err problem = { 0 };
  bool small = adm_json_within (text, strlen (text), 64, 2);
  yyjson_doc *parsed = !small ? NULL
                              : yyjson_read_opts ((char *) text, strlen (text), YYJSON_READ_NOFLAG,
                                                  NULL, &problem);
  if (!parsed && problem.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
    return NULL;
  yyjson_val *root = yyjson_doc_get_root (parsed);
  yyjson_mut_val *value = root && !yyjson_is_obj (root) && !yyjson_is_str (root)
                              ? yyjson_val_mut_copy (doc, root)
                              : yyjson_mut_strcpy (doc, text);
  yyjson_doc_free (parsed);
  return value;
}

static bool
set (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, yyjson_mut_val *value)
{
  yyjson_mut_val *name = yyjson_mut_strcpy (doc, key);
  return name && value && yyjson_mut_obj_put (object, name, value);
}

/* The old keys, unless a published checkpoint's take their place, with the answers in. */
static adm_status
answer (struct draft *d, const adm_answer *answers, size_t n, yyjson_doc **out, adm_error *error)
{
  bool heads = false, head_channels = false, ok = true;
  for (size_t i = 0; i < n; i++) {
    if (adm_key_find (answers[i].key) == ADM_KEY_UNKNOWN)
      return ADM_FAIL (error, ANSWER_UNKNOWN, answers[i].key, adm_key_nearest (answers[i].key));
    heads |= strcmp (answers[i].key, "num_heads") == 0;
    head_channels |= strcmp (answers[i].key, "num_head_channels") == 0;
    if (strcmp (answers[i].key, "recognised_as") == 0) {
      d->named = adm_published_find (answers[i].value);
      if (!d->named)
        return ADM_FAIL (error, PUBLISHED_UNKNOWN, answers[i].value);
      adm_status status = adm_listing_check (&d->listing, &d->named->description, d->path, error);
      if (status)
        return status;
    }
  }
  d->doc = yyjson_mut_doc_new (NULL);
  yyjson_val *old = yyjson_doc_get_root (d->old);
  yyjson_mut_val *object = !d->doc            ? NULL
                           : old && !d->named ? yyjson_val_mut_copy (d->doc, old)
                                              : yyjson_mut_obj (d->doc);
  if (!object)
    return no_memory (d, error);
  yyjson_mut_doc_set_root (d->doc, object);
  for (size_t i = 0; ok && i < n; i++)
    ok = set (d->doc, object, answers[i].key, json_value (d->doc, answers[i].value));
  if (ok && heads && !head_channels)
    ok = set (d->doc, object, "num_head_channels", yyjson_mut_int (d->doc, -1));
  *out = ok ? yyjson_mut_doc_imut_copy (d->doc, NULL) : NULL;
  return *out ? ADM_OK : no_memory (d, error);
}

/* Reads the answered keys over what the tensors tell, and proves the result. */
static adm_status
prove (struct draft *d, yyjson_doc *answered, adm_error *error)
{
  adm_description told;
  adm_error unclear;
  char where[ADM_ERROR_ROOM / 2];
  snprintf (where, sizeof where, "the answers for %s", d->path);
  bool base = d->named || adm_listing_infer (&d->listing, d->path, &told, &unclear) == ADM_OK;
  if (d->named)
    told = d->named->description;
  adm_status status = adm_description_read (yyjson_doc_get_root (answered), where,
                                            base ? &told : NULL, &d->description, error);
  if (!status && d->description.learn_sigma == -1) {
    const adm_tensor *last = adm_listing_find (&d->listing, "out.2.weight");
    d->description.learn_sigma
        = d->description.kind != ADM_KIND_CLASSIFIER && last && last->rank > 0
          && last->shape[0] == 2 * adm_description_channels (&d->description);
  }
  if (!status)
    status = adm_listing_check (&d->listing, &d->description, d->path, error);
  if (d->listing.exhausted)
    status = ADM_FAIL (error, NO_MEMORY_READ, d->path);
  return status;
}

char *
adm_description_compose (const adm_description *description, const char *recognised_as,
                         yyjson_doc *const *more, size_t n, bool pretty, size_t *length)
{
  char text[4096], *composed = NULL;
  int size = adm_description_to_json (description, text, sizeof text);
  yyjson_doc *known = size > 0 && (size_t) size < sizeof text
                          ? yyjson_read (text, (size_t) size, YYJSON_READ_NOFLAG)
                          : NULL;
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *object
      = known && doc ? yyjson_val_mut_copy (doc, yyjson_doc_get_root (known)) : NULL;
  bool ok = object
            && (!recognised_as
                || set (doc, object, "recognised_as", yyjson_mut_strcpy (doc, recognised_as)));
  for (size_t i = 0; ok && i < n; i++) {
    size_t k, count;
    yyjson_val *key, *value;
    yyjson_obj_foreach (yyjson_doc_get_root (more[i]), k, count, key, value)
    {
      const char *name = yyjson_get_str (key);
      bool kept = adm_key_find (name) != ADM_KEY_NETWORK;
      if (ok && kept && !yyjson_mut_obj_get (object, name))
        ok = set (doc, object, name, yyjson_val_mut_copy (doc, value));
    }
  }
  if (ok) {
    yyjson_mut_doc_set_root (doc, object);
    composed = yyjson_mut_write (doc, pretty ? YYJSON_WRITE_PRETTY : YYJSON_WRITE_NOFLAG, length);
  }
  yyjson_mut_doc_free (doc);
  yyjson_doc_free (known);
  return composed;
}

static adm_status
store (struct draft *d, yyjson_doc *answered, adm_error *error)
{
  size_t length;
  adm_atomic_file file;
  yyjson_doc *const more[] = { answered, d->old };
  char *text = adm_description_compose (&d->description, NULL, more, 2, true, &length);
  if (!text)
    return no_memory (d, error);
  adm_status status = adm_atomic_open (d->sidecar, &file, error);
  if (!status
      && (fwrite (text, 1, length, file.stream) != length || fputc ('\n', file.stream) == EOF)) {
    status = ADM_FAIL (error, FILE_WRITE, d->sidecar, errno);
    adm_atomic_abandon (&file);
  } else if (!status)
    status = adm_atomic_commit (&file, error);
  free (text);
  return status;
}

adm_status
adm_sidecar_write (const char *path, const adm_answer *answers, size_t n, bool replace,
                   adm_error *error)
{
  struct draft d = { .path = path, .sidecar = adm_sidecar_path (path) };
  yyjson_doc *answered = NULL;
  adm_status status
      = d.sidecar ? adm_weights_open (path, &d.weights, error) : no_memory (&d, error);
  if (!status)
    status = adm_listing_of_weights (d.weights, &d.listing, error);
  if (!status)
    status = read_old (&d, replace, error);
  if (!status)
    status = answer (&d, answers, n, &answered, error);
  if (!status)
    status = prove (&d, answered, error);
  if (!status)
    status = store (&d, answered, error);
  yyjson_doc_free (answered);
  yyjson_doc_free (d.old);
  yyjson_mut_doc_free (d.doc);
  adm_listing_clear (&d.listing);
  adm_weights_free (d.weights);
  free (d.sidecar);
  return status;
}

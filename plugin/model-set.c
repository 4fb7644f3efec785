/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models, upsamplers on their own among them: see model-set.h. */
#include "model-set.h"

struct ModelSet {
  adm_catalog *catalog;
  GPtrArray *lone; /* adm_model */
};

/* The upsampler in the file PATH, as a model that does nothing else; NULL: it is none. */
static adm_model *
open_lone (const char *path)
{
  adm_model *model = NULL;
  adm_file_info info;
  adm_error error;

  if (adm_file_inspect (path, &info, &error) != ADM_OK || info.description.kind != ADM_KIND_SUPERRES
      || adm_model_from_files (path, NULL, NULL, &model, &error) != ADM_OK)
    return NULL;
  /* the core puts a file that it is given alone where the diffusion network would be */
  model->upsampler = model->diffusion;
  model->diffusion = NULL;
  model->upsampled_size = info.description.image_size;
  model->image_size = adm_low_side (&info.description);
  return model;
}

static const adm_model *
by_id (const ModelSet *set, const char *id)
{
  for (size_t i = 0; i < model_set_count (set); i++)
    if (g_ascii_strcasecmp (model_set_get (set, i)->id, id) == 0)
      return model_set_get (set, i);
  return NULL;
}

static const adm_model *
by_file (const ModelSet *set, const char *path)
{
  for (guint i = 0; i < set->lone->len; i++) {
    const adm_model *model = set->lone->pdata[i];
    if (g_strcmp0 (model->upsampler, path) == 0)
      return model;
  }
  return NULL;
}

static gboolean
is_lone (const adm_error *note)
{
  return note->code == ADM_CODE_PART_ALONE && note->fact[1].whole == ADM_WORD_AN_UPSAMPLER;
}

ModelSet *
model_set_new (adm_catalog *catalog)
{
  ModelSet *set = g_new0 (ModelSet, 1);

  set->catalog = catalog;
  set->lone = g_ptr_array_new_with_free_func ((GDestroyNotify) adm_model_free);
  for (size_t i = 0; i < adm_catalog_notes (catalog); i++) {
    const adm_error *note = adm_catalog_note (catalog, i);
    adm_model *model = is_lone (note) ? open_lone (adm_error_fact (note, 0)) : NULL;
    if (model && !by_id (set, model->id))
      g_ptr_array_add (set->lone, model);
    else if (model) /* another model has its name: it stays noted */
      adm_model_free (model);
  }
  return set;
}

void
model_set_free (ModelSet *set)
{
  if (!set)
    return;
  g_ptr_array_unref (set->lone);
  adm_catalog_free (set->catalog);
  g_free (set);
}

adm_catalog *
model_set_catalog (ModelSet *set)
{
  return set->catalog;
}

size_t
model_set_count (const ModelSet *set)
{
  return adm_catalog_count (set->catalog) + set->lone->len;
}

const adm_model *
model_set_get (const ModelSet *set, size_t i)
{
  size_t n = adm_catalog_count (set->catalog);

  return i < n ? adm_catalog_get (set->catalog, i) : set->lone->pdata[i - n];
}

adm_status
model_set_find (ModelSet *set, const char *name, const adm_model **out, adm_error *error)
{
  adm_status status = adm_catalog_find (set->catalog, name, out, error);
  gboolean from_file = status == ADM_OK && !(*out)->upsampler && (*out)->diffusion;
  adm_model *model;

  if (status == ADM_OK && !from_file)
    return ADM_OK;
  if (status != ADM_OK) {
    *out = by_id (set, name);
    return *out ? ADM_OK : status;
  }
  const adm_model *known = by_file (set, (*out)->diffusion);
  if (known)
    *out = known;
  else if ((model = open_lone ((*out)->diffusion))) {
    g_ptr_array_add (set->lone, model);
    *out = model;
  }
  return ADM_OK;
}

gboolean
model_set_has_noted (const ModelSet *set, const adm_error *note)
{
  return is_lone (note) && by_file (set, adm_error_fact (note, 0)) != NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An upsampler that lies in a folder on its own is a model: listed, found by name and by file, and
 * no note tells of it. Other lone parts stay notes. */
#include "../core/check.h"
#include "adm.h"
#include "plugin/model-set.h"

#include <glib/gstdio.h>

static char *folder;

static void
copy (const char *from, const char *name)
{
  g_autofree char *to = g_build_filename (folder, name, NULL), *bytes = NULL;
  gsize length = 0;

  CHECK (g_file_get_contents (from, &bytes, &length, NULL)
         && g_file_set_contents (to, bytes, (gssize) length, NULL));
}

static ModelSet *
open_set (const char *path)
{
  adm_catalog *catalog = NULL;
  adm_error error;

  CHECK (adm_catalog_new (&path, 1, &catalog, &error) == ADM_OK);
  return model_set_new (catalog);
}

static void
check_lone (const adm_model *model)
{
  CHECK_STR (model->id, "sharpen");
  CHECK (!model->diffusion && model->upsampler);
  CHECK (model->image_size == 64 && model->upsampled_size == 256);
  CHECK (g_str_has_suffix (model->upsampler, "sharpen.safetensors"));
}

static void
test_listed (const char *data)
{
  ModelSet *set = open_set (folder);
  const adm_model *model = NULL, *again = NULL;
  adm_error error;
  int untold = 0, told = 0;

  CHECK (model_set_count (set) == 1);
  check_lone (model_set_get (set, 0));
  CHECK (model_set_find (set, "Sharpen", &model, &error) == ADM_OK);
  CHECK (model == model_set_get (set, 0));
  CHECK (model_set_find (set, model->upsampler, &again, &error) == ADM_OK && again == model);
  CHECK (model_set_find (set, "blur", &model, &error) != ADM_OK && !model);

  /* the classifier beside it is told of, the upsampler is not */
  for (size_t i = 0; i < adm_catalog_notes (model_set_catalog (set)); i++) {
    gboolean has = model_set_has_noted (set, adm_catalog_note (model_set_catalog (set), i));
    untold += has;
    told += !has;
  }
  CHECK (untold == 1 && told == 1);

  /* what can make pictures is found as ever */
  g_autofree char *whole = g_build_filename (data, "materials-64-diffusion.safetensors", NULL);
  CHECK (model_set_find (set, whole, &model, &error) == ADM_OK && model->diffusion
         && !model->upsampler);
  CHECK (model_set_count (set) == 1);
  model_set_free (set);
}

/* From anywhere, by its file. */
static void
test_by_file (void)
{
  g_autofree char *empty = g_dir_make_tmp ("adm-model-set-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "sharpen.safetensors", NULL);
  ModelSet *set = open_set (empty);
  const adm_model *model = NULL, *again = NULL;
  adm_error error;

  CHECK (model_set_count (set) == 0);
  CHECK (model_set_find (set, path, &model, &error) == ADM_OK);
  check_lone (model);
  CHECK (model_set_find (set, path, &again, &error) == ADM_OK && again == model);
  model_set_free (set);
  g_rmdir (empty);
}

/* Beside models it is one more. */
static void
test_beside (const char *data)
{
  g_autofree char *diffusion = g_build_filename (data, "materials-64-diffusion.safetensors", NULL);
  const adm_model *model = NULL;
  adm_error error;

  copy (diffusion, "sharpen-2.safetensors");
  const char *const both[] = { folder, data };
  adm_catalog *catalog = NULL;
  CHECK (adm_catalog_new (both, 2, &catalog, &error) == ADM_OK);
  ModelSet *set = model_set_new (catalog);
  CHECK (model_set_find (set, ADM_EMBEDDED_MODEL, &model, &error) == ADM_OK && model->diffusion
         && model->upsampler);
  CHECK (model_set_find (set, "sharpen-2", &model, &error) == ADM_OK && model->diffusion);
  CHECK (model_set_find (set, "sharpen", &model, &error) == ADM_OK && !model->diffusion);
  model_set_free (set);
  model_set_free (NULL);
}

int
main (void)
{
  const char *data = g_getenv ("ADM_DATA");

  if (!CHECK (data != NULL))
    return check_summary ();
  folder = g_dir_make_tmp ("adm-model-set-XXXXXX", NULL);
  g_autofree char *up = g_build_filename (data, "materials-64-256-upsampler.safetensors", NULL),
                  *guide = g_build_filename (data, "materials-64-classifier.safetensors", NULL);
  copy (up, "sharpen.safetensors");
  copy (guide, "guide.safetensors");
  test_listed (data);
  test_by_file ();
  test_beside (data);

  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir));) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
  g_free (folder);
  return check_summary ();
}

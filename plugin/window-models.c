/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models as the window sees them: see window-models.h. Catalogs are kept when folders are read anew, since the worker may
 * still use a model of the old one.
 */
#include "window-models.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "arguments.h"
#include "model-paths.h"

struct WindowModels {
  GPtrArray *catalogs; /* of adm_catalog, the latest last */
  GArray *models;      /* of UiModel */
  char **folders;
  GPtrArray *notes; /* of char * */
  UiCatalog view;
};

/* Bytes that one file takes at run: weights and workspace. 0 when it cannot be told. */
static void
add_memory (const char *path, guint64 *weights, guint64 *workspace)
{
  adm_file_info info;
  adm_error error;
  uint64_t w, s;

  if (path && adm_file_inspect (path, &info, &error) == ADM_OK && adm_description_memory (&info.description, 1, NULL, &w, &s, &error) == ADM_OK) {
    *weights += w;
    *workspace = MAX (*workspace, s);
  }
}

static UiModel
describe (const adm_model *model)
{
  guint64 weights = 0, workspace = 0;
  int named = model->class_count;

  add_memory (model->diffusion, &weights, &workspace);
  add_memory (model->classifier, &weights, &workspace);
  add_memory (model->upsampler, &weights, &workspace);
  return (UiModel) {
    .id = model->id,
    .name = model->name,
    .license = model->license,
    .image_size = model->image_size,
    .upsampled_size = model->upsampled_size,
    .upsample_input = arguments_upsample_input (model),
    .class_names = (const char *const *) model->class_names,
    .n_classes = (gsize) named,
    .has_no_class = model->null_class != ADM_NO_LABEL || model->label_count == 0,
    .has_guidance = model->classifier != NULL,
    .can_generate = model->diffusion != NULL,
    .default_scale = model->defaults.scale,
    .default_sampler = adm_sampler_name ((int) model->defaults.sampler),
    .default_steps = model->defaults.steps,
    .upsample_sampler = adm_sampler_name ((int) model->upsampler_defaults.sampler),
    .upsample_steps = model->upsampler_defaults.steps,
    .memory_needed = weights + workspace,
  };
}

void
window_models_rescan (WindowModels *models)
{
  GError *error = NULL;
  adm_catalog *catalog = model_paths_catalog (&error);
  long pages = sysconf (_SC_PHYS_PAGES), page = sysconf (_SC_PAGESIZE);

  g_array_set_size (models->models, 0);
  g_ptr_array_set_size (models->notes, 0);
  g_strfreev (models->folders);
  models->folders = model_paths_get ();
  if (catalog) {
    g_ptr_array_add (models->catalogs, catalog);
    for (size_t i = 0; i < adm_catalog_count (catalog); i++) {
      UiModel model = describe (adm_catalog_get (catalog, i));
      g_array_append_val (models->models, model);
    }
    for (size_t i = 0; i < adm_catalog_notes (catalog); i++)
      g_ptr_array_add (models->notes, g_strdup (adm_catalog_note (catalog, i)));
  } else {
    g_ptr_array_add (models->notes, g_strdup (error->message));
    g_error_free (error);
  }
  models->view = (UiCatalog) {
    .models = (const UiModel *) (gpointer) models->models->data,
    .n_models = models->models->len,
    .folders = (const char *const *) models->folders,
    .n_folders = g_strv_length (models->folders),
    .notes = (const char *const *) models->notes->pdata,
    .n_notes = models->notes->len,
    .memory_available = pages > 0 && page > 0 ? (guint64) pages * (guint64) page : 0,
  };
}

WindowModels *
window_models_new (void)
{
  WindowModels *models = g_new0 (WindowModels, 1);

  models->catalogs = g_ptr_array_new_with_free_func ((GDestroyNotify) adm_catalog_free);
  models->models = g_array_new (FALSE, TRUE, sizeof (UiModel));
  models->notes = g_ptr_array_new_with_free_func (g_free);
  window_models_rescan (models);
  return models;
}

void
window_models_free (WindowModels *models)
{
  if (!models)
    return;
  g_array_unref (models->models);
  g_ptr_array_unref (models->notes);
  g_strfreev (models->folders);
  g_ptr_array_unref (models->catalogs);
  g_free (models);
}

const UiCatalog *
window_models_catalog (WindowModels *models)
{
  return &models->view;
}

const adm_model *
window_models_find (WindowModels *models, const char *id)
{
  adm_catalog *latest = models->catalogs->len ? models->catalogs->pdata[models->catalogs->len - 1] : NULL;

  for (size_t i = 0; latest && i < adm_catalog_count (latest); i++) {
    const adm_model *model = adm_catalog_get (latest, i);
    if (g_strcmp0 (model->id, id) == 0)
      return model;
  }
  return NULL;
}

char *
window_models_own_folder (void)
{
  char *folder = g_build_filename (g_get_user_data_dir (), "gimp-adm", "models", NULL);

  if (g_mkdir_with_parents (folder, 0755) != 0)
    g_clear_pointer (&folder, g_free);
  return folder;
}

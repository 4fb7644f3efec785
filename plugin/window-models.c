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

/* The folders as they were at one moment. */
typedef struct {
  adm_catalog *catalog; /* NULL: it could not be made */
  GArray *models;       /* of UiModel */
  char **folders;
  GPtrArray *notes; /* of char * */
  UiCatalog view;
  gboolean half;
  guint64 limit;
} Snapshot;

struct WindowModels {
  GPtrArray *snapshots; /* the latest last */
  GCancellable *closing;
};

/* What one network of a model takes when it runs, added to the sums, and how many steps it can take; 0: unknown. */
static int
add_network (const char *path, const adm_options *options, guint64 *weights, guint64 *workspace)
{
  adm_file_info info;
  adm_error error;
  uint64_t w, s;

  if (!path || adm_file_inspect (path, &info, &error) != ADM_OK)
    return 0;
  if (adm_description_memory (&info.description, 1, options, &w, &s, &error) == ADM_OK) {
    *weights += w;
    *workspace = MAX (*workspace, s);
  }
  return info.description.diffusion_steps;
}

static UiModel
describe (const adm_model *model, gboolean half)
{
  adm_options options = { .half = half };
  guint64 weights = 0, workspace = 0;
  int named = model->class_count;
  int steps = add_network (model->diffusion, &options, &weights, &workspace);

  add_network (model->classifier, &options, &weights, &workspace);

  int upsample_steps = add_network (model->upsampler, &options, &weights, &workspace);

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
    .most_steps = steps,
    .upsample_sampler = adm_sampler_name ((int) model->upsampler_defaults.sampler),
    .upsample_steps = model->upsampler_defaults.steps,
    .most_upsample_steps = upsample_steps,
    .memory_needed = weights + workspace,
  };
}

static void
snapshot_free (gpointer data)
{
  Snapshot *snapshot = data;

  adm_catalog_free (snapshot->catalog);
  if (snapshot->models)
    g_array_unref (snapshot->models);
  if (snapshot->notes)
    g_ptr_array_unref (snapshot->notes);
  g_strfreev (snapshot->folders);
  g_free (snapshot);
}

static Snapshot *
snapshot_new (gboolean half, guint64 limit)
{
  Snapshot *snapshot = g_new0 (Snapshot, 1);

  snapshot->folders = model_paths_get ();
  snapshot->half = half;
  snapshot->limit = limit;
  return snapshot;
}

/* Reads the folders. Any thread. */
static void
snapshot_take (Snapshot *snapshot)
{
  GError *error = NULL;
  long pages = sysconf (_SC_PHYS_PAGES), page = sysconf (_SC_PAGESIZE);

  snapshot->models = g_array_new (FALSE, TRUE, sizeof (UiModel));
  snapshot->notes = g_ptr_array_new_with_free_func (g_free);
  snapshot->catalog = model_paths_catalog (snapshot->folders, &error);
  if (snapshot->catalog) {
    for (size_t i = 0; i < adm_catalog_count (snapshot->catalog); i++) {
      UiModel model = describe (adm_catalog_get (snapshot->catalog, i), snapshot->half);
      g_array_append_val (snapshot->models, model);
    }
    for (size_t i = 0; i < adm_catalog_notes (snapshot->catalog); i++)
      g_ptr_array_add (snapshot->notes, g_strdup (adm_catalog_note (snapshot->catalog, i)));
  } else {
    g_ptr_array_add (snapshot->notes, g_strdup (error->message));
    g_error_free (error);
  }
  snapshot->view = (UiCatalog) {
    .models = (const UiModel *) (gpointer) snapshot->models->data,
    .n_models = snapshot->models->len,
    .folders = (const char *const *) snapshot->folders,
    .n_folders = g_strv_length (snapshot->folders),
    .notes = (const char *const *) snapshot->notes->pdata,
    .n_notes = snapshot->notes->len,
    .memory_there = pages > 0 && page > 0 ? (guint64) pages * (guint64) page : 0,
    .half = snapshot->half,
    .memory_limit = snapshot->limit,
  };
}

typedef struct {
  WindowModels *models;
  void (*done) (gpointer user);
  gpointer user;
} Reading;

static void
read_folders (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data, GCancellable *closing G_GNUC_UNUSED)
{
  snapshot_take (data);
  g_task_return_boolean (task, TRUE);
}

static void
on_read (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result)))) {
    g_ptr_array_add (reading->models->snapshots, g_object_steal_data (G_OBJECT (result), "adm-snapshot"));
    reading->done (reading->user);
  }
  g_free (reading);
}

void
window_models_rescan (WindowModels *models, gboolean half, guint64 limit, void (*done) (gpointer user), gpointer user)
{
  Reading *reading = g_new (Reading, 1);
  Snapshot *snapshot = snapshot_new (half, limit);

  *reading = (Reading) { models, done, user };
  GTask *task = g_task_new (NULL, models->closing, on_read, reading);
  g_task_set_task_data (task, snapshot, NULL);
  g_object_set_data_full (G_OBJECT (task), "adm-snapshot", snapshot, snapshot_free);
  g_task_run_in_thread (task, read_folders);
  g_object_unref (task);
}

WindowModels *
window_models_new (void)
{
  WindowModels *models = g_new0 (WindowModels, 1);
  Snapshot *first = snapshot_new (FALSE, 0);

  models->snapshots = g_ptr_array_new_with_free_func (snapshot_free);
  models->closing = g_cancellable_new ();
  snapshot_take (first);
  g_ptr_array_add (models->snapshots, first);
  return models;
}

void
window_models_free (WindowModels *models)
{
  if (!models)
    return;
  g_cancellable_cancel (models->closing);
  g_object_unref (models->closing);
  g_ptr_array_unref (models->snapshots);
  g_free (models);
}

static Snapshot *
latest (WindowModels *models)
{
  return models->snapshots->pdata[models->snapshots->len - 1];
}

const UiCatalog *
window_models_catalog (WindowModels *models)
{
  return &latest (models)->view;
}

const adm_model *
window_models_find (WindowModels *models, const char *id)
{
  adm_catalog *catalog = latest (models)->catalog;

  for (size_t i = 0; catalog && i < adm_catalog_count (catalog); i++) {
    const adm_model *model = adm_catalog_get (catalog, i);
    if (g_strcmp0 (model->id, id) == 0)
      return model;
  }
  return NULL;
}

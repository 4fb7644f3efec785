/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models as the window sees them: see window-models.h. Catalogs are kept when folders are read
 * anew, since the worker may still use a model of the old one.
 */
#include "window-models.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "arguments.h"
#include "map-colors.h"
#include "model-paths.h"
#include "open-file.h"
#include "plugin-words.h"
#include "teach-list.h"

/* The folders as they were at one moment. */
typedef struct {
  ModelSet *set;  /* NULL: it could not be made */
  GArray *models; /* of UiModel */
  char **folders;
  GPtrArray *notes, *texts; /* of char * */
  GPtrArray *numbers;       /* of char **, classes without names, and with the artist's own */
  GPtrArray *pictures;      /* of GdkPixbuf, of own classes */
  GPtrArray *open;          /* of OpenFile */
  GArray *open_views;       /* of UiOpenFile */
  UiCatalog view;
  adm_options options;
} Snapshot;

struct WindowModels {
  GPtrArray *snapshots; /* the latest last */
  GCancellable *closing;
};

/* How many steps the network in the file PATH can take; 0: unknown. */
static int
most_steps (const char *path)
{
  adm_file_info info;
  adm_error error;

  return path && adm_file_inspect (path, &info, &error) == ADM_OK ? info.description.diffusion_steps
                                                                  : 0;
}

/* What MODEL lacks: one line for each part, to be freed; NULL: nothing. */
static char *
missing_words (const adm_model *model)
{
  GString *lines = model->missing_count ? g_string_new (NULL) : NULL;

  if (!lines && !model->diffusion && model->upsampler)
    return g_strdup (_ ("It enlarges alone: choose it under Filters ▸ Enhance ▸ Upsample Layer"));

  for (int i = 0; i < model->missing_count; i++) {
    const adm_missing *missing = &model->missing[i];
    if (i > 0)
      g_string_append_c (lines, '\n');
    g_string_append_printf (
        lines,
        missing->part == ADM_PART_DIFFUSION
            ? _ ("Without %s it makes no pictures; it is published at %s")
        : missing->part == ADM_PART_CLASSIFIER
            ? _ ("Without %s the fidelity slider does nothing; it is published at %s")
            : _ ("Without %s nothing is upsampled; it is published at %s"),
        missing->file, missing->address);
  }
  return lines ? g_string_free (lines, FALSE) : NULL;
}

/* A network's classes without names go by their numbers. */
static const char *const *
numbers (const adm_model *model, int *count, Snapshot *snapshot)
{
  char **names = g_new0 (char *, (gsize) model->label_count + 1);

  for (int i = 0; i < model->label_count; i++)
    if (i != model->null_class)
      names[(*count)++] = g_strdup_printf ("%d", i);
  g_ptr_array_add (snapshot->numbers, names);
  return (const char *const *) names;
}

/* The artist's own classes after those that NAMES has *COUNT of; their pictures. */
static const char *const *
add_own (const adm_model *model, const char *const *names, int *count, GdkPixbuf ***pictures,
         Snapshot *snapshot)
{
  gsize own = (gsize) model->taught_count, named = (gsize) *count;
  char **all;

  *pictures = NULL;
  if (own == 0)
    return names;
  all = g_new0 (char *, named + own + 1);
  *pictures = g_new0 (GdkPixbuf *, own);
  for (gsize i = 0; i < named; i++)
    all[i] = g_strdup (names[i]);
  for (gsize i = 0; i < own; i++) {
    all[named + i] = g_strdup (model->taught[i].name);
    (*pictures)[i] = teach_list_picture (model->taught[i].path);
    if ((*pictures)[i])
      g_ptr_array_add (snapshot->pictures, (*pictures)[i]);
  }
  *count += (int) own;
  g_ptr_array_add (snapshot->numbers, all);
  g_ptr_array_add (snapshot->texts, *pictures);
  return (const char *const *) all;
}

/* MODEL's synonyms, none for its own classes; NULL where there are none. */
static const char *const *
synonyms_of (const adm_model *model, int count, Snapshot *snapshot)
{
  char **all;

  if (!model->class_synonyms || model->taught_count == 0)
    return (const char *const *) model->class_synonyms;
  all = g_new0 (char *, (gsize) count + 1);
  for (int i = 0; i < count; i++)
    all[i] = g_strdup (i < model->class_count ? model->class_synonyms[i] : "");
  g_ptr_array_add (snapshot->numbers, all);
  return (const char *const *) all;
}

static UiModel
describe (const adm_model *model, Snapshot *snapshot)
{
  adm_memory memory = { 0 };
  adm_error ignored; /* a file that cannot be read is among the notes */
  int named = MAX (0, model->class_count);
  GdkPixbuf **pictures;
  const char *const *names = (const char *const *) model->class_names;
  char *missing = missing_words (model);
  gboolean known = adm_model_memory (model, &snapshot->options, &memory, &ignored) == ADM_OK;

  if (missing)
    g_ptr_array_add (snapshot->texts, missing);
  if (named == 0 && model->label_count > 0)
    names = numbers (model, &named, snapshot);
  names = add_own (model, names, &named, &pictures, snapshot);
  return (UiModel) {
    .id = model->id,
    .name = model->name,
    .license = model->license,
    .license_file = model->license_file,
    .image_size = model->image_size,
    .upsampled_size = model->upsampled_size,
    .upsample_input = model->upsampler ? arguments_upsample_input (model) : 0,
    .class_names = names,
    /* NULL where numbers stand for names */
    .class_synonyms = synonyms_of (model, named, snapshot),
    .n_classes = (gsize) named,
    .n_own = (gsize) model->taught_count,
    .own_pictures = pictures,
    .has_no_class = model->null_class != ADM_NO_LABEL || model->label_count == 0,
    .has_guidance = model->classifier != NULL,
    .has_free_guidance = model->null_class != ADM_NO_LABEL,
    .is_texture = model->texture,
    .can_generate = model->diffusion != NULL,
    .default_scale = model->defaults.scale,
    .default_sampler = adm_sampler_name ((int) model->defaults.sampler),
    .default_steps = model->defaults.steps,
    .most_steps = most_steps (model->diffusion),
    .upsample_sampler = adm_sampler_name ((int) model->upsampler_defaults.sampler),
    .upsample_steps = model->upsampler_defaults.steps,
    .most_upsample_steps = most_steps (model->upsampler),
    .missing = missing,
    .memory_needed = !known                           ? 0
                     : memory.fit == ADM_FIT_TOGETHER ? memory.together
                                                      : memory.staged,
    .fit = memory.fit == ADM_FIT_STAGED ? UI_FIT_STAGED
           : memory.fit == ADM_FIT_HALF ? UI_FIT_HALF
           : memory.fit == ADM_FIT_NOT  ? UI_FIT_NOT
                                        : UI_FIT_WHOLE,
  };
}

static void
snapshot_free (gpointer data)
{
  Snapshot *snapshot = data;

  model_set_free (snapshot->set);
  if (snapshot->models)
    g_array_unref (snapshot->models);
  if (snapshot->notes)
    g_ptr_array_unref (snapshot->notes);
  g_ptr_array_unref (snapshot->texts);
  g_ptr_array_unref (snapshot->numbers);
  g_ptr_array_unref (snapshot->pictures);
  g_ptr_array_unref (snapshot->open);
  g_array_unref (snapshot->open_views);
  g_strfreev (snapshot->folders);
  g_free (snapshot);
}

static Snapshot *
snapshot_new (adm_options options)
{
  Snapshot *snapshot = g_new0 (Snapshot, 1);

  snapshot->folders = model_paths_get ();
  snapshot->options = options;
  snapshot->texts = g_ptr_array_new_with_free_func (g_free);
  snapshot->numbers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  snapshot->pictures = g_ptr_array_new_with_free_func (g_object_unref);
  snapshot->open = g_ptr_array_new_with_free_func ((GDestroyNotify) open_file_free);
  snapshot->open_views = g_array_new (FALSE, TRUE, sizeof (UiOpenFile));
  return snapshot;
}

/* Files that leave something open are asked about; what cannot be done with them so far needs no
 * note then. */
static void
read_questions (Snapshot *snapshot)
{
  const adm_catalog *catalog = model_set_catalog (snapshot->set);

  for (size_t i = 0; i < adm_catalog_questions (catalog); i++) {
    OpenFile *file = open_file_new (adm_catalog_question (catalog, i));
    if (!file)
      continue;
    UiOpenFile view = open_file_view (file);
    g_ptr_array_add (snapshot->open, file);
    g_array_append_val (snapshot->open_views, view);
  }
}

static gboolean
is_open (const Snapshot *snapshot, const adm_error *note)
{
  for (guint i = 0; i < snapshot->open_views->len; i++) {
    const char *path = g_array_index (snapshot->open_views, UiOpenFile, i).path;
    if (g_strcmp0 (adm_error_fact (note, 0), path) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Reads the folders. Any thread. */
static void
snapshot_take (Snapshot *snapshot)
{
  g_autoptr (GError) error = NULL;
  uint64_t there, available;

  adm_machine_memory (&there, &available);
  snapshot->models = g_array_new (FALSE, TRUE, sizeof (UiModel));
  snapshot->notes = g_ptr_array_new_with_free_func (g_free);
  snapshot->set = model_paths_read (snapshot->folders, &error);
  if (snapshot->set) {
    const adm_catalog *catalog = model_set_catalog (snapshot->set);
    for (size_t i = 0; i < model_set_count (snapshot->set); i++) {
      UiModel model = describe (model_set_get (snapshot->set, i), snapshot);
      g_array_append_val (snapshot->models, model);
    }
    read_questions (snapshot);
    for (size_t i = 0; i < adm_catalog_notes (catalog); i++) {
      const adm_error *note = adm_catalog_note (catalog, i);
      if (!is_open (snapshot, note) && !model_set_has_noted (snapshot->set, note))
        g_ptr_array_add (snapshot->notes, plugin_words (note));
    }
  } else
    g_ptr_array_add (snapshot->notes, g_strdup (error->message));
  snapshot->view = (UiCatalog) {
    .models = (const UiModel *) (gpointer) snapshot->models->data,
    .n_models = snapshot->models->len,
    .folders = (const char *const *) snapshot->folders,
    .n_folders = g_strv_length (snapshot->folders),
    .notes = (const char *const *) snapshot->notes->pdata,
    .n_notes = snapshot->notes->len,
    .open_files = (const UiOpenFile *) (gpointer) snapshot->open_views->data,
    .n_open_files = snapshot->open_views->len,
    .memory_there = there,
    .memory_free = available,
    .half = snapshot->options.half,
    .memory_limit = snapshot->options.memory_limit,
  };
}

/* ---- reading again --------------------------------------------------------------------------- */

typedef struct {
  WindowModels *models;
  Snapshot *snapshot;
  char *path; /* of the file whose answers are remembered first; NULL: none */
  adm_answer answers[ADM_MAX_QUESTIONS];
  int n_answers;
  gboolean failed; /* ERROR says why */
  adm_error error;
  WindowModelsFunc done;
  gpointer user;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  if (reading->snapshot)
    snapshot_free (reading->snapshot);
  g_free (reading->path);
  g_free (reading);
}

static void
read_folders (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
              GCancellable *closing G_GNUC_UNUSED)
{
  Reading *reading = data;

  if (reading->path
      && adm_sidecar_write (reading->path, reading->answers, (size_t) reading->n_answers, true,
                            &reading->error)
             != ADM_OK)
    reading->failed = TRUE;
  snapshot_take (reading->snapshot);
  g_task_return_boolean (task, TRUE);
}

static void
on_read (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  GTask *task = G_TASK (result);
  Reading *reading = g_task_get_task_data (task);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return; /* the models are no more */
  g_ptr_array_add (reading->models->snapshots, g_steal_pointer (&reading->snapshot));
  g_autofree char *words = reading->failed ? plugin_words (&reading->error) : NULL;
  reading->done (words, reading->user);
}

/* Takes over READING. */
static void
read_again (Reading *reading)
{
  g_autoptr (GTask) task = g_task_new (NULL, reading->models->closing, on_read, NULL);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_folders);
}

static Snapshot *
latest (WindowModels *models)
{
  return models->snapshots->pdata[models->snapshots->len - 1];
}

void
window_models_rescan (WindowModels *models, gboolean half, guint64 limit, WindowModelsFunc done,
                      gpointer user)
{
  Reading *reading = g_new0 (Reading, 1);
  adm_options options = latest (models)->options;

  options.half = half;
  options.memory_limit = limit;
  reading->models = models;
  reading->snapshot = snapshot_new (options);
  reading->done = done;
  reading->user = user;
  read_again (reading);
}

void
window_models_answer (WindowModels *models, const char *path, const int *chosen,
                      WindowModelsFunc done, gpointer user)
{
  const Snapshot *now = latest (models);
  Reading *reading = g_new0 (Reading, 1);

  reading->models = models;
  reading->snapshot = snapshot_new (now->options);
  reading->done = done;
  reading->user = user;
  for (guint i = 0; i < now->open->len; i++)
    if (g_str_equal (open_file_view (now->open->pdata[i]).path, path)) {
      reading->path = g_strdup (path);
      reading->n_answers = open_file_answers (now->open->pdata[i], chosen, reading->answers);
    }
  read_again (reading);
}

/* ---- life ------------------------------------------------------------------------------------ */

WindowModels *
window_models_new (void)
{
  WindowModels *models = g_new0 (WindowModels, 1);
  Snapshot *first
      = snapshot_new ((adm_options) { .fast = TRUE, .program_bytes = adm_process_memory () });

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

const UiCatalog *
window_models_catalog (WindowModels *models)
{
  return &latest (models)->view;
}

const adm_model *
window_models_find (WindowModels *models, const char *id)
{
  const ModelSet *set = latest (models)->set;

  for (size_t i = 0; set && i < model_set_count (set); i++) {
    const adm_model *model = model_set_get (set, i);
    if (g_strcmp0 (model->id, id) == 0)
      return model;
  }
  return NULL;
}

const UiLegendEntry *
window_models_legend (WindowModels *models, const char *id, gsize *n)
{
  Snapshot *snapshot = latest (models);
  const adm_model *model = window_models_find (models, id);
  int count = model ? model->class_count : 0;

  *n = (gsize) count;
  if (count == 0)
    return NULL;
  UiLegendEntry *entries = g_new (UiLegendEntry, count);
  g_autofree guint32 *colors = g_new (guint32, count);
  map_colors (model, colors);
  for (int i = 0; i < count; i++)
    entries[i] = (UiLegendEntry) { model->class_names[i], colors[i] };
  g_ptr_array_add (snapshot->texts, entries);
  return entries;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The artist's window: see window.h. Everything here runs on the main thread; the pictures come
 * from the worker.
 */
#include "window.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>
#include <string.h>

#include "arguments.h"
#include "canvas-check.h"
#include "desktop.h"
#include "keep.h"
#include "layers.h"
#include "map.h"
#include "metadata.h"
#include "model-paths.h"
#include "plugin-error.h"
#include "scene.h"
#include "ui/generate-panel.h"
#include "upscale.h"
#include "window-private.h"

#define OWNER_KEY "adm-window"
/* How often the images are looked at while nothing is made, in milliseconds. */
enum { LOOK_EVERY = 700 };
enum {
  ABILITIES = UI_CAN_SIZE | UI_CAN_TEXTURE_SIZE | UI_CAN_SEAMLESS | UI_CAN_MATCH_EDGES
              | UI_CAN_MEND_SEAMS | UI_CAN_START | UI_CAN_BLEND | UI_CAN_VARY | UI_CAN_GUIDANCE
              | UI_CAN_INTERVAL | UI_CAN_ETA | UI_CAN_EXACT | UI_CAN_UPSAMPLER | UI_CAN_ADD_PATTERN
              | UI_CAN_ADD_FILE,
};

/* ---- events ---------------------------------------------------------------------------------- */

void
window_tell (const UiEvent *event, gpointer data)
{
  Window *window = data;

  if (event->kind == UI_EVENT_DONE || event->kind == UI_EVENT_FAILED)
    window->working = FALSE;
  if (window->func)
    window->func (event, window->sink);
}

typedef struct {
  Window *window;
  UiEvent event;
  char *message;
  guint source;
} Later;

static gboolean
tell_later_now (gpointer data)
{
  Later *later = data;

  later->window->idles = g_slist_remove (later->window->idles, GUINT_TO_POINTER (later->source));
  window_tell (&later->event, later->window);
  return G_SOURCE_REMOVE;
}

static void
later_free (gpointer data)
{
  Later *later = data;

  g_free (later->message);
  g_free (later);
}

void
window_tell_later (Window *window, UiEvent event, char *message)
{
  Later *later = g_new0 (Later, 1);

  later->window = window;
  later->event = event;
  later->event.message = later->message = message;
  later->source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, tell_later_now, later, later_free);
  window->idles = g_slist_prepend (window->idles, GUINT_TO_POINTER (later->source));
}

/* What the worker tells: of a swatch, or of the panel's own job. */
static void
on_worker (const UiEvent *event, gpointer data)
{
  Window *window = data;

  if (!window->swatches || !swatches_event (window->swatches, event))
    window_tell (event, window);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

/* Worker's thread: the region as the network gets it. */
static float *
read_region (gconstpointer region, int width, int height)
{
  return region_input (region, width, height);
}

/* What JOB's pictures are made from, into WORK; its selection is kept for the layers' masks. */
static gboolean
set_scene (Window *window, const UiJob *job, WorkerJob *work, GError **error)
{
  const Target *known = window_targets_get (window->targets, job->target);
  const Target target = known ? *known : (Target) { .where = UI_WHERE_NEW_IMAGE };

  if (!layers_check_image (target.image, error))
    return FALSE;
  Scene *scene = scene_read (work->settings, work->model, &target, job->picture, error);
  if (!scene)
    return FALSE;
  if (scene->selection)
    window_targets_keep_mask (window->targets, job->target, scene->selection);
  scene_apply (scene, work->settings, &work->task);
  if (!canvas_check (work->model, work->settings, &work->task, error)) {
    scene_free (scene);
    return FALSE;
  }
  work->data = scene;
  work->free_data = (GDestroyNotify) scene_free;
  return TRUE;
}

static gboolean
set_upsampling (Window *window, const UiModel *shown, WorkerJob *work, GError **error)
{
  if (!upscale_task (window->region, work->settings, work->model, window_upsampler (shown),
                     &work->task, error))
    return FALSE;
  work->source = read_region;
  work->source_data = window->region;
  return TRUE;
}

static void
start (const UiJob *job, gpointer user)
{
  Window *window = user;
  const char *id = job->settings->model;
  const UiModel *shown = ui_catalog_find (window_models_catalog (window->models), id);
  WorkerJob work = { .id = job->id,
                     .exact = job->settings->exact,
                     .model = window_models_find (window->models, id),
                     .settings = ui_settings_copy (job->settings) };
  g_autoptr (GError) error = NULL;
  gboolean ok = FALSE;

  if (!work.model || !shown)
    g_set_error (&error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("There is no model “%s” any more. Choose another."), id);
  else if (job->settings->task == UI_TASK_UPSAMPLE)
    ok = set_upsampling (window, shown, &work, &error);
  else
    ok = arguments_to_generate (work.settings, work.model, shown->most_steps, &work.task, &error)
         && set_scene (window, job, &work, &error);
  window->working = ok;
  if (ok) {
    g_clear_pointer (&window->generated, ui_settings_free);
    window->generated = ui_settings_copy (work.settings);
    if (window->swatches)
      swatches_yield (window->swatches, work.exact);
    worker_start (window->worker, &work);
    return;
  }
  ui_settings_free (work.settings);
  worker_stop (window->worker);
  window_tell_later (window, (UiEvent) { .kind = UI_EVENT_FAILED, .job = job->id },
                     g_strdup (error->message));
}

static void
warm (UiTask task, const char *id, gpointer user)
{
  Window *window = user;
  const adm_model *model = window_models_find (window->models, id);

  if (!model || !(task == UI_TASK_UPSAMPLE ? model->upsampler : model->diffusion))
    return;
  if (window->swatches)
    swatches_yield (window->swatches, FALSE);
  worker_warm (window->worker, model,
               task == UI_TASK_UPSAMPLE ? ADM_TASK_UPSCALE : ADM_TASK_GENERATE);
}

static void
swatch (const char *id, const char *class_name, gpointer user)
{
  Window *window = user;
  const adm_model *model = window_models_find (window->models, id);

  if (model)
    swatches_ask (window->swatches, model, class_name);
}

static void
stop (gpointer user)
{
  worker_stop (((Window *) user)->worker);
}

static void
listen (UiEventFunc func, gpointer sink, gpointer user)
{
  Window *window = user;

  window->func = func;
  window->sink = sink;
}

/* ---- images ---------------------------------------------------------------------------------- */

static const UiTargets *
targets (gpointer user)
{
  return window_targets_list (((Window *) user)->targets);
}

static gboolean
surroundings (guint target, int most, UiSurroundings *out, gpointer user)
{
  return window_targets_surroundings (((Window *) user)->targets, target, most, out);
}

/* Looks at the images and tells what has changed. */
static void
look (Window *window)
{
  if (window->targets && window_targets_refresh (window->targets))
    window_tell (&(UiEvent) { .kind = UI_EVENT_TARGET }, window);
  window_watch_layers (window);
}

/* GIMP answers when it has time, so it is not asked while a picture forms. */
static gboolean
look_again (gpointer user)
{
  if (!((Window *) user)->working)
    look (user);
  return G_SOURCE_CONTINUE;
}

/* The artist comes back from an image. */
static gboolean
on_focus (GtkWidget *dialog G_GNUC_UNUSED, GdkEvent *event G_GNUC_UNUSED, gpointer user)
{
  Window *window = user;

  look (window);
  if (window->map && !window->working) { /* perhaps it was painted on */
    window_forget_map (window);
    window_tell (&(UiEvent) { .kind = UI_EVENT_TARGET }, window);
  }
  teach_look (((Window *) user)->teach);
  return GDK_EVENT_PROPAGATE;
}

static char *
paint_map (const char *model, guint id, gpointer user)
{
  Window *window = user;
  const Target *target = window_targets_get (window->targets, id);
  const adm_model *found = window_models_find (window->models, model);
  g_autoptr (GError) error = NULL;

  if (!found || !target || !target->image)
    return g_strdup (_ ("Open an image to paint a map on."));
  if (!map_add (found, target, &error))
    return g_strdup (error->message);
  look (window);
  return NULL;
}

static const UiLegendEntry *
legend (const char *model, gsize *n, gpointer user)
{
  return window_models_legend (((Window *) user)->models, model, n);
}

static void
paint_with (guint32 rgb, gpointer user G_GNUC_UNUSED)
{
  GeglColor *color = gegl_color_new (NULL);

  gegl_color_set_rgba_with_space (color, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
                                  (rgb & 0xff) / 255.0, 1.0, NULL);
  gimp_context_set_foreground (color);
  g_object_unref (color);
}

/* The region as the first model that can upsample would get it. */
static GdkPixbuf *
source (gpointer user)
{
  Window *window = user;
  const UiCatalog *models = window_models_catalog (window->models);

  for (gsize i = 0; window->region && i < models->n_models; i++)
    if (models->models[i].upsample_input > 0)
      return region_picture (window->region, models->models[i].upsample_input,
                             models->models[i].upsampled_size);
  return NULL;
}

/* ---- model page ------------------------------------------------------------------------------ */

static const UiCatalog *
catalog (gpointer user)
{
  return window_models_catalog (((Window *) user)->models);
}

static void
on_rescanned (const char *message G_GNUC_UNUSED, gpointer user)
{
  window_tell (&(UiEvent) { .kind = UI_EVENT_CATALOG }, user);
  teach_look (((Window *) user)->teach);
}

static void
on_answered (const char *message, gpointer user)
{
  window_tell (&(UiEvent) { .kind = UI_EVENT_ANSWERED, .message = message }, user);
  window_tell (&(UiEvent) { .kind = UI_EVENT_CATALOG }, user);
}

static void
rescan (gpointer user)
{
  Window *window = user;

  window_models_rescan (window->models, window->half, window->limit, on_rescanned, window);
}

static void
teach (const char *model, gpointer user)
{
  Window *window = user;

  teach_open (window->teach, model, GTK_WINDOW (window->dialog));
}

static void
set_memory (gboolean half, guint64 limit, gpointer user)
{
  Window *window = user;

  window->half = half;
  window->limit = limit;
  worker_set_memory (window->worker, half, limit);
  teach_set_limit (window->teach, limit);
  rescan (window);
}

static void
add_folder (const char *path, gpointer user)
{
  GError *error = NULL;

  if (!model_paths_add (path, &error))
    window_tell_later (user, (UiEvent) { .kind = UI_EVENT_ANSWERED }, g_strdup (error->message));
  g_clear_error (&error);
  rescan (user);
}

static void
import_moved (double fraction, gpointer user)
{
  window_tell (&(UiEvent) { .kind = UI_EVENT_IMPORTING, .fraction = fraction }, user);
}

static void
import_done (const char *message, gpointer user)
{
  window_tell (&(UiEvent) { .kind = UI_EVENT_IMPORTED, .message = message }, user);
  rescan (user);
}

static const ImportFuncs import_funcs = { import_moved, import_done };

static void
import_checkpoint (const char *path, gpointer user)
{
  import_add (((Window *) user)->import, path);
}

static void
answer (const char *path, const int *chosen, gpointer user)
{
  window_models_answer (((Window *) user)->models, path, chosen, on_answered, user);
}

static char *
open_folder (const char *path, gpointer user G_GNUC_UNUSED)
{
  return desktop_open (path);
}

static void
help (const char *section, gpointer user)
{
  Window *window = user;
  g_autofree char *message = desktop_open_help (section);

  if (message && window->sink)
    ui_generate_panel_show_message (UI_GENERATE_PANEL (window->sink), GTK_MESSAGE_WARNING, message);
}

static void
close_window (gpointer user)
{
  gtk_dialog_response (GTK_DIALOG (((Window *) user)->dialog), GTK_RESPONSE_CLOSE);
}

/* ---- life ------------------------------------------------------------------------------------ */

/* What a window that generates has beside: places in images, a history, swatches, teaching. FOLDER:
 * of the artist's own models. */
static void
init_canvas (Window *window, const char *folder)
{
  g_autofree char *kept = g_build_filename (g_get_user_cache_dir (), "gimp-adm", "swatches", NULL);

  window->history_folder = keep_history_folder ();
  window->backend.history_folder = window->history_folder;
  window->backend.targets = targets;
  window->backend.surroundings = surroundings;
  window->backend.swatch = swatch;
  window->backend.paint_with = paint_with;
  window->backend.legend = legend;
  window->backend.paint_map = paint_map;
  window->backend.teach = teach;
  window->teach = teach_new (folder, window->models, window->targets, rescan, window);
  window->swatches = swatches_new (kept, window->worker, window_tell, window);
  window->watch = g_timeout_add (LOOK_EVERY, look_again, window);
}

static void
window_init (Window *window, GimpImage *image)
{
  gsize n = 0;

  window->image = image;
  window->layers = g_ptr_array_new ();
  window->gone = g_array_new (FALSE, TRUE, sizeof (gboolean));
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "gimp-adm", "models", NULL);
  window->import = import_new (folder, &import_funcs, window);
  window->models = window_models_new ();
  window->targets = window->region ? NULL : window_targets_new (image);
  window->state_file = keep_state_file ();
  for (; adm_sampler_name ((int) n) && n < G_N_ELEMENTS (window->samplers); n++) {
    window->sampler_names[n] = g_ascii_strup (adm_sampler_name ((int) n), -1);
    window->samplers[n] = (UiSampler) { adm_sampler_name ((int) n), window->sampler_names[n] };
  }
  window->backend = (UiBackend) { .user = window,
                                  .abilities = ABILITIES,
                                  .state_file = window->state_file,
                                  .samplers = window->samplers,
                                  .n_samplers = n,
                                  .region_width = window->region ? window->region->width : 0,
                                  .region_height = window->region ? window->region->height : 0,
                                  .catalog = catalog,
                                  .listen = listen,
                                  .start = start,
                                  .warm = warm,
                                  .stop = stop,
                                  .add = window_add,
                                  .reuse_settings = window_reuse_settings,
                                  .source = source,
                                  .amount = window_amount,
                                  .set_memory = set_memory,
                                  .rescan = rescan,
                                  .add_folder = add_folder,
                                  .import_checkpoint = import_checkpoint,
                                  .answer = answer,
                                  .open_folder = open_folder,
                                  .help = help,
                                  .close = close_window };
  window->worker = worker_new (gimp_get_num_processors (), on_worker, window);
  if (window->targets)
    init_canvas (window, folder);
}

static void
window_clear (Window *window)
{
  swatches_free (window->swatches);
  teach_free (window->teach);
  worker_free (window->worker);
  import_free (window->import);
  for (GSList *idle = window->idles; idle; idle = idle->next)
    g_source_remove (GPOINTER_TO_UINT (idle->data));
  g_slist_free (window->idles);
  window_models_free (window->models);
  for (gsize i = 0; i < G_N_ELEMENTS (window->sampler_names); i++)
    g_free (window->sampler_names[i]);
  if (window->watch)
    g_source_remove (window->watch);
  window_forget_map (window);
  window_targets_free (window->targets);
  ui_settings_free (window->generated);
  g_free (window->history_folder);
  g_free (window->state_file);
  g_array_unref (window->gone);
  g_ptr_array_unref (window->layers);
}

static void
hide (GtkWidget *widget, gpointer data G_GNUC_UNUSED)
{
  gtk_widget_hide (widget);
}

GimpLayer **
window_run (GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage **image,
            GimpLayer *layer, const Region *region)
{
  Window window = { .region = region, .layer = layer };
  GObject *owner = G_OBJECT (gimp_procedure_get_plug_in (procedure));

  gimp_ui_init (GETTEXT_PACKAGE);
  window_init (&window, *image);
  g_object_set_data (owner, OWNER_KEY, &window);
  window.dialog = g_object_new (GIMP_TYPE_DIALOG, "title",
                                region ? _ ("Upsample Layer") : _ ("Generate Image"), "role",
                                GETTEXT_PACKAGE, "use-header-bar", 0, NULL);
  GtkWidget *panel
      = ui_generate_panel_new (&window.backend, region ? UI_TASK_UPSAMPLE : UI_TASK_GENERATE);
  GtkWidget *area = gtk_dialog_get_content_area (GTK_DIALOG (window.dialog));
  gtk_container_set_border_width (GTK_CONTAINER (area), 0);
  /* The panel brings its own buttons; the dialog's empty row would only take room. */
  gtk_container_foreach (GTK_CONTAINER (area), hide, NULL);
  gtk_box_pack_start (GTK_BOX (area), panel, TRUE, TRUE, 0);
  gtk_widget_show (panel);
  g_signal_connect (window.dialog, "focus-in-event", G_CALLBACK (on_focus), &window);
  gimp_window_set_transient (GTK_WINDOW (window.dialog));

  gimp_dialog_run (GIMP_DIALOG (window.dialog));
  if (window.generated) /* for GIMP's Repeat: what was made last, not what was tried since */
    arguments_write (config, window.generated);
  ui_generate_panel_shut (UI_GENERATE_PANEL (panel));
  g_object_set_data (owner, OWNER_KEY, NULL);
  gtk_widget_destroy (window.dialog);

  GimpLayer **layers = NULL;
  if (window.layers->len > 0) {
    GPtrArray *alive = g_ptr_array_new ();
    for (guint i = 0; i < window.layers->len; i++)
      if (gimp_item_is_valid (GIMP_ITEM (window.layers->pdata[i])))
        g_ptr_array_add (alive, window.layers->pdata[i]);
    g_ptr_array_add (alive, NULL);
    layers = (GimpLayer **) g_ptr_array_free (alive, FALSE);
    *image = window.image;
  }
  window_clear (&window);
  return layers;
}

void
window_stop (GObject *owner)
{
  Window *window = g_object_get_data (owner, OWNER_KEY);

  if (window) {
    g_object_set_data (owner, OWNER_KEY, NULL);
    swatches_free (g_steal_pointer (&window->swatches));
    teach_free (g_steal_pointer (&window->teach));
    worker_free (g_steal_pointer (&window->worker));
  }
}

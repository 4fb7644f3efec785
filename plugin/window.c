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
#include "desktop.h"
#include "import.h"
#include "ui/generate-panel.h"
#include "layers.h"
#include "metadata.h"
#include "model-paths.h"
#include "plugin-error.h"
#include "window-models.h"
#include "worker.h"

#define OWNER_KEY "adm-window"

typedef struct {
  UiBackend backend;
  UiSampler samplers[8];
  char *sampler_names[8];
  char *state_file;
  WindowModels *models;
  Worker *worker;
  Spool *spool;  /* NULL where only a layer is upsampled */
  gboolean half; /* how weights are kept, and within which memory */
  guint64 limit;
  UiEventFunc func;
  gpointer sink;
  GtkWidget *dialog;
  GimpImage *image; /* where layers go; NULL: a new image */
  gboolean image_closed;
  const Part *part;  /* to be upsampled; NULL: pictures are generated */
  GimpLayer *layer;  /* that PART is of */
  GPtrArray *layers; /* of GimpLayer, all that were added */
  GSList *idles;     /* pending calls of ours, source ids */
  Import *import;
} Window;

/* ---- events ---------------------------------------------------------------------------------- */

static void
tell (const UiEvent *event, gpointer data)
{
  Window *window = data;

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
  tell (&later->event, later->window);
  return G_SOURCE_REMOVE;
}

static void
later_free (gpointer data)
{
  Later *later = data;

  g_free (later->message);
  g_free (later);
}

/* Tells EVENT when the caller has returned, as the interface promises. */
static void
tell_later (Window *window, UiEvent event, char *message)
{
  Later *later = g_new0 (Later, 1);

  later->window = window;
  later->event = event;
  later->event.message = later->message = message;
  later->source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, tell_later_now, later, later_free);
  window->idles = g_slist_prepend (window->idles, GUINT_TO_POINTER (later->source));
}

/* ---- jobs ------------------------------------------------------------------------------------ */

/* The arguments' form of the window's settings. */
static AdmSettings
to_arguments (const UiSettings *settings)
{
  return (AdmSettings) { .model = g_strdup (settings->model),
                         .class_name = g_strdup (*settings->class_name ? settings->class_name
                                                                       : ARGUMENTS_NO_CLASS),
                         .sampler = g_strdup (settings->sampler),
                         .scale = settings->scale,
                         .steps = settings->steps,
                         .seed = (int) settings->seed,
                         .count = settings->count,
                         .upsample = settings->upsample,
                         .tiles = settings->tiles };
}

/* Worker's thread: the part as the network gets it. */
static guint8 *
reduce_part (gconstpointer part, int width, int height)
{
  return part_reduce (part, width, height);
}

static void
start (const UiJob *job, gpointer user)
{
  Window *window = user;
  WorkerJob work = { .id = job->id, .spool = job->draft ? NULL : window->spool };
  const UiModel *shown
      = ui_catalog_find (window_models_catalog (window->models), job->settings->model);
  AdmSettings arguments = to_arguments (job->settings);
  GError *error = NULL;

  work.model = window_models_find (window->models, job->settings->model);
  if (!work.model || !shown)
    g_set_error (&error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("There is no model “%s” any more. Choose another."), job->settings->model);
  else if (window->part) {
    if (arguments_to_upscale (&arguments, work.model, shown->most_upsample_steps, &work.task,
                              &error)) {
      part_input_size (window->part, MAX (1, shown->upsample_input), job->settings->tiles,
                       &work.source_w, &work.source_h);
      work.source = reduce_part;
      work.source_data = window->part;
    }
  } else
    arguments_to_generate (&arguments, work.model, shown->most_steps, &work.task, &error);
  if (error) {
    worker_stop (window->worker);
    tell_later (window, (UiEvent) { .kind = UI_EVENT_FAILED, .job = job->id },
                g_strdup (error->message));
    g_error_free (error);
  } else {
    work.settings = ui_settings_copy (job->settings);
    work.settings->scale = window->part ? 0.0 : arguments.scale;
    worker_start (window->worker, &work);
  }
  arguments_clear (&arguments);
}

static void
warm (const char *id, gpointer user)
{
  Window *window = user;
  const adm_model *model = window_models_find (window->models, id);

  if (model && (window->part ? model->upsampler : model->diffusion))
    worker_warm (window->worker, model, window->part ? ADM_TASK_UPSCALE : ADM_TASK_GENERATE);
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

/* ---- layers ---------------------------------------------------------------------------------- */

/* GIMP keeps a closed image alive while the procedure that was called with it runs, so the view it
 * was called from is asked, too. */
static gboolean
image_is_open (Window *window)
{
  GimpDisplay *view = gimp_default_display ();

  if (window->image && !window->image_closed
      && (!gimp_image_is_valid (window->image) || (view && !gimp_display_is_valid (view))))
    window->image_closed = TRUE;
  return window->image && !window->image_closed;
}

/* The packed rows of PIXELS; free with g_free. */
static guint8 *
pack_pixels (const GdkPixbuf *pixels)
{
  int width = gdk_pixbuf_get_width (pixels), height = gdk_pixbuf_get_height (pixels),
      row = gdk_pixbuf_get_rowstride (pixels);
  guint8 *packed = g_try_malloc_n ((gsize) width * (gsize) height, 3);

  for (int y = 0; packed && y < height; y++)
    memcpy (packed + (gsize) y * (gsize) width * 3,
            gdk_pixbuf_read_pixels (pixels) + (gsize) y * (gsize) row, (gsize) width * 3);
  return packed;
}

/* RESULT as a picture for IMAGE (NULL: a new one); its NAME, SETTINGS and PIXELS, also returned,
 * are the caller's to free. FALSE when memory is short. */
static gboolean
to_picture (Window *window, const UiResult *result, GimpImage *image, AdmPicture *picture,
            gpointer *pixels)
{
  AdmSettings arguments = to_arguments (result->settings);
  int width = gdk_pixbuf_get_width (result->pixels),
      height = gdk_pixbuf_get_height (result->pixels);
  const adm_model *model = window_models_find (window->models, arguments.model);
  guint8 *packed = pack_pixels (result->pixels);

  if (window->part) {
    *pixels = packed ? part_finish (window->part, packed, width, height, result->settings->tiles,
                                    picture)
                     : NULL;
    picture->name = part_layer_name (window->part, result->settings->seed);
    g_free (packed);
  } else {
    *pixels = packed;
    *picture = (AdmPicture) {
      .width = width, .height = height, .format = "R'G'B' u8", .pixels = packed
    };
    picture->name = metadata_layer_name (&arguments, model ? model->name : arguments.model,
                                         result->settings->seed);
    if (image)
      layers_place (image, width, height, &picture->x, &picture->y);
  }
  picture->settings = metadata_to_json (&arguments, result->settings->seed, window->part == NULL);
  if (!image)
    picture->x = picture->y = 0;
  arguments_clear (&arguments);
  return picture->settings && *pixels;
}

static char *
add_layers (const UiResult *const *results, gsize n, gboolean new_image, gboolean *offer_new_image,
            gpointer user)
{
  Window *window = user;
  GError *error = NULL;

  *offer_new_image = FALSE;
  if (!new_image && window->image && !image_is_open (window)) {
    *offer_new_image = TRUE;
    return g_strdup (
        _ ("The image has been closed. The pictures are still here: add them to a new image."));
  }
  GimpImage *image = new_image ? NULL : window->image;
  if (!layers_check_image (image, &error)) {
    char *message = g_strdup (error->message);
    g_error_free (error);
    *offer_new_image = TRUE;
    return message;
  }

  AdmPicture *pictures = g_new0 (AdmPicture, n);
  gpointer *pixels = g_new0 (gpointer, n);
  gboolean memory = TRUE;
  for (gsize i = 0; i < n && memory; i++)
    memory = to_picture (window, results[i], image, &pictures[i], &pixels[i]);

  GimpLayer **added = NULL;
  if (memory)
    added = layers_add (&image, pictures, (int) n, image ? window->layer : NULL, TRUE, &error);
  char *message = NULL;
  if (added) {
    if (image != window->image) {
      window->image = image;
      window->image_closed = FALSE;
    }
    for (gsize i = 0; added[i]; i++)
      g_ptr_array_add (window->layers, added[i]);
    g_free (added);
  } else
    message = error ? g_strdup (error->message)
                    : g_strdup (_ ("There is not enough memory for the layers. Add fewer at once, "
                                   "or close other programs."));
  g_clear_error (&error);
  for (gsize i = 0; i < n; i++) {
    g_free (pixels[i]);
    g_free ((char *) pictures[i].name);
    g_free ((char *) pictures[i].settings);
  }
  g_free (pixels);
  g_free (pictures);
  return message;
}

static char *
reuse_settings (UiSettings *settings, gpointer user)
{
  Window *window = user;
  AdmSettings arguments = { 0 };

  if (!image_is_open (window))
    return g_strdup (_ ("There is no open image to read settings from."));
  GimpLayer **selected = gimp_image_get_selected_layers (window->image);
  GimpLayer *layer = selected && selected[0] && !selected[1] ? selected[0] : NULL;
  g_free (selected);
  if (!layer)
    return g_strdup (_ ("Select one layer in the image, then press Reuse Settings again."));
  if (!metadata_read (layer, &arguments))
    return g_strdup_printf (
        _ ("The layer “%s” was not made here, so it carries no settings. Select one that was."),
        gimp_item_get_name (GIMP_ITEM (layer)));

  ui_settings_set_model (settings, arguments.model);
  ui_settings_set_class (
      settings, g_str_equal (arguments.class_name, ARGUMENTS_NO_CLASS) ? "" : arguments.class_name);
  ui_settings_set_sampler (settings, arguments.sampler);
  settings->scale = arguments.scale;
  settings->steps = arguments.steps;
  settings->seed = arguments.seed;
  settings->count = 1;
  settings->upsample = arguments.upsample;
  settings->tiles = arguments.tiles;
  arguments_clear (&arguments);
  return NULL;
}

/* The part as the first model that can upsample would get it. */
static GdkPixbuf *
source (gpointer user)
{
  Window *window = user;
  const UiCatalog *models = window_models_catalog (window->models);
  int side = 0;

  for (gsize i = 0; i < models->n_models && side == 0; i++)
    side = models->models[i].upsample_input;
  guint8 *bytes = window->part && side > 0 ? part_reduce (window->part, side, side) : NULL;
  if (!bytes)
    return NULL;
  GBytes *owned = g_bytes_new_take (bytes, (gsize) side * (gsize) side * 3);
  GdkPixbuf *pixbuf
      = gdk_pixbuf_new_from_bytes (owned, GDK_COLORSPACE_RGB, FALSE, 8, side, side, side * 3);
  g_bytes_unref (owned);
  return pixbuf;
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
  tell (&(UiEvent) { .kind = UI_EVENT_CATALOG }, user);
}

static void
on_answered (const char *message, gpointer user)
{
  tell (&(UiEvent) { .kind = UI_EVENT_ANSWERED, .message = message }, user);
  tell (&(UiEvent) { .kind = UI_EVENT_CATALOG }, user);
}

static void
rescan (gpointer user)
{
  Window *window = user;

  window_models_rescan (window->models, window->half, window->limit, on_rescanned, window);
}

static void
set_memory (gboolean half, guint64 limit, gpointer user)
{
  Window *window = user;

  window->half = half;
  window->limit = limit;
  worker_set_memory (window->worker, half, limit);
  rescan (window);
}

static void
add_folder (const char *path, gpointer user)
{
  GError *error = NULL;

  if (!model_paths_add (path, &error))
    tell_later (user, (UiEvent) { .kind = UI_EVENT_ANSWERED }, g_strdup (error->message));
  g_clear_error (&error);
  rescan (user);
}

static void
import_moved (double fraction, gpointer user)
{
  tell (&(UiEvent) { .kind = UI_EVENT_IMPORTING, .fraction = fraction }, user);
}

static void
import_done (const char *message, gpointer user)
{
  tell (&(UiEvent) { .kind = UI_EVENT_IMPORTED, .message = message }, user);
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
help (gpointer user)
{
  Window *window = user;
  char *message = desktop_open_help ();

  if (message && window->sink)
    ui_generate_panel_show_message (UI_GENERATE_PANEL (window->sink), GTK_MESSAGE_WARNING, message);
  g_free (message);
}

static void
close_window (gpointer user)
{
  gtk_dialog_response (GTK_DIALOG (((Window *) user)->dialog), GTK_RESPONSE_CLOSE);
}

/* ---- life ------------------------------------------------------------------------------------ */

static void
window_init (Window *window, GimpImage *image)
{
  gsize n = 0;

  window->image = image;
  window->layers = g_ptr_array_new ();
  char *folder = g_build_filename (g_get_user_data_dir (), "gimp-adm", "models", NULL);
  window->import = import_new (folder, &import_funcs, window);
  g_free (folder);
  window->models = window_models_new ();
  window->spool = window->part ? NULL : spool_new ();
  window->state_file = g_build_filename (gimp_directory (), "plug-in-adm.ini", NULL);
  for (; adm_sampler_name ((int) n) && n < G_N_ELEMENTS (window->samplers); n++) {
    window->sampler_names[n] = g_ascii_strup (adm_sampler_name ((int) n), -1);
    window->samplers[n] = (UiSampler) { adm_sampler_name ((int) n), window->sampler_names[n] };
  }
  window->backend = (UiBackend) { .user = window,
                                  .state_file = window->state_file,
                                  .samplers = window->samplers,
                                  .n_samplers = n,
                                  .catalog = catalog,
                                  .listen = listen,
                                  .start = start,
                                  .warm = warm,
                                  .stop = stop,
                                  .add_layers = add_layers,
                                  .reuse_settings = reuse_settings,
                                  .source = source,
                                  .set_memory = set_memory,
                                  .rescan = rescan,
                                  .add_folder = add_folder,
                                  .import_checkpoint = import_checkpoint,
                                  .answer = answer,
                                  .open_folder = open_folder,
                                  .help = help,
                                  .close = close_window };
  window->worker = worker_new (gimp_get_num_processors (), tell, window);
}

static void
window_clear (Window *window)
{
  worker_free (window->worker);
  spool_free (window->spool);
  import_free (window->import);
  for (GSList *idle = window->idles; idle; idle = idle->next)
    g_source_remove (GPOINTER_TO_UINT (idle->data));
  g_slist_free (window->idles);
  window_models_free (window->models);
  for (gsize i = 0; i < G_N_ELEMENTS (window->sampler_names); i++)
    g_free (window->sampler_names[i]);
  g_free (window->state_file);
  g_ptr_array_unref (window->layers);
}

/* The last values of the window become the procedure's, for GIMP's Repeat. */
static void
write_back (UiGeneratePanel *panel, GimpProcedureConfig *config, gboolean generated)
{
  UiSettings *settings = ui_generate_panel_get_settings (panel);
  AdmSettings arguments = to_arguments (settings);

  g_object_set (config, "model", arguments.model, "class", arguments.class_name, "steps",
                arguments.steps, "sampler", arguments.sampler, "seed", arguments.seed, NULL);
  if (generated)
    g_object_set (config, "scale", arguments.scale, "count", arguments.count, "upsample",
                  arguments.upsample, NULL);
  else
    g_object_set (config, "tiles", arguments.tiles, NULL);
  arguments_clear (&arguments);
  ui_settings_free (settings);
}

static void
hide (GtkWidget *widget, gpointer data G_GNUC_UNUSED)
{
  gtk_widget_hide (widget);
}

static void
offer_again (GdkPixbuf *pixels, const UiSettings *settings, gpointer panel)
{
  ui_generate_panel_recover (panel, pixels, settings);
}

GimpLayer **
window_run (GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage **image,
            GimpLayer *layer, const Part *part)
{
  Window window = { .part = part, .layer = layer };
  GObject *owner = G_OBJECT (gimp_procedure_get_plug_in (procedure));

  gimp_ui_init (GETTEXT_PACKAGE);
  window_init (&window, *image);
  g_object_set_data (owner, OWNER_KEY, &window);
  window.dialog
      = g_object_new (GIMP_TYPE_DIALOG, "title", part ? _ ("Upsample Layer") : _ ("Generate Image"),
                      "role", GETTEXT_PACKAGE, "use-header-bar", 0, NULL);
  GtkWidget *panel
      = ui_generate_panel_new (&window.backend, part ? UI_PANEL_UPSAMPLE : UI_PANEL_GENERATE);
  GtkWidget *area = gtk_dialog_get_content_area (GTK_DIALOG (window.dialog));
  gtk_container_set_border_width (GTK_CONTAINER (area), 0);
  /* The panel brings its own buttons; the dialog's empty row would only take room. */
  gtk_container_foreach (GTK_CONTAINER (area), hide, NULL);
  gtk_box_pack_start (GTK_BOX (area), panel, TRUE, TRUE, 0);
  gtk_widget_show (panel);
  gimp_window_set_transient (GTK_WINDOW (window.dialog));
  if (window.spool)
    spool_recover (window.spool, offer_again, panel);

  gimp_dialog_run (GIMP_DIALOG (window.dialog));
  write_back (UI_GENERATE_PANEL (panel), config, part == NULL);
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
    worker_free (g_steal_pointer (&window->worker));
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scripted backend. */
#include "fake_backend.h"

#include <gdk/gdk.h>
#include <math.h>
#include <string.h>

static const char *const folders[]
    = { "/usr/share/gimp-adm/models", "/home/artist/.local/share/gimp-adm/models" };
static const UiSampler samplers[] = { { "ddim", "DDIM" }, { "ddpm", "DDPM" } };

/* ---- pictures -------------------------------------------------------------------------------- */

/* A pattern that fills the unit square. */
static void
pattern (cairo_t *cr, guint kind)
{
  for (int i = 0; i < 16; i++) {
    double x = i % 4 / 4.0, y = i / 4 / 4.0;

    switch (kind % 4) {
    case 0: /* discs */
      cairo_new_sub_path (cr);
      cairo_arc (cr, x + 0.125, y + 0.125, 0.09, 0, 2 * G_PI);
      break;
    case 1: /* tiles */
      cairo_rectangle (cr, x + 0.02, y + 0.02, 0.21, 0.21);
      break;
    case 2: /* a wall */
      cairo_rectangle (cr, x - (i / 4 % 2 ? 0.125 : 0.0), y + 0.06, 0.22, 0.13);
      break;
    default: /* stripes */
      cairo_rectangle (cr, i / 16.0, 0.0, 0.03, 1.0);
    }
  }
}

GdkPixbuf *
fake_picture (const UiSettings *settings, int side, double noise)
{
  guint32 key = (guint32) settings->seed + 7U * g_str_hash (settings->class_name);
  g_autoptr (GRand) dice = g_rand_new_with_seed (key);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  cairo_t *cr = cairo_create (surface);
  double hue = g_rand_double (dice),
         turn = (g_rand_double (dice) - 0.5) * 0.8 / (1.0 + settings->scale), r, g, b;
  GdkPixbuf *pixels;

  r = 0.5 + 0.45 * cos (2 * G_PI * hue);
  g = 0.5 + 0.45 * cos (2 * G_PI * (hue + 0.33));
  b = 0.5 + 0.45 * cos (2 * G_PI * (hue + 0.67));
  cairo_set_source_rgb (cr, 0.97, 0.97, 0.95);
  cairo_paint (cr);
  cairo_scale (cr, side, side);
  cairo_translate (cr, 0.5, 0.5);
  cairo_rotate (cr, turn);
  cairo_translate (cr, -0.5, -0.5);
  pattern (cr, g_str_hash (settings->class_name));
  cairo_set_source_rgb (cr, r, g, b);
  cairo_fill_preserve (cr);
  cairo_set_source_rgb (cr, r * 0.7, g * 0.7, b * 0.7);
  cairo_set_line_width (cr, 0.02 + 0.004 * settings->scale);
  cairo_stroke (cr);
  cairo_destroy (cr);
  pixels = gdk_pixbuf_get_from_surface (surface, 0, 0, side, side);
  cairo_surface_destroy (surface);

  if (noise > 0.0) {
    guint8 *data = gdk_pixbuf_get_pixels (pixels);
    int stride = gdk_pixbuf_get_rowstride (pixels), channels = gdk_pixbuf_get_n_channels (pixels);

    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side * channels; x++) {
        double value = data[y * stride + x] * (1 - noise) + g_rand_int_range (dice, 0, 256) * noise;

        data[y * stride + x] = (guint8) value;
      }
    }
  }
  return pixels;
}

/* ---- jobs ------------------------------------------------------------------------------------ */

void
fake_backend_send (FakeBackend *fake, UiEvent event)
{
  if (fake->func) {
    fake->func (&event, fake->sink);
  }
}

static const UiModel *
model_of (FakeBackend *fake)
{
  return ui_catalog_find (&fake->catalog, fake->settings->model);
}

static void
finish_image (FakeBackend *fake)
{
  const UiModel *model = model_of (fake);
  g_autoptr (UiSettings) settings = ui_settings_copy (fake->settings);
  g_autoptr (GdkPixbuf) pixels = NULL;

  settings->seed += fake->image;
  settings->count = 1;
  pixels = fake_picture (
      settings,
      settings->upsample && model->upsampled_size ? model->upsampled_size : model->image_size, 0.0);
  if (settings->width) {
    GdkPixbuf *canvas
        = gdk_pixbuf_scale_simple (pixels, settings->width, settings->height, GDK_INTERP_BILINEAR);

    g_object_unref (pixels);
    pixels = canvas;
  }
  fake_backend_send (
      fake, (UiEvent) {
                .kind = UI_EVENT_IMAGE, .job = fake->job, .pixels = pixels, .settings = settings });
}

static gboolean
on_step (gpointer data)
{
  FakeBackend *fake = data;
  const UiModel *model = model_of (fake);
  gboolean upsample = fake->settings->upsample && model->upsampled_size;
  int steps = fake->upsampling ? model->upsample_steps : fake->settings->steps;
  g_autoptr (UiSettings) look = ui_settings_copy (fake->settings);
  g_autoptr (GdkPixbuf) pixels = NULL;
  guint job = fake->job;
  int side = model->image_size;

  fake->step++;
  look->seed += fake->image;
  pixels = fake_picture (look, side,
                         fake->upsampling ? 0.0 : pow (1.0 - (double) fake->step / steps, 2));
  fake_backend_send (fake, (UiEvent) { .kind = UI_EVENT_STEP,
                                       .job = job,
                                       .image = fake->image,
                                       .images = fake->settings->count,
                                       .upsampling = fake->upsampling,
                                       .step = fake->step,
                                       .steps = steps,
                                       .fraction = (double) fake->step / steps,
                                       .seconds_per_step = fake->upsampling ? 0.4 : 0.15,
                                       .pixels = pixels });
  if (fake->job != job) {
    return G_SOURCE_REMOVE;
  }
  if (fake->fail_at_step && fake->step == fake->fail_at_step) {
    fake->source = 0;
    fake->job = 0;
    fake_backend_send (
        fake, (UiEvent) { .kind = UI_EVENT_FAILED,
                          .job = job,
                          .message = FAKE_MODEL
                          "-classifier.safetensors: tensor out.0.weight has a NaN: the file is "
                          "damaged; fetch it again or choose a model without a classifier" });
    return G_SOURCE_REMOVE;
  }
  if (fake->step < steps) {
    return G_SOURCE_CONTINUE;
  }
  fake->step = 0;
  if (upsample && !fake->upsampling) {
    fake->upsampling = TRUE;
    return G_SOURCE_CONTINUE;
  }
  fake->upsampling = FALSE;
  finish_image (fake);
  if (fake->job != job) {
    return G_SOURCE_REMOVE;
  }
  if (++fake->image < fake->settings->count) {
    return G_SOURCE_CONTINUE;
  }
  fake->source = 0;
  fake->job = 0;
  fake_backend_send (fake, (UiEvent) { .kind = UI_EVENT_DONE, .job = job });
  return G_SOURCE_REMOVE;
}

static void
drop (FakeBackend *fake)
{
  guint job = fake->job;

  if (fake->source) {
    g_source_remove (fake->source);
    fake->source = 0;
  }
  fake->job = 0;
  if (job && !fake->silent_stop) {
    fake_backend_send (fake, (UiEvent) { .kind = UI_EVENT_DONE, .job = job });
  }
}

static void
start (const UiJob *job, gpointer user)
{
  FakeBackend *fake = user;

  drop (fake);
  fake->starts++;
  fake->started_at = g_get_monotonic_time ();
  g_ptr_array_add (fake->jobs, ui_settings_copy (job->settings));
  g_array_append_val (fake->drafts, job->draft);
  g_array_append_val (fake->ids, job->id);
  g_array_append_val (fake->job_targets, job->target);
  g_ptr_array_add (fake->pictures, job->picture ? g_object_ref (job->picture) : NULL);
  ui_settings_free (fake->settings);
  fake->settings = ui_settings_copy (job->settings);
  fake->job = job->id;
  fake->draft = job->draft;
  fake->image = fake->step = 0;
  fake->upsampling = FALSE;
  fake->source = g_timeout_add (fake->step_ms, on_step, fake);
}

static void
warm (UiTask task G_GNUC_UNUSED, const char *model, gpointer user)
{
  FakeBackend *fake = user;

  fake->warms++;
  g_strlcpy (fake->warmed, model, sizeof fake->warmed);
}

static void
set_memory (gboolean half, guint64 limit, gpointer user)
{
  FakeBackend *fake = user;

  fake->catalog.half = half;
  fake->catalog.memory_limit = limit;
  fake_backend_send (fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
}

static void
stop (gpointer user)
{
  FakeBackend *fake = user;

  fake->stops++;
  drop (fake);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static const UiCatalog *
catalog (gpointer user)
{
  return &((FakeBackend *) user)->catalog;
}

static void
listen (UiEventFunc func, gpointer sink, gpointer user)
{
  FakeBackend *fake = user;

  fake->func = func;
  fake->sink = sink;
}

static char *
add (const UiResult *const *results, gsize n, const UiAdd *how, guint *layers, gboolean *offer,
     gpointer user)
{
  FakeBackend *fake = user;

  fake->adds++;
  fake->added = (guint) n;
  fake->added_as = how->as;
  fake->added_target = how->target;
  g_free (fake->added_path);
  fake->added_path = g_strdup (how->path);
  for (gsize i = 0; i < n && i < G_N_ELEMENTS (fake->added_seeds); i++) {
    layers[i] = ++fake->layers;
    fake->added_seeds[i] = results[i]->settings->seed;
  }
  *offer = fake->add_offers;
  return how->as == UI_ADD_NEW_IMAGE ? NULL : g_strdup (fake->add_message);
}

static char *
reuse_settings (UiSettings *settings, gpointer user)
{
  FakeBackend *fake = user;

  if (fake->reuse) {
    ui_settings_assign (settings, fake->reuse);
  }
  return fake->reuse ? NULL : g_strdup (fake->reuse_message);
}

static GdkPixbuf *
source (gpointer user)
{
  FakeBackend *fake = user;
  g_autoptr (UiSettings) settings = ui_settings_new ();

  ui_settings_set_class (settings, fake->classes[1]);
  settings->seed = 3;
  return fake_picture (settings, fake->models[0].upsample_input, 0.0);
}

static void
rescan (gpointer user)
{
  FakeBackend *fake = user;

  fake->rescans++;
  fake_backend_send (fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
}

static void
add_folder (const char *path, gpointer user)
{
  FakeBackend *fake = user;

  fake->folders_added++;
  g_strlcpy (fake->path, path, sizeof fake->path);
  rescan (user);
}

static void
import_checkpoint (const char *path, gpointer user)
{
  FakeBackend *fake = user;

  fake->imports++;
  g_strlcpy (fake->path, path, sizeof fake->path);
  rescan (user);
}

/* The file is complete then, and no longer asked about. */
static void
answer (const char *path, const int *chosen, gpointer user)
{
  FakeBackend *fake = user;

  g_strlcpy (fake->path, path, sizeof fake->path);
  fake->answers[0] = chosen[0];
  fake->answers[1] = chosen[1];
  if (!fake->answer_message) {
    fake->catalog.n_open_files = 0;
  }
  fake_backend_send (fake,
                     (UiEvent) { .kind = UI_EVENT_ANSWERED, .message = fake->answer_message });
  fake_backend_send (fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
}

void
fake_backend_open_file (FakeBackend *fake)
{
  static const char *const heads[] = { "one for every 64 channels", "4 heads", "1 head" };
  static const char *const schedules[] = { "linear", "cosine" };
  static const UiQuestion questions[]
      = { { "How many heads has its attention?", heads, G_N_ELEMENTS (heads) },
          { "Which noise schedule was it trained with?", schedules, G_N_ELEMENTS (schedules) } };
  static const UiOpenFile file = { "/home/artist/.local/share/gimp-adm/models/portraits.pt",
                                   questions, G_N_ELEMENTS (questions) };

  fake->catalog.open_files = &file;
  fake->catalog.n_open_files = 1;
}

static char *
open_folder (const char *path, gpointer user G_GNUC_UNUSED)
{
  return g_strdup_printf ("%s: no file manager is installed: open the folder by hand", path);
}

static void
help (const char *section, gpointer user)
{
  ((FakeBackend *) user)->helps++;
  ((FakeBackend *) user)->section = section;
}

static void
close_window (gpointer user)
{
  ((FakeBackend *) user)->closes++;
}

/* ---- making ---------------------------------------------------------------------------------- */

/* The lines of FILE, as far as MARK; to be freed. */
static char **
lines_of (const char *file, const char *mark)
{
  g_autofree char *text = NULL;
  char **lines;

  if (!g_file_get_contents (file, &text, NULL, NULL)) {
    g_error ("%s cannot be read", file);
  }
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (char **line = lines; *line && mark; line++) {
    g_strchomp (g_strdelimit (*line, mark, '\0'));
  }
  return lines;
}

FakeBackend *
fake_backend_new (const char *state_file)
{
  FakeBackend *fake = g_new0 (FakeBackend, 1);

  fake->api = (UiBackend) {
    .user = fake,
    .state_file = state_file,
    .samplers = samplers,
    .n_samplers = G_N_ELEMENTS (samplers),
    .catalog = catalog,
    .listen = listen,
    .start = start,
    .warm = warm,
    .stop = stop,
    .add = add,
    .reuse_settings = reuse_settings,
    .source = source,
    .set_memory = set_memory,
    .rescan = rescan,
    .add_folder = add_folder,
    .import_checkpoint = import_checkpoint,
    .answer = answer,
    .open_folder = open_folder,
    .help = help,
    .close = close_window,
  };
  fake->step_ms = 4;
  fake->reuse_message
      = g_strdup ("The active layer was not made here: choose one whose name ends in its seed");
  fake->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) ui_settings_free);
  fake->drafts = g_array_new (FALSE, FALSE, sizeof (gboolean));
  fake->ids = g_array_new (FALSE, FALSE, sizeof (guint));
  fake->job_targets = g_array_new (FALSE, FALSE, sizeof (guint));
  fake->pictures = g_ptr_array_new ();
  fake->classes = lines_of (ADM_EMBEDDED_CLASSES, ","); /* other words for it may follow a name */
  fake->models[0] = (UiModel) {
    .id = FAKE_MODEL,
    .name = FAKE_MODEL_NAME,
    .license = "CC-BY-4.0; trained on pictures of walls, floors and ground",
    .license_file = "/usr/share/gimp-adm/models/textures-64.license.txt",
    .image_size = 64,
    .upsampled_size = 256,
    .upsample_input = 64,
    .class_names = (const char *const *) fake->classes,
    .n_classes = g_strv_length (fake->classes),
    .has_no_class = TRUE,
    .has_guidance = TRUE,
    .can_generate = TRUE,
    .default_scale = 1.5,
    .default_sampler = "ddim",
    .default_steps = 25,
    .upsample_sampler = "ddim",
    .upsample_steps = 20,
    .memory_needed = 230U << 20,
  };
  fake->thousand = lines_of (IMAGENET_NAMES, NULL);
  g_free (fake->thousand[134]); /* a bird and a machine of one name, as in the original list */
  fake->thousand[134] = g_strdup ("crane");
  fake->models[1] = (UiModel) {
    .id = "imagenet-64",
    .name = "ImageNet 64",
    .image_size = 64,
    .class_names = (const char *const *) fake->thousand,
    .n_classes = 1000,
    .can_generate = TRUE,
    .default_scale = 1.0,
    .default_sampler = "ddpm",
    .default_steps = 250,
    .missing = "Without 64x64_classifier.pt the fidelity slider does nothing; it is published at "
               "https://example.org/jul-2021/64x64_classifier.pt\n"
               "Without 64_256_upsampler.pt nothing is upsampled; it is published at "
               "https://example.org/jul-2021/64_256_upsampler.pt",
    .memory_needed = 2600U * (guint64) 1048576,
  };
  fake->models[2] = (UiModel) {
    .id = "imagenet-256",
    .name = "ImageNet 256",
    .image_size = 256,
    .class_names = (const char *const *) fake->thousand,
    .n_classes = 1000,
    .has_guidance = TRUE,
    .default_scale = 1.0,
    .default_sampler = "ddim",
    .default_steps = 25,
    .upsampled_size = 256, /* so that it needs memory */
    .upsample_input = 64,
    .missing = "Without 256x256_diffusion.pt it makes no pictures; it is published at "
               "https://example.org/jul-2021/256x256_diffusion.pt",
    .memory_needed = 9400U * (guint64) 1048576,
    .fit = UI_FIT_HALF,
  };
  fake->catalog = (UiCatalog) {
    .models = fake->models,
    .n_models = 3,
    .folders = folders,
    .n_folders = G_N_ELEMENTS (folders),
    .notes = fake->notes,
    .memory_there = 6200U * (guint64) 1048576,
    .memory_free = 4700U * (guint64) 1048576,
  };
  fake->notes[0] = "/home/artist/.local/share/gimp-adm/models/half.pt: the file ends in the middle "
                   "of a tensor: fetch it again";
  fake->catalog.n_notes = 1;
  return fake;
}

void
fake_backend_free (FakeBackend *fake)
{
  if (fake->source) {
    g_source_remove (fake->source);
  }
  if (fake->swatch_source) {
    g_source_remove (fake->swatch_source);
  }
  g_free (fake->swatch_model);
  g_free (fake->swatch_class);
  g_strfreev (fake->classes);
  g_strfreev (fake->thousand);
  g_ptr_array_unref (fake->jobs);
  g_array_unref (fake->drafts);
  g_array_unref (fake->ids);
  g_array_unref (fake->job_targets);
  for (guint i = 0; i < fake->pictures->len; i++) {
    g_clear_object (&fake->pictures->pdata[i]);
  }
  g_ptr_array_unref (fake->pictures);
  g_free (fake->history_folder);
  g_free (fake->map_message);
  g_free (fake->added_path);
  ui_settings_free (fake->settings);
  ui_settings_free (fake->reuse);
  g_free (fake->add_message);
  g_free (fake->reuse_message);
  g_free (fake);
}

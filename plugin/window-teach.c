/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Teaching a texture: see window-teach.h. The thread touches only what stands under the mutex, and
 * STOP.
 */
#include "window-teach.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include "plugin-words.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "desktop.h"
#include "teach-lesson.h"
#include "teach-list.h"
#include "teach-source.h"
#include "ui/teach-dialog.h"

/* Whatever the artist does, or has made, comes first. */
enum { NICER = 15, SHOW_SECONDS = 30, LOGS_FIRST = 4 };

struct Teach {
  char *folder; /* of the taught classes */
  WindowModels *models;
  WindowTargets *targets;
  void (*changed) (gpointer user);
  gpointer user;
  guint64 limit;
  char *model;       /* that the dialog is for */
  GtkWidget *dialog; /* or NULL */
  UiTeacher teacher;
  void (*func) (gpointer sink);
  gpointer sink;
  TeachList *list;

  Lesson *lesson; /* NULL: none */
  UiTeachState state;
  char *message;
  gboolean listed; /* the folders have been read with its class */
  UiTeachNews news;
  GThread *thread;
  char *weights; /* of the model, while it runs */
  gboolean resumed;
  gint stop;  /* atomic */
  guint idle; /* under the mutex: pending call of on_told, or 0 */
  GMutex mutex;
  struct {
    int logs;
    double first, now; /* losses */
    double seconds, left;
    GdkPixbuf *picture;
    gboolean saved, ended;
    adm_status status;
    char text[1024];
  } told;
};

static void
tell (Teach *teach)
{
  if (teach->func)
    teach->func (teach->sink);
}

/* ---- the thread ------------------------------------------------------------------------------ */

static gboolean on_told (gpointer user);

/* Any thread, with the mutex. */
static void
wake (Teach *teach)
{
  if (!teach->idle)
    teach->idle = g_idle_add (on_told, teach);
}

static GdkPixbuf *
to_pixbuf (const float *planar, int side)
{
  guint8 *bytes = g_try_malloc_n ((gsize) side * (gsize) side, 3);

  if (!bytes)
    return NULL;
  adm_pixels_to_u8 (planar, side, side, bytes);
  g_autoptr (GBytes) owned = g_bytes_new_take (bytes, (gsize) side * (gsize) side * 3);
  return gdk_pixbuf_new_from_bytes (owned, GDK_COLORSPACE_RGB, FALSE, 8, side, side, side * 3);
}

/* A few reports' mean stands for the first loss; later ones are smoothed, for each sees other noise
 * levels. */
static void
note_loss (Teach *teach, double loss)
{
  int n = ++teach->told.logs;

  if (n <= LOGS_FIRST && !teach->resumed)
    teach->told.first += (loss - teach->told.first) / n;
  teach->told.now = n == 1 ? loss : teach->told.now + (loss - teach->told.now) / MIN (n, 12);
}

static bool
on_report (const adm_train_report *report, void *user)
{
  Teach *teach = user;

  if (report->what != ADM_TRAIN_WORKING) {
    g_mutex_lock (&teach->mutex);
    teach->told.seconds = report->seconds;
    if (report->what == ADM_TRAIN_LOGGED && report->pictures_per_second > 0) {
      note_loss (teach, report->loss);
      teach->told.left = report->seconds_left;
    }
    if (report->what == ADM_TRAIN_PICTURE) {
      g_clear_object (&teach->told.picture);
      teach->told.picture = to_pixbuf (report->picture, report->side);
    }
    teach->told.saved |= report->what == ADM_TRAIN_SAVED;
    wake (teach);
    g_mutex_unlock (&teach->mutex);
  }
  return !g_atomic_int_get (&teach->stop);
}

static gpointer
learn (gpointer user)
{
  Teach *teach = user;
  const Lesson *lesson = teach->lesson;
  adm_error error = { 0 };
  const adm_options options = { .memory_limit = teach->limit };
  const adm_teach_request request = { .weights = teach->weights,
                                      .name = lesson->name,
                                      .output = lesson->output,
                                      .picture = (const char *const *) lesson->pictures,
                                      .pictures = (int) g_strv_length (lesson->pictures),
                                      .options = &options,
                                      .minutes = lesson->minutes,
                                      .batch = ADM_TEACH_BATCH,
                                      .rank = ADM_TEACH_RANK,
                                      .lr = ADM_TEACH_LR,
                                      .tiles = lesson->tiles,
                                      .turns = lesson->turns,
                                      .log_steps = 4,
                                      .save_minutes = 1,
                                      .show_seconds = SHOW_SECONDS,
                                      .resume = teach->resumed };

  /* On Linux 0 is this thread alone; the core's are its children and inherit it. */
  if (setpriority (PRIO_PROCESS, 0, NICER) != 0)
    g_debug ("the priority stays: %s", g_strerror (errno));
  adm_status status = adm_teach (&request, on_report, teach, &error);
  g_mutex_lock (&teach->mutex);
  teach->told.ended = TRUE;
  teach->told.status = status;
  g_autofree char *text = status ? plugin_words (&error) : g_strdup ("");
  g_strlcpy (teach->told.text, text, sizeof teach->told.text);
  wake (teach);
  g_mutex_unlock (&teach->mutex);
  return NULL;
}

/* ---- its news -------------------------------------------------------------------------------- */

/* The thread has ended: what becomes of its lesson. */
static void
conclude (Teach *teach, adm_status status, const char *text)
{
  if (status && status != ADM_ERROR_CANCELLED) {
    teach->state = UI_TEACH_FAILED;
    g_free (teach->message);
    teach->message = g_strdup (text);
  } else if (teach->state != UI_TEACH_PAUSED)
    teach->state = UI_TEACH_DONE;
  if (teach->state == UI_TEACH_PAUSED)
    lesson_write (teach->folder, teach->lesson, NULL); /* else it begins the share anew */
  else
    lesson_forget (teach->folder, teach->lesson->output);
}

/* Ends the thread, if there is one. */
static void
join (Teach *teach)
{
  if (!teach->thread)
    return;
  g_atomic_int_set (&teach->stop, 1);
  g_thread_join (teach->thread);
  teach->thread = NULL;
  if (teach->idle)
    g_source_remove (teach->idle);
  teach->idle = 0;
  conclude (teach, teach->told.status, teach->told.text);
}

static gboolean
on_told (gpointer user)
{
  Teach *teach = user;
  gboolean ended, saved;

  g_mutex_lock (&teach->mutex);
  teach->idle = 0;
  ended = teach->told.ended;
  saved = teach->told.saved && !teach->listed;
  teach->lesson->first_loss = teach->told.logs >= LOGS_FIRST ? teach->told.first : 0;
  teach->lesson->done = teach->told.seconds / (60 * teach->lesson->minutes);
  g_mutex_unlock (&teach->mutex);
  if (ended)
    join (teach);
  if (saved || ended) {
    teach->listed = TRUE;
    teach->changed (teach->user);
  }
  tell (teach);
  return G_SOURCE_REMOVE;
}

static const UiTeachNews *
news (gpointer user)
{
  Teach *teach = user;

  g_clear_object (&teach->news.picture);
  g_mutex_lock (&teach->mutex);
  teach->news = (UiTeachNews) {
    .state = teach->state,
    .name = teach->lesson ? teach->lesson->name : "",
    .done = teach->lesson ? teach->lesson->done : 0,
    .seconds_left = teach->told.left,
    .mistakes = teach->told.logs > LOGS_FIRST && teach->told.first > 0
                    ? teach->told.now / teach->told.first
                    : 0,
    .picture = teach->told.picture ? g_object_ref (teach->told.picture) : NULL,
    .message = teach->message,
  };
  g_mutex_unlock (&teach->mutex);
  return &teach->news;
}

static void
listen (void (*func) (gpointer sink), gpointer sink, gpointer user)
{
  Teach *teach = user;

  teach->func = func;
  teach->sink = sink;
}

/* ---- what it is taken from ------------------------------------------------------------------- */

static char *
source (UiTeachFrom from, char **what, gpointer user)
{
  return teach_source_words (((Teach *) user)->targets, from, what);
}

/* The lesson's folder may hold the picture of one that is paused. */
static gboolean
busy (const Teach *teach)
{
  return teach->state == UI_TEACH_WORKING || teach->state == UI_TEACH_PAUSED;
}

static GPtrArray *
crops (const UiLesson *lesson, guint n, char **message, gpointer user)
{
  Teach *teach = user;
  const adm_model *model = window_models_find (teach->models, teach->model);
  int side = model ? model->image_size : 64;
  gsize one = (gsize) side * (gsize) side * 3;
  g_autoptr (GError) error = NULL;
  adm_error core = { 0 };

  if (busy (teach))
    return NULL;
  g_auto (GStrv) paths = teach_source_gather (teach->targets, lesson, teach->folder, &error);
  if (!paths) {
    *message = g_strdup (error->message);
    return NULL;
  }
  g_autofree guint8 *bytes = g_malloc (one * n);
  const adm_teach_request request = { .weights = model ? model->diffusion : NULL,
                                      .picture = (const char *const *) paths,
                                      .pictures = (int) g_strv_length (paths),
                                      .tiles = lesson->tiles,
                                      .turns = lesson->turns };
  if (adm_teach_crops (&request, side, (int) n, bytes, &core) != ADM_OK) {
    *message = plugin_words (&core);
    return NULL;
  }
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) crop = g_bytes_new (bytes + i * one, one);
    g_ptr_array_add (
        all, gdk_pixbuf_new_from_bytes (crop, GDK_COLORSPACE_RGB, FALSE, 8, side, side, side * 3));
  }
  return all;
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
begin (Teach *teach, const adm_model *model, gboolean resumed)
{
  g_free (teach->weights);
  teach->weights = g_strdup (model->diffusion);
  teach->resumed = resumed;
  teach->listed = resumed;
  teach->state = UI_TEACH_WORKING;
  g_clear_pointer (&teach->message, g_free);
  g_clear_object (&teach->told.picture);
  memset (&teach->told, 0, sizeof teach->told);
  teach->told.left = 60 * teach->lesson->minutes * (1 - teach->lesson->done);
  teach->told.seconds = 60 * teach->lesson->minutes * teach->lesson->done;
  teach->told.first = teach->lesson->first_loss;
  g_atomic_int_set (&teach->stop, 0);
  teach->thread = g_thread_new ("adm-teach", learn, teach);
}

static char *
start (const UiLesson *wanted, gpointer user)
{
  Teach *teach = user;
  const adm_model *model = window_models_find (teach->models, teach->model);
  g_autoptr (GError) error = NULL;
  char *refused = teach_list_refuse_name (model, wanted->name);

  if (refused)
    return refused;
  if (!model->diffusion)
    return g_strdup (_ ("This model cannot make pictures, so it cannot be taught."));
  g_auto (GStrv) paths = teach_source_gather (teach->targets, wanted, teach->folder, &error);
  if (!paths)
    return g_strdup (error->message);
  join (teach);
  lesson_free (teach->lesson);
  teach->lesson = g_new0 (Lesson, 1);
  *teach->lesson = (Lesson) { .name = g_strdup (wanted->name),
                              .model = g_strdup (model->id),
                              .output = lesson_new_file (teach->folder, wanted->name),
                              .pictures = g_steal_pointer (&paths),
                              .tiles = wanted->tiles,
                              .turns = wanted->turns,
                              .minutes = wanted->minutes };
  if (!lesson_write (teach->folder, teach->lesson, &error))
    return g_strdup (error->message);
  begin (teach, model, FALSE);
  return NULL;
}

static void
pause_lesson (gpointer user)
{
  Teach *teach = user;

  teach->state = UI_TEACH_PAUSED;
  g_atomic_int_set (&teach->stop, 1);
}

static void
stop (gpointer user)
{
  Teach *teach = user;

  teach->state = UI_TEACH_DONE;
  g_atomic_int_set (&teach->stop, 1);
  if (!teach->thread) /* it was paused */
    lesson_forget (teach->folder, teach->lesson->output);
}

static char *
resume (gpointer user)
{
  Teach *teach = user;
  const adm_model *model = window_models_find (teach->models, teach->lesson->model);
  g_autofree char *checkpoint = lesson_checkpoint (teach->lesson->output);

  if (!model || !model->diffusion)
    return g_strdup_printf (_ ("The model “%s”, which was being taught, is not here any more."),
                            teach->lesson->model);
  join (teach);
  begin (teach, model, g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  return NULL;
}

/* ---- the artist's own classes ---------------------------------------------------------------- */

static const adm_model *
model_of (Teach *teach)
{
  return window_models_find (teach->models, teach->model);
}

static const UiOwnClass *
own (gsize *n, gpointer user)
{
  Teach *teach = user;

  return teach_list_read (teach->list, model_of (teach), n);
}

/* A change of files that went well is told. */
static char *
after (Teach *teach, char *message)
{
  if (!message)
    teach->changed (teach->user);
  return message;
}

static char *
rename_class (const char *id, const char *name, gpointer user)
{
  return after (user, teach_list_rename (model_of (user), id, name));
}

static char *
export_to (const char *id, const char *path, gpointer user G_GNUC_UNUSED)
{
  return teach_list_copy (id, path);
}

static char *
import_from (const char *path, gpointer user)
{
  Teach *teach = user;

  return after (teach, teach_list_import (model_of (teach), path, teach->folder));
}

static char *
remove_class (const char *id, gpointer user)
{
  Teach *teach = user;

  if (busy (teach) && g_strcmp0 (teach->lesson->output, id) == 0)
    return g_strdup (_ ("It is being taught. Stop that first."));
  if (g_unlink (id) != 0)
    return g_strdup_printf (_ ("%s could not be deleted: %s."), id, g_strerror (errno));
  return after (teach, NULL);
}

static char *
help (const char *section, gpointer user G_GNUC_UNUSED)
{
  return desktop_open_help (section);
}

/* ---- life ------------------------------------------------------------------------------------ */

Teach *
teach_new (const char *folder, WindowModels *models, WindowTargets *targets,
           void (*changed) (gpointer user), gpointer user)
{
  Teach *teach = g_new0 (Teach, 1);

  teach->folder = g_build_filename (folder, "taught", NULL);
  teach->models = models;
  teach->targets = targets;
  teach->changed = changed;
  teach->user = user;
  teach->list = teach_list_new ();
  g_mutex_init (&teach->mutex);
  teach->lesson = lesson_read (teach->folder);
  teach->state = teach->lesson ? UI_TEACH_PAUSED : UI_TEACH_IDLE;
  teach->teacher = (UiTeacher) { .user = teach,
                                 .source = source,
                                 .crops = crops,
                                 .start = start,
                                 .pause = pause_lesson,
                                 .stop = stop,
                                 .resume = resume,
                                 .news = news,
                                 .listen = listen,
                                 .own = own,
                                 .rename = rename_class,
                                 .export_to = export_to,
                                 .import_from = import_from,
                                 .remove = remove_class,
                                 .help = help };
  return teach;
}

void
teach_free (Teach *teach)
{
  if (!teach)
    return;
  if (teach->dialog)
    gtk_widget_destroy (teach->dialog);
  if (teach->thread) {
    if (teach->state == UI_TEACH_WORKING)
      teach->state = UI_TEACH_PAUSED;
    join (teach);
  }
  if (!busy (teach)) /* crops may have been looked at */
    lesson_forget (teach->folder, NULL);
  g_clear_object (&teach->news.picture);
  g_clear_object (&teach->told.picture);
  teach_list_free (teach->list);
  lesson_free (teach->lesson);
  g_mutex_clear (&teach->mutex);
  g_free (teach->message);
  g_free (teach->weights);
  g_free (teach->model);
  g_free (teach->folder);
  g_free (teach);
}

void
teach_open (Teach *teach, const char *model, GtkWindow *parent)
{
  g_free (teach->model);
  teach->model = g_strdup (model);
  if (teach->dialog) {
    teach_look (teach);
    gtk_window_present (GTK_WINDOW (teach->dialog));
    return;
  }
  teach->dialog = ui_teach_dialog_new (&teach->teacher);
  g_signal_connect (teach->dialog, "destroy", G_CALLBACK (gtk_widget_destroyed), &teach->dialog);
  gtk_window_set_transient_for (GTK_WINDOW (teach->dialog), parent);
  gtk_window_present (GTK_WINDOW (teach->dialog));
}

void
teach_look (Teach *teach)
{
  if (teach && teach->dialog) {
    ui_teach_dialog_look (UI_TEACH_DIALOG (teach->dialog));
    tell (teach);
  }
}

void
teach_set_limit (Teach *teach, guint64 limit)
{
  if (teach)
    teach->limit = limit;
}

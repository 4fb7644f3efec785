/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scripted teacher. */
#include "fake_teacher.h"

#include <string.h>

/* A texture of sorts: SIDE pixels of stripes, PHASE along, the rest noise. */
static GdkPixbuf *
stripes (int side, int phase, double noise)
{
  GdkPixbuf *pixels = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, side, side);
  guint8 *row = gdk_pixbuf_get_pixels (pixels);
  guint32 state = 1;

  for (int y = 0; y < side; y++, row += gdk_pixbuf_get_rowstride (pixels)) {
    for (int x = 0; x < side; x++) {
      int on = (x + 2 * y + phase) / 9 % 2;

      state = state * 1664525U + 1013904223U;
      for (int c = 0; c < 3; c++) {
        double value = on ? 190 - 30 * c : 90 - 20 * c;
        double random = (double) (state >> (8 + 4 * c) & 0xff);
        row[3 * x + c] = (guint8) (value * (1 - noise) + random * noise);
      }
    }
  }
  return pixels;
}

static void
changed (FakeTeacher *fake)
{
  if (fake->func) {
    fake->func (fake->sink);
  }
}

static char *
source (UiTeachFrom from, char **what, gpointer user)
{
  FakeTeacher *fake = user;

  if (from == UI_TEACH_SELECTION && fake->no_selection) {
    return g_strdup ("Nothing is selected in an open image.");
  }
  *what = g_strdup (from == UI_TEACH_SELECTION ? "812 × 430 pixels of wall.xcf"
                                               : "“Background” of wall.xcf, 1200 × 900 pixels");
  return NULL;
}

static GPtrArray *
crops (const UiLesson *lesson, guint n, char **message, gpointer user)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);

  (void) lesson, (void) message;
  ((FakeTeacher *) user)->crops++;
  for (guint i = 0; i < n; i++) {
    g_ptr_array_add (all, stripes (64, (int) (7 * i), 0.1));
  }
  return all;
}

static char *
start (const UiLesson *lesson, gpointer user)
{
  FakeTeacher *fake = user;

  fake->starts++;
  g_strlcpy (fake->name, lesson->name, sizeof fake->name);
  fake->from = lesson->from;
  fake->tiles = lesson->tiles;
  fake->turns = lesson->turns;
  fake->minutes = lesson->minutes;
  if (!fake->start_message) {
    fake->news.state = UI_TEACH_WORKING;
    fake->news.name = fake->name;
    fake->news.seconds_left = 60 * lesson->minutes;
  }
  return g_strdup (fake->start_message);
}

static void
pause_it (gpointer user)
{
  FakeTeacher *fake = user;

  fake->pauses++;
  fake->news.state = UI_TEACH_PAUSED;
}

static void
stop (gpointer user)
{
  FakeTeacher *fake = user;

  fake->stops++;
  fake->news.state = UI_TEACH_DONE;
  fake_teacher_add (fake, fake->name);
}

static char *
resume (gpointer user)
{
  FakeTeacher *fake = user;

  fake->resumes++;
  fake->news.state = UI_TEACH_WORKING;
  return NULL;
}

static const UiTeachNews *
news (gpointer user)
{
  return &((FakeTeacher *) user)->news;
}

static void
listen (void (*func) (gpointer sink), gpointer sink, gpointer user)
{
  FakeTeacher *fake = user;

  fake->func = func;
  fake->sink = sink;
}

static const UiOwnClass *
own (gsize *n, gpointer user)
{
  FakeTeacher *fake = user;

  *n = fake->n_own;
  return fake->own;
}

static UiOwnClass *
by_id (FakeTeacher *fake, const char *id)
{
  for (gsize i = 0; i < fake->n_own; i++) {
    if (g_str_equal (fake->own[i].id, id)) {
      return &fake->own[i];
    }
  }
  return NULL;
}

static char *
rename_it (const char *id, const char *name, gpointer user)
{
  UiOwnClass *one = by_id (user, id);

  if (g_str_equal (name, "brick")) {
    return g_strdup ("There is a class “brick” already. Choose another name.");
  }
  g_free ((char *) one->name);
  one->name = g_strdup (name);
  changed (user);
  return NULL;
}

static char *
move (const char *id, const char *path, gpointer user)
{
  (void) id;
  g_strlcpy (((FakeTeacher *) user)->path, path, 256);
  return NULL;
}

static char *
import_it (const char *path, gpointer user)
{
  return move (NULL, path, user);
}

static void
forget (UiOwnClass *one)
{
  g_free ((char *) one->id);
  g_free ((char *) one->name);
  g_clear_object (&one->picture);
}

static char *
remove_it (const char *id, gpointer user)
{
  FakeTeacher *fake = user;
  UiOwnClass *one = by_id (fake, id);

  forget (one);
  *one = fake->own[--fake->n_own];
  changed (fake);
  return NULL;
}

void
fake_teacher_add (FakeTeacher *fake, const char *name)
{
  fake->own[fake->n_own]
      = (UiOwnClass) { g_strdup_printf ("/taught/%s-%d.safetensors", name, (int) fake->n_own),
                       g_strdup (name), stripes (64, 0, 0.2) };
  fake->n_own++;
  changed (fake);
}

void
fake_teacher_move (FakeTeacher *fake, double share)
{
  g_clear_object (&fake->news.picture);
  fake->news.done = share;
  fake->news.seconds_left = 300 * (1 - share);
  fake->news.mistakes = 1 - 0.6 * share;
  fake->news.picture = stripes (64, 0, 1 - share);
  changed (fake);
}

static char *
help (const char *section, gpointer user)
{
  ((FakeTeacher *) user)->section = section;
  return g_strdup ("no browser is installed");
}

FakeTeacher *
fake_teacher_new (void)
{
  FakeTeacher *fake = g_new0 (FakeTeacher, 1);

  fake->api = (UiTeacher) { .user = fake,
                            .source = source,
                            .crops = crops,
                            .start = start,
                            .pause = pause_it,
                            .stop = stop,
                            .resume = resume,
                            .news = news,
                            .listen = listen,
                            .own = own,
                            .rename = rename_it,
                            .export_to = move,
                            .import_from = import_it,
                            .remove = remove_it,
                            .help = help };
  return fake;
}

void
fake_teacher_free (FakeTeacher *fake)
{
  for (gsize i = 0; i < fake->n_own; i++) {
    forget (&fake->own[i]);
  }
  g_clear_object (&fake->news.picture);
  g_free (fake->start_message);
  g_free (fake);
}

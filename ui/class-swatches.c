/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small pictures of classes. A class that has none is remembered, too, so that it is not asked for
 * again and again. */
#include "class-swatches.h"

#include "class-grid.h"

struct UiSwatches {
  const UiBackend *backend;
  void (*made) (const char *model, const char *class_name, GdkPixbuf *pixels, gpointer user);
  gpointer user;
  GHashTable *known; /* key: GdkPixbuf, or NULL where there is none */
  char *model;
  GQueue wanted; /* char *, class names of MODEL */
  char *asked;   /* the key that was asked for; NULL: none */
};

static char *
key_of (const char *model, const char *class_name)
{
  return g_strconcat (model, "\n", class_name, NULL);
}

static void
unref_pixels (gpointer pixels)
{
  if (pixels) {
    g_object_unref (pixels);
  }
}

UiSwatches *
ui_swatches_new (const UiBackend *backend,
                 void (*made) (const char *model, const char *class_name, GdkPixbuf *pixels,
                               gpointer user),
                 gpointer user)
{
  UiSwatches *self = g_new0 (UiSwatches, 1);

  self->backend = backend;
  self->made = made;
  self->user = user;
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_pixels);
  self->model = g_strdup ("");
  g_queue_init (&self->wanted);
  return self;
}

void
ui_swatches_free (UiSwatches *self)
{
  if (!self) {
    return;
  }
  g_hash_table_unref (self->known);
  g_queue_clear_full (&self->wanted, g_free);
  g_free (self->model);
  g_free (self->asked);
  g_free (self);
}

GdkPixbuf *
ui_swatches_get (UiSwatches *self, const char *model, const char *class_name)
{
  g_autofree char *key = key_of (model, class_name);

  return g_hash_table_lookup (self->known, key);
}

/* Asks for the first that is wanted and not known, unless it has been asked for already. */
static void
ask (UiSwatches *self)
{
  while (!g_queue_is_empty (&self->wanted) && !self->asked) {
    g_autofree char *name = g_queue_pop_head (&self->wanted);
    g_autofree char *key = key_of (self->model, name);

    if (!g_hash_table_contains (self->known, key)) {
      self->asked = g_steal_pointer (&key);
      self->backend->swatch (self->model, name, self->backend->user);
    }
  }
}

void
ui_swatches_want (UiSwatches *self, const char *model, const char *const *class_names)
{
  if (!self->backend->swatch) {
    return;
  }
  if (!g_str_equal (model, self->model)) {
    g_free (self->model);
    self->model = g_strdup (model);
    g_clear_pointer (&self->asked, g_free); /* what is asked next takes its place */
  }
  g_queue_clear_full (&self->wanted, g_free);
  for (gsize i = 0; class_names[i]; i++) {
    g_queue_push_tail (&self->wanted, g_strdup (class_names[i]));
  }
  ask (self);
}

void
ui_swatches_event (UiSwatches *self, const UiEvent *event)
{
  char *key = key_of (event->model, event->class_name);
  GdkPixbuf *small = event->pixels ? gdk_pixbuf_scale_simple (event->pixels, UI_SQUARE, UI_SQUARE,
                                                              GDK_INTERP_BILINEAR)
                                   : NULL;

  if (g_strcmp0 (key, self->asked) == 0) {
    g_clear_pointer (&self->asked, g_free);
  }
  g_hash_table_insert (self->known, key, small);
  if (small) {
    self->made (event->model, event->class_name, small, self->user);
  }
  ask (self);
}

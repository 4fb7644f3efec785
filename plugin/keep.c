/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A script's pictures in the window's history: see keep.h. */
#include "keep.h"

#include <libgimp/gimp.h>

#include "ui/history-store.h"
#include "ui/store.h"

char *
keep_history_folder (void)
{
  return g_build_filename (gimp_directory (), "plug-in-adm-history", NULL);
}

char *
keep_state_file (void)
{
  return g_build_filename (gimp_directory (), "plug-in-adm.ini", NULL);
}

static void
on_found (const UiKept *kept G_GNUC_UNUSED, gpointer user G_GNUC_UNUSED)
{
}

static void
on_gone (const char *key G_GNUC_UNUSED, gpointer user G_GNUC_UNUSED)
{
}

/* Once is enough, however many pictures there are. */
static void
on_failed (const char *message, gpointer user)
{
  gboolean *told = user;

  if (!*told)
    gimp_message (message);
  *told = TRUE;
}

void
keep_pictures (const AdmJobResult *result, const UiSettings *settings)
{
  static const UiHistoryStoreFuncs funcs = { on_found, on_gone, on_failed };
  int row = result->width * result->channels;
  gsize bytes = (gsize) row * (gsize) result->height;
  g_autofree char *folder = keep_history_folder (), *state = keep_state_file ();
  UiStore *store = ui_store_new (state);
  gboolean told = FALSE;
  UiHistoryStore *kept
      = ui_history_store_new (folder, ui_store_history_limit (store), 0, &funcs, &told);

  for (int i = 0; i < result->count; i++) {
    g_autoptr (UiSettings) own = ui_settings_copy (settings);
    g_autoptr (GdkPixbuf) pixels = gdk_pixbuf_new_from_data (
        result->pixels + (gsize) i * bytes, GDK_COLORSPACE_RGB, result->channels == 4, 8,
        result->width, result->height, row, NULL, NULL);

    own->seed += i;
    own->count = 1;
    g_autofree char *key = ui_history_store_save (kept, pixels, own);
    ui_history_store_mark (kept, key, FALSE, TRUE);
  }
  ui_history_store_wait (kept);
  while (g_main_context_iteration (NULL, FALSE)) /* what there is to tell */
    ;
  ui_history_store_free (kept);
  ui_store_free (store);
}

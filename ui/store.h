/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is remembered between openings, in one key file: last values, own presets, recent and
 * favourite classes, measured times. Each change reads the file again, alters it and writes it
 * whole, so two open windows do not undo each other. */
#ifndef UI_STORE_H
#define UI_STORE_H

#include "settings.h"

#define UI_STORE_RECENTS 6

typedef struct UiStore UiStore;

/* What a step's time depends on. */
typedef enum UiCost { UI_COST_PLAIN, UI_COST_GUIDED, UI_COST_UPSAMPLE } UiCost;

/* PATH NULL: remembers until freed. A file that cannot be read counts as empty. */
UiStore *ui_store_new (const char *path);
void ui_store_free (UiStore *store); /* NULL is fine */
/* Why the last write failed, once (to be freed), or NULL. */
char *ui_store_take_error (UiStore *store);

/* Last values of a window (WINDOW: "generate", "upsample"); FALSE and SETTINGS untouched when there
 * are none. */
gboolean ui_store_get_last (UiStore *store, const char *window, UiSettings *settings,
                            gboolean *seed_locked, gboolean *live);
void ui_store_set_last (UiStore *store, const char *window, const UiSettings *settings,
                        gboolean seed_locked, gboolean live);

/* Own presets: names in order, NULL-terminated (g_strfreev). get: FALSE and SETTINGS untouched when
 * there is none. */
char **ui_store_presets (UiStore *store);
gboolean ui_store_get_preset (UiStore *store, const char *name, UiSettings *settings);
void ui_store_set_preset (UiStore *store, const char *name, const UiSettings *settings);
void ui_store_remove_preset (UiStore *store, const char *name);

/* Classes of a model, newest first, at most UI_STORE_RECENTS; NULL-terminated (g_strfreev). */
char **ui_store_recents (UiStore *store, const char *model);
void ui_store_add_recent (UiStore *store, const char *model, const char *class_name);
char **ui_store_favourites (UiStore *store, const char *model);
void ui_store_set_favourite (UiStore *store, const char *model, const char *class_name,
                             gboolean favourite);

/* How weights are kept in memory: in 16 bits, and within how many bytes (0: all there is). */
void ui_store_get_memory (UiStore *store, gboolean *half, guint64 *limit);
void ui_store_set_memory (UiStore *store, gboolean half, guint64 limit);

/* Whether More is open; the window's size (0: never noted); how many bytes of finished pictures are
 * kept. */
gboolean ui_store_get_more (UiStore *store);
void ui_store_set_more (UiStore *store, gboolean open);
void ui_store_get_size (UiStore *store, const char *window, int *width, int *height);
void ui_store_set_size (UiStore *store, const char *window, int width, int height);
guint64 ui_store_history_limit (UiStore *store);

/* Whether the artist has not been asked about the file PATH yet; from now on it counts as asked. */
gboolean ui_store_ask (UiStore *store, const char *path);

/* Seconds of one unit of work (UiBackend.amount), 0 when never measured; note blends a new
 * measurement in. */
double ui_store_seconds (UiStore *store, const char *model, UiCost cost);
void ui_store_note_seconds (UiStore *store, const char *model, UiCost cost, double seconds);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How models use memory: weights in 16 bits, and a limit. */
#ifndef UI_MEMORY_BOX_H
#define UI_MEMORY_BOX_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_MEMORY_BOX (ui_memory_box_get_type ())
G_DECLARE_FINAL_TYPE (UiMemoryBox, ui_memory_box, UI, MEMORY_BOX, GtkBox)

/* Signal "changed": by the artist. */
GtkWidget *ui_memory_box_new (void);
/* Shows what CATALOG was reckoned for. */
void ui_memory_box_set (UiMemoryBox *box, const UiCatalog *catalog);
gboolean ui_memory_box_get_half (UiMemoryBox *box);
guint64 ui_memory_box_get_limit (UiMemoryBox *box);
/* "half", "limit" (whether there is one), "gib"; NULL: no such part. */
GtkWidget *ui_memory_box_part (UiMemoryBox *box, const char *name);

#endif

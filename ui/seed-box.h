/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The seed: "new each time", or a number that is kept. After a run the number that it used is
 * shown; typing one keeps it, taking it away asks for a new one each time again. */
#ifndef UI_SEED_BOX_H
#define UI_SEED_BOX_H

#include <gtk/gtk.h>

#define UI_TYPE_SEED_BOX (ui_seed_box_get_type ())
G_DECLARE_FINAL_TYPE (UiSeedBox, ui_seed_box, UI, SEED_BOX, GtkBox)

/* Signals: "changed" (another seed by the artist's hand), "lock-changed". */
GtkWidget *ui_seed_box_new (void);
/* The seed of the next run, also while it is not shown. */
gint64 ui_seed_box_get (UiSeedBox *box);
/* Without a signal; shown from now on, unless it is the one that is not shown yet. */
void ui_seed_box_set (UiSeedBox *box, gint64 seed);
gboolean ui_seed_box_get_locked (UiSeedBox *box);
/* FALSE: a new one each time, and none is shown. */
void ui_seed_box_set_locked (UiSeedBox *box, gboolean locked);
/* Before a run: another one, unless locked. */
void ui_seed_box_next (UiSeedBox *box);
/* A run uses it: it is shown. */
void ui_seed_box_show_used (UiSeedBox *box);
GtkWidget *ui_seed_box_number (UiSeedBox *box); /* a GtkEntry */
GtkWidget *ui_seed_box_dice (UiSeedBox *box);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The seed: its number, a lock that keeps it from one Generate to the next, and dice for another
 * one now. */
#ifndef UI_SEED_BOX_H
#define UI_SEED_BOX_H

#include <gtk/gtk.h>

#define UI_TYPE_SEED_BOX (ui_seed_box_get_type ())
G_DECLARE_FINAL_TYPE (UiSeedBox, ui_seed_box, UI, SEED_BOX, GtkBox)

/* Signals: "changed" when the artist types, rolls or steps; "lock-changed". A seed set by hand is
 * locked. */
GtkWidget *ui_seed_box_new (void);
gint64 ui_seed_box_get (UiSeedBox *box);
void ui_seed_box_set (UiSeedBox *box, gint64 seed); /* without a signal, the lock as it is */
gboolean ui_seed_box_get_locked (UiSeedBox *box);
void ui_seed_box_set_locked (UiSeedBox *box, gboolean locked);
/* Another seed, unless locked; without a signal. */
void ui_seed_box_next (UiSeedBox *box);
GtkWidget *ui_seed_box_number (UiSeedBox *box);
GtkWidget *ui_seed_box_dice (UiSeedBox *box);

#endif

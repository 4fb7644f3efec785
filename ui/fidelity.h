/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trade-off of classifier guidance: a slider from diversity to fidelity and its number, the
 * gradient scale s. */
#ifndef UI_FIDELITY_H
#define UI_FIDELITY_H

#include <gtk/gtk.h>

#define UI_TYPE_FIDELITY (ui_fidelity_get_type ())
G_DECLARE_FINAL_TYPE (UiFidelity, ui_fidelity, UI, FIDELITY, GtkGrid)

/* Signal "changed" at every movement by the artist. Scale 0 … UI_SCALE_MAX. */
GtkWidget *ui_fidelity_new (void);
double ui_fidelity_get (UiFidelity *fidelity);
void ui_fidelity_set (UiFidelity *fidelity, double scale); /* without a signal */
GtkWidget *ui_fidelity_slider (UiFidelity *fidelity);      /* for the label's mnemonic */
/* Greyed with a reason, or NULL: available. */
void ui_fidelity_set_reason (UiFidelity *fidelity, const char *why_not);

#endif

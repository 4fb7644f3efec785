/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window that asks for a procedure's arguments.
 */
#ifndef ADM_DIALOG_H
#define ADM_DIALOG_H

#include <libgimp/gimp.h>

#include "adm.h"

/* Shows the arguments of PROCEDURE that CONFIG holds, with the models of CATALOG to choose from, until the user agrees (TRUE;
 * CONFIG holds the choices) or not (FALSE, ERROR set to PLUGIN_ERROR_CANCELLED). */
gboolean dialog_run (GimpProcedure *procedure, GimpProcedureConfig *config, adm_catalog *catalog, GError **error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors of the plug-in: a GError with one of three codes, which decide the status a procedure
 * returns to GIMP. The core's adm_error becomes a GError here and nowhere else.
 */
#ifndef ADM_PLUGIN_ERROR_H
#define ADM_PLUGIN_ERROR_H

#include <libgimp/gimp.h>

#include "adm.h"

#define PLUGIN_ERROR (plugin_error_quark ())

typedef enum {
  /* an argument, image or layer that cannot be: the caller can put it right */
  PLUGIN_ERROR_CALLING,
  PLUGIN_ERROR_EXECUTION, /* files, contents, memory, an image that went away */
  PLUGIN_ERROR_CANCELLED, /* stopped by the user: no message is shown */
} PluginErrorCode;

GQuark plugin_error_quark (void);

/* Sets ERROR (may be NULL) from a failed core call: bad usage is the caller's fault, cancelling is
 * no fault, all else fails in execution. It is worded by plugin-words.h. */
void plugin_error_set_core (GError **error, const adm_error *core);

/* The return values that tell GIMP of ERROR, which is taken over. PROCEDURE's other values stay
 * unset. */
GimpValueArray *plugin_error_return (GimpProcedure *procedure, GError *error);

#endif

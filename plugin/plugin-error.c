/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors of the plug-in: see plugin-error.h.
 */
#include "plugin-error.h"

#include "plugin-words.h"

GQuark
plugin_error_quark (void)
{
  return g_quark_from_static_string ("adm-plugin-error");
}

void
plugin_error_set_core (GError **error, const adm_error *core)
{
  PluginErrorCode code = PLUGIN_ERROR_EXECUTION;

  if (core->status == ADM_ERROR_USAGE)
    code = PLUGIN_ERROR_CALLING;
  else if (core->status == ADM_ERROR_CANCELLED)
    code = PLUGIN_ERROR_CANCELLED;
  g_autofree char *words = plugin_words (core);
  g_set_error_literal (error, PLUGIN_ERROR, code, words);
}

GimpValueArray *
plugin_error_return (GimpProcedure *procedure, GError *error)
{
  if (g_error_matches (error, PLUGIN_ERROR, PLUGIN_ERROR_CANCELLED)) {
    g_error_free (error);
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL, NULL);
  }
  if (g_error_matches (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING))
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CALLING_ERROR, error);
  return gimp_procedure_new_return_values (procedure, GIMP_PDB_EXECUTION_ERROR, error);
}

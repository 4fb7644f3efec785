/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Marks of weights: see weights-mark.h. */
#include "weights-mark.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const names[ADM_PARTS] = { "diffusion", "classifier", "upsampler" };

char *
weights_mark (const adm_model *model, adm_task_kind kind)
{
  GString *text = g_string_new (NULL);

  for (gsize i = kind == ADM_TASK_UPSCALE ? ADM_ROLE_UPSAMPLER : 0; i < ADM_PARTS; i++) {
    char mark[17];
    if (model->part[i] && adm_file_mark (model->part[i], mark, &(adm_error) { 0 }) == ADM_OK)
      g_string_append_printf (text, "%s%s=%s", text->len ? " " : "", names[i], mark);
  }
  return g_string_free (text, FALSE);
}

/* The mark of network NAME in TEXT, or NULL. To be freed. */
static char *
mark_of (const char *text, const char *name)
{
  g_auto (GStrv) marks = g_strsplit (text, " ", 8);

  for (int i = 0; marks[i]; i++)
    if (g_str_has_prefix (marks[i], name) && marks[i][strlen (name)] == '=')
      return g_strdup (marks[i] + strlen (name) + 1);
  return NULL;
}

char *
weights_mark_differs (const char *mark, const adm_model *model, adm_task_kind kind)
{
  g_autofree char *now = weights_mark (model, kind);
  const char *const words[]
      = { _ ("diffusion network"), _ ("classifier"), _ ("upsampling network") };
  g_autoptr (GString) missing = g_string_new (NULL), other = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *then = mark_of (mark, names[i]), *here = mark_of (now, names[i]);
    GString *list = !then ? NULL : !here ? missing : strcmp (then, here) != 0 ? other : NULL;
    if (list)
      g_string_append_printf (list, "%s%s", list->len ? ", " : "", words[i]);
  }
  if (other->len)
    return g_strdup_printf (_ ("The picture was made with other weights (%s) than “%s” has now: "
                               "with the same settings it comes out differently."),
                            other->str, model->name);
  if (missing->len)
    return g_strdup_printf (_ ("“%s” lacks what the picture was made with (%s): with the same "
                               "settings it comes out differently."),
                            model->name, missing->str);
  return NULL;
}

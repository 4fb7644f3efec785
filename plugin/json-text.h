/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON of yyjson's among GLib's strings. */
#ifndef ADM_JSON_TEXT_H
#define ADM_JSON_TEXT_H

#include <glib.h>
#include <stdlib.h>
#include <yyjson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (yyjson_doc, yyjson_doc_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (yyjson_mut_doc, yyjson_mut_doc_free)

/* DOCUMENT on one line; NULL when memory is short. Free with g_free. */
static inline char *
json_text (const yyjson_mut_doc *document)
{
  char *text = yyjson_mut_write (document, YYJSON_WRITE_NOFLAG, NULL), *copy = g_strdup (text);

  free (text);
  return copy;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of a generated layer: see metadata.h.
 */
#include "metadata.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

char *
metadata_to_json (const AdmSettings *settings, int64_t seed, gboolean generated)
{
  yyjson_mut_doc *document = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (document);
  gboolean ok = root != NULL;

  yyjson_mut_doc_set_root (document, root);
  ok = ok && yyjson_mut_obj_add_str (document, root, "version", adm_version ());
  ok = ok && yyjson_mut_obj_add_str (document, root, "model", settings->model);
  ok = ok && yyjson_mut_obj_add_str (document, root, "class", settings->class_name);
  if (generated)
    ok = ok && yyjson_mut_obj_add_real (document, root, "scale", settings->scale);
  ok = ok && yyjson_mut_obj_add_int (document, root, "steps", settings->steps);
  ok = ok && yyjson_mut_obj_add_str (document, root, "sampler", settings->sampler);
  ok = ok && yyjson_mut_obj_add_int (document, root, "seed", seed);
  ok = ok && yyjson_mut_obj_add_bool (document, root, "randomize", false);
  if (generated) {
    ok = ok && yyjson_mut_obj_add_int (document, root, "count", 1);
    ok = ok && yyjson_mut_obj_add_bool (document, root, "upsample", settings->upsample);
  }

  char *text = ok ? yyjson_mut_write (document, YYJSON_WRITE_NOFLAG, NULL) : NULL;
  char *copy = g_strdup (text);
  free (text);
  yyjson_mut_doc_free (document);
  return copy;
}

void
metadata_attach (GimpLayer *layer, const char *json)
{
  GimpParasite *parasite = gimp_parasite_new (METADATA_PARASITE, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE, (guint32)strlen (json) + 1, json);

  gimp_item_attach_parasite (GIMP_ITEM (layer), parasite);
  gimp_parasite_free (parasite);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of a generated layer: see metadata.h.
 */
#include "metadata.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "ui/class-names.h"

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
  } else
    ok = ok && yyjson_mut_obj_add_bool (document, root, "tiles", settings->tiles);

  char *text = ok ? yyjson_mut_write (document, YYJSON_WRITE_NOFLAG, NULL) : NULL;
  char *copy = g_strdup (text);
  free (text);
  yyjson_mut_doc_free (document);
  return copy;
}

void
metadata_attach (GimpLayer *layer, const char *json)
{
  GimpParasite *parasite
      = gimp_parasite_new (METADATA_PARASITE, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE,
                           (guint32) strlen (json) + 1, json);

  gimp_item_attach_parasite (GIMP_ITEM (layer), parasite);
  gimp_parasite_free (parasite);
}

char *
metadata_layer_name (const AdmSettings *settings, const char *model_name, int64_t seed)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  const char *subject = g_str_equal (settings->class_name, ARGUMENTS_NO_CLASS)
                            ? model_name
                            : ui_class_display_name (settings->class_name);

  char digits[32];
  g_ascii_formatd (number, sizeof number, "%g", settings->scale);
  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, seed);
  /* Translators: a layer's name: class or model, gradient scale, seed. */
  return g_strdup_printf (_ ("%s · s %s · seed %s"), subject, number, digits);
}

/* A parasite may come with anybody's file: bounded by its size, every value checked. */
gboolean
metadata_read (GimpLayer *layer, AdmSettings *settings)
{
  GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (layer), METADATA_PARASITE);
  guint32 size = 0;
  const char *data = parasite ? gimp_parasite_get_data (parasite, &size) : NULL;
  yyjson_doc *document
      = data && size < 65536 ? yyjson_read (data, strnlen (data, size), YYJSON_READ_NOFLAG) : NULL;
  yyjson_val *root = yyjson_doc_get_root (document);
  const char *model = yyjson_get_str (yyjson_obj_get (root, "model")),
             *class_name = yyjson_get_str (yyjson_obj_get (root, "class")),
             *sampler = yyjson_get_str (yyjson_obj_get (root, "sampler"));
  /* 0 when it is missing: an upsampled layer */
  double scale = yyjson_get_num (yyjson_obj_get (root, "scale"));
  int64_t steps = yyjson_get_sint (yyjson_obj_get (root, "steps")),
          seed = yyjson_get_sint (yyjson_obj_get (root, "seed"));
  gboolean ok = model && class_name && sampler && scale >= 0.0 && scale <= ARGUMENTS_MAX_SCALE
                && steps >= ARGUMENTS_MIN_STEPS && steps <= G_MAXINT && seed >= 0
                && seed <= G_MAXINT;

  if (ok)
    *settings = (AdmSettings) { .model = g_strdup (model),
                                .class_name = g_strdup (class_name),
                                .sampler = g_strdup (sampler),
                                .scale = scale,
                                .steps = (int) steps,
                                .seed = (int) seed,
                                .count = 1,
                                .upsample = yyjson_is_true (yyjson_obj_get (root, "upsample")),
                                .tiles = yyjson_is_true (yyjson_obj_get (root, "tiles")) };
  yyjson_doc_free (document);
  if (parasite)
    gimp_parasite_free (parasite);
  return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arguments of canvases: declared in one table, so that reading and writing back cannot forget
 * one. See arguments-canvas.h. */
#include "arguments-canvas.h"

#include <glib/gi18n-lib.h>

#include "plugin-error.h"

typedef enum Kind { TEXT, WHOLE, REAL, FLAG } Kind;

/* Their labels are in English alone: no dialog shows them. What the procedure browser shows is
 * translated. An argument that GIMP's declaration, the settings' key file and metadata know by one
 * name. */
typedef struct Argument {
  const char *name;
  Kind kind;
  const char *label, *help;
  double low, high, other; /* of WHOLE, REAL and FLAG; OTHER: when left out */
} Argument;

static const Argument canvas[] = {
  { "where", TEXT, "W_here",
    N_ ("What the picture covers: “selection”, “layer”, “image”, “new-image” or “map”. Empty: the "
        "selection where there is one, else the middle of the image, at the picture's natural "
        "size"),
    0, 0, 0 },
  { "width", WHOLE, "_Width",
    N_ ("Width of a picture for a new image, in pixels. 0: the model's own"), 0, UI_SIDE_MAX, 0 },
  { "height", WHOLE, "Hei_ght",
    N_ ("Height of a picture for a new image, in pixels. 0: the model's own"), 0, UI_SIDE_MAX, 0 },
  { "natural-size", FLAG, "_Natural size",
    N_ ("At the model's own size in the middle of what it would cover"), 0, 1, 0 },
  { "texture-size", REAL, "_Texture size",
    N_ ("2 makes everything in the picture twice as large, 0.5 half as large"), UI_TEXTURE_SIZE_MIN,
    UI_TEXTURE_SIZE_MAX, 1.0 },
  { "anchor", REAL, "_Anchor",
    N_ ("Of a large picture that starts from nothing: the share of the steps that is left after "
        "one "
        "part has gone first, so that it becomes one material. 1: every part for itself. 0: what "
        "suits the model"),
    0.0, 1.0, 0.0 },
  { "seamless-x", FLAG, "Seamless across", N_ ("The left edge goes on at the right one"), 0, 1, 0 },
  { "seamless-y", FLAG, "Seamless down", N_ ("The upper edge goes on at the lower one"), 0, 1, 0 },
  { "match-edges", FLAG, "_Match edges", N_ ("Goes on from what surrounds the selection"), 0, 1,
    0 },
  { "mend-seams", FLAG, "Mend _seams",
    N_ ("Keeps what it starts from, but for a band along the edges that makes it seamless"), 0, 1,
    0 },
  { "change", REAL, "_Change",
    N_ ("With a drawable to start from: how much of it is changed, from 0 to 1"), 0.0, 1.0, 0.6 },
  { "second-class", TEXT, "Second class", N_ ("A class to blend with the first one. Empty: none"),
    0, 0, 0 },
  { "balance", REAL, "_Balance", N_ ("The second class's share, from 0 to 1"), 0.0, 1.0, 0.5 },
  { "guidance", TEXT, "G_uidance",
    N_ ("“classifier”, “free” (classifier-free) or “default”: the classifier where there is one"),
    0, 0, 0 },
  { "guide-from", REAL, "Guide from", N_ ("The lowest noise level sigma at which guidance acts"),
    0.0, 1e6, 0.0 },
  { "guide-to", REAL, "Guide to",
    N_ ("The highest noise level sigma at which guidance acts. 0: all"), 0.0, 1e6, 0.0 },
  { "vary", REAL, "_Vary", N_ ("How far the noise is on its way to another seed's, 0 to 1"), 0.0,
    1.0, 0.0 },
  { "upsample-sampler", TEXT, "Upsampling sampler",
    N_ ("The sampler of the upsampling stage. Empty: the model's"), 0, 0, 0 },
  { "upsample-steps", WHOLE, "Upsampling steps",
    N_ ("Steps of the upsampling stage. 0: the model's"), 0, UI_STEPS_MAX, 0 },
};

static const Argument shared[] = {
  { "eta", REAL, "_Eta", N_ ("Of the sampler “ddim”: 0 adds no noise. -1: the model's"), -1.0, 1.0,
    OWN_ETA },
  { "exact", FLAG, "E_xact", N_ ("Direct convolutions instead of the fast ones"), 0, 1, 0 },
};

static void
declare (GimpProcedure *procedure, const Argument *arguments, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    const Argument *a = &arguments[i];
    const char *label = a->label, *help = _ (a->help);

    if (a->kind == TEXT)
      gimp_procedure_add_string_argument (procedure, a->name, label, help, "", G_PARAM_READWRITE);
    else if (a->kind == FLAG)
      gimp_procedure_add_boolean_argument (procedure, a->name, label, help, a->other > 0.0,
                                           G_PARAM_READWRITE);
    else if (a->kind == WHOLE)
      gimp_procedure_add_int_argument (procedure, a->name, label, help, G_MININT, G_MAXINT,
                                       (int) a->other, G_PARAM_READWRITE);
    else
      gimp_procedure_add_double_argument (procedure, a->name, label, help, -G_MAXDOUBLE,
                                          G_MAXDOUBLE, a->other, G_PARAM_READWRITE);
  }
}

/* Seeds that GIMP's numbers cannot hold, and what numbers of steps cannot say. */
static void
declare_words (GimpProcedure *procedure)
{
  gimp_procedure_add_string_argument (procedure, "long-seed", "Long seed",
                                      _ ("A seed over 2147483647, in decimal. Empty: the seed"), "",
                                      G_PARAM_READWRITE);
  gimp_procedure_add_string_argument (
      procedure, "respacing", "_Respacing",
      _ ("The steps as the reference spells them (“250”, “ddim25”, “10,15,20”). Empty: by their "
         "number"),
      "", G_PARAM_READWRITE);
}

void
arguments_declare_canvas (GimpProcedure *procedure)
{
  declare (procedure, canvas, G_N_ELEMENTS (canvas));
  arguments_declare_upscale_more (procedure);
  gimp_procedure_add_string_argument (procedure, "vary-seed", "Seed to vary to",
                                      _ ("The other seed, in decimal. Empty: 0"), "",
                                      G_PARAM_READWRITE);
  gimp_procedure_add_drawable_argument (procedure, "start", "Start from",
                                        _ ("What the picture starts from: what lies under it, as "
                                           "this layer's image shows it. None: nothing"),
                                        TRUE, G_PARAM_READWRITE);
  gimp_procedure_add_drawable_argument (procedure, "map", "Ma_p",
                                        _ ("A layer painted with the colors of classes, which "
                                           "take the class's place. None: no map"),
                                        TRUE, G_PARAM_READWRITE);
}

void
arguments_declare_upscale_more (GimpProcedure *procedure)
{
  declare (procedure, shared, G_N_ELEMENTS (shared));
  declare_words (procedure);
  arguments_declare_history (procedure);
}

void
arguments_declare_history (GimpProcedure *procedure)
{
  gimp_procedure_add_boolean_argument (
      procedure, "history", "Histor_y",
      _ ("Keep the pictures in the window's history, too, as those that the window made. A window "
         "itself always keeps them"),
      FALSE, G_PARAM_READWRITE);
}

static gboolean
has (GimpProcedureConfig *config, const char *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (config), name) != NULL;
}

/* A string argument, "" for the NULL that GIMP makes of it in its list of plug-ins. */
static char *
text_of (GimpProcedureConfig *config, const char *name)
{
  char *text = NULL;

  g_object_get (config, name, &text, NULL);
  return text ? text : g_strdup ("");
}

/* Writes the arguments into a key file's group, as ui/settings.h reads them. FALSE with ERROR set
 * for a number out of its range. */
static gboolean
gather (GimpProcedureConfig *config, const Argument *arguments, gsize n, GKeyFile *file,
        GError **error)
{
  for (gsize i = 0; i < n; i++) {
    const Argument *a = &arguments[i];
    gboolean flag;
    int whole;
    double real = a->low;

    if (!has (config, a->name))
      continue;
    if (a->kind == TEXT) {
      g_autofree char *text = text_of (config, a->name);
      if (*text)
        g_key_file_set_string (file, "a", a->name, text);
    } else if (a->kind == FLAG) {
      g_object_get (config, a->name, &flag, NULL);
      g_key_file_set_boolean (file, "a", a->name, flag);
    } else if (a->kind == WHOLE) {
      g_object_get (config, a->name, &whole, NULL);
      g_key_file_set_integer (file, "a", a->name, whole);
      real = whole;
    } else {
      g_object_get (config, a->name, &real, NULL);
      g_key_file_set_double (file, "a", a->name, real);
    }
    if (!(real >= a->low && real <= a->high)) { /* written so that NaN fails too */
      g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                   _ ("The value %g of “%s” is not possible. Choose %g to %g."), real, a->name,
                   a->low, a->high);
      return FALSE;
    }
  }
  return TRUE;
}

/* A word that is one of the key file's choices must have been understood. */
static gboolean
check_word (GimpProcedureConfig *config, const char *name, const char *understood,
            const char *possible, GError **error)
{
  g_autofree char *text = has (config, name) ? text_of (config, name) : g_strdup ("");

  if (!*text || g_strcmp0 (text, understood) == 0)
    return TRUE;
  g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
               _ ("“%s” cannot be “%s”. Choose one of these: %s."), name, text, possible);
  return FALSE;
}

static gboolean
check_words (GimpProcedureConfig *config, const UiSettings *settings, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  ui_settings_to_key_file (settings, file, "a");
  g_autofree char *where = g_key_file_get_string (file, "a", "where", NULL),
                  *guidance = g_key_file_get_string (file, "a", "guidance", NULL);
  return check_word (config, "where", where, "selection, layer, image, new-image, map", error)
         && check_word (config, "guidance", guidance, "default, classifier, free", error);
}

static gboolean
parse_seed (const char *text, gint64 *seed, GError **error)
{
  guint64 value;

  if (!*text)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, UI_SEED_MAX, &value, NULL)) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("“%s” is no seed. Choose a whole number from 0 to 9223372036854775807."), text);
    return FALSE;
  }
  *seed = (gint64) value;
  return TRUE;
}

static gboolean
read_canvas (GimpProcedureConfig *config, AdmArguments *arguments, GError **error)
{
  UiSettings *settings = arguments->settings;
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!gather (config, canvas, G_N_ELEMENTS (canvas), file, error)
      || !gather (config, shared, G_N_ELEMENTS (shared), file, error))
    return FALSE;
  settings->eta = OWN_ETA;
  ui_settings_from_key_file (settings, file, "a");
  arguments->where_given = g_key_file_has_key (file, "a", "where", NULL);
  if (!check_words (config, settings, error))
    return FALSE;
  if (has (config, "start")) {
    g_autofree char *vary_seed = text_of (config, "vary-seed");
    g_object_get (config, "start", &arguments->start, "map", &arguments->map, NULL);
    if (!parse_seed (vary_seed, &settings->vary_seed, error))
      return FALSE;
  }
  if (arguments->map) {
    settings->where = UI_WHERE_MAP;
    arguments->where_given = TRUE;
  }
  if (arguments->start || settings->mend_seams)
    settings->start = UI_START_LAYER;
  arguments->respacing = text_of (config, "respacing");
  if (!*arguments->respacing)
    g_clear_pointer (&arguments->respacing, g_free);
  return TRUE;
}

gboolean
arguments_read (GimpProcedureConfig *config, AdmArguments *arguments, GError **error)
{
  UiSettings *settings = ui_settings_new ();
  g_autofree char *model = text_of (config, "model"), *class_name = text_of (config, "class"),
                  *sampler = text_of (config, "sampler"), *seed = text_of (config, "long-seed");
  int short_seed;

  *arguments = (AdmArguments) { .settings = settings };
  ui_settings_set_model (settings, model);
  ui_settings_set_class (settings, class_name);
  ui_settings_set_sampler (settings, sampler);
  g_object_get (config, "steps", &settings->steps, "seed", &short_seed, "randomize",
                &arguments->randomize, "history", &arguments->history, NULL);
  settings->scale = 0.0;
  settings->seed = short_seed;
  if (has (config, "count"))
    g_object_get (config, "scale", &settings->scale, "count", &settings->count, "upsample",
                  &settings->upsample, NULL);
  if (has (config, "tiles")) {
    settings->task = UI_TASK_UPSAMPLE;
    g_object_get (config, "tiles", &settings->tiles, NULL);
  }
  if (!parse_seed (seed, &settings->seed, error) || !read_canvas (config, arguments, error))
    return FALSE;
  if (arguments->randomize) {
    settings->seed = g_random_int_range (0, G_MAXINT);
    g_object_set (config, "seed", (int) settings->seed, "long-seed", "", NULL);
  }
  return TRUE;
}

void
arguments_clear (AdmArguments *arguments)
{
  g_clear_pointer (&arguments->settings, ui_settings_free);
  g_clear_pointer (&arguments->respacing, g_free);
  g_clear_object (&arguments->start);
  g_clear_object (&arguments->map);
}

static void
scatter (GimpProcedureConfig *config, const Argument *arguments, gsize n, GKeyFile *file)
{
  for (gsize i = 0; i < n; i++) {
    const char *name = arguments[i].name;
    g_autofree char *text = g_key_file_get_string (file, "a", name, NULL);

    if (!has (config, name) || !text)
      continue;
    if (arguments[i].kind == TEXT)
      g_object_set (config, name, text, NULL);
    else if (arguments[i].kind == FLAG)
      g_object_set (config, name, g_key_file_get_boolean (file, "a", name, NULL), NULL);
    else if (arguments[i].kind == WHOLE)
      g_object_set (config, name, g_key_file_get_integer (file, "a", name, NULL), NULL);
    else
      g_object_set (config, name, g_key_file_get_double (file, "a", name, NULL), NULL);
  }
}

void
arguments_write (GimpProcedureConfig *config, const UiSettings *settings)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *seed = settings->seed > G_MAXINT
                              ? g_strdup_printf ("%" G_GINT64_FORMAT, settings->seed)
                              : g_strdup (""),
                  *vary = g_strdup_printf ("%" G_GINT64_FORMAT, settings->vary_seed);

  g_object_set (config, "model", settings->model, "class",
                *settings->class_name ? settings->class_name : ARGUMENTS_NO_CLASS, NULL);
  if (!has (config, "steps")) { /* the short procedure's */
    g_object_set (
        config, "seed", (int) MIN (settings->seed, G_MAXINT), "upsample", settings->upsample,
        "change", settings->start == UI_START_NOTHING ? 1.0 : settings->change, "seamless",
        settings->seamless_x && settings->seamless_y, "match-edges", settings->match_edges, NULL);
    return;
  }
  g_object_set (config, "steps", settings->steps, "sampler", settings->sampler, "seed",
                (int) MIN (settings->seed, G_MAXINT), "long-seed", seed, NULL);
  if (has (config, "count"))
    g_object_set (config, "scale", settings->scale, "count", settings->count, "upsample",
                  settings->upsample, "vary-seed", vary, NULL);
  else
    g_object_set (config, "tiles", settings->tiles, NULL);
  ui_settings_to_key_file (settings, file, "a");
  scatter (config, canvas, G_N_ELEMENTS (canvas), file);
  scatter (config, shared, G_N_ELEMENTS (shared), file);
}

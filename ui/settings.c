/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings that make a picture. One table knows all fields; copying, comparing and keeping go
 * through it. */
#include "settings.h"

#include "class-names.h"
#include "i18n.h"

#include <math.h>
#include <string.h>

typedef enum Kind {
  TEXT, /* char *, never NULL */
  WHOLE,
  SEED, /* gint64 */
  REAL,
  FLAG,
  CHOICE, /* an enum, kept by name */
} Kind;

typedef struct Field {
  const char *key;
  Kind kind;
  gsize offset;
  double low, high; /* of WHOLE and REAL */
  const char *const *names;
  gboolean elsewhere; /* makes no other picture: compared in ui_settings_equal alone, if at all */
} Field;

static const char *const tasks[] = { "generate", "upsample", NULL };
static const char *const guidances[] = { "default", "classifier", "free", NULL };
static const char *const wheres[] = { "selection", "layer", "image", "new-image", "map", NULL };
static const char *const starts[] = { "nothing", "layer", "picture", NULL };

#define AT(field) G_STRUCT_OFFSET (UiSettings, field)

static const Field fields[] = {
  { "task", CHOICE, AT (task), .names = tasks },
  { "model", TEXT, AT (model) },
  { "class", TEXT, AT (class_name) },
  { "second-class", TEXT, AT (second_class) },
  { "balance", REAL, AT (balance), 0.0, 1.0 },
  { "scale", REAL, AT (scale), 0.0, UI_SCALE_MAX },
  { "guidance", CHOICE, AT (guidance), .names = guidances },
  { "guide-from", REAL, AT (guide_from), 0.0, 1e6 },
  { "guide-to", REAL, AT (guide_to), 0.0, 1e6 },
  { "steps", WHOLE, AT (steps), UI_STEPS_MIN, UI_STEPS_MAX },
  { "sampler", TEXT, AT (sampler) },
  { "eta", REAL, AT (eta), 0.0, 1.0 },
  { "seed", SEED, AT (seed) },
  { "vary-seed", SEED, AT (vary_seed) },
  { "vary", REAL, AT (vary), 0.0, 1.0 },
  { "count", WHOLE, AT (count), 1, UI_COUNT_MAX, .elsewhere = TRUE },
  { "exact", FLAG, AT (exact) },
  { "upsample", FLAG, AT (upsample) },
  { "upsample-sampler", TEXT, AT (upsample_sampler) },
  { "upsample-steps", WHOLE, AT (upsample_steps), 0, UI_STEPS_MAX },
  { "where", CHOICE, AT (where), .names = wheres, .elsewhere = TRUE },
  { "width", WHOLE, AT (width), 0, UI_SIDE_MAX },
  { "height", WHOLE, AT (height), 0, UI_SIDE_MAX },
  { "natural-size", FLAG, AT (natural_size), .elsewhere = TRUE },
  { "texture-size", REAL, AT (texture_size), UI_TEXTURE_SIZE_MIN, UI_TEXTURE_SIZE_MAX },
  { "anchor", REAL, AT (anchor), 0.0, 1.0 },
  { "seamless-x", FLAG, AT (seamless_x) },
  { "seamless-y", FLAG, AT (seamless_y) },
  { "match-edges", FLAG, AT (match_edges) },
  { "mend-seams", FLAG, AT (mend_seams) },
  { "start", CHOICE, AT (start), .names = starts },
  { "change", REAL, AT (change), 0.0, 1.0 },
  { "weights", TEXT, AT (weights), .elsewhere = TRUE },
  { "tiles", FLAG, AT (tiles) },
};

/* The field's place in SETTINGS, as its kind. */
static char **
text_at (const UiSettings *settings, const Field *field)
{
  return G_STRUCT_MEMBER_P (settings, field->offset);
}

static int *
whole_at (const UiSettings *settings, const Field *field)
{
  return G_STRUCT_MEMBER_P (settings, field->offset);
}

static gint64 *
seed_at (const UiSettings *settings, const Field *field)
{
  return G_STRUCT_MEMBER_P (settings, field->offset);
}

static double *
real_at (const UiSettings *settings, const Field *field)
{
  return G_STRUCT_MEMBER_P (settings, field->offset);
}

static void
set_string (char **field, const char *value)
{
  char *old = *field;

  *field = g_strdup (value ? value : "");
  g_free (old);
}

UiSettings *
ui_settings_new (void)
{
  UiSettings *settings = g_new0 (UiSettings, 1);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (fields[i].kind == TEXT) {
      set_string (text_at (settings, &fields[i]), "");
    }
  }
  ui_settings_set_sampler (settings, "ddim");
  settings->balance = 0.5;
  settings->scale = 1.0;
  settings->steps = 25;
  settings->count = 1;
  settings->where = UI_WHERE_NEW_IMAGE;
  settings->texture_size = 1.0;
  settings->change = 0.6;
  return settings;
}

UiSettings *
ui_settings_copy (const UiSettings *settings)
{
  UiSettings *copy = ui_settings_new ();

  ui_settings_assign (copy, settings);
  return copy;
}

void
ui_settings_free (UiSettings *settings)
{
  if (!settings) {
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (fields[i].kind == TEXT) {
      g_free (*text_at (settings, &fields[i]));
    }
  }
  g_free (settings);
}

void
ui_settings_assign (UiSettings *to, const UiSettings *from)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields) && to != from; i++) {
    const Field *field = &fields[i];

    switch (field->kind) {
    case TEXT:
      set_string (text_at (to, field), *text_at (from, field));
      break;
    case SEED:
      *seed_at (to, field) = *seed_at (from, field);
      break;
    case REAL:
      *real_at (to, field) = *real_at (from, field);
      break;
    default:
      *whole_at (to, field) = *whole_at (from, field);
      break;
    }
  }
}

void
ui_settings_set_model (UiSettings *settings, const char *model)
{
  set_string (&settings->model, model);
}

void
ui_settings_set_class (UiSettings *settings, const char *class_name)
{
  set_string (&settings->class_name, class_name);
}

void
ui_settings_set_second_class (UiSettings *settings, const char *class_name)
{
  set_string (&settings->second_class, class_name);
}

void
ui_settings_set_sampler (UiSettings *settings, const char *sampler)
{
  set_string (&settings->sampler, sampler);
}

void
ui_settings_set_upsample_sampler (UiSettings *settings, const char *sampler)
{
  set_string (&settings->upsample_sampler, sampler);
}

void
ui_settings_set_weights (UiSettings *settings, const char *weights)
{
  set_string (&settings->weights, weights);
}

static gboolean
same_field (const UiSettings *a, const UiSettings *b, const Field *field)
{
  switch (field->kind) {
  case TEXT:
    return g_str_equal (*text_at (a, field), *text_at (b, field));
  case SEED:
    return *seed_at (a, field) == *seed_at (b, field);
  case REAL:
    return fabs (*real_at (a, field) - *real_at (b, field)) < 1e-9;
  case FLAG:
    return !*whole_at (a, field) == !*whole_at (b, field);
  default:
    return *whole_at (a, field) == *whole_at (b, field);
  }
}

gboolean
ui_settings_same_picture (const UiSettings *a, const UiSettings *b)
{
  /* a map takes the class's place; the other places are all of one size */
  gboolean same = (a->where == UI_WHERE_MAP) == (b->where == UI_WHERE_MAP);

  for (guint i = 0; i < G_N_ELEMENTS (fields) && same; i++) {
    same = fields[i].elsewhere || same_field (a, b, &fields[i]);
  }
  return same;
}

gboolean
ui_settings_equal (const UiSettings *a, const UiSettings *b)
{
  return ui_settings_same_picture (a, b) && a->count == b->count;
}

void
ui_settings_to_key_file (const UiSettings *settings, GKeyFile *file, const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    const Field *field = &fields[i];

    switch (field->kind) {
    case TEXT:
      g_key_file_set_string (file, group, field->key, *text_at (settings, field));
      break;
    case SEED:
      g_key_file_set_int64 (file, group, field->key, *seed_at (settings, field));
      break;
    case REAL:
      g_key_file_set_double (file, group, field->key, *real_at (settings, field));
      break;
    case CHOICE:
      g_key_file_set_string (file, group, field->key, field->names[*whole_at (settings, field)]);
      break;
    case FLAG:
      g_key_file_set_boolean (file, group, field->key, *whole_at (settings, field));
      break;
    case WHOLE:
      g_key_file_set_integer (file, group, field->key, *whole_at (settings, field));
      break;
    }
  }
}

/* Takes over what VALUE, of the key file, says, where it is something that can be. */
static void
read_field (UiSettings *settings, const Field *field, GKeyFile *file, const char *group)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_key_file_get_string (file, group, field->key, NULL);
  double real;
  gint64 seed;
  int whole;

  switch (field->kind) {
  case TEXT:
    if (text) {
      set_string (text_at (settings, field), text);
    }
    break;
  case SEED:
    seed = g_key_file_get_int64 (file, group, field->key, &error);
    if (!error && seed >= 0) {
      *seed_at (settings, field) = seed;
    }
    break;
  case REAL:
    real = g_key_file_get_double (file, group, field->key, &error);
    if (!error && real >= field->low && real <= field->high) {
      *real_at (settings, field) = real;
    }
    break;
  case CHOICE:
    for (int i = 0; text && field->names[i]; i++) {
      if (g_str_equal (text, field->names[i])) {
        *whole_at (settings, field) = i;
      }
    }
    break;
  case FLAG:
    whole = g_key_file_get_boolean (file, group, field->key, &error);
    if (!error) {
      *whole_at (settings, field) = whole;
    }
    break;
  case WHOLE:
    whole = g_key_file_get_integer (file, group, field->key, &error);
    if (!error && whole >= field->low && whole <= field->high) {
      *whole_at (settings, field) = whole;
    }
    break;
  }
}

void
ui_settings_from_key_file (UiSettings *settings, GKeyFile *file, const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    read_field (settings, &fields[i], file, group);
  }
}

char *
ui_settings_scale_text (double scale)
{
  char *text = g_strdup_printf ("%.4f", scale);
  gsize n = strlen (text);

  while (text[n - 1] == '0') {
    n--;
  }
  while (!g_ascii_isdigit (text[n - 1])) { /* the point, whatever it is here */
    n--;
  }
  text[n] = '\0';
  return text;
}

char *
ui_settings_class_text (const UiSettings *settings)
{
  const char *first = *settings->class_name ? ui_class_display_name (settings->class_name)
                      : settings->where == UI_WHERE_MAP ? _ ("Map")
                                                        : _ ("Anything");

  return *settings->second_class ? g_strdup_printf (_ ("%s and %s"), first,
                                                    ui_class_display_name (settings->second_class))
                                 : g_strdup (first);
}

char *
ui_settings_caption (const UiSettings *settings)
{
  g_autofree char *scale = ui_settings_scale_text (settings->scale);
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT, settings->seed);
  g_autofree char *words = ui_settings_class_text (settings);

  if (settings->task == UI_TASK_UPSAMPLE) {
    return g_strdup_printf (_ ("upsampled · seed %s"), seed);
  }
  /* Translators: class, gradient scale, seed, as in "CLASS · character 1.5 · seed 1234". */
  return g_strdup_printf (_ ("%s · character %s · seed %s"), words, scale, seed);
}

static void G_GNUC_PRINTF (2, 3) add_line (GString *text, const char *format, ...)
{
  va_list arguments;

  if (text->len) {
    g_string_append_c (text, '\n');
  }
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

/* What is not as usual. */
static void
describe_canvas (const UiSettings *settings, GString *text)
{
  if (settings->width) {
    add_line (text, _ ("%d × %d px"), settings->width, settings->height);
  }
  if (settings->start != UI_START_NOTHING) {
    add_line (text,
              settings->start == UI_START_LAYER ? _ ("From the layer, changed by %d %%")
                                                : _ ("From a picture, changed by %d %%"),
              (int) round (100.0 * settings->change));
  }
  if (settings->seamless_x || settings->seamless_y) {
    add_line (text, "%s", _ ("Seamless"));
  }
  if (settings->vary > 0.0) {
    add_line (text, _ ("Varied by %d %%"), (int) round (100.0 * settings->vary));
  }
}

char *
ui_settings_describe (const UiSettings *settings, const char *model_name)
{
  g_autofree char *scale = ui_settings_scale_text (settings->scale);
  g_autofree char *sampler = g_ascii_strup (settings->sampler, -1);
  g_autofree char *words = ui_settings_class_text (settings);
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT, settings->seed);
  GString *text = g_string_new (NULL);

  add_line (text, _ ("Model %s"), model_name && *model_name ? model_name : settings->model);
  add_line (text, _ ("Class %s"), words);
  if (settings->task == UI_TASK_GENERATE) {
    add_line (text, _ ("Gradient scale %s"), scale);
  }
  add_line (text, NN_ ("%d step, %s", "%d steps, %s", settings->steps), settings->steps, sampler);
  add_line (text, _ ("Seed %s"), seed);
  if (settings->upsample) {
    add_line (text, "%s", settings->tiles ? _ ("Upsampled in tiles") : _ ("Upsampled"));
  }
  if (settings->task == UI_TASK_GENERATE) {
    describe_canvas (settings, text);
  }
  return g_string_free (text, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings that make a picture: a plain struct, compared, copied, put into words, and kept in a
 * GKeyFile. */
#ifndef UI_SETTINGS_H
#define UI_SETTINGS_H

#include <glib.h>

#define UI_SCALE_MAX 10.0
#define UI_STEPS_MIN 2
#define UI_STEPS_MAX 1000
#define UI_COUNT_MAX 64
#define UI_SEED_MAX G_MAXINT

typedef struct UiSettings {
  char *model;       /* id of the model, never NULL, "" when none */
  char *class_name;  /* a name, or a number in decimal; "" means no class; never NULL */
  double scale;      /* gradient scale s of classifier guidance, 0 … UI_SCALE_MAX */
  int steps;         /* UI_STEPS_MIN … UI_STEPS_MAX */
  char *sampler;     /* id as on the command line ("ddim"), never NULL */
  gint64 seed;       /* 0 … UI_SEED_MAX; of the first picture, picture i has seed + i */
  int count;         /* pictures, 1 … UI_COUNT_MAX */
  gboolean upsample; /* through the upsampler afterwards */
  /* Upsample Layer only: in tiles, instead of reduced to the network's size first */
  gboolean tiles;
} UiSettings;

/* No model, no class, scale 1, 25 steps of DDIM, seed 0, one picture. Freed with
 * ui_settings_free. */
UiSettings *ui_settings_new (void);
UiSettings *ui_settings_copy (const UiSettings *settings);
void ui_settings_free (UiSettings *settings); /* NULL is fine */
void ui_settings_assign (UiSettings *to, const UiSettings *from);

void ui_settings_set_model (UiSettings *settings, const char *model);
void ui_settings_set_class (UiSettings *settings, const char *class_name);
void ui_settings_set_sampler (UiSettings *settings, const char *sampler);

/* Whether both make the same picture: everything but the count is equal. */
gboolean ui_settings_same_picture (const UiSettings *a, const UiSettings *b);
/* The same and the same count. */
gboolean ui_settings_equal (const UiSettings *a, const UiSettings *b);

/* Into and out of a group. Keys that are missing, of the wrong type or out of range leave SETTINGS
 * as it is. */
void ui_settings_to_key_file (const UiSettings *settings, GKeyFile *file, const char *group);
void ui_settings_from_key_file (UiSettings *settings, GKeyFile *file, const char *group);

/* "CLASS · s 1.5 · seed 1234", and one line for each setting; MODEL_NAME is shown in place of the
 * id. UPSAMPLE_ONLY: of Upsample Layer, which has no scale. To be freed. */
char *ui_settings_caption (const UiSettings *settings, gboolean upsample_only);
char *ui_settings_describe (const UiSettings *settings, const char *model_name,
                            gboolean upsample_only);
/* The scale as shown: "1.5", "2"; in the artist's locale. To be freed. */
char *ui_settings_scale_text (double scale);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiSettings, ui_settings_free)

#endif

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
#define UI_SEED_MAX G_MAXINT64
#define UI_SIDE_MAX 16384
#define UI_TEXTURE_SIZE_MIN 0.25
#define UI_TEXTURE_SIZE_MAX 8.0

/* What a window, and every job of it, is for. Settings carry it, so that whoever gets them knows
 * which of their fields count. */
typedef enum UiTask {
  UI_TASK_GENERATE, /* pictures of a class */
  UI_TASK_UPSAMPLE, /* Upsample Layer: no scale, one picture */
} UiTask;

/* What the picture is to cover. */
typedef enum UiWhere {
  UI_WHERE_SELECTION,
  UI_WHERE_LAYER,
  UI_WHERE_IMAGE,
  UI_WHERE_NEW_IMAGE,
  UI_WHERE_MAP, /* a layer painted with the colours of classes, which stand for the class then */
} UiWhere;
enum { UI_WHERE_KINDS = UI_WHERE_MAP + 1 };

/* What the picture is made from (SDEdit). */
typedef enum UiStart {
  UI_START_NOTHING,
  UI_START_LAYER,   /* what lies under the target */
  UI_START_PICTURE, /* a picture of the history, which the job hands over */
} UiStart;

typedef enum UiGuidance {
  UI_GUIDANCE_DEFAULT, /* the model's: by its classifier where it has one */
  UI_GUIDANCE_CLASSIFIER,
  UI_GUIDANCE_FREE, /* classifier-free: towards the class, away from no class */
} UiGuidance;

/* Of UPSAMPLE count the model, the class, sampler, steps, eta, seed, exact and tiles. */
typedef struct UiSettings {
  UiTask task;
  char *model;        /* id of the model, never NULL, "" when none */
  char *class_name;   /* a name, or a number in decimal; "" means no class; never NULL */
  char *second_class; /* to be blended with the first, likewise; "": none */
  double balance;     /* the second class's share, 0 … 1 */
  double scale;       /* gradient scale s of guidance, 0 … UI_SCALE_MAX */
  UiGuidance guidance;
  /* guidance acts at noise levels sigma within; both 0: at all that hold something of a picture */
  double guide_from, guide_to;
  int steps;     /* UI_STEPS_MIN … UI_STEPS_MAX */
  char *sampler; /* id as on the command line ("ddim"), never NULL */
  double eta;    /* DDIM: 0 … 1 */
  gint64 seed;   /* 0 … UI_SEED_MAX; of the first picture, picture i has seed + i */
  /* the noise is VARY of the way (0 … 1) from SEED's to VARY_SEED's; 0: SEED's own */
  gint64 vary_seed;
  double vary;
  int count;      /* pictures, 1 … UI_COUNT_MAX */
  gboolean exact; /* direct convolutions instead of the fast ones */

  gboolean upsample;      /* through the upsampler afterwards */
  char *upsample_sampler; /* of that stage; "": the model's; never NULL */
  int upsample_steps;     /* 0: the model's */

  UiWhere where;
  /* Of the finished picture, pixels, 1 … UI_SIDE_MAX; both 0: the model's own, after the upsampler
   * where it acts. */
  int width, height;
  gboolean natural_size; /* at the model's own size in the middle of the target, not covering it */
  double texture_size;   /* 2: everything twice as large; UI_TEXTURE_SIZE_MIN … _MAX; 1: as it is */
  double anchor;         /* of a canvas from nothing: adm_canvas.anchor; 0: the model's default */
  gboolean seamless_x,
      seamless_y;       /* the left edge goes on at the right one, the upper at the lower */
  gboolean match_edges; /* goes on from what surrounds the target */
  gboolean mend_seams;  /* keeps what it starts from but for a band that makes it seamless */
  UiStart start;
  double change; /* 0 … 1: how much of what it starts from is changed */

  /* marks of the weights that made it, as the backend writes them; "": not made yet; never NULL */
  char *weights;

  gboolean tiles; /* UPSAMPLE: in tiles, instead of reduced to the network's size first */
} UiSettings;

/* To generate: no model, no class, scale 1, 25 steps of DDIM, seed 0, one picture of the model's
 * own size for a new image, from nothing. Freed with ui_settings_free. */
UiSettings *ui_settings_new (void);
UiSettings *ui_settings_copy (const UiSettings *settings);
void ui_settings_free (UiSettings *settings); /* NULL is fine */
void ui_settings_assign (UiSettings *to, const UiSettings *from);

void ui_settings_set_model (UiSettings *settings, const char *model);
void ui_settings_set_class (UiSettings *settings, const char *class_name);
void ui_settings_set_second_class (UiSettings *settings, const char *class_name);
void ui_settings_set_sampler (UiSettings *settings, const char *sampler);
void ui_settings_set_upsample_sampler (UiSettings *settings, const char *sampler);
void ui_settings_set_weights (UiSettings *settings, const char *weights);

/* Whether both make the same picture: everything but the count is equal. */
gboolean ui_settings_same_picture (const UiSettings *a, const UiSettings *b);
/* The same and the same count. */
gboolean ui_settings_equal (const UiSettings *a, const UiSettings *b);

/* Into and out of a group. Keys that are missing, of the wrong type or out of range leave SETTINGS
 * as it is. */
void ui_settings_to_key_file (const UiSettings *settings, GKeyFile *file, const char *group);
void ui_settings_from_key_file (UiSettings *settings, GKeyFile *file, const char *group);

/* "CLASS · character 1.5 · seed 1234", and one line for each setting; MODEL_NAME is
 * shown in place of the id. To be freed. */
char *ui_settings_caption (const UiSettings *settings);
char *ui_settings_describe (const UiSettings *settings, const char *model_name);
/* "brick", "brick and bark"; what a picture shows. To be freed. */
char *ui_settings_class_text (const UiSettings *settings);
/* The scale as shown: "1.5", "2", "0.25": all its digits; in the artist's locale. To be freed. */
char *ui_settings_scale_text (double scale);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiSettings, ui_settings_free)

#endif

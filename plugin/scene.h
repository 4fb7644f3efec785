/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a task reads from an image, in the form the core takes: the picture it starts from, what is
 * to be made and what is known, and where each class of a map is. */
#ifndef ADM_SCENE_H
#define ADM_SCENE_H

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "adm.h"
#include "target.h"

/* Two classes blended, or those of a map. */
enum { SCENE_CLASSES = 64 };

typedef struct Scene {
  int width, height; /* of the finished picture; 0: the network's own */
  float *init;       /* [3][height][width] in [-1, 1], or NULL */
  float *made;       /* [height][width], 1 made, 0 known; NULL: all is made */
  float *selection;  /* [height][width] in [0, 1]: the layer's mask to be; NULL: none */
  adm_class_weight classes[SCENE_CLASSES];
  int class_count;
} Scene;

/* Reads what SETTINGS need for MODEL at TARGET. PICTURE is what they start from where they say
 * so, 8-bit RGB. NULL with ERROR set; freed with scene_free. */
Scene *scene_read (const UiSettings *settings, const adm_model *model, const Target *target,
                   const GdkPixbuf *picture, GError **error);
void scene_free (Scene *scene); /* NULL is fine */

/* Lets TASK, which generates by SETTINGS, work on SCENE, which must outlive it. */
void scene_apply (const Scene *scene, const UiSettings *settings, adm_task *task);

/* Where it is to be, and the classes of the map that lies there, read at any size. */
typedef struct ScenePlace {
  const Target *target;
  const Scene *map; /* NULL: there is none */
} ScenePlace;

/* How much one picture of SETTINGS at PLACE costs, in FLOPs: AMOUNT[0] sampling (or upsampling
 * alone), AMOUNT[1] upsampling afterwards. Where they start from a chosen picture there is one;
 * pixels are not looked at. FALSE: it cannot be made. MOST_STEPS as in arguments_to_generate. */
gboolean scene_amount (const UiSettings *settings, const adm_model *model, int most_steps,
                       const ScenePlace *place, double amount[2]);

#endif

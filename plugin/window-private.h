/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the artist's window share. */
#ifndef ADM_WINDOW_PRIVATE_H
#define ADM_WINDOW_PRIVATE_H

#include <libgimp/gimpui.h>

#include "import.h"
#include "region.h"
#include "scene.h"
#include "swatches.h"
#include "upscale.h"
#include "window-models.h"
#include "window-targets.h"
#include "window-teach.h"
#include "worker.h"

typedef struct Window {
  UiBackend backend;
  UiSampler samplers[8];
  char *sampler_names[8];
  char *state_file, *history_folder;
  WindowModels *models;
  WindowTargets *targets; /* NULL where only a layer is upsampled */
  guint watch;            /* source of the timer that follows the targets */
  gboolean working;       /* a job runs */
  UiSettings *generated;  /* what was last generated with, or NULL */
  Worker *worker;
  Swatches *swatches; /* NULL where only a layer is upsampled */
  gboolean half;      /* how weights are kept, and within which memory */
  guint64 limit;
  UiEventFunc func;
  gpointer sink;
  GtkWidget *dialog;
  GimpImage *image; /* the last that layers went to; before: which the window was opened for */
  gboolean image_closed;
  const Region *region; /* to be upsampled; NULL: pictures are generated */
  GimpLayer *layer;     /* that REGION is of */
  GPtrArray *layers;    /* of GimpLayer, all that were added; the id of one is its index + 1 */
  GArray *gone;         /* of gboolean, for each of them: whether it was last seen missing */
  GSList *idles;        /* pending calls of ours, source ids */
  Import *import;
  Teach *teach; /* NULL where only a layer is upsampled */
  Scene *map;   /* the classes of a map, read small for estimates; NULL: not read */
  guint map_target;
  char *map_model;
} Window;

/* Tells EVENT to the panel, now. */
void window_tell (const UiEvent *event, gpointer window);

/* The same when the caller has returned, as the interface promises. MESSAGE, freed then, becomes
 * EVENT's. */
void window_tell_later (Window *window, UiEvent event, char *message);

/* See UiBackend.reuse_settings. */
char *window_reuse_settings (UiSettings *settings, gpointer user);

/* See UiBackend.add. */
char *window_add (const UiResult *const *results, gsize n, const UiAdd *how, guint *ids,
                  gboolean *offer_new_image, gpointer user);

/* See UiBackend.amount. */
gboolean window_amount (const UiSettings *settings, guint target, double amount[2], gpointer user);
/* The map may have been painted on since it was read. */
void window_forget_map (Window *window);
/* The upsampling network of the model SHOWN. */
UpscaleNetwork window_upsampler (const UiModel *shown);

/* Looks which of the added layers are still there, and tells what has changed. */
void window_watch_layers (Window *window);

/* Whether the window's own image is open. GIMP keeps a closed one alive while the procedure that
 * was called with it runs, so the view it was called from is asked, too. */
gboolean window_image_is_open (Window *window);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A backend that plays a script: pictures that emerge from noise on a timer, failures on request,
 * and a record of what the window asked for. */
#ifndef FAKE_BACKEND_H
#define FAKE_BACKEND_H

#include "ui/backend.h"

/* The first model, a made-up one: the window knows none. */
#define FAKE_MODEL "textures-64"
#define FAKE_MODEL_NAME "Textures 64"

typedef struct FakeBackend {
  UiBackend api; /* first: hand &fake->api to the window */
  UiEventFunc func;
  gpointer sink;

  /* script */
  guint step_ms;       /* between steps */
  int fail_at_step;    /* the job fails after this step; 0: never */
  char *add_message;   /* what add answers, or NULL */
  gboolean add_offers; /* and offers a new image */
  char *reuse_message;
  UiSettings *reuse;    /* what the active layer has, or NULL */
  gboolean silent_stop; /* stop sends no event: the test sends late ones itself */

  UiTarget targets[6];
  UiTargets there;
  char *history_folder;
  gboolean no_swatch; /* classes have none */
  char *map_message;  /* what paint_map answers, or NULL */

  /* record */
  const char *section; /* of the help that was opened last */
  guint starts, stops, adds, closes, helps, rescans, warms, imports, folders_added;
  char warmed[64], path[256]; /* of the last call */
  guint added;                /* results of the last add */
  gint64 added_seeds[64];
  UiAddAs added_as;
  guint added_target, layers;                  /* of the last add; ids given so far */
  GPtrArray *jobs;                             /* UiSettings of each start */
  GArray *drafts;                              /* gboolean of each start */
  GArray *ids;                                 /* guint of each start */
  GArray *job_targets;                         /* guint of each start */
  GPtrArray *pictures;                         /* GdkPixbuf of each start, or NULL */
  guint swatches, surroundings, maps, teaches; /* calls */
  guint32 rgb;                                 /* of the last paint_with */
  char *added_path;
  gint64 started_at; /* g_get_monotonic_time of the last start */

  /* the swatch asked for */
  guint swatch_source;
  char *swatch_model, *swatch_class;
  UiLegendEntry colours[32];

  /* the running job */
  guint source, job;
  UiSettings *settings;
  gboolean draft, upsampling;
  int image, step;

  UiCatalog catalog;
  UiModel models[4];
  /* names of the first model's, which are the embedded model's: they are translated */
  char **classes;
  char **thousand; /* and of the second's */
  const char *notes[2];
  int answers[2];             /* of the last answer */
  const char *answer_message; /* NULL: it is remembered */
} FakeBackend;

/* Two models: one whole with the embedded model's classes, one with 1000 classes and without
 * classifier and upsampler. */
FakeBackend *fake_backend_new (const char *state_file);
void fake_backend_free (FakeBackend *fake);
/* Before the window is made: the backend can do all of the canvas, in an image wall.xcf with a
 * selection, a layer and a map. */
void fake_backend_canvas (FakeBackend *fake);
/* The picture of SETTINGS with what is left of the noise, 0 … 1. */
GdkPixbuf *fake_picture (const UiSettings *settings, int side, double noise);
/* From now on there is a file with two questions; a catalog event tells the window. */
void fake_backend_open_file (FakeBackend *fake);
/* Sends an event of any job. */
void fake_backend_send (FakeBackend *fake, UiEvent event);

#endif

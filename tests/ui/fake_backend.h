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
  char *add_message;   /* what add_layers answers, or NULL */
  gboolean add_offers; /* and offers a new image */
  char *reuse_message;
  UiSettings *reuse;    /* what the active layer has, or NULL */
  gboolean silent_stop; /* stop sends no event: the test sends late ones itself */

  /* record */
  guint starts, stops, adds, closes, helps, rescans, warms, imports, folders_added;
  char warmed[64], path[256]; /* of the last call */
  guint added;                /* results of the last add */
  gint64 added_seeds[64];
  gboolean added_new_image;
  GPtrArray *jobs;   /* UiSettings of each start */
  GArray *drafts;    /* gboolean of each start */
  GArray *ids;       /* guint of each start */
  gint64 started_at; /* g_get_monotonic_time of the last start */

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
/* The picture of SETTINGS with what is left of the noise, 0 … 1. */
GdkPixbuf *fake_picture (const UiSettings *settings, int side, double noise);
/* From now on there is a file with two questions; a catalog event tells the window. */
void fake_backend_open_file (FakeBackend *fake);
/* Sends an event of any job. */
void fake_backend_send (FakeBackend *fake, UiEvent event);

#endif

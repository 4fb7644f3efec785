/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window asks of the program that shows it, and what it is told. Plain data and function
 * pointers: the window knows neither GIMP nor the core, so a scripted backend can drive it.
 *
 * Everything here happens on the main thread. Functions of the backend return at once; what takes
 * time is reported by events. Strings are UTF-8, in the artist's language where they are sentences.
 */
#ifndef UI_BACKEND_H
#define UI_BACKEND_H

#include "settings.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* ---- what there is --------------------------------------------------------------------------- */

typedef struct UiSampler {
  const char *id;   /* as in UiSettings.sampler */
  const char *name; /* as shown: "DDIM" */
} UiSampler;

/* How a model goes into the memory that models may use. */
typedef enum UiFit {
  UI_FIT_WHOLE,  /* all its networks at once */
  UI_FIT_STAGED, /* one stage at a time, each read again when its turn comes */
  UI_FIT_HALF,   /* only with weights in 16 bits */
  UI_FIT_NOT,
} UiFit;

typedef struct UiModel {
  const char *id;                 /* stable, as in UiSettings.model */
  const char *name;               /* as shown */
  const char *license;            /* one line, or NULL */
  const char *license_file;       /* of its whole text, or NULL */
  int image_size;                 /* side in pixels */
  int upsampled_size;             /* side after the upsampler; 0: there is no upsampler */
  int upsample_input;             /* side of the picture the upsampler takes; 0 as above */
  const char *const *class_names; /* n_classes of them; NULL when there are none */
  /* n_classes of them: what else a class is found by, commas between ("stone, cliff"), or "". NULL:
   * no class has any. */
  const char *const *class_synonyms;
  gsize n_classes;
  gboolean has_no_class; /* "(no class)" is a choice: the network was trained with labels dropped */
  gboolean has_guidance; /* there is a classifier, so the gradient scale acts */
  gboolean can_generate; /* there is a diffusion network; FALSE: MISSING says what to do */
  double default_scale;
  const char *default_sampler;
  int default_steps, most_steps; /* most_steps 0: not known */
  const char *upsample_sampler;  /* of the upsampling stage */
  int upsample_steps, most_upsample_steps;
  /* the exact file names and where they are published, or NULL when the model is whole */
  const char *missing;
  guint64 memory_needed; /* bytes to run it, in stages where it does not fit at once; 0 unknown */
  UiFit fit;
} UiModel;

/* Something that a weights file does not tell about its network. */
typedef struct UiQuestion {
  const char *words;
  const char *const *answers; /* n_answers of them, possible ones only, the likeliest first */
  gsize n_answers;
} UiQuestion;

typedef struct UiOpenFile {
  const char *path;
  const UiQuestion *questions;
  gsize n_questions;
} UiOpenFile;

/* Owned by the backend, valid until the next UI_EVENT_CATALOG. */
typedef struct UiCatalog {
  const UiModel *models;
  gsize n_models;
  const char *const *folders; /* searched, absolute paths */
  gsize n_folders;
  const char *const *notes; /* files that could not be read: what, where, what to do */
  gsize n_notes;
  const UiOpenFile *open_files; /* weights files with questions */
  gsize n_open_files;
  /* bytes of this machine, and of them what programs can still have; 0 unknown */
  guint64 memory_there, memory_free;
  /* What the memory needed was reckoned for. */
  gboolean half;
  guint64 memory_limit; /* bytes; 0: all that is there */
} UiCatalog;

/* ---- jobs ------------------------------------------------------------------------------------ */

/* A job makes settings->count pictures, one after the other. */
typedef struct UiJob {
  guint id;                   /* never 0, never used twice; every event of the job carries it */
  const UiSettings *settings; /* valid during the call only. scale is 0 where guidance cannot act */
  gboolean draft;             /* a first look with few steps: not worth keeping beyond the window */
} UiJob;

/* A finished picture. */
typedef struct UiResult {
  GdkPixbuf *pixels;    /* 8-bit RGB */
  UiSettings *settings; /* of this picture alone: its own seed, count 1 */
} UiResult;

typedef enum UiEventKind {
  UI_EVENT_LOADING, /* reading weights: fraction. job is 0 when they are read ahead of time */
  /* nothing is read ahead of time any more. message: NULL, or what is wrong with the weights. job
   * is 0 */
  UI_EVENT_LOADED,
  /* it goes on: image, images, upsampling, step, steps, fraction, seconds_per_step; pixels: x̂0
   * after a step, else NULL */
  UI_EVENT_STEP,
  UI_EVENT_IMAGE,   /* a picture is finished: pixels, settings */
  UI_EVENT_DONE,    /* nothing more comes from this job: it is finished, or has been stopped */
  UI_EVENT_FAILED,  /* nothing more comes from this job: message says what, where and what to do */
  UI_EVENT_CATALOG, /* models or folders have changed: ask again. job is 0 */
  UI_EVENT_IMPORTING, /* a checkpoint is being brought in: fraction. job is 0 */
  UI_EVENT_IMPORTED,  /* message: NULL, or why it failed. job is 0 */
  /* message: NULL when answers are remembered, or why they, or a folder, could not be. job is 0 */
  UI_EVENT_ANSWERED,
} UiEventKind;

/* Valid during the call only; the window copies what it keeps and takes references. */
typedef struct UiEvent {
  UiEventKind kind;
  guint job;
  double fraction;   /* 0 … 1; of this stage and picture, moves within a step too */
  int image, images; /* which picture of the job, from 0 */
  gboolean upsampling;
  int step, steps;         /* steps done of this stage and picture */
  double seconds_per_step; /* measured by this job in this stage so far; 0: not yet */
  GdkPixbuf *pixels;
  const UiSettings *settings;
  const char *message;
} UiEvent;

typedef void (*UiEventFunc) (const UiEvent *event, gpointer sink);

/* ---- the backend ----------------------------------------------------------------------------- */

typedef struct UiBackend {
  gpointer user; /* handed to every function */
  /* where last values, presets, recents, favourites and timings live; NULL: nowhere */
  const char *state_file;
  const UiSampler *samplers;
  gsize n_samplers;

  const UiCatalog *(*catalog) (gpointer user);
  /* From now on events go to SINK through FUNC; FUNC NULL: to nobody. */
  void (*listen) (UiEventFunc func, gpointer sink, gpointer user);
  /* Starts JOB. A job that still runs is dropped first, as by stop. */
  void (*start) (const UiJob *job, gpointer user);
  /* MODEL is likely to be used next: reads its weights ahead of time. Only while no job runs. */
  void (*warm) (const char *model, gpointer user);
  /* Asks the running job to end; its UI_EVENT_DONE follows, finished pictures before it. No job:
   * nothing happens. */
  void (*stop) (gpointer user);
  /* Adds N results as layers, in order. Returns NULL, or a message to be freed; *OFFER_NEW_IMAGE
   * then says whether the same call with NEW_IMAGE can help. */
  char *(*add_layers) (const UiResult *const *results, gsize n, gboolean new_image,
                       gboolean *offer_new_image, gpointer user);
  /* Fills SETTINGS from the active layer. Returns NULL, or a message to be freed and SETTINGS
   * untouched. */
  char *(*reuse_settings) (UiSettings *settings, gpointer user);
  /* Upsample Layer: the picture to be upsampled, as the network will see it (a new reference), or
   * NULL. */
  GdkPixbuf *(*source) (gpointer user);
  /* How jobs use memory from now on: weights in 16 bits, LIMIT in bytes (0: all there is). Answered
   * by UI_EVENT_CATALOG. */
  void (*set_memory) (gboolean half, guint64 limit, gpointer user);
  /* Model page. Each is answered by UI_EVENT_CATALOG, import also by UI_EVENT_IMPORTING and
   * UI_EVENT_IMPORTED, a folder that cannot be remembered by UI_EVENT_ANSWERED. */
  void (*rescan) (gpointer user);
  void (*add_folder) (const char *path, gpointer user);
  void (*import_checkpoint) (const char *path, gpointer user);
  /* Remembers beside the open file PATH the CHOSEN answer of each of its questions. Answered by
   * UI_EVENT_ANSWERED, too. */
  void (*answer) (const char *path, const int *chosen, gpointer user);
  /* Shows a folder in the file manager, a text in its viewer. Returns NULL, or a message to be
   * freed. */
  char *(*open_folder) (const char *path, gpointer user);
  void (*help) (gpointer user);
  void (*close) (gpointer user); /* the artist wants the window closed */
} UiBackend;

/* The model of this id, or NULL. */
static inline const UiModel *
ui_catalog_find (const UiCatalog *catalog, const char *id)
{
  for (gsize i = 0; i < catalog->n_models; i++) {
    if (g_str_equal (catalog->models[i].id, id)) {
      return &catalog->models[i];
    }
  }
  return NULL;
}

#endif

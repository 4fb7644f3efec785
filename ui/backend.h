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
  /* the last N_OWN of them are the artist's own, taught to it; OWN_PICTURES, one each, or NULL */
  gsize n_own;
  GdkPixbuf *const *own_pictures;
  gboolean has_no_class; /* "(no class)" is a choice: the network was trained with labels dropped */
  /* there is a classifier; classifier-free guidance is possible. Either lets the gradient scale
   * act */
  gboolean has_guidance, has_free_guidance;
  gboolean is_texture;   /* it says of itself that its pictures are textures: any size, seamless */
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

/* ---- where ----------------------------------------------------------------------------------- */

/* One thing that a picture can cover. */
typedef struct UiTarget {
  guint id; /* never 0, never used for another thing while the window lives */
  UiWhere where;
  const char *image; /* the image's name ("wall.xcf"); NULL for a new image */
  const char *layer; /* of LAYER and MAP: the layer's name; else NULL */
  int width, height; /* pixels to cover; 0 for a new image */
} UiTarget;

/* Owned by the backend, valid until the next UI_EVENT_TARGET. */
typedef struct UiTargets {
  /* N of them, those of the image that the artist works in first; of each image the selection
   * before the layer before the whole image; a new image last. What stands first is taken unless
   * the artist chose otherwise. */
  const UiTarget *targets;
  gsize n;
  const char *reusable; /* name of the active layer when it carries settings, else NULL */
} UiTargets;

/* A cut of the image, the target in its middle. The window frees what it gets. */
typedef struct UiSurroundings {
  GdkPixbuf *around;       /* 8-bit RGB, reduced to what was asked for */
  int x, y, width, height; /* of the target in AROUND; all of it lies inside */
  /* width x height, RGB: white is covered, black stays, grey is soft; NULL: all is covered */
  GdkPixbuf *mask;
} UiSurroundings;

/* How pictures leave the window. */
typedef enum UiAddAs {
  UI_ADD_LAYER,     /* to TARGET */
  UI_ADD_NEW_IMAGE, /* of the first picture's size */
  UI_ADD_PATTERN,   /* GIMP's own, saved for good and made the active one */
  UI_ADD_FILE,      /* PNG files with their settings inside */
} UiAddAs;

typedef struct UiAdd {
  UiAddAs as;
  /* LAYER: what the button names, 0 where the backend knows no targets. A picture made for a target
   * of the same image goes to that one's place, with its selection as the layer's mask; another
   * covers TARGET where the sizes agree and else lies in its middle. */
  guint target;
  const char *path; /* FILE: absolute; of several pictures the others get a number before the dot */
} UiAdd;

/* ---- jobs ------------------------------------------------------------------------------------ */

/* A job makes settings->count pictures, one after the other. */
typedef struct UiJob {
  guint id; /* never 0, never used twice; every event of the job carries it */
  /* what to do, by its task, and how; valid during the call only. scale is 0 where guidance cannot
   * act */
  const UiSettings *settings;
  gboolean draft; /* a first look with few steps: not worth keeping beyond the window */
  guint target; /* GENERATE: what is to be covered, and lies under it; 0: nothing is known of it */
  /* A finished picture, 8-bit RGB or RGBA, or NULL: what it starts from where settings->start is
   * UI_START_PICTURE; otherwise what the first stage of these settings made, so that only
   * settings->upsample is left to do. */
  GdkPixbuf *picture;
} UiJob;

/* A finished picture. */
typedef struct UiResult {
  GdkPixbuf *pixels;    /* 8-bit RGB, or RGBA of a network that makes transparency */
  UiSettings *settings; /* of this picture alone: its own seed, count 1 */
  guint target;         /* as in the job that made it; 0: of an earlier window */
} UiResult;

typedef enum UiEventKind {
  UI_EVENT_LOADING, /* reading weights: fraction. job is 0 when they are read ahead of time */
  /* nothing is read ahead of time any more. message: NULL, or what is wrong with the weights. job
   * is 0 */
  UI_EVENT_LOADED,
  /* it goes on: image, images, upsampling, step, steps, fraction, seconds_per_step, seconds_left;
   * pixels: x̂0 after a step, and now and then within a long one, else NULL */
  UI_EVENT_STEP,
  UI_EVENT_IMAGE,   /* a picture is finished: pixels, settings */
  UI_EVENT_DONE,    /* nothing more comes from this job: it is finished, or has been stopped */
  UI_EVENT_FAILED,  /* nothing more comes from this job: message says what, where and what to do */
  UI_EVENT_CATALOG, /* models or folders have changed: ask again. job is 0 */
  UI_EVENT_IMPORTING, /* a checkpoint is being brought in: fraction. job is 0 */
  UI_EVENT_IMPORTED,  /* message: NULL, or why it failed. job is 0 */
  /* message: NULL when answers are remembered, or why they, or a folder, could not be. job is 0 */
  UI_EVENT_ANSWERED,
  UI_EVENT_TARGET, /* selection, layers or images have changed: ask again. job is 0 */
  /* layer: an id that add gave; gone: it is no longer in its image (undone, deleted), else it is
   * there again. job is 0 */
  UI_EVENT_LAYER,
  UI_EVENT_SWATCH, /* the answer to swatch: model, class_name, pixels (NULL: there is none) */
  UI_EVENT_NOTICE, /* message: something worth knowing, not an error */
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
  double seconds_left;     /* of the job, as the backend reckons; 0: not known yet */
  GdkPixbuf *pixels;
  const UiSettings *settings;
  const char *message;
  guint layer;
  gboolean gone;
  const char *model, *class_name;
} UiEvent;

typedef void (*UiEventFunc) (const UiEvent *event, gpointer sink);

/* ---- the backend ----------------------------------------------------------------------------- */

/* What jobs heed of the settings. The window shows no row for what is not among them. */
typedef enum UiAbilities {
  UI_CAN_SIZE = 1 << 0,         /* width and height, natural_size */
  UI_CAN_TEXTURE_SIZE = 1 << 1, /* texture_size */
  UI_CAN_SEAMLESS = 1 << 2,     /* seamless_x, seamless_y */
  UI_CAN_MATCH_EDGES = 1 << 3,  /* match_edges */
  UI_CAN_MEND_SEAMS = 1 << 4,   /* mend_seams */
  UI_CAN_START = 1 << 5,        /* start, change */
  UI_CAN_BLEND = 1 << 6,        /* second_class, balance */
  UI_CAN_VARY = 1 << 7,         /* vary_seed, vary */
  UI_CAN_GUIDANCE = 1 << 8,     /* guidance */
  UI_CAN_INTERVAL = 1 << 9,     /* guide_from, guide_to */
  UI_CAN_ETA = 1 << 10,         /* eta */
  UI_CAN_EXACT = 1 << 11,       /* exact */
  UI_CAN_UPSAMPLER = 1 << 12,   /* upsample_sampler, upsample_steps */
  UI_CAN_ADD_PATTERN = 1 << 13, /* UI_ADD_PATTERN */
  UI_CAN_ADD_FILE = 1 << 14,    /* UI_ADD_FILE */
} UiAbilities;

/* A class and its colour on a map. */
typedef struct UiLegendEntry {
  const char *class_name; /* as in UiSettings */
  guint32 rgb;            /* 0xrrggbb, sRGB */
} UiLegendEntry;

typedef struct UiBackend {
  gpointer user;   /* handed to every function */
  guint abilities; /* UiAbilities */
  /* where finished pictures are kept for the next window; NULL: they live as long as this one */
  const char *history_folder;
  /* where last values, presets, recents, favourites and timings live; NULL: nowhere */
  const char *state_file;
  const UiSampler *samplers;
  gsize n_samplers;

  int region_width, region_height; /* Upsample Layer: of what is upsampled, pixels; 0 else */

  const UiCatalog *(*catalog) (gpointer user);
  /* From now on events go to SINK through FUNC; FUNC NULL: to nobody. */
  void (*listen) (UiEventFunc func, gpointer sink, gpointer user);
  /* Starts JOB. A job that still runs is dropped first, as by stop. */
  void (*start) (const UiJob *job, gpointer user);
  /* MODEL is likely to be used next for TASK: reads its weights ahead of time. Only while no job
   * runs. */
  void (*warm) (UiTask task, const char *model, gpointer user);
  /* Asks the running job to end; its UI_EVENT_DONE follows, finished pictures before it. No job:
   * nothing happens. */
  void (*stop) (gpointer user);
  /* Hands over N results, in order, all or none. LAYERS gets N ids for UI_EVENT_LAYER (0: will not
   * be told of). Returns NULL, or a message to be freed; *OFFER_NEW_IMAGE then says whether
   * UI_ADD_NEW_IMAGE can help. */
  char *(*add) (const UiResult *const *results, gsize n, const UiAdd *add, guint *layers,
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
  /* Opens the help, at SECTION (help-section.h) or, NULL, at its beginning. */
  void (*help) (const char *section, gpointer user);

  /* From here on NULL means that there is no such thing, and the window shows nothing of it. */

  /* What pictures can cover. NULL: pictures go where the backend wants. */
  const UiTargets *(*targets) (gpointer user);
  /* What surrounds TARGET, no side over MOST pixels. FALSE: nothing does (a new image, one that
   * is gone). Called when the picture in its place is to be seen, never while a job's step is
   * shown. */
  gboolean (*surroundings) (guint target, int most, UiSurroundings *out, gpointer user);
  /* How much there is to do for one picture of SETTINGS, in a unit of a model's own (FLOPs, say):
   * AMOUNT[0] sampling (or upsampling alone), AMOUNT[1] upsampling afterwards. FALSE: not known.
   * NULL: the window counts steps, as if all of them cost the same. */
  gboolean (*amount) (const UiSettings *settings, guint target, double amount[2], gpointer user);
  /* Asks for a small picture of a class (about 64 pixels), as UI_EVENT_SWATCH once there is one:
   * from a cache that the backend keeps between windows, else made in idle time while no job runs.
   * The window asks for one at a time; a new request replaces one that was not answered. */
  void (*swatch) (const char *model, const char *class_name, gpointer user);
  /* Makes the layer of a map in TARGET's image, above the active one, and says so by
   * UI_EVENT_TARGET. Returns NULL, or a message to be freed. */
  char *(*paint_map) (const char *model, guint target, gpointer user);
  /* The colours of MODEL's classes on a map: *N entries, the backend's until the next catalog. */
  const UiLegendEntry *(*legend) (const char *model, gsize *n, gpointer user);
  void (*paint_with) (guint32 rgb, gpointer user);  /* becomes the colour the artist paints with */
  void (*teach) (const char *model, gpointer user); /* "Teach a texture…" */

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

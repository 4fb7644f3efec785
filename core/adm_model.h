/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: models, as the artist sees them. */
#ifndef ADM_MODEL_H
#define ADM_MODEL_H

#include "adm_network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ancestral sampling (DDPM), DDIM, DPM-Solver++(2M) and its stochastic form SDE-DPM-Solver++(2M)
 * (Lu et al. 2022). */
typedef enum adm_sampler {
  ADM_SAMPLER_DDPM,
  ADM_SAMPLER_DDIM,
  ADM_SAMPLER_DPMPP_2M,
  ADM_SAMPLER_SDE_DPMPP_2M
} adm_sampler;
/* Name as on the command line ("ddpm", "ddim", "dpm++2m", "sde-dpm++2m"), or NULL past the end. */
const char *adm_sampler_name (int sampler);
/* The sampler that NAME is; false: there is none. */
bool adm_sampler_parse (const char *name, adm_sampler *out);

typedef struct adm_defaults {
  adm_sampler sampler;
  int steps;
  double scale;
  double eta; /* of ddim */
} adm_defaults;

/* What each of a model's networks, its parts, is there for. */
typedef enum adm_part_role {
  ADM_ROLE_DIFFUSION,
  ADM_ROLE_CLASSIFIER,
  ADM_ROLE_UPSAMPLER,
  ADM_PARTS
} adm_part_role;
/* One part, or with | several. */
enum {
  ADM_PART_DIFFUSION = 1 << ADM_ROLE_DIFFUSION,
  ADM_PART_CLASSIFIER = 1 << ADM_ROLE_CLASSIFIER,
  ADM_PART_UPSAMPLER = 1 << ADM_ROLE_UPSAMPLER
};

/* A part of a published model that was not found. Strings are static. */
typedef struct adm_missing {
  int part;            /* ADM_PART_… */
  const char *file;    /* its name as published: "64x64_classifier.pt" */
  const char *address; /* where it is published */
} adm_missing;

/* A class that was taught to a model from a few pictures (adm_taught.h). */
typedef struct adm_taught {
  char *name, *path; /* of its file, absolute */
  int rank;          /* of its changes */
} adm_taught;

/* Owned by the catalog (or by the caller of adm_model_from_files, freed with adm_model_free).
 * Strings are UTF-8. */
typedef struct adm_model {
  char *id, *name, *license; /* license: one line, or NULL */
  /* absolute path of its whole text with the credits; NULL: none, or not there */
  char *license_file;
  char *path; /* of the JSON description or of the weights file */
  /* files of its parts, absolute paths, by role or by name; NULL: none. Without DIFFUSION it cannot
   * sample, and MISSING says so. A copy of the structure may name others: it owns nothing */
  union {
    const char *part[ADM_PARTS];
    struct {
      const char *diffusion, *classifier, *upsampler;
    };
  };
  /* MISSING_COUNT of them; a missing classifier or upsampler only means doing without */
  adm_missing missing[ADM_PARTS];
  int missing_count;
  int image_size, upsampled_size; /* upsampled_size 0: no upsampler */
  int label_count;                /* labels the network has, null class included; 0: no classes */
  int class_count;                /* named classes: entries of class_names and class_synonyms */
  /* what a class is called everywhere: its line of the list up to the first comma; never "" */
  char **class_names;
  /* the rest of that line, "stone, cliff, boulder", or "": what else it is found by */
  char **class_synonyms;
  int null_class; /* ADM_NO_LABEL: none */
  /* TAUGHT_COUNT of them, by name. They have no label: a request names the file (adm_session.h) */
  adm_taught *taught;
  int taught_count;
  /* its pictures are all ground and no object: canvases and seamless tiles make sense */
  bool texture;
  adm_defaults defaults, upsampler_defaults;
} adm_model;

/* The file of MODEL's PART (one ADM_PART_…), or NULL. */
const char *adm_model_part (const adm_model *model, int part);

/* A model from weights files alone; CLASSIFIER and UPSAMPLER may be NULL. Files are inspected, not
 * loaded. */
adm_status adm_model_from_files (const char *diffusion, const char *classifier,
                                 const char *upsampler, adm_model **out, adm_error *error);
/* Frees a model of adm_model_from_files; a catalog's models are the catalog's. */
void adm_model_free (adm_model *model);
/* CLASS: a number; a name or synonym, or a part or a misspelling of one that can mean one class
 * only (the rule: models/class_name.h); "none" or NULL: the null class. ADM_NO_LABEL when the
 * network has no classes. ADM_ERROR_USAGE when several classes could be meant, naming up to three
 * with their numbers, or none, naming the nearest; and for a taught class, which has no label (see
 * adm_request_set_class). */
adm_status adm_model_label (const adm_model *model, const char *class_name, int *label,
                            adm_error *error);

typedef struct adm_catalog adm_catalog;
/* Reads the model descriptions (*.json with "format": "adm-model-1") and lone weights files of
 * FOLDERS, in order; the first of an id wins. Published checkpoints are joined into models; of one
 * whose diffusion network is not there the other parts still make an entry, with what is missing.
 * Unreadable entries are remembered as notes, not errors: one bad file must not hide the others. */
adm_status adm_catalog_new (const char *const *folders, size_t n, adm_catalog **out,
                            adm_error *error);
/* Frees CATALOG and its models. */
void adm_catalog_free (adm_catalog *catalog);
/* How many models there are. */
size_t adm_catalog_count (const adm_catalog *catalog);
/* Model I, from 0; lives as long as the catalog. */
const adm_model *adm_catalog_get (const adm_catalog *catalog, size_t i);
/* How many entries cannot be used. */
size_t adm_catalog_notes (const adm_catalog *catalog);
/* What is wrong with one entry; the first fact of all but NO_MEMORY is its path. */
const adm_error *adm_catalog_note (const adm_catalog *catalog, size_t i);
/* Weights files in the folders that adm_file_questions asks something about. */
size_t adm_catalog_questions (const adm_catalog *catalog);
const char *adm_catalog_question (const adm_catalog *catalog, size_t i); /* the file's path */
/* NAME: an id or a name (case-insensitive), a model description (*.json) or a weights file; the
 * result lives as long as the catalog. */
adm_status adm_catalog_find (adm_catalog *catalog, const char *name, const adm_model **out,
                             adm_error *error);
/* The model that weights file PATH is a part of, the catalog's first or else one of that file alone
 * (a published checkpoint's with its classes' names; a classifier's without a diffusion network);
 * lives as long as the catalog. ADM_ERROR_USAGE for a classifier that is part of no model. */
adm_status adm_catalog_model_of (adm_catalog *catalog, const char *path, const adm_model **out,
                                 adm_error *error);

/* What running MODEL takes, in bytes: weights, workspace for one picture, room to load and to
 * sample, the program itself. */
typedef enum adm_fit {
  ADM_FIT_TOGETHER, /* all networks stay in memory */
  /* one stage at a time: diffusion network and classifier are let go before the upsampler is
   * loaded */
  ADM_FIT_STAGED,
  ADM_FIT_HALF, /* not as asked for, but with weights in 16 bits (options.half) */
  ADM_FIT_NOT,
} adm_fit;
typedef struct adm_memory {
  uint64_t together, staged;           /* with OPTIONS */
  uint64_t together_half, staged_half; /* with weights in 16 bits */
  uint64_t limit; /* what may be taken: options->memory_limit, or all the machine has */
  adm_fit fit;
} adm_memory;
/* OPTIONS NULL: the usual ones. Files are inspected, not loaded; parts that are missing count
 * nothing. */
adm_status adm_model_memory (const adm_model *model, const adm_options *options, adm_memory *out,
                             adm_error *error);
/* The machine's memory in bytes: all of it, and what programs can still have; 0 when the system
 * does not tell. */
void adm_machine_memory (uint64_t *total, uint64_t *available);
/* What this process holds now, in bytes; 0 when the system does not tell. Asked before the first
 * network, it is options.program_bytes. */
uint64_t adm_process_memory (void);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model as the artist sees it, put together from files: the half that is not public. */
#ifndef ADM_CATALOG_MODEL_H
#define ADM_CATALOG_MODEL_H

#include "descriptions/description_json.h"

/* The names of a model's files are absolute or relative to FOLDER; NULL: absent. */
typedef struct adm_model_parts {
  const char *folder;
  const char *id, *name, *license, *license_file;
  const char *path; /* what the model is known by on disk */
  union {           /* as in adm_model */
    const char *part[ADM_PARTS];
    struct {
      const char *diffusion, *classifier, *upsampler;
    };
  };
  /* names of the published checkpoints that the parts are; NULL: none belongs here */
  const char *published[ADM_PARTS];
  const char *classes; /* text file: one name a line, its synonyms after commas; UTF-8 */
  int image_size;      /* stated; 0: not */
  int null_class;
  bool texture;
  yyjson_val *defaults, *upsampler_defaults; /* JSON objects that override the defaults, or NULL */
} adm_model_parts;

/* Inspects the files, checks that they fit together, and fills in what is not stated: published
 * parts without a file are missing, and the published diffusion network's description stands for
 * the one that is not there; the id and name from the diffusion file's name, ddim at 25 steps (a
 * published checkpoint's own defaults) with scale 1 if there is a classifier, ddpm at 250 for the
 * upsampler. */
adm_status adm_model_build (const adm_model_parts *parts, adm_model **out, adm_error *error);

/* The role of PART, one ADM_PART_…. */
static inline adm_part_role
adm_part_role_of (int part)
{
  return (adm_part_role) __builtin_ctz ((unsigned) part);
}

/* Whether a network of KIND may serve as PART: an upsampler also as a diffusion model, which then
 * samples from a low-resolution picture. */
bool adm_part_may_be (int part, adm_kind kind);

/* What a part is called in messages: a diffusion model, classifier or upsampler. */
adm_word adm_part_word (int part);

/* ADM_ERROR_USAGE when MODEL has no PART, saying where a published one is to be had. */
adm_status adm_model_need (const adm_model *model, int part, adm_error *error);

/* A copy of MODEL without the names of its classes, taught ones included; NULL: no memory. */
adm_model *adm_model_copy (const adm_model *model);

/* The format of a model's description. */
#define ADM_MODEL_FORMAT "adm-model-1"

/* A model from the root object of its description at PATH. */
adm_status adm_model_from_json (const char *path, yyjson_val *root, adm_model **out,
                                adm_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models that published checkpoints make together: which belong to one, and which of them were
 * found. */
#ifndef ADM_CATALOG_JOINS_H
#define ADM_CATALOG_JOINS_H

#include "catalog/model.h"

enum { ADM_JOINS = 9 };

/* The published checkpoints that make a model, and its names. */
typedef struct adm_join {
  const char *id, *name;
  const char *parts[ADM_PARTS]; /* diffusion, classifier, upsampler; NULL: none belongs here */
  const char *classes;          /* file with the classes' names, or NULL */
} adm_join;

/* The first join after PREVIOUS (NULL: of all) that needs the checkpoint NAME, or NULL. */
const adm_join *adm_join_needing (const char *name, const adm_join *previous);

/* Paths of the checkpoints found, for the parts of each join; owned, NULL: not found. Starts as
 * zeros. */
typedef struct adm_found {
  char *path[ADM_JOINS][ADM_PARTS];
} adm_found;

/* Keeps PATH for the joins that need the checkpoint NAME and have none yet. *NEEDED: whether any
 * does; *FIRST: the file of the same name kept before, or NULL. False: no memory. */
bool adm_found_keep (adm_found *found, const char *name, const char *path, bool *needed,
                     const char **first);
/* Whether join I is worth an entry: it has its diffusion network, or a part that no other entry
 * shows. */
bool adm_found_worth_joining (const adm_found *found, int i);
/* The file with the names of join I's classes, or NULL where its model has no labels. */
const char *adm_found_classes (const adm_found *found, int i);
/* The model of join I; CLASSES: path of its classes' names, or NULL. */
adm_status adm_found_join (const adm_found *found, int i, const char *classes, adm_model **out,
                           adm_error *error);
void adm_found_clear (adm_found *found);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tensors of a file by name, and whether they are the ones a description implies. Names and
 * shapes only: the listing comes from a weights file, or from a test. */
#ifndef ADM_DESCRIPTIONS_LISTING_H
#define ADM_DESCRIPTIONS_LISTING_H

#include "io/weights.h"

/* Tensors in any order, found by name. */
typedef struct adm_listing {
  const adm_tensor **tensor; /* [count], sorted by name; the tensors belong to the caller */
  size_t count;
  /* a comparison ran out of memory: where its answer was taken as "no", that is not known */
  bool exhausted;
} adm_listing;

/* Takes TENSORS [COUNT], whose names must be distinct. Freed with adm_listing_clear. */
adm_status adm_listing_init (adm_listing *listing, const adm_tensor *const *tensors, size_t count,
                             adm_error *error);
adm_status adm_listing_of_weights (const adm_weights *weights, adm_listing *listing,
                                   adm_error *error);
void adm_listing_clear (adm_listing *listing);
const adm_tensor *adm_listing_find (const adm_listing *listing, const char *name);

/* ADM_OK when LISTING is exactly what DESCRIPTION implies; else ADM_ERROR_SHAPE naming the first
 * tensor that is missing, misshapen or too many, what was expected and what was found. An unknown
 * image size passes. */
adm_status adm_listing_check (adm_listing *listing, const adm_description *description,
                              const char *where, adm_error *error);

#endif

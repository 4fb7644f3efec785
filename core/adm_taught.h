/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: classes that were taught to a model (adm_train.h, adm_teach): files of their own. */
#ifndef ADM_TAUGHT_H
#define ADM_TAUGHT_H

#include "adm_model.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ADM_TAUGHT_NAME = 128 };

/* What a taught class's file says of itself. */
typedef struct adm_taught_info {
  char name[ADM_TAUGHT_NAME]; /* UTF-8, one line, not empty */
  int rank;                   /* of its changes */
  char base[17];              /* checksum of the weights it was taught to, 16 hexadecimal digits */
  char mark[17];              /* the same of their small tensors alone, which is soon reckoned */
  int side;                   /* of its thumbnail, pixels */
} adm_taught_info;

/* Reads what PATH says of itself; ADM_ERROR_FORMAT: it is no taught class. */
adm_status adm_taught_inspect (const char *path, adm_taught_info *out, adm_error *error);

/* Whether the class of PATH was taught to MODEL's diffusion network: ADM_ERROR_USAGE with both
 * checksums when it was taught to other weights. */
adm_status adm_taught_check (const char *path, const adm_model *model, adm_error *error);

/* A crop of what it was taught from: *PIXELS [SIDE,SIDE,3], freed with free (). */
adm_status adm_taught_thumbnail (const char *path, uint8_t **pixels, int *side, adm_error *error);

/* Writes PATH anew under another NAME, complete or as it was. */
adm_status adm_taught_rename (const char *path, const char *name, adm_error *error);

/* NULL: NAME can be a taught class's; else why not, "is a number". */
const char *adm_taught_name_problem (const char *name);

/* The class of MODEL called NAME (but for the case of ASCII letters) that was taught to it, or
 * NULL. */
const adm_taught *adm_model_taught (const adm_model *model, const char *name);

#ifdef __cplusplus
}
#endif
#endif

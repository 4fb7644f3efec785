/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys that a network's description may have. What a computation depends on must not get lost
 * in a slip of the pen, so all others are refused. */
#ifndef ADM_DESCRIPTIONS_KEYS_H
#define ADM_DESCRIPTIONS_KEYS_H

#include "adm_error.h"

#include <stdbool.h>

typedef enum adm_key_use {
  ADM_KEY_UNKNOWN,
  ADM_KEY_NETWORK,  /* read, and part of every description written */
  ADM_KEY_TRAINING, /* of training alone, by the reference implementation's names: no matter here */
  ADM_KEY_ABOUT,    /* licence, origin: kept */
} adm_key_use;

adm_key_use adm_key_find (const char *key);

/* The known key that an unknown KEY most likely stands for; static. */
const char *adm_key_nearest (const char *key);

#endif

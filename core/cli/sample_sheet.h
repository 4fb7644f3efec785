/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A training's samples as one picture beside its result: rows of them, as near a square as can
 * be. */
#ifndef ADM_CLI_SAMPLE_SHEET_H
#define ADM_CLI_SAMPLE_SHEET_H

#include "adm.h"

#include <stdbool.h>

typedef struct sample_sheet {
  int count; /* pictures; 0: no sheet */
  int columns, rows;
  char *path, *temporary;
  uint8_t *pixels; /* of the whole sheet */
  /* why it could not be written */
  adm_status status;
  adm_error error;
} sample_sheet;

/* For REQUEST's samples: "OUT.safetensors" has "OUT.samples.png". ADM_ERROR_USAGE where the kind of
 * network makes none. */
adm_status sample_sheet_open (sample_sheet *sheet, const adm_train_request *request,
                              adm_error *error);
void sample_sheet_close (sample_sheet *sheet);

/* One of the pictures (ADM_TRAIN_PICTURE); the last one writes the sheet, whole or not at all. */
void sample_sheet_add (sample_sheet *sheet, const adm_train_report *report);

#endif

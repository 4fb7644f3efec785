/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See sample_sheet.h. */
#include "cli/sample_sheet.h"

#include "cli/png_file.h"
#include "cli/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

adm_status
sample_sheet_open (sample_sheet *sheet, const adm_train_request *request, adm_error *error)
{
  *sheet = (sample_sheet) { .count = request->samples, .columns = 1 };
  if (sheet->count == 0)
    return ADM_OK;
  if (request->kind != ADM_KIND_UNET)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--samples: pictures come from a diffusion model alone; leave it out");
  const char *dot = strrchr (request->output, '.');
  int stem = dot ? (int) (dot - request->output) : (int) strlen (request->output);
  size_t capacity = strlen (request->output) + 32;
  sheet->path = malloc (capacity);
  sheet->temporary = malloc (capacity);
  if (!sheet->path || !sheet->temporary)
    return program_fail (error, ADM_ERROR_MEMORY, "no memory for the samples");
  snprintf (sheet->path, capacity, "%.*s.samples.png", stem, request->output);
  snprintf (sheet->temporary, capacity, "%s.part", sheet->path);
  while (sheet->columns * sheet->columns < sheet->count)
    sheet->columns++;
  sheet->rows = (sheet->count + sheet->columns - 1) / sheet->columns;
  return ADM_OK;
}

void
sample_sheet_close (sample_sheet *sheet)
{
  free (sheet->path), free (sheet->temporary), free (sheet->pixels);
}

static void
write_sheet (sample_sheet *sheet, int side)
{
  sheet->status = png_file_write (sheet->temporary, sheet->path, sheet->pixels, NULL,
                                  sheet->columns * side, sheet->rows * side, &sheet->error);
  if (!sheet->status && rename (sheet->temporary, sheet->path))
    sheet->status = program_fail (&sheet->error, ADM_ERROR_IO, "%s: cannot be written: %s",
                                  sheet->path, strerror (errno));
  if (sheet->status)
    unlink (sheet->temporary);
}

void
sample_sheet_add (sample_sheet *sheet, const adm_train_report *report)
{
  size_t side = (size_t) report->side, line = 3 * side, row = line * (size_t) sheet->columns,
         all = row * side * (size_t) sheet->rows;
  uint8_t *one = malloc (line * side);
  if (!sheet->pixels && (sheet->pixels = malloc (all)))
    memset (sheet->pixels, 255, all);
  if (!one || !sheet->pixels) {
    free (one);
    sheet->status
        = program_fail (&sheet->error, ADM_ERROR_MEMORY, "%s: no memory for it", sheet->path);
    return;
  }
  adm_pixels_to_u8 (report->picture, report->side, report->side, one);
  uint8_t *to = sheet->pixels + (size_t) (report->sample / sheet->columns) * side * row
                + (size_t) (report->sample % sheet->columns) * line;
  for (size_t y = 0; y < side; y++)
    memcpy (to + y * row, one + y * line, line);
  free (one);
  if (report->sample == sheet->count - 1)
    write_sheet (sheet, report->side);
}

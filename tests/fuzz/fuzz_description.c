/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network's description in JSON: what is accepted is written, read again as the same, and
 * measured. */
#include "fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  adm_description d, again;
  adm_error error;
  char text[2048];
  adm_status status = adm_description_parse ((const char *) data, size, "fuzz", &d, &error);
  fuzz_check (status, &error);
  if (status)
    return 0;
  int length = adm_description_to_json (&d, text, sizeof text);
  fuzz_require (length > 0 && (size_t) length < sizeof text && strlen (text) == (size_t) length,
                "a description in JSON");
  fuzz_require (adm_description_parse (text, (size_t) length, "again", &again, &error) == ADM_OK,
                "what was written can be read");
  fuzz_require (again.kind == d.kind && again.image_size == d.image_size && again.levels == d.levels
                    && again.num_heads == d.num_heads && again.model_channels == d.model_channels
                    && again.num_classes == d.num_classes && again.pool == d.pool
                    && !memcmp (again.channel_mult, d.channel_mult,
                                (size_t) d.levels * sizeof *d.channel_mult),
                "the same description");
  uint64_t weights, workspace;
  double flops;
  fuzz_check (adm_description_memory (&d, 1, NULL, &weights, &workspace, &error), &error);
  fuzz_check (adm_description_flops (&d, &flops, &error), &error);
  return 0;
}

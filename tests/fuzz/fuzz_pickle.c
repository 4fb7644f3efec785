/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pickle reader alone, without a file around it: many more runs a second. */
#include "fuzz.h"
#include "io/pickle.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  adm_pickle pickle;
  adm_error error;
  adm_status status = adm_pickle_parse (data, size, "fuzz", &pickle, &error);
  fuzz_check (status, &error);
  if (status) {
    fuzz_require (!pickle.value && !pickle.cell && !pickle.count, "nothing left on failure");
    return 0;
  }
  fuzz_require (pickle.end <= size && pickle.root > 0 && pickle.root < pickle.count,
                "a root within");
  for (uint32_t i = 1; i < pickle.count; i++) {
    const adm_pickle_value *v = &pickle.value[i];
    if (v->type == ADM_PICKLE_STRING || v->type == ADM_PICKLE_STORAGE)
      fuzz_require ((const uint8_t *) v->text >= data
                        && (const uint8_t *) v->text + v->length <= data + size,
                    "text within the input");
    if (v->type == ADM_PICKLE_TENSOR)
      fuzz_require (pickle.value[v->storage].type == ADM_PICKLE_STORAGE
                        && pickle.value[v->shape].type == ADM_PICKLE_TUPLE
                        && pickle.value[v->strides].type == ADM_PICKLE_TUPLE && v->integer >= 0,
                    "a tensor's parts");
    if (v->type == ADM_PICKLE_LIST || v->type == ADM_PICKLE_DICT || v->type == ADM_PICKLE_TUPLE) {
      uint32_t items = 0;
      for (uint32_t cell = v->first; cell; cell = pickle.cell[cell].next, items++)
        fuzz_require (pickle.cell[cell].value > 0 && pickle.cell[cell].value < pickle.count
                          && items < v->size,
                      "items within");
      fuzz_require (items == v->size, "as many items as counted");
    }
  }
  adm_pickle_clear (&pickle);
  return 0;
}

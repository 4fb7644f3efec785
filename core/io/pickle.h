/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pickle reader that can call nothing: the opcodes torch.save writes, a handful of known names,
 * and caps on everything. Other names stand for objects that are opaque, whatever is done with
 * them; names that only an attack needs are refused, and so are all other opcodes. */
#ifndef ADM_IO_PICKLE_H
#define ADM_IO_PICKLE_H

#include "adm.h"

typedef enum adm_pickle_type {
  ADM_PICKLE_NONE,
  ADM_PICKLE_BOOL,
  ADM_PICKLE_INT, /* also longer integers, as bytes */
  ADM_PICKLE_FLOAT,
  ADM_PICKLE_STRING,
  ADM_PICKLE_TUPLE,
  ADM_PICKLE_LIST,
  ADM_PICKLE_DICT, /* items: key, value, key, value, … */
  ADM_PICKLE_GLOBAL,
  ADM_PICKLE_STORAGE,
  ADM_PICKLE_TENSOR,
  ADM_PICKLE_OPAQUE, /* an object of a class that weights do not need: nothing is known of it */
} adm_pickle_type;

typedef enum adm_pickle_global {
  ADM_GLOBAL_ORDERED_DICT,
  ADM_GLOBAL_REBUILD_TENSOR,
  ADM_GLOBAL_REBUILD_PARAMETER,
  ADM_GLOBAL_DEFAULT_DICT,
  ADM_GLOBAL_SIZE,
  ADM_GLOBAL_OPAQUE, /* any other class or function, by its name alone */
  ADM_GLOBAL_FLOAT,
  ADM_GLOBAL_HALF,
  ADM_GLOBAL_BFLOAT16,
  ADM_GLOBAL_DOUBLE,
  ADM_GLOBAL_LONG,
  ADM_GLOBAL_INT,
  ADM_GLOBAL_SHORT,
  ADM_GLOBAL_CHAR,
  ADM_GLOBAL_BYTE,
  ADM_GLOBAL_BOOL,
} adm_pickle_global;

enum { ADM_PICKLE_MAX_KEY = 256 }; /* bytes of a storage's key */

/* Small, for a file of bytes may make one of each; which fields of the union hold is the type's to
 * tell. */
typedef struct adm_pickle_value {
  uint8_t type;    /* adm_pickle_type */
  uint8_t global;  /* adm_pickle_global: GLOBAL; STORAGE: its type */
  uint32_t length; /* STRING, STORAGE, long INT */
  int64_t integer; /* BOOL, INT (when short enough); STORAGE: elements; TENSOR: offset */
  union {
    struct { /* the longest comes first: what an initialiser leaves out is zero in all of them */
      uint32_t first, last, size; /* containers: cells, 0 for none */
    };
    /* STRING, STORAGE: its key, long INT: bytes; OPAQUE: its class, "module\nname"; points into
     * the input. Other INT: NULL */
    const char *text;
    struct {
      uint32_t storage, shape, strides; /* TENSOR: values */
    };
  };
} adm_pickle_value;

typedef struct adm_pickle {
  adm_pickle_value *value; /* value[0] is unused */
  uint32_t count, capacity;
  struct {
    uint32_t value, next;
  } *cell;
  uint32_t cells, cell_capacity;
  uint32_t root;
  uint64_t end; /* bytes of input used, STOP included */
} adm_pickle;

/* Parses one pickle at the start of DATA [SIZE], which must outlive the result. WHERE names the
 * file. On failure OUT is empty. */
adm_status adm_pickle_parse (const unsigned char *data, uint64_t size, const char *where,
                             adm_pickle *out, adm_error *error);
void adm_pickle_clear (adm_pickle *pickle);

/* Item I of a container, I < its size. Linear. */
uint32_t adm_pickle_item (const adm_pickle *pickle, uint32_t container, uint32_t i);

#endif

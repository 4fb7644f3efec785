/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The head of NumPy's array files: "\x93NUMPY", the version, the header's length, a Python dict as
 * text. */
#ifndef ADM_IO_NPY_HEADER_H
#define ADM_IO_NPY_HEADER_H

#include "adm_error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADM_NPY_MAX_RANK = 8, ADM_NPY_HEAD = 10, ADM_NPY_MAX_HEADER = 65535 };

typedef struct adm_npy_header {
  char type[8]; /* as NumPy writes it: "<f4", "|u1"; "" when it is none that short */
  bool fortran; /* the first axis runs fastest */
  int rank;
  int64_t shape[ADM_NPY_MAX_RANK];
  uint64_t elements;
} adm_npy_header;

/* Bytes of the text that follows HEAD [ADM_NPY_HEAD]. Refused: what is no .npy, and any version but
 * 1.0. WHERE names the file. */
adm_status adm_npy_header_length (const unsigned char *head, const char *where, size_t *length,
                                  adm_error *error);
/* Reads that TEXT, which ends in NUL. */
adm_status adm_npy_header_parse (const char *text, const char *where, adm_npy_header *out,
                                 adm_error *error);

/* Head and text of an array of TYPE and SHAPE [RANK] into OUT [512]; gives their length, a multiple
 * of 64. */
size_t adm_npy_header_write (const char *type, int rank, const int64_t *shape, unsigned char *out);

#endif

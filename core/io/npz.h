/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy's archives of arrays (numpy.savez, savez_compressed): a zip of .npy files; and one .npy as
 * an archive of one array, "arr_0". Opening reads the arrays' heads, never their data, which is
 * read forward and in pieces. Files come from strangers: what is there must be exactly what the
 * shapes say, and nothing is ever unpickled. */
#ifndef ADM_IO_NPZ_H
#define ADM_IO_NPZ_H

#include "io/npy_header.h"

enum { ADM_NPZ_MAX_ARRAYS = 64, ADM_NPZ_MAX_NAME = 63 };

typedef struct adm_npz_array {
  char name[ADM_NPZ_MAX_NAME + 1]; /* without ".npy" */
  adm_npy_header header;
  size_t item; /* bytes of an element: 1 … 8; numbers only */
} adm_npz_array;

typedef struct adm_npz adm_npz;

/* Refused: more than ADM_NPZ_MAX_ARRAYS, names that repeat, encryption, compression that NumPy does
 * not use, elements that are no numbers (objects above all), sizes that do not fit the shapes. */
adm_status adm_npz_open (const char *path, adm_npz **out, adm_error *error);
void adm_npz_free (adm_npz *npz);
int adm_npz_count (const adm_npz *npz);
const adm_npz_array *adm_npz_get (const adm_npz *npz, int i);
/* Index of NAME, or -1. */
int adm_npz_find (const adm_npz *npz, const char *name);

/* Starts array I from its first element, leaving any other. */
adm_status adm_npz_begin (adm_npz *npz, int i, adm_error *error);
/* The next N elements of it as they are, or as float32; the latter refuses NaN and infinity. With
 * the last one the record's check sum is compared. */
adm_status adm_npz_read (adm_npz *npz, void *out, uint64_t n, adm_error *error);
adm_status adm_npz_read_floats (adm_npz *npz, float *out, uint64_t n, adm_error *error);
/* Array I as a whole, float32 or float64, finite. */
adm_status adm_npz_read_doubles (adm_npz *npz, int i, double *out, adm_error *error);

/* An archive that is written array by array, stored, as numpy.savez does. */
typedef struct adm_npz_writer adm_npz_writer;
/* Opens PATH anew; it is complete only when adm_npz_writer_close has given ADM_OK. */
adm_status adm_npz_writer_open (const char *path, adm_npz_writer **out, adm_error *error);
/* Adds DATA under NAME. TYPE is NumPy's, little-endian. */
adm_status adm_npz_writer_add (adm_npz_writer *writer, const char *name, const char *type, int rank,
                               const int64_t *shape, const void *data, adm_error *error);
/* Ends the file (COMPLETE) or gives it up, and frees. */
adm_status adm_npz_writer_close (adm_npz_writer *writer, bool complete, adm_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: how failure is told. */
#ifndef ADM_ERROR_H
#define ADM_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum adm_status {
  ADM_OK = 0,
  ADM_ERROR_USAGE,     /* an argument that cannot be (class, number, combination of options) */
  ADM_ERROR_IO,        /* a file cannot be opened, read or written */
  ADM_ERROR_FORMAT,    /* a file's contents are broken, hostile or of another kind */
  ADM_ERROR_SHAPE,     /* tensors or arrays whose shapes do not fit */
  ADM_ERROR_VALUE,     /* NaN or infinity in weights or activations */
  ADM_ERROR_MEMORY,    /* memory, a memory limit, or a thread could not be had */
  ADM_ERROR_CANCELLED, /* the callback asked to stop */
} adm_status;

typedef struct adm_error {
  adm_status status;
  char message[1024]; /* UTF-8, one line, no trailing newline */
} adm_error;

#ifdef __cplusplus
}
#endif
#endif

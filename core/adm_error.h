/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: how failure is told: a code and its facts, which a program and a window word each in its
 * own way. */
#ifndef ADM_ERROR_H
#define ADM_ERROR_H

#include "adm_codes.h"
#include "adm_words.h"

#include <stddef.h>
#include <stdint.h>

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

/* What a fact is, and the field of it. */
typedef enum adm_fact_kind {
  ADM_FACT_NONE = 0,
  ADM_FACT_TEXT = 1,  /* whole: offset in the error's texts (adm_error_fact) */
  ADM_FACT_REAL = 2,  /* real */
  ADM_FACT_WHOLE = 4, /* whole */
  ADM_FACT_ERRNO = 5, /* whole: errno, worded by strerror in the process's locale */
  ADM_FACT_MIB = 6,   /* count: bytes, worded as MiB */
  ADM_FACT_WORD = 7,  /* whole: an adm_word */
} adm_fact_kind;

enum { ADM_MOST_FACTS = 8, ADM_ERROR_ROOM = 1024 };

typedef struct adm_error {
  adm_status status;
  adm_error_code code; /* adm_codes.h says of which kinds its facts are */
  union {
    int64_t whole;
    uint64_t count;
    double real;
  } fact[ADM_MOST_FACTS];
  /* The facts that are texts, one after the other, each with its NUL: UTF-8 without control
   * characters (what strangers wrote otherwise has become '?'). Where they are too long for the
   * room together, the longest end with "…". */
  char text[ADM_ERROR_ROOM];
} adm_error;

/* ERROR in plain English: one line of UTF-8 without a remedy, cut where SIZE ends. Returns TEXT. */
const char *adm_error_text (const adm_error *error, char *text, size_t size);

/* SENTENCE with ERROR's facts for %1 … %8 ("%%" is a percent sign): the way to word errors in
 * another language or for other readers. WORD (NULL: English) words the facts that are words.
 * Returns TEXT. */
const char *adm_error_fill (const adm_error *error, const char *sentence,
                            const char *(*word) (adm_word), char *text, size_t size);

/* ERROR's fact I (from 0) where it is a text, else NULL. */
const char *adm_error_fact (const adm_error *error, int i);

/* For the caller's own failures, in callbacks: fills ERROR with STATUS and TEXT as the fact of the
 * code TEXT, and returns STATUS. */
adm_status adm_error_set (adm_error *error, adm_status status, const char *text);

/* CODE's name ("FILE_OPEN"). This and the following are for whoever keeps wordings. */
const char *adm_code_name (adm_error_code code);
/* CODE's sentence in plain English, with %1 … for its facts: "%1: cannot be read: %2". */
const char *adm_code_sentence (adm_error_code code);
/* The kind of CODE's fact I, from 0. */
adm_fact_kind adm_code_fact (adm_error_code code, int i);
/* WORD in English. */
const char *adm_word_english (adm_word word);

#ifdef __cplusplus
}
#endif
#endif

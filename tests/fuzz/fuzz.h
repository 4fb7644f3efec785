/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the fuzz harnesses share. Each is one function over bytes; clang's libFuzzer drives it
 * (meson option `fuzz`), or replay.c, which only reads the corpus and a few changes of it, so that
 * every compiler's build runs them. */
#ifndef ADM_TESTS_FUZZ_H
#define ADM_TESTS_FUZZ_H

#include "adm.h"

/* The names libFuzzer calls, and the one it gives. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size);

/* Path of a file in memory that holds DATA [SIZE] until the next call with the same SLOT (0 …
 * 3). */
const char *fuzz_file (int slot, const uint8_t *data, size_t size);

/* Ends the program unless STATUS and ERROR keep the promise of adm.h: a failure has its own status
 * and one line of UTF-8. */
void fuzz_check (adm_status status, const adm_error *error);

/* Ends the program, naming WHAT, unless IT. */
void fuzz_require (bool it, const char *what);

/* Changes a weights file by its own kind: a zip's records with their sums and sizes put right, a
 * safetensors header with its offsets, the five pickles of a legacy file with the data that
 * follows. A quarter of the calls change plain bytes instead. */
size_t fuzz_mutate_weights (uint8_t *data, size_t size, size_t max_size, unsigned int seed);

#endif

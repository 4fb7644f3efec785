/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Taught classes on disk (LoRA, Hu et al. 2021, section 4.1): a safetensors file that describes
 * itself (metadata key "adm": format, name, rank, and what tells the weights it was taught to).
 * Its tensors: "PARAMETER.lora_A" [rank,cin size size] and "PARAMETER.lora_B" [cout,rank], W
 * becoming W + B A; "label", a row more of the label table; "thumbnail" [3,S,S] in [-1, 1]. */
#ifndef ADM_DESCRIPTIONS_TAUGHT_FILE_H
#define ADM_DESCRIPTIONS_TAUGHT_FILE_H

#include "adm_taught.h"
#include "io/weights.h"

#define ADM_TAUGHT_FORMAT "adm-adapter-1"

typedef struct adm_taught_file {
  adm_weights *file;
  adm_taught_info info;
} adm_taught_file;

/* On failure TAUGHT holds nothing. */
adm_status adm_taught_open (const char *path, adm_taught_file *taught, adm_error *error);
void adm_taught_close (adm_taught_file *taught);

/* W [elements], tensor NAME of the weights, += B A; it stays where NAME was not changed. */
adm_status adm_taught_add (const adm_taught_file *taught, const char *name, uint64_t elements,
                           float *w, adm_error *error);
/* The row [width] of the label table; *THERE false: the network has no labels. */
adm_status adm_taught_label (const adm_taught_file *taught, uint64_t width, bool *there, float *row,
                             adm_error *error);

/* A number that tells a tensor from others (FNV-1a of its name and 32-bit words); weights' number
 * is the sum of their tensors', in any order. */
uint64_t adm_tensor_sum (const char *name, const float *values, uint64_t count);
/* Elements of the largest tensor that counts for the mark. */
enum { ADM_MARK_ELEMENTS = 4096 };
/* Of WEIGHTS' tensors of at most MOST elements. */
adm_status adm_weights_sum (adm_weights *weights, uint64_t most, uint64_t *sum, adm_error *error);
void adm_sum_words (uint64_t sum, char words[17]);

/* ADM_ERROR_USAGE when TAUGHT was taught to other weights, by its mark; where SURELY, by the whole
 * checksum, which reads all of WEIGHTS. */
adm_status adm_taught_fits (const adm_taught_file *taught, adm_weights *weights, bool surely,
                            adm_error *error);
/* The error of that. SUM: the checksum of the weights in the file PATH. */
adm_status adm_taught_refuse (const adm_taught_file *taught, const char *path, uint64_t sum,
                              adm_error *error);

/* The metadata of such a file, freed with free (); NULL: no memory. */
char *adm_taught_describe (const adm_taught_info *info);

#endif

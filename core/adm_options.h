/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: how to run, and what is told meanwhile. */
#ifndef ADM_OPTIONS_H
#define ADM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The names of the inner loops that there are: of float32 numbers, and with 16-bit products. A
 * processor has some of them; openblas wants OpenBLAS, portable and tiles want nothing. */
#define ADM_KERNELS_32 "avx512, avx2, openblas, portable"
#define ADM_KERNELS_16 "amx, avx512bf16, tiles"

typedef struct adm_options {
  int threads; /* 0: all processors this process may use; more than these are not started */
  bool exact;  /* direct convolutions of float32 numbers only */
  /* 16-bit products (bfloat16, with float32 sums) where the processor has them and they are
   * quicker, as the reference samples (use_fp16); else as without */
  bool fast;
  bool half; /* convolutions' weights in 16 bits: about half the memory, somewhat slower */
  /* inner loops, a name of ADM_KERNELS_32 or ADM_KERNELS_16; NULL: the best this processor has. A
   * static string */
  const char *kernels;
  /* bytes this process may take while it works; 0: what is free when something is loaded */
  uint64_t memory_limit;
  /* what it holds beside the core's memory; 0: what it holds when it asks, or makes a session */
  uint64_t program_bytes;
} adm_options;

/* Called while working; X0 is non-NULL once a step. Return false to cancel: it takes effect between
 * layers. Always called on the thread that called the core. */
typedef struct adm_progress {
  enum { ADM_STAGE_LOAD, ADM_STAGE_SAMPLE, ADM_STAGE_UPSAMPLE } stage;
  int image, images; /* which of the images of the request, from 0 */
  int step, steps;   /* steps finished, of how many */
  double fraction;   /* of this stage and image, 0 … 1; moves within a step too */
  double whole;      /* of the plan, 0 … 1 (adm_session_run) */
  /* The picture as it is foreseen: after each step, and of a canvas also within, as its windows are
   * done. [channels,height,width], only valid during the call; NULL when there is none. */
  const float *x0;
  int height, width;
  int channels; /* 3: RGB; for sinks that ask for all channels 1, grey, or 4, RGBA */
} adm_progress;
typedef bool (*adm_callback) (const adm_progress *progress, void *user);

#ifdef __cplusplus
}
#endif
#endif

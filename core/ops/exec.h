/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every kernel takes. While it measures (exec->measure) kernels take and give back workspace
 * and count FLOPs, and touch no data: the same walk over a network plans it and runs it. */
#ifndef ADM_OPS_EXEC_H
#define ADM_OPS_EXEC_H

#include "base/arena.h"
#include "base/layout.h"
#include "base/pool.h"
#include "ops/kernels.h"

/* A feature map [N,H,W,C]. */
typedef struct adm_map {
  float *data;
  int n, h, w, c;
} adm_map;

/* Kinds of layers, for the question where the time goes. */
typedef enum adm_layer {
  ADM_LAYER_WINOGRAD, /* 3x3 convolutions by Winograd's way */
  ADM_LAYER_CONV3,    /* 3x3, direct */
  ADM_LAYER_CONV1,    /* 1x1 */
  ADM_LAYER_ATTENTION,
  ADM_LAYER_NORM,
  ADM_LAYER_LINEAR,
  ADM_LAYER_OTHER, /* embeddings, resampling, changes of layout */
  ADM_LAYERS,
} adm_layer;

typedef struct adm_profile {
  struct {
    int count;
    double seconds, flops;
  } layer[ADM_LAYERS];
  int current;  /* the kind being timed, ADM_LAYERS: none */
  double since; /* seconds */
} adm_profile;

typedef struct adm_exec {
  adm_arena *arena;
  adm_pool *pool; /* NULL while measuring */
  const adm_kernels *kernels;
  bool measure;
  bool products16;        /* 16-bit products are wanted, and KERNELS has them */
  bool stopped;           /* set by POLL; kernels become no-ops, the walk runs out quickly */
  double flops;           /* counted so far; quicker ways' for as many fewer */
  double total_flops;     /* of the whole evaluation, for fractions; 0 unknown */
  uint64_t scratch_bytes; /* for one worker; the largest need seen while measuring */
  unsigned char *scratch; /* threads * scratch_bytes */
  /* asked between layers; false: stop. DONE: share of the FLOPs so far. May be NULL */
  bool (*poll) (void *user, double done);
  void *poll_user;
  adm_profile *profile; /* filled while running; NULL: not wanted */
  bool train;           /* the parameters' gradients are wanted; the forward keeps what they need */
  bool recompute;       /* … but little of it: blocks run forward again before their backward */
  float dropout;        /* share of the residual blocks' activations left out, 0 … 1 (not 1) */
  uint64_t dropout_key; /* another for every evaluation */
} adm_exec;

/* Allocates the data of a map in the arena. */
adm_map adm_map_take (adm_exec *exec, int n, int h, int w, int c);
void adm_map_give (adm_exec *exec, adm_map map);
float *adm_floats_take (adm_exec *exec, uint64_t floats);

/* Starts a kernel: counts FLOPs, asks POLL; true when there is data to work on. Its time runs until
 * the next one starts. */
bool adm_exec_begin (adm_exec *exec, adm_layer layer, double flops);
/* The same for a way that does PACE times as much in a second as the direct one. */
bool adm_exec_begin_at (adm_exec *exec, adm_layer layer, double flops, double pace);
/* The last kernel is done. */
void adm_exec_end (adm_exec *exec);
/* Scratch of each worker: kernels lay it out by one function, run on an empty layout to ask for its
 * bytes, and on the worker's. */
void adm_exec_scratch (adm_exec *exec, adm_layout counted);
adm_layout adm_exec_scratch_of (const adm_exec *exec, int worker);
/* A walk's workspace at BASE: EXEC's arena of ARENA bytes, then EXEC's scratch for THREADS. BASE
 * NULL: measures it, no more. Returns its bytes; UINT64_MAX: more than can be counted. */
uint64_t adm_exec_place (adm_exec *exec, unsigned char *base, uint64_t arena, int threads);
/* adm_pool_run, or in the caller when there is no pool. */
void adm_exec_run (adm_exec *exec, int units, adm_work work, void *arg);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all kernels share: workspace, scratch, counting, the question whether to go on. */
#include "ops/exec.h"

#include <time.h>

float *
adm_floats_take (adm_exec *exec, uint64_t floats)
{
  return adm_arena_take (exec->arena, floats * sizeof (float));
}

adm_map
adm_map_take (adm_exec *exec, int n, int h, int w, int c)
{
  return (adm_map) {
    adm_floats_take (exec, (uint64_t) n * (uint64_t) h * (uint64_t) w * (uint64_t) c), n, h, w, c
  };
}

void
adm_map_give (adm_exec *exec, adm_map map)
{
  adm_arena_give (exec->arena, map.data);
}

static void
time_layer (adm_profile *profile, int next)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  double seconds = (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
  if (profile->current != ADM_LAYERS)
    profile->layer[profile->current].seconds += seconds - profile->since;
  profile->current = next;
  profile->since = seconds;
}

void
adm_exec_end (adm_exec *exec)
{
  if (exec->profile)
    time_layer (exec->profile, ADM_LAYERS);
}

bool
adm_exec_begin (adm_exec *exec, adm_layer layer, double flops)
{
  return adm_exec_begin_at (exec, layer, flops, 1);
}

bool
adm_exec_begin_at (adm_exec *exec, adm_layer layer, double flops, double pace)
{
  exec->flops += flops / pace;
  if (exec->measure)
    return false;
  if (exec->profile) {
    time_layer (exec->profile, layer);
    exec->profile->layer[layer].count++;
    exec->profile->layer[layer].flops += flops;
  }
  if (!exec->stopped && exec->poll
      && !exec->poll (exec->poll_user, exec->total_flops > 0 ? exec->flops / exec->total_flops : 0))
    exec->stopped = true;
  return !exec->stopped;
}

void
adm_exec_scratch (adm_exec *exec, adm_layout counted)
{
  uint64_t bytes = (counted.bytes + 127) & ~(uint64_t) 127;
  if (exec->measure && bytes > exec->scratch_bytes)
    exec->scratch_bytes = bytes;
}

adm_layout
adm_exec_scratch_of (const adm_exec *exec, int worker)
{
  return (adm_layout) { .base = exec->scratch + (uint64_t) worker * exec->scratch_bytes };
}

uint64_t
adm_exec_place (adm_exec *exec, unsigned char *base, uint64_t arena, int threads)
{
  adm_layout layout = { .base = base };
  uint64_t scratch;
  void *first = adm_layout_take (&layout, arena, ADM_ARENA_ALIGN);
  if (!adm_mul_u64 ((uint64_t) threads, exec->scratch_bytes, &scratch))
    scratch = UINT64_MAX;
  exec->scratch = adm_layout_take (&layout, scratch, ADM_ARENA_ALIGN);
  if (base)
    adm_arena_init (exec->arena, first, arena);
  return layout.bytes;
}

void
adm_exec_run (adm_exec *exec, int units, adm_work work, void *arg)
{
  adm_pool_run (exec->pool, units, work, arg);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See residency.h. */
#include "pipeline/residency.h"

#include "base/error.h"
#include "base/machine_memory.h"
#include "catalog/model.h"
#include "descriptions/network_file.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLING = ADM_PART_DIFFUSION | ADM_PART_CLASSIFIER, UPSAMPLING = ADM_PART_UPSAMPLER };

adm_status
adm_residency_init (adm_residency *residency, const adm_model *model, const adm_options *options,
                    adm_error *error)
{
  const adm_kernels *kernels;
  *residency = (adm_residency) { .model = adm_model_copy (model), .options = *options };
  residency->options.program_bytes = adm_program_bytes (options);
  adm_status status = residency->model
                          ? adm_kernels_choose (options->kernels, options->fast, &kernels, error)
                          : ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_SESSION);
  if (!status)
    status = adm_pool_new (adm_pool_threads_for (options->threads), &residency->pool, error);
  if (status)
    adm_residency_clear (residency);
  return status;
}

/* The networks take turns in it, so it can go while none runs; the next run takes what it needs. */
static void
drop_workspace (adm_residency *residency)
{
  adm_block_free (residency->workspace.base, residency->workspace.size);
  residency->workspace = (adm_workspace) { 0 };
}

static void
drop_parts (adm_residency *residency, int parts)
{
  for (int i = 0; i < ADM_PARTS; i++)
    if (parts & 1 << i) {
      adm_network_free (residency->network[i]);
      residency->network[i] = NULL;
    }
}

void
adm_residency_clear (adm_residency *residency)
{
  drop_parts (residency, SAMPLING | UPSAMPLING);
  drop_workspace (residency);
  adm_pool_free (residency->pool);
  adm_model_free (residency->model);
  free (residency->adapter);
  *residency = (adm_residency) { 0 };
}

adm_network *
adm_residency_network (const adm_residency *residency, int part)
{
  return residency->network[adm_part_role_of (part)];
}

static int
loaded_parts (const adm_residency *residency)
{
  int parts = 0;
  for (int i = 0; i < ADM_PARTS; i++)
    parts |= residency->network[i] ? 1 << i : 0;
  return parts;
}

/* Whether the file of the taught class is the one it was, or gone: then what is in memory serves
 * on. */
static bool
same_adapter (const adm_residency *residency, const char *adapter, const struct stat *now)
{
  const struct stat *then = &residency->adapter_file;
  return residency->adapter && strcmp (residency->adapter, adapter) == 0
         && (!now
             || (now->st_dev == then->st_dev && now->st_ino == then->st_ino
                 && now->st_size == then->st_size && now->st_mtim.tv_sec == then->st_mtim.tv_sec
                 && now->st_mtim.tv_nsec == then->st_mtim.tv_nsec));
}

adm_status
adm_residency_teach (adm_residency *residency, const char *adapter, adm_error *error)
{
  struct stat now = { 0 };
  bool there = adapter && stat (adapter, &now) == 0;
  if (adapter ? same_adapter (residency, adapter, there ? &now : NULL) : !residency->adapter)
    return ADM_OK;
  char *copy = adapter ? strdup (adapter) : NULL;
  if (adapter && !copy)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_TAUGHT_CLASS);
  drop_parts (residency, ADM_PART_DIFFUSION);
  free (residency->adapter);
  residency->adapter = copy;
  residency->adapter_file = now;
  residency->measured &= ~ADM_PART_DIFFUSION;
  return ADM_OK;
}

/* ---- the budget ------------------------------------------------------------------------------ */

static uint64_t
allowed (const adm_residency *residency)
{
  return adm_memory_allowed (residency->options.memory_limit);
}

/* What PARTS take at most, with weights as OPTIONS say. */
static uint64_t
peak (const adm_residency *residency, int parts)
{
  return adm_parts_peak (residency->needs, parts, &residency->options);
}

static adm_status
measure (adm_residency *residency, int parts, adm_error *error)
{
  for (int i = 0; i < ADM_PARTS; i++) {
    const char *file = residency->model->part[i];
    adm_file_info info;
    if (!(parts & 1 << i) || residency->measured & 1 << i || !file)
      continue; /* loading says what is missing */
    bool taught = 1 << i == ADM_PART_DIFFUSION && residency->adapter;
    adm_status status = adm_file_inspect (file, &info, error);
    /* a row more in the table of labels; a change is at most its file's size while it is added */
    info.description.num_classes += !status && taught && info.description.num_classes > 0;
    if (!status && !info.unknown_keys)
      status
          = adm_part_measure (&info.description, &residency->options, &residency->needs[i], error);
    if (!status && taught)
      residency->needs[i].loading += (uint64_t) residency->adapter_file.st_size;
    if (status)
      return status;
    residency->measured |= 1 << i;
  }
  return ADM_OK;
}

/* PARTS cannot be had: says by how much, and whether 16 bits would help. */
static adm_status
too_large (const adm_residency *residency, int parts, adm_error *error)
{
  adm_residency halved = { .model = residency->model, .options = residency->options };
  adm_error ignored;
  uint64_t limit = allowed (residency);
  halved.options.half = true;
  bool helps = !residency->options.half && !measure (&halved, parts, &ignored)
               && peak (&halved, parts) <= limit;
  const char *name = residency->model->name;
  uint64_t needed = peak (residency, parts);
  adm_word use = parts & UPSAMPLING ? ADM_WORD_TO_UPSAMPLE : ADM_WORD_TO_RUN;
  if (helps)
    return ADM_FAIL (error, MODEL_HALF, name, needed, use, limit,
                     adm_memory_word (residency->options.memory_limit), peak (&halved, parts));
  return residency->options.memory_limit ? ADM_FAIL (error, MODEL_LIMIT, name, needed, use, limit)
                                         : ADM_FAIL (error, MODEL_MEMORY, name, needed, use, limit);
}

adm_status
adm_residency_check (adm_residency *residency, int parts, bool *fits, adm_error *error)
{
  adm_status status = measure (residency, parts, error);
  if (status)
    return status;
  *fits = peak (residency, parts) <= allowed (residency);
  /* Better now than after sampling. */
  if (!*fits && parts & UPSAMPLING && peak (residency, parts & UPSAMPLING) > allowed (residency))
    return too_large (residency, parts & UPSAMPLING, error);
  return ADM_OK;
}

double
adm_residency_pace (const adm_residency *residency, int parts)
{
  double flops = 0, work = 0;
  for (int i = 0; i < ADM_PARTS; i++)
    if (parts & residency->measured & 1 << i) {
      flops += residency->needs[i].flops;
      work += residency->needs[i].work;
    }
  return flops > 0 ? work / flops : 1;
}

/* Makes room for PARTS: what is loaded stays if it can. */
static adm_status
make_room (adm_residency *residency, int parts, adm_error *error)
{
  uint64_t limit = allowed (residency);
  int loaded = loaded_parts (residency);
  adm_status status = measure (residency, parts, error);
  if (status || !(parts & ~loaded))
    return status;
  if (peak (residency, parts) > limit)
    return too_large (residency, parts, error);
  if (peak (residency, parts | loaded) > limit)
    drop_parts (residency, loaded & ~parts);
  drop_workspace (residency);
  return ADM_OK;
}

/* Bytes that program, PARTS and a workspace of WORKSPACE or more hold; *OTHERS: other parts. */
static uint64_t
held_by (const adm_residency *residency, int parts, uint64_t workspace, uint64_t *others)
{
  const uint64_t taken = residency->workspace.size;
  uint64_t held = adm_program_bytes (&residency->options) + (workspace > taken ? workspace : taken);
  *others = 0;
  for (int i = 0; i < ADM_PARTS; i++) {
    const adm_network *network = residency->network[i];
    *(parts & 1 << i ? &held : others) += network ? network->weights_bytes : 0;
  }
  return held;
}

bool
adm_residency_has (const adm_residency *residency, int parts, uint64_t bytes, uint64_t workspace)
{
  uint64_t limit = allowed (residency), others;
  if (workspace > limit)
    return false;
  uint64_t held = held_by (residency, parts, workspace, &others);
  bytes += residency->beside;
  return held <= limit && bytes <= limit - held;
}

adm_status
adm_residency_spare (adm_residency *residency, int parts, uint64_t bytes, adm_error *error)
{
  uint64_t limit = allowed (residency), others, held = held_by (residency, parts, 0, &others);
  bytes += residency->beside;
  if (held > limit || bytes > limit - held)
    return ADM_FAIL (error, CANVAS_MEMORY, bytes, held, limit,
                     adm_memory_word (residency->options.memory_limit));
  if (others > limit - held - bytes)
    drop_parts (residency, ~parts);
  return ADM_OK;
}

/* ---- loading --------------------------------------------------------------------------------- */

struct loading {
  adm_callback callback;
  void *user;
  int part, parts;
};

static bool
load_progress (void *user, double done)
{
  struct loading *l = user;
  adm_progress progress
      = { .stage = ADM_STAGE_LOAD, .images = 1, .fraction = (l->part + done) / l->parts };
  return !l->callback || l->callback (&progress, l->user);
}

static adm_status
load_part (adm_residency *residency, int part, struct loading *loading, adm_error *error)
{
  adm_network **network = &residency->network[adm_part_role_of (part)];
  const char *path = adm_model_part (residency->model, part);
  if (*network)
    return ADM_OK;
  if (!path)
    return adm_model_need (residency->model, part, error);
  adm_network_source source = { .name = path,
                                .adapter = part == ADM_PART_DIFFUSION ? residency->adapter : NULL,
                                .progress = load_progress,
                                .user = loading };
  residency->reads++;
  adm_status status = adm_network_open_file (&source, &residency->options, residency->pool,
                                             &residency->workspace, 0, network, error);
  if (!status && !adm_part_may_be (part, (*network)->description.kind)) {
    drop_parts (residency, part);
    return ADM_FAIL (error, PART_NOT, path, adm_part_word (part));
  }
  loading->part++;
  return status;
}

/* Parts that belong together must fit together. */
static adm_status
check_parts (const adm_residency *residency, adm_error *error)
{
  const adm_network *d = adm_residency_network (residency, ADM_PART_DIFFUSION),
                    *c = adm_residency_network (residency, ADM_PART_CLASSIFIER);
  const char *path = adm_model_part (residency->model, ADM_PART_CLASSIFIER);
  if (d && c && d->description.image_size != c->description.image_size)
    return ADM_FAIL (error, CLASSIFIER_LOADED, path, c->description.image_size,
                     d->description.image_size);
  if (d && c && d->description.diffusion_steps != c->description.diffusion_steps)
    return ADM_FAIL (error, CLASSIFIER_STEPS, path, c->description.diffusion_steps,
                     residency->model->name, d->description.diffusion_steps);
  return ADM_OK;
}

adm_status
adm_residency_load (adm_residency *residency, int parts, adm_callback callback, void *user,
                    adm_error *error)
{
  struct loading loading
      = { callback, user, 0, __builtin_popcount ((unsigned) (parts & ~loaded_parts (residency))) };
  adm_status status = make_room (residency, parts, error);
  for (int i = 0; i < ADM_PARTS && !status; i++)
    if (parts & 1 << i)
      status = load_part (residency, 1 << i, &loading, error);
  if (!status && (status = check_parts (residency, error)))
    drop_parts (residency, ADM_PART_CLASSIFIER);
  return status;
}

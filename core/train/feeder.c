/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A ring of samples: each thread takes the next number, waits until its place is free, and fills
 * it. */
#include "train/feeder.h"

#include "adm_array.h"
#include "base/error.h"
#include "ops/dropout.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_THREADS = 16, PENDING = 64 };

struct place {
  float *picture;
  int label;
  bool ready, failed;
};

struct adm_feeder {
  adm_feeder_options of;
  pthread_mutex_t mutex;
  pthread_cond_t filled, freed;
  pthread_t thread[MAX_THREADS];
  int threads; /* running */
  bool quit;
  uint64_t next, taken; /* to be made; to be handed out */
  struct place *place;  /* [ahead] */
  uint32_t *order[2];   /* of epoch EPOCH[i], shuffled */
  uint64_t epoch[2];
  bool *bad;                  /* [list->count] */
  adm_error pending[PENDING]; /* of bad ones not told yet; the oldest stay */
  int pending_count;
  adm_error last; /* why the last one was bad */
};

/* ---- order ----------------------------------------------------------------------------------- */

static void
shuffle (uint32_t *order, uint32_t count, uint64_t seed, uint64_t epoch)
{
  for (uint32_t i = 0; i < count; i++)
    order[i] = i;
  for (uint32_t i = count - 1; i > 0; i--) {
    uint64_t r = adm_mix (adm_mix (seed, epoch), i) % (i + 1);
    uint32_t swap = order[i];
    order[i] = order[r];
    order[r] = swap;
  }
}

/* The entry number SKIP after sample K's own. With the mutex held: two epochs at most are under way
 * at once. */
static size_t
entry_of (adm_feeder *f, uint64_t k, uint64_t skip)
{
  uint64_t count = f->of.list->count, epoch = k / count;
  int which = (int) (epoch % 2);
  if (f->epoch[which] != epoch) {
    shuffle (f->order[which], (uint32_t) count, f->of.seed, epoch);
    f->epoch[which] = epoch;
  }
  return f->order[which][(k + skip) % count];
}

/* ---- threads --------------------------------------------------------------------------------- */

static adm_status
make_sample (const adm_feeder *f, uint64_t k, const char *path, float *out, adm_error *error)
{
  adm_pixmap picture;
  adm_rng rng;
  adm_status status = adm_pixmap_read (path, f->of.channels, &picture, error);
  if (status)
    return status;
  adm_rng_seed (&rng, adm_mix (f->of.seed ^ 0x63726f70, k));
  status = adm_crop_picture (&picture, f->of.crop, &rng, out, error);
  free (picture.pixels);
  return status;
}

/* With the mutex held. */
static void
note_bad (adm_feeder *f, size_t entry, const adm_error *error)
{
  if (f->bad[entry])
    return;
  f->bad[entry] = true;
  f->last = *error;
  if (f->pending_count < PENDING)
    f->pending[f->pending_count++] = *error;
}

/* Sample K into PLACE, with the mutex held but while reading. */
static void
fill_place (adm_feeder *f, uint64_t k, struct place *place)
{
  bool done = false;
  for (uint64_t skip = 0; skip < f->of.list->count && !done && !f->quit; skip++) {
    adm_error error;
    size_t entry = entry_of (f, k, skip);
    if (f->bad[entry])
      continue;
    pthread_mutex_unlock (&f->mutex);
    adm_status status = make_sample (f, k, f->of.list->entry[entry].path, place->picture, &error);
    pthread_mutex_lock (&f->mutex);
    if (status)
      note_bad (f, entry, &error);
    else {
      place->label = f->of.list->entry[entry].label;
      done = true;
    }
  }
  place->failed = !done;
  place->ready = true;
  pthread_cond_broadcast (&f->filled);
}

static void *
feeder_thread (void *arg)
{
  adm_feeder *f = arg;
  pthread_mutex_lock (&f->mutex);
  while (!f->quit)
    if (f->next < f->taken + (uint64_t) f->of.ahead) {
      uint64_t k = f->next++;
      fill_place (f, k, &f->place[k % (uint64_t) f->of.ahead]);
    } else
      pthread_cond_wait (&f->freed, &f->mutex);
  pthread_mutex_unlock (&f->mutex);
  return NULL;
}

/* Signals are for the program's own thread. */
static bool
start_thread (adm_feeder *f)
{
  sigset_t all, before;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  bool ok = pthread_create (&f->thread[f->threads], NULL, feeder_thread, f) == 0;
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  f->threads += ok;
  return ok;
}

/* ---- public ---------------------------------------------------------------------------------- */

/* Numbers of a sample. */
static size_t
numbers (const adm_feeder *f)
{
  return (size_t) f->of.channels * (size_t) f->of.crop.size * (size_t) f->of.crop.size;
}

static bool
take_memory (adm_feeder *f)
{
  size_t count = f->of.list->count, ahead = (size_t) f->of.ahead;
  f->place = calloc (ahead, sizeof *f->place);
  f->bad = calloc (count, sizeof *f->bad);
  f->order[0] = malloc (count * sizeof **f->order);
  f->order[1] = malloc (count * sizeof **f->order);
  bool ok = f->place && f->bad && f->order[0] && f->order[1];
  for (size_t i = 0; i < ahead && ok; i++)
    ok = (f->place[i].picture = malloc (numbers (f) * sizeof (float))) != NULL;
  return ok;
}

adm_status
adm_feeder_new (const adm_feeder_options *options, adm_feeder **out, adm_error *error)
{
  *out = NULL;
  adm_feeder *f = calloc (1, sizeof *f);
  if (!f)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_READING);
  f->of = *options;
  f->next = f->taken = options->first;
  f->epoch[0] = f->epoch[1] = UINT64_MAX;
  pthread_mutex_init (&f->mutex, NULL);
  pthread_cond_init (&f->filled, NULL);
  pthread_cond_init (&f->freed, NULL);
  bool ok = take_memory (f);
  for (int i = 0; i < options->threads && i < MAX_THREADS && ok; i++)
    ok = start_thread (f) || i > 0; /* one is enough */
  if (!ok) {
    adm_feeder_free (f);
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_READING);
  }
  *out = f;
  return ADM_OK;
}

void
adm_feeder_free (adm_feeder *f)
{
  if (!f)
    return;
  pthread_mutex_lock (&f->mutex);
  f->quit = true;
  pthread_cond_broadcast (&f->freed);
  pthread_mutex_unlock (&f->mutex);
  for (int i = 0; i < f->threads; i++)
    pthread_join (f->thread[i], NULL);
  for (int i = 0; i < f->of.ahead && f->place; i++)
    free (f->place[i].picture);
  pthread_cond_destroy (&f->freed);
  pthread_cond_destroy (&f->filled);
  pthread_mutex_destroy (&f->mutex);
  free (f->place), free (f->bad), free (f->order[0]), free (f->order[1]), free (f);
}

adm_status
adm_feeder_next (adm_feeder *f, float *picture, int *label, adm_error *error)
{
  adm_status status = ADM_OK;
  pthread_mutex_lock (&f->mutex);
  struct place *place = &f->place[f->taken % (uint64_t) f->of.ahead];
  while (!place->ready)
    pthread_cond_wait (&f->filled, &f->mutex);
  if (place->failed) {
    char why[ADM_ERROR_ROOM];
    status = ADM_FAIL (error, PICTURES_UNREADABLE, f->of.list->count,
                       adm_error_text (&f->last, why, sizeof why));
  } else {
    memcpy (picture, place->picture, numbers (f) * sizeof *picture);
    *label = place->label;
  }
  place->ready = false;
  f->taken++;
  pthread_cond_broadcast (&f->freed);
  pthread_mutex_unlock (&f->mutex);
  return status;
}

bool
adm_feeder_unreadable (adm_feeder *f, adm_error *why)
{
  pthread_mutex_lock (&f->mutex);
  bool any = f->pending_count > 0;
  if (any) {
    *why = f->pending[0];
    memmove (f->pending, f->pending + 1, (size_t) --f->pending_count * sizeof *f->pending);
  }
  pthread_mutex_unlock (&f->mutex);
  return any;
}

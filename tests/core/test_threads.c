/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The promise that handles may be used from any thread, one at a time, and that nothing is shared
 * behind them: several threads load, sample, upscale, cancel and free models of their own and hand
 * sessions on, while another reads the folder again and again. Every picture is the one a single
 * thread makes. Run under ThreadSanitizer, too. */
#include "folder.h"
#include "stages.h"
#include "said.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
  THREADS = 3,
  ROUNDS = 12,
  SEEDS = 3,
  STEPS = 3,
  PIXELS = 3 * TINY_SIDE * TINY_SIDE,
  LOW_PIXELS = 3 * TINY_LOW * TINY_LOW
};

static adm_model *model;
static float reference[SEEDS][PIXELS], enlarged[PIXELS], low[LOW_PIXELS];
static atomic_int wrong, cancelled, done;

/* A session that wanders from thread to thread. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static adm_session *shared;

static adm_request
the_request (int seed)
{
  return (adm_request) { .label = 1,
                         .guide_label = ADM_NO_LABEL,
                         .scale = 2,
                         .sampler = ADM_SAMPLER_DDIM,
                         .steps = STEPS,
                         .seed = (uint64_t) seed,
                         .count = 1 };
}

/* Stops after so many questions; never when it is negative. */
static bool
count_down (const adm_progress *progress, void *user)
{
  int *left = user;
  (void) progress;
  return *left < 0 || --*left > 0;
}

/* Whether what came is either the right picture or a cancellation that was asked for. */
static void
act (adm_session *session, int what, int patience)
{
  float out[PIXELS];
  adm_error error;
  int seed = what % SEEDS, left = patience;
  bool upscale = what % 4 == 3;
  adm_request request = the_request (seed);
  if (upscale) {
    request.seed = 7;
    request.low = low;
    request.low_h = request.low_w = TINY_LOW;
  }
  adm_status status
      = upscale ? session_upscale (session, &request, count_down, &left, out, NULL, &error)
                : session_sample (session, &request, count_down, &left, out, NULL, &error);
  if (status == ADM_ERROR_CANCELLED && patience >= 0)
    atomic_fetch_add (&cancelled, 1);
  else if (status || memcmp (out, upscale ? enlarged : reference[seed], sizeof out) != 0)
    atomic_fetch_add (&wrong, 1);
}

static void *
work (void *data)
{
  int self = *(int *) data;
  adm_error error;
  for (int round = 0; round < ROUNDS; round++) {
    int lot = round * THREADS + self;
    adm_session *session = NULL;
    if (adm_session_new (model, &(adm_options) { .threads = 1 + lot % 2 }, &session, &error)) {
      atomic_fetch_add (&wrong, 1);
      continue;
    }
    act (session, lot, lot % 3 == 0 ? 1 + 7 * (lot % 13) : -1);
    act (session, lot + 1, -1);
    pthread_mutex_lock (&guard);
    act (shared, lot + 2, -1);
    adm_session *mine = session;
    session = shared;
    shared = mine;
    pthread_mutex_unlock (&guard);
    act (session, lot + 3, -1);
    adm_session_free (session);
  }
  return NULL;
}

static void *
look (void *data)
{
  const char *folders[] = { folder_path };
  adm_error error;
  (void) data;
  do {
    adm_catalog *catalog = NULL;
    if (adm_catalog_new (folders, 1, &catalog, &error) || adm_catalog_count (catalog) == 0)
      atomic_fetch_add (&wrong, 1);
    adm_catalog_free (catalog);
  } while (!atomic_load (&done));
  return NULL;
}

int
main (void)
{
  adm_error error;
  pthread_t thread[THREADS], looker;
  int number[THREADS];
  int never = -1;

  folder_make ();
  folder_write_tiny ("diffusion.safetensors", ADM_KIND_UNET);
  folder_write_tiny ("classifier.safetensors", ADM_KIND_CLASSIFIER);
  folder_write_tiny ("superres.safetensors", ADM_KIND_SUPERRES);
  if (!CHECK (adm_model_from_files (folder_file ("diffusion.safetensors"),
                                    folder_file ("classifier.safetensors"), NULL, &model, &error)
              == ADM_OK)) {
    printf ("  %s\n", said (&error));
    return check_summary ();
  }
  model->upsampler = strdup (folder_file ("superres.safetensors"));
  for (int i = 0; i < LOW_PIXELS; i++)
    low[i] = (float) (i % 9) / 4 - 1;

  adm_request request = the_request (7);
  CHECK (adm_session_new (model, &(adm_options) { .threads = 1 }, &shared, &error) == ADM_OK);
  for (int seed = 0; seed < SEEDS; seed++) {
    adm_request sample = the_request (seed);
    CHECK (session_sample (shared, &sample, count_down, &never, reference[seed], NULL, &error)
           == ADM_OK);
  }
  request.low = low;
  request.low_h = request.low_w = TINY_LOW;
  if (!CHECK (session_upscale (shared, &request, NULL, NULL, enlarged, NULL, &error) == ADM_OK))
    printf ("  %s\n", said (&error));
  CHECK (memcmp (reference[0], reference[1], sizeof reference[0]) != 0);

  for (int i = 0; i < THREADS; i++) {
    number[i] = i;
    CHECK (pthread_create (&thread[i], NULL, work, &number[i]) == 0);
  }
  CHECK (pthread_create (&looker, NULL, look, NULL) == 0);
  for (int i = 0; i < THREADS; i++)
    pthread_join (thread[i], NULL);
  atomic_store (&done, 1);
  pthread_join (looker, NULL);
  printf ("%d sessions, %d jobs cancelled, %d wrong\n", THREADS * ROUNDS, atomic_load (&cancelled),
          atomic_load (&wrong));
  CHECK (atomic_load (&wrong) == 0 && atomic_load (&cancelled) > 0);
  adm_session_free (shared);
  adm_model_free (model);
  folder_remove ();
  return check_summary ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evaluate/extractor.h"

#include "base/error.h"

#include <stdlib.h>

enum { CLASSIFIER_BATCH = 16, PER_WORKER = 4 };

/* What Inception's weights and its layers' maps take, in bytes. */
static const uint64_t inception_bytes = 24u << 22;

uint64_t
adm_extractor_bytes (const adm_evaluation *how, int threads)
{
  if (!how->network || how->features == ADM_FEATURES_CLASSIFIER)
    return 0; /* a classifier refuses by itself, when it is loaded */
  return inception_bytes + (uint64_t) threads * adm_inception_workspace () * sizeof (float);
}

static adm_status
init_classifier (adm_extractor *e, const adm_evaluation *how, adm_error *error)
{
  const adm_options options = { .threads = how->threads, .memory_limit = how->memory_limit };
  adm_status status = adm_network_load (how->network, &options, NULL, NULL, &e->classifier, error);
  if (status)
    return status;
  const adm_description *d = adm_network_description (e->classifier);
  if (d->kind != ADM_KIND_CLASSIFIER)
    return ADM_FAIL (error, FEATURES_FILE, how->network);
  e->width = adm_network_features_width (e->classifier);
  e->at_once = CLASSIFIER_BATCH;
  e->memory = malloc (3 * (size_t) e->at_once * (size_t) d->image_size * (size_t) d->image_size
                      * sizeof *e->memory);
  return ADM_OK;
}

adm_status
adm_extractor_init (adm_extractor *e, const adm_workbench *bench, const adm_evaluation *how,
                    adm_error *error)
{
  int workers = adm_pool_threads (bench->pool);
  *e = (adm_extractor) { .bench = bench, .path = how->network };
  adm_status status;
  if (how->features == ADM_FEATURES_CLASSIFIER)
    status = init_classifier (e, how, error);
  else if (!(status = adm_inception_load (how->network, &bench->blas, &e->inception, error))) {
    e->width = ADM_INCEPTION_POOL;
    e->spatial_width = ADM_INCEPTION_SPATIAL;
    e->at_once = PER_WORKER * workers;
    e->memory = malloc ((size_t) workers * adm_inception_workspace () * sizeof *e->memory);
  }
  if (!status && !e->memory)
    status = ADM_FAIL (error, NO_MEMORY_READ, how->network);
  if (status)
    adm_extractor_clear (e);
  return status;
}

void
adm_extractor_clear (adm_extractor *e)
{
  adm_inception_free (e->inception);
  adm_network_free (e->classifier);
  free (e->memory);
  *e = (adm_extractor) { 0 };
}

struct run {
  const adm_extractor *e;
  const adm_rgb_picture *pictures;
  float *rows, *spatial;
};

static void
run_inception (void *arg, int unit, int worker)
{
  const struct run *r = arg;
  const adm_rgb_picture *p = &r->pictures[unit];
  adm_inception_run (r->e->inception, p->pixels, p->height, p->width,
                     r->e->memory + (size_t) worker * adm_inception_workspace (),
                     r->rows + (size_t) unit * ADM_INCEPTION_POOL,
                     r->spatial + (size_t) unit * ADM_INCEPTION_SPATIAL);
}

adm_status
adm_extractor_run (adm_extractor *e, const adm_rgb_picture *pictures, int n, const char *where,
                   float *rows, float *spatial, adm_error *error)
{
  if (e->inception) {
    struct run run = { e, pictures, rows, spatial };
    adm_pool_run (e->bench->pool, n, run_inception, &run);
    return ADM_OK;
  }
  int side = adm_network_description (e->classifier)->image_size;
  const int t[CLASSIFIER_BATCH] = { 0 };
  for (int i = 0; i < n; i++) {
    if (pictures[i].height != side || pictures[i].width != side)
      return ADM_FAIL (error, PICTURES_SIZE, where, pictures[i].width, pictures[i].height, e->path,
                       side, side);
    adm_pixels_from_u8 (pictures[i].pixels, side, side,
                        e->memory + 3 * (size_t) i * (size_t) side * (size_t) side);
  }
  return adm_network_features (e->classifier, n, e->memory, t, rows, error);
}

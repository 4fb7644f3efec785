/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a class is taught from, and what has become of it: see teaching.h. */
#include "train/teaching.h"

#include "adm_array.h"
#include "base/error.h"
#include "descriptions/description.h"
#include "io/weights.h"
#include "train/samples.h"

#include <stdlib.h>

/* ---- crops ----------------------------------------------------------------------------------- */

adm_status
adm_taught_pictures_read (const adm_teach_request *r, int channels, int side,
                          adm_pixmap picture[ADM_TAUGHT_PICTURES], adm_error *error)
{
  for (int i = 0; i < r->pictures; i++) {
    adm_pixmap *p = &picture[i];
    adm_status status = adm_pixmap_read (r->picture[i], channels, p, error);
    if (status)
      return status;
    while (p->width / 2 > 4 * side && p->height / 2 > 4 * side) {
      adm_pixmap half = { .height = p->height / 2, .width = p->width / 2 };
      if (!adm_pixmap_resize (p, ADM_FILTER_BOX, &half))
        return ADM_FAIL (error, NO_MEMORY_READ, r->picture[i]);
      free (p->pixels);
      *p = half;
    }
  }
  return ADM_OK;
}

void
adm_taught_pictures_clear (adm_pixmap picture[ADM_TAUGHT_PICTURES])
{
  for (int i = 0; i < ADM_TAUGHT_PICTURES; i++)
    free (picture[i].pixels);
}

adm_status
adm_taught_crop (const adm_teach_request *r, const adm_pixmap *picture, int side, uint64_t k,
                 float *out, adm_error *error)
{
  adm_rng rng;
  adm_rng_seed (&rng, r->seed * 0x9e3779b9u + k);
  return adm_crop_texture (&picture[adm_rng_next (&rng) % (uint32_t) r->pictures],
                           (adm_texture_crop) { side, r->tiles, r->turns }, &rng, out, error);
}

/* Channels of the network that REQUEST names; where it names none, those of colours. */
static adm_status
channels_of (const adm_teach_request *r, int *channels, adm_error *error)
{
  adm_weights *weights = NULL;
  adm_description d;
  const char *recognised;
  *channels = 3;
  if (!r->weights)
    return ADM_OK;
  adm_status status = adm_weights_open (r->weights, &weights, error);
  if (!status)
    status = adm_description_of_weights (weights, &d, &recognised, error);
  if (!status)
    *channels = adm_description_channels (&d);
  adm_weights_free (weights);
  return status;
}

adm_status
adm_teach_crops (const adm_teach_request *r, int side, int n, uint8_t *out, adm_error *error)
{
  adm_pixmap picture[ADM_TAUGHT_PICTURES] = { 0 };
  const size_t area = (size_t) side * (size_t) side;
  int channels;
  if (r->pictures < 1 || r->pictures > ADM_TAUGHT_PICTURES)
    return ADM_FAIL (error, TEACH_REQUEST, ADM_WORD_TEACH_PICTURES);
  adm_status status = channels_of (r, &channels, error);
  if (status)
    return status;
  float *planar = malloc ((size_t) (channels + 3) * area * sizeof *planar);
  status = planar ? adm_taught_pictures_read (r, channels, side, picture, error)
                  : ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_PICTURE);
  for (int i = 0; i < n && !status; i++) {
    float *rgb = planar + (size_t) channels * area;
    status = adm_taught_crop (r, picture, side, (uint64_t) i, planar, error);
    if (!status) {
      adm_pixels_to_rgb (planar, channels, side, side, rgb);
      adm_pixels_to_u8 (rgb, side, side, out + 3 * (size_t) i * area);
    }
  }
  free (planar);
  adm_taught_pictures_clear (picture);
  return status;
}

/* ---- test pictures --------------------------------------------------------------------------- */

/* Few steps: it is a look, and must not take the time of learning. */
enum { SHOW_STEPS = 12 };

adm_status
adm_teaching_show (adm_teaching *g, float *out, adm_error *error)
{
  const adm_description *d = &g->training.trainee->description;
  int channels = adm_description_channels (d);
  float *own
      = malloc ((size_t) channels * (size_t) d->image_size * (size_t) d->image_size * sizeof *own);
  if (!own)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_PICTURE);
  adm_teaching_exchange (g);
  adm_adapter_apply (&g->adapter);
  adm_status status = adm_trainee_look (
      g->training.trainee,
      (adm_look) { g->adapter.row, SHOW_STEPS, g->request->seed, g->request->weights }, own, error);
  adm_teaching_exchange (g);
  adm_adapter_apply (&g->adapter);
  if (!status)
    adm_pixels_to_rgb (own, channels, d->image_size, d->image_size, out);
  free (own);
  return status;
}

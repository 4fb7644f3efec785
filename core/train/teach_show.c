/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a class is taught from, and what has become of it: see teaching.h. */
#include "train/teaching.h"

#include "adm_array.h"
#include "base/error.h"
#include "train/samples.h"

#include <stdlib.h>

/* ---- crops ----------------------------------------------------------------------------------- */

adm_status
adm_taught_pictures_read (const adm_teach_request *r, int side,
                          adm_pixmap picture[ADM_TAUGHT_PICTURES], adm_error *error)
{
  for (int i = 0; i < r->pictures; i++) {
    adm_pixmap *p = &picture[i];
    p->channels = 3;
    adm_status status
        = adm_picture_read (r->picture[i], &p->pixels, NULL, &p->width, &p->height, error);
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

adm_status
adm_teach_crops (const adm_teach_request *r, int side, int n, uint8_t *out, adm_error *error)
{
  adm_pixmap picture[ADM_TAUGHT_PICTURES] = { 0 };
  const size_t one = 3 * (size_t) side * (size_t) side;
  if (r->pictures < 1 || r->pictures > ADM_TAUGHT_PICTURES)
    return ADM_FAIL (error, TEACH_REQUEST, ADM_WORD_TEACH_PICTURES);
  float *planar = malloc (one * sizeof *planar);
  adm_status status = planar ? adm_taught_pictures_read (r, side, picture, error)
                             : ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_PICTURE);
  for (int i = 0; i < n && !status; i++) {
    status = adm_taught_crop (r, picture, side, (uint64_t) i, planar, error);
    if (!status)
      adm_pixels_to_u8 (planar, side, side, out + (size_t) i * one);
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
  return adm_trainee_look (
      g->training.trainee,
      (adm_look) { g->adapter.row, SHOW_STEPS, g->request->seed, g->request->weights }, out, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The public face of single networks: no arithmetic here. */
#include "adm.h"

#include "base/error.h"
#include "base/pool.h"
#include "descriptions/description.h"
#include "descriptions/network_file.h"

const char *
adm_version (void)
{
  return ADM_VERSION;
}

/* ---- networks -------------------------------------------------------------------------------- */

struct load_progress {
  adm_callback callback;
  void *user;
};

static bool
load_progress (void *user, double done)
{
  struct load_progress *p = user;
  adm_progress progress = { .stage = ADM_STAGE_LOAD, .images = 1, .fraction = done };
  return !p->callback || p->callback (&progress, p->user);
}

adm_status
adm_network_load (const char *path, const adm_options *options, adm_callback callback, void *user,
                  adm_network **out, adm_error *error)
{
  struct load_progress progress = { callback, user };
  adm_network_source source = { .name = path, .progress = load_progress, .user = &progress };
  return adm_network_open_file (&source, options, NULL, NULL, options->memory_limit, out, error);
}

adm_status
adm_network_make_up (const adm_description *description, const adm_options *options, uint64_t seed,
                     adm_network **out, adm_error *error)
{
  adm_network_source source = { .description = description, .seed = seed };
  adm_status status = adm_description_validate (description, "made-up network", error);
  *out = NULL;
  if (status)
    return status;
  return adm_network_open (&source, options, NULL, NULL, options->memory_limit, out, error);
}

const adm_description *
adm_network_description (const adm_network *network)
{
  return &network->description;
}

uint64_t
adm_network_weights_bytes (const adm_network *network)
{
  return network->weights_bytes;
}

void
adm_network_shares (const adm_network *network, adm_layer_share shares[ADM_LAYER_SHARES])
{
  static const char *const names[] = { "3x3 by Winograd", "3x3 directly", "1x1",     "attention",
                                       "group norm",      "linear",       "the rest" };
  _Static_assert ((int) ADM_LAYERS == (int) ADM_LAYER_SHARES
                      && sizeof names / sizeof *names == ADM_LAYERS,
                  "a name for each kind of layer");
  for (int i = 0; i < ADM_LAYERS; i++)
    shares[i]
        = (adm_layer_share) { names[i], network->profile.layer[i].count,
                              network->profile.layer[i].seconds, network->profile.layer[i].flops };
}

adm_status
adm_description_memory (const adm_description *description, int batch, const adm_options *options,
                        uint64_t *weights, uint64_t *workspace, adm_error *error)
{
  const adm_options usual = { 0 };
  adm_network_plan plan;
  adm_status status = adm_network_measure (description, batch, options ? options : &usual,
                                           description->kind == ADM_KIND_CLASSIFIER, &plan, error);
  if (status)
    return status;
  *weights = plan.weights;
  *workspace = plan.workspace > plan.loading ? plan.workspace : plan.loading;
  return ADM_OK;
}

adm_status
adm_description_flops (const adm_description *description, double *flops, adm_error *error)
{
  const adm_options direct = { .exact = true };
  adm_network_plan plan;
  adm_status status = adm_network_measure (description, 1, &direct,
                                           description->kind == ADM_KIND_CLASSIFIER, &plan, error);
  if (!status)
    *flops = plan.flops;
  return status;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

void
adm_pixels_to_u8 (const float *planar, int height, int width, uint8_t *interleaved)
{
  size_t pixels = (size_t) height * (size_t) width;
  for (size_t i = 0; i < pixels; i++)
    for (size_t c = 0; c < 3; c++) {
      float v = (planar[c * pixels + i] + 1) * 127.5f;
      /* NaN, in a preview, too */
      interleaved[3 * i + c] = v >= 255 ? 255 : v > 0 ? (uint8_t) v : 0;
    }
}

void
adm_pixels_to_rgb (const float *planar, int channels, int height, int width, float *rgb)
{
  size_t pixels = (size_t) height * (size_t) width;
  for (size_t c = 0; c < 3; c++)
    for (size_t i = 0; i < pixels; i++) {
      float value = planar[(channels == 1 ? 0 : c * pixels) + i], alpha = 1;
      if (channels == 4) {
        alpha = (planar[3 * pixels + i] + 1) / 2;
        alpha = alpha < 0 ? 0 : alpha > 1 ? 1 : alpha;
      }
      rgb[c * pixels + i] = channels == 4 ? value * alpha + 1 - alpha : value;
    }
}

void
adm_pixels_from_white (float *rgb, const uint8_t *alpha, int height, int width)
{
  const size_t pixels = (size_t) height * (size_t) width;
  for (size_t c = 0; c < 3; c++)
    for (size_t i = 0; i < pixels; i++) {
      float *value = rgb + c * pixels + i;
      const float colour = alpha[i] ? 1 - (1 - *value) * 255 / (float) alpha[i] : 1;
      if (alpha[i] < 255) /* darker than black is what was drawn beyond the edge of alpha */
        *value = colour < -1 ? -1 : colour;
    }
}

void
adm_pixels_from_u8 (const uint8_t *interleaved, int height, int width, float *planar)
{
  size_t pixels = (size_t) height * (size_t) width;
  for (size_t i = 0; i < pixels; i++)
    for (size_t c = 0; c < 3; c++)
      planar[c * pixels + i] = (float) interleaved[3 * i + c] / 127.5f - 1;
}

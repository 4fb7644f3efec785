/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table. Sampling defaults are the paper's quick setting, 25 DDIM steps with the gradient scale
 * of its tables (128 px: 1.0, as the recipe for 25 steps has it); for LSUN its 1000 ancestral
 * steps. Scale 0 where no classifier belongs to the file. */
#include "descriptions/published.h"

#include <string.h>

#define COMMON                                                                                     \
  .num_heads_upsample = -1, .use_scale_shift_norm = 1, .resblock_updown = 1, .diffusion_steps = 1000
#define HEAD_CHANNELS(n) .num_heads = 1, .num_head_channels = n
#define HEADS(n) .num_heads = n, .num_head_channels = -1
#define ATTENTION_32_16_8 .attention_levels = 3, .attention_resolutions = { 32, 16, 8 }
#define MULT_64 .levels = 4, .channel_mult = { 1, 2, 3, 4 }
#define MULT_128 .levels = 5, .channel_mult = { 1, 1, 2, 3, 4 }
#define MULT_256 .levels = 6, .channel_mult = { 1, 1, 2, 2, 4, 4 }
#define MULT_512 .levels = 7, .channel_mult = { 0.5, 1, 1, 2, 2, 4, 4 }
#define PUBLISHED(called)                                                                          \
  .name = called, .file = called ".pt",                                                            \
  .address = "https://openaipublic.blob.core.windows.net/diffusion/jul-2021/" called ".pt"
#define DDIM(n, s) { .sampler = ADM_SAMPLER_DDIM, .steps = n, .scale = s }
#define DDPM(n, s) { .sampler = ADM_SAMPLER_DDPM, .steps = n, .scale = s }

#define DIFFUSION(size, channels, blocks, classes)                                                 \
  COMMON, .kind = ADM_KIND_UNET, .image_size = size, .model_channels = channels,                   \
      .num_res_blocks = blocks, .num_classes = classes, .learn_sigma = 1, ATTENTION_32_16_8
#define CLASSIFIER(size, depth)                                                                    \
  COMMON, .kind = ADM_KIND_CLASSIFIER, .image_size = size, .model_channels = 128,                  \
      .num_res_blocks = depth, .num_classes = 1000, .pool = ADM_POOL_ATTENTION,                    \
      HEAD_CHANNELS (64), ATTENTION_32_16_8
#define UPSAMPLER(small, large)                                                                    \
  COMMON, .kind = ADM_KIND_SUPERRES, .image_size = large, .small_size = small,                     \
      .model_channels = 192, .num_res_blocks = 2, .num_classes = 1000, .learn_sigma = 1, MULT_256
#define UNCONDITIONAL_256 DIFFUSION (256, 256, 2, 0), MULT_256, HEAD_CHANNELS (64)

static const adm_published table[] = {
  { PUBLISHED ("64x64_diffusion"),
    .description = { DIFFUSION (64, 192, 3, 1000), MULT_64, HEAD_CHANNELS (64),
                     .use_new_attention_order = 1, .noise_schedule = ADM_SCHEDULE_COSINE },
    .defaults = DDIM (25, 1.0) },
  { PUBLISHED ("64x64_classifier"),
    .description = { CLASSIFIER (64, 4), MULT_64, .noise_schedule = ADM_SCHEDULE_COSINE },
    .defaults = DDIM (25, 1.0) },
  { PUBLISHED ("128x128_diffusion"),
    .description = { DIFFUSION (128, 256, 2, 1000), MULT_128, HEADS (4) },
    .defaults = DDIM (25, 1.0) },
  { PUBLISHED ("128x128_classifier"), .description = { CLASSIFIER (128, 2), MULT_128 },
    .defaults = DDIM (25, 1.0) },
  { PUBLISHED ("256x256_diffusion"),
    .description = { DIFFUSION (256, 256, 2, 1000), MULT_256, HEAD_CHANNELS (64) },
    .defaults = DDIM (25, 1.0) },
  { PUBLISHED ("256x256_diffusion_uncond"), .description = { UNCONDITIONAL_256 },
    .defaults = DDIM (25, 10.0) },
  { PUBLISHED ("256x256_classifier"), .description = { CLASSIFIER (256, 2), MULT_256 },
    .defaults = DDIM (25, 1.0) },
  { PUBLISHED ("512x512_diffusion"),
    .description = { DIFFUSION (512, 256, 2, 1000), MULT_512, HEAD_CHANNELS (64) },
    .defaults = DDIM (25, 4.0) },
  { PUBLISHED ("512x512_classifier"), .description = { CLASSIFIER (512, 2), MULT_512 },
    .defaults = DDIM (25, 4.0) },
  { PUBLISHED ("64_256_upsampler"),
    .description = { UPSAMPLER (64, 256), HEADS (4), ATTENTION_32_16_8 },
    .defaults = DDIM (25, 0.0) },
  { PUBLISHED ("128_512_upsampler"),
    .description = { UPSAMPLER (128, 512), HEAD_CHANNELS (64), .attention_levels = 2,
                     .attention_resolutions = { 32, 16 } },
    .defaults = DDIM (25, 0.0) },
  { PUBLISHED ("lsun_bedroom"), .description = { UNCONDITIONAL_256 },
    .defaults = DDPM (1000, 0.0) },
  { PUBLISHED ("lsun_cat"), .description = { UNCONDITIONAL_256 }, .defaults = DDPM (1000, 0.0) },
  { PUBLISHED ("lsun_horse"), .description = { UNCONDITIONAL_256 }, .defaults = DDPM (1000, 0.0) },
  { PUBLISHED ("lsun_horse_nodropout"), .description = { UNCONDITIONAL_256 },
    .defaults = DDPM (1000, 0.0) },
};

enum { COUNT = sizeof table / sizeof *table };

const adm_published *
adm_published_match (adm_listing *listing)
{
  return adm_published_next (listing, NULL);
}

const adm_published *
adm_published_next (adm_listing *listing, const adm_published *previous)
{
  adm_error ignored;
  for (ptrdiff_t i = previous ? previous - table + 1 : 0; i < COUNT; i++)
    if (!adm_listing_check (listing, &table[i].description, table[i].name, &ignored))
      return &table[i];
  return NULL;
}

const adm_published *
adm_published_find (const char *name)
{
  for (int i = 0; i < COUNT; i++)
    if (strcmp (table[i].name, name) == 0)
      return &table[i];
  return NULL;
}

/* How the decoder's heads, where they are not stated, follow the encoder's. */
static int
upsample_heads (const adm_description *d)
{
  return d->num_heads_upsample == -1 ? d->num_heads : d->num_heads_upsample;
}

bool
adm_published_fits (const adm_published *published, const adm_description *d)
{
  const adm_description *p = &published->description;
  bool heads = p->num_head_channels == d->num_head_channels
               && (p->num_head_channels != -1
                   || (p->num_heads == d->num_heads && upsample_heads (p) == upsample_heads (d)));
  /* A classifier computes nothing with its noise schedule. */
  bool schedule = p->noise_schedule == d->noise_schedule || p->kind == ADM_KIND_CLASSIFIER;
  return heads && schedule && p->kind == d->kind && p->image_size == d->image_size
         && p->use_new_attention_order == d->use_new_attention_order
         && p->rescale_residual == d->rescale_residual && p->predict_xstart == d->predict_xstart
         && p->diffusion_steps == d->diffusion_steps;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "descriptions/keys.h"

#include <stddef.h>
#include <string.h>

static const struct known {
  const char *name;
  adm_key_use use;
} keys[] = {
  { "kind", ADM_KEY_NETWORK },
  { "image_size", ADM_KEY_NETWORK },
  { "small_size", ADM_KEY_NETWORK },
  { "model_channels", ADM_KEY_NETWORK },
  { "num_res_blocks", ADM_KEY_NETWORK },
  { "channel_mult", ADM_KEY_NETWORK },
  { "attention_resolutions", ADM_KEY_NETWORK },
  { "num_classes", ADM_KEY_NETWORK },
  { "num_heads", ADM_KEY_NETWORK },
  { "num_heads_upsample", ADM_KEY_NETWORK },
  { "num_head_channels", ADM_KEY_NETWORK },
  { "learn_sigma", ADM_KEY_NETWORK },
  { "use_scale_shift_norm", ADM_KEY_NETWORK },
  { "resblock_updown", ADM_KEY_NETWORK },
  { "use_new_attention_order", ADM_KEY_NETWORK },
  { "rescale_residual", ADM_KEY_NETWORK },
  { "noise_schedule", ADM_KEY_NETWORK },
  { "pool", ADM_KEY_NETWORK },
  { "diffusion_steps", ADM_KEY_NETWORK },
  { "rescale_timesteps", ADM_KEY_NETWORK },
  { "predict_xstart", ADM_KEY_NETWORK },
  { "sigma_small", ADM_KEY_NETWORK },
  { "in_channels", ADM_KEY_NETWORK },
  { "pixels", ADM_KEY_NETWORK },
  { "training_steps", ADM_KEY_ABOUT },
  { "training_pictures", ADM_KEY_ABOUT },
  { "class_names", ADM_KEY_ABOUT },
  { "recognised_as", ADM_KEY_ABOUT },
  { "license", ADM_KEY_ABOUT },
  { "license_file", ADM_KEY_ABOUT },
  { "name", ADM_KEY_ABOUT },
  { "description", ADM_KEY_ABOUT },
  { "author", ADM_KEY_ABOUT },
  { "source", ADM_KEY_ABOUT },
  { "url", ADM_KEY_ABOUT },
  { "comment", ADM_KEY_ABOUT },
  { "dropout", ADM_KEY_TRAINING },
  { "use_checkpoint", ADM_KEY_TRAINING },
  { "use_fp16", ADM_KEY_TRAINING },
  { "use_kl", ADM_KEY_TRAINING },
  { "rescale_learned_sigmas", ADM_KEY_TRAINING },
  { "loss_type", ADM_KEY_TRAINING },
  { "schedule_sampler", ADM_KEY_TRAINING },
  { "lr", ADM_KEY_TRAINING },
  { "weight_decay", ADM_KEY_TRAINING },
  { "lr_anneal_steps", ADM_KEY_TRAINING },
  { "anneal_lr", ADM_KEY_TRAINING },
  { "batch_size", ADM_KEY_TRAINING },
  { "microbatch", ADM_KEY_TRAINING },
  { "ema_rate", ADM_KEY_TRAINING },
  { "log_interval", ADM_KEY_TRAINING },
  { "save_interval", ADM_KEY_TRAINING },
  { "eval_interval", ADM_KEY_TRAINING },
  { "resume_checkpoint", ADM_KEY_TRAINING },
  { "fp16_scale_growth", ADM_KEY_TRAINING },
  { "data_dir", ADM_KEY_TRAINING },
  { "val_data_dir", ADM_KEY_TRAINING },
  { "iterations", ADM_KEY_TRAINING },
  { "noised", ADM_KEY_TRAINING },
};

/* The reference implementation's options that are called otherwise here. */
static const struct {
  const char *there, *here;
} renamed[] = {
  { "num_channels", "model_channels" },
  { "class_cond", "num_classes" },
  { "large_size", "image_size" },
  { "steps", "diffusion_steps" },
  { "timesteps", "diffusion_steps" },
  { "classifier_pool", "pool" },
  { "classifier_width", "model_channels" },
  { "classifier_depth", "num_res_blocks" },
  { "classifier_attention_resolutions", "attention_resolutions" },
  { "classifier_use_scale_shift_norm", "use_scale_shift_norm" },
  { "classifier_resblock_updown", "resblock_updown" },
  { "num_in_channels", "in_channels" },
};

adm_key_use
adm_key_find (const char *key)
{
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (strcmp (keys[i].name, key) == 0)
      return keys[i].use;
  return ADM_KEY_UNKNOWN;
}

/* Letters to change, add or leave out (Levenshtein 1965), of the first 40. */
static int
distance (const char *a, const char *b)
{
  enum { MOST = 40 };
  int row[MOST + 1];
  size_t n = strlen (b) < MOST ? strlen (b) : MOST;
  for (size_t j = 0; j <= n; j++)
    row[j] = (int) j;
  for (size_t i = 0; a[i] && i < MOST; i++) {
    int diagonal = row[0];
    row[0] = (int) i + 1;
    for (size_t j = 1; j <= n; j++) {
      int best = diagonal + (a[i] != b[j - 1]);
      diagonal = row[j];
      best = row[j] + 1 < best ? row[j] + 1 : best;
      row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
    }
  }
  return row[n];
}

const char *
adm_key_nearest (const char *key)
{
  const char *nearest = keys[0].name;
  int least = distance (key, nearest);
  for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
    if (strcmp (renamed[i].there, key) == 0)
      return renamed[i].here;
  for (size_t i = 1; i < sizeof keys / sizeof *keys; i++) {
    int letters = distance (key, keys[i].name);
    if (letters < least) {
      least = letters;
      nearest = keys[i].name;
    }
  }
  return nearest;
}

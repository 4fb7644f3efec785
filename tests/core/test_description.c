/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Descriptions in JSON: what is read, what is refused and by which name, and that writing and
 * reading agree. */
#include "descriptions/description.h"

#include "check.h"
#include "said.h"

#include <locale.h>
#include <stdlib.h>

static const char complete[]
    = "{\"kind\": \"unet\", \"image_size\": 64, \"model_channels\": 64, \"num_res_blocks\": 2, "
      "\"channel_mult\":"
      " [0.5, 1, 2], \"attention_resolutions\": [32, 16], \"num_classes\": 17, \"num_heads\": 4, "
      "\"num_head_channels\": -1,"
      " \"use_scale_shift_norm\": true, \"resblock_updown\": false, \"use_new_attention_order\": "
      "true,"
      " \"noise_schedule\": \"cosine\", \"comment\": {\"nested\": [1, 2]}}";

static adm_status
parse (const char *text, adm_description *d, adm_error *error)
{
  return adm_description_parse (text, strlen (text), "here.json", d, error);
}

/* COMPLETE with KEY's value replaced by VALUE, or the key taken out (VALUE NULL). */
static const char *
variant (const char *key, const char *value)
{
  static char text[2048];
  char quoted[64];
  snprintf (quoted, sizeof quoted, "\"%s\": ", key);
  const char *at = strstr (complete, quoted);
  if (!at) {
    snprintf (text, sizeof text, "{%s%s, %s", quoted, value, complete + 1);
    return text;
  }
  const char *from = at + strlen (quoted), *end = from + strcspn (from, *from == '[' ? "]" : ",}");
  end += *end == ']';
  if (value)
    snprintf (text, sizeof text, "%.*s%s%s%s", (int) (at - complete), complete, quoted, value, end);
  else
    snprintf (text, sizeof text, "%.*s%s", (int) (at - complete), complete, end + (*end == ','));
  return text;
}

static void
expect_refused (const char *key, const char *value, const char *part)
{
  adm_description d;
  adm_error error = { 0 };
  if (!CHECK (parse (variant (key, value), &d, &error) == ADM_ERROR_FORMAT))
    printf ("  %s: %s\n", key, value ? value : "(absent)");
  CHECK_CONTAINS (said (&error), "here.json: ");
  CHECK_CONTAINS (said (&error), part);
}

static void
test_complete (void)
{
  adm_description d;
  adm_error error;
  if (!CHECK (parse (complete, &d, &error) == ADM_OK)) {
    printf ("  %s\n", said (&error));
    return;
  }
  CHECK (d.kind == ADM_KIND_UNET && d.image_size == 64 && d.model_channels == 64
         && d.num_res_blocks == 2);
  CHECK (d.levels == 3 && d.channel_mult[0] == 0.5 && d.channel_mult[1] == 1
         && d.channel_mult[2] == 2);
  CHECK (d.attention_levels == 2 && d.attention_resolutions[0] == 32
         && d.attention_resolutions[1] == 16);
  CHECK (d.num_classes == 17 && d.num_heads == 4 && d.num_head_channels == -1
         && d.num_heads_upsample == -1);
  CHECK (d.use_scale_shift_norm == 1 && d.resblock_updown == 0 && d.use_new_attention_order == 1
         && d.rescale_residual == 0);
  CHECK (d.noise_schedule == ADM_SCHEDULE_COSINE && d.diffusion_steps == 1000
         && d.learn_sigma == -1);
  CHECK (adm_description_unknown (&d) == NULL);
  CHECK (parse (variant ("num_classes", "null"), &d, &error) == ADM_OK && d.num_classes == 0);
  CHECK (parse (variant ("attention_resolutions", "[]"), &d, &error) == ADM_OK
         && d.attention_levels == 0);
  CHECK (parse (variant ("diffusion_steps", "4000"), &d, &error) == ADM_OK
         && d.diffusion_steps == 4000);
  CHECK (parse (variant ("rescale_residual", "true"), &d, &error) == ADM_OK
         && d.rescale_residual == 1);
  CHECK (parse (variant ("learn_sigma", "false"), &d, &error) == ADM_OK && d.learn_sigma == 0);
}

static void
test_required (void)
{
  static const char *const keys[] = { "kind",
                                      "image_size",
                                      "model_channels",
                                      "num_res_blocks",
                                      "channel_mult",
                                      "attention_resolutions",
                                      "num_classes",
                                      "num_heads",
                                      "num_head_channels",
                                      "use_scale_shift_norm",
                                      "resblock_updown",
                                      "use_new_attention_order",
                                      "noise_schedule" };
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    char part[64];
    snprintf (part, sizeof part, "%s: is missing", keys[i]);
    expect_refused (keys[i], NULL, part);
  }
  expect_refused ("image_size", "null", "image_size: is missing");
  expect_refused ("kind", "\"classifier\"", "pool: is missing");
}

static void
test_wrong (void)
{
  static const char *const cases[][3] = {
    { "kind", "\"vae\"", "kind: must be" },
    { "kind", "1", "kind: must be" },
    { "image_size", "\"64\"", "image_size: must be" },
    { "image_size", "64.5", "image_size: must be" },
    { "image_size", "4096", "image_size: 4096 is not within" },
    { "image_size", "66", "image_size: 66 cannot be halved 2 times" },
    { "image_size", "-1", "image_size: -1 is impossible" },
    { "image_size", "0", "image_size: 0 is impossible" },
    { "image_size", "1e400", "not valid JSON" },
    { "image_size", "99999999999999999999", "image_size" },
    { "model_channels", "8192", "model_channels: 8192" },
    { "model_channels", "65", "model_channels: 65 is odd" },
    { "model_channels", "48", "channel_mult: 0.5 makes a level of 24 channels" },
    { "num_res_blocks", "0", "num_res_blocks: 0" },
    { "num_res_blocks", "65", "num_res_blocks: 65" },
    { "channel_mult", "[]", "channel_mult: must be" },
    { "channel_mult", "\"1,2\"", "channel_mult: must be" },
    { "channel_mult", "[1, \"2\"]", "channel_mult: must be" },
    { "channel_mult", "[1, -2]", "channel_mult: must be" },
    { "channel_mult", "[1, 1e9]", "channel_mult: 1e+09" },
    { "channel_mult", "[1,1,1,1,1,1,1,1,1]", "channel_mult: must be" },
    { "attention_resolutions", "7", "attention_resolutions: must be" },
    { "attention_resolutions", "[true]", "attention_resolutions: must be" },
    { "attention_resolutions", "[48]", "attention_resolutions: 48" },
    { "attention_resolutions", "[0]", "attention_resolutions: 0" },
    { "attention_resolutions", "[1,2,4,8,16,32,64,1,2]", "attention_resolutions: must be" },
    { "num_classes", "0", "num_classes: 0" },
    { "num_classes", "true", "num_classes: must be" },
    { "num_classes", "1000000", "num_classes: 1000000" },
    { "num_heads", "3", "num_heads: 3 does not divide" },
    { "num_heads", "0", "num_heads: 0" },
    { "num_heads", "-1", "num_heads: must be above 0" },
    { "num_heads_upsample", "3", "num_heads_upsample: 3 does not divide" },
    { "num_head_channels", "48", "num_head_channels: 48 does not divide" },
    { "num_head_channels", "0", "num_head_channels: 0" },
    { "num_head_channels", "-2", "num_head_channels: -2 is impossible" },
    { "use_scale_shift_norm", "1", "use_scale_shift_norm: must be true or false" },
    { "resblock_updown", "\"true\"", "resblock_updown: must be true or false" },
    { "use_new_attention_order", "0", "use_new_attention_order: must be true or false" },
    { "noise_schedule", "\"sigmoid\"", "noise_schedule: must be" },
    { "learn_sigma", "6", "learn_sigma: must be true or false" },
    { "rescale_residual", "\"no\"", "rescale_residual: must be true or false" },
    { "diffusion_steps", "1", "diffusion_steps: 1 is not within" },
    { "diffusion_steps", "1000000", "diffusion_steps: 1000000" },
    { "small_size", "\"x\"", "small_size: must be" },
    { "training_steps", "\"x\"", "training_steps: must be" },
    { "training_pictures", "-3", "training_pictures: -3" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_refused (cases[i][0], cases[i][1], cases[i][2]);

  adm_description d;
  adm_error error;
  static const char *const texts[]
      = { "", "{", "[1]", "3", "{\"kind\": \"unet\",}", "{'kind': 1}", "\xff\xfe{}" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    CHECK (parse (texts[i], &d, &error) == ADM_ERROR_FORMAT);
  /* LENGTH holds, not the NUL */
  CHECK (adm_description_parse ("{}}", 2, "here.json", &d, &error) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "kind: is missing");
}

static void
test_keys (void)
{
  expect_refused ("predict_xstrat", "true", "did you mean predict_xstart?");
  expect_refused ("num_channels", "64", "did you mean model_channels?");
  expect_refused ("predict_xstart", "1", "predict_xstart: must be true or false");
  expect_refused ("sigma_small", "\"no\"", "sigma_small: must be true or false");
  expect_refused ("in_channels", "2", "in_channels: must be");
  expect_refused ("pixels", "\"latent\"", "autoencoder");
  adm_description d;
  adm_error error;
  CHECK (parse (variant ("dropout", "0.1"), &d, &error) == ADM_OK);
  CHECK (parse (variant ("in_channels", "1"), &d, &error) == ADM_OK && d.pixels == ADM_PIXELS_GREY);
  CHECK (parse (variant ("in_channels", "4"), &d, &error) == ADM_OK
         && d.pixels == ADM_PIXELS_UNKNOWN);
  CHECK_STR (adm_description_unknown (&d), "pixels");
  CHECK (parse (variant ("pixels", "\"rgba\""), &d, &error) == ADM_OK && d.pixels == ADM_PIXELS_RGBA
         && adm_description_channels (&d) == 4);
}

/* What only a program can get wrong: JSON has true and false. */
static void
test_flags (void)
{
  adm_description d;
  adm_error error;
  if (!CHECK (parse (complete, &d, &error) == ADM_OK))
    return;
  int *const flags[] = { &d.learn_sigma, &d.use_scale_shift_norm, &d.resblock_updown,
                         &d.use_new_attention_order, &d.rescale_residual };
  static const char *const keys[] = { "learn_sigma", "use_scale_shift_norm", "resblock_updown",
                                      "use_new_attention_order", "rescale_residual" };
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    int before = *flags[i];
    for (int wrong = -2; wrong <= 2; wrong += 4) {
      *flags[i] = wrong;
      CHECK (adm_description_validate (&d, "here", &error) == ADM_ERROR_FORMAT);
      CHECK_CONTAINS (said (&error), keys[i]);
      CHECK_CONTAINS (said (&error), "must be true or false");
    }
    *flags[i] = before;
  }
  CHECK (adm_description_validate (&d, "here", &error) == ADM_OK);
}

static void
test_kinds (void)
{
  adm_description d;
  adm_error error;
  char text[2048];
  snprintf (text, sizeof text, "{\"pool\": \"spatial_v2\", %s",
            variant ("kind", "\"classifier\"") + 1);
  CHECK (parse (text, &d, &error) == ADM_OK && d.kind == ADM_KIND_CLASSIFIER
         && d.pool == ADM_POOL_SPATIAL_V2);
  snprintf (text, sizeof text, "{\"pool\": \"attention\", %s",
            variant ("kind", "\"classifier\"") + 1);
  /* its heads are counted by their channels */
  CHECK (parse (text, &d, &error) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "num_head_channels");
  snprintf (text, sizeof text, "{\"pool\": \"none\", %s", variant ("kind", "\"classifier\"") + 1);
  CHECK (parse (text, &d, &error) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "pool");
  snprintf (text, sizeof text, "{\"small_size\": 16, %s", variant ("kind", "\"superres\"") + 1);
  CHECK (parse (text, &d, &error) == ADM_OK && d.small_size == 16);
  snprintf (text, sizeof text, "{\"small_size\": 128, %s", variant ("kind", "\"superres\"") + 1);
  CHECK (parse (text, &d, &error) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "small_size: 128");
}

static void
test_round_trip (void)
{
  adm_description d, again;
  adm_error error;
  char text[1024], cut[20];
  if (!CHECK (parse (complete, &d, &error) == ADM_OK))
    return;
  d.learn_sigma = 1;
  /* 0.5 must not become 0,5; where this locale is missing, the rest still counts */
  setlocale (LC_ALL, "de_DE.UTF-8");
  int length = adm_description_to_json (&d, text, sizeof text);
  CHECK (length > 0 && (size_t) length == strlen (text));
  CHECK_CONTAINS (text, "\"channel_mult\":[0.5,1,2]");
  CHECK (parse (text, &again, &error) == ADM_OK);
  setlocale (LC_ALL, "C");
  CHECK (memcmp (&d, &again, sizeof d) == 0);
  CHECK (adm_description_to_json (&d, cut, sizeof cut) == length);
  CHECK (strlen (cut) == sizeof cut - 1 && memcmp (cut, text, sizeof cut - 1) == 0);
  CHECK (adm_description_to_json (&d, NULL, 0) == length);

  d.image_size = d.num_heads = d.use_new_attention_order = -1;
  d.noise_schedule = ADM_SCHEDULE_UNKNOWN;
  CHECK (adm_description_validate (&d, "here", &error) == ADM_OK);
  CHECK_STR (adm_description_unknown (&d),
             "image_size, attention_resolutions, num_heads, num_head_channels, "
             "use_new_attention_order, noise_schedule");
  adm_description_to_json (&d, text, sizeof text);
  CHECK_CONTAINS (text, "\"image_size\":null");
  CHECK_CONTAINS (text, "\"attention_resolutions\":null");
  CHECK_CONTAINS (text, "\"num_heads\":null");
  CHECK_CONTAINS (text, "\"num_head_channels\":null");
  CHECK_CONTAINS (text, "\"use_new_attention_order\":null");
  CHECK_CONTAINS (text, "\"noise_schedule\":null");
  d.image_size = 64;
  d.num_heads = 2;
  d.noise_schedule = ADM_SCHEDULE_LINEAR;
  CHECK_STR (adm_description_unknown (&d), "use_new_attention_order");
}

int
main (void)
{
  test_complete ();
  test_required ();
  test_wrong ();
  test_keys ();
  test_flags ();
  test_kinds ();
  test_round_trip ();
  return check_summary ();
}

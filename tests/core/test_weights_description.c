/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a weights file's description comes from: metadata, sidecar, tensors; and what happens when they disagree. */
#include "folder.h"
#include "models/published.h"

static const char *const unet = "{\"kind\":\"unet\",\"image_size\":32,\"model_channels\":32,\"num_res_blocks\":1,\"channel_mult\":[1,2],"
                                "\"attention_resolutions\":[16],\"num_classes\":5,\"num_head_channels\":16,\"use_scale_shift_norm\":true,"
                                "\"resblock_updown\":true,\"use_new_attention_order\":true,\"noise_schedule\":\"cosine\"%s}";

static adm_description described;

static const char *
unet_json (const char *more)
{
  static char text[1024];
  snprintf (text, sizeof text, unet, more);
  return text;
}

static void
expect_failure (const char *name, adm_status status, const char *part)
{
  adm_file_info info;
  adm_error error = { 0 };
  if (!CHECK (adm_file_inspect (folder_file (name), &info, &error) == status))
    printf ("  %s: %d %s\n", name, error.status, error.message);
  CHECK_CONTAINS (error.message, folder_path);
  CHECK_CONTAINS (error.message, part);
}

static bool
inspect (const char *name, adm_file_info *info)
{
  adm_error error = { 0 };
  bool good = CHECK (adm_file_inspect (folder_file (name), info, &error) == ADM_OK);
  if (!good)
    printf ("  %s: %s\n", name, error.message);
  return good;
}

static void
test_metadata (void)
{
  adm_file_info info;
  folder_write_weights ("meta.safetensors", &described, NULL, unet_json (""));
  folder_write ("meta.json", "{\"kind\": \"nonsense\"}"); /* comes second, is not read */
  if (inspect ("meta.safetensors", &info)) {
    CHECK_STR (info.format, "safetensors");
    CHECK (info.unknown_keys == NULL && info.recognised_as == NULL);
    CHECK (info.description.num_head_channels == 16 && info.description.use_new_attention_order == 1);
    CHECK (info.description.learn_sigma == 1); /* not stated: from the output channels */
    CHECK (info.tensors > 100 && info.parameters > 100000);
  }
  folder_write_weights ("bad-meta.safetensors", &described, NULL, "{\"kind\": 3}");
  expect_failure ("bad-meta.safetensors", ADM_ERROR_FORMAT, "metadata key adm: kind: must be");
}

static void
test_sidecar (void)
{
  adm_file_info info;
  folder_write_weights ("side.v2.bin", &described, NULL, NULL);
  folder_write ("side.v2.json", unet, ",\"learn_sigma\":true");
  if (inspect ("side.v2.bin", &info))
    CHECK (info.unknown_keys == NULL && info.description.noise_schedule == ADM_SCHEDULE_COSINE);
  folder_write ("side.v2.json", unet, ",\"learn_sigma\":false");
  expect_failure ("side.v2.bin", ADM_ERROR_SHAPE, "tensor out.2.weight has shape [6,32,3,3], expected [3,32,3,3]");
  folder_write ("side.v2.json", "{");
  expect_failure ("side.v2.bin", ADM_ERROR_FORMAT, "side.v2.json: not valid JSON");
  folder_write ("side.v2.json", "{\"noise_schedule\": \"square\"}");
  expect_failure ("side.v2.bin", ADM_ERROR_FORMAT, "side.v2.json: noise_schedule: must be");
  /* A model's description of the same name is no sidecar. */
  folder_write ("side.v2.json", "{\"format\": \"adm-model-1\", \"id\": \"x\", \"diffusion\": \"side.v2.bin\"}");
  if (inspect ("side.v2.bin", &info))
    CHECK (info.unknown_keys != NULL);
}

/* What a sidecar leaves out, the tensors tell; what they cannot, stays open. */
static void
test_partial_sidecar (void)
{
  adm_file_info info;
  folder_write_weights ("part.pt", &described, NULL, NULL);
  if (inspect ("part.pt", &info)) {
    CHECK_STR (info.unknown_keys, "image_size, attention_resolutions, num_heads, num_head_channels, use_new_attention_order, noise_schedule");
    CHECK (info.description.image_size == -1 && info.description.model_channels == 32 && info.description.num_classes == 5);
  }
  folder_write ("part.json", "{\"image_size\": 32, \"num_head_channels\": 16}");
  if (inspect ("part.pt", &info)) {
    CHECK_STR (info.unknown_keys, "use_new_attention_order, noise_schedule");
    CHECK (info.description.image_size == 32 && info.description.attention_levels == 1 && info.description.attention_resolutions[0] == 16);
  }
  folder_write ("part.json", "{\"image_size\": 32, \"num_heads\": 2, \"num_head_channels\": -1, \"noise_schedule\": \"linear\","
                             " \"use_new_attention_order\": false, \"attention_resolutions\": [16]}");
  if (inspect ("part.pt", &info))
    CHECK (info.unknown_keys == NULL && info.description.num_heads == 2);
  folder_write ("part.json", "{\"image_size\": 32, \"attention_resolutions\": [32]}");
  expect_failure ("part.pt", ADM_ERROR_SHAPE, "is missing");
  folder_write ("part.json", "{\"num_heads\": 3, \"num_head_channels\": -1}");
  expect_failure ("part.pt", ADM_ERROR_FORMAT, "num_heads: 3 does not divide");
}

static void
test_damage (void)
{
  folder_write_weights ("missing.pt", &described, "time_embed.2.bias", unet_json (""));
  expect_failure ("missing.pt", ADM_ERROR_SHAPE, "tensor time_embed.2.bias [128] is missing");
  folder_write_weights ("unclear.pt", &described, "time_embed.2.bias", NULL);
  expect_failure ("unclear.pt", ADM_ERROR_FORMAT, "not quite those of an ablated diffusion model");
  folder_write ("text.pt", "These are no weights at all, only some text that is long enough.");
  expect_failure ("text.pt", ADM_ERROR_FORMAT, "text.pt");
  expect_failure ("absent.pt", ADM_ERROR_IO, "absent.pt");
}

/* Holes of the published sizes: recognised from names and shapes, without reading a weight. */
static void
test_published (void)
{
  static const char *const names[] = { "64x64_diffusion", "64x64_classifier", "64_256_upsampler", "256x256_diffusion_uncond" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    adm_file_info info;
    folder_write_weights ("anything", &adm_published_find (names[i])->description, NULL, NULL);
    if (inspect ("anything", &info)) {
      CHECK_STR (info.recognised_as, names[i]);
      CHECK (info.unknown_keys == NULL);
    }
  }
  /* A sidecar tells the LSUN files, which have the same tensors, from each other; one that contradicts is another network. */
  adm_file_info info;
  folder_write ("anything.json", "{\"recognised_as\": \"lsun_cat\"}");
  if (inspect ("anything", &info))
    CHECK_STR (info.recognised_as, "lsun_cat");
  folder_write ("anything.json", "{\"recognised_as\": \"512x512_diffusion\"}");
  if (inspect ("anything", &info))
    CHECK_STR (info.recognised_as, "256x256_diffusion_uncond");
  folder_write ("anything.json", "{\"noise_schedule\": \"cosine\"}");
  if (inspect ("anything", &info))
    CHECK (info.recognised_as == NULL && info.unknown_keys == NULL);
}

int
main (void)
{
  adm_error error;
  folder_make ();
  const char *text = unet_json ("");
  CHECK (adm_description_parse (text, strlen (text), "unet", &described, &error) == ADM_OK);
  described.learn_sigma = 1;
  test_metadata ();
  test_sidecar ();
  test_partial_sidecar ();
  test_damage ();
  test_published ();
  folder_remove ();
  return check_summary ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model's description in JSON, with a diffusion network, a classifier and an upsampler it may
 * name beside it. What follows the first NUL of the input is the file of class names. */
#include "../core/folder.h"
#include "fuzz.h"
#include "base/text.h"
#include "catalog/model.h"

static const adm_description networks[] = {
  { .kind = ADM_KIND_UNET,
    .image_size = 8,
    .model_channels = 32,
    .num_res_blocks = 1,
    .levels = 1,
    .channel_mult = { 1 },
    .num_classes = 4,
    .num_heads = 1,
    .num_heads_upsample = -1,
    .num_head_channels = -1,
    .learn_sigma = 1,
    .use_scale_shift_norm = 1,
    .diffusion_steps = 1000 },
  { .kind = ADM_KIND_CLASSIFIER,
    .image_size = 8,
    .model_channels = 32,
    .num_res_blocks = 1,
    .levels = 1,
    .channel_mult = { 1 },
    .num_classes = 4,
    .num_heads = 1,
    .num_heads_upsample = -1,
    .num_head_channels = 32,
    .use_scale_shift_norm = 1,
    .pool = ADM_POOL_ATTENTION,
    .diffusion_steps = 1000 },
  { .kind = ADM_KIND_SUPERRES,
    .image_size = 32,
    .small_size = 8,
    .model_channels = 32,
    .num_res_blocks = 1,
    .levels = 1,
    .channel_mult = { 1 },
    .num_heads = 1,
    .num_heads_upsample = -1,
    .num_head_channels = -1,
    .learn_sigma = 1,
    .use_scale_shift_norm = 1,
    .diffusion_steps = 1000 },
};
static const char *const names[]
    = { "diffusion.safetensors", "classifier.safetensors", "upsampler.safetensors" };

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  (void) argc;
  (void) argv;
  folder_make ();
  atexit (folder_remove);
  for (int i = 0; i < 3; i++) {
    char text[2048], sidecar[64];
    adm_description_to_json (&networks[i], text, sizeof text);
    folder_write_weights (names[i], &networks[i], NULL, text);
    snprintf (sidecar, sizeof sidecar, "bare-%s", names[i]);
    folder_write_weights (sidecar, &networks[i], NULL, NULL);
  }
  fuzz_require (symlink (fuzz_file (1, (const uint8_t *) "", 0), folder_file ("classes.txt")) == 0,
                "a link");
  fuzz_require (check_failures == 0, "the model's files");
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *nul = memchr (data, 0, size);
  size_t length = nul ? (size_t) (nul - data) : size;
  fuzz_file (1, nul ? nul + 1 : data, nul ? size - length - 1 : 0);
  yyjson_doc *doc = NULL;
  adm_model *model = NULL;
  adm_error error;
  adm_status status = adm_json_parse_file (fuzz_file (0, data, length), &doc, &error);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (doc != NULL), "JSON with success only");
  if (status)
    return 0;
  char path[300];
  snprintf (path, sizeof path, "%s/model.json", folder_path);
  status = adm_model_from_json (path, yyjson_doc_get_root (doc), &model, &error);
  yyjson_doc_free (doc);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (model != NULL), "a model with success only");
  if (status)
    return 0;
  fuzz_require (model->id && model->name && model->path && model->diffusion
                    && model->image_size > 0,
                "a whole model");
  fuzz_require (model->defaults.steps >= 2 && model->defaults.scale >= 0, "possible defaults");
  for (int i = 0; i < model->class_count; i++) {
    fuzz_require (model->class_names[i][0] && adm_text_is_utf8 (model->class_names[i])
                      && !strchr (model->class_names[i], ','),
                  "class names in UTF-8");
    fuzz_require (model->class_synonyms[i] && adm_text_is_utf8 (model->class_synonyms[i]),
                  "synonyms in UTF-8");
  }
  adm_model_free (model);
  return 0;
}

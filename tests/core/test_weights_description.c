/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a weights file's description comes from: metadata, sidecar, tensors; and what happens when
 * they disagree. */
#include "folder.h"
#include "descriptions/published.h"
#include "said.h"

static const char *const unet
    = "{\"kind\":\"unet\",\"image_size\":32,\"model_channels\":32,\"num_res_blocks\":1,\"channel_"
      "mult\":[1,2],"
      "\"attention_resolutions\":[16],\"num_classes\":5,\"num_head_channels\":16,\"use_scale_shift_"
      "norm\":true,"
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
    printf ("  %s: %d %s\n", name, error.status, said (&error));
  CHECK_CONTAINS (said (&error), folder_path);
  CHECK_CONTAINS (said (&error), part);
}

static bool
inspect (const char *name, adm_file_info *info)
{
  adm_error error = { 0 };
  bool good = CHECK (adm_file_inspect (folder_file (name), info, &error) == ADM_OK);
  if (!good)
    printf ("  %s: %s\n", name, said (&error));
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
    CHECK (info.description.num_head_channels == 16
           && info.description.use_new_attention_order == 1);
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
  expect_failure ("side.v2.bin", ADM_ERROR_SHAPE,
                  "tensor out.2.weight has shape [6,32,3,3], expected [3,32,3,3]");
  folder_write ("side.v2.json", "{");
  expect_failure ("side.v2.bin", ADM_ERROR_FORMAT, "side.v2.json: not valid JSON");
  folder_write ("side.v2.json", "{\"noise_schedule\": \"square\"}");
  expect_failure ("side.v2.bin", ADM_ERROR_FORMAT, "side.v2.json: noise_schedule: must be");
  /* A model's description of the same name is no sidecar. */
  folder_write ("side.v2.json",
                "{\"format\": \"adm-model-1\", \"id\": \"x\", \"diffusion\": \"side.v2.bin\"}");
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
    CHECK_STR (info.unknown_keys, "image_size, attention_resolutions, num_heads, "
                                  "num_head_channels, use_new_attention_order, noise_schedule");
    CHECK (info.description.image_size == -1 && info.description.model_channels == 32
           && info.description.num_classes == 5);
  }
  folder_write ("part.json", "{\"image_size\": 32, \"num_head_channels\": 16}");
  if (inspect ("part.pt", &info)) {
    CHECK_STR (info.unknown_keys, "use_new_attention_order, noise_schedule");
    CHECK (info.description.image_size == 32 && info.description.attention_levels == 1
           && info.description.attention_resolutions[0] == 16);
  }
  folder_write ("part.json",
                "{\"image_size\": 32, \"num_heads\": 2, \"num_head_channels\": -1, "
                "\"noise_schedule\": \"linear\","
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
  static const char *const names[]
      = { "64x64_diffusion", "64x64_classifier", "64_256_upsampler", "256x256_diffusion_uncond" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    adm_file_info info;
    folder_write_weights ("anything", &adm_published_find (names[i])->description, NULL, NULL);
    if (inspect ("anything", &info)) {
      CHECK_STR (info.recognised_as, names[i]);
      CHECK (info.unknown_keys == NULL);
    }
  }
  /* A sidecar tells the LSUN files, which have the same tensors, from each other; one that
   * contradicts is another network. */
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

static const adm_question *
question (const adm_question *questions, int count, const char *topic)
{
  for (int i = 0; i < count; i++)
    if (strcmp (questions[i].topic, topic) == 0)
      return &questions[i];
  return NULL;
}

static void
expect_no_sidecar (const char *name, adm_answer answer, adm_status status, const char *part)
{
  adm_error error = { 0 };
  CHECK (adm_sidecar_write (folder_file (name), &answer, 1, true, &error) == status);
  CHECK_CONTAINS (said (&error), part);
}

/* What is asked, answered with the likeliest answers, and remembered. */
static void
test_questions (void)
{
  adm_question asked[ADM_MAX_QUESTIONS];
  adm_error error = { 0 };
  adm_file_info info;
  int count = -1;
  folder_write_weights ("open.pt", &described, NULL, NULL);
  CHECK (adm_file_questions (folder_file ("open.pt"), asked, &count, &error) == ADM_OK
         && count == 6);
  const adm_question *size = question (asked, count, "image_size"),
                     *heads = question (asked, count, "heads");
  if (!CHECK (size && heads && question (asked, count, "noise_schedule")
              && question (asked, count, "use_new_attention_order")))
    return;
  const adm_question *steps = question (asked, count, "diffusion_steps"),
                     *output = question (asked, count, "predict_xstart");
  /* no tensor shows these, and most networks have the first answer */
  if (!CHECK (steps && output && !steps->required && !output->required))
    return;
  CHECK_STR (steps->answer[0].value, "1000");
  CHECK_STR (output->answer[0].value, "false");
  CHECK (size->required && size->count >= 5 && heads->required && heads->count >= 3);
  CHECK_STR (size->answer[0].value, "16"); /* two levels down to 8 px */
  /* 64 channels a head: the published networks' */
  CHECK_STR (heads->answer[0].key, "num_head_channels");
  CHECK_STR (heads->answer[0].value, "64");
  for (int i = 0; i < heads->count; i++) /* the middle's 64 channels do not divide by 128 */
    CHECK (strcmp (heads->answer[i].value, "128") != 0);
  CHECK_STR (question (asked, count, "noise_schedule")->answer[0].value, "linear");

  const adm_answer answers[] = { { "image_size", "32" },
                                 { "num_heads", "4" },
                                 { "use_new_attention_order", "false" },
                                 { "noise_schedule", "cosine" } };
  CHECK (adm_sidecar_write (folder_file ("open.pt"), answers, 4, false, &error) == ADM_OK);
  if (inspect ("open.pt", &info)) {
    CHECK (info.unknown_keys == NULL && info.description.image_size == 32
           && info.description.num_heads == 4);
    CHECK (info.description.num_head_channels == -1 && info.description.attention_levels == 1
           && info.description.attention_resolutions[0] == 16);
    CHECK (info.description.noise_schedule == ADM_SCHEDULE_COSINE);
  }
  CHECK (adm_file_questions (folder_file ("open.pt"), asked, &count, &error) == ADM_OK
         && count == 0);

  /* Not over what is there unless asked, and then its other keys stay. */
  folder_write (
      "open.json", unet,
      ",\"training_steps\":70000,\"comment\":\"mine\",\"license\":\"CC0\",\"learn_sigma\":true");
  CHECK (adm_sidecar_write (folder_file ("open.pt"), answers, 4, false, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "open.json: is there already");
  CHECK (adm_sidecar_write (folder_file ("open.pt"), &answers[3], 1, true, &error) == ADM_OK);
  if (inspect ("open.pt", &info))
    CHECK (info.description.noise_schedule == ADM_SCHEDULE_COSINE
           && info.description.num_head_channels == 16 && strcmp (info.license, "CC0") == 0);
  char text[4096] = "";
  FILE *file = fopen (folder_file ("open.json"), "r");
  CHECK (file && fread (text, 1, sizeof text - 1, file) > 100);
  fclose (file);
  CHECK_CONTAINS (text, "70000");
  CHECK_CONTAINS (text, "\"comment\": \"mine\"");

  expect_no_sidecar ("open.pt", (adm_answer) { "num_heads", "3" }, ADM_ERROR_FORMAT,
                     "num_heads: 3 does not divide");
  expect_no_sidecar ("open.pt", (adm_answer) { "model_channels", "64" }, ADM_ERROR_SHAPE,
                     "time_embed");
  expect_no_sidecar ("open.pt", (adm_answer) { "noise_schedule", "square" }, ADM_ERROR_FORMAT,
                     "noise_schedule: must be");
  expect_no_sidecar ("open.pt", (adm_answer) { "sampler", "ddim" }, ADM_ERROR_USAGE,
                     "sampler: there is no key");
  expect_no_sidecar ("open.pt", (adm_answer) { "recognised_as", "nobody" }, ADM_ERROR_USAGE,
                     "no published checkpoint is called nobody");
  expect_no_sidecar ("open.pt", (adm_answer) { "recognised_as", "lsun_cat" }, ADM_ERROR_SHAPE,
                     "tensor");
  expect_no_sidecar ("meta.safetensors", (adm_answer) { "num_heads", "4" }, ADM_ERROR_USAGE,
                     "describes itself");
  expect_no_sidecar ("side.v2.bin", (adm_answer) { "num_heads", "4" }, ADM_ERROR_USAGE,
                     "is a model's description");
  if (inspect ("open.pt", &info)) /* refusals changed nothing */
    CHECK (info.description.num_head_channels == 16);

  /* Answers of every type: text that only looks like JSON, or is too deep for it, is text. */
  static const char *const odd[] = { "{}", "\"16\"", "[[[[1]]]]", "sixteen", "" };
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
    expect_no_sidecar ("open.pt", (adm_answer) { "num_head_channels", odd[i] }, ADM_ERROR_FORMAT,
                       "num_head_channels: must be");
  const adm_answer both[] = { { "num_heads", "4" }, { "num_head_channels", "8" } };
  CHECK (adm_sidecar_write (folder_file ("open.pt"), both, 2, true, &error) == ADM_OK);
  if (inspect ("open.pt", &info))
    CHECK (info.description.num_head_channels == 8);

  folder_write ("broken.json", "{\"kind\"");
  folder_write_weights ("broken.pt", &described, NULL, NULL);
  expect_no_sidecar ("broken.pt", (adm_answer) { "num_heads", "4" }, ADM_ERROR_FORMAT,
                     "broken.json: not valid JSON");
  folder_write_weights ("weights.json", &described, NULL, NULL);
  expect_no_sidecar ("weights.json", (adm_answer) { "num_heads", "4" }, ADM_ERROR_USAGE,
                     "weights need another extension");
  expect_no_sidecar ("absent.pt", (adm_answer) { "num_heads", "4" }, ADM_ERROR_IO, "absent.pt");

  /* Tensors that fit two networks: only a whole description settles it. */
  adm_description two = described;
  two.kind = ADM_KIND_CLASSIFIER;
  two.pool = ADM_POOL_ADAPTIVE;
  two.channel_mult[1] = 1;
  two.attention_levels = 0;
  folder_write_weights ("two.pt", &two, NULL, NULL);
  expect_no_sidecar ("two.pt", (adm_answer) { "num_heads", "4" }, ADM_ERROR_FORMAT,
                     "kind: is missing");
  const adm_answer whole[] = { { "kind", "classifier" },
                               { "pool", "adaptive" },
                               { "image_size", "32" },
                               { "model_channels", "32" },
                               { "num_res_blocks", "1" },
                               { "channel_mult", "[1,1]" },
                               { "attention_resolutions", "[]" },
                               { "num_classes", "5" },
                               { "num_head_channels", "16" },
                               { "use_scale_shift_norm", "true" },
                               { "resblock_updown", "true" },
                               { "use_new_attention_order", "true" },
                               { "noise_schedule", "cosine" } };
  CHECK (
      adm_sidecar_write (folder_file ("two.pt"), whole, sizeof whole / sizeof *whole, false, &error)
      == ADM_OK);
  if (inspect ("two.pt", &info))
    CHECK (info.unknown_keys == NULL && info.description.learn_sigma == 0
           && info.description.levels == 2);

  folder_write_weights ("which", &adm_published_find ("lsun_horse")->description, NULL, NULL);
  CHECK (adm_file_questions (folder_file ("which"), asked, &count, &error) == ADM_OK && count == 1);
  CHECK_STR (asked[0].topic, "recognised_as");
  CHECK (!asked[0].required && asked[0].count == 5);
  CHECK_STR (asked[0].answer[0].value, "256x256_diffusion_uncond");
  CHECK_STR (asked[0].answer[4].value, "lsun_horse_nodropout");
  CHECK (adm_sidecar_write (folder_file ("which"), &asked[0].answer[3], 1, false, &error)
         == ADM_OK);
  if (inspect ("which", &info))
    CHECK_STR (info.recognised_as, "lsun_horse");
  CHECK (adm_file_questions (folder_file ("which"), asked, &count, &error) == ADM_OK && count == 0);
  CHECK (adm_file_questions (folder_file ("absent"), asked, &count, &error) == ADM_ERROR_IO);
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
  test_questions ();
  folder_remove ();
  return check_summary ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models found in folders, described or alone; every kind of trouble becomes a note that names its
 * file. */
#include "folder.h"
#include "adm.h"
#include "said.h"

#define NETWORK                                                                                    \
  .num_res_blocks = 1, .levels = 2, .channel_mult = { 1, 1 }, .model_channels = 32,                \
  .num_heads = 1, .num_heads_upsample = -1, .num_head_channels = 16, .use_scale_shift_norm = 1,    \
  .resblock_updown = 1, .noise_schedule = ADM_SCHEDULE_COSINE, .diffusion_steps = 1000

static const adm_description diffusion
    = { .kind = ADM_KIND_UNET, .image_size = 32, .num_classes = 4, .learn_sigma = 1, NETWORK },
    plain = { .kind = ADM_KIND_UNET, .image_size = 32, .learn_sigma = 1, NETWORK },
    classifier = { .kind = ADM_KIND_CLASSIFIER,
                   .image_size = 32,
                   .num_classes = 3,
                   .pool = ADM_POOL_ATTENTION,
                   NETWORK },
    upsampler
    = { .kind = ADM_KIND_SUPERRES, .image_size = 64, .small_size = 32, .learn_sigma = 1, NETWORK };

static void
write_network (const char *name, const adm_description *d)
{
  char metadata[1024];
  adm_description_to_json (d, metadata, sizeof metadata);
  folder_write_weights (name, d, NULL, metadata);
}

/* The one note of the folder's catalog contains PART; there are MODELS models. */
static void
expect_note (const char *part, size_t models)
{
  adm_catalog *catalog = folder_catalog (folder_path, NULL);
  if (!CHECK (adm_catalog_notes (catalog) == 1 && adm_catalog_count (catalog) == models))
    folder_print_notes (catalog);
  CHECK_CONTAINS (said (adm_catalog_note (catalog, 0)), folder_path);
  CHECK_CONTAINS (said (adm_catalog_note (catalog, 0)), part);
  adm_catalog_free (catalog);
}

static const char *const description
    = "{\"format\": \"adm-model-1\", \"id\": \"tiny\", \"name\": \"Tiny Model\", \"license\": "
      "\"CC0\", \"license_file\": \"LICENSE\", \"image_size\": 32,"
      " \"texture\": true,"
      " \"diffusion\": \"d.safetensors\", \"classifier\": \"c.safetensors\", \"upsampler\": "
      "\"u.safetensors\", \"classes\": \"names.txt\","
      " \"null_class\": 3, \"defaults\": {\"sampler\": \"ddpm\", \"steps\": 50, \"scale\": 2.5}, "
      "\"upsampler_defaults\": {\"steps\": 20}}";

static void
write_model (void)
{
  write_network ("d.safetensors", &diffusion);
  write_network ("c.safetensors", &classifier);
  write_network ("u.safetensors", &upsampler);
  folder_write ("names.txt", "\xef\xbb\xbfRed Ball , , scarlet sphere,ball\t,\r\n  green tree\t\n, "
                             "B\xc3\xa4r, red  ball,\xe7\x86\x8a\n\n");
  folder_write ("LICENSE", "As free as air.\n");
  folder_write ("model.json", "%s", description);
}

/* MODEL.JSON with the text FROM replaced by TO. */
static void
write_variant (const char *from, const char *to)
{
  const char *at = strstr (description, from);
  if (!CHECK (at != NULL))
    exit (1);
  folder_write ("model.json", "%.*s%s%s", (int) (at - description), description, to,
                at + strlen (from));
}

static void
expect_label (const adm_model *model, const char *class_name, int expected)
{
  adm_error error = { 0 };
  int label = -9;
  adm_status status = adm_model_label (model, class_name, &label, &error);
  if (expected == -2) {
    CHECK (status == ADM_ERROR_USAGE && label == -9);
    CHECK_CONTAINS (said (&error), "class");
  } else if (!CHECK (status == ADM_OK && label == expected))
    printf ("  class %s: %d, %s\n", class_name ? class_name : "(null)", label, said (&error));
}

static void
test_described (void)
{
  write_model ();
  adm_catalog *catalog = folder_catalog (folder_path, "/nonexistent/folder");
  folder_print_notes (catalog);
  CHECK (adm_catalog_count (catalog) == 1 && adm_catalog_notes (catalog) == 0
         && adm_catalog_note (catalog, 0) == NULL);
  const adm_model *m = adm_catalog_get (catalog, 0);
  if (!CHECK (m != NULL && adm_catalog_get (catalog, 1) == NULL))
    exit (1);
  CHECK_STR (m->id, "tiny");
  CHECK_STR (m->name, "Tiny Model");
  CHECK_STR (m->license, "CC0");
  CHECK_STR (m->license_file, folder_file ("LICENSE"));
  CHECK (m->texture);
  CHECK_STR (m->path, folder_file ("model.json"));
  CHECK_STR (m->diffusion, folder_file ("d.safetensors"));
  CHECK_STR (m->classifier, folder_file ("c.safetensors"));
  CHECK_STR (m->upsampler, folder_file ("u.safetensors"));
  CHECK (m->image_size == 32 && m->upsampled_size == 64 && m->label_count == 4
         && m->class_count == 3 && m->null_class == 3);
  CHECK_STR (m->class_names[0], "Red Ball");
  CHECK_STR (m->class_names[1], "green tree");
  CHECK_STR (m->class_names[2], "B\xc3\xa4r");
  CHECK_STR (m->class_synonyms[0], "scarlet sphere,ball");
  CHECK_STR (m->class_synonyms[1], "");
  CHECK_STR (m->class_synonyms[2], "red  ball,\xe7\x86\x8a");
  CHECK (m->defaults.sampler == ADM_SAMPLER_DDPM && m->defaults.steps == 50
         && m->defaults.scale == 2.5);
  CHECK (m->upsampler_defaults.sampler == ADM_SAMPLER_DDPM && m->upsampler_defaults.steps == 20);

  adm_request request = adm_request_default (m);
  CHECK (request.label == 3 && request.guide_label == ADM_NO_LABEL && request.scale == 2.5
         && request.steps == 50 && request.count == 1);
  CHECK (request.seed == 0 && request.eta == 0 && !request.respacing && !request.noise
         && !request.low);
  request = adm_request_upsample_default (m);
  CHECK (request.label == 3 && request.scale == 0 && request.steps == 20
         && request.sampler == ADM_SAMPLER_DDPM);

  static const struct {
    const char *name;
    int label; /* -2: refused */
  } labels[] = {
    { NULL, 3 },
    { "None", 3 },
    { "0", 0 },
    { "3", 3 },
    { "4", -2 },
    { "99999999999999999999", -2 },
    { "-1", -2 },
    { "", -2 },
    { "GREEN TREE", 1 },
    { "B\xc3\xa4r", 2 },
    { "green", 1 },
    { "Ball", 0 },
    { "red ball", 0 }, /* a name goes before a synonym */
    { "\xe7\x86\x8a", 2 },
    { "sphere", 0 },
    { "re", -2 },
    { "blue", -2 },
  };
  for (size_t k = 0; k < sizeof labels / sizeof *labels; k++)
    expect_label (m, labels[k].name, labels[k].label);

  const adm_model *found;
  adm_error error;
  CHECK (adm_catalog_find (catalog, "tiny", &found, &error) == ADM_OK && found == m);
  CHECK (adm_catalog_find (catalog, "TINY MODEL", &found, &error) == ADM_OK && found == m);
  CHECK (adm_catalog_find (catalog, folder_file ("model.json"), &found, &error) == ADM_OK
         && found != m);
  CHECK_STR (found->id, "tiny");
  CHECK (adm_catalog_find (catalog, folder_file ("d.safetensors"), &found, &error) == ADM_OK);
  CHECK_STR (found->id, "d");
  CHECK (found->classifier == NULL && found->null_class == ADM_NO_LABEL
         && found->defaults.sampler == ADM_SAMPLER_DDIM);
  CHECK (found->defaults.steps == 25 && found->defaults.scale == 0);
  expect_label (found, NULL, -2);
  CHECK (adm_catalog_find (catalog, folder_file ("u.safetensors"), &found, &error) == ADM_OK
         && found->image_size == 64);
  CHECK (adm_catalog_find (catalog, folder_file ("c.safetensors"), &found, &error)
             == ADM_ERROR_SHAPE
         && found == NULL);
  CHECK_CONTAINS (said (&error), "holds a classifier, not a diffusion model");
  CHECK (adm_catalog_find (catalog, "no such model", &found, &error) == ADM_ERROR_IO);
  CHECK_CONTAINS (said (&error), "no such model: no model of that name");
  CHECK (adm_catalog_count (catalog) == 1);
  adm_catalog_free (catalog);
  adm_catalog_free (NULL);
}

/* The model that comes with the plug-in: each name and each synonym means its class alone. */
static void
test_embedded (void)
{
  adm_catalog *catalog = folder_catalog (ADM_TEST_DATA, NULL);
  if (!CHECK (adm_catalog_count (catalog) == 1))
    exit (1);
  const adm_model *m = adm_catalog_get (catalog, 0);
  CHECK (m->class_count > 1);
  for (int i = 0; i < m->class_count; i++) {
    expect_label (m, m->class_names[i], i);
    CHECK (m->class_synonyms[i][0] != '\0');
    for (const char *at = m->class_synonyms[i]; *at;) {
      char synonym[128];
      at += strspn (at, " ,");
      size_t length = strcspn (at, ",");
      if (!CHECK (length < sizeof synonym))
        break;
      memcpy (synonym, at, length);
      synonym[length] = '\0';
      expect_label (m, synonym, i);
      at += strcspn (at, ",");
    }
  }
  adm_catalog_free (catalog);
}

/* A licence's text that is lost keeps no model from its work. */
static void
test_lost_license (void)
{
  write_variant ("\"LICENSE\"", "\"nowhere\"");
  adm_catalog *catalog = folder_catalog (folder_path, NULL);
  if (CHECK (adm_catalog_count (catalog) >= 1)) {
    CHECK_STR (adm_catalog_get (catalog, 0)->license, "CC0");
    CHECK (adm_catalog_get (catalog, 0)->license_file == NULL);
  }
  adm_catalog_free (catalog);
  write_model ();
}

/* A default eta goes with the default sampler, and with no other. */
static void
test_eta (void)
{
  write_variant ("\"ddpm\"", "\"ddim\", \"eta\": 0.5");
  adm_catalog *catalog = folder_catalog (folder_path, NULL);
  if (CHECK (adm_catalog_count (catalog) >= 1)) {
    adm_request request = adm_request_default (adm_catalog_get (catalog, 0));
    CHECK (request.sampler == ADM_SAMPLER_DDIM && request.eta == 0.5);
    adm_request_set_sampler (&request, ADM_SAMPLER_DDIM);
    CHECK (request.eta == 0.5);
    adm_request_set_sampler (&request, ADM_SAMPLER_SDE_DPMPP_2M);
    CHECK (request.sampler == ADM_SAMPLER_SDE_DPMPP_2M && request.eta == 0);
    adm_request_set_sampler (&request, ADM_SAMPLER_DDIM);
    CHECK (request.eta == 0);
  }
  adm_catalog_free (catalog);
  write_model ();
}

static void
test_trouble_with_descriptions (void)
{
  static const char *const variants[][3] = {
    { "\"id\": \"tiny\", ", "", "id: is missing" },
    { "\"tiny\"", "\"\"", "id: must be a text" },
    { "\"tiny\"", "\"a\\u0000b\"", "id: must be a text" },
    { "\"CC0\"", "7", "license: must be a text" },
    { "\"LICENSE\"", "true", "license_file: must be a text" },
    { "true", "1", "texture: must be true or false" },
    { "adm-model-1", "adm-model-2", "format: \"adm-model-2\" is not known" },
    { "\"image_size\": 32", "\"image_size\": 64",
      "image_size: 64, but the diffusion model makes 32 px" },
    { "\"image_size\": 32", "\"image_size\": \"32\"", "image_size: must be a whole number" },
    { "d.safetensors", "x.safetensors", "x.safetensors" },
    { "d.safetensors", "c.safetensors", "holds a classifier, not a diffusion model" },
    { "c.safetensors", "u.safetensors", "holds an upsampler, not a classifier" },
    { "u.safetensors", "d.safetensors", "holds a diffusion model, not an upsampler" },
    { "names.txt", "nobody.txt", "nobody.txt: the class names cannot be opened" },
    { "names.txt", "d.safetensors", "not UTF-8 text" },
    { "\"null_class\": 3", "\"null_class\": 4", "null_class: 4, but the network has 4 labels" },
    { "\"null_class\": 3", "\"null_class\": -3", "null_class: must be" },
    { "\"ddpm\"", "\"euler\"", "defaults: sampler:" },
    { "50", "1", "defaults: steps: must be" },
    { "50", "1001", "defaults: steps: must be" },
    { "2.5", "-1", "defaults: scale: must be" },
    { "2.5", "2.5, \"eta\": 0.5", "defaults: eta: only the sampler ddim has one" },
    { "\"ddpm\"", "\"ddim\", \"eta\": 2", "defaults: eta: must be a number" },
    { "{\"steps\": 20}", "[20]", "upsampler_defaults: must be an object" },
    { "{\"format\"", "{{\"format\"", "model.json: not valid JSON" },
  };
  for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
    write_variant (variants[i][0], variants[i][1]);
    adm_catalog *catalog = folder_catalog (folder_path, NULL);
    /* The parts that no description claims show up, too: of these only the diffusion network is a
     * model. */
    bool told = false;
    for (size_t k = 0; k < adm_catalog_notes (catalog); k++)
      told |= strstr (said (adm_catalog_note (catalog, k)), variants[i][2]) != NULL;
    if (!CHECK (told)) {
      printf ("  expected %s\n", variants[i][2]);
      folder_print_notes (catalog);
    }
    for (size_t k = 0; k < adm_catalog_count (catalog); k++)
      CHECK_STR (adm_catalog_get (catalog, k)->id, "d");
    adm_catalog_free (catalog);
  }
  write_model ();
  folder_write ("names.txt", "one\n\nthree\n");
  expect_note ("names.txt: line 2 is empty", 0);
  folder_write ("names.txt", "one\n , ,\nthree\n");
  expect_note ("names.txt: line 2 is empty", 0);
  folder_write ("names.txt", "1\n2\n3\n4\n5\n");
  expect_note ("5 class names for 4 labels", 0);
  folder_write ("names.txt", "caf\xe9\n");
  expect_note ("not UTF-8 text", 0);
  folder_write ("names.txt", "one");
  folder_write ("other.json", "%s", description);
  expect_note ("other.json: its id \"tiny\" belongs to", 1);
  unlink (folder_file ("other.json"));
  adm_description other = classifier;
  other.image_size = 16;
  write_network ("c.safetensors", &other);
  expect_note ("a classifier for 16 px pictures, but the diffusion model makes 32 px", 0);
  write_network ("c.safetensors", &classifier);
  other = upsampler;
  other.small_size = 16;
  write_network ("u.safetensors", &other);
  expect_note ("upsamples 16 px pictures to 64 px, but the diffusion model makes 32 px", 0);
  write_model ();
}

/* Files nobody described: names and kinds of all sorts. The described model stays. */
static void
test_strays (void)
{
  write_network ("lone", &diffusion); /* any name will do */
  CHECK (symlink (folder_file ("lone"), folder_file ("second-name.pt")) == 0);
  CHECK (symlink (folder_file ("d.safetensors"), folder_file ("third-name.pt")) == 0);
  folder_write (".hidden.json", "{");
  folder_write ("sidecar.json", "{\"kind\": \"unet\"}");
  folder_write ("readme.txt", "nothing to see");
  folder_write ("empty.bin", "%s", "");
  CHECK (mkdir (folder_file ("sub.json"), 0700) == 0
         && mkfifo (folder_file ("pipe.pt"), 0600) == 0);
  adm_catalog *catalog = folder_catalog (folder_path, folder_path);
  folder_print_notes (catalog);
  CHECK (adm_catalog_count (catalog) == 2 && adm_catalog_notes (catalog) == 0);
  CHECK_STR (adm_catalog_get (catalog, 0)->id, "tiny");
  CHECK_STR (adm_catalog_get (catalog, 1)->id, "lone");
  CHECK_STR (adm_catalog_get (catalog, 1)->path, folder_file ("lone"));
  adm_catalog_free (catalog);

  /* named as weights: a note, whatever it is */
  folder_write ("page.pt", "<!DOCTYPE html><html>Sign in to download</html>");
  expect_note ("page.pt: is a web page, not weights", 2);
  unlink (folder_file ("page.pt"));
  folder_write ("empty.safetensors", "%s", "");
  expect_note ("empty.safetensors: is empty or far too short", 2);
  unlink (folder_file ("empty.safetensors"));
  CHECK (symlink ("nowhere", folder_file ("broken.pt")) == 0);
  expect_note ("broken.pt: cannot be looked at", 2);
  unlink (folder_file ("broken.pt"));
  write_network ("n\xff.pt", &diffusion);
  expect_note ("n?.pt: the name of this file or its folder is not UTF-8", 2);
  unlink (folder_file ("n\xff.pt"));
  write_network ("z.bin", &classifier);
  expect_note ("z.bin: a classifier that belongs to no model here", 2);
  folder_write ("z.bin", "PK\x03\x04 and then rubbish");
  expect_note ("z.bin", 2);
  folder_write_weights ("z.bin", &plain, NULL, NULL);
  expect_note ("z.bin: the tensors do not tell image_size", 2);
  catalog = folder_catalog (folder_path, NULL);
  CHECK (adm_catalog_questions (catalog) == 1);
  CHECK_STR (adm_catalog_question (catalog, 0), folder_file ("z.bin"));
  adm_catalog_free (catalog);
  unlink (folder_file ("z.bin"));
  if (geteuid () != 0) { /* to root all files are readable */
    folder_write ("locked.pt", "0123456789abcdef");
    chmod (folder_file ("locked.pt"), 0);
    expect_note ("locked.pt: cannot be read", 2);
    unlink (folder_file ("locked.pt"));
  }
  catalog = folder_catalog (folder_file ("readme.txt"), NULL); /* a file where a folder should be */
  CHECK (adm_catalog_notes (catalog) == 1 && adm_catalog_count (catalog) == 0);
  CHECK_CONTAINS (said (adm_catalog_note (catalog, 0)), "readme.txt: the folder cannot be read");
  adm_catalog_free (catalog);
}

/* Without a limit nothing is loaded that is more than what is free; here more than any machine
 * has. */
static void
test_free_memory (void)
{
  adm_description huge = diffusion;
  adm_model *model;
  adm_session *session;
  adm_network *network;
  adm_error error;
  uint64_t weights, workspace;
  huge.image_size = 2048;
  huge.model_channels = 2048;
  CHECK (adm_description_memory (&huge, 1, NULL, &weights, &workspace, &error) == ADM_OK
         && workspace > (uint64_t) 100 << 30);
  write_network ("huge.safetensors", &huge);
  CHECK (adm_network_load (folder_file ("huge.safetensors"), &(adm_options) { .threads = 1 }, NULL,
                           NULL, &network, &error)
         == ADM_ERROR_MEMORY);
  CHECK_CONTAINS (said (&error), " MiB are free; ");
  CHECK (adm_model_from_files (folder_file ("huge.safetensors"), NULL, NULL, &model, &error)
         == ADM_OK);
  CHECK (adm_session_new (model, &(adm_options) { .threads = 1 }, &session, &error) == ADM_OK);
  CHECK (adm_session_load (session, ADM_PART_DIFFUSION, NULL, NULL, &error) == ADM_ERROR_MEMORY);
  CHECK_CONTAINS (said (&error), " MiB are free; close other programs, or use a smaller model");
  adm_session_free (session);
  CHECK (adm_session_new (model, &(adm_options) { .threads = 1, .memory_limit = 1 << 20 }, &session,
                          &error)
         == ADM_OK);
  CHECK (adm_session_load (session, ADM_PART_DIFFUSION, NULL, NULL, &error) == ADM_ERROR_MEMORY);
  CHECK_CONTAINS (said (&error), " 1 MiB are allowed; allow more, or use a smaller model");
  adm_session_free (session);
  adm_model_free (model);
  unlink (folder_file ("huge.safetensors"));
}

static void
test_many_files (void)
{
  CHECK (mkdir (folder_file ("many"), 0700) == 0);
  for (int i = 0; i < 2000; i++) {
    char name[64];
    snprintf (name, sizeof name, "many/%05d.safetensors", i);
    folder_write (name, "some bytes that are no weights");
    snprintf (name, sizeof name, "many/%05d.jpg", i);
    folder_write (name, "some bytes that are no weights either");
  }
  adm_catalog *catalog = folder_catalog (folder_file ("many"), NULL);
  /* those named as weights */
  CHECK (adm_catalog_count (catalog) == 0 && adm_catalog_notes (catalog) == 2000);
  CHECK_CONTAINS (said (adm_catalog_note (catalog, 1999)),
                  "01999.safetensors: is neither safetensors nor a torch file");
  adm_catalog_free (catalog);
}

/* A network without classes: labels are the classifier's. */
static void
test_from_files (void)
{
  adm_model *m;
  adm_error error;
  write_network ("p.pt", &plain);
  CHECK (adm_model_from_files (folder_file ("p.pt"), NULL, NULL, &m, &error) == ADM_OK);
  expect_label (m, NULL, ADM_NO_LABEL);
  expect_label (m, "2", ADM_NO_LABEL);
  adm_model_free (m);
  CHECK (adm_model_from_files (folder_file ("p.pt"), folder_file ("c.safetensors"),
                               folder_file ("u.safetensors"), &m, &error)
         == ADM_OK);
  CHECK (m->label_count == 0 && m->defaults.scale == 1.0 && m->upsampled_size == 64);
  CHECK (m->upsampler_defaults.sampler == ADM_SAMPLER_DDPM && m->upsampler_defaults.steps == 250);
  expect_label (m, NULL, ADM_NO_LABEL);
  expect_label (m, "2", 2);
  expect_label (m, "cat", -2);
  adm_model_free (m);
  CHECK (chdir (folder_path) == 0);
  CHECK (adm_model_from_files ("p.pt", NULL, NULL, &m, &error) == ADM_OK);
  CHECK_STR (m->diffusion, folder_file ("p.pt"));
  CHECK_STR (m->id, "p");
  CHECK (chdir ("/") == 0);
  adm_model_free (m);
  adm_model_free (NULL);
  CHECK (adm_model_from_files (folder_file ("p.pt"), folder_file ("p.pt"), NULL, &m, &error)
             == ADM_ERROR_SHAPE
         && m == NULL);
  unlink (folder_file ("p.pt"));
}

static void
test_sampler_names (void)
{
  adm_sampler sampler;
  CHECK_STR (adm_sampler_name (0), "ddpm");
  CHECK_STR (adm_sampler_name (1), "ddim");
  CHECK (adm_sampler_name (4) == NULL && adm_sampler_name (-1) == NULL);
  CHECK (adm_sampler_parse ("ddim", &sampler) && sampler == ADM_SAMPLER_DDIM);
  CHECK (!adm_sampler_parse ("DDIM", &sampler) && !adm_sampler_parse ("", &sampler));
}

int
main (void)
{
  folder_make ();
  test_described ();
  test_embedded ();
  test_lost_license ();
  test_eta ();
  test_trouble_with_descriptions ();
  test_strays ();
  test_from_files ();
  test_free_memory ();
  test_many_files ();
  test_sampler_names ();
  folder_remove ();
  return check_summary ();
}

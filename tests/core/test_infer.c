/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inference from names and shapes alone: the published checkpoints' listings, the lists that
 * made-up descriptions imply, and listings that are not quite right. */
#include "base/error.h"
#include "networks/architecture.h"
#include "descriptions/description.h"
#include "descriptions/infer.h"
#include "descriptions/published.h"

#include "check.h"
#include "said.h"

#include <stdlib.h>
#include <yyjson.h>

enum { MAX_TENSORS = 2000 };

/* A listing under construction. */
typedef struct bench {
  adm_tensor tensor[MAX_TENSORS];
  const adm_tensor *pointer[MAX_TENSORS];
  size_t count;
} bench;

static void
add (const char *name, int rank, const int64_t *shape, void *user)
{
  bench *b = user;
  if (b->count == MAX_TENSORS)
    exit (1);
  adm_tensor *tensor = &b->tensor[b->count];
  *tensor = (adm_tensor) { .name = strdup (name), .rank = rank, .elements = 1 };
  for (int i = 0; i < rank; i++) {
    tensor->shape[i] = shape[i];
    tensor->elements *= (uint64_t) shape[i];
  }
  b->pointer[b->count++] = tensor;
}

static void
clear (bench *b)
{
  for (size_t i = 0; i < b->count; i++)
    free ((char *) b->tensor[i].name);
  b->count = 0;
}

static adm_status
infer (const bench *b, adm_description *d, adm_error *error)
{
  adm_listing listing;
  adm_status status = adm_listing_init (&listing, b->pointer, b->count, error);
  if (!status)
    status = adm_listing_infer (&listing, "file", d, error);
  adm_listing_clear (&listing);
  return status;
}

static bool
load_published (const char *name, bench *b)
{
  char path[1024];
  snprintf (path, sizeof path, "%s/published/%s.json", ADM_TEST_FIXTURES, name);
  yyjson_doc *doc = yyjson_read_file (path, 0, NULL, NULL);
  size_t i, k, count, rank;
  yyjson_val *key, *value, *side;
  if (!CHECK (doc != NULL)) {
    printf ("  %s\n", path);
    return false;
  }
  yyjson_obj_foreach (yyjson_doc_get_root (doc), i, count, key, value)
  {
    int64_t shape[ADM_TENSOR_MAX_RANK];
    yyjson_arr_foreach (value, k, rank, side) shape[k] = yyjson_get_sint (side);
    add (yyjson_get_str (key), (int) yyjson_arr_size (value), shape, b);
  }
  yyjson_doc_free (doc);
  return true;
}

static bench shared;

static void
test_published (void)
{
  static const struct {
    const char *name;
    adm_kind kind;
    int size, small, head_channels, heads, order;
    adm_schedule_kind schedule;
    double scale;
  } all[] = {
    { "64x64_diffusion", ADM_KIND_UNET, 64, 0, 64, 0, 1, ADM_SCHEDULE_COSINE, 1.0 },
    { "64x64_classifier", ADM_KIND_CLASSIFIER, 64, 0, 64, 0, 0, ADM_SCHEDULE_COSINE, 1.0 },
    { "128x128_diffusion", ADM_KIND_UNET, 128, 0, -1, 4, 0, ADM_SCHEDULE_LINEAR, 1.0 },
    { "128x128_classifier", ADM_KIND_CLASSIFIER, 128, 0, 64, 0, 0, ADM_SCHEDULE_LINEAR, 1.0 },
    { "256x256_diffusion", ADM_KIND_UNET, 256, 0, 64, 0, 0, ADM_SCHEDULE_LINEAR, 1.0 },
    { "256x256_diffusion_uncond", ADM_KIND_UNET, 256, 0, 64, 0, 0, ADM_SCHEDULE_LINEAR, 10.0 },
    { "256x256_classifier", ADM_KIND_CLASSIFIER, 256, 0, 64, 0, 0, ADM_SCHEDULE_LINEAR, 1.0 },
    { "512x512_diffusion", ADM_KIND_UNET, 512, 0, 64, 0, 0, ADM_SCHEDULE_LINEAR, 4.0 },
    { "512x512_classifier", ADM_KIND_CLASSIFIER, 512, 0, 64, 0, 0, ADM_SCHEDULE_LINEAR, 4.0 },
    { "64_256_upsampler", ADM_KIND_SUPERRES, 256, 64, -1, 4, 0, ADM_SCHEDULE_LINEAR, 0.0 },
    { "128_512_upsampler", ADM_KIND_SUPERRES, 512, 128, 64, 0, 0, ADM_SCHEDULE_LINEAR, 0.0 },
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    adm_description d;
    adm_error error = { 0 };
    adm_listing listing;
    if (!load_published (all[i].name, &shared))
      continue;
    CHECK (adm_listing_init (&listing, shared.pointer, shared.count, &error) == ADM_OK);
    const adm_published *published = adm_published_match (&listing);
    if (!CHECK (published != NULL)) {
      adm_listing_check (&listing, &adm_published_find (all[i].name)->description, all[i].name,
                         &error);
      printf ("  %s\n", said (&error));
    } else {
      CHECK_STR (published->name, all[i].name);
      CHECK (published->defaults.scale == all[i].scale && published->defaults.steps == 25);
      CHECK (adm_listing_infer (&listing, "file", &d, &error) == ADM_OK
             && adm_published_fits (published, &d));
      CHECK (adm_description_validate (&d, all[i].name, &error) == ADM_OK
             && !adm_description_unknown (&d));
      CHECK (d.kind == all[i].kind && d.image_size == all[i].size && d.small_size == all[i].small
             && d.noise_schedule == all[i].schedule);
      CHECK (d.num_head_channels == all[i].head_channels
             && (all[i].heads == 0 || d.num_heads == all[i].heads));
      CHECK (d.use_new_attention_order == all[i].order);
      d.num_head_channels = 32;
      CHECK (!adm_published_fits (published, &d));
    }
    adm_listing_clear (&listing);
    clear (&shared);
  }
  const adm_published *lsun = adm_published_find ("lsun_cat");
  CHECK (
      lsun && lsun->defaults.steps == 1000
      && adm_published_fits (lsun, &adm_published_find ("256x256_diffusion_uncond")->description));
  CHECK (adm_published_find ("lsun_dog") == NULL);
}

static const adm_description plain = { .kind = ADM_KIND_UNET,
                                       .image_size = 64,
                                       .model_channels = 64,
                                       .num_res_blocks = 2,
                                       .levels = 3,
                                       .channel_mult = { 0.5, 1, 2 },
                                       .attention_levels = 2,
                                       .attention_resolutions = { 32, 16 },
                                       .num_classes = 5,
                                       .num_heads = 4,
                                       .num_heads_upsample = -1,
                                       .num_head_channels = -1,
                                       .learn_sigma = 1,
                                       .use_scale_shift_norm = 1,
                                       .resblock_updown = 1,
                                       .noise_schedule = ADM_SCHEDULE_LINEAR,
                                       .diffusion_steps = 1000 };

/* The list of D gives D back, with what tensors cannot tell unknown. */
static void
expect_inferred (const adm_description *d, const char *unknown)
{
  adm_description found;
  adm_error error = { 0 };
  if (!CHECK (adm_description_validate (d, "d", &error) == ADM_OK
              && adm_architecture_list (d, add, &shared, &error) == ADM_OK)
      || !CHECK (infer (&shared, &found, &error) == ADM_OK)) {
    printf ("  %s\n", said (&error));
    clear (&shared);
    return;
  }
  clear (&shared);
  CHECK (found.kind == d->kind && found.model_channels == d->model_channels
         && found.num_res_blocks == d->num_res_blocks);
  CHECK (found.levels == d->levels
         && memcmp (found.channel_mult, d->channel_mult,
                    sizeof d->channel_mult[0] * (size_t) d->levels)
                == 0);
  CHECK (found.num_classes == d->num_classes && found.pool == d->pool);
  CHECK (found.use_scale_shift_norm == d->use_scale_shift_norm
         && found.resblock_updown == d->resblock_updown);
  CHECK (d->kind == ADM_KIND_CLASSIFIER || found.learn_sigma == d->learn_sigma);
  CHECK (found.attention_levels == d->attention_levels);
  int factor = found.image_size == -1 ? d->image_size >> (d->levels - 1) : 1;
  for (int i = 0; i < d->attention_levels; i++)
    CHECK (found.attention_resolutions[i] * factor == d->attention_resolutions[i]);
  CHECK_STR (adm_description_unknown (&found), unknown);
}

static void
test_made_up (void)
{
  static const char sized[]
      = "num_heads, num_head_channels, use_new_attention_order, noise_schedule";
  static const char unsized[] = "image_size, attention_resolutions, num_heads, num_head_channels, "
                                "use_new_attention_order, noise_schedule";
  adm_description d = plain;
  expect_inferred (&d, unsized);
  d.resblock_updown = d.use_scale_shift_norm = d.learn_sigma = d.num_classes = 0;
  expect_inferred (&d, unsized);
  d.kind = ADM_KIND_SUPERRES;
  expect_inferred (&d, unsized);
  d.model_channels = 96; /* thirds: 32 / 96 is no binary fraction */
  d.channel_mult[0] = 32.0 / 96.0;
  expect_inferred (&d, unsized);
  d = plain;
  d.levels = 1;
  d.attention_levels = 0;
  d.channel_mult[0] = 1;
  expect_inferred (&d, unsized);
  d = plain;
  d.kind = ADM_KIND_CLASSIFIER;
  d.pool = ADM_POOL_ATTENTION;
  d.num_head_channels = 32;
  d.num_heads = 1;
  expect_inferred (&d, sized);
  for (d.pool = ADM_POOL_ADAPTIVE; d.pool <= ADM_POOL_SPATIAL_V2; d.pool++)
    expect_inferred (&d, unsized);
}

/* A classifier's encoder with equal widths and no attention but the middle's fits two ways of
 * halving. */
static void
test_ambiguous (void)
{
  adm_description d = plain, found;
  adm_error error;
  d.kind = ADM_KIND_CLASSIFIER;
  d.pool = ADM_POOL_ADAPTIVE;
  d.num_res_blocks = 1;
  d.levels = 2;
  d.channel_mult[0] = d.channel_mult[1] = 1;
  d.attention_levels = 0;
  CHECK (adm_architecture_list (&d, add, &shared, &error) == ADM_OK);
  CHECK (infer (&shared, &found, &error) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "fit 2 different networks");
  clear (&shared);
}

/* A width that is no fraction of the base width in binary: rounded up, or the layer would be too
 * narrow. */
static void
test_fractions (void)
{
  adm_description d = plain;
  d.model_channels = 224;
  d.channel_mult[0] = 1;
  d.channel_mult[1] = nextafter (1952.0 / 224.0, 10);
  d.levels = 2;
  d.attention_levels = 0;
  d.num_heads = 1;
  d.num_res_blocks = 1;
  CHECK (floor (1952.0 / 224.0 * 224) < 1952);
  expect_inferred (&d, "image_size, attention_resolutions, num_heads, num_head_channels, "
                       "use_new_attention_order, noise_schedule");
}

static adm_tensor *
named (const char *name)
{
  for (size_t i = 0; i < shared.count; i++)
    if (strcmp (shared.tensor[i].name, name) == 0)
      return &shared.tensor[i];
  printf ("no tensor %s\n", name);
  exit (1);
}

/* One telling tensor gone, or of a shape that nobody can mean: not of this family, or not quite. */
static void
test_signs (void)
{
  static const struct {
    adm_pool_kind pool; /* NONE: the plain network */
    const char *name;
    int side; /* that becomes SHAPE; -1: the tensor goes */
    int64_t shape;
    const char *part;
  } cases[] = {
    { ADM_POOL_NONE, "time_embed.0.weight", -1, 0, "not those of" },
    { ADM_POOL_NONE, "time_embed.0.weight", 1, (int64_t) 1 << 40, "not those of" },
    { ADM_POOL_NONE, "input_blocks.0.0.weight", -1, 0, "not those of" },
    { ADM_POOL_NONE, "input_blocks.1.0.emb_layers.1.weight", -1, 0, "not those of" },
    { ADM_POOL_NONE, "input_blocks.1.0.out_layers.3.weight", -1, 0, "not those of" },
    { ADM_POOL_NONE, "input_blocks.4.0.out_layers.3.weight", 0, (int64_t) 1 << 40, "not quite" },
    { ADM_POOL_NONE, "label_emb.weight", 0, (int64_t) 1 << 40, "not quite" },
    { ADM_POOL_SPATIAL, "out.2.weight", -1, 0, "not those of" },
    { ADM_POOL_SPATIAL_V2, "out.3.weight", -1, 0, "not those of" },
    { ADM_POOL_ADAPTIVE, "out.3.weight", -1, 0, "not those of" },
    { ADM_POOL_ATTENTION, "out.2.c_proj.weight", -1, 0, "not those of" },
    { ADM_POOL_ATTENTION, "out.2.c_proj.weight", 0, (int64_t) 1 << 40, "not quite" },
    { ADM_POOL_ATTENTION, "out.2.positional_embedding", 1, 1, "not those of" },
    { ADM_POOL_ATTENTION, "out.2.positional_embedding", 1, (int64_t) 2049 * 2049 + 1,
      "not those of" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    adm_description d = plain, found;
    adm_error error = { 0 };
    d.kind = cases[i].pool == ADM_POOL_NONE ? ADM_KIND_UNET : ADM_KIND_CLASSIFIER;
    d.pool = cases[i].pool;
    d.num_head_channels = cases[i].pool == ADM_POOL_NONE ? -1 : 32;
    CHECK (adm_architecture_list (&d, add, &shared, &error) == ADM_OK);
    adm_tensor *tensor = named (cases[i].name);
    if (cases[i].side < 0)
      ((char *) tensor->name)[0] = '?';
    else
      tensor->shape[cases[i].side] = cases[i].shape;
    if (!CHECK (infer (&shared, &found, &error) == ADM_ERROR_FORMAT))
      printf ("  case %zu, %s\n", i, cases[i].name);
    CHECK_CONTAINS (said (&error), cases[i].part);
    clear (&shared);
  }
  /* more blocks than any network has */
  adm_error error = { 0 };
  adm_description found;
  CHECK (adm_architecture_list (&plain, add, &shared, &error) == ADM_OK);
  for (int i = 0; i < 600; i++) {
    char name[64];
    snprintf (name, sizeof name, "input_blocks.%d.0.out_layers.3.weight", 9 + i);
    add (name, 4, (int64_t[]) { 64, 64, 3, 3 }, &shared);
  }
  CHECK (infer (&shared, &found, &error) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "not quite");
  clear (&shared);
}

static void
expect_mismatch (const char *part)
{
  adm_description found;
  adm_error error = { 0 };
  adm_listing listing;
  CHECK (adm_listing_init (&listing, shared.pointer, shared.count, &error) == ADM_OK);
  CHECK (adm_listing_check (&listing, &plain, "file", &error) != ADM_OK);
  CHECK_CONTAINS (said (&error), "file: ");
  CHECK_CONTAINS (said (&error), part);
  CHECK (adm_listing_infer (&listing, "file", &found, &error) == ADM_ERROR_FORMAT);
  adm_listing_clear (&listing);
  clear (&shared);
  adm_architecture_list (&plain, add, &shared, &error);
}

static void
test_mismatches (void)
{
  adm_error error;
  clear (&shared);
  adm_architecture_list (&plain, add, &shared, &error);
  size_t at = 0;
  while (strcmp (shared.tensor[at].name, "middle_block.1.qkv.weight") != 0)
    at++;
  adm_tensor *qkv = &shared.tensor[at];
  CHECK (qkv->rank == 3 && qkv->shape[0] == 384 && qkv->shape[1] == 128 && qkv->shape[2] == 1);

  qkv->shape[0] = 383;
  expect_mismatch ("middle_block.1.qkv.weight has shape [383,128,1], expected [384,128,1]");
  qkv->rank = 2;
  expect_mismatch ("middle_block.1.qkv.weight has shape [384,128], expected [384,128,1]");
  ((char *) qkv->name)[0] = 'M';
  expect_mismatch ("middle_block.1.qkv.weight [384,128,1] is missing");
  qkv->dtype = ADM_DTYPE_OTHER;
  expect_mismatch ("middle_block.1.qkv.weight does not hold floating-point numbers");
  add ("optimizer.step", 1, (int64_t[]) { 1 }, &shared);
  expect_mismatch ("tensor optimizer.step does not belong");
  clear (&shared);
  CHECK (adm_architecture_list (&plain, add, &shared, &error) == ADM_OK);
  adm_listing listing;
  CHECK (adm_listing_init (&listing, shared.pointer, shared.count, &error) == ADM_OK);
  CHECK (adm_listing_check (&listing, &plain, "file", &error) == ADM_OK);
  adm_listing_clear (&listing);
  clear (&shared);
}

static void
test_other_files (void)
{
  adm_description found;
  adm_error error;
  CHECK (infer (&shared, &found, &error) == ADM_ERROR_FORMAT); /* no tensors at all */
  CHECK_CONTAINS (said (&error), "not those of an ablated diffusion model");
  add ("conv1.weight", 4, (int64_t[]) { 64, 3, 7, 7 }, &shared);
  add ("fc.weight", 2, (int64_t[]) { 1000, 512 }, &shared);
  CHECK (infer (&shared, &found, &error) == ADM_ERROR_FORMAT);
  /* Telling names with shapes nobody can mean. */
  add ("time_embed.0.weight", 2, (int64_t[]) { 4, 1 }, &shared);
  add ("input_blocks.0.0.weight", 4, (int64_t[]) { INT64_MAX, 3, 3, 3 }, &shared);
  add ("input_blocks.1.0.emb_layers.1.weight", 2, (int64_t[]) { 0, 0 }, &shared);
  add ("input_blocks.1.0.out_layers.3.weight", 4, (int64_t[]) { INT64_MAX, 0, 3, 3 }, &shared);
  add ("out.2.positional_embedding", 2, (int64_t[]) { 0, 0 }, &shared);
  add ("out.2.c_proj.weight", 3, (int64_t[]) { 0, 0, 1 }, &shared);
  CHECK (infer (&shared, &found, &error) == ADM_ERROR_FORMAT);
  clear (&shared);
}

int
main (void)
{
  test_published ();
  test_made_up ();
  test_ambiguous ();
  test_fractions ();
  test_signs ();
  test_mismatches ();
  test_other_files ();
  return check_summary ();
}

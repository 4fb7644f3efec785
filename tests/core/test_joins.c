/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Published checkpoints, known by their tensors, become models: whole, in part, and all of them. */
#include "folder.h"
#include "descriptions/published.h"
#include "stages.h"
#include "said.h"

/* Of the program, told: what it holds changes while it runs. */
enum { OWN = 4 << 20 };

static void
write_published (const char *file, const char *name)
{
  folder_write_weights (file, &adm_published_find (name)->description, NULL, NULL);
}

static void
test_published (void)
{
  CHECK (mkdir (folder_file ("net"), 0700) == 0 && mkdir (folder_file ("data"), 0700) == 0);
  write_published ("net/a", "64x64_classifier");
  write_published ("net/b", "64_256_upsampler");
  write_published ("net/c", "64x64_diffusion");
  write_published ("net/d", "256x256_diffusion_uncond");
  write_published ("net/e", "256x256_diffusion_uncond");
  folder_write ("data/imagenet-1000.txt", "tench\ngoldfish\n");
  adm_catalog *catalog = folder_catalog (folder_file ("data"), folder_file ("net"));
  folder_print_notes (catalog);
  CHECK (adm_catalog_count (catalog) == 2 && adm_catalog_notes (catalog) == 1);
  CHECK_CONTAINS (said (adm_catalog_note (catalog, 0)),
                  "net/e: has the tensors of 256x256_diffusion_uncond, which was found first as");
  const adm_model *m = adm_catalog_get (catalog, 0);
  if (!CHECK (m != NULL))
    exit (1);
  CHECK_STR (m->id, "imagenet-64");
  CHECK_STR (m->name, "ImageNet 64");
  CHECK_STR (m->diffusion, folder_file ("net/c"));
  CHECK_STR (m->classifier, folder_file ("net/a"));
  CHECK_STR (m->upsampler, folder_file ("net/b"));
  CHECK (m->image_size == 64 && m->upsampled_size == 256 && m->label_count == 1000
         && m->class_count == 2 && m->null_class == ADM_NO_LABEL);
  CHECK (m->defaults.sampler == ADM_SAMPLER_DDIM && m->defaults.steps == 25
         && m->defaults.scale == 1.0);
  const adm_model *wide = adm_catalog_get (catalog, 1);
  CHECK_STR (wide ? wide->id : NULL, "imagenet-256-uncond");
  CHECK (wide && wide->defaults.scale == 0 && wide->label_count == 0 && wide->missing_count == 1
         && wide->missing[0].part == ADM_PART_CLASSIFIER);
  adm_catalog_free (catalog);

  folder_write ("net/d.json", "{\"recognised_as\": \"lsun_horse\"}");
  catalog = folder_catalog (folder_file ("net"), NULL);
  folder_print_notes (catalog);
  CHECK (adm_catalog_count (catalog) == 3 && adm_catalog_notes (catalog) == 0);
  const adm_model *horse = adm_catalog_get (catalog, 2);
  CHECK_STR (horse ? horse->name : NULL, "LSUN Horse");
  CHECK (horse && horse->defaults.sampler == ADM_SAMPLER_DDPM && horse->defaults.steps == 1000
         && horse->class_count == 0);
  adm_catalog_free (catalog);
}

/* Parts without their diffusion network make an entry, which says what is missing; a classifier
 * that another model shows does not make a second one. */
static void
test_partly_present (void)
{
  CHECK (mkdir (folder_file ("part"), 0700) == 0);
  write_published ("part/c64", "64x64_classifier");
  write_published ("part/c256", "256x256_classifier");
  write_published ("part/d256", "256x256_diffusion");
  write_published ("part/u512", "128_512_upsampler");
  adm_catalog *catalog = folder_catalog (folder_file ("part"), NULL);
  folder_print_notes (catalog);
  CHECK (adm_catalog_count (catalog) == 3 && adm_catalog_notes (catalog) == 0
         && adm_catalog_questions (catalog) == 0);
  const adm_model *m = adm_catalog_get (catalog, 0);
  if (!CHECK (m != NULL && adm_catalog_get (catalog, 2) != NULL))
    exit (1);
  CHECK_STR (m->id, "imagenet-64");
  CHECK_STR (m->path, folder_file ("part/c64"));
  CHECK (!m->diffusion && m->classifier && !m->upsampler && m->image_size == 64
         && m->label_count == 1000 && m->missing_count == 2);
  CHECK (m->missing[0].part == ADM_PART_DIFFUSION && m->missing[1].part == ADM_PART_UPSAMPLER);
  CHECK_STR (m->missing[0].file, "64x64_diffusion.pt");
  CHECK_STR (m->missing[1].file, "64_256_upsampler.pt");
  CHECK_CONTAINS (m->missing[1].address, "https://");
  CHECK_CONTAINS (m->missing[1].address, "/64_256_upsampler.pt");
  const adm_model *u = adm_catalog_get (catalog, 1), *w = adm_catalog_get (catalog, 2);
  CHECK_STR (u->id, "imagenet-128");
  CHECK (!u->diffusion && u->upsampler && u->upsampled_size == 512 && u->missing_count == 2);
  CHECK_STR (w->id, "imagenet-256");
  CHECK (w->diffusion && w->classifier && w->missing_count == 0);

  adm_session *session;
  adm_error error;
  adm_request request = adm_request_default (m);
  float pixel;
  CHECK (adm_session_new (m, &(adm_options) { .threads = 1 }, &session, &error) == ADM_OK);
  CHECK (session_sample (session, &request, NULL, NULL, &pixel, NULL, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "put 64x64_diffusion.pt (published at https://");
  adm_session_free (session);
  adm_catalog_free (catalog);

  /* The unconditional network and the LSUN ones have the same tensors: asked about until a sidecar
   * tells. */
  write_published ("part/x", "256x256_diffusion_uncond");
  catalog = folder_catalog (folder_file ("part"), NULL);
  CHECK (adm_catalog_count (catalog) == 4 && adm_catalog_questions (catalog) == 1);
  CHECK_STR (adm_catalog_question (catalog, 0), folder_file ("part/x"));
  CHECK (adm_catalog_question (catalog, 1) == NULL);
  adm_catalog_free (catalog);
  CHECK (adm_sidecar_write (folder_file ("part/x"),
                            &(adm_answer) { "recognised_as", "lsun_bedroom" }, 1, false, &error)
         == ADM_OK);
  catalog = folder_catalog (folder_file ("part"), NULL);
  CHECK (adm_catalog_questions (catalog) == 0);
  CHECK (adm_catalog_find (catalog, "lsun-bedroom", &m, &error) == ADM_OK
         && m->defaults.steps == 1000 && m->missing_count == 0);
  adm_catalog_free (catalog);
}

/* Every published file, whatever its name: recognised by its tensors, joined, with the paper's
 * settings. */
static void
test_whole_set (void)
{
  static const struct {
    /* clang-format off */
    const char *id, *parts[3];
    double scale;
    adm_sampler sampler;
    int steps, size, upsampled;
  } all[] = {
    { "imagenet-64", { "64x64_diffusion", "64x64_classifier", "64_256_upsampler" }, 1.0,
      ADM_SAMPLER_DDIM, 25, 64, 256 },
    { "imagenet-128", { "128x128_diffusion", "128x128_classifier", "128_512_upsampler" }, 1.0,
      ADM_SAMPLER_DDIM, 25, 128, 512 },
    { "imagenet-256", { "256x256_diffusion", "256x256_classifier", NULL }, 1.0, ADM_SAMPLER_DDIM,
      25, 256, 0 },
    { "imagenet-256-uncond", { "256x256_diffusion_uncond", "256x256_classifier", NULL }, 10.0,
      ADM_SAMPLER_DDIM, 25, 256, 0 },
    { "imagenet-512", { "512x512_diffusion", "512x512_classifier", NULL }, 4.0, ADM_SAMPLER_DDIM,
      25, 512, 0 },
    { "lsun-bedroom", { "lsun_bedroom", NULL, NULL }, 0, ADM_SAMPLER_DDPM, 1000, 256, 0 },
    { "lsun-cat", { "lsun_cat", NULL, NULL }, 0, ADM_SAMPLER_DDPM, 1000, 256, 0 },
    { "lsun-horse", { "lsun_horse", NULL, NULL }, 0, ADM_SAMPLER_DDPM, 1000, 256, 0 },
    { "lsun-horse-nodropout", { "lsun_horse_nodropout", NULL, NULL }, 0, ADM_SAMPLER_DDPM, 1000,
      256, 0 },
  };
  /* clang-format on */
  const size_t models = sizeof all / sizeof *all;
  CHECK (mkdir (folder_file ("all"), 0700) == 0);
  for (size_t i = 0; i < models; i++)
    for (int k = 0; k < 3; k++) {
      char name[64], sidecar[96], says[64];
      if (!all[i].parts[k])
        continue;
      snprintf (name, sizeof name, "all/%c%d", 'a' + (int) i, k);
      if (k == 1 && i == 3)
        continue; /* shared with imagenet-256 */
      write_published (name, all[i].parts[k]);
      snprintf (sidecar, sizeof sidecar, "%s.json", name);
      snprintf (says, sizeof says, "{\"recognised_as\": \"%s\"}", all[i].parts[k]);
      if (strncmp (all[i].parts[k], "lsun", 4) == 0)
        folder_write (sidecar, "%s", says);
      adm_file_info info;
      adm_error error;
      if (CHECK (adm_file_inspect (folder_file (name), &info, &error) == ADM_OK)) {
        CHECK_STR (info.recognised_as, all[i].parts[k]);
        CHECK (!info.unknown_keys
               && adm_published_fits (adm_published_find (all[i].parts[k]), &info.description));
      }
    }
  adm_catalog *catalog = folder_catalog (folder_file ("all"), NULL);
  folder_print_notes (catalog);
  CHECK (adm_catalog_count (catalog) == models && adm_catalog_notes (catalog) == 0
         && adm_catalog_questions (catalog) == 1);
  for (size_t i = 0; i < models; i++) {
    const adm_model *m = adm_catalog_get (catalog, i);
    if (!CHECK (m != NULL))
      continue;
    CHECK_STR (m->id, all[i].id);
    CHECK (m->image_size == all[i].size && m->upsampled_size == all[i].upsampled
           && m->missing_count == 0);
    CHECK (m->defaults.scale == all[i].scale && m->defaults.sampler == all[i].sampler
           && m->defaults.steps == all[i].steps);
    adm_memory memory, small;
    adm_error error;
    CHECK (adm_model_memory (m, &(adm_options) { .program_bytes = OWN }, &memory, &error) == ADM_OK
           && memory.staged <= memory.together && memory.staged_half < memory.staged);
    CHECK (memory.staged_half <= (uint64_t) 12 << 30); /* a desktop of 16 GB runs them all */
    CHECK (adm_model_memory (
               m, &(adm_options) { .program_bytes = OWN, .memory_limit = memory.staged_half },
               &small, &error)
               == ADM_OK
           && small.fit == ADM_FIT_HALF);
    CHECK (adm_model_memory (m,
                             &(adm_options) { .program_bytes = OWN, .memory_limit = memory.staged },
                             &small, &error)
               == ADM_OK
           && small.fit == (memory.staged < memory.together ? ADM_FIT_STAGED : ADM_FIT_TOGETHER));
    CHECK (adm_model_memory (m, &(adm_options) { .program_bytes = OWN, .memory_limit = 1 << 20 },
                             &small, &error)
               == ADM_OK
           && small.fit == ADM_FIT_NOT);
  }
  adm_catalog_free (catalog);
}

int
main (void)
{
  folder_make ();
  test_published ();
  test_partly_present ();
  test_whole_set ();
  folder_remove ();
  return check_summary ();
}

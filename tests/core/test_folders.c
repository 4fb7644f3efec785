/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders of models in every state: links in circles, pipes and devices, ten thousand files, names
 * that are not UTF-8, and files that vanish while they are listed. */
#include "folder.h"
#include "said.h"

#include <pthread.h>
#include <time.h>

static void
write_whole (void)
{
  static const adm_description diffusion = { .kind = ADM_KIND_UNET,
                                             .image_size = 32,
                                             .num_classes = 4,
                                             .learn_sigma = 1,
                                             .num_res_blocks = 1,
                                             .levels = 2,
                                             .channel_mult = { 1, 1 },
                                             .model_channels = 32,
                                             .num_heads = 1,
                                             .num_heads_upsample = -1,
                                             .num_head_channels = 16,
                                             .use_scale_shift_norm = 1,
                                             .resblock_updown = 1,
                                             .noise_schedule = ADM_SCHEDULE_COSINE,
                                             .diffusion_steps = 1000 };
  char metadata[1024];
  adm_description_to_json (&diffusion, metadata, sizeof metadata);
  folder_write_weights ("odd/whole.pt", &diffusion, NULL, metadata);
}

/* What is no file is never waited for, nor followed in circles, also when a description names
 * it. */
static void
test_no_files (void)
{
  static const char *const names[] = { "pipe", "zero", "folder", "loop", "nothing" };
  CHECK (mkdir (folder_file ("odd"), 0700) == 0 && mkfifo (folder_file ("odd/pipe"), 0600) == 0);
  CHECK (mkdir (folder_file ("odd/folder"), 0700) == 0
         && symlink ("/dev/zero", folder_file ("odd/zero")) == 0);
  CHECK (symlink ("loop", folder_file ("odd/loop")) == 0
         && symlink (".", folder_file ("odd/circle")) == 0);
  CHECK (symlink ("../odd", folder_file ("odd/folder/up")) == 0);
  write_whole ();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    for (int k = 0; k < 2; k++) {
      folder_write (
          "odd/model.json",
          "{\"format\":\"adm-model-1\",\"id\":\"odd\",\"diffusion\":\"%s\",\"classes\":\"%s\"}",
          k ? "whole.pt" : names[i], k ? names[i] : "none");
      adm_catalog *catalog = folder_catalog (folder_file ("odd"), folder_file ("odd/circle"));
      bool loop = false, told = false;
      for (size_t n = 0; n < adm_catalog_notes (catalog); n++) {
        loop |= strstr (said (adm_catalog_note (catalog, n)), "odd/loop: cannot be looked at")
                != NULL;
        told |= strstr (said (adm_catalog_note (catalog, n)), names[i]) != NULL
                && !strstr (said (adm_catalog_note (catalog, n)), "looked at");
      }
      if (!CHECK (loop && told && adm_catalog_count (catalog) == (k ? 0 : 1)))
        folder_print_notes (catalog);
      adm_catalog_free (catalog);
    }
  unlink (folder_file ("odd/model.json"));
  adm_error error;
  adm_file_info info;
  float *data;
  int rank;
  int64_t shape[8];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[600];
    snprintf (path, sizeof path, "%s/odd/%s", folder_path, names[i]);
    CHECK (adm_file_inspect (path, &info, &error) == ADM_ERROR_IO);
    CHECK_CONTAINS (said (&error), names[i]);
    CHECK (adm_npy_read (path, &data, &rank, shape, &error) == ADM_ERROR_IO && !data);
  }
}

/* A folder whose files vanish while it is read: FILES of them are listed, the others told of. */
static void *
vanish (void *unused)
{
  (void) unused;
  for (int i = 0; i < 3000; i++) {
    char name[64];
    snprintf (name, sizeof name, "gone/%05d.safetensors", i);
    unlink (folder_file (name));
  }
  rmdir (folder_file ("gone"));
  return NULL;
}

static void
test_vanishing (void)
{
  CHECK (mkdir (folder_file ("gone"), 0700) == 0);
  for (int i = 0; i < 3000; i++) {
    char name[64], other[600];
    snprintf (name, sizeof name, "gone/%05d.safetensors", i);
    snprintf (other, sizeof other, "%s", folder_file ("many/00000.jpg"));
    CHECK (link (other, folder_file (name)) == 0);
  }
  char path[600];
  snprintf (path, sizeof path, "%s", folder_file ("gone"));
  pthread_t thread;
  CHECK (pthread_create (&thread, NULL, vanish, NULL) == 0);
  for (bool there = true; there;) {
    there = access (path, F_OK) == 0;
    adm_catalog *catalog = folder_catalog (path, NULL);
    CHECK (adm_catalog_count (catalog) == 0);
    for (size_t i = 0; i < adm_catalog_notes (catalog); i++)
      CHECK_CONTAINS (said (adm_catalog_note (catalog, i)), path);
    adm_catalog_free (catalog);
  }
  pthread_join (thread, NULL);
}

static double
seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

/* 10,000 files: words, broken weights, and names that are not UTF-8. */
static void
test_many_files (void)
{
  enum { MANY = 10000 };
  size_t notes = 0;
  CHECK (mkdir (folder_file ("many"), 0700) == 0);
  for (int i = 0; i < MANY; i++) {
    char name[64];
    snprintf (name, sizeof name, "many/%05d%s.%s", i, i % 100 == 99 ? "\xff" : "",
              i % 10 == 9 ? "pt" : "jpg");
    folder_write (name, "%s",
                  i % 10 == 9 ? "PK\x03\x04, that is how a zip begins"
                              : "some bytes that are no weights");
    notes += i % 10 == 9;
  }
  double start = seconds ();
  adm_catalog *catalog = folder_catalog (folder_file ("many"), NULL);
  double taken = seconds () - start;
  printf ("  %d files: %.2f s\n", MANY, taken);
  CHECK (adm_catalog_count (catalog) == 0 && adm_catalog_notes (catalog) == notes);
  for (size_t i = 0; i < notes; i++)
    CHECK (strstr (said (adm_catalog_note (catalog, i)),
                   i % 10 == 9 ? "is not UTF-8; rename it" : "the zip is broken"));
#ifdef __OPTIMIZE__
#ifndef __SANITIZE_ADDRESS__
  CHECK (taken < 1.5);
#endif
#endif
  adm_catalog_free (catalog);
}

int
main (void)
{
  folder_make ();
  test_no_files ();
  test_many_files ();
  test_vanishing ();
  folder_remove ();
  return check_summary ();
}

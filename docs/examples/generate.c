/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One picture by libadm: generate FOLDER MODEL CLASS OUT.ppm
 *   cc generate.c $(pkg-config --cflags --libs adm) -o generate
 *   ./generate /usr/share/gimp-adm/models materials-64 cobblestone out.ppm */
#include <adm.h>

#include <stdio.h>
#include <stdlib.h>

static adm_status
write_picture (int i, const adm_picture *picture, void *user, adm_error *error)
{
  size_t bytes = 3 * (size_t) picture->height * (size_t) picture->width;
  uint8_t *pixels = malloc (bytes);
  FILE *file = fopen (user, "wb");
  bool ok = pixels && file && fprintf (file, "P6 %d %d 255\n", picture->width, picture->height) > 0;
  (void) i;
  if (ok) {
    adm_pixels_to_u8 (picture->pixels, picture->height, picture->width, pixels);
    ok = fwrite (pixels, 1, bytes, file) == bytes;
  }
  if (file && fclose (file) != 0)
    ok = false;
  free (pixels);
  return ok ? ADM_OK : adm_error_set (error, ADM_ERROR_IO, "the picture cannot be written");
}

int
main (int argc, char **argv)
{
  adm_error error;
  char line[1024];
  adm_catalog *catalog = NULL;
  const adm_model *model;
  adm_session *session = NULL;
  adm_plan plan;
  adm_error_set (&error, ADM_ERROR_USAGE, "usage: generate FOLDER MODEL CLASS OUT.ppm");
  bool done = argc == 5 && !adm_catalog_new ((const char *[]) { argv[1] }, 1, &catalog, &error)
              && !adm_catalog_find (catalog, argv[2], &model, &error)
              && !adm_session_new (model, &(adm_options) { 0 }, &session, &error);
  if (done) {
    adm_task task = { .kind = ADM_TASK_GENERATE, .generate.sample = adm_request_default (model) };
    adm_sink sink = { .picture = write_picture, .user = argv[4] };
    done = !adm_model_label (model, argv[3], &task.generate.sample.label, &error)
           && !adm_session_plan (session, &task, &plan, &error)
           && !adm_session_run (session, &plan, &sink, &error);
  }
  if (!done)
    fprintf (stderr, "generate: %s\n", adm_error_text (&error, line, sizeof line));
  adm_session_free (session);
  adm_catalog_free (catalog);
  return done ? 0 : 1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * .npy files out and in again, and those that lie; results that are complete or absent. */
#include "adm.h"
#include "base/atomic_file.h"
#include "check.h"
#include "said.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static adm_error error;
static char folder[] = "/tmp/adm-npy-XXXXXX";

static const char *
at (const char *name)
{
  static char path[256];
  snprintf (path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int
files (void)
{
  int count = 0;
  DIR *dir = opendir (folder);
  while (readdir (dir))
    count++;
  closedir (dir);
  return count - 2;
}

static void
hostile (const char *header, size_t data, const char *part)
{
  static const char zeros[4096];
  float *read = (float *) 1;
  int rank;
  int64_t shape[8];
  FILE *file = fopen (at ("hostile.npy"), "wb");
  size_t n = strlen (header);
  fwrite ("\x93NUMPY\x01\x00", 1, 8, file);
  fputc ((int) (n & 255), file);
  fputc ((int) (n >> 8), file);
  fwrite (header, 1, n, file);
  fwrite (zeros, 1, data, file);
  fclose (file);
  if (CHECK (adm_npy_read (at ("hostile.npy"), &read, &rank, shape, &error) == ADM_ERROR_FORMAT
             && read == NULL)) {
    CHECK_CONTAINS (said (&error), part);
    CHECK_CONTAINS (said (&error), "hostile.npy");
  } else
    printf ("  accepted: %s\n", header);
  unlink (at ("hostile.npy"));
}

/* Headers, bytes of data behind them, and what is said of it. */
static const struct {
  const char *header;
  size_t data;
  const char *says;
} lies[] = {
  { "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", 8, "float32" },
  { "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", 4, "float32" },
  { "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", 4, "Fortran" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4, "size" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 5, "size" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 4, "large" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 4, "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551616,), }", 4, "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }", 4, "size" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387903,), }", 4, "size" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, "shape" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 4, "shape" },
  { "{'descr': '<f4', 'fortran_order': False}", 4, "shape" },
  { "{'descr': '<f4', 'shape': (1,), }", 4, "Fortran" },
  { "", 0, "what numbers it holds" },
};

int
main (void)
{
  if (!CHECK (mkdtemp (folder) != NULL))
    return check_summary ();
  const float data[6] = { 0, -1.5f, 2, 3e-8f, 4, 5 };
  float *read;
  int rank;
  int64_t shape[8];
  for (int r = 0; r < 4; r++) {
    const int64_t shapes[4][4] = { { 0 }, { 6 }, { 2, 3 }, { 1, 6, 1 } };
    size_t n = r == 0 ? 1 : 6;
    CHECK (adm_npy_write (at ("x.npy"), data, r, shapes[r], &error) == ADM_OK);
    if (CHECK (adm_npy_read (at ("x.npy"), &read, &rank, shape, &error) == ADM_OK)) {
      CHECK (rank == r && !memcmp (shape, shapes[r], (size_t) r * sizeof *shape)
             && !memcmp (read, data, n * sizeof *data));
      free (read);
    } else
      printf ("  %s\n", said (&error));
  }
  CHECK (files () == 1); /* no temporary is left */
  struct stat info;
  CHECK (stat (at ("x.npy"), &info) == 0 && info.st_size % 8 == 0 && (info.st_mode & 0777) != 0600);

  for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
    hostile (lies[i].header, lies[i].data, lies[i].says);
  FILE *file = fopen (at ("not.npy"), "wb");
  fputs ("no array", file);
  fclose (file);
  CHECK (adm_npy_read (at ("not.npy"), &read, &rank, shape, &error) == ADM_ERROR_FORMAT);
  for (int i = 0; i < 3; i++) { /* numbers that are none are found and counted */
    float odd[6] = { 0, 1, 2, 3, 4, 5 };
    odd[2 * i + 1] = i ? i == 1 ? INFINITY : -INFINITY : NAN;
    CHECK (adm_npy_write (at ("odd.npy"), odd, 1, (int64_t[]) { 6 }, &error) == ADM_OK);
    CHECK (adm_npy_read (at ("odd.npy"), &read, &rank, shape, &error) == ADM_ERROR_VALUE
           && read == NULL);
    CHECK_CONTAINS (said (&error), i == 0   ? "odd.npy: holds NaN or infinity, number 1"
                                   : i == 1 ? "number 3"
                                            : "number 5");
    unlink (at ("odd.npy"));
  }
  CHECK (adm_npy_read (at ("absent.npy"), &read, &rank, shape, &error) == ADM_ERROR_IO
         && read == NULL);
  CHECK (adm_npy_read (folder, &read, &rank, shape, &error) == ADM_ERROR_IO);

  /* what cannot be written leaves the old file as it was */
  CHECK (adm_npy_write (at ("no/such/x.npy"), data, 1, (int64_t[]) { 6 }, &error) == ADM_ERROR_IO);
  CHECK_CONTAINS (said (&error), "cannot be written");
  adm_atomic_file atomic;
  CHECK (adm_atomic_open (at ("x.npy"), &atomic, &error) == ADM_OK);
  fputs ("half", atomic.stream);
  adm_atomic_abandon (&atomic);
  CHECK (adm_npy_read (at ("x.npy"), &read, &rank, shape, &error) == ADM_OK);
  free (read);
  CHECK (mkdir (at ("taken"), 0700) == 0);
  CHECK (adm_atomic_open (at ("taken"), &atomic, &error) == ADM_OK);
  CHECK (adm_atomic_commit (&atomic, &error) == ADM_ERROR_IO); /* a folder is in the way */
  CHECK (files () == 3);
  char command[300];
  snprintf (command, sizeof command, "rm -rf %s", folder);
  CHECK (system (command) == 0);
  return check_summary ();
}

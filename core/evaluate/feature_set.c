/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evaluate/feature_set.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/text.h"
#include "io/npz.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_WIDTH = 8192, MAX_SIDE = 16384 };

/* ---- room ------------------------------------------------------------------------------------ */

/* Whether there is memory for matrices of WIDTH, beside those that are counted. */
static bool
count_matrices (adm_set_reading *reading, int width)
{
  const uint64_t before = (uint64_t) reading->widest, now = (uint64_t) width;
  if (width <= reading->widest)
    return true;
  const uint64_t more = ADM_SET_MATRICES * sizeof (double) * (now * now - before * before) / 2;
  if (more > reading->spare)
    return false;
  reading->spare -= more;
  reading->widest = width;
  return true;
}

/* Makes room for N more rows; WIDTHS must be the set's, if it has any yet. */
static adm_status
grow (adm_feature_set *set, uint64_t n, int width, int spatial_width, adm_set_reading *reading,
      const char *path, adm_error *error)
{
  uint64_t rows, bytes = 0;
  if (set->n && (set->width != width || set->spatial_width != spatial_width))
    return ADM_FAIL (error, FEATURES_WIDTH, path, width, spatial_width, set->width,
                     set->spatial_width);
  if (!adm_mul_u64 (n, (uint64_t) (width + spatial_width) * sizeof (float), &bytes)
      || !count_matrices (reading, width > spatial_width ? width : spatial_width)
      || bytes > reading->spare || !adm_add_u64 (set->n, n, &rows))
    return ADM_FAIL (error, FEATURES_MEMORY, path, n, bytes, reading->spare);
  float *more = realloc (set->rows, (size_t) rows * (size_t) width * sizeof *more);
  set->rows = more ? more : set->rows;
  float *more_spatial
      = spatial_width && more
            ? realloc (set->spatial, (size_t) rows * (size_t) spatial_width * sizeof *more)
            : NULL;
  set->spatial = more_spatial ? more_spatial : set->spatial;
  if (!more || (spatial_width && !more_spatial))
    return ADM_FAIL (error, NO_MEMORY_READ, path);
  reading->spare -= bytes;
  set->width = width;
  set->spatial_width = spatial_width;
  return ADM_OK;
}

/* ---- pictures -------------------------------------------------------------------------------- */

/* Features of the N pictures, for which there is room. */
static adm_status
extract (adm_feature_set *set, const adm_rgb_picture *pictures, int n, adm_set_reading *reading,
         const char *path, adm_error *error)
{
  adm_status status = adm_extractor_run (
      reading->extractor, pictures, n, path, set->rows + set->n * (uint64_t) set->width,
      set->spatial ? set->spatial + set->n * (uint64_t) set->spatial_width : NULL, error);
  set->n += status ? 0 : (uint64_t) n;
  return status;
}

static adm_status
tick (const adm_workbench *bench, double done, adm_error *error)
{
  return !bench->tick || bench->tick (bench->user, done) ? ADM_OK : ADM_FAIL (error, STOPPED);
}

/* Whether ARRAY holds pictures: bytes [N,H,W,3], or floats [N,3,H,W]. */
static bool
is_pictures (const adm_npz_array *array, bool *bytes, int *height, int *width)
{
  const adm_npy_header *h = &array->header;
  *bytes = strcmp (h->type, "|u1") == 0;
  if (h->rank != 4 || h->fortran || (!*bytes && strcmp (h->type, "<f4"))
      || h->shape[*bytes ? 3 : 1] != 3)
    return false;
  int64_t rows = h->shape[*bytes ? 1 : 2], columns = h->shape[*bytes ? 2 : 3];
  *height = (int) rows;
  *width = (int) columns;
  return rows >= 1 && rows <= MAX_SIDE && columns >= 1 && columns <= MAX_SIDE;
}

/* The next N pictures of the array that was begun, into PIXELS [N,H,W,3]; FLOATS [3,H,W] is
 * NULL when they are bytes. */
static adm_status
read_pictures (adm_npz *npz, int n, int height, int width, float *floats, uint8_t *pixels,
               adm_error *error)
{
  uint64_t one = 3 * (uint64_t) height * (uint64_t) width;
  adm_status status = ADM_OK;
  if (!floats)
    return adm_npz_read (npz, pixels, (uint64_t) n * one, error);
  for (int i = 0; i < n && !status; i++) {
    status = adm_npz_read_floats (npz, floats, one, error);
    if (!status)
      adm_pixels_to_u8 (floats, height, width, pixels + (uint64_t) i * one);
  }
  return status;
}

static adm_status
add_picture_array (adm_feature_set *set, adm_npz *npz, int array, const char *path,
                   adm_set_reading *reading, adm_error *error)
{
  adm_extractor *e = reading->extractor;
  bool bytes = false;
  int height = 0, width = 0, n;
  is_pictures (adm_npz_get (npz, array), &bytes, &height, &width);
  uint64_t count = (uint64_t) adm_npz_get (npz, array)->header.shape[0],
           one = 3 * (uint64_t) height * (uint64_t) width;
  adm_status status = grow (set, count, e->width, e->spatial_width, reading, path, error);
  if (status)
    return status;
  adm_rgb_picture *pictures = calloc ((size_t) e->at_once, sizeof *pictures);
  uint8_t *pixels = malloc ((size_t) e->at_once * one);
  float *floats = bytes ? NULL : malloc (one * sizeof *floats);
  if (!pictures || !pixels || (!bytes && !floats))
    status = ADM_FAIL (error, NO_MEMORY_READ, path);
  for (int i = 0; i < e->at_once && !status; i++)
    pictures[i] = (adm_rgb_picture) { pixels + (uint64_t) i * one, height, width };
  if (!status)
    status = adm_npz_begin (npz, array, error);
  for (uint64_t at = 0; at < count && !status; at += (uint64_t) n) {
    n = count - at < (uint64_t) e->at_once ? (int) (count - at) : e->at_once;
    status = read_pictures (npz, n, height, width, floats, pixels, error);
    if (!status)
      status = extract (set, pictures, n, reading, path, error);
    if (!status)
      status = tick (reading->bench, (double) (at + (uint64_t) n) / (double) count, error);
  }
  free (pictures);
  free (pixels);
  free (floats);
  return status;
}

/* ---- saved features and statistics ----------------------------------------------------------- */

/* Whether array I (-1: none) is a matrix of floating-point numbers in C order; its sides. */
static bool
is_matrix (const adm_npz *npz, int i, uint64_t *rows, int *columns)
{
  if (i < 0)
    return false;
  const adm_npy_header *h = &adm_npz_get (npz, i)->header;
  *rows = h->rank == 2 ? (uint64_t) h->shape[0] : 0;
  *columns = h->rank == 2 && h->shape[1] <= MAX_WIDTH ? (int) h->shape[1] : 0;
  return h->rank == 2 && !h->fortran && *columns > 0
         && (!strcmp (h->type, "<f4") || !strcmp (h->type, "<f8"));
}

static adm_status
add_features (adm_feature_set *set, adm_npz *npz, int pool, int spatial, const char *path,
              adm_set_reading *reading, adm_error *error)
{
  uint64_t n, spatial_n;
  int width, spatial_width = 0;
  is_matrix (npz, pool, &n, &width);
  if (is_matrix (npz, spatial, &spatial_n, &spatial_width) && spatial_n != n)
    return ADM_FAIL (error, FEATURES_COUNT, path, n, spatial_n);
  adm_status status = grow (set, n, width, spatial_width, reading, path, error);
  if (!status)
    status = adm_npz_begin (npz, pool, error);
  if (!status)
    status = adm_npz_read_floats (npz, set->rows + set->n * (uint64_t) width, n * (uint64_t) width,
                                  error);
  if (!status && spatial_width)
    status = adm_npz_begin (npz, spatial, error);
  if (!status && spatial_width)
    status = adm_npz_read_floats (npz, set->spatial + set->n * (uint64_t) spatial_width,
                                  n * (uint64_t) spatial_width, error);
  set->n += status ? 0 : n;
  return status;
}

/* Arrays MEAN and COVARIANCE into GAUSS, where they are there. */
static adm_status
read_gauss (adm_npz *npz, const char *mean, const char *covariance, const char *path,
            adm_set_reading *reading, adm_gauss *gauss, adm_error *error)
{
  int m = adm_npz_find (npz, mean), c = adm_npz_find (npz, covariance), width = 0;
  uint64_t rows = 0;
  if (m < 0 || c < 0)
    return ADM_OK;
  const adm_npz_array *of_mean = adm_npz_get (npz, m);
  if (!is_matrix (npz, c, &rows, &width) || rows != (uint64_t) width
      || of_mean->header.elements != rows || of_mean->header.rank > 2)
    return ADM_FAIL (error, STATISTICS_SHAPE, path, mean, covariance);
  if (!count_matrices (reading, width))
    return ADM_FAIL (error, NO_MEMORY_READ, path);
  adm_status status = adm_gauss_new (width, gauss, error);
  if (!status)
    status = adm_npz_read_doubles (npz, m, gauss->mean, error);
  return status ? status : adm_npz_read_doubles (npz, c, gauss->covariance, error);
}

/* Index of the first array that holds pictures, or -1. */
static int
find_pictures (const adm_npz *npz)
{
  bool bytes;
  int height, width;
  for (int i = 0; i < adm_npz_count (npz); i++)
    if (is_pictures (adm_npz_get (npz, i), &bytes, &height, &width))
      return i;
  return -1;
}

static adm_status
add_arrays (adm_feature_set *set, adm_npz *npz, const char *path, adm_set_reading *reading,
            adm_error *error)
{
  int pool = adm_npz_find (npz, "pool_3"), pictures = find_pictures (npz), width;
  uint64_t n;
  bool fitted = adm_npz_find (npz, "mu") >= 0 && adm_npz_find (npz, "sigma") >= 0;
  if (pool < 0 && !fitted && adm_npz_count (npz) == 1)
    pool = 0;
  adm_status status = ADM_OK;
  if (fitted && reading->statistics)
    status = read_gauss (npz, "mu", "sigma", path, reading, &set->gauss, error);
  if (!status && fitted && reading->statistics)
    status = read_gauss (npz, "mu_s", "sigma_s", path, reading, &set->spatial_gauss, error);
  if (status)
    return status;
  if (is_matrix (npz, pool, &n, &width))
    return add_features (set, npz, pool, adm_npz_find (npz, "spatial"), path, reading, error);
  if (pictures >= 0 && reading->extractor)
    return add_picture_array (set, npz, pictures, path, reading, error);
  if (fitted && reading->statistics)
    return ADM_OK;
  if (pictures >= 0)
    return ADM_FAIL (error, FEATURES_UNTOLD, path);
  return fitted ? ADM_FAIL (error, FEATURES_FITTED, path) : ADM_FAIL (error, FEATURES_KIND, path);
}

/* ---- folders --------------------------------------------------------------------------------- */

struct names {
  char **name; /* [count] */
  size_t count;
};

static int
by_name (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static bool
is_picture_name (const struct dirent *entry)
{
  const char *dot = strrchr (entry->d_name, '.');
  return entry->d_name[0] != '.' && dot
         && (!strcasecmp (dot, ".png") || !strcasecmp (dot, ".jpg") || !strcasecmp (dot, ".jpeg"));
}

static void
names_clear (struct names *names)
{
  for (size_t i = 0; i < names->count; i++)
    free (names->name[i]);
  free (names->name);
}

/* The pictures' paths in FOLDER, by name. */
static adm_status
list_folder (const char *path, DIR *folder, struct names *names, adm_error *error)
{
  adm_status status = ADM_OK;
  for (struct dirent *entry; !status && (entry = readdir (folder));) {
    if (!is_picture_name (entry))
      continue;
    char **more = names->count & (names->count - 1)
                      ? names->name
                      : realloc (names->name, (names->count ? 2 * names->count : 1) * sizeof *more);
    names->name = more ? more : names->name;
    char *joined = more ? adm_path_join (path, entry->d_name) : NULL;
    if (joined)
      names->name[names->count++] = joined;
    else
      status = ADM_FAIL (error, NO_MEMORY_READ, path);
  }
  if (!status && names->count == 0)
    status = ADM_FAIL (error, PICTURES_NONE, path);
  if (!status)
    qsort (names->name, names->count, sizeof *names->name, by_name);
  return status;
}

struct reading {
  char **name;
  adm_rgb_picture *pictures;
  adm_error *errors; /* [n]; status ADM_OK: none */
};

static void
read_picture (void *arg, int unit, int worker)
{
  struct reading *r = arg;
  uint8_t *pixels = NULL;
  adm_rgb_picture *p = &r->pictures[unit];
  (void) worker;
  r->errors[unit].status
      = adm_picture_read (r->name[unit], &pixels, NULL, &p->width, &p->height, &r->errors[unit]);
  p->pixels = pixels;
}

/* The features of the N pictures at NAME, which are read at once. */
static adm_status
add_pictures (adm_feature_set *set, struct reading *r, int n, adm_set_reading *reading,
              const char *path, adm_error *error)
{
  adm_status status = ADM_OK;
  adm_pool_run (reading->bench->pool, n, read_picture, r);
  for (int i = 0; i < n && !status; i++)
    if ((status = r->errors[i].status))
      *error = r->errors[i];
  if (!status)
    status = extract (set, r->pictures, n, reading, path, error);
  for (int i = 0; i < n; i++)
    free ((void *) r->pictures[i].pixels);
  return status;
}

static adm_status
add_folder (adm_feature_set *set, const char *path, DIR *folder, adm_set_reading *reading,
            adm_error *error)
{
  adm_extractor *e = reading->extractor;
  struct names names = { NULL, 0 };
  if (!e)
    return ADM_FAIL (error, FEATURES_UNTOLD, path);
  adm_status status = list_folder (path, folder, &names, error);
  if (!status)
    status = grow (set, names.count, e->width, e->spatial_width, reading, path, error);
  struct reading r = { .pictures = calloc ((size_t) e->at_once, sizeof *r.pictures),
                       .errors = calloc ((size_t) e->at_once, sizeof *r.errors) };
  if (!status && (!r.pictures || !r.errors))
    status = ADM_FAIL (error, NO_MEMORY_READ, path);
  int n;
  for (size_t at = 0; at < names.count && !status; at += (size_t) n) {
    n = names.count - at < (size_t) e->at_once ? (int) (names.count - at) : e->at_once;
    r.name = names.name + at;
    status = add_pictures (set, &r, n, reading, path, error);
    if (!status)
      status = tick (reading->bench, (double) (at + (size_t) n) / (double) names.count, error);
  }
  free (r.pictures);
  free (r.errors);
  names_clear (&names);
  return status;
}

adm_status
adm_feature_set_add (adm_feature_set *set, const char *path, adm_set_reading *reading,
                     adm_error *error)
{
  adm_npz *npz;
  DIR *folder = opendir (path);
  if (folder) {
    adm_status added = add_folder (set, path, folder, reading, error);
    closedir (folder);
    return added;
  }
  adm_status status = adm_npz_open (path, &npz, error);
  if (status)
    return status;
  status = add_arrays (set, npz, path, reading, error);
  adm_npz_free (npz);
  return status;
}

/* ---- the rest -------------------------------------------------------------------------------- */

adm_status
adm_feature_set_fit (adm_feature_set *set, const adm_workbench *bench, const char *name,
                     bool keep_spatial, adm_error *error)
{
  adm_status status = ADM_OK;
  if (set->gauss.width && set->n == 0)
    return status;
  if (set->n < 2)
    return ADM_FAIL (error, PICTURES_FEW, name, set->n);
  if (!set->gauss.width)
    status = adm_gauss_fit (bench, set->rows, set->n, set->width, &set->gauss, error);
  if (!status && set->spatial_width && !set->spatial_gauss.width)
    status = adm_gauss_fit (bench, set->spatial, set->n, set->spatial_width, &set->spatial_gauss,
                            error);
  if (!keep_spatial) {
    free (set->spatial);
    set->spatial = NULL;
  }
  return status;
}

static adm_status
write_gauss (adm_npz_writer *w, const adm_gauss *g, const char *mean, const char *covariance,
             adm_error *error)
{
  const int64_t shape[2] = { g->width, g->width };
  if (!g->width)
    return ADM_OK;
  adm_status status = adm_npz_writer_add (w, mean, "<f8", 1, shape, g->mean, error);
  return status ? status
                : adm_npz_writer_add (w, covariance, "<f8", 2, shape, g->covariance, error);
}

adm_status
adm_feature_set_write (const adm_feature_set *set, const char *path, adm_error *error)
{
  const int64_t shape[2] = { (int64_t) set->n, set->width },
                spatial[2] = { (int64_t) set->n, set->spatial_width };
  adm_npz_writer *w;
  adm_status status = adm_npz_writer_open (path, &w, error);
  if (status)
    return status;
  status = adm_npz_writer_add (w, "pool_3", "<f4", 2, shape, set->rows, error);
  if (!status && set->spatial)
    status = adm_npz_writer_add (w, "spatial", "<f4", 2, spatial, set->spatial, error);
  if (!status)
    status = write_gauss (w, &set->gauss, "mu", "sigma", error);
  if (!status)
    status = write_gauss (w, &set->spatial_gauss, "mu_s", "sigma_s", error);
  adm_error later;
  adm_status closed = adm_npz_writer_close (w, !status, &later);
  if (!status && (status = closed))
    *error = later;
  return status;
}

void
adm_feature_set_clear (adm_feature_set *set)
{
  free (set->rows);
  free (set->spatial);
  adm_gauss_clear (&set->gauss);
  adm_gauss_clear (&set->spatial_gauss);
  *set = (adm_feature_set) { 0 };
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder gets one PNG a picture, 000000.png and on, each complete or absent. An archive or array
 * grows beside its name: OUT.npz.part begins with a line that tells what is made, filled up to HEAD
 * bytes, then the pictures follow; when all are there it becomes OUT.npz. */
#include "cli/bulk.h"

#include "cli/made.h"
#include "cli/output.h"
#include "cli/png_file.h"
#include "cli/program.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 1024, MAX_LINE = 256, NAME = 4096 };

bool
bulk_output (const char *path, bool many)
{
  struct stat info;
  const char *slash = strrchr (path, '/'), *name = slash ? slash + 1 : path;
  if (output_has_extension (path, ".png"))
    return false;
  if (output_has_extension (path, ".npy"))
    return many;
  if (output_has_extension (path, ".npz") || !*name)
    return true;
  return (stat (path, &info) == 0 && S_ISDIR (info.st_mode)) || (many && !strchr (name, '.'));
}

/* ---- classes --------------------------------------------------------------------------------- */

/* Picture I takes class I of these, round and round; or any of them by its seed. */
typedef struct class_list {
  int *label; /* [count]; NULL: the task's */
  int count;
  bool random;
} class_list;

static adm_status
read_classes (const adm_model *model, const char *path, class_list *out, adm_error *error)
{
  char line[MAX_LINE];
  FILE *file = fopen (path, "r");
  adm_status status
      = file ? ADM_OK
             : program_fail (error, ADM_ERROR_IO,
                             "--classes: %s: %s; give random, a range such as 0-999, or a file of "
                             "one class a line",
                             path, strerror (errno));
  while (!status && fgets (line, sizeof line, file)) {
    line[strcspn (line, "\r\n")] = '\0';
    if (!*line)
      continue;
    int *more
        = out->count & (out->count - 1)
              ? out->label
              : realloc (out->label, (out->count ? 2 * (size_t) out->count : 1) * sizeof *more);
    if (!more)
      status = program_fail (error, ADM_ERROR_MEMORY, "--classes: no memory for the list");
    else {
      out->label = more;
      status = adm_model_label (model, line, &out->label[out->count++], error);
    }
  }
  if (!status && out->count == 0)
    status = program_fail (error, ADM_ERROR_USAGE, "--classes: %s names no class", path);
  if (file)
    fclose (file);
  return status;
}

static adm_status
get_classes (const adm_model *model, const char *text, class_list *out, adm_error *error)
{
  int from = 0, to = 0, used = 0;
  *out = (class_list) { .random = text && strcmp (text, "random") == 0 };
  if (!text)
    return ADM_OK;
  int labels = model->label_count - (model->null_class != ADM_NO_LABEL);
  if (labels < 1)
    return program_fail (error, ADM_ERROR_USAGE, "--classes: model %s has no classes; leave it out",
                         model->name);
  if (out->random)
    to = labels - 1;
  else if (sscanf (text, "%d-%d%n", &from, &to, &used) != 2 || text[used])
    return read_classes (model, text, out, error);
  if (from < 0 || to < from || to >= labels)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--classes: %s is not within 0-%d, the classes of model %s", text,
                         labels - 1, model->name);
  out->count = to - from + 1;
  out->label = malloc ((size_t) out->count * sizeof *out->label);
  if (!out->label)
    return program_fail (error, ADM_ERROR_MEMORY, "--classes: no memory for the list");
  for (int i = 0; i < out->count; i++)
    out->label[i] = from + i;
  return ADM_OK;
}

/* Class of picture I, whose seed is SEED: by an integer hash (Steele et al. 2014, SplitMix64) for
 * random ones, so that neither the machine nor the other pictures matter. */
static int
class_of (const class_list *list, int i, uint64_t seed)
{
  if (!list->random)
    return list->label[i % list->count];
  uint64_t z = seed + 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return list->label[(z ^ z >> 31) % (uint64_t) list->count];
}

adm_status
bulk_first_class (const adm_model *model, const char *classes, int first, uint64_t seed,
                  char name[32], adm_error *error)
{
  class_list list;
  adm_status status = get_classes (model, classes, &list, error);
  if (!status)
    snprintf (name, 32, "%d", class_of (&list, first, seed + (uint64_t) first));
  free (list.label);
  return status;
}

/* ---- pictures -------------------------------------------------------------------------------- */

typedef struct bulk {
  const bulk_run *run;
  class_list classes;
  adm_session *session;
  adm_plan plan;
  uint8_t *bytes, *alpha; /* of one picture */
  float *colours;
  FILE *partial;   /* NULL: a folder */
  bool numbers;    /* PARTIAL has float32 [C,H,W], not bytes [H,W,C] */
  double *seconds; /* [count]: what each took; NAN: it was there */
  int *labels;     /* [batch] of the pictures that are being made */
  int at;          /* the first of them */
  double since;    /* when the one before was finished, or their run began */
  char path[NAME], temporary[NAME];
} bulk;

/* Where picture I of a folder is, into b->path. */
static void
name_picture (bulk *b, int i)
{
  snprintf (b->path, sizeof b->path, "%.4000s/%06d.png", b->run->output, i);
}

static bool
show (const adm_progress *progress, void *user)
{
  return terminal_progress (progress, ((bulk *) user)->run->line);
}

/* BYTES [H,W,3] of PICTURE, and ALPHA [H,W] where it has any. */
static void
to_bytes (bulk *b, const adm_picture *picture)
{
  size_t pixels = (size_t) picture->height * (size_t) picture->width;
  const float *rgb = picture->pixels;
  for (size_t i = 0; picture->channels == 4 && i < pixels; i++) {
    float a = (rgb[3 * pixels + i] + 1) * 127.5f;
    b->alpha[i] = a >= 255 ? 255 : a > 0 ? (uint8_t) a : 0;
  }
  if (picture->channels == 1) {
    adm_pixels_to_rgb (rgb, 1, picture->height, picture->width, b->colours);
    rgb = b->colours;
  }
  adm_pixels_to_u8 (rgb, picture->height, picture->width, b->bytes);
}

/* Keeps the run's picture I: in its file, or at the archive's end. */
static adm_status
keep (int i, const adm_picture *picture, void *user, adm_error *error)
{
  bulk *b = user;
  size_t pixels = (size_t) picture->height * (size_t) picture->width;
  const double now = terminal_seconds ();
  b->seconds[b->at + i - b->run->first] = now - b->since;
  b->since = now;
  if (b->numbers) {
    const size_t values = (size_t) picture->channels * pixels;
    return fwrite (picture->pixels, sizeof (float), values, b->partial) == values
                   && fflush (b->partial) == 0
               ? ADM_OK
               : program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", b->path,
                               strerror (errno));
  }
  to_bytes (b, picture);
  if (b->partial) {
    bool ok = true;
    for (size_t k = 0; k < pixels && ok; k++) {
      ok = fwrite (b->bytes + 3 * k, 1, picture->channels == 1 ? 1 : 3, b->partial) > 0;
      if (picture->channels == 4)
        ok = ok && fputc (b->alpha[k], b->partial) != EOF;
    }
    return ok && fflush (b->partial) == 0
               ? ADM_OK
               : program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", b->path,
                               strerror (errno));
  }
  name_picture (b, b->at + i);
  snprintf (b->temporary, sizeof b->temporary, "%.4080s.part", b->path);
  adm_status status
      = png_file_write (b->temporary, b->path, b->bytes, picture->channels == 4 ? b->alpha : NULL,
                        picture->width, picture->height, error);
  if (!status && rename (b->temporary, b->path))
    status = program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", b->path, strerror (errno));
  if (status)
    unlink (b->temporary);
  return status;
}

/* Makes N pictures from I on. */
static adm_status
make (bulk *b, int i, int n, adm_error *error)
{
  const adm_sink sink = { show, keep, b, .all_channels = true };
  adm_plan plan = b->plan;
  adm_request *r = &plan.task.generate.sample, *up = &plan.task.generate.upscale;
  const uint64_t seed = r->seed;
  if (interrupt_requested ())
    return program_fail (error, ADM_ERROR_CANCELLED, "interrupted");
  for (int j = 0; b->classes.label && j < n; j++)
    b->labels[j] = class_of (&b->classes, i + j, seed + (uint64_t) (i + j));
  if (b->classes.label) {
    r->labels = b->labels;
    up->labels = up->label != ADM_NO_LABEL ? b->labels : NULL;
    if (b->run->guided)
      r->guide_label = ADM_NO_LABEL;
  }
  r->seed = up->seed = seed + (uint64_t) i;
  plan.count = r->count = up->count = n;
  b->at = i;
  b->since = terminal_seconds ();
  b->run->line->image = i - b->run->first;
  b->run->line->images = b->run->count;
  return adm_session_run (b->session, &plan, &sink, error);
}

/* Tells picture I, which is in PATH. */
static adm_status
tell (const bulk *b, int i, const char *path, adm_error *error)
{
  const adm_request *r = &b->plan.task.generate.sample;
  const uint64_t seed = r->seed + (uint64_t) i;
  const made_picture picture
      = { .path = path,
          .index = i - b->run->first,
          .label = b->classes.label ? class_of (&b->classes, i, seed) : r->label,
          .seed = seed,
          .seconds = b->seconds[i - b->run->first] };
  return made_tell (b->run->model, &b->plan, &picture, error);
}

/* Tells all of them in a line, or with --json each that is in an archive; those of a folder were
 * told as they came. */
static adm_status
tell_all (const bulk *b, adm_error *error)
{
  const bulk_run *run = b->run;
  const adm_request *r = &b->plan.task.generate.sample;
  made_picture first = { .path = run->output,
                         .label = b->classes.label ? ADM_NO_LABEL : r->label,
                         .seed = r->seed + (uint64_t) run->first };
  const bool archive = b->numbers || output_has_extension (run->output, ".npz");
  int there = 0;
  adm_status status = ADM_OK;
  terminal_clear (run->line);
  for (int i = 0; i < run->count; i++)
    if (isnan (b->seconds[i]))
      there++;
    else
      first.seconds += b->seconds[i];
  if (!program_json ())
    return made_tell_several (run->model, &b->plan, &first, run->count, there, error);
  for (int i = run->first; archive && i < run->first + run->count && !status; i++)
    status = tell (b, i, run->output, error);
  return status;
}

/* ---- the two kinds of output ----------------------------------------------------------------- */

/* Whether picture I of a folder is still to be made. */
static bool
is_missing (bulk *b, int i)
{
  name_picture (b, i);
  return !b->run->resume || access (b->path, F_OK);
}

static adm_status
fill_folder (bulk *b, adm_error *error)
{
  const bulk_run *run = b->run;
  if (mkdir (run->output, 0777) && errno != EEXIST)
    return program_fail (error, ADM_ERROR_IO, "%s: cannot be made: %s", run->output,
                         strerror (errno));
  const int end = run->first + run->count;
  adm_status status = ADM_OK;
  for (int i = run->first, n; i < end && !status; i += n) {
    for (n = 0; n < run->batch && i + n < end && is_missing (b, i + n); n++)
      ;
    if (n)
      status = make (b, i, n, error);
    else
      n = 1; /* it is there */
    if (program_json ())
      terminal_clear (run->line);
    for (int j = i; j < i + n && !status && program_json (); j++) {
      name_picture (b, j);
      status = tell (b, j, b->path, error);
    }
  }
  return status ? status : tell_all (b, error);
}

/* What is made, for a run that goes on to compare: all that moves a pixel, but the contents of
 * files. */
static void
describe (const bulk *b, char head[HEAD])
{
  const bulk_run *run = b->run;
  const adm_request *r = &b->plan.task.generate.sample, *up = &b->plan.task.generate.upscale;
  const adm_options *o = run->options;
  memset (head, '\n', HEAD);
  int n = snprintf (
      head, HEAD,
      "adm-part-2 %.300s %d+%d seed %llu classes %.100s %s %d %.60s %g %g %d %dx%dx%d "
      "guided %d %d %g-%g %g clip %d taught %.100s by %.100s upscaled %d %.100s %s %d vary %llu %g "
      "precision %d%d%d %.20s",
      run->model->path, run->first, run->count, (unsigned long long) r->seed,
      run->classes ? run->classes : "-", adm_sampler_name (r->sampler), r->steps,
      r->respacing ? r->respacing : "-", r->scale, r->eta, r->label, b->plan.channels,
      b->plan.height, b->plan.width, run->guided ? ADM_NO_LABEL : r->guide_label, (int) r->guidance,
      r->guide_from, r->guide_to, r->threshold, !r->no_clip, r->adapter ? r->adapter : "-",
      run->model->classifier ? run->model->classifier : "-", b->plan.task.generate.upscaled,
      run->model->upsampler ? run->model->upsampler : "-", adm_sampler_name (up->sampler),
      up->steps, (unsigned long long) r->vary_seed, r->vary, o->exact, o->fast, o->half,
      o->kernels ? o->kernels : "-");
  head[n < HEAD ? n : HEAD - 1] = '\n';
}

/* Opens the partial file; *DONE pictures of ONE bytes are in it. */
static adm_status
open_partial (bulk *b, size_t one, int *done, adm_error *error)
{
  char head[HEAD], found[HEAD];
  struct stat info;
  describe (b, head);
  *done = 0;
  b->partial = b->run->resume ? fopen (b->path, "r+b") : NULL;
  if (b->partial) {
    if (fread (found, 1, HEAD, b->partial) != HEAD || memcmp (found, head, HEAD))
      return program_fail (error, ADM_ERROR_USAGE,
                           "%s: was begun with other settings; give the same, or remove it",
                           b->path);
    off_t whole = 0;
    if (fstat (fileno (b->partial), &info) == 0)
      whole = (info.st_size - HEAD) / (off_t) one;
    *done = whole < b->run->count ? (int) whole : b->run->count;
    if (ftruncate (fileno (b->partial), HEAD + (off_t) one * *done)
        || fseek (b->partial, 0, SEEK_END))
      return program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", b->path, strerror (errno));
    return ADM_OK;
  }
  b->partial = fopen (b->path, "w+b");
  return b->partial && fwrite (head, 1, HEAD, b->partial) == HEAD
             ? ADM_OK
             : program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", b->path,
                             strerror (errno));
}

static adm_status
write_archive (bulk *b, adm_error *error)
{
  const bulk_run *run = b->run;
  const int64_t shape[4] = { run->count, b->plan.height, b->plan.width, b->plan.channels };
  uint64_t seed = b->plan.task.generate.sample.seed;
  int64_t *labels = b->classes.label ? calloc ((size_t) run->count, sizeof *labels) : NULL;
  if (b->classes.label && !labels)
    return program_fail (error, ADM_ERROR_MEMORY, "no memory for %d labels", run->count);
  for (int k = 0; labels && k < run->count; k++)
    labels[k] = class_of (&b->classes, run->first + k, seed + (uint64_t) (run->first + k));
  adm_status status = adm_npz_write_samples (b->temporary, shape, b->partial, HEAD, labels, error);
  free (labels);
  return status;
}

/* What is in the partial file becomes the output, whole or not at all. */
static adm_status
pack (bulk *b, adm_error *error)
{
  const bulk_run *run = b->run;
  const int64_t shape[4] = { run->count, b->plan.channels, b->plan.height, b->plan.width };
  snprintf (b->temporary, sizeof b->temporary, "%.4000s.whole", run->output);
  adm_status status
      = fflush (b->partial)
            ? program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", b->path, strerror (errno))
        : b->numbers ? adm_npy_write_samples (b->temporary, shape, b->partial, HEAD, error)
                     : write_archive (b, error);
  if (!status && rename (b->temporary, run->output))
    status
        = program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", run->output, strerror (errno));
  unlink (status ? b->temporary : b->path);
  return status;
}

static adm_status
fill_archive (bulk *b, adm_error *error)
{
  const bulk_run *run = b->run;
  int done;
  if (run->resume && access (run->output, F_OK) == 0)
    return tell_all (b, error);
  snprintf (b->path, sizeof b->path, "%.4000s.part", run->output);
  const size_t one = (size_t) b->plan.channels * (size_t) b->plan.height * (size_t) b->plan.width;
  adm_status status = open_partial (b, b->numbers ? one * sizeof (float) : one, &done, error);
  for (int i = status ? run->count : done, n; i < run->count && !status; i += n) {
    n = run->count - i < run->batch ? run->count - i : run->batch;
    status = make (b, run->first + i, n, error);
  }
  if (!status)
    status = pack (b, error);
  if (b->partial)
    fclose (b->partial);
  return status ? status : tell_all (b, error);
}

/* The budget counts what one picture takes here. */
static adm_status
open_session (bulk *b, adm_error *error)
{
  adm_options options = *b->run->options;
  options.program_bytes
      = adm_process_memory ()
        + (4 + 3 * sizeof (float)) * (uint64_t) b->plan.height * (uint64_t) b->plan.width;
  return adm_session_new (b->run->model, &options, &b->session, error);
}

adm_status
bulk_sample (const bulk_run *run, adm_error *error)
{
  bulk b = { .run = run, .numbers = output_has_extension (run->output, ".npy") };
  adm_status status = get_classes (run->model, run->classes, &b.classes, error);
  if (!status)
    status = adm_plan_make (run->model, &run->task, &b.plan, error);
  if (!status)
    status = open_session (&b, error);
  size_t pixels = status ? 0 : (size_t) b.plan.height * (size_t) b.plan.width;
  if (!status
      && (!(b.seconds = malloc ((size_t) run->count * sizeof *b.seconds))
          || !(b.labels = malloc ((size_t) run->batch * sizeof *b.labels))
          || !(b.bytes = malloc (3 * pixels)) || !(b.alpha = malloc (pixels))
          || !(b.colours = malloc (3 * pixels * sizeof *b.colours))))
    status
        = program_fail (error, ADM_ERROR_MEMORY, "no memory for a picture; close other programs");
  for (int i = 0; !status && i < run->count; i++)
    b.seconds[i] = NAN;
  if (!status)
    status = b.numbers || output_has_extension (run->output, ".npz") ? fill_archive (&b, error)
                                                                     : fill_folder (&b, error);
  adm_session_free (b.session);
  free (b.seconds);
  free (b.labels);
  free (b.classes.label);
  free (b.bytes);
  free (b.alpha);
  free (b.colours);
  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `sample` and `upscale` share: see sampling.h. */
#include "cli/sampling.h"

#include "cli/made.h"
#include "cli/png_file.h"
#include "cli/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- options --------------------------------------------------------------------------------- */

sampling_options
sampling_options_default (void)
{
  return (sampling_options) { .count = 1 };
}

void
sampling_options_specs (sampling_options *o, option_spec *specs)
{
  /* clang-format off */
  const option_spec all[SAMPLING_SPECS] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o->help },
    { .name = "--model", .type = OPTION_TEXT, .value = &o->model },
    { .name = "--upsampler", .type = OPTION_TEXT, .value = &o->upsampler },
    { .name = "--class", .type = OPTION_TEXT, .value = &o->class_name },
    { .name = "--sampler", .type = OPTION_TEXT, .value = &o->sampler },
    { .name = "--steps", .type = OPTION_INT, .value = &o->steps, .given = &o->steps_given,
      .min = 2, .max = SAMPLING_MAX_STEPS },
    { .name = "--respacing", .type = OPTION_TEXT, .value = &o->respacing },
    { .name = "--eta", .type = OPTION_REAL, .value = &o->eta, .given = &o->eta_given, .min = 0,
      .max = 1 },
    { .name = "--seed", .type = OPTION_SEED, .value = &o->seed },
    { .name = "--count", .type = OPTION_INT, .value = &o->count, .min = 1,
      .max = SAMPLING_MAX_COUNT },
    { .name = "--noise", .type = OPTION_TEXT, .value = &o->noise },
    { .name = "--exact", .type = OPTION_FLAG, .value = &o->exact },
    { .name = "--fast", .type = OPTION_FLAG, .value = &o->fast },
    { .name = "--no-clip", .type = OPTION_FLAG, .value = &o->no_clip },
    { .name = "--half", .type = OPTION_FLAG, .value = &o->half },
    { .name = "--memory-limit", .type = OPTION_SIZE, .value = &o->memory_limit },
    { .name = "--kernels", .type = OPTION_TEXT, .value = &o->kernels },
    { .name = "--threads", .type = OPTION_INT, .value = &o->threads, .min = 1,
      .max = SAMPLING_MAX_THREADS },
    { .name = "-o", .type = OPTION_TEXT, .value = &o->output },
  };
  /* clang-format on */
  memcpy (specs, all, sizeof all);
}

adm_options
sampling_network_options (const sampling_options *options)
{
  return (adm_options) { .threads = options->threads,
                         .exact = options->exact,
                         .fast = options->fast,
                         .half = options->half,
                         .kernels = options->kernels,
                         .memory_limit = options->memory_limit };
}

/* The names of all samplers, for messages. */
static const char *
sampler_names (char *buffer, size_t size)
{
  size_t length = 0;
  buffer[0] = '\0';
  for (int i = 0; adm_sampler_name (i) && length < size; i++)
    length += (size_t) snprintf (buffer + length, size - length, "%s%s", i ? ", " : "",
                                 adm_sampler_name (i));
  return buffer;
}

adm_status
sampling_options_check (const sampling_options *options, const char *command, adm_error *error)
{
  adm_sampler sampler;
  char names[128];
  int steps;
  if (!options->model)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: --model is missing; give a model's name or file (see adm models)",
                         command);
  if (!options->output)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: -o is missing; give the name of the picture to write", command);
  if (!options->bulk && !output_has_extension (options->output, ".png")
      && !output_has_extension (options->output, ".npy"))
    return program_fail (error, ADM_ERROR_USAGE, "-o: '%s' must end in .png or .npy%s",
                         options->output,
                         strcmp (command, "sample") ? "" : ", in .npz, or for a folder in /");
  if (options->steps_given && options->respacing)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--steps and --respacing cannot both be given; choose one");
  if (options->sampler && !adm_sampler_parse (options->sampler, &sampler))
    return program_fail (error, ADM_ERROR_USAGE, "--sampler: there is no '%s'; choose one of %s",
                         options->sampler, sampler_names (names, sizeof names));
  adm_status status = program_precision (options->exact, options->fast, error);
  if (!status && options->respacing)
    status = sampling_respacing_steps (options->respacing, &steps, error);
  return status;
}

/* ---- the request ----------------------------------------------------------------------------- */

adm_status
sampling_respacing_steps (const char *text, int *steps, adm_error *error)
{
  int *sections;
  size_t count;
  if (strncmp (text, "t=", 2) == 0) { /* timesteps, one a step; which they may be the core knows */
    *steps = 1;
    for (const char *c = text; *c; c++)
      *steps += *c == ',';
    return ADM_OK;
  }
  bool ddim = strncmp (text, "ddim", 4) == 0;
  if (options_list ("--respacing", ddim ? text + 4 : text, SAMPLING_MAX_STEPS, &sections, &count,
                    error)) {
    if (error->status == ADM_ERROR_USAGE)
      program_fail (
          error, ADM_ERROR_USAGE,
          "--respacing: '%s' is not possible; write it as 250, ddim25, 10,15,20 or t=0,300,990",
          text);
    return error->status;
  }
  int64_t sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += sections[i];
  free (sections);
  if ((ddim && count > 1) || sum < 2 || sum > SAMPLING_MAX_STEPS)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--respacing: '%s' is not possible; write it as 250, ddim25, 10,15,20 or "
                         "t=0,300,990, two steps or more",
                         text);
  *steps = (int) sum;
  return ADM_OK;
}

adm_status
sampling_fill_request (const sampling_options *options, int diffusion_steps, adm_request *request,
                       int *steps, adm_error *error)
{
  adm_sampler sampler;
  if (options->sampler && adm_sampler_parse (options->sampler, &sampler))
    adm_request_set_sampler (request, sampler);
  if (options->steps_given)
    request->steps = options->steps;
  request->respacing = options->respacing;
  *steps = request->steps;
  if (options->respacing) {
    adm_status status = sampling_respacing_steps (options->respacing, steps, error);
    if (status)
      return status;
  }
  if (*steps > diffusion_steps)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: %d steps are more than the model's %d; ask for fewer",
                         options->respacing ? "--respacing" : "--steps", *steps, diffusion_steps);
  if (options->eta > 0 && request->sampler != ADM_SAMPLER_DDIM)
    return program_fail (
        error, ADM_ERROR_USAGE,
        "--eta above 0 needs the sampler ddim; give --sampler ddim or leave --eta out");
  if (options->eta_given)
    request->eta = options->eta;
  request->no_clip = options->no_clip;
  request->seed = options->seed;
  request->count = options->count;
  return ADM_OK;
}

adm_status
sampling_label (const adm_model *model, const char *name, int labels, bool nullable, int *label,
                adm_error *error)
{
  adm_model narrowed = *model;
  *label = ADM_NO_LABEL;
  if (labels <= 0) { /* ignored, but no slip of the pen: it must be a class of the model */
    int ignored;
    if (name && model->label_count <= 0 && strcasecmp (name, "none")
        && name[strspn (name, "0123456789")] != '\0')
      return program_fail (error, ADM_ERROR_USAGE,
                           "--class: model %s has no classes, and none is called '%s'; leave it "
                           "out",
                           model->name, name);
    return model->label_count > 0 && name ? adm_model_label (model, name, &ignored, error) : ADM_OK;
  }
  narrowed.label_count = labels;
  if (!nullable || narrowed.null_class >= labels)
    narrowed.null_class = ADM_NO_LABEL;
  return adm_model_label (&narrowed, name, label, error);
}

adm_status
sampling_set_class (const sampling_options *options, const char *adapter, const adm_model *model,
                    adm_request *request, adm_error *error)
{
  adm_taught_info info;
  if (!adapter)
    return adm_request_set_class (request, model, options->class_name, error);
  adm_status status = adm_taught_check (adapter, model, error);
  if (!status)
    status = adm_taught_inspect (adapter, &info, error);
  if (status)
    return status;
  if (options->class_name && strcasecmp (options->class_name, info.name))
    return program_fail (error, ADM_ERROR_USAGE,
                         "--class: %s holds the class '%s', not '%s'; leave one of them out",
                         adapter, info.name, options->class_name);
  request->label = ADM_NO_LABEL;
  request->adapter = adapter;
  return ADM_OK;
}

/* ---- arrays ---------------------------------------------------------------------------------- */

/* Puts STEPS entries of nothing behind x_T [N]. */
static adm_status
add_no_noise (const char *path, size_t n, int steps, float **noise, adm_error *error)
{
  float *whole = calloc ((size_t) steps + 1, n * sizeof *whole);
  if (whole)
    memcpy (whole, *noise, n * sizeof *whole);
  free (*noise);
  *noise = whole;
  return whole ? ADM_OK
               : program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for %d steps", path, steps);
}

adm_status
sampling_read_noise (const char *path, const adm_request *request, int steps, int channels,
                     int size, float **noise, adm_error *error)
{
  const int64_t expected[5] = { (int64_t) steps + 1, request->count, channels, size, size };
  const bool silent = request->sampler == ADM_SAMPLER_DPMPP_2M
                      || (request->sampler == ADM_SAMPLER_DDIM && request->eta <= 0);
  int64_t shape[8];
  int rank;
  adm_status status = adm_npy_read (path, noise, &rank, shape, error);
  if (status)
    return status;
  if (rank == 5 && memcmp (shape, expected, sizeof expected) == 0)
    return ADM_OK;
  if (silent && rank == 4 && memcmp (shape, expected + 1, sizeof expected - sizeof *expected) == 0)
    return add_no_noise (
        path, (size_t) channels * (size_t) request->count * (size_t) size * (size_t) size, steps,
        noise, error);
  char found[128] = "";
  for (int i = 0, length = 0; i < rank && length < (int) sizeof found - 24; i++)
    length += snprintf (found + length, sizeof found - (size_t) length, "%s%lld", i ? ", " : "",
                        (long long) shape[i]);
  free (*noise);
  *noise = NULL;
  return program_fail (
      error, ADM_ERROR_SHAPE,
      "%s: its shape is [%s]; the noise of this request has [%d, %d, %d, %d, %d]%s", path, found,
      steps + 1, request->count, channels, size, size,
      silent ? ", or without the first for x_T alone" : "");
}

/* ---- pictures on disk ------------------------------------------------------------------------ */

adm_status
sampling_add_outputs (output_set *set, const char *path, int count, adm_error *error)
{
  adm_status status = ADM_OK;
  if (count == 1 || output_has_extension (path, ".npy"))
    return output_add (set, path, error);
  size_t size = strlen (path) + 16, stem = strlen (path) - strlen (".png");
  char *name = malloc (size);
  if (!name)
    return program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its name", path);
  for (int i = 1; i <= count && !status; i++) {
    snprintf (name, size, "%.*s-%d%s", (int) stem, path, i, path + stem);
    status = output_add (set, name, error);
  }
  free (name);
  return status;
}

/* ---- the run --------------------------------------------------------------------------------- */

/* Where pictures go: each PNG into its file as soon as it is finished, an array's into ARRAY until
 * all are there. */
typedef struct writer {
  const sampling_run *run;
  float *array;        /* [N,C,H,W], or NULL: PNGs */
  float *colours;      /* [3,H,W] of what is not written as it came, or NULL */
  uint8_t *bytes;      /* [H,W,3] */
  uint8_t *alpha;      /* [H,W], or NULL */
  uint64_t bytes_held; /* that ARRAY, COLOURS and BYTES take once they are filled */
  double *seconds;     /* [N]: what each took */
  double since;        /* when the one before was finished, or the run began */
} writer;

static bool
show_progress (const adm_progress *progress, void *user)
{
  return terminal_progress (progress, ((writer *) user)->run->line);
}

/* What a picture was started from and still is keeps its bytes: rounding would move some by one. */
static void
keep_known (const writer *w, const adm_picture *picture)
{
  const sampling_run *run = w->run;
  const size_t n = (size_t) picture->height * (size_t) picture->width;
  for (size_t i = 0; run->known && i < 3 * n; i++)
    if (picture->pixels[i] == run->start[i])
      w->bytes[3 * (i % n) + i / n] = run->known[3 * (i % n) + i / n];
}

static adm_status
write_picture (int i, const adm_picture *picture, void *user, adm_error *error)
{
  writer *w = user;
  output_set *set = w->run->outputs;
  const char *temporary;
  size_t values = (size_t) picture->channels * (size_t) picture->height * (size_t) picture->width;
  const double now = terminal_seconds ();
  w->seconds[i] = now - w->since;
  w->since = now;
  if (w->array) {
    memcpy (w->array + (size_t) i * values, picture->pixels, values * sizeof *w->array);
    return ADM_OK;
  }
  const float *rgb = picture->pixels;
  if (picture->channels == 4) {
    size_t pixels = values / 4;
    for (size_t k = 0; k < pixels; k++) {
      float a = (picture->pixels[3 * pixels + k] + 1) * 127.5f;
      w->alpha[k] = a >= 255 ? 255 : a > 0 ? (uint8_t) a : 0;
    }
  } else if (w->colours) {
    adm_pixels_to_rgb (picture->pixels, picture->channels, picture->height, picture->width,
                       w->colours);
    if (w->alpha)
      adm_pixels_from_white (w->colours, w->alpha, picture->height, picture->width);
    rgb = w->colours;
  }
  adm_pixels_to_u8 (rgb, picture->height, picture->width, w->bytes);
  keep_known (w, picture);
  adm_status status = output_begin (set, (size_t) i, &temporary, error);
  return status ? status
                : png_file_write (temporary, set->files[i].path, w->bytes, w->alpha, picture->width,
                                  picture->height, error);
}

/* Makes the pictures, and writes those that are an array. */
static adm_status
run_and_write (writer *w, const adm_plan *plan, adm_error *error)
{
  const sampling_run *run = w->run;
  const int64_t shape[4] = { plan->count, plan->channels, plan->height, plan->width };
  const adm_sink sink = { show_progress, write_picture, w, .all_channels = true };
  adm_options options = *run->options;
  adm_session *session = NULL;
  options.program_bytes = adm_process_memory () + w->bytes_held;
  w->since = terminal_seconds ();
  adm_status status = adm_session_new (run->model, &options, &session, error);
  if (!status)
    status = adm_session_run (session, plan, &sink, error);
  adm_session_free (session);
  if (!status && w->array)
    status = output_write_npy (run->outputs, 0, w->array, 4, shape, error);
  return status ? status : output_commit (run->outputs, error);
}

/* Tells the pictures: each, or without --json those of an array together. */
static adm_status
tell (const writer *w, const adm_plan *plan, adm_error *error)
{
  const adm_request *r
      = plan->task.kind == ADM_TASK_GENERATE ? &plan->task.generate.sample : &plan->task.upscale;
  const output_file *files = w->run->outputs->files;
  made_picture picture = { .path = files[0].path, .label = r->label, .seed = r->seed };
  adm_status status = ADM_OK;
  terminal_clear (w->run->line);
  if (w->array && plan->count > 1 && !program_json ()) {
    for (int i = 0; i < plan->count; i++)
      picture.seconds += w->seconds[i];
    return made_tell_several (w->run->model, plan, &picture, plan->count, 0, error);
  }
  for (int i = 0; i < plan->count && !status; i++) {
    picture.path = files[w->array ? 0 : i].path;
    picture.index = i;
    picture.seed = r->seed + (uint64_t) i;
    picture.seconds = w->seconds[i];
    status = made_tell (w->run->model, plan, &picture, error);
  }
  return status;
}

/* Pictures in one array wait in memory until the last is there. */
static adm_status
check_array (const sampling_run *run, const adm_plan *plan, uint64_t bytes, adm_error *error)
{
  const double mib = 1 << 20;
  const uint64_t limit = run->options->memory_limit, held = adm_process_memory ();
  if (!limit || held >= limit || bytes <= limit - held)
    return ADM_OK;
  return program_fail (error, ADM_ERROR_MEMORY,
                       "-o: %d pictures of %d x %d px in one array take %.1f MiB, the program "
                       "%.1f MiB, and %.1f MiB are allowed; allow more, ask for fewer, or for "
                       "PNGs",
                       plan->count, plan->width, plan->height, (double) bytes / mib,
                       (double) held / mib, (double) limit / mib);
}

adm_status
sampling_run_plan (const sampling_run *run, const adm_plan *plan, adm_error *error)
{
  size_t pixels = (size_t) plan->height * (size_t) plan->width,
         values = (size_t) plan->channels * pixels;
  const bool array = output_has_extension (run->outputs->files[0].path, ".npy"),
             changed = plan->channels == 1 || run->alpha;
  writer w = { .run = run,
               .bytes_held = array ? (uint64_t) plan->count * values * sizeof (float)
                                   : 3 * pixels * (changed ? 1 + sizeof (float) : 1),
               .seconds = calloc ((size_t) plan->count, sizeof *w.seconds) };
  adm_status status = array ? check_array (run, plan, w.bytes_held, error) : ADM_OK;
  if (status)
    ;
  else if (!w.seconds
           || (array ? !(w.array = calloc ((size_t) plan->count, values * sizeof *w.array))
                     : !(w.bytes = malloc (3 * pixels))
                           || ((plan->channels == 4 || run->alpha) && !(w.alpha = malloc (pixels)))
                           || (changed && !(w.colours = malloc (3 * pixels * sizeof *w.colours)))))
    status = program_fail (error, ADM_ERROR_MEMORY,
                           "no memory for %d pictures of %d x %d px; ask for fewer",
                           array ? plan->count : 1, plan->width, plan->height);
  if (!status && run->alpha && !array)
    status = adm_alpha_resize (run->alpha, run->alpha_w, run->alpha_h, plan->width, plan->height,
                               w.alpha, error);
  if (!status)
    status = run_and_write (&w, plan, error);
  if (!status)
    status = tell (&w, plan, error);
  free (w.seconds);
  free (w.array);
  free (w.bytes);
  free (w.colours);
  free (w.alpha);
  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm encode`: pictures to the latents from which `sample --noise` makes them again. */
#include "cli/made.h"
#include "cli/program.h"
#include "cli/result.h"
#include "cli/sampling.h"
#include "cli/search.h"
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>

static const char usage[]
    = "Usage: adm encode --model M [OPTION…] IN.png|IN.jpg|X.npy -o X_T.npy\n"
      "From a picture to the noise x_T that it would be made of: DDIM's steps the other way round. "
      "IN has the model's size;\n"
      "an array X.npy [N,3,S,S] may hold several, in -1 … 1. What lies between the latents of two "
      "pictures makes pictures\n"
      "between them.\n"
      "\n"
      "  --model M         a model's name (see adm models), a model description (.json) or a "
      "weights file\n"
      "  --class K         class by number, name or a part of it that no other has; none "
      "(default): the null class\n"
      "  --steps N         2 or more (default 250); more come back closer to the picture\n"
      "  --respacing R     instead of --steps: 250, ddim25 or 10,15,20\n"
      "  --exact           direct convolutions only: slower, closest to the reference\n"
      "  --fast            16-bit products where the processor has them and they are quicker: "
      "nearly the "
      "same picture\n"
      "  --half            keep weights in 16 bits: about half the memory, somewhat slower\n"
      "  --memory-limit S  all that may be taken, as 6GiB (default: what is free)\n"
      "  --kernels NAME    " USAGE_KERNELS "\n"
      "  --json            what was made as an object\n"
      "  --threads T       default: all processors\n"
      "\n"
      "The way forth: adm sample --sampler ddim --scale 0 --noise X_T.npy with the same class and "
      "steps.\n"
      "\n"
      "With --json: path, model, class, label (null: none), count, steps, width, height, seconds. "
      "A failure is an object on standard\n"
      "error: error, code, message, exit_status.\n"
      "\n"
      "Examples:\n"
      "  adm encode --model " ADM_EMBEDDED_MODEL
      " --class rock --steps 100 small.png -o latent.npy\n"
      "  adm sample --model " ADM_EMBEDDED_MODEL
      " --class rock --steps 100 --sampler ddim --scale 0 --noise latent.npy -o again.png\n";

enum { DEFAULT_STEPS = 250 };

/* What one run holds; all of it is freed at its end. */
typedef struct encode_run {
  adm_catalog *catalog;
  const adm_model *model;
  output_set outputs;
  adm_request request;
  int size, steps;
  float *pictures, *latents; /* [count,3,size,size] */
  terminal line;
} encode_run;

static adm_status
parse (int argc, char **argv, sampling_options *o, const char **input, adm_error *error)
{
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o->help },
    { .name = "--model", .type = OPTION_TEXT, .value = &o->model },
    { .name = "--class", .type = OPTION_TEXT, .value = &o->class_name },
    { .name = "--steps",
      .type = OPTION_INT,
      .value = &o->steps,
      .given = &o->steps_given,
      .min = 2,
      .max = SAMPLING_MAX_STEPS },
    { .name = "--respacing", .type = OPTION_TEXT, .value = &o->respacing },
    { .name = "--exact", .type = OPTION_FLAG, .value = &o->exact },
    { .name = "--fast", .type = OPTION_FLAG, .value = &o->fast },
    { .name = "--half", .type = OPTION_FLAG, .value = &o->half },
    { .name = "--memory-limit", .type = OPTION_SIZE, .value = &o->memory_limit },
    { .name = "--kernels", .type = OPTION_TEXT, .value = &o->kernels },
    { .name = "--threads",
      .type = OPTION_INT,
      .value = &o->threads,
      .min = 1,
      .max = SAMPLING_MAX_THREADS },
    { .name = "-o", .type = OPTION_TEXT, .value = &o->output },
  };
  int rest;
  adm_status status = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, &rest, error);
  if (status || o->help)
    return status;
  if (rest != 1)
    return program_fail (error, ADM_ERROR_USAGE, "encode: %s; see adm encode --help",
                         rest ? "more than one picture given" : "no picture given");
  *input = argv[0];
  status = sampling_options_check (o, "encode", error);
  if (!status && !output_has_extension (o->output, ".npy"))
    status = program_fail (error, ADM_ERROR_USAGE, "-o: '%s' must end in .npy", o->output);
  return status;
}

/* The picture in file PATH, or those of an array, as the network wants them. */
static adm_status
read_pictures (const char *path, encode_run *run, adm_error *error)
{
  int width = 0, height = 0, rank = 4;
  int64_t shape[8] = { 1, 3 };
  bool is_picture;
  uint8_t *pixels;
  adm_status status = adm_picture_probe (path, &is_picture, error);
  if (status)
    return status;
  if (is_picture) {
    status = adm_picture_size (path, &width, &height, error);
    shape[2] = height;
    shape[3] = width;
  } else
    status = adm_npy_read (path, &run->pictures, &rank, shape, error);
  if (!status
      && (rank != 4 || shape[0] < 1 || shape[0] > SAMPLING_MAX_COUNT || shape[1] != 3
          || shape[2] != run->size || shape[3] != run->size))
    status = is_picture
                 ? program_fail (error, ADM_ERROR_SHAPE,
                                 "%s: %d x %d px; this model makes %d x %d px: resize it", path,
                                 width, height, run->size, run->size)
                 : program_fail (error, ADM_ERROR_SHAPE, "%s: its shape must be [N, 3, %d, %d]",
                                 path, run->size, run->size);
  if (status)
    return status;
  run->request.count = (int) shape[0];
  if (!is_picture)
    return ADM_OK;
  status = adm_picture_read (path, &pixels, NULL, &width, &height, error);
  if (status)
    return status;
  run->pictures = calloc (3 * sizeof *run->pictures, (size_t) width * (size_t) height);
  if (run->pictures)
    adm_pixels_from_u8 (pixels, height, width, run->pictures);
  else
    status
        = program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its pixels; reduce it", path);
  free (pixels);
  return status;
}

static adm_status
prepare (const sampling_options *o, const char *input, encode_run *run, adm_error *error)
{
  adm_file_info info;
  adm_status status = search_model (o->model, &run->catalog, &run->model, error);
  if (!status && !run->model->diffusion)
    status = program_fail (error, ADM_ERROR_IO, "model %s lacks its diffusion network",
                           run->model->name);
  if (!status)
    status = adm_file_inspect (run->model->diffusion, &info, error);
  if (!status && info.description.kind == ADM_KIND_SUPERRES)
    status = program_fail (error, ADM_ERROR_USAGE,
                           "model %s is an upsampler; give a model that samples", run->model->name);
  if (status)
    return status;
  const int most = info.description.diffusion_steps;
  run->size = info.description.image_size;
  run->request = adm_request_default (run->model);
  run->request.scale = 0;
  run->request.sampler = ADM_SAMPLER_DDIM;
  run->request.steps = most > 0 && most < DEFAULT_STEPS ? most : DEFAULT_STEPS;
  status = sampling_fill_request (o, most, &run->request, &run->steps, error);
  if (!status)
    status = adm_request_set_class (&run->request, run->model, o->class_name, error);
  if (!status)
    status = output_add (&run->outputs, o->output, error);
  if (!status)
    status = read_pictures (input, run, error);
  if (status)
    return status;
  const size_t one = 3 * (size_t) run->size * (size_t) run->size;
  run->latents = calloc ((size_t) run->request.count, one * sizeof *run->latents);
  return run->latents ? ADM_OK
                      : program_fail (error, ADM_ERROR_MEMORY, "no memory for %d latents of %d px",
                                      run->request.count, run->size);
}

static bool
show_progress (const adm_progress *progress, void *user)
{
  return terminal_progress (progress, &((encode_run *) user)->line);
}

static adm_status
keep (int i, const adm_picture *latent, void *user, adm_error *error)
{
  const size_t one = 3 * (size_t) latent->height * (size_t) latent->width;
  (void) error;
  memcpy (((encode_run *) user)->latents + (size_t) i * one, latent->pixels,
          one * sizeof *latent->pixels);
  return ADM_OK;
}

static adm_status
tell (encode_run *run, double seconds, adm_error *error)
{
  const adm_request *r = &run->request;
  const char *path = run->outputs.files[0].path;
  char name[ADM_TAUGHT_NAME];
  result made = result_new ();
  result_add_text (&made, "path", path);
  result_add_text (&made, "model", run->model->id);
  result_add_text (&made, "class", made_class (run->model, r->label, name, sizeof name));
  result_add_known (&made, "label", r->label == ADM_NO_LABEL ? -1 : r->label);
  result_add_whole (&made, "count", r->count);
  result_add_whole (&made, "steps", run->steps);
  result_add_whole (&made, "width", run->size);
  result_add_whole (&made, "height", run->size);
  result_add_real (&made, "seconds", seconds);
  terminal_clear (&run->line);
  return result_print (&made, error, "%s: %d %s of %d x %d px, %d steps, %.2f s", path, r->count,
                       r->count == 1 ? "latent" : "latents", run->size, run->size, run->steps,
                       seconds);
}

static adm_status
work (const sampling_options *o, encode_run *run, adm_error *error)
{
  adm_options options = sampling_network_options (o);
  const adm_sink sink = { show_progress, keep, run };
  const int64_t shape[4] = { run->request.count, 3, run->size, run->size };
  const double began = terminal_seconds ();
  adm_session *session;
  options.program_bytes = adm_process_memory ()
                          + 3 * sizeof (float) * (uint64_t) run->request.count
                                * (uint64_t) run->size * (uint64_t) run->size;
  adm_status status = adm_session_new (run->model, &options, &session, error);
  if (status)
    return status;
  status = adm_session_encode (session, &run->request, run->pictures, &sink, error);
  adm_session_free (session);
  if (!status)
    status = output_write_npy (&run->outputs, 0, run->latents, 4, shape, error);
  if (!status)
    status = output_commit (&run->outputs, error);
  return status ? status : tell (run, terminal_seconds () - began, error);
}

int
cmd_encode (int argc, char **argv)
{
  sampling_options options = sampling_options_default ();
  encode_run run = { 0 };
  const char *input = NULL;
  adm_error error;
  adm_status status = parse (argc, argv, &options, &input, &error);
  if (!status && options.help)
    return program_print (usage);
  if (!status)
    status = prepare (&options, input, &run, &error);
  if (!status)
    status = work (&options, &run, &error);
  terminal_clear (&run.line);
  output_clear (&run.outputs);
  adm_catalog_free (run.catalog);
  free (run.pictures);
  free (run.latents);
  return status ? program_report (&error) : EXIT_OK;
}

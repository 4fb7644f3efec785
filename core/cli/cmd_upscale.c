/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm upscale`: enlarges a picture with a model's upsampler. */
#include "cli/program.h"
#include "cli/sampling.h"
#include "cli/search.h"
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>

static const char usage[]
    = "Usage: adm upscale --model M [OPTION…] IN.png -o OUT.png|OUT.npy\n"
      "Enlarges a picture with an upsampler. IN must have the upsampler's input size, or be larger "
      "with --fit or --tiles.\n"
      "\n"
      "  --model M         a model's name (see adm models), a model description (.json) or an "
      "upsampler's weights file\n"
      "  --upsampler FILE  enlarge with this one instead of the model's\n"
      "  --class K         class by number, name or a part of it that no other has, if the "
      "upsampler has any (default none: the null class)\n"
      "  --tiles           IN may be larger: it is enlarged whole, in overlapping tiles (with "
      "--seed, not --noise)\n"
      "  --fit             first reduce IN to the input size, which is square: what is not square "
      "is squeezed\n"
      "  --sampler NAME    ddim, ddpm, dpm++2m or sde-dpm++2m\n"
      "  --steps N         2 or more\n"
      "  --respacing R     instead of --steps: 250, ddim25 or 10,15,20\n"
      "  --eta E           noise added by ddim, 0 (default) to 1\n"
      "  --seed S          version i uses seed S + i (default 0)\n"
      "  --count N         number of versions (OUT-1.png, OUT-2.png …)\n"
      "  --noise FILE.npy  instead of --seed: [steps+1,N,3,H,W]\n"
      "  --no-clip         predicted pictures may leave [-1, 1] on the way (clip_denoised false)\n"
      "  --exact           direct convolutions only: slower, closest to the reference\n"
      "  --fast            16-bit products where the processor has them and they are quicker: "
      "nearly the "
      "same picture\n"
      "  --half            keep weights in 16 bits: about half the memory, somewhat slower\n"
      "  --memory-limit S  all that may be taken, as 6GiB (default: what is free)\n"
      "  --kernels NAME    " USAGE_KERNELS "\n"
      "  --json            what was made as objects, one a picture\n"
      "  --threads T       default: all processors\n"
      "\n"
      "What is not given comes from the model's upsampler_defaults; without them ddpm, 250 steps. "
      "Guidance belongs to sampling:\n"
      "--scale is accepted as 0 only. IN is a PNG or a JPEG; 16 bits are rounded to 8. "
      "Transparency stays: the network sees its\n"
      "colours on white, and OUT.png has IN's alpha channel, resampled to its size, and the "
      "colours that look so there.\n"
      "OUT.npy holds colours only, on white.\n"
      "\n"
      "With --json: the keys of adm sample --help.\n"
      "\n"
      "Examples:\n"
      "  adm upscale --model " ADM_EMBEDDED_MODEL " small.png -o large.png\n"
      "  adm upscale --model " ADM_EMBEDDED_MODEL
      " --tiles --seed 3 photo.jpg -o photo-large.png\n";

typedef struct upscale_options {
  sampling_options common;
  const char *input;
  bool fit, tiles;
} upscale_options;

/* What one run holds; all of it is freed at its end. */
typedef struct upscale_run {
  adm_catalog *catalog;
  adm_model model;
  output_set outputs;
  adm_request request;
  uint8_t *alpha; /* IN's transparency [alpha_h,alpha_w], or NULL */
  int alpha_h, alpha_w;
  float *noise, *low; /* LOW: the low-resolution picture of each version, as the request has it */
  terminal line;
} upscale_run;

static adm_status
parse (int argc, char **argv, upscale_options *o, adm_error *error)
{
  option_spec specs[SAMPLING_SPECS + 3];
  double scale = 0;
  const option_spec own[] = {
    { .name = "--fit", .type = OPTION_FLAG, .value = &o->fit },
    { .name = "--tiles", .type = OPTION_FLAG, .value = &o->tiles },
    { .name = "--scale", .type = OPTION_REAL, .value = &scale, .min = 0, .max = 0 },
  };
  int rest;
  sampling_options_specs (&o->common, specs);
  memcpy (specs + SAMPLING_SPECS, own, sizeof own);
  adm_status status = options_parse (argc, argv, specs, SAMPLING_SPECS + 3, &rest, error);
  if (status || o->common.help)
    return status;
  if (rest != 1)
    return program_fail (error, ADM_ERROR_USAGE, "upscale: %s; see adm upscale --help",
                         rest ? "more than one picture given" : "no picture given");
  if (o->tiles && (o->fit || o->common.noise))
    return program_fail (error, ADM_ERROR_USAGE,
                         "upscale: --tiles does not go with %s; give one of them",
                         o->fit ? "--fit" : "--noise");
  o->input = argv[0];
  return sampling_options_check (&o->common, "upscale", error);
}

/* ---- the picture ----------------------------------------------------------------------------- */

/* PIXELS [HEIGHT,WIDTH,3] as the low-resolution picture of each version. */
static adm_status
new_low (const upscale_options *o, int height, int width, const uint8_t *pixels, upscale_run *run,
         adm_error *error)
{
  size_t one = 3 * (size_t) height * (size_t) width;
  run->low = calloc ((size_t) o->common.count, one * sizeof *run->low);
  if (!run->low)
    return program_fail (error, ADM_ERROR_MEMORY,
                         "no memory for %d pictures of %d x %d px; ask for fewer", o->common.count,
                         width, height);
  for (int i = 0; i < o->common.count; i++)
    adm_pixels_from_u8 (pixels, height, width, run->low + (size_t) i * one);
  run->request.low = run->low;
  run->request.low_h = height;
  run->request.low_w = width;
  run->request.tiled = o->tiles;
  return ADM_OK;
}

/* The mean of the area of PIXELS [HEIGHT,WIDTH,3] that pixel (X, Y) of a reduction to SIZE x SIZE
 * covers, channel C. */
static uint8_t
area_mean (const uint8_t *pixels, int width, int height, int size, int x, int y, int c)
{
  double x0 = (double) x * width / size, x1 = (double) (x + 1) * width / size;
  double y0 = (double) y * height / size, y1 = (double) (y + 1) * height / size, sum = 0, area = 0;
  for (int j = (int) y0; j < height && j < y1; j++) {
    double h = (j + 1 < y1 ? j + 1 : y1) - (j > y0 ? j : y0);
    for (int i = (int) x0; i < width && i < x1; i++) {
      double covered = h * ((i + 1 < x1 ? i + 1 : x1) - (i > x0 ? i : x0));
      sum += covered * pixels[3 * ((size_t) j * (size_t) width + (size_t) i) + (size_t) c];
      area += covered;
    }
  }
  return (uint8_t) (sum / area + 0.5);
}

/* IN into RUN's low, [COUNT,3,low_h,low_w], for a network that takes SIZE px. */
static adm_status
read_input (const upscale_options *o, int size, upscale_run *run, adm_error *error)
{
  uint8_t *pixels;
  int width, height;
  adm_status status = adm_picture_size (o->input, &width, &height, error);
  if (!status && !(width == size && height == size)
      && !((o->fit || o->tiles) && width >= size && height >= size))
    status = program_fail (error, ADM_ERROR_SHAPE,
                           "%s: %d x %d px; this upsampler takes %d x %d px: %s", o->input, width,
                           height, size, size,
                           width >= size && height >= size
                               ? "give --fit to reduce it first, or --tiles to enlarge it whole"
                               : "resize it first");
  if (!status)
    status = adm_picture_read (o->input, &pixels, &run->alpha, &width, &height, error);
  if (status)
    return status;
  run->alpha_h = height;
  run->alpha_w = width;
  if (o->fit) {
    uint8_t *reduced = malloc (3 * (size_t) size * (size_t) size);
    if (!reduced)
      status = program_fail (error, ADM_ERROR_MEMORY,
                             "%s: no memory to reduce it; close other programs", o->input);
    for (int i = 0; !status && i < 3 * size * size; i++)
      reduced[i] = area_mean (pixels, width, height, size, i / 3 % size, i / 3 / size, i % 3);
    if (!status)
      status = new_low (o, size, size, reduced, run, error);
    free (reduced);
  } else
    status = new_low (o, height, width, pixels, run, error);
  free (pixels);
  return status;
}

/* ---- the work -------------------------------------------------------------------------------- */

/* A weights file given as the model may be the upsampler itself. */
static adm_status
find_model (const upscale_options *o, upscale_run *run, adm_file_info *info, adm_error *error)
{
  const adm_model *found;
  adm_status status = search_model (o->common.model, &run->catalog, &found, error);
  if (status)
    return status;
  run->model = *found;
  if (o->common.upsampler)
    run->model.upsampler = o->common.upsampler;
  if (!run->model.upsampler && !run->model.diffusion)
    return program_fail (error, ADM_ERROR_USAGE,
                         "model %s has no upsampler; give one with --upsampler", run->model.name);
  status = adm_file_inspect (run->model.upsampler ? run->model.upsampler : run->model.diffusion,
                             info, error);
  if (status)
    return status;
  if (info->description.kind != ADM_KIND_SUPERRES)
    return run->model.upsampler
               ? program_fail (error, ADM_ERROR_SHAPE, "%s is no upsampler; give another file",
                               run->model.upsampler)
               : program_fail (error, ADM_ERROR_USAGE,
                               "model %s has no upsampler; give one with --upsampler",
                               run->model.name);
  if (!run->model.upsampler)
    run->model.upsampler = run->model.diffusion;
  return ADM_OK;
}

static adm_status
prepare (const upscale_options *o, upscale_run *run, adm_error *error)
{
  adm_file_info info;
  int steps, size, low_size;
  adm_status status = find_model (o, run, &info, error);
  if (status)
    return status;
  run->request = adm_request_upsample_default (&run->model);
  size = info.description.image_size;
  low_size = adm_low_side (&info.description);
  status = sampling_label (&run->model, o->common.class_name, info.description.num_classes, true,
                           &run->request.label, error);
  if (!status)
    status = sampling_fill_request (&o->common, info.description.diffusion_steps, &run->request,
                                    &steps, error);
  if (!status)
    status = sampling_add_outputs (&run->outputs, o->common.output, o->common.count, error);
  if (!status && o->common.noise) {
    status
        = sampling_read_noise (o->common.noise, &run->request, steps, 3, size, &run->noise, error);
    run->request.noise = run->noise;
  }
  if (!status)
    status = read_input (o, low_size, run, error);
  return status;
}

static adm_status
work (const upscale_options *o, upscale_run *run, adm_error *error)
{
  const adm_options options = sampling_network_options (&o->common);
  const adm_task task = { .kind = ADM_TASK_UPSCALE, .upscale = run->request };
  const sampling_run how = { .model = &run->model,
                             .options = &options,
                             .outputs = &run->outputs,
                             .alpha = run->alpha,
                             .alpha_h = run->alpha_h,
                             .alpha_w = run->alpha_w,
                             .line = &run->line };
  adm_plan plan;
  adm_status status = adm_plan_make (&run->model, &task, &plan, error);
  return status ? status : sampling_run_plan (&how, &plan, error);
}

int
cmd_upscale (int argc, char **argv)
{
  upscale_options options = { .common = sampling_options_default () };
  upscale_run run = { 0 };
  adm_error error;
  adm_status status = parse (argc, argv, &options, &error);
  if (!status && options.common.help)
    return program_print (usage);
  if (!status)
    status = prepare (&options, &run, &error);
  if (!status)
    status = work (&options, &run, &error);
  terminal_clear (&run.line);
  output_clear (&run.outputs);
  adm_catalog_free (run.catalog);
  free (run.noise);
  free (run.low);
  free (run.alpha);
  return status ? program_report (&error) : EXIT_OK;
}

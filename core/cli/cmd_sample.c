/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm sample`: images from a model, guided by its classifier and enlarged by its upsampler if
 * asked. Everything that can be refused is refused before the networks are loaded. */
#include "cli/bulk.h"
#include "cli/canvas_options.h"
#include "cli/program.h"
#include "cli/sampling.h"
#include "cli/search.h"
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char usage[]
    = "Usage: adm sample --model M [OPTION…] -o OUT.png|OUT.npy\n"
      "       adm sample --model M --classes random|FROM-TO|FILE --count N [OPTION…] -o "
      "FOLDER|OUT.npz|OUT.npy\n"
      "Makes images. PNG for looking at (OUT-1.png, OUT-2.png … when there are several), .npy for "
      "the numbers: float32\n"
      "[N,3,H,W], not clamped. Nothing is written unless all are whole.\n"
      "\n"
      "  --model M          a model's name (see adm models), a model description (.json) or a "
      "weights file\n"
      "  --classifier FILE  guide with this classifier\n"
      "  --class K          class by number, name or a part of it that no other has; none "
      "(default): the null class\n"
      "  --adapter FILE     a class that was taught to the model (adm teach) and lies elsewhere "
      "than "
      "with it\n"
      "  --guide K          class for the classifier alone\n"
      "  --scale S          gradient scale, 0 = diversity, larger = fidelity; above 0 it needs a "
      "classifier and a class\n"
      "  --guidance-interval LO,HI  guide only at noise levels sigma from LO to HI (default: at "
      "all)\n"
      "  --threshold P      dpm++2m, sde-dpm++2m: clamp to the quantile P (0.5 to 1) of each "
      "picture's magnitudes, and rescale\n"
      "  --sampler NAME     ddim, ddpm, dpm++2m or sde-dpm++2m\n"
      "  --steps N          2 or more\n"
      "  --respacing R      instead of --steps: 250, ddim25 or 10,15,20\n"
      "  --eta E            noise added by ddim, 0 (default) to 1\n"
      "  --seed S           image i uses seed S + i (default 0)\n"
      "  --count N          number of images (default 1)\n"
      "  --classes WHICH    for a folder, .npz or .npy: each picture's own class: random, a range "
      "such "
      "as 0-999, or a file of one a line, taken in turn\n"
      "  --first I          for a folder, .npz or .npy: begin with picture I (seed S + I)\n"
      "  --resume           the same: go on where a run was ended\n"
      "  --batch B          the same: so many pictures of less than 256 px through the networks at "
      "once, 1 to 64 (default 4), or\n"
      "                     fewer where memory is short; the pictures are the same\n"
      "  --noise FILE.npy   instead of --seed: [steps+1,N,3,H,W], or x_T [N,3,H,W] alone where the "
      "sampler adds no noise\n"
      "  --low-res FILE     low-resolution picture for a model that is an upsampler: PNG, JPEG or "
      ".npy "
      "[1 or N,3,h,w]\n"
      "  --upscale          enlarge with the model's upsampler\n"
      "  --size WxH         of the finished picture, 1 to 16384 px a side (default: the model's "
      "own)\n"
      "  --seamless WHICH   x, y or xy: edges that meet\n"
      "  --texture-size P   everything P times as large, 0.25 to 8\n"
      "  --anchor A         of a large canvas: one window goes first, so that all is one material; "
      "A "
      "is the share of\n"
      "                     the steps that is left then (default 0.5 for textures, else 1: every "
      "window for itself)\n"
      "  --init FILE        start from this picture, PNG or JPEG\n"
      "  --strength A       how far to leave it: 0 keeps it, 1 ignores it (default 0.6, with a "
      "mask 1)\n"
      "  --mask FILE        white is made anew, black stays as --init has it\n"
      "  --mend-seams       keep --init but near its edges, which then meet\n"
      "  --resamplings R    with --mask or --mend-seams: how often steps are done, for edges that "
      "match (default 3, of the upsampler 2)\n"
      "  --jump-length J    … and how many of them at a time (default 1, of the upsampler 2)\n"
      "  --map FILE --legend CLASS=#rrggbb,…  classes where their colours are\n"
      "  --class A=0.7,B=0.3  a blend of classes\n"
      "  --guidance KIND    classifier, or free: away from what no class gives (default: by the "
      "classifier where there is one)\n"
      "  --vary SEED:AMOUNT a neighbour: the noise goes 0 to 1 of the way to that of SEED\n"
      "  --upsampler FILE   enlarge with this one\n"
      "  --up-sampler NAME, --up-steps N  how to enlarge\n"
      "  --no-clip          predicted pictures may leave [-1, 1] on the way (clip_denoised false)\n"
      "  --exact            direct convolutions only: slower, closest to the reference\n"
      "  --fast             16-bit products where the processor has them and they are quicker: "
      "nearly the "
      "same picture\n"
      "  --half             keep weights in 16 bits: about half the memory, somewhat slower\n"
      "  --memory-limit S   all that may be taken, as 6GiB (default: what is free): one stage in "
      "memory at a time when needed\n"
      "  --kernels NAME     " USAGE_KERNELS "\n"
      "  --json             what was made as objects, one a picture\n"
      "  --threads T        default: all processors\n"
      "\n"
      "What is not given comes from the model's defaults; without them ddim, 25 steps, scale 1 "
      "with a classifier and a class.\n"
      "Of a picture that is read, transparent parts show white, and 16 bits are rounded to 8. With "
      "--upscale the upsampler sees what\n"
      "a network of RGBA makes on white, and its transparency is resampled beside it.\n"
      "\n"
      "Says of each picture where it is and how long it took. With --json an object a line, for "
      "each picture: path, index (which of the\n"
      "run's pictures, from 0: its place in an array), model, class, label, classes (of a blend or "
      "map: each one's weight), seed,\n"
      "sampler, steps, scale, upscaled, width, height, channels, seconds (since the one before was "
      "finished, or the run began). What\n"
      "there is none of, and the seconds of a picture that --resume found, is null. Pictures of a "
      "folder are told as they come.\n"
      "A failure is an object on standard error: error, code, message, exit_status.\n"
      "\n"
      "Examples:\n"
      "  adm sample --model " ADM_EMBEDDED_MODEL
      " --class cobblestone --seed 7 --upscale -o cobblestone.png\n"
      "  adm sample --model " ADM_EMBEDDED_MODEL
      " --class brick --size 128x128 --seamless xy --json -o wall.png\n";

/* Pictures at once, unless --batch says otherwise: more are hardly quicker. */
enum { BATCH = 4 };

typedef struct sample_options {
  sampling_options common;
  sampling_options up; /* of the upsampling stage: sampler, steps, seed, count */
  const char *classifier, *guide, *low, *adapter;
  double scale, threshold;
  const char *interval;
  bool scale_given, upscale, resume;
  const char *classes;
  int first, batch;
  canvas_options canvas;
} sample_options;

/* What one run holds; all of it is freed at its end. */
typedef struct sample_run {
  adm_catalog *catalog;
  adm_model model; /* the catalog's, with the parts replaced that options name */
  output_set outputs;
  adm_request request, up;
  int size;            /* side of the sampled pictures */
  char class_name[32]; /* of the first picture of many */
  float *noise, *low;
  canvas_inputs inputs;
  terminal line;
} sample_run;

static adm_status
parse (int argc, char **argv, sample_options *o, adm_error *error)
{
  option_spec specs[SAMPLING_SPECS + CANVAS_SPECS + 14];
  /* clang-format off */
  const option_spec own[] = {
    { .name = "--classifier", .type = OPTION_TEXT, .value = &o->classifier },
    { .name = "--adapter", .type = OPTION_TEXT, .value = &o->adapter },
    { .name = "--guide", .type = OPTION_TEXT, .value = &o->guide },
    { .name = "--guidance-interval", .type = OPTION_TEXT, .value = &o->interval },
    { .name = "--threshold", .type = OPTION_REAL, .value = &o->threshold, .min = 0.5, .max = 1 },
    { .name = "--scale", .type = OPTION_REAL, .value = &o->scale, .given = &o->scale_given,
      .min = 0, .max = 1e6 },
    { .name = "--low-res", .type = OPTION_TEXT, .value = &o->low },
    { .name = "--classes", .type = OPTION_TEXT, .value = &o->classes },
    { .name = "--first", .type = OPTION_INT, .value = &o->first, .min = 0, .max = 1e8 },
    { .name = "--resume", .type = OPTION_FLAG, .value = &o->resume },
    { .name = "--batch", .type = OPTION_INT, .value = &o->batch, .min = 1, .max = ADM_BATCH_MOST },
    { .name = "--upscale", .type = OPTION_FLAG, .value = &o->upscale },
    { .name = "--up-sampler", .type = OPTION_TEXT, .value = &o->up.sampler },
    { .name = "--up-steps", .type = OPTION_INT, .value = &o->up.steps, .given = &o->up.steps_given,
      .min = 2, .max = SAMPLING_MAX_STEPS },
  };
  /* clang-format on */
  const size_t count = sizeof own / sizeof *own;
  int rest;
  adm_sampler sampler;
  sampling_options_specs (&o->common, specs);
  memcpy (specs + SAMPLING_SPECS, own, sizeof own);
  canvas_options_specs (&o->canvas, specs + SAMPLING_SPECS + count);
  adm_status status
      = options_parse (argc, argv, specs, SAMPLING_SPECS + count + CANVAS_SPECS, &rest, error);
  if (status || o->common.help)
    return status;
  if (rest > 0)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: sample takes no such argument; see adm sample --help", argv[0]);
  if (!o->upscale && (o->common.upsampler || o->up.sampler || o->up.steps_given))
    return program_fail (error, ADM_ERROR_USAGE,
                         "--upsampler, --up-sampler and --up-steps need --upscale; add it");
  if (o->up.sampler && !adm_sampler_parse (o->up.sampler, &sampler))
    return program_fail (error, ADM_ERROR_USAGE,
                         "--up-sampler: there is no '%s'; see adm sample --help", o->up.sampler);
  if ((status = canvas_options_check (&o->canvas, o->common.class_name, error)))
    return status;
  o->up.seed = o->common.seed;
  o->up.count = o->common.count;
  const bool many = o->classes || o->first || o->resume || o->batch;
  o->common.bulk = o->common.output && bulk_output (o->common.output, many);
  if (!o->common.bulk && many)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--classes, --first, --resume and --batch are for many pictures; give a "
                         "folder, OUT.npz or OUT.npy with -o");
  if (o->common.bulk && (o->common.noise || o->low || (o->classes && o->common.class_name)))
    return program_fail (error, ADM_ERROR_USAGE, "%s does not go with %s; leave it out",
                         o->common.noise ? "--noise"
                         : o->low        ? "--low-res"
                                         : "--class",
                         o->classes ? "--classes" : "pictures in bulk");
  return sampling_options_check (&o->common, "sample", error);
}

/* ---- before the networks are loaded ---------------------------------------------------------- */

static adm_status
find_model (const sample_options *o, sample_run *run, adm_error *error)
{
  const adm_model *found;
  adm_status status = search_model (o->common.model, &run->catalog, &found, error);
  if (status)
    return status;
  run->model = *found;
  if (!found->diffusion)
    return program_fail (error, ADM_ERROR_IO,
                         "model %s lacks its diffusion network; put %s (published at %s) into one "
                         "of the folders searched",
                         found->name, found->missing[0].file, found->missing[0].address);
  if (o->classifier) {
    run->model.classifier = o->classifier;
    if (!found->classifier && run->model.defaults.scale <= 0)
      run->model.defaults.scale = 1;
  }
  if (o->common.upsampler)
    run->model.upsampler = o->common.upsampler;
  if (o->upscale && !run->model.upsampler)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--upscale: model %s has no upsampler; give one with --upsampler",
                         run->model.name);
  return ADM_OK;
}

/* "LO,HI": two noise levels, the smaller first. */
static adm_status
parse_interval (const char *text, double *from, double *to, adm_error *error)
{
  char low[64];
  const char *comma = strchr (text, ',');
  size_t length = comma ? (size_t) (comma - text) : sizeof low;
  if (length < sizeof low) {
    memcpy (low, text, length);
    low[length] = 0;
    if (options_real (low, 0, 1e9, from) && options_real (comma + 1, 1e-9, 1e9, to) && *from <= *to)
      return ADM_OK;
  }
  return program_fail (
      error, ADM_ERROR_USAGE,
      "--guidance-interval: '%s' is not LO,HI: two noise levels, the smaller first, such as 0.2,5",
      text);
}

/* What --guide can be. */
static adm_status
check_guide (const sample_options *o, const adm_model *m, const adm_request *r, adm_error *error)
{
  if (o->guide && r->guidance == ADM_GUIDANCE_FREE)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--guide: is the classifier's class, and --guidance free asks no "
                         "classifier; leave one of them out");
  if (o->guide && !m->classifier)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--guide: model %s has no classifier; give one with --classifier",
                         m->name);
  if (o->guide && strcasecmp (o->guide, "none") == 0)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--guide: none is nothing to guide to; give a class, or leave it out");
  return ADM_OK;
}

/* The label of what the classifier guides to. */
static adm_status
set_guide_label (const adm_model *m, const char *guide, adm_request *r, adm_error *error)
{
  adm_file_info classifier;
  adm_status status = adm_file_inspect (m->classifier, &classifier, error);
  if (!status && classifier.description.kind != ADM_KIND_CLASSIFIER)
    status = program_fail (error, ADM_ERROR_SHAPE, "%s is no classifier; give another file",
                           m->classifier);
  return status ? status
                : sampling_label (m, guide, classifier.description.num_classes, false,
                                  &r->guide_label, error);
}

/* Labels and scale. The scale a model has by default asks for guidance where there is something to
 * guide to; a taught class is guided to freely, where that can be. */
static adm_status
choose_guidance (const sample_options *o, sample_run *run, adm_error *error)
{
  const adm_model *m = &run->model;
  adm_request *r = &run->request;
  const bool several = r->class_count > 0 && !o->adapter;
  adm_status status = several ? ADM_OK : sampling_set_class (&o->common, o->adapter, m, r, error);
  if (!status)
    status = check_guide (o, m, r, error);
  if (!status && o->interval)
    status = parse_interval (o->interval, &r->guide_from, &r->guide_to, error);
  if (status)
    return status;
  const bool classifier_there = m->classifier && r->guidance != ADM_GUIDANCE_FREE,
             can_guide = r->adapter ? m->null_class != ADM_NO_LABEL : m->classifier != NULL;
  const char *guide = o->guide ? o->guide : r->adapter ? NULL : o->common.class_name;
  if (!o->guide && guide
      && (strcasecmp (guide, "none") == 0
          || (r->label != ADM_NO_LABEL && r->label == m->null_class)))
    guide = NULL;
  const bool aims = guide || several || r->adapter;
  r->threshold = o->threshold;
  r->scale = o->scale_given ? o->scale : can_guide && aims ? m->defaults.scale : 0;
  if (r->scale > 0 && !m->classifier && !adm_request_guides_freely (m, r))
    return program_fail (
        error, ADM_ERROR_USAGE,
        "--scale: model %s has no classifier; give one with --classifier, or --scale 0", m->name);
  if (r->scale > 0 && !aims)
    return program_fail (
        error, ADM_ERROR_USAGE,
        "--scale above 0 needs a class to guide to; give --class or --guide, or --scale 0");
  if (o->interval && r->scale <= 0)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--guidance-interval: nothing is guided: give --scale above 0 and a class "
                         "too, or leave it out");
  return !guide || several || !classifier_there || (r->scale <= 0 && !o->guide)
             ? ADM_OK
             : set_guide_label (m, guide, r, error);
}

static adm_status
prepare_upscaling (const sample_options *o, sample_run *run, adm_error *error)
{
  adm_file_info info;
  int steps;
  adm_status status = adm_file_inspect (run->model.upsampler, &info, error);
  if (status)
    return status;
  const adm_description *d = &info.description;
  if (d->kind != ADM_KIND_SUPERRES)
    return program_fail (error, ADM_ERROR_SHAPE, "%s is no upsampler; give another file",
                         run->model.upsampler);
  if (d->small_size > 0 && d->small_size != run->size)
    return program_fail (
        error, ADM_ERROR_SHAPE,
        "%s enlarges %d px pictures, and model %s makes %d px; give another upsampler",
        run->model.upsampler, d->small_size, run->model.name, run->size);
  run->up = adm_request_upsample_default (&run->model);
  status = sampling_label (
      &run->model, run->request.class_count || run->request.adapter ? NULL : o->common.class_name,
      d->num_classes, true, &run->up.label, error);
  return status ? status
                : sampling_fill_request (&o->up, d->diffusion_steps, &run->up, &steps, error);
}

/* [COUNT,3,h,w] from a picture, or from an array with one picture or COUNT. */
static adm_status
read_low (const char *path, sample_run *run, adm_error *error)
{
  bool is_picture;
  int count = run->request.count, rank = 4;
  int64_t shape[8] = { 1, 3 };
  float *first = NULL;
  adm_status status = adm_picture_probe (path, &is_picture, error);
  if (status)
    return status;
  if (is_picture) {
    uint8_t *pixels;
    int width, height;
    status = adm_picture_size (path, &width, &height, error);
    if (!status && (width > run->size || height > run->size))
      status = program_fail (
          error, ADM_ERROR_SHAPE,
          "%s: %d x %d px are more than the %d px that the upsampler makes of it; reduce it", path,
          width, height, run->size);
    if (!status)
      status = adm_picture_read (path, &pixels, NULL, &width, &height, error);
    if (status)
      return status;
    first = calloc (3 * sizeof *first, (size_t) width * (size_t) height);
    if (first)
      adm_pixels_from_u8 (pixels, height, width, first);
    free (pixels);
    shape[2] = height;
    shape[3] = width;
  } else {
    status = adm_npy_read (path, &first, &rank, shape, error);
    if (status)
      return status;
  }
  size_t one = first && rank == 4 && shape[1] == 3 ? 3 * (size_t) shape[2] * (size_t) shape[3] : 0;
  if (!first)
    status
        = program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its pixels; reduce it", path);
  else if (one == 0 || (shape[0] != 1 && shape[0] != count) || shape[2] > ADM_PICTURE_MAX_SIDE
           || shape[3] > ADM_PICTURE_MAX_SIDE)
    status = program_fail (error, ADM_ERROR_SHAPE,
                           "%s: its shape must be [1 or %d, 3, height, width]", path, count);
  else if (!(run->low = calloc ((size_t) count, one * sizeof *run->low)))
    status = program_fail (error, ADM_ERROR_MEMORY,
                           "%s: no memory for %d of it; ask for fewer images", path, count);
  for (int i = 0; i < count && !status; i++)
    memcpy (run->low + (size_t) i * one, first + (shape[0] == 1 ? 0 : (size_t) i * one),
            one * sizeof *first);
  free (first);
  if (status)
    return status;
  run->request.low = run->low;
  run->request.low_h = (int) shape[2];
  run->request.low_w = (int) shape[3];
  return ADM_OK;
}

static adm_status
prepare (sample_options *o, sample_run *run, adm_error *error)
{
  adm_file_info info;
  int steps;
  adm_status status = find_model (o, run, error);
  if (!status && o->classes) {
    status = bulk_first_class (&run->model, o->classes, o->first, o->common.seed, run->class_name,
                               error);
    o->common.class_name = run->class_name;
  }
  if (!status)
    status = adm_file_inspect (run->model.diffusion, &info, error);
  if (status)
    return status;
  bool superres = info.description.kind == ADM_KIND_SUPERRES;
  run->size = info.description.image_size;
  run->request = adm_request_default (&run->model);
  if (superres != (o->low != NULL))
    return program_fail (error, ADM_ERROR_USAGE,
                         superres ? "model %s is an upsampler and needs a picture; give --low-res"
                                  : "--low-res: model %s is no upsampler; leave it out",
                         run->model.name);
  run->inputs.memory_limit = o->common.memory_limit;
  status = canvas_inputs_read (&o->canvas, &run->model, o->common.class_name, &run->inputs,
                               &run->request, error);
  if (!status)
    status = choose_guidance (o, run, error);
  if (!status)
    status = sampling_fill_request (&o->common, info.description.diffusion_steps, &run->request,
                                    &steps, error);
  if (!status && o->threshold > 0 && run->request.sampler != ADM_SAMPLER_DPMPP_2M
      && run->request.sampler != ADM_SAMPLER_SDE_DPMPP_2M)
    status = program_fail (error, ADM_ERROR_USAGE,
                           "--threshold: only the samplers dpm++2m and sde-dpm++2m have one; "
                           "choose one of them or leave it out");
  if (!status && o->upscale)
    status = prepare_upscaling (o, run, error);
  if (!status && !o->common.bulk)
    status = sampling_add_outputs (&run->outputs, o->common.output, o->common.count, error);
  if (!status && o->low)
    status = read_low (o->low, run, error);
  if (!status && o->common.noise) {
    status = sampling_read_noise (o->common.noise, &run->request, steps,
                                  adm_description_channels (&info.description), run->size,
                                  &run->noise, error);
    run->request.noise = run->noise;
  }
  return status;
}

/* ---- the work -------------------------------------------------------------------------------- */

static adm_status
work_in_bulk (const sample_options *o, sample_run *run, const adm_options *options,
              adm_error *error)
{
  bulk_run bulk = { .model = &run->model,
                    .options = options,
                    .output = o->common.output,
                    .classes = o->classes,
                    .task = { .kind = ADM_TASK_GENERATE,
                              .generate = { .sample = run->request,
                                            .upscaled = o->upscale,
                                            .upscale = run->up,
                                            .canvas = run->inputs.canvas } },
                    .guided = run->request.scale > 0 && !o->guide,
                    .first = o->first,
                    .count = o->common.count,
                    .batch = o->batch ? o->batch : BATCH,
                    .resume = o->resume,
                    .line = &run->line };
  bulk.task.generate.sample.count = 1;
  bulk.task.generate.sample.batch = bulk.batch;
  return bulk_sample (&bulk, error);
}

static adm_status
work (const sample_options *o, sample_run *run, adm_error *error)
{
  const adm_options options = sampling_network_options (&o->common);
  if (o->common.bulk)
    return work_in_bulk (o, run, &options, error);
  const adm_task task = { .kind = ADM_TASK_GENERATE,
                          .generate = { .sample = run->request,
                                        .upscaled = o->upscale,
                                        .upscale = run->up,
                                        .canvas = run->inputs.canvas } };
  const sampling_run how = { .model = &run->model,
                             .options = &options,
                             .outputs = &run->outputs,
                             .known = run->inputs.init,
                             .start = run->inputs.start,
                             .line = &run->line };
  adm_plan plan;
  adm_status status = adm_plan_make (&run->model, &task, &plan, error);
  return status ? status : sampling_run_plan (&how, &plan, error);
}

int
cmd_sample (int argc, char **argv)
{
  sample_options options
      = { .common = sampling_options_default (), .up = sampling_options_default () };
  sample_run run = { 0 };
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
  canvas_inputs_clear (&run.inputs);
  free (run.noise);
  free (run.low);
  return status ? program_report (&error) : EXIT_OK;
}

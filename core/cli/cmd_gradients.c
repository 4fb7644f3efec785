/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm gradients`: a loss, its terms and the gradients of every parameter, from arrays to a file:
 * what training's numbers are checked with. */
#include "cli/inputs.h"
#include "cli/json_line.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/program.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char usage[]
    = "Usage: adm gradients --model FILE --x0 X.npy --noise E.npy --t T[,T…] [OPTION…]\n"
      "The loss of pictures under a network, and the gradients of the mean loss by its "
      "parameters.\n"
      "Prints one JSON object: loss and its terms (mse, vb), an array each, a picture an entry.\n"
      "\n"
      "  --model FILE      weights file\n"
      "  --x0 X.npy        clean pictures [N,3,S,S] (1 channel if grey, 4 if RGBA), S the "
      "network's image size\n"
      "  --noise E.npy     the noise that is mixed into them, same shape\n"
      "  --t T[,T…]        timesteps: N of them, or one for all\n"
      "  --class K[,K…]    classes by number or name: N of them, or one for all\n"
      "  --low-res L.npy   an upsampler's low-resolution input [N or 1,3,h,w]\n"
      "  --loss NAME       mse, rescaled-mse, kl, rescaled-kl or cross-entropy (default: "
      "rescaled-mse where the variance is learned, else mse; a classifier's cross-entropy)\n"
      "  -o GRADS.safetensors  the gradients, by the parameters' names\n"
      "  --exact           direct convolutions only: slower, closest to the reference\n"
      "  --memory-limit S  all that may be taken, as 6GiB (default: what is free)\n"
      "  --kernels NAME    " USAGE_KERNELS "\n"
      "  --json            accepted: what is printed is JSON anyway, and a failure is an object, "
      "too\n"
      "  --threads T       default: all processors\n"
      "\n"
      "Examples:\n"
      "  adm gradients --model my-model.safetensors --x0 x.npy --noise noise.npy --t 500 --class 1 "
      "-o gradients.safetensors\n";

typedef struct gradients_options {
  bool help, exact;
  const char *kernels, *model, *x0, *noise, *t, *classes, *low, *loss, *output;
  int threads;
  uint64_t memory_limit;
} gradients_options;

/* What one run holds; all of it is freed at its end. */
typedef struct gradients_run {
  output_set outputs;
  float *x0, *noise, *low;
  int64_t shape[8], noise_shape[8], low_shape[8];
  int *t, *labels;
  adm_loss_terms terms;
  text_lines line;
} gradients_run;

static adm_status
parse (int argc, char **argv, gradients_options *o, adm_error *error)
{
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o->help },
    { .name = "--model", .type = OPTION_TEXT, .value = &o->model },
    { .name = "--x0", .type = OPTION_TEXT, .value = &o->x0 },
    { .name = "--noise", .type = OPTION_TEXT, .value = &o->noise },
    { .name = "--t", .type = OPTION_TEXT, .value = &o->t },
    { .name = "--class", .type = OPTION_TEXT, .value = &o->classes },
    { .name = "--low-res", .type = OPTION_TEXT, .value = &o->low },
    { .name = "--loss", .type = OPTION_TEXT, .value = &o->loss },
    { .name = "-o", .type = OPTION_TEXT, .value = &o->output },
    { .name = "--exact", .type = OPTION_FLAG, .value = &o->exact },
    { .name = "--memory-limit", .type = OPTION_SIZE, .value = &o->memory_limit },
    { .name = "--kernels", .type = OPTION_TEXT, .value = &o->kernels },
    { .name = "--threads", .type = OPTION_INT, .value = &o->threads, .min = 1, .max = 256 },
  };
  int rest;
  adm_status status = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, &rest, error);
  if (status || o->help)
    return status;
  if (rest > 0)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: gradients takes no such argument; see adm gradients --help", argv[0]);
  if (!o->model || !o->x0 || !o->noise || !o->t)
    return program_fail (error, ADM_ERROR_USAGE,
                         "gradients: %s is missing; see adm gradients --help",
                         !o->model   ? "--model"
                         : !o->x0    ? "--x0"
                         : !o->noise ? "--noise"
                                     : "--t");
  if (o->output && !output_has_extension (o->output, ".safetensors"))
    return program_fail (error, ADM_ERROR_USAGE, "'%s' must end in .safetensors", o->output);
  return ADM_OK;
}

static adm_status
loss_named (const char *name, adm_loss_kind *kind, adm_error *error)
{
  static const char *const names[]
      = { NULL, "mse", "rescaled-mse", "kl", "rescaled-kl", "cross-entropy" };
  *kind = ADM_LOSS_DEFAULT;
  for (int i = 1; i <= ADM_LOSS_CROSS_ENTROPY && name; i++)
    if (strcmp (name, names[i]) == 0)
      *kind = (adm_loss_kind) i;
  if (name && *kind == ADM_LOSS_DEFAULT)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--loss: there is no '%s'; there are mse, rescaled-mse, kl, rescaled-kl "
                         "and cross-entropy",
                         name);
  return ADM_OK;
}

/* The arrays, checked against what the network is. */
static adm_status
read_inputs (const gradients_options *o, const adm_description *d, gradients_run *run,
             adm_error *error)
{
  const int64_t *shape = run->shape;
  int rank, noise_rank, channels = adm_description_channels (d);
  adm_status status = adm_npy_read (o->x0, &run->x0, &rank, run->shape, error);
  if (!status)
    status = adm_npy_read (o->noise, &run->noise, &noise_rank, run->noise_shape, error);
  if (status)
    return status;
  if (rank != 4 || shape[0] < 1 || shape[0] > INT_MAX || shape[1] != channels
      || (d->image_size > 0 && (shape[2] != d->image_size || shape[3] != d->image_size)))
    return program_fail (error, ADM_ERROR_SHAPE, "%s: its shape must be [N, %d, %d, %d]", o->x0,
                         channels, d->image_size, d->image_size);
  if (noise_rank != 4 || memcmp (shape, run->noise_shape, 4 * sizeof *shape) != 0)
    return program_fail (error, ADM_ERROR_SHAPE, "%s: its shape must be that of %s", o->noise,
                         o->x0);
  if (d->num_classes > 0 && !o->classes)
    return program_fail (error, ADM_ERROR_USAGE, "%s has classes; give --class, 0 to %d", o->model,
                         d->num_classes - 1);
  int n = (int) shape[0];
  status = input_list ("--t", o->t, d->diffusion_steps, n, &run->t, error);
  if (!status && o->classes && d->num_classes > 0)
    status = input_classes (o->model, o->classes, d->num_classes, n, &run->labels, error);
  if (!status && o->low)
    status = input_low (o->low, n, d->small_size, &run->low, run->low_shape, error);
  return status;
}

static bool
add_terms (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, const double *values,
           int n)
{
  yyjson_mut_val *list = values ? yyjson_mut_arr_with_double (doc, values, (size_t) n) : NULL;
  return !values || (list && yyjson_mut_obj_add_val (doc, object, key, list));
}

static adm_status
word (gradients_run *run, adm_error *error)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *object = doc ? yyjson_mut_obj (doc) : NULL;
  int n = (int) run->shape[0];
  bool ok = object && add_terms (doc, object, "loss", run->terms.loss, n)
            && add_terms (doc, object, "mse", run->terms.mse, n)
            && add_terms (doc, object, "vb", run->terms.vb, n)
            && json_add_line (&run->line, doc, object);
  yyjson_mut_doc_free (doc);
  return ok ? ADM_OK : program_fail (error, ADM_ERROR_MEMORY, "no memory for the result");
}

static adm_status
gradients (const gradients_options *o, gradients_run *run, adm_error *error)
{
  const adm_options options = {
    .threads = o->threads, .exact = o->exact, .kernels = o->kernels, .memory_limit = o->memory_limit
  };
  adm_gradients_request request = { .path = o->model, .options = &options };
  adm_file_info info;
  adm_status status = loss_named (o->loss, &request.loss, error);
  if (!status && o->output)
    status = output_add (&run->outputs, o->output, error);
  if (!status)
    status = adm_file_inspect (o->model, &info, error);
  if (!status)
    status = read_inputs (o, &info.description, run, error);
  if (!status && o->output)
    status = output_begin (&run->outputs, 0, &request.output, error);
  if (status)
    return status;
  request.n = (int) run->shape[0];
  request.x0 = run->x0;
  request.noise = run->noise;
  request.t = run->t;
  request.labels = run->labels;
  request.low = run->low;
  request.low_h = (int) run->low_shape[2];
  request.low_w = (int) run->low_shape[3];
  status = adm_gradients (&request, &run->terms, error);
  if (!status)
    status = word (run, error);
  return status ? status : output_commit (&run->outputs, error);
}

int
cmd_gradients (int argc, char **argv)
{
  gradients_options options = { 0 };
  gradients_run run = { 0 };
  adm_error error;
  adm_status status = parse (argc, argv, &options, &error);
  if (!status && options.help)
    return program_print (usage);
  if (!status)
    status = gradients (&options, &run, &error);
  output_clear (&run.outputs);
  int result = status ? program_report (&error) : program_print (run.line.text);
  free (run.x0);
  free (run.noise);
  free (run.low);
  free (run.t);
  free (run.labels);
  free (run.terms.loss);
  free (run.terms.mse);
  free (run.terms.vb);
  free (run.line.text);
  return result;
}

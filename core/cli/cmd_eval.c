/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm eval`: one evaluation of one network, from arrays to arrays: what the core's numbers are
 * checked with. */
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/result.h"
#include "cli/terminal.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[]
    = "Usage: adm eval --model FILE --x X.npy --t T[,T…] [OPTION…]\n"
      "Evaluates one network once. Arrays are .npy files of float32.\n"
      "\n"
      "  --model FILE      weights file\n"
      "  --x X.npy         input [N,3,S,S], S the network's image size\n"
      "  --t T[,T…]        original timestep numbers: N of them, or one for all\n"
      "  --class K[,K…]    classes by number or name: N of them, or one for all; a network without "
      "classes ignores them\n"
      "  --low-res L.npy   an upsampler's low-resolution input [N or 1,3,h,w]\n"
      "  -o OUT.npy        the raw output [N,3 or 6,S,S]; a classifier's logits\n"
      "  --logits F.npy    a classifier's logits [N,K]\n"
      "  --grad F.npy      gradient of the sum of log p(class | x, t) by x [N,3,S,S], unscaled\n"
      "  --exact           direct convolutions only: slower, closest to the reference\n"
      "  --fast            16-bit products where the processor has them and they are quicker: "
      "nearly the "
      "same picture\n"
      "  --half            keep weights in 16 bits: about half the memory, somewhat slower\n"
      "  --memory-limit S  all that may be taken, as 6GiB (default: what is free)\n"
      "  --kernels NAME    " USAGE_KERNELS "\n"
      "  --json            what was computed as an object; else nothing is said\n"
      "  --threads T       default: all processors\n"
      "\n"
      "With --json: output, logits, grad (files, or null), model, kind (unet, superres or "
      "classifier), count (of pictures), seconds.\n"
      "A failure is an object on standard error: error, code, message, exit_status.\n"
      "\n"
      "Examples:\n"
      "  adm eval --model my-model.safetensors --x x.npy --t 500 --class 1 -o out.npy\n";

typedef struct eval_options {
  bool help, exact, fast, half;
  const char *kernels;
  const char *model, *x, *t, *classes, *low, *output, *logits, *grad;
  int threads;
  uint64_t memory_limit;
} eval_options;

/* What one run holds; all of it is freed at its end. */
typedef struct eval_run {
  adm_network *network;
  output_set outputs;
  int n;
  float *x, *low, *out, *grad; /* OUT: the raw output, or a classifier's logits */
  int64_t out_shape[4];
  int out_rank;
  int64_t x_shape[8], low_shape[8];
  int *t, *labels; /* [n]; LABELS NULL: none */
  terminal line;
} eval_run;

static adm_status
parse (int argc, char **argv, eval_options *o, adm_error *error)
{
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o->help },
    { .name = "--model", .type = OPTION_TEXT, .value = &o->model },
    { .name = "--x", .type = OPTION_TEXT, .value = &o->x },
    { .name = "--t", .type = OPTION_TEXT, .value = &o->t },
    { .name = "--class", .type = OPTION_TEXT, .value = &o->classes },
    { .name = "--low-res", .type = OPTION_TEXT, .value = &o->low },
    { .name = "-o", .type = OPTION_TEXT, .value = &o->output },
    { .name = "--logits", .type = OPTION_TEXT, .value = &o->logits },
    { .name = "--grad", .type = OPTION_TEXT, .value = &o->grad },
    { .name = "--exact", .type = OPTION_FLAG, .value = &o->exact },
    { .name = "--fast", .type = OPTION_FLAG, .value = &o->fast },
    { .name = "--half", .type = OPTION_FLAG, .value = &o->half },
    { .name = "--memory-limit", .type = OPTION_SIZE, .value = &o->memory_limit },
    { .name = "--kernels", .type = OPTION_TEXT, .value = &o->kernels },
    { .name = "--threads", .type = OPTION_INT, .value = &o->threads, .min = 1, .max = 256 },
  };
  int rest;
  adm_status status = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, &rest, error);
  if (status || o->help)
    return status;
  if (program_precision (o->exact, o->fast, error))
    return error->status;
  if (rest > 0)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: eval takes no such argument; see adm eval --help", argv[0]);
  if (!o->model || !o->x || !o->t)
    return program_fail (error, ADM_ERROR_USAGE, "eval: %s is missing; see adm eval --help",
                         !o->model ? "--model"
                         : !o->x   ? "--x"
                                   : "--t");
  const char *const outputs[] = { o->output, o->logits, o->grad };
  for (size_t i = 0; i < 3; i++)
    if (outputs[i] && !output_has_extension (outputs[i], ".npy"))
      return program_fail (error, ADM_ERROR_USAGE, "'%s' must end in .npy", outputs[i]);
  if (o->grad && !o->classes)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--grad needs the class whose probability it climbs; give --class");
  return ADM_OK;
}

/* Everything that depends on what the network is. */
static adm_status
prepare (const eval_options *o, eval_run *run, adm_error *error)
{
  const adm_description *d = adm_network_description (run->network);
  bool classifier = d->kind == ADM_KIND_CLASSIFIER, superres = d->kind == ADM_KIND_SUPERRES;
  const int64_t size = d->image_size, *shape = run->x_shape, colours = adm_description_channels (d);
  if (!classifier && (o->logits || o->grad))
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: only a classifier has logits and a gradient; use -o", o->model);
  if (superres != (o->low != NULL))
    return program_fail (error, ADM_ERROR_USAGE,
                         superres
                             ? "%s is an upsampler; give its low-resolution input with --low-res"
                             : "%s is no upsampler; leave --low-res out",
                         o->model);
  if (!classifier && d->num_classes > 0 && !o->classes)
    return program_fail (error, ADM_ERROR_USAGE, "%s has classes; give --class, 0 to %d", o->model,
                         d->num_classes - 1);
  if (shape[0] < 1 || shape[0] > INT_MAX || shape[1] != colours || shape[2] != size
      || shape[3] != size)
    return program_fail (error, ADM_ERROR_SHAPE, "%s: its shape must be [N, %d, %d, %d]", o->x,
                         (int) colours, d->image_size, d->image_size);
  run->n = (int) shape[0];
  adm_status status = input_list ("--t", o->t, d->diffusion_steps, run->n, &run->t, error);
  if (!status && o->classes && d->num_classes > 0)
    status = input_classes (o->model, o->classes, d->num_classes, run->n, &run->labels, error);
  if (!status && o->low)
    status = input_low (o->low, run->n, d->small_size, &run->low, run->low_shape, error);
  if (status)
    return status;

  size_t pixels = (size_t) size * (size_t) size,
         channels = (size_t) (d->learn_sigma ? 2 * colours : colours);
  size_t one = classifier ? (size_t) d->num_classes : channels * pixels;
  run->out_rank = classifier ? 2 : 4;
  run->out_shape[0] = run->n;
  run->out_shape[1] = (int64_t) (classifier ? one : channels);
  run->out_shape[2] = run->out_shape[3] = size;
  run->out = calloc ((size_t) run->n, one * sizeof *run->out);
  run->grad
      = o->grad ? calloc ((size_t) run->n, (size_t) colours * pixels * sizeof *run->grad) : NULL;
  if (!run->out || (o->grad && !run->grad))
    return program_fail (error, ADM_ERROR_MEMORY,
                         "no memory for the results of %d images; give fewer", run->n);
  return ADM_OK;
}

/* The input was finite, and so were the weights. */
static adm_status
check_finite (const eval_options *o, const float *values, size_t n, const char *what,
              adm_error *error)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return program_fail (error, ADM_ERROR_VALUE,
                           "%s: its %s holds NaN or infinity: its weights are unusable for this "
                           "input; try another file",
                           o->model, what);
  return ADM_OK;
}

static adm_status
evaluate (const eval_options *o, eval_run *run, adm_error *error)
{
  adm_status status;
  interrupt_at_once (true);
  if (run->grad)
    status = adm_network_gradient (
        run->network, &(adm_batch) { .n = run->n, .x = run->x, .t = run->t, .labels = run->labels },
        run->out, run->grad, error);
  else
    status = adm_network_evaluate (run->network,
                                   &(adm_batch) { .n = run->n,
                                                  .x = run->x,
                                                  .t = run->t,
                                                  .labels = run->labels,
                                                  .low = run->low,
                                                  .low_h = (int) run->low_shape[2],
                                                  .low_w = (int) run->low_shape[3] },
                                   run->out, error);
  interrupt_at_once (false);
  size_t n = (size_t) run->n;
  for (int i = 1; i < run->out_rank; i++)
    n *= (size_t) run->out_shape[i];
  if (!status)
    status = check_finite (o, run->out, n, "output", error);
  if (!status && run->grad)
    status = check_finite (o, run->grad,
                           (size_t) run->n * (size_t) run->x_shape[1] * (size_t) run->x_shape[2]
                               * (size_t) run->x_shape[3],
                           "gradient", error);
  return status;
}

static adm_status
write_results (const eval_options *o, eval_run *run, adm_error *error)
{
  const struct {
    const char *path;
    const float *data;
    int rank;
    const int64_t *shape;
  } results[] = {
    { o->output, run->out, run->out_rank, run->out_shape },
    { o->logits, run->out, run->out_rank, run->out_shape },
    { o->grad, run->grad, 4, run->x_shape },
  };
  adm_status status = ADM_OK;
  size_t file = 0;
  for (size_t i = 0; i < 3 && !status; i++)
    if (results[i].path)
      status = output_write_npy (&run->outputs, file++, results[i].data, results[i].rank,
                                 results[i].shape, error);
  return status ? status : output_commit (&run->outputs, error);
}

/* With --json alone: its files are named by whoever asked for them. */
static adm_status
tell (const eval_options *o, const eval_run *run, double seconds, adm_error *error)
{
  const adm_description *d = adm_network_description (run->network);
  result made = result_new ();
  result_add_text (&made, "output", o->output);
  result_add_text (&made, "logits", o->logits);
  result_add_text (&made, "grad", o->grad);
  result_add_text (&made, "model", o->model);
  result_add_text (&made, "kind",
                   d->kind == ADM_KIND_CLASSIFIER ? "classifier"
                   : d->kind == ADM_KIND_SUPERRES ? "superres"
                                                  : "unet");
  result_add_whole (&made, "count", run->n);
  result_add_real (&made, "seconds", seconds);
  return result_print (&made, error, "%s", "");
}

static adm_status
eval (const eval_options *o, eval_run *run, adm_error *error)
{
  const char *const outputs[] = { o->output, o->logits, o->grad };
  const adm_options options = { .threads = o->threads,
                                .exact = o->exact,
                                .fast = o->fast,
                                .half = o->half,
                                .kernels = o->kernels,
                                .memory_limit = o->memory_limit };
  int rank;
  adm_status status = ADM_OK;
  for (size_t i = 0; i < 3 && !status; i++)
    if (outputs[i])
      status = output_add (&run->outputs, outputs[i], error);
  if (!status)
    status = adm_npy_read (o->x, &run->x, &rank, run->x_shape, error);
  if (!status && rank != 4)
    status = program_fail (error, ADM_ERROR_SHAPE,
                           "%s: its shape has %d dimensions; it must be [N, 3, size, size]", o->x,
                           rank);
  if (!status)
    status = adm_network_load (o->model, &options, terminal_progress, &run->line, &run->network,
                               error);
  if (!status)
    status = prepare (o, run, error);
  terminal_clear (&run->line);
  const double began = terminal_seconds ();
  if (!status)
    status = evaluate (o, run, error);
  const double seconds = terminal_seconds () - began;
  if (!status)
    status = write_results (o, run, error);
  return status || !program_json () ? status : tell (o, run, seconds, error);
}

int
cmd_eval (int argc, char **argv)
{
  eval_options options = { 0 };
  eval_run run = { 0 };
  adm_error error;
  adm_status status = parse (argc, argv, &options, &error);
  if (!status && options.help)
    return program_print (usage);
  if (!status)
    status = eval (&options, &run, &error);
  output_clear (&run.outputs);
  adm_network_free (run.network);
  free (run.x);
  free (run.low);
  free (run.out);
  free (run.grad);
  free (run.t);
  free (run.labels);
  return status ? program_report (&error) : EXIT_OK;
}

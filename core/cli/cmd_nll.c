/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm nll`: bits a dimension of pictures by the variational bound, as one JSON object. */
#include "cli/options.h"
#include "cli/program.h"
#include "cli/result.h"
#include "cli/search.h"
#include "cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[]
    = "Usage: adm nll --model M --x0 X.npy [OPTION…]\n"
      "Bits a dimension of pictures by the variational bound, as the reference implementation's "
      "calc_bpd_loop: total_bpd, prior_bpd, and by step, the noisiest first, vb, xstart_mse and "
      "mse.\n"
      "\n"
      "  --model M         a model's name (see adm models), a model description (.json) or a "
      "weights "
      "file\n"
      "  --x0 X.npy        pictures [N,3,S,S] in [-1, 1], S the network's image size\n"
      "  --noise E.npy     [steps,N,3,S,S], the noisiest step's first (default: drawn)\n"
      "  --seed S          of the noise drawn: picture i uses S + i (default 0)\n"
      "  --class K         class by number, name or a part of it that no other has\n"
      "  --respacing R     250, ddim25 or 10,15,20 (default: all steps)\n"
      "  --exact           direct convolutions only: slower, closest to the reference\n"
      "  --fast            16-bit products where the processor has them and they are quicker: "
      "nearly the "
      "same picture\n"
      "  --half            keep weights in 16 bits: about half the memory, somewhat slower\n"
      "  --memory-limit S  all that may be taken, as 6GiB (default: what is free)\n"
      "  --json            accepted: what is printed is JSON anyway, and a failure is an object, "
      "too\n"
      "  --threads T       default: all processors\n"
      "\n"
      "Examples:\n"
      "  adm nll --model my-model.safetensors --x0 x.npy --class 1 --respacing 25\n";

typedef struct nll_options {
  bool help;
  const char *model, *x0, *noise, *class_name, *respacing;
  uint64_t seed;
  adm_options run;
} nll_options;

/* What one run holds; all of it is freed at its end. */
typedef struct nll_run {
  adm_catalog *catalog;
  const adm_model *model;
  adm_network *network;
  float *x0, *noise;
  adm_likelihood_request request;
  adm_likelihood result;
  terminal line;
} nll_run;

static bool
show (void *user, double done)
{
  terminal_bar (&((nll_run *) user)->line, "likelihood", done);
  return !interrupt_requested ();
}

static adm_status
parse (int argc, char **argv, nll_options *o, adm_error *error)
{
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o->help },
    { .name = "--model", .type = OPTION_TEXT, .value = &o->model },
    { .name = "--x0", .type = OPTION_TEXT, .value = &o->x0 },
    { .name = "--noise", .type = OPTION_TEXT, .value = &o->noise },
    { .name = "--seed", .type = OPTION_SEED, .value = &o->seed },
    { .name = "--class", .type = OPTION_TEXT, .value = &o->class_name },
    { .name = "--respacing", .type = OPTION_TEXT, .value = &o->respacing },
    { .name = "--exact", .type = OPTION_FLAG, .value = &o->run.exact },
    { .name = "--fast", .type = OPTION_FLAG, .value = &o->run.fast },
    { .name = "--half", .type = OPTION_FLAG, .value = &o->run.half },
    { .name = "--memory-limit", .type = OPTION_SIZE, .value = &o->run.memory_limit },
    { .name = "--threads", .type = OPTION_INT, .value = &o->run.threads, .min = 1, .max = 256 },
  };
  int rest;
  adm_status status = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, &rest, error);
  if (status || o->help)
    return status;
  if (program_precision (o->run.exact, o->run.fast, error))
    return error->status;
  if (rest > 0)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s: nll takes no such argument; see adm nll --help", argv[0]);
  return o->model && o->x0
             ? ADM_OK
             : program_fail (error, ADM_ERROR_USAGE, "nll: %s is missing; see adm nll --help",
                             o->model ? "--x0" : "--model");
}

/* The array at PATH, whose shape must end in [N,C,S,S] after RANK - 4 others. */
static adm_status
read_array (const char *path, int rank, const nll_run *run, float **data, int64_t shape[8],
            adm_error *error)
{
  const adm_description *d = adm_network_description (run->network);
  int found, channels = adm_description_channels (d);
  adm_status status = adm_npy_read (path, data, &found, shape, error);
  const int64_t *tail = shape + rank - 4;
  if (!status
      && (found != rank || tail[0] < 1 || tail[0] > 100000 || tail[1] != channels
          || tail[2] != d->image_size || tail[3] != d->image_size))
    status = program_fail (error, ADM_ERROR_SHAPE, "%s: its shape must be [%sN, %d, %d, %d]", path,
                           rank > 4 ? "steps, " : "", channels, d->image_size, d->image_size);
  return status;
}

static adm_status
read_inputs (const nll_options *o, nll_run *run, adm_error *error)
{
  int64_t shape[8] = { 0 }, noise[8] = { 0 };
  adm_status status = read_array (o->x0, 4, run, &run->x0, shape, error);
  if (!status && o->noise)
    status = read_array (o->noise, 5, run, &run->noise, noise, error);
  if (!status && o->noise && noise[1] != shape[0])
    status = program_fail (error, ADM_ERROR_SHAPE,
                           "%s: is for %lld pictures, and %s holds %lld; give as many", o->noise,
                           (long long) noise[1], o->x0, (long long) shape[0]);
  run->request = (adm_likelihood_request) { .n = (int) shape[0],
                                            .x0 = run->x0,
                                            .noise = run->noise,
                                            .noise_steps = (int) noise[0],
                                            .seed = o->seed,
                                            .label = run->request.label,
                                            .respacing = o->respacing,
                                            .stepped = show,
                                            .user = run };
  return status;
}

/* KEY: an array of N numbers, or, with STEPS, of N arrays of them. */
static bool
add_numbers (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, const double *values,
             int n, int steps)
{
  yyjson_mut_val *list = yyjson_mut_obj_add_arr (doc, object, key);
  bool ok = list;
  for (int i = 0; i < n && ok; i++) {
    yyjson_mut_val *one = steps ? yyjson_mut_arr_with_double (
                                      doc, values + (size_t) i * (size_t) steps, (size_t) steps)
                                : yyjson_mut_real (doc, values[i]);
    ok = one && yyjson_mut_arr_append (list, one);
  }
  return ok;
}

static adm_status
print_result (const nll_run *run, adm_error *error)
{
  const adm_likelihood *r = &run->result;
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *object = doc ? yyjson_mut_obj (doc) : NULL;
  int n = run->request.n;
  bool ok = object && add_numbers (doc, object, "total_bpd", r->total, n, 0)
            && add_numbers (doc, object, "prior_bpd", r->prior, n, 0)
            && add_numbers (doc, object, "vb", r->vb, n, r->steps)
            && add_numbers (doc, object, "xstart_mse", r->xstart_mse, n, r->steps)
            && add_numbers (doc, object, "mse", r->mse, n, r->steps);
  return result_print_object (doc, object, ok, "nll", error);
}

static adm_status
measure (const nll_options *o, nll_run *run, adm_error *error)
{
  adm_status status = search_model (o->model, &run->catalog, &run->model, error);
  if (!status && !run->model->diffusion)
    status
        = program_fail (error, ADM_ERROR_USAGE,
                        "model %s has no diffusion network; give one that has", run->model->name);
  if (!status)
    status = adm_model_label (run->model, o->class_name, &run->request.label, error);
  if (!status)
    status = adm_network_load (run->model->diffusion, &o->run, terminal_progress, &run->line,
                               &run->network, error);
  if (!status)
    status = read_inputs (o, run, error);
  if (!status)
    status = adm_likelihood_measure (run->network, &run->request, &run->result, error);
  terminal_clear (&run->line);
  return status ? status : print_result (run, error);
}

int
cmd_nll (int argc, char **argv)
{
  nll_options options = { 0 };
  nll_run run = { 0 };
  adm_error error;
  adm_status status = parse (argc, argv, &options, &error);
  if (!status && options.help)
    return program_print (usage);
  if (!status)
    status = measure (&options, &run, &error);
  adm_likelihood_clear (&run.result);
  adm_network_free (run.network);
  adm_catalog_free (run.catalog);
  free (run.x0);
  free (run.noise);
  return status ? program_report (&error) : EXIT_OK;
}

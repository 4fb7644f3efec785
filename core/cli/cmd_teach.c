/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm teach`: a class from a few pictures, as a small file beside a model's weights; or weights
 * with such a class added. */
#include "cli/options.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/result.h"
#include "cli/search.h"
#include "cli/terminal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const char usage[]
    = "Usage: adm teach --model M --name NAME [OPTION…] PICTURE… -o OUT.safetensors\n"
      "       adm teach --model M --merge ADAPTER -o OUT.safetensors\n"
      "Teaches a model a class from 1 to 50 pictures (PNG, JPEG): an adapter, a file of its own. "
      "The model's other classes stay as they are.\n"
      "With --merge, writes the model's diffusion network with an adapter's class as its last.\n"
      "\n"
      "  --model M         a model's name, a model description or a diffusion network's weights\n"
      "  --name NAME       the class's name\n"
      "  -o OUT            the file to write; stopped early, it holds what was learned until then, "
      "and\n"
      "                    OUT.checkpoint.safetensors what --resume goes on from\n"
      "  --minutes M       how long (default 5)\n"
      "  --steps N         end after N steps\n"
      "  --resume          go on where a run was stopped; minutes and steps are of all runs\n"
      "  --tile            the pictures go on at their edges\n"
      "  --turn            they may be turned by quarters\n"
      "  --rank R          of the changes, 1 to 64 (default 8)\n"
      "  --batch B         crops a step (default 4)\n"
      "  --microbatch b    crops at once, a divisor of B: less memory\n"
      "  --lr L            learning rate of the first steps (default 3e-3)\n"
      "  --seed S          default 0\n"
      "  --merge ADAPTER   add this one\n"
      "  --memory-limit S  all that may be taken, as 6GiB (default: what is free)\n"
      "  --kernels NAME    " USAGE_KERNELS "\n"
      "  --json            what was taught as an object\n"
      "  --threads T       default: all processors\n"
      "\n"
      "With --json: path, model, name, merged (the adapter, or null), rank, like (the class that "
      "learning started from), steps and loss (the last, 1 at first) (null where merged), "
      "seconds.\n"
      "A failure is an object on standard error: error, code, message, exit_status.\n"
      "\n"
      "Examples:\n"
      "  adm teach --model " ADM_EMBEDDED_MODEL " --name moss --tile moss.png -o moss.safetensors\n"
      "  adm teach --model " ADM_EMBEDDED_MODEL
      " --merge moss.safetensors -o with-moss.safetensors\n";

typedef struct teach_options {
  bool help;
  const char *model, *merge;
  int steps;
  adm_options run;
  adm_teach_request request;
} teach_options;

/* What a run tells on its way, and at its end. */
typedef struct teach_run {
  terminal line;
  int64_t step;
  double loss;
  int like;
} teach_run;

static adm_status
parse (int argc, char **argv, teach_options *o, adm_error *error)
{
  adm_teach_request *r = &o->request;
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o->help },
    { .name = "--model", .type = OPTION_TEXT, .value = &o->model },
    { .name = "--merge", .type = OPTION_TEXT, .value = &o->merge },
    { .name = "--name", .type = OPTION_TEXT, .value = &r->name },
    { .name = "-o", .type = OPTION_TEXT, .value = &r->output },
    { .name = "--minutes", .type = OPTION_REAL, .value = &r->minutes, .min = 0.001, .max = 1e7 },
    { .name = "--steps", .type = OPTION_INT, .value = &o->steps, .min = 1, .max = 1e9 },
    { .name = "--resume", .type = OPTION_FLAG, .value = &r->resume },
    { .name = "--tile", .type = OPTION_FLAG, .value = &r->tiles },
    { .name = "--turn", .type = OPTION_FLAG, .value = &r->turns },
    { .name = "--rank", .type = OPTION_INT, .value = &r->rank, .min = 1, .max = 64 },
    { .name = "--batch", .type = OPTION_INT, .value = &r->batch, .min = 1, .max = 65536 },
    { .name = "--microbatch", .type = OPTION_INT, .value = &r->microbatch, .min = 1, .max = 65536 },
    { .name = "--lr", .type = OPTION_REAL, .value = &r->lr, .min = 1e-12, .max = 10 },
    { .name = "--seed", .type = OPTION_SEED, .value = &r->seed },
    { .name = "--memory-limit", .type = OPTION_SIZE, .value = &o->run.memory_limit },
    { .name = "--kernels", .type = OPTION_TEXT, .value = &o->run.kernels },
    { .name = "--threads", .type = OPTION_INT, .value = &o->run.threads, .min = 1, .max = 256 },
  };
  adm_status status
      = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, &r->pictures, error);
  if (status || o->help)
    return status;
  r->picture = (const char *const *) argv;
  r->steps = o->steps;
  r->options = &o->run;
  if (!o->model || !r->output || (!o->merge && !r->name))
    return program_fail (error, ADM_ERROR_USAGE, "teach: %s is missing; see adm teach --help",
                         !o->model    ? "--model"
                         : !r->output ? "-o"
                                      : "--name");
  if (!output_has_extension (r->output, ".safetensors"))
    return program_fail (error, ADM_ERROR_USAGE, "'%s' must end in .safetensors", r->output);
  if (o->merge && r->pictures > 0)
    return program_fail (error, ADM_ERROR_USAGE, "--merge takes no pictures");
  if (!o->merge && r->pictures < 1)
    return program_fail (error, ADM_ERROR_USAGE, "teach: no picture given; see adm teach --help");
  return ADM_OK;
}

static bool
on_report (const adm_train_report *report, void *user)
{
  teach_run *run = user;
  char text[160], left[32];
  if (report->what == ADM_TRAIN_LOGGED) {
    snprintf (text, sizeof text, "step %" PRId64 ": loss %.4g, %.1f crops/s, %s left", report->step,
              report->loss, report->pictures_per_second,
              terminal_clock (report->seconds_left, left, sizeof left));
    terminal_show (&run->line, text);
    run->loss = report->loss;
    run->like = report->like;
  }
  run->step = report->step > run->step ? report->step : run->step;
  return !interrupt_requested ();
}

/* Label LIKE of MODEL as --class takes it, or NULL: none. Valid until the next call. */
static const char *
label_name (const adm_model *model, int like)
{
  static char number[16];
  if (like == ADM_NO_LABEL)
    return NULL;
  snprintf (number, sizeof number, "%d", like);
  return like < model->class_count   ? model->class_names[like]
         : like == model->null_class ? "none"
                                     : number;
}

static adm_status
tell (const teach_options *o, const teach_run *run, const adm_model *model, double seconds,
      adm_error *error)
{
  const adm_teach_request *r = &o->request;
  adm_taught_info info = { .rank = r->rank };
  adm_status status = adm_taught_inspect (o->merge ? o->merge : r->output, &info, error);
  if (status)
    return status;
  result made = result_new ();
  result_add_text (&made, "path", r->output);
  result_add_text (&made, "model", model->id);
  result_add_text (&made, "name", info.name);
  result_add_text (&made, "merged", o->merge);
  result_add_text (&made, "like", label_name (model, run->like));
  result_add_whole (&made, "rank", info.rank);
  result_add_known (&made, "steps", o->merge ? -1 : run->step);
  if (!made.bad)
    result_add (&made, "loss",
                isfinite (run->loss) ? yyjson_mut_real (made.doc, run->loss)
                                     : yyjson_mut_null (made.doc));
  result_add_real (&made, "seconds", seconds);
  if (o->merge)
    return result_print (&made, error, "%s: %s with the class '%s', %.2f s", r->output, model->id,
                         info.name, seconds);
  return result_print (&made, error, "%s: the class '%s' of %s, %" PRId64 " steps, %.0f s",
                       r->output, info.name, model->id, run->step, seconds);
}

static adm_status
teach (teach_options *o, teach_run *run, adm_error *error)
{
  const double began = terminal_seconds ();
  adm_catalog *catalog = NULL;
  const adm_model *model;
  output_set outputs = { 0 };
  adm_status status = output_add (&outputs, o->request.output, error);
  if (!status)
    status = search_model (o->model, &catalog, &model, error);
  if (!status && !model->diffusion)
    status
        = program_fail (error, ADM_ERROR_USAGE, "model %s has no diffusion network", model->name);
  /* Written by the core, complete or absent; an interruption ends the learning, not the writing. */
  o->request.weights = status ? NULL : model->diffusion;
  if (!status)
    status = o->merge ? adm_adapter_merge (model->diffusion, o->merge, o->request.output, error)
                      : adm_teach (&o->request, on_report, run, error);
  terminal_clear (&run->line);
  output_clear (&outputs);
  if (!status)
    status = tell (o, run, model, terminal_seconds () - began, error);
  adm_catalog_free (catalog);
  return status;
}

int
cmd_teach (int argc, char **argv)
{
  teach_options options = { .request = { .rank = ADM_TEACH_RANK,
                                         .batch = ADM_TEACH_BATCH,
                                         .lr = ADM_TEACH_LR,
                                         .log_steps = 10,
                                         .save_minutes = 1 } };
  teach_run run = { .loss = NAN, .like = ADM_NO_LABEL };
  adm_error error;
  adm_status status = parse (argc, argv, &options, &error);
  if (!status && options.help)
    return program_print (usage);
  if (!status && options.request.steps == 0 && options.request.minutes <= 0)
    options.request.minutes = 5;
  if (!status)
    status = teach (&options, &run, &error);
  return status ? program_report (&error) : EXIT_OK;
}

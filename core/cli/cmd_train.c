/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm train`: trains a network on a folder of pictures. */
#include "cli/json_line.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/result.h"
#include "cli/sample_sheet.h"
#include "cli/terminal.h"
#include "cli/words.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[]
    = "Usage: adm train --kind diffusion|classifier|upsampler --data FOLDER [--from WEIGHTS | "
      "--description D.json] -o OUT.safetensors [OPTION…]\n"
      "Trains a network on pictures: PNG and JPEG files, a class a subfolder, or the part of each "
      "name before its first underscore; else no classes.\n"
      "Colours become grey for a network of one channel (in_channels); one of four (pixels: rgba) "
      "learns transparency too, others see pictures on white.\n"
      "A checkpoint stands beside OUT; resumed from it, training goes on as if it had not been "
      "interrupted. One that is stopped saves first.\n"
      "\n"
      "  --kind K             what is trained\n"
      "  --data FOLDER        pictures\n"
      "  --from WEIGHTS       weights to start from\n"
      "  --description D.json  a new network of this description\n"
      "  -o OUT.safetensors   the result; it describes itself\n"
      "  --resume             go on from OUT's checkpoint\n"
      "  --steps N            end after N steps in all\n"
      "  --minutes M          end after M minutes\n"
      "  --batch B            pictures a step (default 16)\n"
      "  --microbatch b       pictures at once, a divisor of B: less memory (default: B)\n"
      "  --lr L               learning rate (default 1e-4; a classifier's 3e-4)\n"
      "  --anneal             lower it evenly to 0 at --steps\n"
      "  --weight-decay W     default 0; a classifier's 0.05\n"
      "  --ema R[,R…]         moving averages of the weights, the first is OUT (default: none)\n"
      "  --dropout P          in the residual blocks (default 0)\n"
      "  --loss NAME          mse, rescaled-mse, kl, rescaled-kl (default: rescaled-mse where the "
      "variance is learned, else mse)\n"
      "  --schedule-sampler S  uniform (default) or loss-second-moment\n"
      "  --drop-label P       share of pictures that are shown without their class (default 0)\n"
      "  --size S             the network's image size, to be sure\n"
      "  --crop C             center (default) or random\n"
      "  --mirror             mirror every other picture\n"
      "  --seed S             default 0\n"
      "  --save-every M       minutes between checkpoints (default 10)\n"
      "  --samples N          after each save, a sheet of N pictures by the first average, beside "
      "OUT: "
      "OUT.samples.png\n"
      "  --log FILE.jsonl     a JSON line a report, added to FILE\n"
      "  --log-steps N        steps between reports (default 100)\n"
      "  --exact              direct convolutions only\n"
      "  --memory-limit S     all that may be taken, as 6GiB (default: what is free)\n"
      "  --kernels NAME       " USAGE_KERNELS "\n"
      "  --json               what was trained as an object\n"
      "  --threads T          default: all processors\n"
      "\n"
      "With --json: path, kind, steps (in all), loss (the last that was reported, or null), "
      "pictures, classes, parameters, seconds (of\n"
      "this run). What is left out is an object on standard error: warning, code, message; a "
      "failure: error, code, message, exit_status.\n"
      "\n"
      "Examples:\n"
      "  adm train --kind diffusion --data textures --description my.json -o my.safetensors "
      "--minutes 600\n"
      "  adm train --kind diffusion --data textures --resume -o my.safetensors --minutes 60\n";

typedef struct train_options {
  bool help;
  const char *kind, *ema, *loss, *sampler, *crop, *log;
  bool lr_given, decay_given;
  int steps, size;
  adm_options run;
  adm_train_request request;
} train_options;

/* What a run holds. */
typedef struct train_run {
  FILE *log;
  const char *log_path;
  bool classifier;
  terminal line;
  int problem; /* errno of the log's writing */
  /* what is told at the end */
  adm_train_report last;
  double loss, began;
  sample_sheet sheet;
} train_run;

/* ---- options --------------------------------------------------------------------------------- */

static adm_status
parse (int argc, char **argv, train_options *o, adm_error *error)
{
  adm_train_request *r = &o->request;
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o->help },
    { .name = "--kind", .type = OPTION_TEXT, .value = &o->kind },
    { .name = "--data", .type = OPTION_TEXT, .value = &r->folder },
    { .name = "--from", .type = OPTION_TEXT, .value = &r->from },
    { .name = "--description", .type = OPTION_TEXT, .value = &r->description },
    { .name = "-o", .type = OPTION_TEXT, .value = &r->output },
    { .name = "--resume", .type = OPTION_FLAG, .value = &r->resume },
    { .name = "--steps", .type = OPTION_INT, .value = &o->steps, .min = 1, .max = 1e9 },
    { .name = "--minutes", .type = OPTION_REAL, .value = &r->minutes, .min = 0.001, .max = 1e7 },
    { .name = "--batch", .type = OPTION_INT, .value = &r->batch, .min = 1, .max = 65536 },
    { .name = "--microbatch", .type = OPTION_INT, .value = &r->microbatch, .min = 1, .max = 65536 },
    { .name = "--lr",
      .type = OPTION_REAL,
      .value = &r->lr,
      .given = &o->lr_given,
      .min = 1e-12,
      .max = 10 },
    { .name = "--anneal", .type = OPTION_FLAG, .value = &r->anneal },
    { .name = "--weight-decay",
      .type = OPTION_REAL,
      .value = &r->weight_decay,
      .given = &o->decay_given,
      .min = 0,
      .max = 10 },
    { .name = "--ema", .type = OPTION_TEXT, .value = &o->ema },
    { .name = "--dropout", .type = OPTION_REAL, .value = &r->dropout, .min = 0, .max = 0.99 },
    { .name = "--loss", .type = OPTION_TEXT, .value = &o->loss },
    { .name = "--schedule-sampler", .type = OPTION_TEXT, .value = &o->sampler },
    { .name = "--drop-label", .type = OPTION_REAL, .value = &r->drop_label, .min = 0, .max = 1 },
    { .name = "--size", .type = OPTION_INT, .value = &o->size, .min = 1, .max = 32768 },
    { .name = "--crop", .type = OPTION_TEXT, .value = &o->crop },
    { .name = "--mirror", .type = OPTION_FLAG, .value = &r->mirror },
    { .name = "--seed", .type = OPTION_SEED, .value = &r->seed },
    { .name = "--save-every",
      .type = OPTION_REAL,
      .value = &r->save_minutes,
      .min = 0.001,
      .max = 1e6 },
    { .name = "--samples", .type = OPTION_INT, .value = &r->samples, .min = 1, .max = 1024 },
    { .name = "--log", .type = OPTION_TEXT, .value = &o->log },
    { .name = "--log-steps", .type = OPTION_INT, .value = &r->log_steps, .min = 1, .max = 1e9 },
    { .name = "--exact", .type = OPTION_FLAG, .value = &o->run.exact },
    { .name = "--memory-limit", .type = OPTION_SIZE, .value = &o->run.memory_limit },
    { .name = "--kernels", .type = OPTION_TEXT, .value = &o->run.kernels },
    { .name = "--threads", .type = OPTION_INT, .value = &o->run.threads, .min = 1, .max = 256 },
  };
  int rest;
  adm_status status = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, &rest, error);
  if (!status && !o->help && rest > 0)
    status = program_fail (error, ADM_ERROR_USAGE,
                           "%s: train takes no such argument; see adm train --help", argv[0]);
  return status;
}

/* Which of NAMES (N of them) TEXT is, into *OUT. */
static adm_status
choose (const char *option, const char *text, const char *const *names, int n, int *out,
        adm_error *error)
{
  for (int i = 0; i < n; i++)
    if (names[i] && strcmp (text, names[i]) == 0) {
      *out = i;
      return ADM_OK;
    }
  return program_fail (error, ADM_ERROR_USAGE, "%s: there is no '%s'; see adm train --help", option,
                       text);
}

static adm_status
parse_emas (const char *text, adm_train_request *r, adm_error *error)
{
  char *copy = strdup (text), *rest = copy, *entry;
  bool ok = copy != NULL;
  while (ok && (entry = strsep (&rest, ",")))
    ok = r->emas < ADM_MAX_EMAS && options_real (entry, 1e-6, 1 - 1e-9, &r->ema[r->emas++]);
  free (copy);
  return ok ? ADM_OK
            : program_fail (error, ADM_ERROR_USAGE,
                            "--ema: '%s' is not a list of 1 to %d rates between 0 and 1", text,
                            ADM_MAX_EMAS);
}

static adm_status
complete (train_options *o, adm_error *error)
{
  static const char *const kinds[] = { "diffusion", "upsampler", "classifier" },
                           *const losses[] = { NULL, "mse", "rescaled-mse", "kl", "rescaled-kl" },
                           *const samplers[] = { "uniform", "loss-second-moment" },
                           *const crops[] = { "center", "random" };
  adm_train_request *r = &o->request;
  int kind = 0, loss = 0, sampler = 0, crop = 0;
  if (!o->kind || !r->folder || !r->output)
    return program_fail (error, ADM_ERROR_USAGE, "train: %s is missing; see adm train --help",
                         !o->kind     ? "--kind"
                         : !r->folder ? "--data"
                                      : "-o");
  if (!output_has_extension (r->output, ".safetensors"))
    return program_fail (error, ADM_ERROR_USAGE, "'%s' must end in .safetensors", r->output);
  if (r->from && r->description)
    return program_fail (error, ADM_ERROR_USAGE, "give --from or --description, not both");
  adm_status status = choose ("--kind", o->kind, kinds, 3, &kind, error);
  if (!status && o->loss)
    status = choose ("--loss", o->loss, losses, 5, &loss, error);
  if (!status && o->sampler)
    status = choose ("--schedule-sampler", o->sampler, samplers, 2, &sampler, error);
  if (!status && o->crop)
    status = choose ("--crop", o->crop, crops, 2, &crop, error);
  if (!status && o->ema)
    status = parse_emas (o->ema, r, error);
  r->kind = (adm_kind) kind;
  r->loss = (adm_loss_kind) loss;
  r->second_moment = sampler == 1;
  r->random_crop = crop == 1;
  r->steps = o->steps;
  r->size = o->size;
  r->options = &o->run;
  if (!o->lr_given)
    r->lr = r->kind == ADM_KIND_CLASSIFIER ? 3e-4 : 1e-4;
  if (!o->decay_given)
    r->weight_decay = r->kind == ADM_KIND_CLASSIFIER ? 0.05 : 0;
  return status;
}

/* ---- reports --------------------------------------------------------------------------------- */

static bool
add_quarters (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, const double values[4])
{
  yyjson_mut_val *list = yyjson_mut_obj_add_arr (doc, object, key);
  for (int q = 0; q < 4 && list; q++)
    if (isnan (values[q]))
      yyjson_mut_arr_add_null (doc, list);
    else
      yyjson_mut_arr_add_real (doc, list, values[q]);
  return list != NULL;
}

/* One JSON line of REPORT into the log. */
static void
log_line (train_run *run, const adm_train_report *report)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *object = doc ? yyjson_mut_obj (doc) : NULL;
  text_lines lines = { 0 };
  bool ok
      = object && yyjson_mut_obj_add_int (doc, object, "step", report->step)
        && yyjson_mut_obj_add_real (doc, object, "loss", report->loss)
        && add_quarters (doc, object, "loss_quarters", report->quarter)
        && (!run->classifier || add_quarters (doc, object, "accuracy_quarters", report->accuracy))
        && yyjson_mut_obj_add_real (doc, object, "gradient_norm", report->gradient_norm)
        && yyjson_mut_obj_add_val (doc, object, "pictures_per_second",
                                   json_rounded (doc, report->pictures_per_second, 3))
        && yyjson_mut_obj_add_val (doc, object, "seconds_left",
                                   json_rounded (doc, report->seconds_left, 1))
        && yyjson_mut_obj_add_uint (doc, object, "unreadable", report->unreadable)
        && json_add_line (&lines, doc, object);
  if (ok && (fputs (lines.text, run->log) < 0 || fflush (run->log) != 0))
    run->problem = errno;
  free (lines.text);
  yyjson_mut_doc_free (doc);
}

static void
show_log (train_run *run, const adm_train_report *report)
{
  char text[256], left[48] = "";
  int minutes = (int) (report->seconds_left / 60);
  if (report->seconds_left >= 0)
    snprintf (left, sizeof left, ", %d h %02d min left", minutes / 60, minutes % 60);
  snprintf (text, sizeof text,
            "step %" PRId64 ": loss %.4g (%.3g %.3g %.3g %.3g), %.1f pictures/s%s", report->step,
            report->loss, report->quarter[0], report->quarter[1], report->quarter[2],
            report->quarter[3], report->pictures_per_second, left);
  terminal_show (&run->line, text);
}

static bool
on_report (const adm_train_report *report, void *user)
{
  train_run *run = user;
  char text[WORDS_LINE];
  run->last.step = report->step;
  switch (report->what) {
  case ADM_TRAIN_STARTED:
    snprintf (text, sizeof text,
              "%zu pictures, %d classes, %.1f M parameters, %.0f MiB of memory%s", report->pictures,
              report->classes, (double) report->parameters / 1e6,
              (double) report->bytes / (1024.0 * 1024.0),
              report->recompute ? " (short: blocks are computed twice)" : "");
    terminal_show (&run->line, text);
    run->last = *report;
    break;
  case ADM_TRAIN_LOGGED:
    run->loss = report->loss;
    show_log (run, report);
    if (run->log)
      log_line (run, report);
    break;
  case ADM_TRAIN_UNREADABLE:
    terminal_clear (&run->line);
    program_warn ("left out", report->unreadable_why);
    break;
  case ADM_TRAIN_SAVED:
  case ADM_TRAIN_WORKING:
    break;
  case ADM_TRAIN_PICTURE:
    sample_sheet_add (&run->sheet, report);
    break;
  }
  return !interrupt_requested () && !run->problem && !run->sheet.status;
}

static adm_status
tell (const train_run *run, const train_options *o, adm_error *error)
{
  const adm_train_report *last = &run->last;
  const double seconds = terminal_seconds () - run->began;
  char loss[32] = "";
  if (isfinite (run->loss))
    snprintf (loss, sizeof loss, ", loss %.4g", run->loss);
  result made = result_new ();
  result_add_text (&made, "path", o->request.output);
  result_add_text (&made, "kind", o->kind);
  result_add_whole (&made, "steps", last->step);
  if (!made.bad)
    result_add (&made, "loss",
                isfinite (run->loss) ? yyjson_mut_real (made.doc, run->loss)
                                     : yyjson_mut_null (made.doc));
  result_add_whole (&made, "pictures", (int64_t) last->pictures);
  result_add_whole (&made, "classes", last->classes);
  result_add_whole (&made, "parameters", (int64_t) last->parameters);
  result_add_real (&made, "seconds", seconds);
  return result_print (&made, error, "%s: %" PRId64 " steps%s, %.0f s", o->request.output,
                       last->step, loss, seconds);
}

int
cmd_train (int argc, char **argv)
{
  train_options options = { .request = { .batch = 16, .save_minutes = 10, .log_steps = 100 } };
  train_run run = { .loss = NAN, .began = terminal_seconds () };
  adm_error error;
  adm_status status = parse (argc, argv, &options, &error);
  if (!status && options.help)
    return program_print (usage);
  if (!status)
    status = complete (&options, &error);
  run.classifier = options.request.kind == ADM_KIND_CLASSIFIER;
  if (!status && options.log && !(run.log = fopen (options.log, "a")))
    status = program_fail (&error, ADM_ERROR_IO, "%s: cannot be written: %s", options.log,
                           strerror (errno));
  if (!status)
    status = sample_sheet_open (&run.sheet, &options.request, &error);
  if (!status)
    status = adm_train (&options.request, on_report, &run, &error);
  if (run.sheet.status && (!status || status == ADM_ERROR_CANCELLED)) {
    status = run.sheet.status;
    error = run.sheet.error;
  }
  sample_sheet_close (&run.sheet);
  terminal_clear (&run.line);
  if (run.log && fclose (run.log) != 0 && !run.problem)
    run.problem = errno;
  if (run.problem && (!status || status == ADM_ERROR_CANCELLED))
    status = program_fail (&error, ADM_ERROR_IO, "%s: cannot be written: %s; all else is saved",
                           options.log, strerror (run.problem));
  if (!status)
    status = tell (&run, &options, &error);
  return status ? program_report (&error) : EXIT_OK;
}

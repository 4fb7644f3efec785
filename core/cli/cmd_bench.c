/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm bench`: speed and memory of the architectures that matter, beside this machine's sgemm peak.
 * Each runs in a process of its own, so that its peak memory is its own; the large networks have
 * made-up weights of the true shapes. */
#include "cli/json_line.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/search.h"
#include "cli/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[]
    = "Usage: adm bench [--arch NAME] [--threads T] [--repeat R] [--kernels NAME] [--half] "
      "[--exact] [--fast] [--verbose]\n"
      "Measures one architecture, or all, and prints one JSON object a line: arch, threads, "
      "seconds (one evaluation, best of R\n"
      "after a warm-up), flops (2 x multiply-adds of the direct computation), gflops, "
      "sgemm_peak_gflops (2048^3, same threads,\n"
      "same run), ratio (gflops / peak), planned_mib, peak_rss_mib.\n"
      "\n"
      "  --arch NAME  embedded (one guided DDIM step of " ADM_EMBEDDED_MODEL
      "), adm-64, classifier-64, upsampler-64-256, adm-256 or\n"
      "               classifier-256; classifiers: forward and input gradient\n"
      "  --json       accepted: what is printed is JSON anyway, and a failure is an object, too\n"
      "  --threads T  default: all processors\n"
      "  --repeat R   default 3\n"
      "  --kernels NAME  " USAGE_KERNELS "; with avx2\n"
      "               the peak is AVX2's, too\n"
      "  --half       weights in 16 bits\n"
      "  --exact      direct convolutions only\n"
      "  --fast       16-bit products where the processor has them\n"
      "  --verbose    also which algorithm each kind of layer takes, and its share of the time, to "
      "standard error\n"
      "\n"
      "Examples:\n"
      "  adm bench --arch embedded\n";

/* The published networks' descriptions. */
#define PUBLISHED                                                                                  \
  .num_heads_upsample = -1, .learn_sigma = 1, .use_scale_shift_norm = 1, .resblock_updown = 1,     \
  .attention_levels = 3, .attention_resolutions = { 32, 16, 8 }, .num_classes = 1000,              \
  .diffusion_steps = 1000
#define HEADS_OF_64 .num_heads = 1, .num_head_channels = 64

static const struct architecture {
  const char *name;
  adm_description description; /* model_channels 0: the embedded model */
} architectures[] = {
  { "embedded", { 0 } },
  { "adm-64",
    { PUBLISHED, HEADS_OF_64, .kind = ADM_KIND_UNET, .image_size = 64, .model_channels = 192,
      .num_res_blocks = 3, .levels = 4, .channel_mult = { 1, 2, 3, 4 },
      .use_new_attention_order = 1, .noise_schedule = ADM_SCHEDULE_COSINE } },
  { "classifier-64",
    { PUBLISHED, HEADS_OF_64, .kind = ADM_KIND_CLASSIFIER, .image_size = 64, .model_channels = 128,
      .num_res_blocks = 4, .levels = 4, .channel_mult = { 1, 2, 3, 4 },
      .noise_schedule = ADM_SCHEDULE_COSINE, .pool = ADM_POOL_ATTENTION } },
  { "upsampler-64-256",
    { PUBLISHED, .kind = ADM_KIND_SUPERRES, .image_size = 256, .small_size = 64,
      .model_channels = 192, .num_res_blocks = 2, .levels = 6, .channel_mult = { 1, 1, 2, 2, 4, 4 },
      .num_heads = 4, .num_head_channels = -1, .noise_schedule = ADM_SCHEDULE_LINEAR } },
  { "adm-256",
    { PUBLISHED, HEADS_OF_64, .kind = ADM_KIND_UNET, .image_size = 256, .model_channels = 256,
      .num_res_blocks = 2, .levels = 6, .channel_mult = { 1, 1, 2, 2, 4, 4 },
      .noise_schedule = ADM_SCHEDULE_LINEAR } },
  { "classifier-256",
    { PUBLISHED, HEADS_OF_64, .kind = ADM_KIND_CLASSIFIER, .image_size = 256, .model_channels = 128,
      .num_res_blocks = 2, .levels = 6, .channel_mult = { 1, 1, 2, 2, 4, 4 },
      .noise_schedule = ADM_SCHEDULE_LINEAR, .pool = ADM_POOL_ATTENTION } },
};

enum { ARCHITECTURES = sizeof architectures / sizeof *architectures };

typedef struct figures {
  double seconds, flops, peak, planned_mib;
} figures;

/* ---- one network ----------------------------------------------------------------------------- */

static adm_status
plan (const adm_description *description, const adm_options *options, uint64_t *weights,
      uint64_t *workspace, double *flops, adm_error *error)
{
  adm_status status = adm_description_memory (description, 1, options, weights, workspace, error);
  return status ? status : adm_description_flops (description, flops, error);
}

static adm_status
measure_network (const adm_description *d, const adm_options *options, int repeat, figures *f,
                 adm_error *error)
{
  uint64_t weights, workspace;
  adm_network *network = NULL;
  const int t = 500, label = 1;
  size_t pixels = (size_t) d->image_size * (size_t) d->image_size,
         low = (size_t) d->small_size * (size_t) d->small_size;
  adm_status status = plan (d, options, &weights, &workspace, &f->flops, error);
  if (status)
    return status;
  f->planned_mib = (double) (weights + workspace + adm_process_memory ()) / (1024 * 1024);
  float *x = calloc (3 * (pixels + low), sizeof *x),
        *out = calloc (6 * pixels + (size_t) d->num_classes, sizeof *out);
  if (!x || !out)
    status
        = program_fail (error, ADM_ERROR_MEMORY, "no memory for the input; close other programs");
  else
    status = adm_network_make_up (d, options, 1, &network, error);
  uint32_t noise = 1;
  for (size_t i = 0; i < 3 * (pixels + low) && !status; i++) {
    /* any values will do, as long as they are neither zero nor huge */
    noise = noise * 1664525u + 1013904223u;
    x[i] = (float) (noise >> 8) / (float) (1 << 23) - 1;
  }
  for (int i = 0; i <= repeat && !status; i++) {
    double start = terminal_seconds ();
    if (d->kind == ADM_KIND_CLASSIFIER)
      status = adm_network_gradient (
          network, &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &label }, NULL, out, error);
    else
      status = adm_network_evaluate (network,
                                     &(adm_batch) { .n = 1,
                                                    .x = x,
                                                    .t = &t,
                                                    .labels = &label,
                                                    .low = low ? x + 3 * pixels : NULL,
                                                    .low_h = d->small_size,
                                                    .low_w = d->small_size },
                                     out, error);
    double seconds = terminal_seconds () - start;
    if (i == 1 || (i > 1 && seconds < f->seconds)) /* the first is the warm-up */
      f->seconds = seconds;
  }
  adm_network_free (network);
  free (x);
  free (out);
  return status;
}

/* ---- the embedded model ---------------------------------------------------------------------- */

typedef struct step_clock {
  int step;
  double start, best;
} step_clock;

/* An adm_callback: times each step but the first, which is the warm-up. */
static bool
time_steps (const adm_progress *progress, void *user)
{
  step_clock *clock = user;
  if (progress->stage == ADM_STAGE_SAMPLE && progress->step > clock->step) {
    double now = terminal_seconds (), seconds = now - clock->start;
    if (clock->step > 0 && (clock->best <= 0 || seconds < clock->best))
      clock->best = seconds;
    clock->start = now;
    clock->step = progress->step;
  }
  return true;
}

static adm_status
plan_embedded (const adm_model *model, const adm_options *options, figures *f, adm_error *error)
{
  adm_file_info diffusion, classifier;
  uint64_t weights[2], workspace[2];
  double flops[2];
  adm_status status = adm_file_inspect (model->diffusion, &diffusion, error);
  if (!status)
    status = adm_file_inspect (model->classifier, &classifier, error);
  if (!status)
    status = plan (&diffusion.description, options, &weights[0], &workspace[0], &flops[0], error);
  if (!status)
    status = plan (&classifier.description, options, &weights[1], &workspace[1], &flops[1], error);
  if (status)
    return status;
  uint64_t shared = workspace[0] > workspace[1] ? workspace[0] : workspace[1];
  f->flops = flops[0] + flops[1];
  f->planned_mib
      = (double) (weights[0] + weights[1] + shared + adm_process_memory ()) / (1024 * 1024);
  return ADM_OK;
}

/* The picture is not what counts here. */
static adm_status
drop_picture (int i, const adm_picture *picture, void *user, adm_error *error)
{
  (void) i, (void) picture, (void) user, (void) error;
  return ADM_OK;
}

static adm_status
measure_embedded (const adm_options *options, int repeat, figures *f, adm_error *error)
{
  adm_catalog *catalog;
  adm_session *session = NULL;
  const adm_model *model;
  step_clock clock = { 0 };
  adm_status status = search_model (ADM_EMBEDDED_MODEL, &catalog, &model, error);
  if (status)
    return status;
  if (!model->classifier)
    status = program_fail (error, ADM_ERROR_USAGE,
                           "%s: has no classifier; the embedded model has one", model->path);
  if (!status)
    status = plan_embedded (model, options, f, error);
  if (!status)
    status = adm_session_new (model, options, &session, error);
  if (!status) {
    adm_request request = adm_request_default (model);
    request.label = 0;
    request.scale = 1;
    request.sampler = ADM_SAMPLER_DDIM;
    request.steps = repeat + 1;
    const adm_task task = { .kind = ADM_TASK_GENERATE, .generate = { .sample = request } };
    const adm_sink sink = { time_steps, drop_picture, &clock };
    adm_plan plan;
    status = adm_plan_make (model, &task, &plan, error);
    if (!status)
      status = adm_session_run (session, &plan, &sink, error);
  }
  f->seconds = clock.best;
  adm_session_free (session);
  adm_catalog_free (catalog);
  return status;
}

/* ---- one process for each -------------------------------------------------------------------- */

typedef struct bench_options {
  bool help;
  const char *arch, *kernels;
  int threads, repeat;
  bool half, exact, fast, verbose;
} bench_options;

static bool
add_figures (text_lines *lines, const char *name, int threads, const figures *f, double rss_mib)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  if (!doc)
    return false;
  yyjson_mut_val *object = yyjson_mut_obj (doc);
  double gflops = f->flops / f->seconds / 1e9;
  bool ok
      = yyjson_mut_obj_add_str (doc, object, "arch", name)
        && yyjson_mut_obj_add_int (doc, object, "threads", threads)
        && yyjson_mut_obj_add_val (doc, object, "seconds", json_rounded (doc, f->seconds, 6))
        && yyjson_mut_obj_add_uint (doc, object, "flops", (uint64_t) f->flops)
        && yyjson_mut_obj_add_val (doc, object, "gflops", json_rounded (doc, gflops, 3))
        && yyjson_mut_obj_add_val (doc, object, "sgemm_peak_gflops", json_rounded (doc, f->peak, 3))
        && yyjson_mut_obj_add_val (doc, object, "ratio", json_rounded (doc, gflops / f->peak, 4))
        && yyjson_mut_obj_add_val (doc, object, "planned_mib",
                                   json_rounded (doc, f->planned_mib, 3))
        && yyjson_mut_obj_add_val (doc, object, "peak_rss_mib", json_rounded (doc, rss_mib, 3))
        && json_add_line (lines, doc, object);
  yyjson_mut_doc_free (doc);
  return ok;
}

/* ---- where the time goes --------------------------------------------------------------------- */

static void
print_shares (const char *name, const adm_network *network)
{
  adm_layer_share shares[ADM_LAYER_SHARES];
  double seconds = 0;
  adm_network_shares (network, shares);
  for (int i = 0; i < ADM_LAYER_SHARES; i++)
    seconds += shares[i].seconds;
  const char *refused = adm_kernels_refused ();
  fprintf (stderr, "%s: %.4f s by %s%s%s%s\n", name, seconds, adm_network_kernels (network),
           refused ? " (the system refuses " : "", refused ? refused : "", refused ? ")" : "");
  for (int i = 0; i < ADM_LAYER_SHARES; i++)
    if (shares[i].count)
      fprintf (stderr, "  %-16s %4d layers %6.1f %% of the time %8.0f GFLOP/s\n", shares[i].layers,
               shares[i].count, 100 * shares[i].seconds / seconds,
               shares[i].seconds > 0 ? shares[i].flops / shares[i].seconds / 1e9 : 0);
}

/* Two evaluations of a network, from PATH or made up; the second is told of. */
static adm_status
explain_network (const char *name, const char *path, const adm_description *made_up,
                 const adm_options *options, adm_error *error)
{
  adm_network *network;
  adm_status status = path ? adm_network_load (path, options, NULL, NULL, &network, error)
                           : adm_network_make_up (made_up, options, 1, &network, error);
  if (status)
    return status;
  const adm_description *d = adm_network_description (network);
  const int t = 500, label = 1;
  size_t pixels = (size_t) d->image_size * (size_t) d->image_size;
  float *x = calloc (6 * pixels, sizeof *x),
        *out = calloc (6 * pixels + (size_t) d->num_classes, sizeof *out);
  if (!x || !out)
    status
        = program_fail (error, ADM_ERROR_MEMORY, "no memory for the input; close other programs");
  for (int i = 0; i < 2 && !status; i++)
    status = d->kind == ADM_KIND_CLASSIFIER
                 ? adm_network_gradient (network,
                                         &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &label },
                                         NULL, out, error)
                 : adm_network_evaluate (
                       network,
                       &(adm_batch) { .n = 1,
                                      .x = x,
                                      .t = &t,
                                      .labels = &label,
                                      .low = d->kind == ADM_KIND_SUPERRES ? x + 3 * pixels : NULL,
                                      .low_h = d->small_size,
                                      .low_w = d->small_size },
                       out, error);
  if (!status)
    print_shares (name, network);
  adm_network_free (network);
  free (x);
  free (out);
  return status;
}

static adm_status
explain (const struct architecture *arch, const adm_options *options, adm_error *error)
{
  adm_catalog *catalog;
  const adm_model *model;
  if (arch->description.model_channels)
    return explain_network (arch->name, NULL, &arch->description, options, error);
  adm_status status = search_model (ADM_EMBEDDED_MODEL, &catalog, &model, error);
  if (status)
    return status;
  status = explain_network ("embedded, diffusion network", model->diffusion, NULL, options, error);
  if (!status)
    status = explain_network ("embedded, classifier", model->classifier, NULL, options, error);
  adm_catalog_free (catalog);
  return status;
}

/* The whole of the child: measures, and leaves its line in PIPE. */
static int
child (const struct architecture *arch, const bench_options *o, int pipe)
{
  figures f = { 0 };
  adm_error error;
  text_lines lines = { NULL, 0 };
  struct rusage used;
  adm_options options = { .threads = o->threads,
                          .half = o->half,
                          .exact = o->exact,
                          .fast = o->fast,
                          .kernels = o->kernels };
  adm_status status = arch->description.model_channels
                          ? measure_network (&arch->description, &options, o->repeat, &f, &error)
                          : measure_embedded (&options, o->repeat, &f, &error);
  getrusage (RUSAGE_SELF, &used); /* before the peak's own matrices */
  /* Read when the library is loaded, which is now. The yardstick is what it chooses for this
   * processor, whatever the surroundings say; AVX2 is held against AVX2's peak. */
  unsetenv ("OPENBLAS_CORETYPE");
  if (o->kernels && strcmp (o->kernels, "avx2") == 0)
    setenv ("OPENBLAS_CORETYPE", "Haswell", 1);
  if (!status)
    status = adm_sgemm_peak (o->threads, &f.peak, &error);
  if (!status && o->verbose)
    status = explain (arch, &options, &error);
  if (!status && !add_figures (&lines, arch->name, o->threads, &f, (double) used.ru_maxrss / 1024))
    status = program_fail (&error, ADM_ERROR_MEMORY,
                           "bench: no memory for the results; close other programs");
  for (size_t done = 0; !status && done < lines.length;) {
    ssize_t written = write (pipe, lines.text + done, lines.length - done);
    if (written < 0 && errno != EINTR)
      status = program_fail (&error, ADM_ERROR_IO, "bench: results cannot be handed on: %s",
                             strerror (errno));
    done += written > 0 ? (size_t) written : 0;
  }
  free (lines.text);
  return status ? program_report (&error) : EXIT_OK;
}

/* The child's line, to LINES; its exit status is passed on. */
static int
collect (pid_t pid, int from, const char *name, text_lines *lines)
{
  adm_error error;
  char buffer[1024];
  size_t length = 0;
  int ended = 0;
  bool stopped = false;
  for (ssize_t got; (got = read (from, buffer + length, sizeof buffer - 1 - length)) != 0;) {
    if (got > 0)
      length += (size_t) got;
    else if (errno != EINTR)
      break;
    if (interrupt_requested () && !stopped) {
      kill (pid, SIGKILL);
      stopped = true;
    }
  }
  while (waitpid (pid, &ended, 0) < 0 && errno == EINTR)
    continue;
  if (interrupt_requested ())
    program_fail (&error, ADM_ERROR_CANCELLED, "interrupted");
  else if (WIFSIGNALED (ended))
    program_fail (
        &error, ADM_ERROR_MEMORY,
        "bench: %s was ended by signal %d: too little memory, perhaps; close other programs", name,
        WTERMSIG (ended));
  else if (WEXITSTATUS (ended))
    return WEXITSTATUS (ended); /* it has said why */
  else {
    char *text = realloc (lines->text, lines->length + length + 1);
    if (text) {
      memcpy (text + lines->length, buffer, length);
      lines->text = text;
      lines->length += length;
      text[lines->length] = '\0';
      return EXIT_OK;
    }
    program_fail (&error, ADM_ERROR_MEMORY,
                  "bench: no memory for the results; close other programs");
  }
  return program_report (&error);
}

static int
bench (const struct architecture *arch, const bench_options *o, text_lines *lines)
{
  int ends[2];
  adm_error error;
  terminal line = { 0 };
  char text[128];
  pid_t pid = -1;
  snprintf (text, sizeof text, "measuring %s", arch->name);
  terminal_show (&line, text);
  bool piped = pipe (ends) == 0;
  if (piped && (pid = fork ()) == 0) {
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < 3; i++)
      signal (signals[i], SIG_IGN); /* the parent hears them, and ends this process */
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    close (ends[0]);
    int result = child (arch, o, ends[1]);
    fflush (stderr);
    _exit (result);
  }
  if (pid < 0) {
    int reason = errno;
    if (piped) {
      close (ends[0]);
      close (ends[1]);
    }
    terminal_clear (&line);
    program_fail (&error, ADM_ERROR_MEMORY, "bench: no process for %s: %s", arch->name,
                  strerror (reason));
    return program_report (&error);
  }
  close (ends[1]);
  int result = collect (pid, ends[0], arch->name, lines);
  close (ends[0]);
  terminal_clear (&line);
  return result;
}

int
cmd_bench (int argc, char **argv)
{
  bench_options o = { .threads = adm_processor_count (), .repeat = 3 };
  const option_spec specs[] = {
    { .name = "--help", .type = OPTION_FLAG, .value = &o.help },
    { .name = "--arch", .type = OPTION_TEXT, .value = &o.arch },
    { .name = "--threads", .type = OPTION_INT, .value = &o.threads, .min = 1, .max = 256 },
    { .name = "--kernels", .type = OPTION_TEXT, .value = &o.kernels },
    { .name = "--half", .type = OPTION_FLAG, .value = &o.half },
    { .name = "--exact", .type = OPTION_FLAG, .value = &o.exact },
    { .name = "--fast", .type = OPTION_FLAG, .value = &o.fast },
    { .name = "--verbose", .type = OPTION_FLAG, .value = &o.verbose },
    { .name = "--repeat", .type = OPTION_INT, .value = &o.repeat, .min = 1, .max = 999 },
  };
  int rest, result = EXIT_OK;
  adm_error error;
  text_lines lines = { NULL, 0 };
  const struct architecture *only = NULL;
  adm_status status
      = options_parse (argc, argv, specs, sizeof specs / sizeof *specs, &rest, &error);
  if (!status && o.help)
    return program_print (usage);
  if (!status)
    status = program_precision (o.exact, o.fast, &error);
  if (!status && rest > 0)
    status = program_fail (&error, ADM_ERROR_USAGE,
                           "%s: bench takes no such argument; see adm bench --help", argv[0]);
  for (size_t i = 0; i < ARCHITECTURES && !status && o.arch; i++)
    if (strcmp (architectures[i].name, o.arch) == 0)
      only = &architectures[i];
  if (!status && o.arch && !only)
    status = program_fail (&error, ADM_ERROR_USAGE,
                           "--arch: there is no '%s'; see adm bench --help", o.arch);
  if (status)
    return program_report (&error);
  for (size_t i = 0; i < ARCHITECTURES && result == EXIT_OK; i++)
    if (!only || only == &architectures[i])
      result = bench (&architectures[i], &o, &lines);
  if (result == EXIT_OK)
    result = program_print (lines.text);
  free (lines.text);
  return result;
}

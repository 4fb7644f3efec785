/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `sample` and `upscale` share: their common options, the request these make, its arrays, the
 * plan's run, and its pictures on disk. */
#ifndef ADM_CLI_SAMPLING_H
#define ADM_CLI_SAMPLING_H

#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"

typedef struct sampling_options {
  bool help, exact, fast, half, no_clip, bulk, steps_given, eta_given;
  /* NULL: not given */
  const char *model, *upsampler, *class_name, *sampler, *respacing, *noise, *output, *kernels;
  int steps, count, threads;
  double eta;
  uint64_t seed, memory_limit;
} sampling_options;

enum {
  SAMPLING_SPECS = 19,
  SAMPLING_MAX_COUNT = 100000,
  SAMPLING_MAX_STEPS = 1000000,
  SAMPLING_MAX_THREADS = 256
};

/* The options' defaults, and the SAMPLING_SPECS rows of their table, to which a command adds its
 * own. */
sampling_options sampling_options_default (void);
void sampling_options_specs (sampling_options *options, option_spec *specs);

/* What the networks are run with. */
adm_options sampling_network_options (const sampling_options *options);

/* What can be refused without opening any file: what is missing, and what does not go together.
 * COMMAND is the command's name. */
adm_status sampling_options_check (const sampling_options *options, const char *command,
                                   adm_error *error);

/* Number of steps of the respacing TEXT ("250", "ddim25", "10,15,20"). */
adm_status sampling_respacing_steps (const char *text, int *steps, adm_error *error);

/* Puts the options into REQUEST, which holds the model's defaults, for a network of T diffusion
 * steps. *STEPS: how many there will be. */
adm_status sampling_fill_request (const sampling_options *options, int diffusion_steps,
                                  adm_request *request, int *steps, adm_error *error);

/* The label of class NAME (or NULL) for a part of MODEL that knows LABELS labels, if it is not the
 * diffusion network itself; ADM_NO_LABEL if LABELS is 0. NULLABLE: the model's null class is one of
 * them. */
adm_status sampling_label (const adm_model *model, const char *name, int labels, bool nullable,
                           int *label, adm_error *error);

/* The class that OPTIONS name becomes REQUEST's: one of MODEL's, one that was taught to it, or that
 * of the file ADAPTER (NULL: none is given). */
adm_status sampling_set_class (const sampling_options *options, const char *adapter,
                               const adm_model *model, adm_request *request, adm_error *error);

/* Reads the noise for STEPS steps of REQUEST's pictures of SIZE px: *NOISE
 * [STEPS+1,COUNT,CHANNELS,SIZE,SIZE], freed by the caller. Where the sampler adds none, x_T
 * [COUNT,CHANNELS,SIZE,SIZE] alone will do. */
adm_status sampling_read_noise (const char *path, const adm_request *request, int steps,
                                int channels, int size, float **noise, adm_error *error);

/* Adds the files that COUNT pictures in PATH take: one .npy for all, one PNG, or several (OUT-1.png
 * …). */
adm_status sampling_add_outputs (output_set *set, const char *path, int count, adm_error *error);

/* What a plan is run with. */
typedef struct sampling_run {
  const adm_model *model;
  const adm_options *options;
  output_set *outputs; /* made by sampling_add_outputs */
  /* transparency [alpha_h,alpha_w] for PNGs, resampled to their size; or NULL */
  const uint8_t *alpha;
  int alpha_h, alpha_w;
  /* bytes [H,W,3] of PNGs that stay where the picture is START [3,H,W] still; or NULL */
  const uint8_t *known;
  const float *start;
  terminal *line;
} sampling_run;

/* Runs PLAN, writes its pictures to the files, all or none, and tells them (made.h). */
adm_status sampling_run_plan (const sampling_run *run, const adm_plan *plan, adm_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sampler of inference, with the trainee as its network: nothing is loaded twice. */
#include "train/samples.h"

#include "base/error.h"
#include "diffusion/sampler.h"

#include <stdlib.h>

struct asked {
  adm_trainee *trainee;
  int label;
};

static adm_status
predict (void *user, const float *x, int t, float *out, adm_error *error)
{
  const struct asked *asked = user;
  bool labelled = asked->trainee->description.num_classes > 0;
  adm_batch batch = { .n = 1, .x = x, .t = &t, .labels = labelled ? &asked->label : NULL };
  return adm_trainee_evaluate (asked->trainee, &batch, out, error);
}

adm_status
adm_trainee_look (adm_trainee *trainee, adm_look look, float *out, adm_error *error)
{
  const adm_description *d = &trainee->description;
  struct asked asked = { trainee, look.label };
  const int colours = adm_description_channels (d),
            steps = d->diffusion_steps < look.steps ? d->diffusion_steps : look.steps;
  const adm_denoiser denoiser = { .channels = d->learn_sigma ? 2 * colours : colours,
                                  .colours = colours,
                                  .height = d->image_size,
                                  .width = d->image_size,
                                  .predict = predict,
                                  .user = &asked,
                                  .network = look.name };
  adm_rng rng;
  adm_rng_seed (&rng, look.seed);
  const adm_diffusion_params params = { .sampler = ADM_SAMPLER_DPMPP_2M, .rng = &rng };
  adm_schedule *schedule = NULL;
  adm_status status = adm_schedule_for_steps (d->noise_schedule, d->diffusion_steps,
                                              ADM_SAMPLER_DPMPP_2M, steps, &schedule, error);
  float *workspace = malloc (adm_diffusion_workspace (&denoiser) * sizeof *workspace);
  if (!status && !workspace)
    status = ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_PICTURE);
  if (!status) {
    adm_schedule_parametrize (schedule,
                              (adm_parametrization) { .predict_xstart = d->predict_xstart == 1,
                                                      .sigma_small = d->sigma_small == 1 });
    status = adm_diffusion_run (&denoiser, schedule, &params, workspace, out, error);
  }
  free (workspace);
  adm_schedule_free (schedule);
  return status;
}

void
adm_trainee_exchange (adm_trainee *trainee, float *values)
{
  for (uint64_t i = 0; i < trainee->elements; i++) {
    float kept = trainee->weights[i];
    trainee->weights[i] = values[i];
    values[i] = kept;
  }
  adm_trainee_pack (trainee);
}

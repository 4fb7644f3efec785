/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See budget.h. The measures are those that loading and running take themselves (nn/parameters.h,
 * base/arena.h). */
#include "pipeline/budget.h"

#include "base/error.h"
#include "base/machine_memory.h"
#include "networks/network.h"

adm_status
adm_part_measure (const adm_description *d, const adm_options *options, adm_part_memory *out,
                  adm_error *error)
{
  adm_network_plan plan;
  double flops;
  adm_status status
      = adm_network_measure (d, 1, options, d->kind == ADM_KIND_CLASSIFIER, &plan, error);
  if (!status)
    status = adm_description_flops (d, &flops, error);
  if (status)
    return status;
  /* x, x0, noise, gradient, the network's 6 channels and the picture: 8 images at most
   * (diffusion/sampler.c). */
  const int channels = adm_description_channels (d);
  uint64_t picture = (channels == 3 ? 3 : (uint64_t) channels + 1) * sizeof (float)
                     * (uint64_t) d->image_size * (uint64_t) d->image_size;
  *out = (adm_part_memory) {
    .weights = plan.weights,
    .loading = plan.loading,
    .workspace = plan.workspace,
    .sampling = d->kind == ADM_KIND_CLASSIFIER ? 0 : 8 * picture,
    .flops = flops,
    .work = plan.flops,
  };
  return ADM_OK;
}

uint64_t
adm_program_bytes (const adm_options *options)
{
  return options->program_bytes ? options->program_bytes : adm_process_memory ();
}

uint64_t
adm_parts_peak (const adm_part_memory *needs, int parts, const adm_options *options)
{
  uint64_t weights = 0, most = 0, sampling = 0;
  for (int i = 0; i < ADM_PARTS; i++) {
    if (!(parts & 1 << i))
      continue;
    weights += needs[i].weights;
    most = needs[i].loading > most ? needs[i].loading : most;
    most = needs[i].workspace > most ? needs[i].workspace : most;
    sampling = needs[i].sampling > sampling ? needs[i].sampling : sampling;
  }
  return parts ? weights + most + sampling + adm_program_bytes (options) : 0;
}

/* The peak with all parts at once, and of the larger stage. */
static adm_status
measure_model (const adm_model *model, const adm_options *options, uint64_t *together,
               uint64_t *staged, adm_error *error)
{
  adm_part_memory needs[ADM_PARTS];
  int parts = 0;
  adm_status status = ADM_OK;
  for (int i = 0; i < ADM_PARTS && !status; i++) {
    const char *file = model->part[i];
    adm_file_info info;
    if (!file)
      continue;
    status = adm_file_inspect (file, &info, error);
    if (!status && info.unknown_keys)
      status = ADM_FAIL (error, TENSORS_SILENT, file, info.unknown_keys);
    if (!status)
      status = adm_part_measure (&info.description, options, &needs[i], error);
    parts |= 1 << i;
  }
  if (status)
    return status;
  uint64_t sampling = adm_parts_peak (needs, parts & ~ADM_PART_UPSAMPLER, options),
           upsampling = adm_parts_peak (needs, parts & ADM_PART_UPSAMPLER, options);
  *together = adm_parts_peak (needs, parts, options);
  *staged = sampling > upsampling ? sampling : upsampling;
  return ADM_OK;
}

adm_status
adm_model_memory (const adm_model *model, const adm_options *options, adm_memory *out,
                  adm_error *error)
{
  adm_options usual = options ? *options : (adm_options) { 0 };
  adm_memory m = { .limit = adm_memory_limit (usual.memory_limit) };
  adm_status status = measure_model (model, &usual, &m.together, &m.staged, error);
  usual.half = true;
  if (!status)
    status = measure_model (model, &usual, &m.together_half, &m.staged_half, error);
  if (status)
    return status;
  m.fit = m.together <= m.limit      ? ADM_FIT_TOGETHER
          : m.staged <= m.limit      ? ADM_FIT_STAGED
          : m.staged_half <= m.limit ? ADM_FIT_HALF
                                     : ADM_FIT_NOT;
  *out = m;
  return ADM_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model at work: its networks share one set of threads and one workspace, are loaded when first needed and stay warm while
 * the memory they may take has room for them. */
#include "adm.h"

#include "base/error.h"
#include "base/machine_memory.h"
#include "diffusion/sampler.h"
#include "diffusion/tiling.h"
#include "models/memory.h"
#include "models/model.h"
#include "models/network.h"

#include <stdlib.h>
#include <string.h>

struct adm_session {
  adm_model *model;
  adm_options options;
  adm_pool *pool;
  adm_workspace workspace;
  adm_network *diffusion, *classifier, *upsampler;
  adm_part_memory needs[ADM_PARTS]; /* of the parts that are MEASURED (ADM_PART_…) */
  int measured;
  int reads;       /* of weights, begun */
  float *sampling; /* the sampler's own arrays */
  size_t sampling_floats;
};

/* ---- life -------------------------------------------------------------------------------------------------------- */

adm_status
adm_session_new (const adm_model *model, const adm_options *options, adm_session **out, adm_error *error)
{
  *out = NULL;
  adm_session *session = calloc (1, sizeof *session);
  adm_model *copy = session ? adm_model_copy (model) : NULL;
  if (!copy) {
    free (session);
    return adm_fail (error, ADM_ERROR_MEMORY, "no memory for a session; close other programs");
  }
  session->model = copy;
  session->options = *options;
  const adm_kernels *kernels;
  adm_status status = adm_kernels_choose (options->kernels, &kernels, error);
  if (!status)
    status = adm_pool_new (adm_pool_threads_for (options->threads), &session->pool, error);
  if (status) {
    adm_session_free (session);
    return status;
  }
  *out = session;
  return ADM_OK;
}

void
adm_session_free (adm_session *session)
{
  if (!session)
    return;
  adm_network_free (session->diffusion);
  adm_network_free (session->classifier);
  adm_network_free (session->upsampler);
  adm_block_free (session->workspace.base, session->workspace.size);
  adm_pool_free (session->pool);
  adm_model_free (session->model);
  free (session->sampling);
  free (session);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static adm_network **
slot (adm_session *session, int i)
{
  adm_network **const slots[ADM_PARTS] = { &session->diffusion, &session->classifier, &session->upsampler };
  return slots[i];
}

static int
loaded_parts (adm_session *session)
{
  int parts = 0;
  for (int i = 0; i < ADM_PARTS; i++)
    parts |= *slot (session, i) ? 1 << i : 0;
  return parts;
}

/* The networks take turns in it, so it can go while none runs; the next run takes what it needs. */
static void
drop_workspace (adm_session *session)
{
  adm_block_free (session->workspace.base, session->workspace.size);
  session->workspace = (adm_workspace) { 0 };
}

static void
drop_parts (adm_session *session, int parts)
{
  for (int i = 0; i < ADM_PARTS; i++)
    if (parts & 1 << i) {
      adm_network_free (*slot (session, i));
      *slot (session, i) = NULL;
    }
}

/* What PARTS take at most, with weights as OPTIONS say. */
static uint64_t
peak (const adm_session *session, int parts)
{
  adm_part_memory chosen[ADM_PARTS];
  int n = 0;
  for (int i = 0; i < ADM_PARTS; i++)
    if (parts & 1 << i)
      chosen[n++] = session->needs[i];
  return adm_parts_peak (chosen, n);
}

static adm_status
measure_parts (adm_session *session, int parts, adm_error *error)
{
  const adm_model *m = session->model;
  const char *const files[ADM_PARTS] = { m->diffusion, m->classifier, m->upsampler };
  for (int i = 0; i < ADM_PARTS; i++) {
    adm_file_info info;
    if (!(parts & 1 << i) || session->measured & 1 << i || !files[i])
      continue; /* loading says what is missing */
    adm_status status = adm_file_inspect (files[i], &info, error);
    if (!status && !info.unknown_keys)
      status = adm_part_measure (&info.description, &session->options, &session->needs[i], error);
    if (status)
      return status;
    session->measured |= 1 << i;
  }
  return ADM_OK;
}

/* PARTS cannot be had: says by how much, and whether 16 bits would help. */
static adm_status
too_large (adm_session *session, int parts, adm_error *error)
{
  adm_session halved = { .model = session->model, .options = session->options };
  adm_error ignored;
  uint64_t limit = adm_memory_allowed (session->options.memory_limit);
  halved.options.half = true;
  bool helps = !session->options.half && !measure_parts (&halved, parts, &ignored) && peak (&halved, parts) <= limit;
  const double mib = 1024 * 1024;
  const char *what = adm_memory_words (session->options.memory_limit), *more = session->options.memory_limit ? "allow more" : "close other programs";
  if (helps)
    return adm_fail (error, ADM_ERROR_MEMORY, "model %s needs %.0f MiB%s, %.0f MiB are %s; with weights in 16 bits (--half) it needs %.0f MiB",
                     session->model->name, (double) peak (session, parts) / mib, parts & ADM_PART_UPSAMPLER ? " to upsample" : "",
                     (double) limit / mib, what, (double) peak (&halved, parts) / mib);
  return adm_fail (error, ADM_ERROR_MEMORY, "model %s needs %.0f MiB%s, %.0f MiB are %s; %s, or use a smaller model", session->model->name,
                   (double) peak (session, parts) / mib, parts & ADM_PART_UPSAMPLER ? " to upsample" : "", (double) limit / mib, what, more);
}

/* Makes room for PARTS of one stage: what is loaded stays if it can. */
static adm_status
make_room (adm_session *session, int parts, adm_error *error)
{
  uint64_t limit = adm_memory_allowed (session->options.memory_limit);
  int loaded = loaded_parts (session);
  adm_status status = measure_parts (session, parts, error);
  if (status || !(parts & ~loaded))
    return status;
  if (peak (session, parts) > limit)
    return too_large (session, parts, error);
  if (peak (session, parts | loaded) > limit)
    drop_parts (session, loaded & ~parts);
  drop_workspace (session);
  return ADM_OK;
}

/* ---- loading ----------------------------------------------------------------------------------------------------- */

struct loading {
  adm_callback callback;
  void *user;
  int part, parts;
};

static bool
load_progress (void *user, double done)
{
  struct loading *l = user;
  adm_progress progress = { .stage = ADM_STAGE_LOAD, .images = 1, .fraction = (l->part + done) / l->parts };
  return !l->callback || l->callback (&progress, l->user);
}

static adm_status
no_part (adm_session *session, const char *what, adm_network **network, adm_error *error)
{
  const adm_model *m = session->model;
  for (int i = 0; i < m->missing_count; i++)
    if (slot (session, __builtin_ctz ((unsigned) m->missing[i].part)) == network)
      return adm_fail (error, ADM_ERROR_USAGE, "model %s lacks its %s; put %s (published at %s) into one of the folders searched", m->name, what,
                       m->missing[i].file, m->missing[i].address);
  return adm_fail (error, ADM_ERROR_USAGE, "model %s has no %s; choose another model or do without", m->name, what);
}

static adm_status
load_part (adm_session *session, struct loading *loading, const char *path, const char *what, adm_kind kind, adm_kind other, adm_network **network,
           adm_error *error)
{
  if (*network)
    return ADM_OK;
  if (!path)
    return no_part (session, what, network, error);
  adm_network_source source = { .path = path, .progress = load_progress, .user = loading };
  session->reads++;
  adm_status status = adm_network_open (&source, &session->options, session->pool, &session->workspace, 0, network, error);
  if (!status && (*network)->description.kind != kind && (*network)->description.kind != other) {
    adm_network_free (*network);
    *network = NULL;
    return adm_fail (error, ADM_ERROR_SHAPE, "%s is not a %s; correct the model's description", path, what);
  }
  loading->part++;
  return status;
}

/* Parts that belong together must fit together. */
static adm_status
check_parts (const adm_session *session, adm_error *error)
{
  const adm_network *d = session->diffusion, *c = session->classifier;
  if (d && c && d->description.image_size != c->description.image_size)
    return adm_fail (error, ADM_ERROR_SHAPE, "%s is for %d px pictures, the diffusion model for %d px; use the classifier made for it",
                     session->model->classifier, c->description.image_size, d->description.image_size);
  if (d && c && d->description.diffusion_steps != c->description.diffusion_steps)
    return adm_fail (error, ADM_ERROR_SHAPE, "%s was trained on %d noise levels, the diffusion model on %d; use the classifier made for it",
                     session->model->classifier, c->description.diffusion_steps, d->description.diffusion_steps);
  return ADM_OK;
}

/* PARTS of one stage, or of both when they fit together. */
static adm_status
load_stage (adm_session *session, int parts, adm_callback callback, void *user, adm_error *error)
{
  const adm_model *m = session->model;
  struct loading loading = { callback, user, 0, __builtin_popcount ((unsigned) (parts & ~loaded_parts (session))) };
  adm_status status = make_room (session, parts, error);
  if (!status && parts & ADM_PART_DIFFUSION)
    status = load_part (session, &loading, m->diffusion, "diffusion model", ADM_KIND_UNET, ADM_KIND_SUPERRES, &session->diffusion, error);
  if (!status && parts & ADM_PART_CLASSIFIER)
    status = load_part (session, &loading, m->classifier, "classifier", ADM_KIND_CLASSIFIER, ADM_KIND_CLASSIFIER, &session->classifier, error);
  if (!status && parts & ADM_PART_UPSAMPLER)
    status = load_part (session, &loading, m->upsampler, "upsampler", ADM_KIND_SUPERRES, ADM_KIND_SUPERRES, &session->upsampler, error);
  if (!status && (status = check_parts (session, error)))
    drop_parts (session, ADM_PART_CLASSIFIER);
  return status;
}

int
adm_session_reads (const adm_session *session)
{
  return session->reads;
}

adm_status
adm_session_load (adm_session *session, int parts, adm_callback callback, void *user, adm_error *error)
{
  const int first = parts & (ADM_PART_DIFFUSION | ADM_PART_CLASSIFIER), second = parts & ADM_PART_UPSAMPLER;
  adm_status status = measure_parts (session, parts, error);
  if (status || !first || !second || peak (session, parts) <= adm_memory_allowed (session->options.memory_limit))
    return status ? status : load_stage (session, parts, callback, user, error);
  if (peak (session, second) > adm_memory_allowed (session->options.memory_limit)) /* better now than after sampling */
    return too_large (session, second, error);
  return load_stage (session, first, callback, user, error);
}

/* ---- one stage --------------------------------------------------------------------------------------------------- */

struct stage {
  adm_network *network, *classifier; /* CLASSIFIER NULL: no guidance */
  int label, guide;
  const float *low;
  int low_h, low_w;
  float *logits;     /* [K] of the classifier, in the session's sampling memory */
  int height, width; /* of the picture made */
  bool tiled;
  adm_tiling tiling;
  float *tiles; /* its workspace, in the session's sampling memory */
  int t;        /* of the step, for the tiles */
  adm_callback callback;
  void *user;
  adm_progress progress;
  double share;      /* of a step that the diffusion network takes */
  double from, part; /* of a step: the part being worked on */
};

static bool
between_layers (void *user, double done)
{
  struct stage *s = user;
  adm_progress p = s->progress;
  p.fraction = (s->progress.step + s->from + s->part * done) / p.steps;
  return !s->callback || s->callback (&p, s->user);
}

static bool
after_step (void *user, int done, int steps, const float *x0)
{
  struct stage *s = user;
  s->progress.step = done;
  s->progress.fraction = (double) done / steps;
  adm_progress p = s->progress;
  p.x0 = x0;
  return !s->callback || s->callback (&p, s->user);
}

static adm_status
predict_tile (void *user, int index, const float *x, const float *low, float *out, adm_error *error)
{
  struct stage *s = user;
  s->part = s->share / (s->tiling.rows * s->tiling.columns);
  s->from = s->part * index;
  return adm_network_evaluate (s->network, 1, x, &s->t, &s->label, low, s->tiling.tile, s->tiling.tile, out, error);
}

static adm_status
predict (void *user, const float *x, int t, float *out, adm_error *error)
{
  struct stage *s = user;
  s->from = 0;
  s->part = s->share;
  s->t = t;
  s->network->poll = between_layers;
  s->network->poll_user = s;
  adm_status status
      = s->tiled ? adm_tiling_predict (&s->tiling, s->network->description.learn_sigma ? 6 : 3, x, s->low, predict_tile, s, s->tiles, out, error)
                 : adm_network_evaluate (s->network, 1, x, &t, &s->label, s->low, s->low_h, s->low_w, out, error);
  s->network->poll = NULL;
  return status;
}

static adm_status
gradient (void *user, const float *x, int t, float *grad, adm_error *error)
{
  struct stage *s = user;
  s->from = s->share;
  s->part = 1 - s->share;
  s->classifier->poll = between_layers;
  s->classifier->poll_user = s;
  adm_status status = adm_network_gradient (s->classifier, 1, x, &t, &s->guide, s->logits, grad, error);
  s->classifier->poll = NULL;
  return status;
}

static adm_status
check_labels (const adm_session *session, const adm_request *request, struct stage *stage, adm_error *error)
{
  const adm_description *d = &stage->network->description;
  int label = request->label, guide = request->guide_label != ADM_NO_LABEL ? request->guide_label : request->label;
  stage->label = label != ADM_NO_LABEL ? label : session->model->null_class;
  if (d->num_classes > 0 && stage->label == ADM_NO_LABEL)
    return adm_fail (error, ADM_ERROR_USAGE, "model %s needs a class: it has no null class; give a class from 0 to %d", session->model->name,
                     d->num_classes - 1);
  if (d->num_classes > 0 && (stage->label < 0 || stage->label >= d->num_classes))
    return adm_fail (error, ADM_ERROR_USAGE, "class %d is outside 0 to %d", stage->label, d->num_classes - 1);
  if (stage->classifier) {
    int classes = stage->classifier->description.num_classes;
    if (guide == ADM_NO_LABEL || guide == session->model->null_class)
      return adm_fail (error, ADM_ERROR_USAGE, "a gradient scale above 0 needs a class to guide to; choose a class or scale 0");
    if (guide < 0 || guide >= classes)
      return adm_fail (error, ADM_ERROR_USAGE, "the classifier cannot guide to class %d; choose 0 to %d", guide, classes - 1);
    stage->guide = guide;
  }
  return ADM_OK;
}

/* Side of the upsampler's input. */
static int
low_side (const adm_description *d)
{
  return d->small_size > 0 ? d->small_size : d->image_size / 4;
}

static adm_status
check_tiles (const adm_request *request, struct stage *stage, adm_error *error)
{
  const adm_description *d = &stage->network->description;
  int tile = low_side (d), most = 8192;
  if (!request->low || request->noise)
    return adm_fail (error, ADM_ERROR_USAGE, "tiles need a low-resolution picture and a seed, not noise");
  if (d->image_size % tile != 0)
    return adm_fail (error, ADM_ERROR_USAGE, "this upsampler makes %d px from %d px, no whole factor: tiles are not possible", d->image_size, tile);
  if (request->low_h < tile || request->low_w < tile || request->low_h > most || request->low_w > most)
    return adm_fail (error, ADM_ERROR_SHAPE, "the low-resolution picture is %d x %d px; tiles need %d to %d px on each side", request->low_w,
                     request->low_h, tile, most);
  stage->tiled = true;
  stage->tiling = adm_tiling_new (request->low_h, request->low_w, tile, d->image_size / tile);
  return ADM_OK;
}

static adm_status
check_request (const adm_request *request, struct stage *stage, adm_error *error)
{
  bool low = stage->network->description.kind == ADM_KIND_SUPERRES;
  if (request->count < 1 || request->count > 100000)
    return adm_fail (error, ADM_ERROR_USAGE, "%d images cannot be made; ask for 1 to 100000", request->count);
  if (!(request->scale >= 0) || request->scale > 1e6)
    return adm_fail (error, ADM_ERROR_USAGE, "the gradient scale must be from 0 to 1000000");
  if (!(request->eta >= 0 && request->eta <= 1))
    return adm_fail (error, ADM_ERROR_USAGE, "eta must be from 0 to 1");
  if (low != (request->low != NULL))
    return adm_fail (error, ADM_ERROR_USAGE,
                     low ? "an upsampler needs a low-resolution picture; give one" : "this model takes no low-resolution picture; leave it out");
  if (request->tiled)
    return check_tiles (request, stage, error);
  if (low && stage->network->description.small_size > 0
      && (request->low_h != stage->network->description.small_size || request->low_w != stage->network->description.small_size))
    return adm_fail (error, ADM_ERROR_SHAPE, "the low-resolution picture is %d x %d px; this upsampler takes %d x %d", request->low_w, request->low_h,
                     stage->network->description.small_size, stage->network->description.small_size);
  return ADM_OK;
}

/* BYTES of the sampler's arrays: a large picture's tiles may take the room of the other stage's networks. */
static adm_status
check_sampling (adm_session *session, const struct stage *stage, uint64_t bytes, adm_error *error)
{
  uint64_t limit = adm_memory_allowed (session->options.memory_limit), held = ADM_MEMORY_PROGRAM + session->workspace.size, others = 0;
  int idle = 0;
  for (int i = 0; i < ADM_PARTS; i++) {
    const adm_network *network = *slot (session, i);
    bool used = network == stage->network || network == stage->classifier;
    held += network && used ? network->weights_bytes : 0;
    others += network && !used ? network->weights_bytes : 0;
    idle |= used ? 0 : 1 << i;
  }
  if (held > limit || bytes > limit - held)
    return adm_fail (error, ADM_ERROR_MEMORY,
                     "this picture needs %llu MiB while it is made, beside %llu MiB for the networks; %llu MiB are %s: choose a smaller one",
                     (unsigned long long) bytes >> 20, (unsigned long long) held >> 20, (unsigned long long) limit >> 20,
                     adm_memory_words (session->options.memory_limit));
  if (others > limit - held - bytes)
    drop_parts (session, idle);
  return ADM_OK;
}

/* Plans both networks before the first step, so that memory is refused at once, and finds out how they share a step. */
static adm_status
prepare (adm_session *session, struct stage *stage, size_t floats, adm_error *error)
{
  adm_status status = adm_network_prepare (stage->network, 1, false, error);
  stage->share = 1;
  if (!status && stage->classifier) {
    status = adm_network_prepare (stage->classifier, 1, true, error);
    stage->share = stage->network->flops / (stage->network->flops + stage->classifier->flops);
  }
  if (!status && floats > session->sampling_floats)
    status = check_sampling (session, stage, floats * sizeof (float), error);
  if (!status && floats > session->sampling_floats) {
    free (session->sampling);
    session->sampling_floats = 0;
    session->sampling = malloc (floats * sizeof *session->sampling);
    if (!session->sampling)
      return adm_fail (error, ADM_ERROR_MEMORY, "no memory for the sampler (%zu MiB); close other programs", (floats * sizeof (float)) >> 20);
    session->sampling_floats = floats;
  }
  return status;
}

/* Where guidance ends when the request leaves that open. DDIM and DPM-Solver++ move x0 by s (1 - a) / sqrt (a) times the gradient; where
 * sqrt (a) is under 1/1000, as at the cosine schedule's last timestep, less than one 8-bit level of the picture is left in x, the gradient
 * says nothing, and that factor turns it into a ruined picture. Which timesteps STEPS takes is ours to choose, so guidance leaves such
 * ones out; a respacing that is spelled out is followed to the letter, as the reference implementation would. */
static double
guidance_end (const adm_request *request)
{
  bool open = request->guide_from == 0 && request->guide_to == 0;
  return open && !request->respacing && request->sampler != ADM_SAMPLER_DDPM ? 1000.0 : request->guide_to;
}

static adm_status
run_stage (adm_session *session, const adm_request *request, struct stage *stage, float *out, int *finished, adm_error *error)
{
  const adm_description *d = &stage->network->description;
  adm_schedule *schedule = NULL;
  adm_status status = check_request (request, stage, error);
  if (!status)
    status = check_labels (session, request, stage, error);
  if (!status)
    status = request->respacing
                 ? adm_schedule_new (d->noise_schedule, d->diffusion_steps, request->respacing, &schedule, error)
                 : adm_schedule_for_steps (d->noise_schedule, d->diffusion_steps, request->sampler, request->steps, &schedule, error);
  if (status)
    return status;

  stage->height = stage->tiled ? stage->tiling.height * stage->tiling.factor : d->image_size;
  stage->width = stage->tiled ? stage->tiling.width * stage->tiling.factor : d->image_size;
  const adm_model *model = session->model;
  adm_denoiser denoiser = { .channels = d->learn_sigma ? 6 : 3,
                            .height = stage->height,
                            .width = stage->width,
                            .predict = predict,
                            .gradient = stage->classifier ? gradient : NULL,
                            .user = stage,
                            .network = stage->network == session->upsampler ? model->upsampler : model->diffusion,
                            .classifier = model->classifier };
  size_t pixels = 3 * (size_t) stage->height * (size_t) stage->width, room = adm_diffusion_workspace (&denoiser);
  size_t classes = stage->classifier ? (size_t) stage->classifier->description.num_classes : 0;
  size_t tiles = stage->tiled ? adm_tiling_workspace (&stage->tiling, denoiser.channels) : 0;
  status = prepare (session, stage, room + pixels + classes + tiles, error);
  stage->tiles = session->sampling + room + pixels + classes;
  stage->logits = session->sampling + room + pixels;
  const float *lows = request->low;
  for (int i = 0; i < request->count && !status; i++) {
    adm_rng rng;
    adm_rng_seed (&rng, request->seed + (uint64_t) i);
    stage->progress.image = i;
    stage->progress.images = request->count;
    stage->progress.step = 0;
    stage->progress.steps = schedule->steps;
    stage->progress.height = stage->height;
    stage->progress.width = stage->width;
    stage->low = lows ? lows + (size_t) i * 3 * (size_t) request->low_h * (size_t) request->low_w : NULL;
    stage->low_h = request->low_h;
    stage->low_w = request->low_w;
    adm_diffusion_params params = {
      .sampler = request->sampler,
      .eta = request->eta,
      .scale = stage->classifier ? request->scale : 0,
      .guide_from = request->guide_from,
      .guide_to = guidance_end (request),
      .threshold = request->threshold,
      .rng = request->noise ? NULL : &rng,
      .noise = request->noise ? request->noise + (size_t) i * pixels : NULL,
      .noise_stride = (size_t) request->count * pixels,
      .stepped = after_step,
      .user = stage,
    };
    float *x = session->sampling + room;
    status = adm_diffusion_run (&denoiser, schedule, &params, session->sampling, x, error);
    if (!status) {
      memcpy (out + (size_t) i * pixels, x, pixels * sizeof *x);
      if (finished)
        *finished = i + 1;
    }
  }
  adm_schedule_free (schedule);
  return status;
}

adm_status
adm_session_sample (adm_session *session, const adm_request *request, adm_callback callback, void *user, float *out, int *finished, adm_error *error)
{
  if (finished)
    *finished = 0;
  bool guided = request->scale > 0;
  if (guided && !session->model->classifier)
    return adm_fail (error, ADM_ERROR_USAGE, "model %s has no classifier: a gradient scale above 0 is not possible; use scale 0",
                     session->model->name);
  adm_status status = load_stage (session, ADM_PART_DIFFUSION | (guided ? ADM_PART_CLASSIFIER : 0), callback, user, error);
  if (status)
    return status;
  struct stage stage = { .network = session->diffusion, .classifier = guided ? session->classifier : NULL, .callback = callback, .user = user };
  stage.progress.stage = ADM_STAGE_SAMPLE;
  return run_stage (session, request, &stage, out, finished, error);
}

adm_status
adm_session_upscale (adm_session *session, const adm_request *request, adm_callback callback, void *user, float *out, int *finished, adm_error *error)
{
  if (finished)
    *finished = 0;
  adm_status status = load_stage (session, ADM_PART_UPSAMPLER, callback, user, error);
  if (status)
    return status;
  struct stage stage = { .network = session->upsampler, .callback = callback, .user = user };
  stage.progress.stage = ADM_STAGE_UPSAMPLE;
  return run_stage (session, request, &stage, out, finished, error);
}

adm_status
adm_session_upscale_size (adm_session *session, int *low_size, int *out_size, adm_error *error)
{
  const char *path = session->model->upsampler;
  adm_file_info info;
  if (!path)
    return no_part (session, "upsampler", &session->upsampler, error);
  adm_status status = session->upsampler ? ADM_OK : adm_file_inspect (path, &info, error);
  if (status)
    return status;
  const adm_description *d = session->upsampler ? &session->upsampler->description : &info.description;
  if (d->kind != ADM_KIND_SUPERRES)
    return adm_fail (error, ADM_ERROR_SHAPE, "%s is not an upsampler; correct the model's description", path);
  *low_size = low_side (d);
  *out_size = d->image_size;
  return ADM_OK;
}

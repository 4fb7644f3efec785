/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory runs out. Each act is done once to learn its allocations and where each comes from; then
 * again and again, with one allocation failing: the first and the last one of every place (the
 * innermost calls of the stack) that no act before it had, and every STRIDE-th besides
 * (ADM_TEST_STRIDE=1: each of them, in half an hour); now and then all that follow fail too. Every
 * time the act succeeds with the same result or is refused with one line; nothing is kept that was
 * taken, and no file is left. */
#include "faults.h"

#include "base/error.h"
#include "base/pool.h"
#include "stages.h"
#include "bytes.h"
#include "said.h"

#include <dirent.h>
#include <stdio.h>

enum { STRIDE = 499, SIDE = 32, PIXELS = 3 * SIDE * SIDE, LARGE = 3 * 64 * 64 };

#if defined __SANITIZE_ADDRESS__
const char *__lsan_default_suppressions (void);
const char *
__lsan_default_suppressions (void)
{
  return "leak:libzip\nleak:dl_open_worker_begin\n";
}
#endif
static float picture[4 * LARGE];

static uint64_t
digest (uint64_t hash, const void *data, size_t size)
{
  const unsigned char *byte = data;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ byte[i]) * 1099511628211u;
  return hash;
}

/* ---- the acts -------------------------------------------------------------------------------- */

static adm_status
load (const char *name, uint64_t *result)
{
  static const int t = 500, label = 1;
  const adm_options options = { .threads = 1 };
  adm_network *network;
  char path[600];
  snprintf (path, sizeof path, "%s/%s", ADM_TEST_FIXTURES, name);
  adm_status status = adm_network_load (path, &options, NULL, NULL, &network, &error);
  if (status) {
    CHECK (!network);
    return status;
  }
  const adm_description *d = adm_network_description (network);
  memset (picture, 0, sizeof picture);
  status = d->kind == ADM_KIND_CLASSIFIER
               ? adm_network_gradient (
                     network, &(adm_batch) { .n = 1, .x = picture, .t = &t, .labels = &label },
                     NULL, picture + LARGE, &error)
               : adm_network_evaluate (
                     network, &(adm_batch) { .n = 1, .x = picture, .t = &t, .labels = &label },
                     picture + LARGE, &error);
  *result = digest (0, picture + LARGE, PIXELS * sizeof *picture);
  adm_network_free (network);
  return status;
}

static adm_status
load_safetensors (uint64_t *result)
{
  return load ("classifier-adaptive.safetensors", result);
}

static adm_status
load_zip (uint64_t *result)
{
  return load ("unet-cond.pt", result);
}

static adm_status
load_legacy (uint64_t *result)
{
  return load ("classifier-adaptive.legacy.pt", result);
}

/* Weights that describe themselves, and a view that has to be gathered. */
static adm_status
load_described (uint64_t *result)
{
  const adm_options options = { .threads = 1 };
  adm_network *network;
  adm_status status
      = adm_network_load (folder_file ("tiny.safetensors"), &options, NULL, NULL, &network, &error);
  *result = status ? 0 : adm_network_weights_bytes (network);
  adm_network_free (network);
  return status;
}

static adm_status
read_view (uint64_t *result)
{
  float view[4] = { 0 };
  adm_weights *weights;
  adm_status status = adm_weights_open (folder_file ("view.pt"), &weights, &error);
  if (!status)
    status = adm_weights_read (weights, 0, view, &error);
  adm_weights_free (weights);
  *result = digest (0, view, sizeof view);
  return status;
}

static adm_status
inspect (uint64_t *result)
{
  adm_file_info info;
  adm_question question[ADM_MAX_QUESTIONS];
  int count;
  adm_status status = adm_file_inspect (folder_file ("lone.safetensors"), &info, &error);
  if (!status)
    status = adm_file_questions (folder_file ("lone.safetensors"), question, &count, &error);
  *result = status ? 0 : digest ((uint64_t) count, &info.parameters, sizeof info.parameters);
  return status;
}

/* A catalog that could not hold everything says so in a note, or is refused. */
static adm_status
list_models (uint64_t *result)
{
  adm_catalog *catalog;
  const char *folders[] = { folder_path };
  adm_status status = adm_catalog_new (folders, 1, &catalog, &error);
  if (status) {
    CHECK (!catalog);
    return status;
  }
  bool told = false;
  *result = 0;
  for (size_t i = 0; i < adm_catalog_count (catalog); i++) {
    const adm_model *model = adm_catalog_get (catalog, i);
    *result = digest (*result, model->id, strlen (model->id));
    *result = digest (*result, &model->class_count, sizeof model->class_count);
  }
  *result += adm_catalog_questions (catalog);
  for (size_t i = 0; i < adm_catalog_notes (catalog); i++) {
    const char *note = said (adm_catalog_note (catalog, i));
    told |= strstr (note, "no memory") || strstr (note, "Cannot allocate memory");
    *result = digest (*result, note, strlen (note));
  }
  const adm_model *found;
  if (!told
      && (status = adm_catalog_find (catalog, folder_file ("lone.safetensors"), &found, &error))
             == ADM_ERROR_FORMAT)
    status = ADM_OK; /* it asks what the tensors leave open */
  adm_catalog_free (catalog);
  return told ? adm_fail (&error, ADM_ERROR_MEMORY, "no memory, says a note") : status;
}

static char diffusion[600], classifier[600], superres[600];
static const adm_model the_model = { .id = (char *) "small",
                                     .name = (char *) "Small",
                                     .diffusion = diffusion,
                                     .classifier = classifier,
                                     .upsampler = superres,
                                     .null_class = ADM_NO_LABEL };

static adm_status
plan (uint64_t *result)
{
  adm_memory memory;
  adm_status status
      = adm_model_memory (&the_model, &(adm_options) { .program_bytes = 4 << 20 }, &memory, &error);
  *result = status ? 0 : memory.together + memory.staged;
  return status;
}

static adm_status
work (adm_session *session, const adm_request *request, bool upscale, size_t floats,
      uint64_t *result)
{
  adm_status status = upscale
                          ? session_upscale (session, request, NULL, NULL, picture, NULL, &error)
                          : session_sample (session, request, NULL, NULL, picture, NULL, &error);
  *result = digest (0, picture, floats * sizeof *picture);
  return status;
}

/* A session that was refused memory does the same work when there is some again. */
static adm_status
finish (adm_session *session, const adm_request *request, bool upscale, size_t floats,
        uint64_t *result)
{
  static uint64_t expected[3];
  uint64_t *once = &expected[upscale ? 1 + request->tiled : 0], again;
  adm_status status = work (session, request, upscale, floats, result);
  if (!status)
    *once = *result;
  else if (faults.armed && faults.fail_at % 16 == 0) {
    adm_error kept = error;
    faults_disarm ();
    CHECK (work (session, request, upscale, floats, &again) == ADM_OK && again == *once);
    error = kept;
  }
  adm_session_free (session);
  return status;
}

static adm_status
sample (uint64_t *result)
{
  adm_request request = { .label = 2,
                          .guide_label = ADM_NO_LABEL,
                          .scale = 2,
                          .sampler = ADM_SAMPLER_DPMPP_2M,
                          .steps = 2,
                          .threshold = 0.99,
                          .seed = 3,
                          .count = 1 };
  adm_session *session;
  const adm_options options = { .threads = 1 };
  adm_status status = adm_session_new (&the_model, &options, &session, &error);
  return status ? status : finish (session, &request, false, PIXELS, result);
}

static adm_status
upscale_any (int low_h, int low_w, bool tiled, uint64_t *result)
{
  static float low[3 * 20 * 20];
  adm_request request = { .label = 2,
                          .guide_label = ADM_NO_LABEL,
                          .sampler = ADM_SAMPLER_DDIM,
                          .steps = 2,
                          .seed = 3,
                          .count = 1 };
  adm_session *session;
  const adm_options options = { .threads = 1 };
  request.low = low;
  request.low_h = low_h;
  request.low_w = low_w;
  request.tiled = tiled;
  adm_status status = adm_session_new (&the_model, &options, &session, &error);
  return status ? status
                : finish (session, &request, true, 3 * 16 * (size_t) (low_h * low_w), result);
}

static adm_status
upscale (uint64_t *result)
{
  return upscale_any (16, 16, false, result);
}

static adm_status
upscale_tiles (uint64_t *result)
{
  return upscale_any (16, 20, true, result);
}

static adm_status
write_array (uint64_t *result)
{
  const int64_t shape[] = { 2, 3 };
  float *back = NULL;
  int rank;
  int64_t found[8];
  char path[600];
  snprintf (path, sizeof path, "%s/x.npy", folder_path);
  memset (picture, 0, sizeof picture);
  adm_status status = adm_npy_write (path, picture, 2, shape, &error);
  if (!status)
    status = adm_npy_read (path, &back, &rank, found, &error);
  *result = status ? 0 : digest ((uint64_t) rank, back, 6 * sizeof *back);
  free (back);
  unlink (path);
  return status;
}

static adm_status
read_jpeg (uint64_t *result)
{
  uint8_t *pixels, *alpha;
  int width, height;
  char path[600];
  snprintf (path, sizeof path, "%s/grey.jpg", ADM_TEST_FIXTURES);
  adm_status status = adm_picture_read (path, &pixels, &alpha, &width, &height, &error);
  CHECK ((pixels != NULL) == (status == ADM_OK) && !alpha);
  *result = status ? 0 : digest (0, pixels, 3 * (size_t) width * (size_t) height);
  free (pixels);
  return status;
}

static adm_status
convert (uint64_t *result)
{
  char path[600];
  struct stat info = { 0 };
  snprintf (path, sizeof path, "%s/x.safetensors", folder_path);
  adm_status status = adm_convert (diffusion, path, ADM_STORE_F16, NULL, NULL, &error);
  CHECK ((stat (path, &info) == 0) == (status == ADM_OK));
  *result = (uint64_t) info.st_size;
  unlink (path);
  return status;
}

static adm_status
write_sidecar (uint64_t *result)
{
  const adm_answer answer[] = { { "num_heads", "1" },
                                { "noise_schedule", "linear" },
                                { "use_new_attention_order", "false" } };
  char path[600];
  snprintf (path, sizeof path, "%s/lone.json", folder_path);
  adm_status status = adm_sidecar_write (folder_file ("lone.safetensors"), answer, 3, true, &error);
  CHECK ((access (path, F_OK) == 0) == (status == ADM_OK));
  unlink (path);
  *result = 1;
  return status;
}

/* ---- every allocation in turn ---------------------------------------------------------------- */

static int
files (void)
{
  int count = 0;
  DIR *folder = opendir (folder_path);
  while (readdir (folder))
    count++;
  closedir (folder);
  return count;
}

static void
try_one (const char *name, adm_status (*act) (uint64_t *), int call, bool onwards,
         uint64_t expected, int open_files)
{
  uint64_t result = 0;
  int live = faults.live, failures = check_failures;
  error = (adm_error) { .status = ADM_OK };
  faults_arm (call, onwards, false);
  adm_status status = act (&result);
  faults_disarm ();
  CHECK (faults.failed > 0);
  if (status == ADM_OK)
    CHECK (result == expected); /* the C library could do without */
  else {
    CHECK (status == error.status);
    CHECK (strlen (said (&error)) > 0 && !strchr (said (&error), '\n'));
    CHECK (status == ADM_ERROR_MEMORY || strstr (said (&error), "Cannot allocate memory"));
  }
  /* libzip itself loses a block when it runs out; what is lost once is kept for good use */
  if (faults.live != live && !faults.in_library) {
    live = faults.live;
    faults_arm (call, onwards, false);
    act (&result);
    faults_disarm ();
    CHECK (faults.live == live);
  }
  CHECK (files () == open_files);
  if (check_failures > failures)
    printf ("  %s, allocation %d%s: status %d \"%s\", %d blocks kept\n", name, call,
            onwards ? " and all after" : "", status, said (&error), faults.live - live);
}

static int
compare_places (const void *a, const void *b)
{
  const uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;
  return (x > y) - (x < y);
}

/* Whether no act before came here. */
static bool
new_place (uint64_t place)
{
  enum { MOST = 4096 };
  static uint64_t known[MOST];
  static int count;
  for (int i = 0; i < count; i++)
    if (known[i] == place)
      return false;
  if (CHECK (count < MOST))
    known[count++] = place;
  return true;
}

static void
exhaust (const char *name, adm_status (*act) (uint64_t *))
{
  static bool chosen[FAULTS_CALLS];
  const char *wish = getenv ("ADM_TEST_STRIDE");
  const int stride = wish && atoi (wish) > 0 ? atoi (wish) : STRIDE;
  static uint64_t sorted[FAULTS_CALLS];
  uint64_t expected = 0, result = 0;
  /* the first also warms the C library's own caches */
  if (!CHECK (act (&expected) == ADM_OK && act (&expected) == ADM_OK)) {
    printf ("  %s: %s\n", name, said (&error));
    return;
  }
  int kept = files ();
  faults_arm (0, false, true);
  CHECK (act (&result) == ADM_OK && result == expected);
  int calls = faults_disarm (), tried = 0, places = 0;
  if (!CHECK (calls > 0 && calls < FAULTS_CALLS))
    return;
  memcpy (sorted, faults.place, sizeof sorted);
  qsort (sorted + 1, (size_t) calls, sizeof *sorted, compare_places);
  memset (chosen, 0, sizeof chosen);
  for (int i = 1, n; i <= calls; i += n) {
    for (n = 1; i + n <= calls && sorted[i + n] == sorted[i]; n++)
      ;
    if (!new_place (sorted[i]))
      continue;
    int first = 1, last = calls;
    while (faults.place[first] != sorted[i])
      first++;
    while (faults.place[last] != sorted[i])
      last--;
    chosen[first] = chosen[last] = true;
    places++;
  }
  for (int call = 1; call <= calls; call++)
    if (chosen[call] || call % stride == 0) {
      try_one (name, act, call, false, expected, kept);
      tried++;
      if (tried % 8 == 0)
        try_one (name, act, call, true, expected, kept);
    }
  printf ("%-16s %5d allocations, from %3d places no act before had, %4d made to fail\n", name,
          calls, places, tried);
}

static void
test_threads (void)
{
  adm_pool *pool;
  for (int i = 1; i <= 7; i++) {
    char expected[64];
    int live = faults.live;
    faults.thread_call = 0;
    faults.fail_thread = i;
    CHECK (adm_pool_new (8, &pool, &error) == ADM_ERROR_MEMORY && !pool);
    snprintf (expected, sizeof expected, "thread %d of 8", i + 1);
    CHECK_CONTAINS (said (&error), expected);
    CHECK (faults.live <= live || i > 1); /* the C library keeps threads' memory */
  }
  faults.fail_thread = 0;
  CHECK (adm_pool_new (8, &pool, &error) == ADM_OK);
  adm_pool_free (pool);

  if (adm_processor_count () > 1) {
    const adm_options options = { .threads = 2 };
    adm_session *session;
    adm_network *network;
    faults.thread_call = 0;
    faults.fail_thread = 1;
    CHECK (adm_session_new (&the_model, &options, &session, &error) == ADM_ERROR_MEMORY
           && !session);
    CHECK_CONTAINS (said (&error), "could not be started");
    faults.thread_call = 0;
    CHECK (adm_network_load (diffusion, &options, NULL, NULL, &network, &error) == ADM_ERROR_MEMORY
           && !network);
    CHECK_CONTAINS (said (&error), "could not be started");
    faults.fail_thread = 0;
  }
}

int
main (void)
{
  static const struct {
    const char *name;
    adm_status (*act) (uint64_t *);
  } acts[] = {
    { "load safetensors", load_safetensors },
    { "load zip", load_zip },
    { "load legacy", load_legacy },
    { "load described", load_described },
    { "read a view", read_view },
    { "inspect", inspect },
    { "catalog", list_models },
    { "plan", plan },
    { "sample", sample },
    { "upscale", upscale },
    { "upscale in tiles", upscale_tiles },
    { "arrays", write_array },
    { "JPEG", read_jpeg },
    { "convert", convert },
    { "sidecar", write_sidecar },
  };
  void *warm[4];
  backtrace (warm, 4); /* loads its library */
  setvbuf (stdout, NULL, _IOLBF, 0);
  snprintf (diffusion, sizeof diffusion, "%s/unet-cond.pt", ADM_TEST_FIXTURES);
  snprintf (classifier, sizeof classifier, "%s/classifier-attention.pt", ADM_TEST_FIXTURES);
  snprintf (superres, sizeof superres, "%s/superres.pt", ADM_TEST_FIXTURES);
  folder_make ();
  const adm_description d = { .kind = ADM_KIND_UNET,
                              .image_size = 8,
                              .model_channels = 32,
                              .num_res_blocks = 1,
                              .levels = 2,
                              .channel_mult = { 1, 2 },
                              .attention_levels = 1,
                              .attention_resolutions = { 4 },
                              .num_classes = 4,
                              .num_heads = 1,
                              .num_heads_upsample = -1,
                              .num_head_channels = -1,
                              .learn_sigma = 1,
                              .use_scale_shift_norm = 1,
                              .diffusion_steps = 1000 };
  folder_write_weights ("lone.safetensors", &d, NULL, NULL);
  folder_write_tiny ("tiny.safetensors", ADM_KIND_CLASSIFIER);
  static const float numbers[6] = { 0, 1, 2, 3, 4, 5 };
  state_dict (FLOATS, 6, 1, (int64_t[]) { 2, 2 }, (int64_t[]) { 1, 3 }, 2);
  torch_zip ("view.pt", numbers, sizeof numbers, 0);
  folder_write ("names.txt", "one\ntwo\nthree\n");
  folder_write ("model.json",
                "{\"format\":\"adm-model-1\",\"id\":\"m\",\"name\":\"M\",\"diffusion\":\"%s\","
                "\"classifier\":\"%s\",\"classes\":\"names.txt\"}",
                diffusion, classifier);
  folder_write ("broken.json", "{\"format\":\"adm-model-1\",\"id\":");
  folder_write ("broken.pt", "PK\003\004 and no more than this");
  for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
    exhaust (acts[i].name, acts[i].act);
  test_threads ();
  folder_remove ();
  return check_summary ();
}

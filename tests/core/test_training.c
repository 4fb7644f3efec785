/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three steps of AdamW, and their moving average, against the reference in float64; crops against
 * the reference's own; importance of timesteps. */
#include "check.h"
#include "io/weights.h"
#include "train/adamw.h"
#include "train/crop.h"
#include "train/losses.h"
#include "train/parameter_file.h"
#include "train/step_sampler.h"

#include <stdlib.h>

#define FIXTURE(name) ADM_TEST_FIXTURES "/train/" name

/* ---- AdamW ----------------------------------------------------------------------------------- */

struct adamw_case {
  const char *tag, *weights;
  int t[2], labels[2];
  adm_loss_kind loss;
  double gradient_error; /* of the reference's float32 (index.json: grads_f32_err) */
};

static float *
read_npy (const char *tag, const char *what)
{
  char path[512];
  float *data;
  int rank;
  int64_t shape[8];
  adm_error error;
  snprintf (path, sizeof path, "%s%s.%s.npy", FIXTURE (""), tag, what);
  return CHECK (adm_npy_read (path, &data, &rank, shape, &error) == ADM_OK) ? data : NULL;
}

static void
gradients (adm_trainee *t, const struct adamw_case *of, const float *x0, const float *noise,
           float *x_t)
{
  const adm_description *d = &t->description;
  size_t one = 3 * (size_t) d->image_size * (size_t) d->image_size;
  double weight[2] = { 0.5, 0.5 }, loss[2], mse[2], vb[2];
  adm_schedule *schedule;
  adm_error error;
  if (!CHECK (adm_training_schedule (d, &schedule, &error) == ADM_OK))
    return;
  for (size_t i = 0; i < 2; i++)
    adm_noise_to (schedule, of->t[i], x0 + i * one, noise + i * one, x_t + i * one, one);
  adm_cross_entropy entropy
      = { .n = 2, .classes = d->num_classes, .labels = of->labels, .weight = weight, .loss = loss };
  adm_diffusion_loss diffusion = { .kind = of->loss,
                                   .learn_sigma = d->learn_sigma == 1,
                                   .schedule = schedule,
                                   .n = 2,
                                   .channels = 3,
                                   .pixels = (int) one / 3,
                                   .x0 = x0,
                                   .noise = noise,
                                   .x_t = x_t,
                                   .t = of->t,
                                   .weight = weight,
                                   .loss = loss,
                                   .mse = mse,
                                   .vb = vb,
                                   .pool = t->pool };
  adm_batch batch = { .n = 2, .x = x_t, .t = of->t, .labels = of->labels };
  memset (t->gradients, 0, (size_t) t->elements * sizeof (float));
  CHECK (adm_trainee_gradients (t, &batch,
                                d->kind == ADM_KIND_CLASSIFIER
                                    ? (adm_loss) { adm_cross_entropy_run, &entropy }
                                    : (adm_loss) { adm_diffusion_loss_run, &diffusion },
                                0, &error)
         == ADM_OK);
  adm_schedule_free (schedule);
}

#define LR 1e-3
#define DECAY 0.05

/* Relative error of VALUES against the truth in file TAG.WHAT, over all tensors, at the entries
 * that the file holds. AdamW divides a gradient by its own size: where the true one is zero (a bias
 * before a norm) rounding alone decides where the weight goes, in float32 and the reference's too.
 * Such entries are told by the truth, which moved by less than LEAST beside what decay took. */
static double
error_of (const adm_trainee *t, const float *values, const float *start, double least,
          const char *tag, const char *what)
{
  char path[512];
  adm_weights *file;
  adm_error error;
  float truth[256];
  double off = 0, norm = 0;
  int kept = 0, all = 0;
  snprintf (path, sizeof path, "%s%s.%s.safetensors", FIXTURE (""), tag, what);
  if (!CHECK (adm_weights_open (path, &file, &error) == ADM_OK))
    return INFINITY;
  CHECK (adm_weights_count (file) == t->count);
  for (size_t i = 0; i < t->count; i++) {
    const adm_parameter *p = &t->parameter[i];
    ptrdiff_t at = adm_weights_find (file, p->name);
    uint64_t count = at < 0 ? 0 : adm_weights_tensor (file, (size_t) at)->elements;
    if (!CHECK (count > 0 && count <= 256
                && adm_weights_read (file, (size_t) at, truth, &error) == ADM_OK))
      continue;
    for (uint64_t k = 0; k < count; k++) {
      uint64_t j = p->offset + k * p->elements / count;
      double share = (double) p->elements / (double) count, v = (double) truth[k];
      all++;
      if (fabs (v - (double) start[j]) <= least + 3 * LR * DECAY * fabs ((double) start[j]))
        continue;
      kept++;
      off += pow ((double) values[j] - v, 2) * share;
      norm += v * v * share;
    }
  }
  adm_weights_free (file);
  CHECK (kept > all / 2);
  return sqrt (off / norm);
}

static void
test_adamw (const struct adamw_case *of)
{
  const adm_options exact = { .threads = 2, .exact = true };
  const adm_trainee_options how = { .options = &exact, .n = 2 };
  char path[512];
  adm_trainee *t;
  adm_error error;
  snprintf (path, sizeof path, "%s%s", FIXTURE (""), of->weights);
  if (!CHECK (adm_trainee_load (path, &how, &t, &error) == ADM_OK))
    return;
  size_t count = (size_t) t->elements, one = 3 * 16 * 16;
  float *start = malloc (count * sizeof *start), *ema = malloc (count * sizeof *ema),
        *moments = calloc (2 * count, sizeof *moments), *x0 = read_npy (of->tag, "x0"),
        *noise = read_npy (of->tag, "noise"), *x_t = malloc (2 * one * sizeof *x_t);
  memcpy (start, t->weights, count * sizeof *start);
  memcpy (ema, t->weights, count * sizeof *ema);
  adm_adamw adamw = { .lr = LR,
                      .beta1 = 0.9,
                      .beta2 = 0.999,
                      .eps = 1e-8,
                      .weight_decay = DECAY,
                      .count = count,
                      .moment1 = moments,
                      .moment2 = moments + count };
  for (int step = 1; step <= 3 && x0 && noise; step++) {
    gradients (t, of, x0, noise, x_t);
    adm_adamw_step (&adamw, t->pool, step, t->gradients, t->weights);
    adm_ema_update (t->pool, count, 0.9, t->weights, ema);
    adm_trainee_pack (t);
  }
  double limit = 20 * of->gradient_error;
  double weights = error_of (t, t->weights, start, 0.1 * LR, of->tag, "adamw3"),
         average = error_of (t, ema, start, 0.02 * LR, of->tag, "ema3");
  if (!CHECK (weights <= limit && average <= limit))
    printf ("  %s: weights off by %.3g, averages by %.3g, at most %.3g\n", of->tag, weights,
            average, limit);
  adm_trainee_free (t);
  free (start), free (ema), free (moments), free (x0), free (noise), free (x_t);
}

/* ---- crops ----------------------------------------------------------------------------------- */

/* FNV-1a */
static uint64_t
hash_of (const uint8_t *bytes, size_t n)
{
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < n; i++)
    h = (h ^ bytes[i]) * 0x100000001b3u;
  return h;
}

/* The reference's center_crop_arr, by Pillow 11, of a pattern; hashes of [size,size,3]. */
static void
test_crops (void)
{
  const struct {
    int h, w, size;
    uint64_t hash;
  } cases[] = {
    { 16, 16, 16, 0x6b4c1bdfb49f1b2eu },   { 37, 53, 16, 0x80a66a3c6b48eadau },
    { 40, 33, 16, 0x2c37e569d706b634u },   { 7, 9, 16, 0x076c2cff892a629cu },
    { 200, 131, 32, 0xcb1d35d5aa557710u }, { 65, 64, 32, 0x29a28350f2deda59u },
    { 1, 1, 8, 0x4cb4dd04c7bb6565u },      { 129, 700, 16, 0xff4d597f74f65970u },
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    int h = cases[k].h, w = cases[k].w, size = cases[k].size;
    uint8_t *pixels = malloc ((size_t) (h * w * 3)), back[32 * 32 * 3];
    adm_pixmap picture = { pixels, h, w, 3 };
    float out[3 * 32 * 32];
    adm_error error;
    for (int i = 0; i < h * w * 3; i++) {
      int c = i % 3, x = i / 3 % w, y = i / 3 / w;
      pixels[i] = (uint8_t) ((x * x * 7 + y * y * 13 + x * y * 5 + c * 91 + x * y / 3 * 17) % 251);
    }
    CHECK (adm_crop_picture (&picture, (adm_crop) { .size = size }, NULL, out, &error) == ADM_OK);
    for (int i = 0; i < size * size * 3; i++)
      back[i] = (uint8_t) lrintf ((out[i % 3 * size * size + i / 3] + 1) * 127.5f);
    if (!CHECK (hash_of (back, (size_t) (size * size * 3)) == cases[k].hash))
      printf ("  %d x %d to %d\n", w, h, size);
    free (pixels);
  }
}

/* Random crops stay inside, and mirrored ones are the others' mirror images. */
static void
test_random_crops (void)
{
  enum { H = 40, W = 60, SIZE = 16 };
  static uint8_t pixels[H * W * 3];
  float out[3 * SIZE * SIZE];
  adm_error error;
  adm_rng rng;
  double left = 0;
  int mirrored = 0;
  for (int i = 0; i < H * W * 3; i++)
    pixels[i] = (uint8_t) (i / 3 % W * 4); /* brighter to the right */
  adm_rng_seed (&rng, 1);
  for (int i = 0; i < 200; i++) {
    adm_crop crop = { .size = SIZE, .random = true, .mirror = true };
    CHECK (adm_crop_picture (&(adm_pixmap) { pixels, H, W, 3 }, crop, &rng, out, &error) == ADM_OK);
    left = (double) (out[SIZE - 1] - out[0]);
    CHECK (fabs (left) > 0.2);
    mirrored += left < 0;
  }
  CHECK (mirrored > 60 && mirrored < 140);
}

/* What PIXELS [H,W,FROM], as a file has them, give a network of CHANNELS; OUT
 * [CHANNELS,SIZE,SIZE]. */
static void
shown (const uint8_t *pixels, int h, int w, int from, int channels, int size, float *out)
{
  size_t bytes = (size_t) (h * w * from);
  adm_pixmap picture = { malloc (bytes), h, w, from };
  adm_error error;
  memcpy (picture.pixels, pixels, bytes);
  if (channels == 1)
    adm_pixmap_make_grey (&picture);
  if (channels == 4)
    adm_pixmap_multiply (&picture);
  CHECK (picture.channels == channels);
  CHECK (adm_crop_picture (&picture, (adm_crop) { .size = size }, NULL, out, &error) == ADM_OK);
  free (picture.pixels);
}

/* Grey is the luma, as Pillow 11's convert ("L") and then its crop; of grey it is that grey. */
static void
test_grey (void)
{
  enum { H = 37, W = 53, SIZE = 16 };
  static uint8_t pixels[H * W * 3], back[SIZE * SIZE];
  float grey[SIZE * SIZE], rgb[3 * SIZE * SIZE];
  for (int i = 0; i < H * W * 3; i++) {
    int c = i % 3, x = i / 3 % W, y = i / 3 / W;
    pixels[i] = (uint8_t) ((x * x * 7 + y * y * 13 + x * y * 5 + c * 91 + x * y / 3 * 17) % 251);
  }
  shown (pixels, H, W, 3, 1, SIZE, grey);
  for (int i = 0; i < SIZE * SIZE; i++)
    back[i] = (uint8_t) lrintf ((grey[i] + 1) * 127.5f);
  CHECK (hash_of (back, sizeof back) == 0x8f6111eefdeb2e77u);
  for (int i = 0; i < H * W; i++)
    pixels[3 * i + 1] = pixels[3 * i + 2] = pixels[3 * i];
  shown (pixels, H, W, 3, 1, SIZE, grey);
  shown (pixels, H, W, 3, 3, SIZE, rgb);
  CHECK (memcmp (grey, rgb, sizeof grey) == 0);
}

/* What is opaque keeps its colours bit for bit; what is transparent gives none of its own to what
 * is beside it, and is white where nothing of it is seen. */
static void
test_transparent (void)
{
  enum { H = 40, W = 33, SIZE = 16, AREA = SIZE * SIZE };
  static const int colour[3] = { 200, 30, 90 };
  static uint8_t rgb[H * W * 3], rgba[H * W * 4];
  float out[4 * AREA], plain[3 * AREA];
  for (int i = 0; i < H * W; i++) {
    rgba[4 * i + 3] = 255;
    for (int c = 0; c < 3; c++)
      rgba[4 * i + c] = rgb[3 * i + c] = (uint8_t) ((i * 37 + c * 50 + i / 33 * 11) % 256);
  }
  shown (rgba, H, W, 4, 4, SIZE, out);
  shown (rgb, H, W, 3, 3, SIZE, plain);
  CHECK (memcmp (out, plain, sizeof plain) == 0);
  for (int i = 0; i < AREA; i++)
    CHECK (out[3 * AREA + i] == 1);
  /* one colour, more and less of it; the last third not at all, with another beneath */
  for (int i = 0; i < H * W; i++) {
    bool none = i / W > 2 * H / 3;
    uint8_t alpha = (uint8_t) (none ? 0 : 40 + (i * 29) % 216);
    for (int c = 0; c < 3; c++) {
      rgba[4 * i + c] = (uint8_t) (none ? 0 : colour[c]);
      rgb[3 * i + c] = alpha;
    }
    rgba[4 * i + 3] = alpha;
  }
  shown (rgba, H, W, 4, 4, SIZE, out);
  shown (rgb, H, W, 3, 3, SIZE, plain);
  CHECK (memcmp (out + 3 * AREA, plain, AREA * sizeof *plain) == 0);
  int seen = 0, unseen = 0;
  for (int i = 0; i < AREA; i++)
    for (int c = 0; c < 3; c++) {
      float level = (out[c * AREA + i] + 1) * 127.5f, a = (out[3 * AREA + i] + 1) * 127.5f;
      if (a > 30) {
        CHECK_NEAR (level, colour[c], 2 * 255 / a);
        seen++;
      } else if (a == 0) {
        CHECK (out[c * AREA + i] == 1);
        unseen++;
      }
    }
  CHECK (seen > AREA && unseen > AREA / 2);
}

static void
test_area (void)
{
  float x[3 * 16], low[3 * 4];
  for (int i = 0; i < 48; i++)
    x[i] = (float) (i % 16) / 127.5f - 1;
  adm_area_reduce (x, 4, 2, low);
  /* 0, 1, 4, 5 are 2.5 in the mean: to even */
  CHECK_NEAR (low[0], 2 / 127.5 - 1, 1e-6);
  CHECK_NEAR (low[3], 12 / 127.5 - 1, 1e-6);
}

/* ---- timesteps ------------------------------------------------------------------------------- */

static void
test_step_sampler (void)
{
  enum { T = 20, DRAWS = 40000 };
  float history[T * (ADM_STEP_HISTORY + 1)] = { 0 };
  double cumulative[T], weight, mean = 0;
  int drawn[T] = { 0 };
  adm_rng rng;
  adm_step_sampler sampler = { T, history, history + T * ADM_STEP_HISTORY };
  adm_rng_seed (&rng, 4);
  adm_step_sampler_prepare (&sampler, cumulative);
  CHECK_NEAR (cumulative[T / 2 - 1], 0.5, 1e-12); /* alike, before all are known */
  for (int i = 0; i < 2 * ADM_STEP_HISTORY; i++)
    for (int t = 0; t < T; t++)
      adm_step_sampler_note (&sampler, t, i < ADM_STEP_HISTORY ? 99 : 1 + t);
  adm_step_sampler_prepare (&sampler, cumulative);
  for (int i = 0; i < DRAWS; i++) {
    int t = adm_step_sampler_draw (&sampler, cumulative, &rng, &weight);
    drawn[t]++;
    mean += weight * (1 + t) / DRAWS; /* importance weights leave the mean loss as it is */
  }
  CHECK_NEAR (mean, (T + 1) / 2.0, 0.05);
  CHECK_NEAR (drawn[T - 1], DRAWS * (double) T / (T * (T + 1) / 2), 5 * sqrt (DRAWS * 0.095));
}

int
main (void)
{
  const struct adamw_case cases[] = {
    { "cond.train", "cond.pt", { 0, 613 }, { 1, 4 }, ADM_LOSS_RESCALED_MSE, 1.2105e-5 },
    { "plain.train", "plain.pt", { 40, 900 }, { 0, 0 }, ADM_LOSS_MSE, 1.0823e-6 },
    { "classifier.train",
      "classifier.pt",
      { 3, 742 },
      { 1, 4 },
      ADM_LOSS_CROSS_ENTROPY,
      8.8668e-7 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    test_adamw (&cases[i]);
  test_crops ();
  test_random_crops ();
  test_grey ();
  test_transparent ();
  test_area ();
  test_step_sampler ();
  return check_summary ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A description's keys, read and written. Numbers go through the JSON library, so no locale can
 * touch them. */
#include "descriptions/description_json.h"

#include "base/error.h"
#include "base/json.h"
#include "base/read_file.h"
#include "descriptions/description.h"
#include "descriptions/keys.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_JSON_FILE = 4 << 20, MAX_VALUES = 16384, MAX_DEPTH = 32 };

static const char *const kind_names[] = { "unet", "superres", "classifier", NULL };
static const char *const pool_names[]
    = { "none", "attention", "adaptive", "spatial", "spatial_v2", NULL };
static const char *const pixel_names[] = { "rgb", "grey", "rgba", NULL };
static const char *const schedule_names[] = { "linear", "cosine", NULL };

/* ---- text to JSON ---------------------------------------------------------------------------- */

adm_status
adm_json_parse (const char *text, size_t length, const char *where, yyjson_doc **out,
                adm_error *error)
{
  yyjson_read_err problem;
  *out = NULL;
  if (!adm_json_within (text, length, MAX_VALUES, MAX_DEPTH))
    return ADM_FAIL (error, JSON_DEEP, where, MAX_VALUES, MAX_DEPTH);
  /* without the in-place flag TEXT is only read */
  *out = yyjson_read_opts ((char *) text, length, YYJSON_READ_NOFLAG, NULL, &problem);
  if (!*out && problem.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
    return ADM_FAIL (error, NO_MEMORY_READ, where);
  if (!*out)
    return ADM_FAIL (error, JSON_BROKEN, where, problem.pos, problem.msg);
  if (yyjson_is_obj (yyjson_doc_get_root (*out)))
    return ADM_OK;
  yyjson_doc_free (*out);
  *out = NULL;
  return ADM_FAIL (error, JSON_OBJECT, where);
}

adm_status
adm_json_parse_file (const char *path, yyjson_doc **out, adm_error *error)
{
  *out = NULL;
  struct stat info;
  FILE *file = adm_read_open (path);
  if (!file || fstat (fileno (file), &info) != 0) {
    adm_status status = ADM_FAIL (error, FILE_OPEN, path, errno);
    if (file)
      fclose (file);
    return status;
  }
  if (!S_ISREG (info.st_mode) || info.st_size > MAX_JSON_FILE) {
    fclose (file);
    return ADM_FAIL (error, JSON_LONG, path, MAX_JSON_FILE);
  }
  size_t size = (size_t) info.st_size;
  char *text = malloc (size + 1);
  size_t got = text ? fread (text, 1, size, file) : 0;
  int problem = errno;
  bool failed = ferror (file);
  fclose (file);
  adm_status status;
  if (!text)
    status = ADM_FAIL (error, NO_MEMORY_READ, path);
  else if (failed)
    status = ADM_FAIL (error, FILE_READ, path, problem);
  else
    status = adm_json_parse (text, got, path, out, error);
  free (text);
  return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct reader {
  yyjson_val *object;
  const char *where;
  bool complete; /* no BASE: what is required must be there */
  adm_error *error;
  adm_status status; /* the first failure; later reads do nothing */
} reader;

/* KEY's value, or NULL when it is missing or null. */
static yyjson_val *
get (reader *r, const char *key, bool required)
{
  yyjson_val *value = yyjson_obj_get (r->object, key);
  if (r->status)
    return NULL;
  if (value && !yyjson_is_null (value))
    return value;
  if (required && r->complete)
    r->status = ADM_FAIL (r->error, KEY_MISSING, r->where, key);
  return NULL;
}

static void
wrong (reader *r, const char *key, adm_word must)
{
  if (!r->status)
    r->status = ADM_FAIL (r->error, KEY_KIND, r->where, key, must);
}

/* A whole number that an int holds; true when it was read. */
static bool
whole (reader *r, const char *key, yyjson_val *value, int *out)
{
  double number = yyjson_get_num (value);
  if (!yyjson_is_int (value) || fabs (number) > 1e9) {
    wrong (r, key, ADM_WORD_WHOLE_NUMBER);
    return false;
  }
  *out = (int) number;
  return true;
}

static void
read_int (reader *r, const char *key, bool required, int min, int *out)
{
  yyjson_val *value = get (r, key, required);
  if (!value || !whole (r, key, value, out) || *out >= min)
    return;
  r->status = ADM_FAIL (r->error, KEY_IMPOSSIBLE, r->where, key, *out);
}

static void
read_flag (reader *r, const char *key, bool required, int *out)
{
  yyjson_val *value = get (r, key, required);
  if (value && !yyjson_is_bool (value))
    wrong (r, key, ADM_WORD_TRUE_FALSE);
  else if (value)
    *out = yyjson_get_bool (value);
}

static int
read_name (reader *r, const char *key, bool required, const char *const *names, const char *must,
           int fallback)
{
  yyjson_val *value = get (r, key, required);
  if (!value)
    return fallback;
  for (int i = 0; names[i]; i++)
    if (yyjson_equals_str (value, names[i]))
      return i;
  if (!r->status)
    r->status = ADM_FAIL (r->error, KEY_NAME, r->where, key, must);
  return fallback;
}

static void
read_mults (reader *r, adm_description *d)
{
  static const char *const key = "channel_mult";
  const adm_word must = ADM_WORD_MULTS;
  yyjson_val *list = get (r, key, true), *item;
  if (!list)
    return;
  size_t n = yyjson_arr_size (list), i, count;
  if (!yyjson_is_arr (list) || n < 1 || n > ADM_MAX_LEVELS) {
    wrong (r, key, must);
    return;
  }
  d->levels = (int) n;
  yyjson_arr_foreach (list, i, count, item)
  {
    d->channel_mult[i] = yyjson_get_num (item);
    if (!yyjson_is_num (item) || !(d->channel_mult[i] > 0))
      wrong (r, key, must);
  }
}

/* Attention sides that BASE gave for an unknown image size count the bottom level as 1
 * (infer.h). */
static void
read_attention (reader *r, adm_description *d, bool relative)
{
  if (d->image_size == -1)
    return; /* sides of a picture of unknown size say nothing */
  static const char *const key = "attention_resolutions";
  const adm_word must = ADM_WORD_SIDES;
  yyjson_val *list = get (r, key, true), *item;
  if (!list) {
    for (int i = 0; relative && d->image_size > 0 && i < d->attention_levels; i++)
      d->attention_resolutions[i] *= d->image_size >> (d->levels - 1);
    return;
  }
  size_t n = yyjson_arr_size (list), i, count;
  if (!yyjson_is_arr (list) || n > ADM_MAX_LEVELS) {
    wrong (r, key, must);
    return;
  }
  d->attention_levels = (int) n;
  yyjson_arr_foreach (list, i, count, item)
  {
    if (!whole (r, key, item, &d->attention_resolutions[i]))
      wrong (r, key, must);
  }
}

/* in_channels and pixels; four channels are colours and alpha only where the latter says so. */
static void
read_pixels (reader *r, adm_description *d)
{
  int channels = 0;
  yyjson_val *told = get (r, "pixels", false);
  if (yyjson_equals_str (told, "latent"))
    r->status = r->status ? r->status : ADM_FAIL (r->error, KEY_LATENT, r->where);
  read_int (r, "in_channels", false, 1, &channels);
  if (told)
    d->pixels = (adm_pixels) read_name (r, "pixels", false, pixel_names,
                                        "\"rgb\", \"grey\" or \"rgba\"", (int) d->pixels);
  else if (channels)
    d->pixels = channels == 1   ? ADM_PIXELS_GREY
                : channels == 3 ? ADM_PIXELS_RGB
                                : ADM_PIXELS_UNKNOWN;
  if (!r->status && channels && channels != adm_description_channels (d))
    wrong (r, "in_channels", ADM_WORD_IN_CHANNELS);
}

/* Every key is one that a description may have. */
static void
check_keys (reader *r)
{
  size_t i, count;
  yyjson_val *key, *value;
  yyjson_obj_foreach (r->object, i, count, key, value)
  {
    const char *name = yyjson_get_str (key);
    if (!r->status && adm_key_find (name) == ADM_KEY_UNKNOWN)
      r->status = ADM_FAIL (r->error, KEY_UNKNOWN, r->where, name, adm_key_nearest (name));
  }
}

adm_status
adm_description_read (yyjson_val *object, const char *where, const adm_description *base,
                      adm_description *out, adm_error *error)
{
  reader r = { .object = object, .where = where, .complete = !base, .error = error };
  adm_description d
      = { .num_heads = -1, .num_heads_upsample = -1, .learn_sigma = -1, .diffusion_steps = 1000 };
  if (base)
    d = *base;
  bool relative = base && base->image_size == -1;
  int ignored = 0;

  check_keys (&r);

  d.kind = (adm_kind) read_name (&r, "kind", true, kind_names,
                                 "\"unet\", \"superres\" or \"classifier\"", d.kind);
  read_int (&r, "image_size", true, 1, &d.image_size);
  read_int (&r, "model_channels", true, 1, &d.model_channels);
  read_int (&r, "num_res_blocks", true, 1, &d.num_res_blocks);
  read_mults (&r, &d);
  read_attention (&r, &d, relative);
  yyjson_val *classes = yyjson_obj_get (object, "num_classes");
  if (classes && yyjson_is_null (classes))
    d.num_classes = 0;
  else
    read_int (&r, "num_classes", true, 1, &d.num_classes);
  read_int (&r, "num_head_channels", true, -1, &d.num_head_channels);
  read_int (&r, "num_heads", d.num_head_channels == -1, -1, &d.num_heads);
  if (!r.status && !base && d.num_head_channels == -1 && d.num_heads == -1)
    wrong (&r, "num_heads", ADM_WORD_HEADS);
  read_int (&r, "num_heads_upsample", false, -1, &d.num_heads_upsample);
  read_flag (&r, "use_scale_shift_norm", true, &d.use_scale_shift_norm);
  read_flag (&r, "resblock_updown", true, &d.resblock_updown);
  read_flag (&r, "use_new_attention_order", true, &d.use_new_attention_order);
  d.noise_schedule
      = (adm_schedule_kind) read_name (&r, "noise_schedule", true, schedule_names,
                                       "\"linear\" or \"cosine\"", (int) d.noise_schedule);
  if (d.kind == ADM_KIND_CLASSIFIER)
    d.pool = (adm_pool_kind) read_name (
        &r, "pool", true, pool_names, "\"attention\", \"adaptive\", \"spatial\" or \"spatial_v2\"",
        (int) d.pool);
  read_flag (&r, "learn_sigma", false, &d.learn_sigma);
  read_flag (&r, "rescale_residual", false, &d.rescale_residual);
  read_int (&r, "small_size", false, 1, d.kind == ADM_KIND_SUPERRES ? &d.small_size : &ignored);
  read_int (&r, "diffusion_steps", false, 1, &d.diffusion_steps);
  read_flag (&r, "rescale_timesteps", false, &d.rescale_timesteps);
  read_flag (&r, "predict_xstart", false, &d.predict_xstart);
  read_flag (&r, "sigma_small", false, &d.sigma_small);
  read_pixels (&r, &d);
  read_int (&r, "training_steps", false, 0, &ignored);
  read_int (&r, "training_pictures", false, 0, &ignored);
  if (!r.status)
    r.status = adm_description_validate (&d, where, error);
  if (!r.status)
    *out = d;
  return r.status;
}

adm_status
adm_description_parse (const char *text, size_t length, const char *where, adm_description *out,
                       adm_error *error)
{
  yyjson_doc *doc;
  adm_status status = adm_json_parse (text, length, where, &doc, error);
  if (status)
    return status;
  status = adm_description_read (yyjson_doc_get_root (doc), where, NULL, out, error);
  yyjson_doc_free (doc);
  return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool
add_int (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, int value, bool known)
{
  return known ? yyjson_mut_obj_add_int (doc, object, key, value)
               : yyjson_mut_obj_add_null (doc, object, key);
}

static bool
add_flag (yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, int value)
{
  return value >= 0 ? yyjson_mut_obj_add_bool (doc, object, key, value != 0)
                    : yyjson_mut_obj_add_null (doc, object, key);
}

static bool
add_lists (yyjson_mut_doc *doc, yyjson_mut_val *object, const adm_description *d)
{
  yyjson_mut_val *list = yyjson_mut_obj_add_arr (doc, object, "channel_mult");
  bool ok = list;
  for (int i = 0; i < d->levels; i++) {
    double mult = d->channel_mult[i];
    if (mult == floor (mult))
      ok &= yyjson_mut_arr_add_int (doc, list, (int64_t) mult);
    else
      ok &= yyjson_mut_arr_add_real (doc, list, mult);
  }
  if (d->image_size == -1)
    return ok && yyjson_mut_obj_add_null (doc, object, "attention_resolutions");
  list = yyjson_mut_obj_add_arr (doc, object, "attention_resolutions");
  for (int i = 0; i < d->attention_levels; i++)
    ok &= yyjson_mut_arr_add_int (doc, list, d->attention_resolutions[i]);
  return ok && list;
}

static bool
add_keys (yyjson_mut_doc *doc, yyjson_mut_val *object, const adm_description *d)
{
  bool ok = true, heads_known = d->num_heads != -1 || d->num_head_channels != -1;
  ok &= yyjson_mut_obj_add_str (doc, object, "kind", kind_names[d->kind]);
  ok &= add_int (doc, object, "image_size", d->image_size, d->image_size != -1);
  if (d->kind == ADM_KIND_SUPERRES && d->small_size)
    ok &= yyjson_mut_obj_add_int (doc, object, "small_size", d->small_size);
  ok &= yyjson_mut_obj_add_int (doc, object, "model_channels", d->model_channels);
  ok &= yyjson_mut_obj_add_int (doc, object, "num_res_blocks", d->num_res_blocks);
  ok &= add_lists (doc, object, d);
  ok &= add_int (doc, object, "num_classes", d->num_classes, d->num_classes > 0);
  if (d->num_heads != -1 || !heads_known)
    ok &= add_int (doc, object, "num_heads", d->num_heads, heads_known);
  if (d->num_heads_upsample != -1)
    ok &= yyjson_mut_obj_add_int (doc, object, "num_heads_upsample", d->num_heads_upsample);
  ok &= add_int (doc, object, "num_head_channels", d->num_head_channels, heads_known);
  if (d->kind != ADM_KIND_CLASSIFIER)
    ok &= add_flag (doc, object, "learn_sigma", d->learn_sigma);
  ok &= add_flag (doc, object, "use_scale_shift_norm", d->use_scale_shift_norm);
  ok &= add_flag (doc, object, "resblock_updown", d->resblock_updown);
  ok &= add_flag (doc, object, "use_new_attention_order", d->use_new_attention_order);
  ok &= add_flag (doc, object, "rescale_residual", d->rescale_residual);
  if (d->noise_schedule == ADM_SCHEDULE_UNKNOWN)
    ok &= yyjson_mut_obj_add_null (doc, object, "noise_schedule");
  else
    ok &= yyjson_mut_obj_add_str (doc, object, "noise_schedule", schedule_names[d->noise_schedule]);
  if (d->kind == ADM_KIND_CLASSIFIER)
    ok &= yyjson_mut_obj_add_str (doc, object, "pool", pool_names[d->pool]);
  ok &= yyjson_mut_obj_add_int (doc, object, "diffusion_steps", d->diffusion_steps);
  ok &= add_flag (doc, object, "rescale_timesteps", d->rescale_timesteps);
  if (d->kind != ADM_KIND_CLASSIFIER)
    ok &= add_flag (doc, object, "predict_xstart", d->predict_xstart);
  if (d->kind != ADM_KIND_CLASSIFIER && !d->learn_sigma)
    ok &= add_flag (doc, object, "sigma_small", d->sigma_small);
  ok &= yyjson_mut_obj_add_int (doc, object, "in_channels", adm_description_channels (d));
  if (d->pixels == ADM_PIXELS_UNKNOWN)
    ok &= yyjson_mut_obj_add_null (doc, object, "pixels");
  else if (d->pixels == ADM_PIXELS_RGBA)
    ok &= yyjson_mut_obj_add_str (doc, object, "pixels", "rgba");
  return ok;
}

int
adm_description_to_json (const adm_description *description, char *buffer, size_t size)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  if (!doc)
    return -1;
  yyjson_mut_val *object = yyjson_mut_obj (doc);
  yyjson_mut_doc_set_root (doc, object);
  size_t length;
  char *text = add_keys (doc, object, description)
                   ? yyjson_mut_write (doc, YYJSON_WRITE_NOFLAG, &length)
                   : NULL;
  yyjson_mut_doc_free (doc);
  if (!text)
    return -1;
  if (size > 0) {
    size_t copied = length < size ? length : size - 1;
    memcpy (buffer, text, copied);
    buffer[copied] = '\0';
  }
  free (text);
  return (int) length;
}

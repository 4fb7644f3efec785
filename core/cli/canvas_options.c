/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See canvas_options.h. */
#include "cli/canvas_options.h"

#include "cli/program.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
canvas_options_specs (canvas_options *o, option_spec *specs)
{
  /* clang-format off */
  const option_spec all[CANVAS_SPECS] = {
    { .name = "--size", .type = OPTION_TEXT, .value = &o->size },
    { .name = "--seamless", .type = OPTION_TEXT, .value = &o->seamless },
    { .name = "--init", .type = OPTION_TEXT, .value = &o->init },
    { .name = "--strength", .type = OPTION_REAL, .value = &o->strength,
      .given = &o->strength_given, .min = 0, .max = 1 },
    { .name = "--mask", .type = OPTION_TEXT, .value = &o->mask },
    { .name = "--map", .type = OPTION_TEXT, .value = &o->map },
    { .name = "--legend", .type = OPTION_TEXT, .value = &o->legend },
    { .name = "--guidance", .type = OPTION_TEXT, .value = &o->guidance },
    { .name = "--vary", .type = OPTION_TEXT, .value = &o->vary },
    { .name = "--texture-size", .type = OPTION_REAL, .value = &o->texture_size, .min = 0.25,
      .max = 8 },
    { .name = "--anchor", .type = OPTION_REAL, .value = &o->anchor, .min = 0.01, .max = 1 },
    { .name = "--jump-length", .type = OPTION_INT, .value = &o->jump_length, .min = 1,
      .max = 1000 },
    { .name = "--resamplings", .type = OPTION_INT, .value = &o->resamplings, .min = 1,
      .max = 1000 },
    { .name = "--mend-seams", .type = OPTION_FLAG, .value = &o->mend_seams },
  };
  /* clang-format on */
  memcpy (specs, all, sizeof all);
}

bool
canvas_classes_weighted (const char *classes)
{
  return classes && strchr (classes, '=');
}

/* "WxH". */
static bool
parse_size (const char *text, int *width, int *height)
{
  char end;
  const char *x = strchr (text, 'x');
  return text[strspn (text, "0123456789x")] == '\0' && x && *text != 'x'
         && sscanf (text, "%5dx%5d%c", width, height, &end) == 2 && *width >= 1 && *height >= 1
         && *width <= 16384 && *height <= 16384;
}

/* "SEED:AMOUNT". */
static bool
parse_vary (const char *text, uint64_t *seed, double *amount)
{
  char *end;
  if (*text < '0' || *text > '9')
    return false;
  errno = 0;
  *seed = strtoull (text, &end, 10);
  return !errno && *end == ':' && options_real (end + 1, 0, 1, amount);
}

adm_status
canvas_options_check (const canvas_options *o, const char *classes, adm_error *error)
{
  int width, height;
  uint64_t seed;
  double amount;
  if (o->size && !parse_size (o->size, &width, &height))
    return program_fail (error, ADM_ERROR_USAGE,
                         "--size: '%s' is not WIDTHxHEIGHT, each 1 to 16384, such as 812x430",
                         o->size);
  if (o->seamless && strcmp (o->seamless, "x") && strcmp (o->seamless, "y")
      && strcmp (o->seamless, "xy"))
    return program_fail (error, ADM_ERROR_USAGE, "--seamless: '%s' is not x, y or xy", o->seamless);
  if ((o->mask || o->mend_seams || o->strength_given) && !o->init)
    return program_fail (error, ADM_ERROR_USAGE, "%s needs a picture to start from; give --init",
                         o->mask         ? "--mask"
                         : o->mend_seams ? "--mend-seams"
                                         : "--strength");
  if (o->mask && o->mend_seams)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--mask and --mend-seams cannot both be given; choose one");
  if ((o->jump_length || o->resamplings) && !o->mask && !o->mend_seams)
    return program_fail (error, ADM_ERROR_USAGE,
                         "%s is for a picture of which a part stays; give --mask or --mend-seams",
                         o->resamplings ? "--resamplings" : "--jump-length");
  if (!o->map != !o->legend)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--map and --legend go together: a picture, and which colour is which "
                         "class");
  if (o->map && classes)
    return program_fail (error, ADM_ERROR_USAGE,
                         "--map and --class cannot both be given; choose one");
  if (o->guidance && strcmp (o->guidance, "classifier") && strcmp (o->guidance, "free"))
    return program_fail (error, ADM_ERROR_USAGE, "--guidance: '%s' is not classifier or free",
                         o->guidance);
  if (o->vary && !parse_vary (o->vary, &seed, &amount))
    return program_fail (error, ADM_ERROR_USAGE,
                         "--vary: '%s' is not SEED:AMOUNT, the amount from 0 to 1, such as 7:0.2",
                         o->vary);
  return ADM_OK;
}

/* ---- classes --------------------------------------------------------------------------------- */

/* A colour of a legend. */
typedef struct swatch {
  double colour[3];
} swatch;

/* One NAME=VALUE of a list: VALUE a weight, or with SWATCH "#rrggbb". */
static adm_status
parse_class (const char *option, char *item, const adm_model *model, adm_class_weight *out,
             swatch *colour, adm_error *error)
{
  char *value = strrchr (item, '=');
  unsigned rgb;
  out->weight = 1;
  if (value)
    *value++ = '\0';
  bool ok = value && *item;
  if (ok && colour)
    ok = *value == '#' && strlen (value) == 7 && strspn (value + 1, "0123456789abcdefABCDEF") == 6
         && sscanf (value + 1, "%x", &rgb) == 1;
  else if (ok)
    ok = options_real (value, 0, 1e5, &out->weight) && out->weight > 0;
  if (!ok)
    return program_fail (error, ADM_ERROR_USAGE, "%s: '%s%s%s' is not CLASS=%s", option, item,
                         value ? "=" : "", value ? value : "",
                         colour ? "#rrggbb" : "WEIGHT, a number above 0");
  for (int c = 0; colour && c < 3; c++)
    colour->colour[c] = rgb >> (16 - 8 * c) & 0xff;
  return adm_model_label (model, item, &out->label, error);
}

/* LIST's entries, comma by comma; COLOURS [64] NULL: weights. */
static adm_status
parse_classes (const char *option, const char *list, const adm_model *model, canvas_inputs *in,
               swatch *colours, adm_error *error)
{
  char *text = strdup (list), *rest = text, *item;
  adm_status status = ADM_OK;
  in->classes = calloc (64, sizeof *in->classes);
  if (!text || !in->classes)
    status = program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for the classes", option);
  while (!status && (item = strsep (&rest, ","))) {
    if (in->class_count == 64)
      status
          = program_fail (error, ADM_ERROR_USAGE, "%s: more than 64 classes; give fewer", option);
    else
      status = parse_class (option, item, model, &in->classes[in->class_count],
                            colours ? &colours[in->class_count] : NULL, error);
    in->class_count++;
  }
  free (text);
  return status;
}

/* ---- pictures -------------------------------------------------------------------------------- */

/* Reads PATH, which must be as large as the canvas, or tells how large that is. */
static adm_status
read_plane (const char *option, const char *path, adm_canvas *canvas, uint8_t **pixels,
            adm_error *error)
{
  int width, height;
  adm_status status = adm_picture_read (path, pixels, NULL, &width, &height, error);
  if (status)
    return status;
  if (!canvas->height) {
    canvas->height = height;
    canvas->width = width;
  }
  if (width == canvas->width && height == canvas->height)
    return ADM_OK;
  free (*pixels);
  *pixels = NULL;
  return program_fail (error, ADM_ERROR_SHAPE,
                       "%s: %s is %d x %d px, the picture to be made %d x %d; resize it", option,
                       path, width, height, canvas->width, canvas->height);
}

static size_t
area (const adm_canvas *c)
{
  return (size_t) c->height * (size_t) c->width;
}

/* Whether BYTES more than the program holds are allowed. */
static bool
fits (const canvas_inputs *in, uint64_t bytes)
{
  const uint64_t held = adm_process_memory ();
  return !in->memory_limit || (held < in->memory_limit && bytes <= in->memory_limit - held);
}

static adm_status
no_memory (const adm_canvas *c, adm_error *error)
{
  return program_fail (error, ADM_ERROR_MEMORY,
                       "no memory for a picture of %d x %d px; make it smaller", c->width,
                       c->height);
}

static adm_status
read_init (const canvas_options *o, canvas_inputs *in, adm_error *error)
{
  adm_canvas *c = &in->canvas;
  adm_status status = read_plane ("--init", o->init, c, &in->init, error);
  if (status)
    return status;
  if (fits (in, 3 * area (c) * sizeof *in->start))
    in->start = malloc (3 * area (c) * sizeof *in->start);
  if (!in->start)
    return no_memory (c, error);
  adm_pixels_from_u8 (in->init, c->height, c->width, in->start);
  c->init = in->start;
  /* A mask or a seam alone asks for all of what it marks. */
  c->strength = o->strength_given ? o->strength : o->mask || o->mend_seams ? 1 : 0.6;
  c->mend_seams = o->mend_seams;
  c->jump_length = o->jump_length;
  c->resamplings = o->resamplings;
  return ADM_OK;
}

static adm_status
read_mask (const canvas_options *o, canvas_inputs *in, adm_error *error)
{
  adm_canvas *c = &in->canvas;
  uint8_t *pixels;
  adm_status status = read_plane ("--mask", o->mask, c, &pixels, error);
  if (status)
    return status;
  bool any = false;
  in->mask = malloc (area (c) * sizeof *in->mask);
  for (size_t i = 0; in->mask && i < area (c); i++) {
    in->mask[i] = (float) (pixels[3 * i] + pixels[3 * i + 1] + pixels[3 * i + 2]) / 765;
    any = any || in->mask[i] > 0;
  }
  free (pixels);
  if (!in->mask)
    return no_memory (c, error);
  c->mask = in->mask;
  return any ? ADM_OK
             : program_fail (error, ADM_ERROR_USAGE,
                             "--mask: %s is black everywhere; paint white what is to be made",
                             o->mask);
}

/* Two classes cannot have one colour. */
static adm_status
check_legend (const canvas_inputs *in, const swatch *colours, adm_error *error)
{
  for (int k = 1; k < in->class_count; k++)
    for (int j = 0; j < k; j++)
      if (memcmp (colours[j].colour, colours[k].colour, sizeof colours[k].colour) == 0)
        return program_fail (error, ADM_ERROR_USAGE,
                             "--legend: #%02x%02x%02x stands for two classes; give each a colour "
                             "of its own",
                             (unsigned) colours[k].colour[0], (unsigned) colours[k].colour[1],
                             (unsigned) colours[k].colour[2]);
  return ADM_OK;
}

/* So far a pixel may be from a colour and still be meant as it: JPEG's noise, not another paint. */
#define NEAR 64.0

static bool
is_near (const uint8_t *pixel, const swatch *colours, int n)
{
  for (int k = 0; k < n; k++) {
    double distance = 0;
    for (int c = 0; c < 3; c++)
      distance += pow (pixel[c] - colours[k].colour[c], 2);
    if (distance <= NEAR * NEAR)
      return true;
  }
  return false;
}

/* Each pixel between its two nearest colours by where it lies between them: soft strokes blend. */
static void
weigh (const uint8_t *pixel, const swatch *colours, int n, size_t plane, float *maps)
{
  double distance[64], sum = 0;
  int nearest = 0, second = -1;
  for (int k = 0; k < n; k++) {
    distance[k] = 0;
    for (int c = 0; c < 3; c++)
      distance[k] += pow (pixel[c] - colours[k].colour[c], 2);
    nearest = distance[k] < distance[nearest] ? k : nearest;
  }
  for (int k = 0; k < n; k++)
    if (k != nearest && (second < 0 || distance[k] < distance[second]))
      second = k;
  double share = 1;
  if (second >= 0) {
    double along = 0;
    for (int c = 0; c < 3; c++) {
      double d = colours[second].colour[c] - colours[nearest].colour[c];
      along += d * (pixel[c] - colours[nearest].colour[c]);
      sum += d * d;
    }
    share = sum > 0 ? 1 - fmin (fmax (along / sum, 0), 1) : 1;
  }
  for (int k = 0; k < n; k++)
    maps[(size_t) k * plane] = (float) (k == nearest ? share : k == second ? 1 - share : 0);
}

static adm_status
read_map (const canvas_options *o, const adm_model *model, canvas_inputs *in, adm_error *error)
{
  adm_canvas *c = &in->canvas;
  swatch colours[64];
  uint8_t *pixels;
  adm_status status = parse_classes ("--legend", o->legend, model, in, colours, error);
  if (!status)
    status = check_legend (in, colours, error);
  if (!status)
    status = read_plane ("--map", o->map, c, &pixels, error);
  if (status)
    return status;
  bool any = false;
  for (size_t i = 0; i < area (c) && !any; i++)
    any = is_near (pixels + 3 * i, colours, in->class_count);
  if (!any) {
    free (pixels);
    return program_fail (error, ADM_ERROR_USAGE,
                         "--map: %s shows no colour of --legend; give the colours that it is "
                         "painted in",
                         o->map);
  }
  if (fits (in, (uint64_t) in->class_count * area (c) * sizeof *in->maps))
    in->maps = malloc ((size_t) in->class_count * area (c) * sizeof *in->maps);
  for (size_t i = 0; in->maps && i < area (c); i++)
    weigh (pixels + 3 * i, colours, in->class_count, area (c), in->maps + i);
  free (pixels);
  if (!in->maps)
    return no_memory (c, error);
  for (int k = 0; k < in->class_count; k++)
    in->classes[k].map = in->maps + (size_t) k * area (c);
  return ADM_OK;
}

adm_status
canvas_inputs_read (const canvas_options *o, const adm_model *model, const char *classes,
                    canvas_inputs *in, adm_request *request, adm_error *error)
{
  adm_canvas *c = &in->canvas;
  adm_status status = ADM_OK;
  if (o->size)
    parse_size (o->size, &c->width, &c->height);
  c->seamless_x = o->seamless && strchr (o->seamless, 'x');
  c->seamless_y = o->seamless && strchr (o->seamless, 'y');
  c->texture_size = o->texture_size;
  c->anchor = o->anchor;
  if (o->vary)
    parse_vary (o->vary, &request->vary_seed, &request->vary);
  if (o->guidance)
    request->guidance
        = strcmp (o->guidance, "free") == 0 ? ADM_GUIDANCE_FREE : ADM_GUIDANCE_CLASSIFIER;
  if (o->init)
    status = read_init (o, in, error);
  if (!status && o->mask)
    status = read_mask (o, in, error);
  if (!status && o->map)
    status = read_map (o, model, in, error);
  if (!status && canvas_classes_weighted (classes))
    status = parse_classes ("--class", classes, model, in, NULL, error);
  request->classes = in->classes;
  request->class_count = in->class_count;
  return status;
}

void
canvas_inputs_clear (canvas_inputs *in)
{
  free (in->init);
  free (in->start);
  free (in->mask);
  free (in->maps);
  free (in->classes);
}

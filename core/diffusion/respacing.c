/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The spellings of respacing (the reference's space_timesteps). In a section the position is a
 * double that GROWS by the stride: adding, not multiplying, decides which side of a half it falls
 * on (21 of 1000 steps tell the difference). */
#include "diffusion/respacing.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

enum { MAX_COUNT = 1000000 }; /* keeps the arithmetic below far from overflow */

/* Reads a plain decimal number no larger than LIMIT, and moves *TEXT behind it. */
static bool
read_count (const char **text, int limit, int *out)
{
  const char *c = *text;
  int value = 0;
  if (*c < '0' || *c > '9')
    return false;
  for (; *c >= '0' && *c <= '9'; c++) {
    value = value * 10 + (*c - '0');
    if (value > limit)
      return false;
  }
  *text = c;
  *out = value;
  return true;
}

int
adm_respacing_stride (int count, int diffusion_steps)
{
  if (count < 1)
    return 0;
  for (int stride = 1; stride < diffusion_steps; stride++)
    if ((diffusion_steps + stride - 1) / stride == count)
      return stride;
  return 0;
}

static void
mark_section (bool *keep, int start, int size, int count)
{
  double stride = count <= 1 ? 1.0 : (double) (size - 1) / (count - 1);
  double position = 0.0;
  for (int i = 0; i < count; i++) {
    keep[start + (int) nearbyint (position)] = true;
    position += stride;
  }
}

static adm_status
mark_sections (const char *respacing, int diffusion_steps, bool *keep, adm_error *error)
{
  int sections = 1;
  for (const char *c = respacing; *c; c++)
    sections += *c == ',';
  int start = 0;
  const char *text = respacing;
  for (int i = 0; i < sections; i++) {
    int size = diffusion_steps / sections + (i < diffusion_steps % sections), count;
    if (!read_count (&text, MAX_COUNT, &count) || *text != (i + 1 < sections ? ',' : '\0'))
      return ADM_FAIL (error, RESPACING_SPELLING, respacing);
    if (count > size)
      return ADM_FAIL (error, RESPACING_MANY, respacing, count, size);
    mark_section (keep, start, size, count);
    start += size;
    text++;
  }
  return ADM_OK;
}

/* TEXT: timesteps, ascending, between commas. */
static adm_status
mark_timesteps (const char *respacing, const char *text, int diffusion_steps, bool *keep,
                adm_error *error)
{
  for (int t, last = -1;; last = t, text++) {
    if (!read_count (&text, MAX_COUNT, &t) || (*text && *text != ','))
      return ADM_FAIL (error, RESPACING_LIST, respacing);
    if (t <= last || t >= diffusion_steps)
      return ADM_FAIL (error, RESPACING_ORDER, respacing, t, diffusion_steps);
    keep[t] = true;
    if (!*text)
      return ADM_OK;
  }
}

adm_status
adm_respacing_parse (const char *respacing, int diffusion_steps, bool *keep, int *kept,
                     adm_error *error)
{
  memset (keep, 0, (size_t) diffusion_steps * sizeof *keep);
  if (strncmp (respacing, "t=", 2) == 0) {
    adm_status status = mark_timesteps (respacing, respacing + 2, diffusion_steps, keep, error);
    if (status != ADM_OK)
      return status;
  } else if (strncmp (respacing, "ddim", 4) == 0) {
    const char *text = respacing + 4;
    int count;
    if (!read_count (&text, MAX_COUNT, &count) || *text)
      return ADM_FAIL (error, RESPACING_DDIM, respacing);
    int stride = adm_respacing_stride (count, diffusion_steps);
    if (stride == 0)
      return ADM_FAIL (error, RESPACING_STRIDE, respacing, diffusion_steps, count);
    for (int t = 0; t < diffusion_steps; t += stride)
      keep[t] = true;
  } else {
    adm_status status = mark_sections (respacing, diffusion_steps, keep, error);
    if (status != ADM_OK)
      return status;
  }
  int n = 0;
  for (int t = 0; t < diffusion_steps; t++)
    n += keep[t];
  if (n < 2)
    return n == 1 ? ADM_FAIL (error, RESPACING_ONE, respacing)
                  : ADM_FAIL (error, RESPACING_FEW, respacing, n);
  *kept = n;
  return ADM_OK;
}

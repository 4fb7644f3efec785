/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a training script puts around a network: wrappers leave a prefix on every name (module.,
 * _orig_mod., model.), diffusion classes their schedules' arrays. The network is where the tensor
 * is that every network of the family begins with. */
#include "io/weights_file.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static const char anchor[] = "time_embed.0.weight";

/* Whether NAME, without its prefix, is one that a network of the family may have. */
static bool
belongs (const char *name)
{
  static const char *const parts[]
      = { "time_embed.", "label_emb.", "input_blocks.", "middle_block.", "output_blocks.", "out." };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strncmp (name, parts[i], strlen (parts[i])) == 0)
      return true;
  return false;
}

/* Length of the prefix before the anchor in NAME, or -1. A prefix ends in a dot. */
static ptrdiff_t
prefix_of (const char *name)
{
  size_t length = strlen (name), tail = sizeof anchor - 1;
  if (length < tail || strcmp (name + length - tail, anchor)
      || (length > tail && name[length - tail - 1] != '.'))
    return -1;
  return (ptrdiff_t) (length - tail);
}

/* Whether a word of the prefix NAME [N] begins with "ema". */
static bool
says_average (const char *name, size_t n)
{
  for (size_t i = 0; i + 3 < n; i++)
    if (strncmp (name + i, "ema", 3) == 0 && (i == 0 || name[i - 1] == '_' || name[i - 1] == '.'))
      return true;
  return false;
}

/* The name that begins with the network's prefix: the shortest, but an average's before all. NULL:
 * there is no network. */
static const char *
find_prefix (const adm_weights *w, size_t *length)
{
  const char *best = NULL;
  bool averaged = false;
  for (size_t i = 0; i < w->count; i++) {
    const char *name = w->tensor[i].name;
    ptrdiff_t n = prefix_of (name);
    if (n < 0)
      continue;
    bool ema = says_average (name, (size_t) n);
    if (!best || (ema && !averaged) || (ema == averaged && (size_t) n < *length)) {
      best = name;
      averaged = ema;
      *length = (size_t) n;
    }
  }
  return best;
}

/* Adds NAME to the list of what is passed over. */
static bool
note (adm_weights *w, const char *name, size_t *used)
{
  size_t length = strlen (name);
  char *more = realloc (w->passed_over, *used + length + 3);
  if (!more)
    return false;
  w->passed_over = more;
  if (*used) {
    memcpy (more + *used, ", ", 2);
    *used += 2;
  }
  memcpy (more + *used, name, length + 1);
  *used += length;
  return true;
}

adm_status
adm_weights_trim (adm_weights *w, adm_error *error)
{
  size_t length = 0, kept = 0, used = 0;
  bool noted = true;
  const char *found = find_prefix (w, &length);
  if (!found || length >= sizeof w->prefix)
    return ADM_OK;
  memcpy (w->prefix, found, length);
  w->prefix[length] = '\0';
  for (size_t i = 0; i < w->count; i++) {
    char *name = (char *) w->tensor[i].name;
    bool own = strncmp (name, w->prefix, length) == 0 && belongs (name + length);
    if (own) {
      memmove (name, name + length, strlen (name + length) + 1);
      w->tensor[kept] = w->tensor[i];
      w->place[kept++] = w->place[i];
    } else {
      noted = noted && note (w, name, &used);
      free (name);
    }
  }
  w->count = kept;
  return noted ? ADM_OK : ADM_FAIL (error, NO_MEMORY_READ, w->path);
}

const char *
adm_weights_inside (const adm_weights *weights)
{
  return *weights->inside ? weights->inside : NULL;
}

const char *
adm_weights_prefix (const adm_weights *weights)
{
  return *weights->prefix ? weights->prefix : NULL;
}

const char *
adm_weights_passed_over (const adm_weights *weights)
{
  return weights->passed_over;
}

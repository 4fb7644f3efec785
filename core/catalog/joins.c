/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Published checkpoints joined into models: see joins.h. */
#include "catalog/joins.h"

#include "descriptions/published.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const adm_join joins[ADM_JOINS] = {
  { "imagenet-64", "ImageNet 64", { "64x64_diffusion", "64x64_classifier", "64_256_upsampler" },
    "imagenet-1000.txt" },
  { "imagenet-128", "ImageNet 128",
    { "128x128_diffusion", "128x128_classifier", "128_512_upsampler" }, "imagenet-1000.txt" },
  { "imagenet-256", "ImageNet 256", { "256x256_diffusion", "256x256_classifier", NULL },
    "imagenet-1000.txt" },
  { "imagenet-256-uncond", "ImageNet 256 (unconditional)",
    { "256x256_diffusion_uncond", "256x256_classifier", NULL }, "imagenet-1000.txt" },
  { "imagenet-512", "ImageNet 512", { "512x512_diffusion", "512x512_classifier", NULL },
    "imagenet-1000.txt" },
  { "lsun-bedroom", "LSUN Bedroom", { "lsun_bedroom", NULL, NULL }, NULL },
  { "lsun-cat", "LSUN Cat", { "lsun_cat", NULL, NULL }, NULL },
  { "lsun-horse", "LSUN Horse", { "lsun_horse", NULL, NULL }, NULL },
  { "lsun-horse-nodropout", "LSUN Horse (no dropout)",
    { "lsun_horse_nodropout", NULL, NULL }, NULL },
};
/* clang-format on */

const adm_join *
adm_join_needing (const char *name, const adm_join *previous)
{
  for (const adm_join *join = previous ? previous + 1 : joins; join < joins + ADM_JOINS; join++)
    for (int k = 0; k < ADM_PARTS; k++)
      if (join->parts[k] && strcmp (join->parts[k], name) == 0)
        return join;
  return NULL;
}

bool
adm_found_keep (adm_found *found, const char *name, const char *path, bool *needed,
                const char **first)
{
  bool kept = true;
  *needed = false;
  *first = NULL;
  for (int i = 0; i < ADM_JOINS; i++)
    for (int k = 0; k < ADM_PARTS; k++) {
      char **place = &found->path[i][k];
      if (!joins[i].parts[k] || strcmp (joins[i].parts[k], name) != 0)
        continue;
      *needed = true;
      *first = *place;
      if (!*place && !(*place = strdup (path)))
        kept = false;
    }
  return kept;
}

/* Parts alone are asked about after whole models, and in order. */
bool
adm_found_worth_joining (const adm_found *found, int i)
{
  char *const *files = found->path[i];
  if (files[0])
    return true;
  for (int k = 1; k < ADM_PARTS; k++) {
    bool shown = !files[k];
    for (int j = 0; !shown && j < ADM_JOINS; j++) {
      const char *other = found->path[j][k];
      shown = other && strcmp (other, files[k]) == 0 && (found->path[j][0] || j < i);
    }
    if (!shown)
      return true;
  }
  return false;
}

const char *
adm_found_classes (const adm_found *found, int i)
{
  bool labelled
      = found->path[i][1] || adm_published_find (joins[i].parts[0])->description.num_classes > 0;
  return labelled ? joins[i].classes : NULL;
}

adm_status
adm_found_join (const adm_found *found, int i, const char *classes, adm_model **out,
                adm_error *error)
{
  char *const *files = found->path[i];
  adm_model_parts parts
      = { .folder = "",
          .id = joins[i].id,
          .name = joins[i].name,
          .part = { files[0], files[1], files[2] },
          .published = { joins[i].parts[0], joins[i].parts[1], joins[i].parts[2] },
          .path = files[0]   ? files[0]
                  : files[1] ? files[1]
                             : files[2],
          .classes = classes,
          .null_class = ADM_NO_LABEL };
  return adm_model_build (&parts, out, error);
}

void
adm_found_clear (adm_found *found)
{
  for (int i = 0; i < ADM_JOINS; i++)
    for (int k = 0; k < ADM_PARTS; k++)
      free (found->path[i][k]);
  *found = (adm_found) { 0 };
}

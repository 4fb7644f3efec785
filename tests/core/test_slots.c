/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walk's slots: each says what it is and where it goes, and measuring takes what placing takes.
 * With the cursor that both lay memory out by. */
#include "check.h"
#include "networks/classifier.h"
#include "networks/unet.h"
#include "nn/parameters.h"
#include "said.h"

#include <stdlib.h>

struct seen {
  int slots, roles[ADM_ROLE_EMBEDDING + 1];
  uint64_t elements;
  bool measure;
  adm_parameters parameters;
  uint64_t end; /* of what has been placed */
};

static bool
ends (const char *name, const char *suffix)
{
  size_t n = strlen (name), m = strlen (suffix);
  return n >= m && strcmp (name + n - m, suffix) == 0;
}

static adm_status
look (const adm_slot *slot, void *user, adm_error *error)
{
  struct seen *seen = user;
  bool packed = slot->role == ADM_ROLE_CONV_WEIGHT || slot->role == ADM_ROLE_CONV1D_WEIGHT;
  bool bias = slot->role == ADM_ROLE_CONV_BIAS || slot->role == ADM_ROLE_LINEAR_BIAS
              || slot->role == ADM_ROLE_NORM_BIAS;
  uint64_t elements = 1;
  for (int i = 0; i < slot->rank; i++)
    elements *= (uint64_t) slot->shape[i];
  seen->slots++;
  seen->roles[slot->role]++;
  seen->elements += elements;
  CHECK (slot->elements == elements);
  CHECK (packed == (slot->conv != NULL) && packed == (slot->place == NULL));
  if (!CHECK (bias == ends (slot->name, ".bias")
              && (bias || slot->role == ADM_ROLE_EMBEDDING || ends (slot->name, ".weight"))))
    printf ("  %s\n", slot->name);
  CHECK (slot->role != ADM_ROLE_CONV_WEIGHT || slot->rank == 4);
  CHECK ((slot->role != ADM_ROLE_NORM_WEIGHT && !bias) || slot->rank == 1);

  adm_status status = adm_parameters_place (&seen->parameters, slot, error);
  if (!seen->measure) {
    const unsigned char *at = packed ? slot->conv->packed : (const unsigned char *) *slot->place;
    CHECK (at >= seen->parameters.memory.base + seen->end && (uintptr_t) at % 64 == 0);
    seen->end = seen->parameters.memory.bytes;
    CHECK (!packed || !slot->conv_t || seen->parameters.gradient == (slot->conv_t->packed != NULL));
  }
  return status;
}

static adm_status
walk (const adm_description *d, struct seen *seen, adm_error *error)
{
  adm_slots slots = { .visit = look, .user = seen, .error = error };
  adm_unet unet;
  adm_classifier classifier;
  adm_status status = d->kind == ADM_KIND_CLASSIFIER
                          ? adm_classifier_bind (&slots, d, &classifier, error)
                          : adm_unet_bind (&slots, d, &unet, error);
  if (d->kind == ADM_KIND_CLASSIFIER)
    adm_classifier_clear (&classifier);
  else
    adm_unet_clear (&unet);
  return status;
}

static void
one_network (const adm_description *d, int embeddings)
{
  adm_error error;
  bool gradient = d->kind == ADM_KIND_CLASSIFIER;
  struct seen measured = { .measure = true, .parameters = { .gradient = gradient } };
  if (!CHECK (walk (d, &measured, &error) == ADM_OK)) {
    printf ("  %s\n", said (&error));
    return;
  }
  CHECK (measured.parameters.count == measured.elements
         && measured.roles[ADM_ROLE_EMBEDDING] == embeddings);
  CHECK (measured.roles[ADM_ROLE_NORM_WEIGHT] == measured.roles[ADM_ROLE_NORM_BIAS]);
  CHECK (measured.roles[ADM_ROLE_LINEAR_WEIGHT] == measured.roles[ADM_ROLE_LINEAR_BIAS]);
  CHECK (measured.roles[ADM_ROLE_CONV_WEIGHT] + measured.roles[ADM_ROLE_CONV1D_WEIGHT]
         == measured.roles[ADM_ROLE_CONV_BIAS]);

  uint64_t bytes = measured.parameters.memory.bytes;
  struct seen placed = { .parameters = { .gradient = gradient } };
  placed.parameters.memory.base = aligned_alloc (64, (size_t) (bytes + 63) / 64 * 64);
  CHECK (walk (d, &placed, &error) == ADM_OK);
  CHECK (placed.slots == measured.slots && placed.parameters.memory.bytes == bytes);
  free (placed.parameters.memory.base);
}

static void
test_layout (void)
{
  static unsigned char block[256] __attribute__ ((aligned (64)));
  adm_layout counted = { 0 }, placed = { .base = block };
  for (int i = 0; i < 3; i++) {
    CHECK (adm_layout_take (&counted, 5, 16) == NULL);
    CHECK ((unsigned char *) adm_layout_take (&placed, 5, 16) == block + 16 * i);
  }
  CHECK ((unsigned char *) adm_layout_floats (&placed, 3) == block + 64);
  adm_layout_floats (&counted, 3);
  CHECK (counted.bytes == placed.bytes && placed.bytes == 76);
  const uint64_t impossible[] = { UINT64_MAX, UINT64_MAX / sizeof (float), UINT64_MAX / 2 };
  for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
    adm_layout full = { .base = block, .bytes = 100 };
    CHECK (adm_layout_floats (&full, impossible[i]) == NULL && full.bytes == UINT64_MAX);
    CHECK (adm_layout_take (&full, 1, 1) == NULL && full.bytes == UINT64_MAX);
  }
}

int
main (void)
{
  adm_description d = {
    .kind = ADM_KIND_UNET, .image_size = 64, .model_channels = 32, .num_res_blocks = 1, .levels = 2
  };
  d.channel_mult[0] = 1, d.channel_mult[1] = 2;
  d.attention_levels = 1, d.attention_resolutions[0] = 32;
  d.num_classes = 3;
  d.num_head_channels = 32, d.num_heads = 1;
  d.learn_sigma = d.use_scale_shift_norm = 1;
  test_layout ();
  one_network (&d, 1);
  d.resblock_updown = 1;
  one_network (&d, 1);
  d.kind = ADM_KIND_CLASSIFIER;
  for (adm_pool_kind pool = ADM_POOL_ATTENTION; pool <= ADM_POOL_SPATIAL_V2; pool++) {
    d.pool = pool;
    one_network (&d, pool == ADM_POOL_ATTENTION);
  }
  return check_summary ();
}

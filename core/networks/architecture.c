/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walks a network only to hear the names. */
#include "networks/architecture.h"

#include "networks/classifier.h"
#include "networks/unet.h"

int
adm_description_channels (const adm_description *d)
{
  return d->pixels == ADM_PIXELS_RGB ? 3 : d->pixels == ADM_PIXELS_GREY ? 1 : 4;
}

int
adm_low_side (const adm_description *d)
{
  return d->small_size > 0 ? d->small_size : d->image_size / 4;
}

struct listing {
  adm_tensor_visitor visit;
  void *user;
};

static adm_status
list_slot (const adm_slot *slot, void *user, adm_error *error)
{
  struct listing *listing = user;
  (void) error;
  listing->visit (slot->name, slot->rank, slot->shape, listing->user);
  return ADM_OK;
}

adm_status
adm_architecture_list (const adm_description *description, adm_tensor_visitor visit, void *user,
                       adm_error *error)
{
  struct listing listing = { visit, user };
  adm_slots slots = { .visit = list_slot, .user = &listing, .error = error };
  adm_status status;
  if (description->kind == ADM_KIND_CLASSIFIER) {
    adm_classifier classifier;
    status = adm_classifier_bind (&slots, description, &classifier, error);
    adm_classifier_clear (&classifier);
  } else {
    adm_unet unet;
    status = adm_unet_bind (&slots, description, &unet, error);
    adm_unet_clear (&unet);
  }
  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Binds a network without memory or file, only to hear the names. */
#include "models/architecture.h"

#include "models/classifier.h"
#include "models/unet.h"

adm_status
adm_architecture_list (const adm_description *description, adm_tensor_visitor visit, void *user, adm_error *error)
{
  adm_params params = { .visit = visit, .user = user, .error = error };
  adm_status status;
  if (description->kind == ADM_KIND_CLASSIFIER) {
    adm_classifier classifier;
    status = adm_classifier_bind (&params, description, &classifier, error);
    adm_classifier_clear (&classifier);
  } else {
    adm_unet unet;
    status = adm_unet_bind (&params, description, &unet, error);
    adm_unet_clear (&unet);
  }
  return status;
}

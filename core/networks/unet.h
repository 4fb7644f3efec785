/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UNetModel and SuperResModel (paper, section 3): encoder, middle, and a decoder that takes the
 * encoder's outputs back, last first. */
#ifndef ADM_NETWORKS_UNET_H
#define ADM_NETWORKS_UNET_H

#include "networks/encoder.h"
#include "nn/time_embedding.h"

typedef struct adm_unet {
  adm_description description;
  adm_time_embedding embedding;
  adm_encoder encoder;
  int decoder_count;
  adm_unet_block *decoder;       /* output_blocks */
  adm_norm_weights out_norm;     /* out.0 */
  adm_conv out_conv, out_conv_t; /* out.2 [C or 2 C, width, 3, 3] */
  adm_map *skips;                /* [encoder.count], used during a forward */
  /* used while training */
  adm_map *extra;                      /* [encoder.count] gradients by the skips */
  adm_encoder_saved saved;             /* of the encoder */
  adm_unet_block_saved *decoder_saved; /* [decoder_count] */
} adm_unet;

adm_status adm_unet_bind (adm_slots *slots, const adm_description *description, adm_unet *unet,
                          adm_error *error);
void adm_unet_clear (adm_unet *unet);

/* OUT [N,C or 2 C,S,S]. */
void adm_unet_forward (adm_exec *exec, adm_unet *unet, const adm_batch *batch, float *out);

/* Forward, LOSS, and backward: adds the parameters' gradients (exec->train must be set). */
void adm_unet_train (adm_exec *exec, adm_unet *unet, const adm_batch *batch, adm_loss loss);

#endif

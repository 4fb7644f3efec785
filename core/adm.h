/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: inference for ablated diffusion models (Dhariwal & Nichol 2021, "Diffusion Models Beat
 * GANs on Image Synthesis", arXiv 2105.05233). This and the headers it
 * includes are the public ones.
 *
 * Legend
 *   N images, C channels, H height, W width, K classes, T diffusion steps (1000).
 *   pixels    float32 in [-1, 1], [N,3,H,W] (planar, as in .npy files); 8-bit pixels are [H,W,3].
 *   t         the ORIGINAL timestep number, 0 … T-1 (T-1 is the noisiest), whatever the respacing.
 *   label     0 … K-1, or ADM_NO_LABEL.
 *   s         gradient scale of classifier guidance, 0 = diversity, larger = fidelity (paper,
 *             section 4).
 *   x0        the predicted clean picture, x̂0.
 *
 * Errors: a function that can fail returns adm_status and fills a caller-owned adm_error (never
 * NULL) with one line that says what, where and what to do; on failure its outputs are NULL or
 * untouched. Every _free accepts NULL. Nothing here exits, prints, aborts or keeps globals. Handles
 * may be used from any thread, one thread at a time.
 */
#ifndef ADM_H
#define ADM_H

#include "adm_array.h"
#include "adm_description.h"
#include "adm_error.h"
#include "adm_evaluate.h"
#include "adm_model.h"
#include "adm_network.h"
#include "adm_options.h"
#include "adm_session.h"
#include "adm_taught.h"
#include "adm_train.h"

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The weights that a training begins with. */
#ifndef ADM_TRAIN_INITIAL_H
#define ADM_TRAIN_INITIAL_H

#include "networks/trainee.h"

/* As the reference's constructors leave them: uniform within 1 / sqrt (inputs) (He et al. 2015, as
 * PyTorch has it), norms 1 and 0, label tables normal, positions normal over sqrt (channels), and
 * zero the last layer of each residual and attention block and of the network. Packs. */
void adm_trainee_initialise (adm_trainee *trainee, uint64_t seed);

#endif

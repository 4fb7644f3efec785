/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dropout (Srivastava et al. 2014), as in the residual blocks of the networks while they train. */
#ifndef ADM_OPS_DROPOUT_H
#define ADM_OPS_DROPOUT_H

#include "ops/exec.h"

/* X [N,H,W,C]: each entry 0 with probability SHARE (0 … 1, not 1), else over 1 - SHARE. Which ones
 * is a function of KEY and the entry's number alone, so the backward is the same call on the
 * gradient, and nothing is kept in between. */
void adm_dropout (adm_exec *exec, float share, uint64_t key, adm_map x);

/* 64 bits that depend on every bit of A and B (splitmix64's finaliser, Steele et al. 2014). */
uint64_t adm_mix (uint64_t a, uint64_t b);

#endif

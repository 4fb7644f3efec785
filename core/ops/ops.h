/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Index page of the kernels. Inside the networks a feature map is [N,H,W,C], channels last:
 * transforms and norms vectorise over channels, a 1x1 convolution is a plain product, nothing is
 * ever reordered.
 *
 *   conv2d         3x3 and 1x1 convolutions with everything before and after them fused in
 *     source         … what comes before: norm, SiLU, resampling, concatenation, padding
 *     conv_weights   … how weights are kept, for which algorithm
 *     conv_epilogue  … what comes after: bias, embedding, skip connection
 *     winograd       … F(4x4,3x3), for large maps
 *   conv_gradient  a convolution's gradient by its weights
 *   dropout        for training
 *   group_norm     statistics, folded with AdaGN into one multiply-add a channel; backward
 *   linear         y = W x + b; silu
 *   attention      softmax (Q K^T / sqrt d) V for both channel orders; backward
 *   resize2d       bilinear enlargement, changes of layout at the borders, resampling of gradients
 *   embedding      sinusoidal timestep embedding
 *   matmul         products of small matrices, for attention
 *   gemm           OpenBLAS's sgemm peak, the yardstick of the benchmarks (adm.h)
 *   exec           what every kernel takes: workspace, threads, counting, cancelling
 *   kernels        the inner loops, for each instruction set
 *
 * Work is cut into units by shape alone, never by the number of threads, so results are
 * byte-identical for any. Backward means the gradient by the input (and, of norms, by the
 * parameters), gradient that by the parameters; both stand beside their forward;
 * every optimised kernel has a slow readable twin, *_ref, which the tests hold it against. */
#ifndef ADM_OPS_OPS_H
#define ADM_OPS_OPS_H

#include "ops/attention.h"
#include "ops/conv2d.h"
#include "ops/conv_gradient.h"
#include "ops/dropout.h"
#include "ops/embedding.h"
#include "ops/exec.h"
#include "ops/group_norm.h"
#include "ops/linear.h"
#include "ops/matmul.h"
#include "ops/resize2d.h"

#endif

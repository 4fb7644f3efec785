/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One place where tensors' names, shapes and roles meet. */
#include "nn/slots.h"

#include "base/checked.h"
#include "base/error.h"

#include <stdio.h>

/* Completes SLOT and shows it. SUFFIX NULL: the name ends with CHILD. */
static void
emit (adm_slots *slots, const char *prefix, const char *child, const char *suffix, adm_slot slot)
{
  char name[160];
  snprintf (name, sizeof name, "%s.%s%s%s", prefix, child, suffix ? "." : "", suffix ? suffix : "");
  slot.name = name;
  slot.elements = 1;
  for (int i = 0; i < slot.rank && !slots->status; i++)
    if (!adm_mul_u64 (slot.elements, (uint64_t) slot.shape[i], &slot.elements))
      slots->status = ADM_FAIL (slots->error, TENSOR_UNCOUNTED, name);
  if (!slots->status)
    slots->status = slots->visit (&slot, slots->user, slots->error);
}

struct target {
  const float **place;
  float **gradient;
};

static void
emit_vector (adm_slots *slots, const char *prefix, const char *child, const char *suffix,
             adm_role role, int n, struct target to)
{
  emit (slots, prefix, child, suffix,
        (adm_slot) {
            .role = role, .rank = 1, .shape = { n }, .place = to.place, .gradient = to.gradient });
}

static void
emit_conv (adm_slots *slots, const char *prefix, const char *child, adm_slot slot,
           adm_conv_shape of)
{
  *slot.conv = (adm_conv) { .cin = of.cin, .cout = of.cout, .size = of.size, .stride = of.stride };
  if (slot.conv_t) /* the gradient of a stride of 2 works on the input's size, zeros between */
    *slot.conv_t = (adm_conv) { .cin = of.cout, .cout = of.cin, .size = of.size, .stride = 1 };
  slot.gradient = &slot.conv->dw;
  slot.h = of.h;
  slot.w = of.w;
  emit (slots, prefix, child, "weight", slot);
  emit_vector (slots, prefix, child, "bias", ADM_ROLE_CONV_BIAS, of.cout,
               (struct target) { &slot.conv->bias, &slot.conv->dbias });
}

void
adm_slots_conv (adm_slots *slots, const char *prefix, const char *child, adm_conv_shape of,
                adm_conv *conv, adm_conv *conv_t)
{
  emit_conv (slots, prefix, child,
             (adm_slot) { .role = ADM_ROLE_CONV_WEIGHT,
                          .rank = 4,
                          .shape = { of.cout, of.cin, of.size, of.size },
                          .conv = conv,
                          .conv_t = conv_t },
             of);
}

void
adm_slots_conv1d (adm_slots *slots, const char *prefix, const char *child, adm_conv_shape of,
                  adm_conv *conv, adm_conv *conv_t)
{
  of.size = of.stride = 1;
  emit_conv (slots, prefix, child,
             (adm_slot) { .role = ADM_ROLE_CONV1D_WEIGHT,
                          .rank = 3,
                          .shape = { of.cout, of.cin, 1 },
                          .conv = conv,
                          .conv_t = conv_t },
             of);
}

void
adm_slots_linear (adm_slots *slots, const char *prefix, const char *child, int rank, int in,
                  int out, adm_linear_weights *linear)
{
  *linear = (adm_linear_weights) { .in = in, .out = out };
  emit (slots, prefix, child, "weight",
        (adm_slot) { .role = ADM_ROLE_LINEAR_WEIGHT,
                     .rank = rank,
                     .shape = { out, in, 1, 1 },
                     .place = &linear->w,
                     .place16 = &linear->w16,
                     .gradient = &linear->dw });
  emit_vector (slots, prefix, child, "bias", ADM_ROLE_LINEAR_BIAS, out,
               (struct target) { &linear->b, &linear->db });
}

void
adm_slots_norm (adm_slots *slots, const char *prefix, const char *child, int c,
                adm_norm_weights *norm)
{
  *norm = (adm_norm_weights) { 0 };
  emit_vector (slots, prefix, child, "weight", ADM_ROLE_NORM_WEIGHT, c,
               (struct target) { &norm->w, &norm->dw });
  emit_vector (slots, prefix, child, "bias", ADM_ROLE_NORM_BIAS, c,
               (struct target) { &norm->b, &norm->db });
}

void
adm_slots_embedding (adm_slots *slots, const char *prefix, const char *child, int64_t rows,
                     int64_t columns, adm_table *table)
{
  *table = (adm_table) { 0 };
  emit (slots, prefix, child, NULL,
        (adm_slot) { .role = ADM_ROLE_EMBEDDING,
                     .rank = 2,
                     .shape = { rows, columns },
                     .place = &table->w,
                     .gradient = &table->dw });
}

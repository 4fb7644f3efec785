/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Double buffering: unit 0 of a batch reads, the others pack the convolution that was read
 * before. */
#include "nn/loader.h"

#include <stddef.h>

struct batch {
  adm_loader *loader;
  const adm_slot *slot; /* to be read; NULL: none */
  float *out;
  int forward; /* units that pack the waiting convolution; the others its gradient */
  adm_error *error;
  adm_status status;
};

static void
batch_unit (void *arg, int unit, int worker)
{
  struct batch *b = arg;
  adm_loader *l = b->loader;
  (void) worker;
  if (unit == 0 && b->slot)
    b->status = l->read (b->slot->name, b->slot->elements, b->out, l->read_user, b->error);
  else if (unit > 0 && unit <= b->forward)
    adm_conv_pack_panel (l->waiting.conv, l->waiting.raw, false, unit - 1,
                         (void *) l->waiting.conv->packed);
  else if (unit > 0)
    adm_conv_pack_panel (l->waiting.conv_t, l->waiting.raw, true, unit - 1 - b->forward,
                         (void *) l->waiting.conv_t->packed);
}

/* Reads SLOT (NULL: none) and packs what waits beside it. */
static adm_status
run_batch (adm_loader *loader, const adm_slot *slot, float *out, adm_error *error)
{
  struct batch b = { .loader = loader, .slot = slot, .out = out, .error = error };
  b.forward = loader->waiting.conv ? adm_conv_panels (loader->waiting.conv) : 0;
  adm_pool_run (loader->pool,
                1 + b.forward
                    + (loader->waiting.conv_t ? adm_conv_panels (loader->waiting.conv_t) : 0),
                batch_unit, &b);
  loader->waiting.conv = loader->waiting.conv_t = NULL;
  return b.status;
}

void
adm_loader_finish (adm_loader *loader)
{
  if (loader->waiting.conv)
    run_batch (loader, NULL, NULL, NULL);
}

/* Small tensors do not wait for a packing. */
static adm_status
read_tensor (adm_loader *loader, const adm_slot *slot, float *out, adm_error *error)
{
  enum { SMALL = 1 << 14 };
  adm_status status = slot->elements < SMALL
                          ? loader->read (slot->name, slot->elements, out, loader->read_user, error)
                          : run_batch (loader, slot, out, error);
  if (!status && loader->done)
    status = loader->done (slot->elements, loader->user, error);
  return status;
}

adm_status
adm_loader_measure (const adm_slot *slot, void *user, adm_error *error)
{
  adm_loader *loader = user;
  if (slot->conv || adm_parameters_narrows (&loader->parameters, slot)) {
    if (slot->elements + loader->last_floats > loader->raw_floats)
      loader->raw_floats = slot->elements + loader->last_floats;
    if (slot->conv)
      loader->last_floats = slot->elements;
  }
  return adm_parameters_place (&loader->parameters, slot, error);
}

/* The end of RAW that does not wait for being packed, with room for SLOT's tensor. */
static float *
free_end (const adm_loader *loader, const adm_slot *slot)
{
  return loader->at_end ? loader->raw + (loader->raw_floats - slot->elements) : loader->raw;
}

/* By way of RAW, where it does not stay. */
static adm_status
read_narrow (adm_loader *loader, const adm_slot *slot, adm_error *error)
{
  float *raw = free_end (loader, slot);
  adm_status status = read_tensor (loader, slot, raw, error);
  uint16_t *out = (uint16_t *) *slot->place16;
  if (!status)
    loader->narrow (slot->elements, raw, out);
  return status;
}

adm_status
adm_loader_load (const adm_slot *slot, void *user, adm_error *error)
{
  adm_loader *loader = user;
  adm_status status = adm_parameters_place (&loader->parameters, slot, error);
  if (status)
    return status;
  if (adm_parameters_narrows (&loader->parameters, slot))
    return read_narrow (loader, slot, error);
  if (!slot->conv)
    return read_tensor (loader, slot, (float *) *slot->place, error);

  float *raw = free_end (loader, slot);
  loader->at_end = !loader->at_end;
  status = read_tensor (loader, slot, raw, error);
  if (status)
    return status;
  adm_loader_finish (loader); /* the tensor was small: what waited still does */
  loader->waiting.conv = slot->conv;
  loader->waiting.conv_t = loader->parameters.gradient ? slot->conv_t : NULL;
  loader->waiting.raw = raw;
  adm_conv_pack_start (slot->conv, raw);
  if (loader->waiting.conv_t)
    adm_conv_pack_start (slot->conv_t, raw);
  return ADM_OK;
}

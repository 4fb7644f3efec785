/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Canvases and channels: see canvas-check.h. */
#include "canvas-check.h"

#include <glib/gi18n-lib.h>

#include "plugin-error.h"

/* Whether TASK asks for a picture of SIDE pixels, the network's own, and for nothing else. */
static gboolean
is_plain (const adm_task *task, int side)
{
  const adm_canvas *c = &task->generate.canvas;
  gboolean own = c->width == 0 || (c->width == side && c->height == side);

  return own && !c->seamless_x && !c->seamless_y && !c->init && !c->mask && !c->mend_seams
         && (c->texture_size == 0.0 || c->texture_size == 1.0)
         && task->generate.sample.class_count == 0;
}

gboolean
canvas_check (const adm_model *model, UiSettings *settings, adm_task *task, GError **error)
{
  adm_request *request = &task->generate.sample;
  int side = task->generate.upscaled ? model->upsampled_size : model->image_size;
  gboolean plain = is_plain (task, side), freely = adm_request_guides_freely (model, request);
  adm_file_info info;

  if ((plain && !freely) || adm_file_inspect (model->diffusion, &info, &(adm_error) { 0 }) != ADM_OK
      || adm_description_channels (&info.description) == 3)
    return TRUE; /* a file that cannot be read is told of when it is loaded */
  if (!plain) {
    g_set_error (
        error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
        adm_description_channels (&info.description) == 1
            ? _ ("“%s” makes grey pictures, of %d × %d pixels alone. Switch on “At natural "
                 "size” under More, and start from nothing; or choose a model of colors.")
            : _ ("“%s” makes pictures with transparency, of %d × %d pixels alone. Switch "
                 "on “At natural size” under More, and start from nothing; or choose a "
                 "model of colors."),
        model->name, side, side);
    return FALSE;
  }
  request->scale = settings->scale = 0.0;
  return TRUE;
}

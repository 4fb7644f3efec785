/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure that upsamples a layer.
 */
#ifndef ADM_UPSCALE_H
#define ADM_UPSCALE_H

#include <libgimp/gimp.h>

#include "adm.h"
#include "region.h"
#include "ui/settings.h"

#define UPSCALE_PROCEDURE "plug-in-adm-upscale"

/* What is to be known of an upsampling network: the sides of its input and output, and how many
 * steps it can take (0: not known, so its file is opened). */
typedef struct {
  int input, output, most_steps;
} UpscaleNetwork;

/* The TASK of upsampling REGION with MODEL by SETTINGS, as arguments_to_upscale; in tiles or not,
 * and of the source the size, which its low_w and low_h tell: the pixels are the caller's to bring
 * (region_input). FALSE with ERROR set. */
gboolean upscale_task (const Region *region, UiSettings *settings, const adm_model *model,
                       UpscaleNetwork network, adm_task *task, GError **error);

/* How much there is to do, as UiBackend.amount wants it. */
gboolean upscale_amount (const Region *region, const UiSettings *settings, const adm_model *model,
                         UpscaleNetwork network, double amount[2]);

/* The procedure with its documentation, arguments, and return values "image" and "layers". */
GimpProcedure *upscale_create (GimpPlugIn *plug_in);

#endif

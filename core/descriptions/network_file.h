/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network from its weights file. */
#ifndef ADM_DESCRIPTIONS_NETWORK_FILE_H
#define ADM_DESCRIPTIONS_NETWORK_FILE_H

#include "networks/network.h"

/* Calls USE with SOURCE completed from its file SOURCE->name, which tells description and weights;
 * ADM_ERROR_FORMAT where it leaves one open. */
typedef adm_status (*adm_source_user) (const adm_network_source *source, void *user,
                                       adm_error *error);
adm_status adm_network_source_of_file (const adm_network_source *source, adm_source_user use,
                                       void *user, adm_error *error);

/* adm_network_open of the file SOURCE->name, which tells description and weights; ADM_ERROR_FORMAT
 * where it leaves one open. */
adm_status adm_network_open_file (const adm_network_source *source, const adm_options *options,
                                  adm_pool *pool, adm_workspace *workspace, uint64_t limit,
                                  adm_network **out, adm_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the desktop's own programs show: folders, and the help.
 */
#ifndef ADM_DESKTOP_H
#define ADM_DESKTOP_H

/* Opens the file or folder PATH. Returns NULL, or why it could not, to be freed. */
char *desktop_open (const char *path);
/* Opens the help that lies beside the plug-in, in the same way: at SECTION, or at its beginning
 * (NULL). */
char *desktop_open_help (const char *section);

#endif

#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Renews README's pictures of the window: what the tests in GIMP photographed, cut to the window.
set -eu
cd "$(dirname "$0")/.."
meson test -C build plugin-window plugin-checkpoints
convert build/screenshots/gimp-compared.png -crop 926x682+177+109 +repage -strip docs/window.png
convert build/screenshots/gimp-models.png -crop 926x682+177+109 +repage -strip docs/models.png

#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Renews README's pictures: the demo's contact sheet, the sheet of classes, and the window as the tests in GIMP photographed it.
# Run it as: ./setup shell -- docs/renew-pictures.sh
set -eu
cd "$(dirname "$0")/.."
python3 tests/plugin/demo.py
convert build/demo/demo.png -strip docs/demo.png
python3 docs/make-sheet.py
meson test -C build plugin-window plugin-checkpoints
convert build/screenshots/gimp-compared.png -crop 926x682+177+109 +repage -strip docs/window.png
convert build/screenshots/gimp-models.png -crop 926x682+177+109 +repage -strip docs/models.png

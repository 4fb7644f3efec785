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
meson test -C build plugin-artist plugin-checkpoints
convert build/screenshots/gimp-artist-varied.png -crop 911x699+184+100 +repage -strip docs/window.png
convert build/screenshots/gimp-models.png -crop 911x699+184+100 +repage -strip docs/models.png

#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Renews README's and the tour's pictures: the demo's contact sheet, the sheet of classes, and the window as the tests in GIMP photographed it.
# Run it as: ./setup shell -- docs/renew-pictures.sh
set -eu
cd "$(dirname "$0")/.."
python3 tests/plugin/demo.py
convert build/demo/demo.png -strip docs/demo.png
python3 docs/make-sheet.py
python3 docs/make-anchor.py
meson test -C build plugin-artist plugin-canvas-window plugin-taught-window plugin-checkpoints
convert build/screenshots/gimp-artist-varied.png -crop 911x699+184+100 +repage -strip docs/window.png
convert build/screenshots/gimp-models.png -crop 911x699+184+100 +repage -strip docs/models.png
mkdir -p docs/tour
for name in canvas-made canvas-pattern artist-changed artist-mended artist-filled artist-map artist-map-made artist-varied models; do
  convert "build/screenshots/gimp-$name.png" -crop 911x699+184+100 +repage -resize 640x -colors 128 -strip "docs/tour/$name.png"
done
convert build/screenshots/gimp-teach-learning.png -resize 800x -colors 128 -strip docs/tour/teach-learning.png

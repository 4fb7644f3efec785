#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# newcomer.sh SUITE ARCHIVE PACKAGE.deb OUT: as root. How long a newcomer waits: a bare Debian, GIMP, the package, the first layer that GIMP makes
# with it (tests/package/bare.sh does it, and takes it all away again). What depends on the network is told apart from what depends on us.
set -eu -o pipefail
here=$(dirname "$(readlink -f "$0")")
bash "$here/../package/bare.sh" "$@" >&2
python3 - "$4/newcomer.json" <<'END'
import json
import sys

seconds = json.load(open(sys.argv[1], encoding="utf-8"))
rows = (("a bare system (download, unpacking)", "root_seconds"), ("GIMP and OpenBLAS (download, unpacking)", "gimp_seconds"), ("the package", "package_seconds"),
        ("GIMP's start and the first layer", "first_layer_seconds"), ("from nothing to the first layer", "all_seconds"),
        ("the program's first picture", "first_picture_seconds"))
print("| step | seconds |\n|---|---|")
for what, key in rows:
    print(f"| {what} | {seconds[key]:.1f} |")
END

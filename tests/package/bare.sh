#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# bare.sh SUITE ARCHIVE PACKAGE.deb OUT [SOURCE]: as root. A bare Debian gets the package as an artist would install it; its GIMP makes a first layer,
# which is saved as OUT/first-layer.png; the package goes again, without a trace. Times go to OUT/newcomer.json, each in seconds: the bare root,
# GIMP, the package, the first layer, the program's first picture, and all of it up to the layer. With SOURCE, this project's folder, the package
# then comes back beside a compiler: docs/examples is compiled against it and makes a picture, and so does what Debian's autopkgtest would run.
set -eu -o pipefail
suite=$1 address=$2 package=$(readlink -f "$3") out=$(readlink -f "$4") source=${5:-}

# Runs inside, as the hook's shell: $1 is the root.
export ADM_PACKAGE=$package ADM_OUT=$out ADM_SOURCE=$source ADM_BEGAN=$(date +%s.%N)
inside=$(cat <<'END'
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
cp "$ADM_PACKAGE" "$1/package.deb"
chroot "$1" apt-get -qq update
began=$(date +%s.%N)
# As an artist who has GIMP's package beside it: recommended packages come along.
chroot "$1" apt-get -qq install -y --no-install-recommends gimp libopenblas0-pthread >/dev/null
chroot "$1" dpkg --verify gimp
had=$(date +%s.%N)
(cd "$1" && find . -xdev -not -path './proc/*' -not -path './sys/*' -not -path './dev/*' -not -path './tmp/*' -not -path './var/*' | sort) >"$1/tmp/before"
start=$(date +%s.%N)
chroot "$1" apt-get -qq install -y --no-install-recommends /package.deb >/dev/null
installed=$(date +%s.%N)
cat >"$1/tmp/first.scm" <<'SCHEME'
(let* ((image (car (gimp-image-new 256 256 RGB)))
       (result (plug-in-adm-generate #:run-mode RUN-NONINTERACTIVE #:image image #:drawables #() #:class "cobblestone"))
       (layer (vector-ref (car (gimp-image-get-layers image)) 0)))
  (file-png-export #:run-mode RUN-NONINTERACTIVE #:image image #:file "/tmp/first-layer.png")
  (gimp-message "done"))
SCHEME
chroot "$1" env HOME=/tmp gimp-console -i --quit --batch-interpreter plug-in-script-fu-eval -b '(load "/tmp/first.scm")' >"$1/tmp/gimp.log" 2>&1 || { cat "$1/tmp/gimp.log"; exit 1; }
done=$(date +%s.%N)
[ -s "$1/tmp/first-layer.png" ] || { cat "$1/tmp/gimp.log"; exit 1; }
cp "$1/tmp/first-layer.png" "$ADM_OUT/"
sampled=$(date +%s.%N)
chroot "$1" adm sample --model materials-64 --class brick -o /tmp/brick.png
pictured=$(date +%s.%N)
[ -s "$1/tmp/brick.png" ]
chroot "$1" apt-get -qq purge -y gimp-adm >/dev/null
chroot "$1" apt-get -qq autoremove -y --purge >/dev/null
(cd "$1" && find . -xdev -not -path './proc/*' -not -path './sys/*' -not -path './dev/*' -not -path './tmp/*' -not -path './var/*' | sort) >"$1/tmp/after"
comm -13 "$1/tmp/before" "$1/tmp/after" | grep -v '^./etc/ld.so.cache$' >"$1/tmp/left" || true
if [ -s "$1/tmp/left" ]; then echo "left behind:"; cat "$1/tmp/left"; exit 1; fi
awk -v o="$ADM_BEGAN" -v f="$sampled" -v p="$pictured" -v b="$began" -v h="$had" -v s="$start" -v i="$installed" -v d="$done" \
  'BEGIN { printf "{ \"root_seconds\": %.1f, \"gimp_seconds\": %.1f, \"package_seconds\": %.1f, \"first_layer_seconds\": %.1f, \"first_picture_seconds\": %.2f, \"all_seconds\": %.1f }\n", b - o, h - b, i - s, d - i, p - f, h - o + d - s }' >"$ADM_OUT/newcomer.json"
[ -n "$ADM_SOURCE" ] || exit 0
chroot "$1" apt-get -qq install -y --no-install-recommends /package.deb gcc libc6-dev pkgconf file >/dev/null
cp "$ADM_SOURCE/docs/examples/generate.c" "$ADM_SOURCE/debian/tests/first-picture" "$1/tmp/"
chroot "$1" sh -c 'cc -std=c17 -Wall -Wextra -Werror /tmp/generate.c $(pkg-config --cflags --libs adm) -o /tmp/generate'
chroot "$1" /tmp/generate /usr/share/gimp-adm/models materials-64 cobblestone /tmp/out.ppm
[ "$(chroot "$1" file -b /tmp/out.ppm | cut -d, -f1)" = "Netpbm image data" ]
chroot "$1" env AUTOPKGTEST_TMP=/tmp sh /tmp/first-picture
END
)
mmdebstrap --quiet --variant=apt --keyring=/usr/share/keyrings/debian-archive-keyring.gpg --customize-hook="$inside" "$suite" /dev/null "$address"
cat "$out/newcomer.json"

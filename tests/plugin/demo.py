#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, shown: a headless GIMP with the plug-in in a profile of its own makes four classes at three gradient scales each, all
from one seed, upsamples one of them, and saves the image and a contact sheet."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "demo"
PROFILE = OUT / "profile"

# Runs inside GIMP.
INSIDE = r'''
import json, os, time
import gi
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, Gio
Gegl.init(None)
out = os.environ["ADM_DEMO"]
classes, scales, seed = ["flower", "sea creature", "heart", "building"], [0.0, 1.5, 5.0], 7
pdb = Gimp.get_pdb()
times = []

def generate(image, drawables, **arguments):
    procedure = pdb.lookup_procedure("plug-in-adm-generate")
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    if image:
        config.set_property("image", image)
        config.set_core_object_array("drawables", drawables)
    for key, value in arguments.items():
        config.set_property(key.replace("_", "-"), value)
    start = time.monotonic()
    result = procedure.run(config)
    if result.index(0) != Gimp.PDBStatusType.SUCCESS:
        raise SystemExit(pdb.get_last_error())
    times.append((arguments, time.monotonic() - start))
    return result.index(1), list(result.get_core_object_array(2))

image, layers = None, []
made = {}
for name in classes:
    for scale in scales:
        image, layers = generate(image, layers, **{"class": name, "scale": scale, "seed": seed})
        made[name, scale] = layers[0]
# The last class again, upsampled from the same seed.
image, upsampled = generate(image, layers, **{"class": classes[0], "scale": scales[1], "seed": seed, "upsample": True})

Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path(os.path.join(out, "demo.xcf")), None)

# The contact sheet: a row for each scale, then the upsampled picture beside.
side, gap = 64, 8
width = len(classes) * (side + gap) + gap + 256 + gap
height = max(len(scales) * (side + gap) + gap, 256 + 2 * gap)
sheet = Gimp.Image.new(width, height, Gimp.ImageBaseType.RGB)
paper = Gimp.Layer.new(sheet, "paper", width, height, Gimp.ImageType.RGB_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
paper.fill(Gimp.FillType.WHITE)
sheet.insert_layer(paper, None, 0)
def place(layer, x, y):
    copy = Gimp.Layer.new_from_drawable(layer, sheet)
    sheet.insert_layer(copy, None, 0)
    copy.set_offsets(x, y)
top = (height - len(scales) * (side + gap) + gap) // 2
for column, name in enumerate(classes):
    for row, scale in enumerate(scales):
        place(made[name, scale], gap + column * (side + gap), top + row * (side + gap))
place(upsampled[0], width - 256 - gap, (height - 256) // 2)
sheet.flatten()
Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, sheet, Gio.File.new_for_path(os.path.join(out, "demo.png")), None)
with open(os.path.join(out, "times.json"), "w") as file:
    json.dump([{"class": a["class"], "scale": a["scale"], "upsample": bool(a.get("upsample")), "seconds": s} for a, s in times], file)
'''


def main(arguments):
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    env = dict(os.environ, GIMP3_DIRECTORY=str(PROFILE), ADM_DEMO=str(OUT), LC_ALL="C.UTF-8")
    for key in ("CONFIG", "DATA", "CACHE"):
        env[f"XDG_{key}_HOME"] = str(OUT / "home" / key.lower())
    subprocess.run([sys.executable, str(ROOT / "plugin" / "install.py")], env=env, check=True, stdout=subprocess.DEVNULL)
    script = OUT / "inside.py"
    script.write_text(INSIDE, encoding="utf-8")
    start = time.monotonic()
    run = subprocess.run(["gimp-console-3.0", "-n", "-i", "-d", "-f", "-c", "--batch-interpreter", "python-fu-eval", "-b",
                          f"exec(open({str(script)!r}).read())", "--quit"], env=env, cwd=OUT, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    whole = time.monotonic() - start
    times = OUT / "times.json"
    if run.returncode or not times.exists() or not (OUT / "demo.xcf").exists() or not (OUT / "demo.png").exists():
        sys.stderr.write(run.stdout)
        print("The demo did not finish; GIMP's own words are above.", file=sys.stderr)
        return 1
    import json
    parts = json.loads(times.read_text(encoding="utf-8"))
    print("GIMP made one image with the embedded model, each layer from the same seed:")
    for part in parts:
        print(f"  {part['class']:<14}gradient scale {part['scale']:<4g}{'upsampled to 256 px' if part['upsample'] else '':<22}{part['seconds']:6.1f} s")
    print(f"In all {whole:.1f} s, with GIMP's start.")
    print(f"  image          {OUT / 'demo.xcf'}")
    print(f"  contact sheet  {OUT / 'demo.png'}  (rows: gradient scale 0, 1.5, 5; right: upsampled)")
    print("Open it in GIMP 3 with File > Open, or with: ./setup demo --gui")
    if arguments == ["--gui"]:
        if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
            print("There is no display to open GIMP on.", file=sys.stderr)
            return 1
        subprocess.run(["gimp-3.0", "-n", "-s", str(OUT / "demo.xcf")], env=env, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

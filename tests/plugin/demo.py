#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, shown: a headless GIMP with the plug-in in a profile of its own makes four classes at three gradient scales each, all
from one seed, upsamples one of them, and saves the image and a contact sheet."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import embedded  # noqa: E402

OUT = ROOT / "build" / "demo"
PROFILE = OUT / "profile"

SCALES, SEED = (0.0, 1.5, 5.0), 9

# Runs inside GIMP. The image is the contact sheet: every picture is a layer of it, as the plug-in added it, put in its place.
INSIDE = r'''
import json, os, time
import gi
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, Gio
Gegl.init(None)
out, plan = os.environ["ADM_DEMO"], json.loads(os.environ["ADM_DEMO_PLAN"])
classes, scales, seed = plan["classes"], plan["scales"], plan["seed"]
pdb = Gimp.get_pdb()
times = []

def generate(image, drawables, **arguments):
    procedure = pdb.lookup_procedure("plug-in-adm-generate")
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("image", image)
    config.set_core_object_array("drawables", drawables)
    for key, value in arguments.items():
        config.set_property(key.replace("_", "-"), value)
    start = time.monotonic()
    result = procedure.run(config)
    if result.index(0) != Gimp.PDBStatusType.SUCCESS:
        raise SystemExit(pdb.get_last_error())
    times.append(dict(arguments, seconds=time.monotonic() - start))
    return result.get_core_object_array(2)[0]

side, gap, label = 128, 8, 26
large = len(scales) * (side + gap) - gap
left = gap + 70
top = gap + label
width = left + len(classes) * (side + gap) + gap + large + gap
height = top + large + gap
image = Gimp.Image.new(width, height, Gimp.ImageBaseType.RGB)
paper = Gimp.Layer.new(image, "paper", width, height, Gimp.ImageType.RGB_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
image.insert_layer(paper, None, 0)
Gimp.context_set_background(Gegl.Color.new("#1c1c1c"))
paper.fill(Gimp.FillType.BACKGROUND)

def write(text, x, y, size=16):
    layer = Gimp.TextLayer.new(image, text, Gimp.Font.get_by_name("DejaVu Sans") or Gimp.context_get_font(), size, Gimp.Unit.pixel())
    image.insert_layer(layer, None, 0)
    layer.set_color(Gegl.Color.new("#d8d8d8"))
    layer.set_offsets(x, y)

def place(layer, x, y, side):
    layer.scale(side, side, False)
    layer.set_offsets(x, y)

step = side + gap
for row, scale in enumerate(scales):
    write("s = %g" % scale, gap, top + row * step + side // 2 - 10)
    for column, name in enumerate(classes):
        layer = generate(image, [paper], **{"class": name, "scale": scale, "seed": seed})
        place(layer, left + column * step, top + row * step, side)
for column, name in enumerate(classes):
    write(name, left + column * step, gap)
# One of them, upsampled from the same seed, and shown a little larger than it is.
x = left + len(classes) * step + gap
place(generate(image, [paper], **{"class": classes[0], "scale": scales[1], "seed": seed, "upsample": True}), x, top, large)
write("%s, upsampled 64 → 256" % classes[0], x, gap)

Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path(os.path.join(out, "demo.xcf")), None)
sheet = image.duplicate()
sheet.flatten()
Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, sheet, Gio.File.new_for_path(os.path.join(out, "demo.png")), None)
with open(os.path.join(out, "times.json"), "w") as file:
    json.dump(times, file)
'''


def showcase():
    """The classes to show: those that the embedded model's description names for it, else the first four."""
    return embedded.DESCRIPTION.get("showcase") or embedded.CLASSES[:4]


def main(arguments):
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    env = dict(os.environ, GIMP3_DIRECTORY=str(PROFILE), ADM_DEMO=str(OUT), LC_ALL="C.UTF-8",
               ADM_DEMO_PLAN=json.dumps({"classes": showcase(), "scales": SCALES, "seed": SEED}))
    for key in ("CONFIG", "DATA", "CACHE"):
        env[f"XDG_{key}_HOME"] = str(OUT / "home" / key.lower())
    subprocess.run([sys.executable, str(ROOT / "plugin" / "install.py")], env=env, check=True, stdout=subprocess.DEVNULL)
    script = OUT / "inside.py"
    script.write_text(INSIDE, encoding="utf-8")
    start = time.monotonic()
    run = subprocess.run(["gimp-console", "-n", "-i", "-d", "-c", "--batch-interpreter", "python-fu-eval", "-b",
                          f"exec(open({str(script)!r}).read())", "--quit"], env=env, cwd=OUT, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    whole = time.monotonic() - start
    times = OUT / "times.json"
    if run.returncode or not times.exists() or not (OUT / "demo.xcf").exists() or not (OUT / "demo.png").exists():
        sys.stderr.write(run.stdout)
        print("The demo did not finish; GIMP's own words are above.", file=sys.stderr)
        return 1
    parts = json.loads(times.read_text(encoding="utf-8"))
    print("GIMP made one image with the embedded model, each layer from the same seed:")
    for part in parts:
        print(f"  {part['class']:<14}gradient scale {part['scale']:<4g}{'upsampled' if part.get('upsample') else '':<12}{part['seconds']:6.1f} s")
    print(f"In all {whole:.1f} s, with GIMP's start.")
    print(f"  image          {OUT / 'demo.xcf'}")
    print(f"  contact sheet  {OUT / 'demo.png'}  (rows: gradient scale 0, 1.5, 5; right: the first class upsampled)")
    print("Open it in GIMP 3 with File > Open, or with: ./setup demo --gui")
    if arguments == ["--gui"]:
        if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
            print("There is no display to open GIMP on.", file=sys.stderr)
            return 1
        subprocess.run(["gimp", "-n", "-s", str(OUT / "demo.xcf")], env=env, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

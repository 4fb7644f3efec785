#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a taught class is worth: for GIMP's own patterns, which no training saw, the Fréchet distance of samples to crops of the texture,
taught against the nearest embedded class, and a sheet to look at.

  teach.py ADM FRECHET FOLDER [--minutes M | --steps N] [--samples N] [--sampling STEPS] [--threads T] [--pattern NAME]…

Everything is kept in FOLDER: a run that was ended goes on where it was. Features are those of the embedded model's own classifier. On a machine
that does other things, steps say how much was learned and minutes do not; 5 minutes of two free cores make some 1,000."""
import argparse
import json
import pathlib
import random
import struct
import subprocess

import numpy
from PIL import Image

PATTERNS = ("Burlap", "Burlwood", "Crinkled Paper", "Cracked", "Leopard")
PLACES = ("/usr/share/gimp/3.0/patterns", "/usr/local/share/gimp/3.0/patterns")
DATA = pathlib.Path(__file__).resolve().parents[2] / "data"
MODEL, SIDE, LOOK, FEW, CROPS = DATA / "materials-64.json", 64, 8, 64, 512


def pattern(name):
    """A GIMP pattern file (header of 24 bytes, a name, bytes) as a picture."""
    wanted = "".join(c for c in name.lower() if c.isalnum())
    for place in PLACES:
        for path in pathlib.Path(place).rglob("*.pat"):
            data = path.read_bytes()
            header, _version, width, height, channels, magic = struct.unpack(">6I", data[:24])
            called = data[24:header].rstrip(b"\0").decode("utf-8", "replace")
            if magic == 0x47504154 and wanted in ("".join(c for c in text.lower() if c.isalnum()) for text in (called, path.stem)):
                mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels]
                return Image.frombytes(mode, (width, height), data[header:header + width * height * channels]).convert("RGB")
    raise SystemExit(f"{name}: no such pattern; install gimp-data")


def crops(picture, count, seed=1):
    """As they are taught: 0.3 to 1 of the smaller side, anywhere, mirrored or not; the picture goes on at its edges."""
    draw = random.Random(seed)
    width, height = picture.size
    wide = Image.new("RGB", (2 * width, 2 * height))
    for x in (0, width):
        for y in (0, height):
            wide.paste(picture, (x, y))
    out = []
    for _ in range(count):
        side = draw.uniform(0.3, 1) * min(width, height)
        x, y = draw.uniform(0, width), draw.uniform(0, height)
        crop = wide.resize((SIDE, SIDE), Image.BICUBIC, (x, y, x + side, y + side))
        pixels = numpy.asarray(crop, "f4").transpose(2, 0, 1) / 127.5 - 1
        out.append(pixels[:, :, ::-1] if draw.random() < 0.5 else pixels)
    return numpy.stack(out).astype("<f4")


def once(path, make):
    if not path.exists():
        make()
    return path


def sample(options, path, count, *how):
    return once(path, lambda: subprocess.run([options.adm, "sample", "--model", MODEL, "--count", str(count), *how, *options.sampling, *options.threads, "-o", path],
                                             check=True, stdout=subprocess.DEVNULL))


def distance(frechet, a, b):
    done = subprocess.run([frechet, DATA / "materials-64-classifier.safetensors", a, b], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["distance"]


def row(path, count=8):
    """The first pictures of an array, side by side."""
    data = numpy.load(path)[:count]
    return numpy.concatenate([((d.transpose(1, 2, 0) + 1) * 127.5).clip(0, 255).round() for d in data], 1)


def measure(options, name, classes):
    there = options.folder / name.replace(" ", "-").lower()
    there.mkdir(parents=True, exist_ok=True)
    picture = pattern(name)
    picture.save(there / "pattern.png")
    numpy.save(there / "crops.npy", crops(picture, CROPS))
    long = ["--steps", str(options.steps)] if options.steps else ["--minutes", str(options.minutes)]
    adapter = there / "taught.safetensors"
    resume = ["--resume"] if (there / "taught.checkpoint.safetensors").exists() else []
    once(there / "taught.json", lambda: (there / "taught.json").write_bytes(subprocess.run(
        [options.adm, "teach", "--model", MODEL, "--name", name, "--tile", *long, *resume, *options.threads, "--json", there / "pattern.png", "-o", adapter],
        check=True, stdout=subprocess.PIPE).stdout))
    numpy.save(there / "few.npy", numpy.load(there / "crops.npy")[:FEW])
    near = min(classes, key=lambda c: distance(options.frechet, classes[c], there / "few.npy"))
    numpy.save(there / "others.npy", crops(picture, options.samples, 2))  # how near as many pictures can come
    rows = {"crops": there / "crops.npy",
            "nearest": sample(options, options.folder / f"{near}-{options.samples}.npy", options.samples, "--class", near)}
    for scale in options.scale:
        rows[f"taught, s {scale}"] = sample(options, there / f"taught-{scale}.npy", options.samples, "--adapter", adapter, "--scale", str(scale))
    found = {what: distance(options.frechet, path, there / "crops.npy") for what, path in dict(rows, crops=there / "others.npy").items()}
    Image.fromarray(numpy.concatenate([row(path) for path in rows.values()]).astype("u1")).save(there / "sheet.png")
    print(json.dumps({"pattern": name, "size": picture.size, "steps": json.loads((there / "taught.json").read_text())["steps"], "nearest class": near, **found}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("adm")
    parser.add_argument("frechet")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--sampling", type=int, help="steps of a sample (default: the model's)")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--pattern", action="append")
    parser.add_argument("--scale", type=float, action="append")
    options = parser.parse_args()
    options.scale = options.scale or [0, 1.5]
    options.threads = ["--threads", str(options.threads)] if options.threads else []
    options.folder.mkdir(parents=True, exist_ok=True)
    options.sampling = ["--steps", str(options.sampling)] if options.sampling else []
    names = (DATA / "materials-20.txt").read_text().splitlines()
    classes = {n.split(",")[0]: sample(options, options.folder / f"{n.split(',')[0]}-{LOOK}.npy", LOOK, "--class", n.split(",")[0],
                                         "--scale", "0") for n in names}  # a quick look tells which is the nearest
    for name in options.pattern or PATTERNS:
        measure(options, name, classes)


if __name__ == "__main__":
    main()

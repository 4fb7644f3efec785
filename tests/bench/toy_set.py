#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small data set for `adm train`: crops (crops.py) of tiling textures as PNGs, a class a subfolder.

    toy_set.py TEXTURES FOLDER [--each N] [--side S]     FOLDER/CLASS/I.png, N (250) of each class, S (32) px

TEXTURES, a zip or a folder, holds a folder a class, named by its label ("03/…"); the classes' names are those of data/materials-20.txt. Needs NumPy and Pillow."""
import argparse
import io
import pathlib
import sys
import zipfile

import crops
import numpy as np
from PIL import Image

NAMES = (pathlib.Path(__file__).resolve().parents[2] / "data" / "materials-20.txt").read_text(encoding="utf-8")


def names():
    """Of the classes, by label."""
    return [line.split(",")[0].strip() for line in NAMES.splitlines()][:len(crops.CLASSES)]


def textures(source, label):
    """Those of a class, [height,width,3] bytes each, in the order of their names."""
    source = pathlib.Path(source)
    if source.is_dir():
        files = sorted(path for path in (source / f"{label:02d}").glob("*") if path.is_file())
        return [np.asarray(Image.open(path).convert("RGB")) for path in files]
    with zipfile.ZipFile(source) as archive:
        found = sorted(item for item in archive.namelist() if item.startswith(f"{label:02d}/") and not item.endswith("/"))
        return [np.asarray(Image.open(io.BytesIO(archive.read(item))).convert("RGB")) for item in found]


def write(source, folder, each=250, side=32):
    for label, (name, (hue, turns)) in enumerate(zip(names(), crops.CLASSES)):
        there = pathlib.Path(folder) / name.replace(" ", "-")
        there.mkdir(parents=True, exist_ok=True)
        pictures = textures(source, label)
        if not pictures:
            sys.exit(f"{source}: has no pictures in {label:02d}/; give the zip or folder of textures that crops.py takes")
        dice = np.random.default_rng(label)
        for i in range(each):
            cut = crops.crop(pictures[i % len(pictures)], dice, hue, turns)
            f = crops.CUT // side
            small = cut.astype(np.float32).reshape(side, f, side, f, 3).mean((1, 3))
            Image.fromarray(np.rint(small).astype(np.uint8)).save(there / f"{i:04}.png")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("textures")
    parser.add_argument("folder")
    parser.add_argument("--each", type=int, default=250)
    parser.add_argument("--side", type=int, default=32)
    a = parser.parse_args()
    write(a.textures, a.folder, a.each, a.side)


if __name__ == "__main__":
    main()

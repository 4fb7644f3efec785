#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crops of tiling textures as the embedded model was trained on, for quality's statistics.

    crops.py TEXTURES.zip FOLDER [PER_CLASS [SIDE]]     FOLDER/K.npy [PER_CLASS,3,SIDE,SIDE] in [-1, 1] for each class K

TEXTURES.zip holds a folder a class, named by its label ("03/…"). A crop is a random piece of 0.3 to 1 of a texture's width, wrapped
round its edges, mirrored, turned where the material has no up, its colours shifted a little; 256 px are cut, then reduced to SIDE (64).
Needs NumPy and Pillow."""
import io
import math
import pathlib
import sys
import zipfile

import numpy as np
from PIL import Image

# Of each class: the largest shift of the hue in turns; whether quarter turns leave the material what it is.
CLASSES = [(.02, False), (.03, False), (.03, True), (.03, True), (.03, True), (.02, True), (.5, True), (.02, True), (.02, True), (.03, True),
           (.02, True), (.06, True), (.03, False), (.06, False), (.02, True), (.02, True), (.02, True), (.5, True), (.04, False), (.03, False)]
CUT = 256


def crop(texture, dice, hue, turns):
    """The draws follow one another as they did in training: their order decides the picture."""
    height, width, _ = texture.shape
    narrow = min(height, width)
    size = int(narrow * math.exp(dice.uniform(math.log(max(.3, min(1., CUT * .75 / narrow))), 0)))
    y, x = dice.integers(height), dice.integers(width)
    piece = np.take(np.take(texture, range(y, y + size), 0, mode="wrap"), range(x, x + size), 1, mode="wrap")
    if dice.random() < .5:
        piece = piece[:, ::-1]
    if turns:
        piece = np.rot90(piece, dice.integers(4))
    large = Image.fromarray(np.ascontiguousarray(piece)).resize((CUT, CUT), Image.LANCZOS)
    hsv = np.asarray(large.convert("HSV")).astype(np.float32)
    hsv[..., 0] = (hsv[..., 0] + dice.uniform(-hue, hue) * 255) % 256
    hsv[..., 1] = np.clip(hsv[..., 1] * math.exp(dice.normal(0, .12)), 0, 255)
    hsv[..., 2] = np.clip(hsv[..., 2] * math.exp(dice.normal(0, .15)), 0, 255)
    return np.asarray(Image.fromarray(hsv.astype(np.uint8), "HSV").convert("RGB"))


def reduced(picture, side):
    """[256,256,3] bytes to [3,side,side] in [-1, 1], by area."""
    f = CUT // side
    return picture.astype(np.float32).reshape(side, f, side, f, 3).mean((1, 3)).transpose(2, 0, 1) / 127.5 - 1


def main(archive, folder, per_class="500", side="64"):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for label, (hue, turns) in enumerate(CLASSES):
        with zipfile.ZipFile(archive) as textures:
            names = sorted(name for name in textures.namelist() if name.startswith(f"{label:02d}/") and not name.endswith("/"))
            pictures = [np.asarray(Image.open(io.BytesIO(textures.read(name))).convert("RGB")) for name in names]
        dice = np.random.default_rng(label)
        crops = [reduced(crop(pictures[i % len(pictures)], dice, hue, turns), int(side)) for i in range(int(per_class))]
        np.save(folder / f"{label}.npy", np.stack(crops).astype("<f4"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

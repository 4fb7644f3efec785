#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What 16-bit products change in the embedded model's pictures: the same seeds with and without --fast.

    fast.py ADM FRECHET FOLDER [--each N]     N pictures of each class (10); FOLDER keeps them, a second call goes on

Told: the median and the worst PSNR of a picture against its twin (peak 2: pixels are in [-1, 1]), and the Fréchet distance (features of the
embedded classifier) of either set to a third one of other seeds; two sets of one distribution differ by chance as the float32 ones do."""
import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "cli")]
import embedded  # noqa: E402
from harness import npy_read, npy_write  # noqa: E402

CLASSES, PICTURE = range(20), 3 * 64 * 64
SETS = {"float32": (10000, []), "fast": (10000, ["--fast"]), "others": (20000, [])}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("adm")
    parser.add_argument("frechet")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--each", type=int, default=10)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    values = {}
    for name, (seed, options) in SETS.items():
        values[name] = []
        for label in CLASSES:
            file = given.folder / f"{name}-{given.each}-{label}.npy"
            if not file.exists():
                subprocess.run([given.adm, "sample", "--model", embedded.FILE, "--class", str(label), "--count", str(given.each), "--seed", str(seed + 100 * label), *options, "-o", file],
                               check=True)
            values[name] += npy_read(file)[1]
        npy_write(given.folder / f"set-{name}.npy", (len(values[name]) // PICTURE, 3, 64, 64), values[name])
    psnr = []
    for i in range(0, len(values["fast"]), PICTURE):
        a, b = values["float32"][i:i + PICTURE], values["fast"][i:i + PICTURE]
        square = sum((x - y) ** 2 for x, y in zip(a, b)) / PICTURE
        psnr.append(10 * math.log10(4 / square) if square else math.inf)
    print(f"{len(psnr)} pictures: PSNR of --fast to float32 {statistics.median(psnr):.1f} dB (median), {min(psnr):.1f} dB (worst)")
    if min(psnr) == math.inf:
        sys.exit("the sets are the same: this processor has no 16-bit products")
    for name in ("float32", "fast"):
        done = subprocess.run([given.frechet, embedded.WEIGHTS["classifier"], given.folder / f"set-{name}.npy", given.folder / "set-others.npy"], stdout=subprocess.PIPE, check=True)
        print(f"Fréchet distance of {name} to other seeds in float32: {json.loads(done.stdout)['distance']:.3f}")


if __name__ == "__main__":
    main()

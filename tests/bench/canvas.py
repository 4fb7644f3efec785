#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the embedded model's canvases are worth: seams, lattice, fidelity, fill, speed, each against its limit; status 1 when one is missed.

    canvas.py ADM FRECHET FOLDER [--each N] [--quick] [MEASURE…]     ./setup bench --canvas

MEASURE: seam, lattice, fidelity, fill, speed (default: all; half an hour on two cores). FOLDER keeps the pictures, and a second call
goes on where the first stopped. --each: pictures of each of the classes for seam (10). --quick: fewer and smaller ones, and each time taken once; what it says is what was
measured then."""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "cli")]
import embedded  # noqa: E402
import seams  # noqa: E402
from harness import npy_read, npy_write, png  # noqa: E402

SIDE, CLASSES = 64, range(20)
STEPS = 20
missed = []


def tell(name, value, low, high, unit=""):
    fine = low <= value <= high
    if not fine:
        missed.append(name)
    limit = f"{low:g} … {high:g}" if low > 0 else f"at most {high:g}"
    print(f"{name:<64}{value:>9.3f}{unit:<3}{limit:>16}{'' if fine else '   missed'}", flush=True)


def compare(name, value):
    print(f"{name:<64}{value:>9.3f}", flush=True)


class Bench:
    def __init__(self, adm, frechet, folder, each, quick):
        self.adm, self.frechet, self.folder, self.each, self.quick = adm, frechet, folder, each or (2 if quick else 10), quick

    def made(self, stem, *options):
        """The pictures of `adm sample OPTIONS`, from FOLDER when they are there."""
        file = self.folder / f"{stem}.npy"
        if not file.exists():
            subprocess.run([self.adm, "sample", "--model", embedded.FILE, "--steps", str(STEPS), *map(str, options), "-o", file], check=True)
        return file

    def pictures(self, stem, *options):
        return seams.split(*npy_read(self.made(stem, *options)))

    def seam(self):
        for name, options, limits in (("seamless", ["--seamless", "xy"], (0.95, 1.05)), ("seamless, one and a half windows wide", ["--seamless", "xy", "--size", "96x96"], (0.95, 1.05)),
                                      ("ordinary", [], None)):
            found = {"x": [], "y": []}
            for label in CLASSES:
                for one in self.pictures(f"seam-{name.replace(' ', '-')}-{self.each}-{label}", "--class", label, "--count", self.each, "--seed", 1000 + label * self.each, *options):
                    for axis in found:
                        found[axis].append(seams.wrapped(one, axis))
            for axis, pairs in found.items():
                what = f"seam in {axis}, {name}, {len(pairs)} pictures"
                tell(what, seams.ratio(pairs), *limits) if limits else compare(what, seams.ratio(pairs))

    def lattice(self):
        """Where windows would lie if the grid stood still: beginnings and ends, three quarters of a window apart."""
        size = 256 if self.quick else 512
        step = SIDE * 3 // 4
        begins = range(0, size - SIDE + 1, step)
        lines = sorted({i for begin in begins for i in (begin, begin + SIDE) if 0 < i < size})
        pairs = [seams.lattice(one, lines) for label in (1, 3, 8, 16) for one in self.pictures(f"lattice-{size}-{label}", "--class", label, "--seed", 40 + label, "--size", f"{size}x{size}")]
        tell(f"lattice of {len(pairs)} canvases of {size} x {size}", seams.ratio(pairs), 0.95, 1.05)

    def distance(self, values, others):
        """Fréchet, of pictures' VALUES to those in the file OTHERS."""
        file = self.folder / "set.npy"
        npy_write(file, (len(values) // (3 * SIDE * SIDE), 3, SIDE, SIDE), values)
        out = subprocess.run([self.frechet, embedded.WEIGHTS["classifier"], file, others], stdout=subprocess.PIPE, check=True).stdout
        return json.loads(out)["distance"]

    def fidelity(self):
        """A crop of each canvas, against as many ordinary samples, both to yet other samples, eight times each. One, for what else lies on a
        canvas is the same material, as it should be: eight crops of one are less varied than eight samples."""
        canvases, draws = 1 if self.quick else 2, 8
        chance = random.Random(1)
        large, ordinary, others = [], [], []
        for label in CLASSES:
            large += [self.pictures(f"fidelity-{label}-{k}", "--class", label, "--seed", 500 + 2 * label + k, "--size", "256x256")[0] for k in range(canvases)]
            count = draws * canvases
            made = [self.pictures(f"fidelity-{name}-{label}-{canvases}", "--class", label, "--count", count, "--seed", seed + 16 * label)
                    for name, seed in (("ordinary", 10000), ("others", 20000))]
            ordinary.append([one[3] for one in made[0]])
            others += [v for one in made[1] for v in one[3]]
        file = self.folder / "set-others.npy"
        npy_write(file, (len(others) // (3 * SIDE * SIDE), 3, SIDE, SIDE), others)
        found = {"ordinary": 0.0, "crops": 0.0}
        for draw in range(draws):
            picked = [v for of_class in ordinary for one in of_class[draw * canvases:(draw + 1) * canvases] for v in one]
            found["ordinary"] += self.distance(picked, file) / draws
            crops = []
            for _, _, width, values in large:
                left, top = chance.randrange(width - SIDE + 1), chance.randrange(width - SIDE + 1)
                crops += [v for c in range(3) for y in range(top, top + SIDE) for v in values[(c * width + y) * width + left:(c * width + y) * width + left + SIDE]]
            found["crops"] += self.distance(crops, file) / draws
        compare("Fréchet distance of so many ordinary samples to others", found["ordinary"])
        compare("Fréchet distance of a crop of each canvas to the same", found["crops"])
        tell("ratio of both", found["crops"] / found["ordinary"], 0, 1.2)

    def fill(self):
        """A hole in an ordinary sample, filled in its own class: hard, then with a soft edge."""
        worst = {"hard": 0, "soft": 0}
        pairs, own = {"hard": [], "soft": []}, {"hard": [], "soft": []}
        for label in (1, 8) if self.quick else (1, 3, 8, 16):
            file = self.made(f"fill-{label}", "--class", label, "--seed", 70 + label, "--size", "128x128")
            subprocess.run([self.adm, "sample", "--model", embedded.FILE, "--steps", str(STEPS), "--class", str(label), "--seed", str(70 + label), "--size", "128x128",
                            "-o", self.folder / f"fill-{label}.png"], check=True)
            width = 128
            for kind in worst:
                ramp = 1 if kind == "hard" else 8
                grey = [[max(0, min(255, round(255 * (min(x - 32, 95 - x, y - 32, 95 - y) + ramp) / ramp))) for x in range(width)] for y in range(width)]
                mask = self.folder / f"mask-{kind}.png"
                mask.write_bytes(png(width, width, [bytes(row) for row in grey], colour=0))
                (one,) = self.pictures(f"filled-{kind}-{label}", "--class", label, "--seed", 900 + label, "--size", "128x128", "--init", self.folder / f"fill-{label}.png", "--mask", mask)
                flat = [v / 255 for row in grey for v in row]
                pairs[kind].append(seams.mask_edge(one, flat))
                own[kind].append(seams.mask_edge(self.pictures(f"fill-{label}")[0], flat))
                whole = [min(255, max(0, int((v + 1) * 127.5))) for v in npy_read(file)[1]]
                kept = [min(255, max(0, int((v + 1) * 127.5 + 0.001))) for v in one[3]]
                worst[kind] = max([worst[kind], *(abs(a - b) for i, (a, b) in enumerate(zip(whole, kept)) if flat[i % (width * width)] == 0)])
        for kind in worst:
            tell(f"fill, {kind} edge: known pixels off by (of 255)", worst[kind], 0, 0)
            tell(f"fill, {kind} edge: seam along the mask", seams.ratio(pairs[kind]), 0, 1.15)
            compare("… and in the samples themselves, in the same place", seams.ratio(own[kind]))

    def seconds(self, *options):
        """The quickest of three (--quick: of one), whatever was made before."""
        def once():
            start = time.monotonic()
            subprocess.run([self.adm, "sample", "--model", embedded.FILE, *map(str, options), "-o", self.folder / "timed.npy"], check=True)
            return time.monotonic() - start
        return min(once() for _ in range(1 if self.quick else 3))

    def speed(self):
        """Of steps alone: what few and many steps differ by, all of them the canvas's. Windows as a grid that stands still needs them, so that
        moving it costs, too."""
        def step(*options):
            return (self.seconds("--steps", 12, "--class", 3, "--anchor", 1, *options) - self.seconds("--steps", 4, "--class", 3, "--anchor", 1, *options)) / 8
        one = step()
        compare("one evaluation with guidance, of 64 x 64, seconds", one)
        for width, height in ((128, 64), (256, 256), (512, 512)):
            windows = [-(-(length - SIDE) // (SIDE * 3 // 4)) + 1 for length in (width, height)]
            n = windows[0] * windows[1]
            tell(f"a step of {width} x {height}, {n} windows: its cost over {n} evaluations'", step("--size", f"{width}x{height}") / (n * one), 0, 1)
        tell("512 x 512, upsampled from 128 x 128", self.seconds("--class", 3, "--size", "512x512", "--upscale"), 0, 30, " s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("adm")
    parser.add_argument("frechet")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("measures", nargs="*", default=[])
    parser.add_argument("--each", type=int)
    parser.add_argument("--quick", action="store_true")
    a = parser.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(os.path.abspath(a.adm), os.path.abspath(a.frechet), a.folder, a.each, a.quick)
    for name in a.measures or ("seam", "lattice", "fidelity", "fill", "speed"):
        getattr(bench, name)()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

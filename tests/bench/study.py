#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What few steps cost: pictures of the embedded model by each sampler at 10, 15, 20 and 25 steps, against 250 ancestral steps.

    ./setup shell -- python3 tests/bench/study.py build/core/adm build/tests/bench/frechet data FOLDER [SHEET.png]

Every class gets 32 pictures, 512 in a set, all with the same seeds; the reference has seeds of its own. Gradient scale 0, so that
nothing but the sampler differs. Finished sets stay in FOLDER (0.3 GB, hours on two cores), and a second call goes on where the first
stopped. Prints docs/samplers.md's table: squared Fréchet distances of the embedded classifier's features; and writes the sheet,
a column a class, the first picture of each."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
PROGRAM, FRECHET, DATA, FOLDER, *SHEET = sys.argv[1:]
del sys.argv[1:]
from harness import npy_read, npy_write, png  # noqa: E402 (it reads what is left of the arguments)

CLASSES, EACH = 16, 32
SAMPLERS = {"ddim": "DDIM", "dpm++2m": "DPM-Solver++(2M)", "ddpm": "ancestral"}
STEPS = (10, 15, 20, 25)
REFERENCE, REFERENCE_SEED, SEED = ("ddpm", 250), 100000, 1000
SIDE = 64


def folder_of(sampler, steps):
    return pathlib.Path(FOLDER) / f"{sampler}-{steps}"


def sample(sampler, steps, seed):
    folder = folder_of(sampler, steps)
    folder.mkdir(parents=True, exist_ok=True)
    for label in range(CLASSES):
        file = folder / f"{label}.npy"
        if not file.exists():
            print(f"{sampler}, {steps} steps: class {label}", file=sys.stderr)
            subprocess.run([PROGRAM, "sample", "--model", pathlib.Path(DATA) / "emoji-64.json", "--class", str(label), "--scale", "0",
                            "--sampler", sampler, "--steps", str(steps), "--seed", str(seed), "--count", str(EACH), "-o", file], check=True)


def distance(a, b):
    classifier = pathlib.Path(DATA) / "emoji-64-classifier.safetensors"
    done = subprocess.run([FRECHET, classifier, a, b], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def against_reference(sampler, steps):
    found = distance(folder_of(sampler, steps), folder_of(*REFERENCE))
    assert found["a"] == found["b"] == CLASSES * EACH, found
    return found["distance"]


def noise_floor():
    """The distance of the reference's even pictures from its odd ones: what chance alone makes of 256 against 256."""
    with tempfile.TemporaryDirectory() as there:
        halves = [pathlib.Path(there) / name for name in ("even", "odd")]
        for k, half in enumerate(halves):
            half.mkdir()
            for label in range(CLASSES):
                (count, *shape), values = npy_read(folder_of(*REFERENCE) / f"{label}.npy")
                size = len(values) // count
                npy_write(half / f"{label}.npy", (count // 2, *shape), [v for i in range(k, count, 2) for v in values[i * size:(i + 1) * size]])
        return distance(*halves)["distance"]


def strip(sampler, steps, path):
    """The first picture of each class, side by side."""
    rows = [bytearray() for _ in range(SIDE)]
    for label in range(CLASSES):
        values = npy_read(folder_of(sampler, steps) / f"{label}.npy")[1]
        for y in range(SIDE):
            for x in range(SIDE):
                for c in range(3):
                    v = (values[(c * SIDE + y) * SIDE + x] + 1) * 127.5
                    rows[y].append(min(255, max(0, int(v))))
    path.write_bytes(png(CLASSES * SIDE, SIDE, [bytes(row) for row in rows]))


def sheet(path):
    with tempfile.TemporaryDirectory() as there:
        lines = []
        for i, (sampler, steps) in enumerate([REFERENCE] + [(s, n) for s in SAMPLERS for n in STEPS]):
            line = pathlib.Path(there) / f"{i}.png"
            strip(sampler, steps, line)
            name = SAMPLERS[sampler].replace("(2M)", "")
            lines += ["(", "-size", f"150x{SIDE + 4}", "-background", "white", "-gravity", "center", "-pointsize", "13", f"label:{name}\n{steps} steps",
                      str(line), "-bordercolor", "white", "+append", ")"]
        subprocess.run(["convert", *lines, "-append", "-colors", "255", f"PNG8:{path}"], check=True)


def main():
    sample(*REFERENCE, REFERENCE_SEED)
    for steps in STEPS:
        for sampler in SAMPLERS:
            sample(sampler, steps, SEED)
    print("| sampler | " + " | ".join(f"{n} steps" for n in STEPS) + " |\n|---|" + "---|" * len(STEPS))
    for sampler, name in SAMPLERS.items():
        print(f"| {name} | " + " | ".join(f"{against_reference(sampler, n):.2f}" for n in STEPS) + " |")
    print(f"\nchance alone, 256 against 256 of the reference: {noise_floor():.2f}")
    for path in SHEET:
        sheet(path)


if __name__ == "__main__":
    main()

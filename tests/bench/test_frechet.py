#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distance where it is known: a set against itself, moved, and stretched; and on pictures, where it must grow with the damage."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

program, data = sys.argv.pop(1), sys.argv.pop(1)

from harness import check, embedded, npy_write, summary  # noqa: E402 (it reads what is left of the arguments)

COUNT, WIDTH = 60, 7


def distance(*arguments):
    done = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def main():
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        there = pathlib.Path(name)
        mix = [[dice.gauss(0, 1) for _ in range(WIDTH)] for _ in range(WIDTH)]
        rows = [[sum(m * z for m, z in zip(line, [dice.gauss(0, 1) for _ in range(WIDTH)])) for line in mix] for _ in range(COUNT)]
        means = [sum(row[k] for row in rows) / COUNT for k in range(WIDTH)]
        trace = sum(sum((row[k] - means[k]) ** 2 for row in rows) / (COUNT - 1) for k in range(WIDTH))

        def write(file, values):
            npy_write(there / file, (COUNT, WIDTH), [v for row in values for v in row])
            return there / file

        a = write("a.npy", rows)
        moved = write("moved.npy", [[v + 0.5 for v in row] for row in rows])
        # 2 (x - m) + m: the same mean, four times the covariance; tr (C + 4 C - 2 * 2 C) = tr C.
        stretched = write("stretched.npy", [[2 * (v - m) + m for v, m in zip(row, means)] for row in rows])
        for other, expected in ((a, 0), (moved, 0.25 * WIDTH), (stretched, trace)):
            found = distance("--features", a, other)
            check(abs(found["distance"] - expected) < 1e-4 * (1 + trace), f"{other.name}: {found} instead of {expected}")
            check((found["a"], found["b"], found["features"]) == (COUNT, COUNT, WIDTH), f"{found}")

        classifier = pathlib.Path(data) / embedded.DESCRIPTION["classifier"]
        size = 3 * 64 * 64
        pictures = [[0.8 * ((i * (n + 3) // 64) % 17 / 8 - 1) for i in range(size)] for n in range(12)]
        sets = {}
        for name, noise in (("clean", 0), ("noisy", 0.1), ("noisier", 0.6)):
            (there / name).mkdir()
            values = [v + dice.gauss(0, noise) if noise else v for p in pictures for v in p]
            half = len(values) // 2
            npy_write(there / name / "1.npy", (6, 3, 64, 64), values[:half])
            npy_write(there / name / "2.npy", (6, 3, 64, 64), values[half:])
            sets[name] = there / name
        same, little, much = (distance(classifier, sets["clean"], sets[name]) for name in ("clean", "noisy", "noisier"))
        check(abs(same["distance"]) < 1e-3 * much["distance"] and same["a"] == 12, f"clean against itself: {same}")
        check(0 < little["distance"] < much["distance"], f"the distance does not grow with the damage: {little}, {much}")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

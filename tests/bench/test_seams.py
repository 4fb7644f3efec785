#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canvas' measures where the answer is known: waves that close, waves that do not, a step at a line, and a patch in a picture."""
import math
import random
import sys

from harness import check, summary
import seams

W, H = 48, 32


def picture(value):
    return 3, H, W, [value(x, y) + 0.1 * c for c in range(3) for y in range(H) for x in range(W)]


def main():
    dice = random.Random(2)
    noise = [dice.gauss(0, 1) for _ in range(W * H)]
    white = picture(lambda x, y: noise[y * W + x])
    closed = picture(lambda x, y: math.sin(2 * math.pi * (3 * x / W + 1)) + math.cos(2 * math.pi * 2 * y / H))
    ramp = picture(lambda x, y: x / W)

    for axis in "xy":
        check(abs(seams.ratio([seams.wrapped(white, axis)]) - 1) < 0.25, f"noise has a seam in {axis}: {seams.wrapped(white, axis)}")
    check(abs(seams.ratio([seams.wrapped(closed, "x")]) - seams.columns(closed, [W // 3]) / seams.columns(closed, range(1, W))) < 0.05,
          "a wave that closes: the edge is not like the place a third of the way on, where its phase is the same")
    at_edge, inside = seams.wrapped(ramp, "x")
    check(abs(at_edge - (W - 1) / W) < 1e-9 and abs(inside - 1 / W) < 1e-9, f"a ramp: {at_edge}, {inside}")
    check(seams.wrapped(ramp, "y") == (0, 0), "a ramp to the right has steps downwards")

    lines = [12, 24]
    stepped = picture(lambda x, y: noise[y * W + x] + 4 * (x >= 12) + 4 * (y >= 24))
    check(seams.ratio([seams.lattice(stepped, lines)]) > 1.5, "steps at the lattice's lines are overlooked")
    check(abs(seams.ratio([seams.lattice(white, lines)]) - 1) < 0.15, "noise has a lattice")
    flat = seams.lattice(ramp, [7])
    check(abs(flat[0] - 1 / W) < 1e-9 and abs(flat[1] - 1 / W) < 1e-9, f"a ramp's lattice: {flat}")

    mask = [1.0 if 10 <= x < 30 and 8 <= y < 20 else 0.0 for y in range(H) for x in range(W)]
    patched = picture(lambda x, y: 0.01 * noise[y * W + x] + 0.5 * mask[y * W + x])
    edge, off = seams.mask_edge(patched, mask)
    check(abs(edge - 0.5) < 0.02 and off < 0.02, f"a patch: {edge}, {off}")
    check(abs(seams.ratio([seams.mask_edge(white, mask)]) - 1) < 0.2, "noise has a patch")

    two = seams.split((2, 3, H, W), [*white[3], *ramp[3]])
    check(two[0][:3] == white[:3] and list(two[1][3]) == ramp[3], "an array's pictures are cut wrongly")
    together = seams.ratio(seams.wrapped(one, "x") for one in two)
    check(abs(together - (seams.wrapped(white, "x")[0] + at_edge) / (seams.wrapped(white, "x")[1] + inside)) < 1e-9, "the ratio over several")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

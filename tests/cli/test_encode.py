#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`adm encode`: DDIM's reverse steps against float64 truth, byte-identical for any number of threads; the way back to the picture; refusals."""
import math
import random
import sys

from harness import FIXTURES, check, embedded, folder, npy_read, npy_write, png, refuses, relative_error, succeeds, summary

COND = FIXTURES / "train" / "cond.pt"
X0, TRUTH = FIXTURES / "train" / "cond.encode.x0.npy", FIXTURES / "train" / "cond.encode.out.npy"
F32_ERR = 5.01773772953519e-06  # the reference's own in float32
SIDE = 64


def check_truth(there):
    for exact in (True, False):
        first = None
        for threads in (1, 2, 3):
            succeeds("encode", "--model", COND, "--class", 1, "--respacing", "ddim8", "--threads", threads, *(["--exact"] if exact else []), X0,
                     "-o", there / "x.npy")
            shape, values = npy_read(there / "x.npy")
            error, limit = relative_error(values, npy_read(TRUTH)[1]), (20 if exact else 200) * F32_ERR
            check(shape == (1, 3, 16, 16) and error <= limit, f"{threads} threads, exact {exact}: {shape}, error {error:.3g}, at most {limit:.3g}")
            data = (there / "x.npy").read_bytes()
            first = first or data
            check(data == first, f"{threads} threads: another latent than one thread's")


def check_way_back(there):
    """A sample's picture, encoded and sampled again: DDIM is of first order, so that four times the steps come at least twice as close. Measured:
    12 levels of 255 at 100 steps, 5.1 at 250, 2.5 at 500."""
    model = ["--model", embedded.ID, "--class", 3]
    succeeds("sample", *model, "--seed", 5, "--steps", 20, "-o", there / "in.png")
    succeeds("sample", *model, "--seed", 5, "--steps", 20, "-o", there / "in.npy")
    truth = [min(max(v, -1), 1) for v in npy_read(there / "in.npy")[1]]
    off = {}
    for steps in (25, 100):
        succeeds("encode", *model, "--steps", steps, there / "in.png", "-o", there / "x.npy")
        latent = npy_read(there / "x.npy")[1]
        spread = math.sqrt(sum(v * v for v in latent) / len(latent))
        succeeds("sample", *model, "--sampler", "ddim", "--scale", 0, "--steps", steps, "--noise", there / "x.npy", "-o", there / "out.npy")
        back = npy_read(there / "out.npy")[1]
        off[steps] = 127.5 * math.sqrt(sum((a - b) ** 2 for a, b in zip(back, truth)) / len(truth))
        print(f"  {steps} steps: back within {off[steps]:.2f} of 255 (RMS), the latent's RMS {spread:.3f}")
        check(0.95 < spread < 1.05, f"a latent whose RMS is {spread:.3f}, not noise's 1")
    check(off[100] < 0.5 * off[25] and off[100] < 15, f"the way back: {off}")
    # two at once are each what they are alone
    one = npy_read(there / "in.npy")[1]
    other = [-v for v in one]
    npy_write(there / "two.npy", (2, 3, SIDE, SIDE), [*one, *other])
    npy_write(there / "second.npy", (1, 3, SIDE, SIDE), other)
    succeeds("encode", *model, "--steps", 3, there / "two.npy", "-o", there / "both.npy")
    succeeds("encode", *model, "--steps", 3, there / "second.npy", "-o", there / "alone.npy")
    shape, both = npy_read(there / "both.npy")
    check(shape == (2, 3, SIDE, SIDE) and both[len(both) // 2:] == npy_read(there / "alone.npy")[1], "two at once differ from one")


def check_refusals(there):
    good = ["encode", "--model", COND, "--class", 1, "--steps", 2]
    out = there / "o.npy"
    (there / "small.png").write_bytes(png(15, 16, [bytes(45)] * 16))
    npy_write(there / "flat.npy", (3, 16, 16), [0] * 768)
    refuses(2, *good, "-o", out, says="no picture")
    refuses(2, *good, X0, X0, "-o", out, says="more than one")
    refuses(2, *good, X0, says="-o")
    refuses(2, *good, X0, "-o", there / "o.png", says=".npy")
    refuses(2, *good, "--scale", 1, X0, "-o", out, says="--scale")
    refuses(2, "encode", "--model", COND, X0, "-o", out)  # classes, but no null class
    refuses(2, "encode", "--model", COND, "--class", 9, X0, "-o", out)
    refuses(1, *good, there / "small.png", "-o", out, says="15 x 16 px; this model makes 16 x 16")
    refuses(1, *good, there / "flat.npy", "-o", out, says="[N, 3, 16, 16]")
    refuses(1, *good, there / "none.png", "-o", out, says="none.png")
    refuses(2, "encode", "--model", FIXTURES / "superres.pt", "--class", 1, X0, "-o", out, says="upsampler")
    # x_T alone needs a sampler that adds no noise
    npy_write(there / "x.npy", (1, 3, 16, 16), [random.Random(1).gauss(0, 1) for _ in range(768)])
    sample = ["sample", "--model", COND, "--class", 1, "--steps", 2, "--noise", there / "x.npy", "-o", out]
    refuses(1, *sample, "--sampler", "ddpm", says="[3, 1, 3, 16, 16]")
    refuses(1, *sample, "--sampler", "ddim", "--eta", 0.5, says="[3, 1, 3, 16, 16]")
    check(not out.exists(), "a refusal left a file")
    succeeds(*sample, "--sampler", "dpm++2m")


def main():
    for part in (check_truth, check_way_back, check_refusals):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

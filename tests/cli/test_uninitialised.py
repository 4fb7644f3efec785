#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sampler under valgrind: nothing that decides anything, and no byte that is written, comes from memory nobody set. Guided sampling and
upsampling on small networks, with Winograd and without. valgrind has no AVX-512, so the pictures are held to those of a run outside it by
the difference that rounding makes between kernels."""
import subprocess
import sys

from harness import ADM, FIXTURES, check, folder, npy_read, png, relative_error, succeeds, summary

VALGRIND = ["valgrind", "--quiet", "--error-exitcode=9"]
RUNS = {
    "guided": ["sample", "--model", FIXTURES / "unet-cond.pt", "--classifier", FIXTURES / "classifier-attention.pt", "--class", 1, "--scale", 2,
               "--steps", 2, "--threads", 2],
    "exact, ancestral": ["sample", "--model", FIXTURES / "unet-uncond.pt", "--sampler", "ddpm", "--exact", "--steps", 2, "--threads", 1],
    "upsampled": ["sample", "--model", FIXTURES / "superres.pt", "--class", 1, "--steps", 2, "--threads", 2, "--low-res"],
}

with folder() as there:
    small, plain, watched = there / "small.png", there / "plain.npy", there / "watched.npy"
    small.write_bytes(png(16, 16, [bytes((40 * x + 7 * y + 90 * c) % 256 for x in range(16) for c in range(3)) for y in range(16)]))
    for name, arguments in RUNS.items():
        if arguments[-1] == "--low-res":
            arguments = [*arguments, small]
        succeeds(*arguments, "-o", plain)
        done = subprocess.run([*VALGRIND, ADM, *map(str, arguments), "-o", watched], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=400, check=False)
        check(done.returncode == 0 and done.stdout.startswith(bytes(watched)) and done.stdout.count(b"\n") == 1, f"{name}: valgrind says {done.returncode} {done.stdout.decode(errors='replace')[:1500]}")
        if check(watched.exists(), f"{name}: a result"):
            (shape, found), (expected_shape, expected) = npy_read(watched), npy_read(plain)
            check(shape == expected_shape and relative_error(found, expected) < 1e-3, f"{name}: the same picture")
            watched.unlink()
sys.exit(summary())

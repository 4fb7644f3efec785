#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a request is run: instruction sets, 16-bit weights, dynamic thresholding, tiles; and what `bench --verbose` tells."""
import re
import sys

from harness import check, embedded, folder, npy_read, png, png_read, refuses, relative_error, run, succeeds, summary

PICTURE = ["sample", "--model", embedded.ID, "--class", "1", "--seed", "3", "--steps", "6"]
SAMPLE = [*PICTURE, "--sampler", "ddim", "--scale", "1.5"]


def check_kernels_and_half(there):
    succeeds(*SAMPLE, "-o", there / "best.npy")
    best = npy_read(there / "best.npy")[1]
    for options, limit in ((["--kernels", "portable"], 1e-3), (["--kernels", "openblas"], 1e-3), (["--kernels", "avx2"], 1e-3), (["--fast"], 0.05), (["--kernels", "tiles"], 0.05), (["--half"], 0.05), (["--exact", "--half"], 0.05)):
        file = there / "other.npy"
        done = run(*SAMPLE, *options, "-o", file)
        if options[-1] == "avx2" and done.returncode == 2:
            check(b"this processor lacks" in done.stderr, f"avx2: {done.stderr!r}")
            continue
        check(done.returncode == 0, f"{options}: {done.stderr!r}")
        error = relative_error(npy_read(file)[1], best)
        check(error < limit, f"{options}: the picture differs by {error:.3g}")
    refuses(2, *SAMPLE, "--kernels", "sse9", "-o", there / "x.png", says="choose one of avx512, avx2, openblas, portable, or for 16-bit products of amx, avx512bf16, tiles")
    refuses(2, *SAMPLE, "--exact", "--fast", "-o", there / "x.png", says="--exact and --fast")
    for command in (["upscale", "--model", embedded.ID, "--kernels", "sse9", "-o", there / "x.png", there / "in.png"],
                    ["bench", "--arch", "embedded", "--kernels", "sse9"]):
        if command[0] == "upscale":
            (there / "in.png").write_bytes(png(64, 64, [bytes(192)] * 64))
        refuses(2, *command, says="sse9")


def check_threshold(there):
    options = [*PICTURE, "--sampler", "dpm++2m", "--scale", "20"]
    succeeds(*options, "-o", there / "plain.npy")
    succeeds(*options, "--threshold", "0.95", "-o", there / "held.npy")
    plain, held = npy_read(there / "plain.npy")[1], npy_read(there / "held.npy")[1]
    check(max(map(abs, held)) <= 1.0001, f"a threshold leaves {max(map(abs, held))}")
    check(relative_error(held, plain) > 1e-3, "the threshold changes nothing")
    refuses(2, *SAMPLE, "--threshold", "0.95", "-o", there / "x.png", says="dpm++2m")
    refuses(2, *options, "--threshold", "0.2", "-o", there / "x.png", says="--threshold")


def check_guided_at_any_number_of_steps(there):
    """The cosine schedule's last timestep, which some numbers of steps take, holds no picture to be guided: it must not ruin all."""
    for sampler, steps in (("ddim", 40), ("ddim", 45), ("dpm++2m", 20)):
        succeeds("sample", "--model", embedded.ID, "--class", "1", "--scale", "1.5", "--seed", "5", "--sampler", sampler, "--steps", steps,
                 "-o", there / "guided.npy")
        values = npy_read(there / "guided.npy")[1]
        clipped = sum(abs(v) > 0.999 for v in values) / len(values)  # a ruined picture: three quarters
        check(clipped < 0.2, f"{steps} steps of {sampler}, guided: {clipped:.3g} of the values are clipped")


def check_tiles(there):
    width, height = 100, 70
    low = there / "low.png"
    low.write_bytes(png(width, height, [bytes(v for x in range(width) for v in (2 * x, 3 * y, 128)) for y in range(height)]))
    options = ["upscale", "--model", embedded.ID, "--steps", "3", "--seed", "1"]
    succeeds(*options, "--tiles", "-o", there / "tiles.png", low)
    size = png_read(there / "tiles.png")[:2]
    check(size == (4 * width, 4 * height), f"tiles of {width} x {height} px make {size}")
    succeeds(*options, "--tiles", "--threads", "1", "-o", there / "one.png", low)
    check((there / "one.png").read_bytes() == (there / "tiles.png").read_bytes(), "tiles depend on the number of threads")
    # A picture of the network's own size is one tile: the same as without.
    square = there / "square.png"
    square.write_bytes(png(64, 64, [bytes(v for x in range(64) for v in (4 * x, 3 * y, 128)) for y in range(64)]))
    succeeds(*options, "-o", there / "plain.npy", square)
    succeeds(*options, "--tiles", "-o", there / "tiled.npy", square)
    check(npy_read(there / "plain.npy") == npy_read(there / "tiled.npy"), "one tile differs from the plain way")
    small = there / "small.png"
    small.write_bytes(png(100, 40, [bytes(300)] * 40))
    refuses(1, *options, "--tiles", "-o", there / "x.png", small, says="100 x 40")
    refuses(2, *options, "--tiles", "--fit", "-o", there / "x.png", low, says="--fit")
    refuses(2, *options, "--tiles", "--noise", square, "-o", there / "x.png", low, says="--noise")
    check(not (there / "x.png").exists(), "a refusal left a picture")


def check_verbose():
    done = run("bench", "--arch", "embedded", "--repeat", "1", "--verbose")
    text = done.stderr.decode()
    check(done.returncode == 0 and done.stdout.count(b"\n") == 1, f"bench --verbose: {done.returncode}")
    for name in ("embedded, diffusion network", "embedded, classifier"):
        part = re.search(rf"^{name}: [0-9.]+ s by \w+.*\n((?:  .*\n)+)", text, re.MULTILINE)
        if check(part is not None, f"bench --verbose does not tell of {name}: {text}"):
            shares = [float(v) for v in re.findall(r"([0-9.]+) % of the time", part.group(1))]
            check(abs(sum(shares) - 100) < 1 and "3x3 by Winograd" in part.group(1), f"{name}: {part.group(1)}")
    four = run("bench", "--arch", "embedded", "--repeat", "1", "--threads", "4")
    check(four.returncode == 0, f"four threads: {four.stderr!r}")


def main():
    with folder() as there:
        check_kernels_and_half(there)
        check_threshold(there)
        check_guided_at_any_number_of_steps(there)
        check_tiles(there)
    check_verbose()
    return summary()


if __name__ == "__main__":
    sys.exit(main())

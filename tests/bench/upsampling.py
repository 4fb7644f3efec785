#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to run the embedded upsampler: crops of textures, reduced to a quarter and enlarged again by each sampler.

    ./setup shell -- python3 tests/bench/upsampling.py CROPS FOLDER      CROPS: crops.py ZIP CROPS PER_CLASS 256

Prints docs/samplers.md's table: the Fréchet distance of 64-pixel pieces of the results to the same pieces of the crops (features of the
embedded classifier), how much detail there is (deviation from the picture's own quarter, of the crops' own), and seconds a picture.
FOLDER keeps what is finished. Needs NumPy."""
import json
import pathlib
import subprocess
import sys
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import embedded  # noqa: E402

ADM, FRECHET = ROOT / "build" / "core" / "adm", ROOT / "build" / "tests" / "bench" / "frechet"
WAYS = [("DDIM", "ddim", 10), ("DDIM", "ddim", 20), ("DPM-Solver++(2M)", "dpm++2m", 6), ("DPM-Solver++(2M)", "dpm++2m", 10),
        ("SDE-DPM-Solver++(2M)", "sde-dpm++2m", 6), ("SDE-DPM-Solver++(2M)", "sde-dpm++2m", 8), ("SDE-DPM-Solver++(2M)", "sde-dpm++2m", 10),
        ("SDE-DPM-Solver++(2M)", "sde-dpm++2m", 15), ("ancestral", "ddpm", 25)]
PIECE = 64


def reduced(x, f=4):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // f, f, w // f, f).mean((3, 5))


def pieces(x):
    """Nine of each picture, at the corners, the edges and in the middle."""
    at = range(0, x.shape[2] - PIECE + 1, (x.shape[2] - PIECE) // 2)
    return np.concatenate([x[:, :, a:a + PIECE, b:b + PIECE] for a in at for b in at])


def detail(x):
    return float((x - np.repeat(np.repeat(reduced(x), 4, 2), 4, 3)).std())


def main(crops, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    large = np.concatenate([np.load(path) for path in sorted(pathlib.Path(crops).glob("*.npy"))])
    low = (np.round((reduced(large) + 1) * 127.5) / 127.5 - 1).astype("<f4")
    np.save(folder / "low.npy", low)
    np.save(folder / "truth-pieces.npy", pieces(large).astype("<f4"))
    print("| sampler | steps | Fréchet distance | detail | seconds |\n|---|---|---|---|---|")
    for name, sampler, steps in WAYS:
        out, figures = folder / f"{sampler}-{steps}.npy", folder / f"{sampler}-{steps}.json"
        if not figures.exists():
            start = time.monotonic()
            subprocess.run([ADM, "sample", "--model", embedded.WEIGHTS["upsampler"], "--low-res", folder / "low.npy", "--count", str(len(low)), "--sampler", sampler,
                            "--steps", str(steps), "--seed", "1", "-o", out], check=True)
            seconds = (time.monotonic() - start) / len(low)
            found = np.clip(np.load(out), -1, 1)
            np.save(folder / "pieces.npy", pieces(found).astype("<f4"))
            done = subprocess.run([FRECHET, embedded.WEIGHTS["classifier"], folder / "pieces.npy", folder / "truth-pieces.npy"], stdout=subprocess.PIPE, check=True)
            figures.write_text(json.dumps({"frechet": json.loads(done.stdout)["distance"], "detail": detail(found) / detail(large), "seconds": seconds}))
        f = json.loads(figures.read_text())
        print(f"| {name} | {steps} | {f['frechet']:.1f} | {f['detail']:.2f} | {f['seconds']:.1f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

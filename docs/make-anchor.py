#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/anchor.png: canvases of four materials, each window for itself above, one material below, of the same seeds.
Run it as: ./setup shell -- python3 docs/make-anchor.py"""
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
ADM = ROOT / "build" / "core" / "adm"
CLASSES = {"brick": 502, "cobblestone": 506, "bark": 500, "fabric": 512}


def main():
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for more in (["--anchor", "1"], []):
            for name, seed in CLASSES.items():
                out = f"{folder}/{len(files)}.png"
                subprocess.run([ADM, "sample", "--model", "materials-64", "--class", name, "--seed", str(seed), "--size", "256x256", *more, "-o", out], check=True)
                files.append(out)
        subprocess.run(["montage", "-background", "#1c1c1c", *files, "-tile", f"{len(CLASSES)}x", "-geometry", "200x200+3+3", "-strip", ROOT / "docs" / "anchor.png"], check=True)


if __name__ == "__main__":
    main()

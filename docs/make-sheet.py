#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/sheet.png, the embedded model's classes: a column each, the rows are gradient scales 0, 1.5 and 5 of the same seed.
Run it as: ./setup shell -- python3 docs/make-sheet.py"""
import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
ADM = ROOT / "build" / "core" / "adm"
SCALES, SEED, COLUMNS = (0, 1.5, 5), 14, 10


def main():
    model = json.loads(subprocess.run([ADM, "models"], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()[0])
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for start in range(0, len(model["classes"]), COLUMNS):
            for scale in SCALES:
                for name in model["classes"][start:start + COLUMNS]:
                    out = f"{folder}/{len(files)}.png"
                    subprocess.run([ADM, "sample", "--model", model["id"], "--class", name, "--scale", str(scale), "--seed", str(SEED), "-o", out],
                                   check=True)
                    files.append(out)
        subprocess.run(["montage", "-background", "#1c1c1c", *files, "-tile", f"{COLUMNS}x", "-geometry", "64x64+3+3", ROOT / "docs" / "sheet.png"], check=True)


if __name__ == "__main__":
    main()

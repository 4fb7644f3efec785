#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The samplers' study: what each sampler makes of few steps, with the embedded model, guided and not, against pictures as the model was
trained on (quality.c).

    ./setup shell -- python3 tests/bench/study.py build/tests/bench/quality FOLDER [--each N] [SHEET.png]

Every class gets N pictures (default 8), all with the same seeds. Finished rows stay in FOLDER, and a second call goes on where the first
stopped (an hour or so on two cores). Prints docs/samplers.md's tables; the sheet has a column a class and a row a sampler, the first
picture of each at 20 steps and the largest scale."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "cli")]

import embedded  # noqa: E402

SAMPLERS = [("DDIM", ["--sampler", "ddim", "--eta", "0"], ""), ("DDIM, eta 1", ["--sampler", "ddim", "--eta", "1"], ""),
            ("DPM-Solver++(2M), timesteps as the reference spaces them", ["--sampler", "dpm++2m"], "{n}"),
            ("DPM-Solver++(2M)", ["--sampler", "dpm++2m"], ""), ("SDE-DPM-Solver++(2M)", ["--sampler", "sde-dpm++2m"], ""),
            ("ancestral", ["--sampler", "ddpm", "--eta", "0"], "")]
STEPS, SCALES, SHEET_STEPS, SEED = (10, 20), (0, 1.5), 20, 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("sheet", nargs="?", type=pathlib.Path)
    parser.add_argument("--each", type=int, default=8)
    a = parser.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)

    def measured(number, steps, scale):
        """One row's figures, made where they are not there yet."""
        _name, options, respacing = SAMPLERS[number]
        stem = f"{a.each}-{number}-{steps}-{scale:g}"
        file, pictures = a.folder / f"{stem}.json", a.folder / f"{stem}.npy"
        if not file.exists():
            print(f"{stem}: {SAMPLERS[number][0]}, {steps} steps, scale {scale:g}", file=sys.stderr, flush=True)
            how = ["--respacing", respacing.format(n=steps)] if respacing else ["--steps", str(steps)]
            done = subprocess.run([a.program, embedded.FILE, HERE / "statistics.npy", str(a.each), *options, *how, "--scale", str(scale),
                                   "--seed", str(SEED), "--pictures", pictures], stdout=subprocess.PIPE, text=True, check=True)
            file.write_text(done.stdout, encoding="utf-8")
        return json.loads(file.read_text(encoding="utf-8")), pictures

    for what, key, spelled in (("Fréchet distance", "frechet", "{:.1f}"), ("Agreement of the classifier", "agreement", "{:.2f}")):
        print(f"\n{what}\n\n| sampler | " + " | ".join(f"s = {s:g}, {n} steps" for s in SCALES for n in STEPS) + " |")
        print("|---|" + "---|" * (len(SCALES) * len(STEPS)))
        for number, (name, _options, _respacing) in enumerate(SAMPLERS):
            cells = [spelled.format(measured(number, n, s)[0][key]) for s in SCALES for n in STEPS]
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    if a.sheet:
        write_sheet(a.sheet, [(name, measured(number, SHEET_STEPS, max(SCALES))[1]) for number, (name, *_) in enumerate(SAMPLERS)])


def write_sheet(path, rows):
    from harness import npy_read, png
    with tempfile.TemporaryDirectory() as there:
        lines = []
        for i, (name, pictures) in enumerate(rows):
            (classes, _three, side, _side), values = npy_read(pictures)
            strip = [bytearray() for _ in range(side)]
            for label in range(classes):
                for y in range(side):
                    for x in range(side):
                        for c in range(3):
                            strip[y].append(min(255, max(0, int((values[((label * 3 + c) * side + y) * side + x] + 1) * 127.5))))
            line = pathlib.Path(there) / f"{i}.png"
            line.write_bytes(png(classes * side, side, [bytes(row) for row in strip]))
            lines += ["(", "-size", f"190x{side + 4}", "-background", "white", "-gravity", "center", "-pointsize", "13", f"caption:{name}", str(line),
                      "-bordercolor", "white", "+append", ")"]
        subprocess.run(["convert", *lines, "-append", f"PNG24:{path}"], check=True)


if __name__ == "__main__":
    main()

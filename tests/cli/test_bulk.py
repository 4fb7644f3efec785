#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples by the thousand, a few of them: every picture is the one that its seed and class make alone; a run that is killed anywhere and goes on
ends with the same file; parts made apart are the whole."""
import signal
import subprocess
import sys
import time

import numpy as np
from harness import ADM, check, embedded, folder, png_read, refuses, succeeds, summary

MODEL = ["--model", embedded.FILE, "--sampler", "ddim", "--steps", 3]


def archive(there):
    whole = there / "whole.npz"
    how = [*MODEL, "--classes", "0-2", "--seed", 40]
    succeeds("sample", *how, "--count", 7, "-o", whole)
    got = np.load(whole)
    check(got["arr_0"].shape == (7, 64, 64, 3) and got["arr_0"].dtype == np.uint8, f"{got['arr_0'].shape}")
    check(list(got["arr_1"]) == [0, 1, 2, 0, 1, 2, 0], f"labels {got['arr_1']}")
    check([p.name for p in there.iterdir()] == ["whole.npz"], "something was left beside it")
    for i in (0, 4):
        succeeds("sample", *MODEL, "--class", got["arr_1"][i], "--seed", 40 + i, "-o", there / "one.png")
        check(png_read(there / "one.png")[2] == got["arr_0"][i].tobytes(), f"picture {i} is another when alone")
    for batch in (1, 3, 64):
        succeeds("sample", *how, "--count", 7, "--batch", batch, "-o", there / "batch.npz")
        check((there / "batch.npz").read_bytes() == whole.read_bytes(), f"in batches of {batch} the file is another")
    # Parts made apart, by --first.
    succeeds("sample", *how, "--count", 3, "-o", there / "a.npz")
    succeeds("sample", *how, "--first", 3, "--count", 4, "-o", there / "b.npz")
    a, b = np.load(there / "a.npz"), np.load(there / "b.npz")
    check(np.array_equal(np.concatenate([a["arr_0"], b["arr_0"]]), got["arr_0"]), "the parts are not the whole")
    check(np.array_equal(np.concatenate([a["arr_1"], b["arr_1"]]), got["arr_1"]), "the parts' labels are not the whole's")
    found = succeeds("evaluate", there / "a.npz", there / "b.npz", "--reference", whole, "--features", "classifier", "--model", embedded.FILE)
    check('"samples":7' in found, found)
    killed(there, how, whole.read_bytes(), 12288, "npz")
    numbers(there, how, got["arr_0"])


def numbers(there, how, pictures):
    """The same as numbers: float32, not clamped, as one picture's array is."""
    out = there / "whole.npy"
    succeeds("sample", *how, "--count", 7, "-o", out)
    got = np.load(out)
    check(got.shape == (7, 3, 64, 64) and got.dtype == np.float32, f"{got.shape}, {got.dtype}")
    check(np.array_equal(np.clip((got + 1) * np.float32(127.5), 0, 255).astype("u1").transpose(0, 2, 3, 1), pictures), "the numbers are not the pictures'")
    succeeds("sample", *MODEL, "--class", 2, "--seed", 42, "-o", there / "one.npy")
    check(np.array_equal(np.load(there / "one.npy")[0], got[2]), "picture 2 is another when alone")
    succeeds("sample", *how, "--first", 5, "--count", 2, "-o", there / "b.npy")
    check(np.array_equal(np.load(there / "b.npy"), got[5:]), "a part is not the whole's")
    told = succeeds("sample", *how, "--first", 5, "--count", 2, "-o", there / "b.npy", "--json").splitlines()
    check([line.count('"seed":4') for line in told] == [1, 1] and '"label":2' in told[0], f"{told}")
    killed(there, how, out.read_bytes(), 4 * 12288, "npy")


def killed(there, how, expected, one, kind):
    out, part = there / f"killed.{kind}", there / f"killed.{kind}.part"
    command = [ADM, "sample", *map(str, how), "--count", "7", "-o", str(out), "--resume"]
    for kill, pictures in ((signal.SIGKILL, 1), (signal.SIGTERM, 3), (signal.SIGKILL, 5)):
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
            until = time.monotonic() + 60
            while running.poll() is None and time.monotonic() < until and not (part.exists() and part.stat().st_size > 1024 + one * pictures):
                time.sleep(0.002)
            running.send_signal(kill)
        check(out.exists() or part.exists(), "nothing was kept")
    if part.exists():
        with part.open("ab") as file:
            file.write(b"half a picture")
    succeeds("sample", *how, "--count", 7, "-o", out, "--resume")
    check(out.read_bytes() == expected and not part.exists(), "a resumed run's file is another")
    part.write_bytes(b"x" * 2000)
    out.unlink()
    refuses(2, "sample", *how, "--count", 7, "-o", out, "--resume", says="other settings")
    part.unlink()
    # Anything that moves a pixel is another setting.
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        until = time.monotonic() + 60
        while running.poll() is None and time.monotonic() < until and not (part.exists() and part.stat().st_size > 1024):
            time.sleep(0.002)
        running.kill()
    if check(part.exists(), "it was done before it was killed"):
        for more in (["--fast"], ["--scale", 2], ["--guide", 3], ["--no-clip"], ["--eta", 0.5], ["--half"]):
            refuses(2, "sample", *how, *more, "--count", 7, "-o", out, "--resume", says="other settings")
        part.unlink()
    out.unlink(missing_ok=True)


def pictures(there):
    (there / "classes.txt").write_text("brick\nlava\n\n3\n", encoding="utf-8")
    how = [*MODEL, "--classes", there / "classes.txt", "--seed", 9, "-o", there / "pictures"]
    succeeds("sample", *how, "--count", 4)
    names = sorted(p.name for p in (there / "pictures").iterdir())
    check(names == [f"{i:06d}.png" for i in range(4)], f"{names}")
    succeeds("sample", *MODEL, "--class", "lava", "--seed", 10, "-o", there / "lava.png")
    check(png_read(there / "pictures" / "000001.png") == png_read(there / "lava.png"), "picture 1 is not its class's")
    kept = (there / "pictures" / "000000.png").stat().st_mtime_ns
    kept_picture = png_read(there / "pictures" / "000002.png")
    (there / "pictures" / "000002.png").unlink()
    succeeds("sample", *how, "--first", 0, "--count", 5, "--resume")
    check(png_read(there / "pictures" / "000002.png") == kept_picture, "a picture made anew is another")
    check(len(list((there / "pictures").iterdir())) == 5 and (there / "pictures" / "000000.png").stat().st_mtime_ns == kept, "resuming a folder")
    succeeds("sample", *MODEL, "--classes", "random", "--count", 12, "-o", there / "random.npz")
    labels = np.load(there / "random.npz")["arr_1"]
    check(len(set(labels)) > 3 and min(labels) >= 0 and max(labels) < 20, f"random classes: {labels}")
    succeeds("sample", *MODEL, "--class", "brick", "--count", 2, "-o", there / "same.npz")
    check("arr_1" not in np.load(there / "same.npz"), "labels of one class")


def refusals(there):
    for more, says in ((["--classes", "0-20"], "0-19"), (["--classes", "nosuch"], "nosuch"), (["--classes", "5-2"], "0-19"),
                       (["--classes", "random", "--class", "1"], "--class")):
        refuses(1 if says == "nosuch" else 2, "sample", *MODEL, *more, "-o", there / "x.npz", says=says)
    refuses(2, "sample", *MODEL, "--classes", "random", "-o", there / "x.png", says="--classes")
    refuses(2, "sample", *MODEL, "--first", "3", "-o", there / "x.png", says="--first")
    refuses(2, "sample", *MODEL, "--batch", "3", "-o", there / "x.png", says="--batch")
    for batch in ("0", "65", "many"):
        refuses(2, "sample", *MODEL, "--batch", batch, "-o", there / "x.npz", says="--batch")
    refuses(2, "sample", *MODEL, "--first", "3", "--noise", there / "x.npy", "-o", there / "x.npy", says="--noise")
    refuses(1, "sample", *MODEL, "--classes", "random", "-o", there / "none" / "x.npz", says="x.npz")
    (there / "bad.txt").write_text("brick\nnosuchclass\n", encoding="utf-8")
    refuses(2, "sample", *MODEL, "--classes", there / "bad.txt", "-o", there / "x.npz", says="nosuchclass")


def main():
    with folder() as there:
        archive(there)
    with folder() as there:
        pictures(there)
        refusals(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

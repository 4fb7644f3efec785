#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`adm teach`: the adapter learns its pictures; merged, the class is the last, and with an adapter that changes nothing so is no other class's
picture, by a bit; what cannot be is refused in one line."""
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import numpy
from PIL import Image

from harness import ADM, FIXTURES, check, folder, npy_read, refuses, run, succeeds, summary


def teach(there, *more):
    return ["teach", "--model", there / "cond.pt", "--name", "stripes", *more]


def stripes(path):
    made = Image.new("RGB", (40, 40))
    made.putdata([(240, 40, 40) if x // 4 % 2 else (20, 20, 90) for y in range(40) for x in range(40)])
    made.save(path)
    return path


def sample(there, weights, label, out):
    succeeds("sample", "--model", weights, "--class", label, "--steps", "10", "--sampler", "ddim", "--seed", "5", "--count", "4", "-o", there / out)
    return npy_read(there / out)[1]


def learns(there, picture):
    adapter, merged = there / "stripes.safetensors", there / "merged.safetensors"
    succeeds(*teach(there, "--steps", "150", "--batch", "8", "--lr", "5e-3", "--tile", picture, "-o", adapter))
    again = there / "again.safetensors"
    succeeds(*teach(there, "--steps", "150", "--batch", "8", "--lr", "5e-3", "--tile", "--threads", "1", picture, "-o", again))
    check(adapter.read_bytes() == again.read_bytes(), "another number of threads taught something else")
    head = adapter.read_bytes()[:4000]
    check(b"adm-adapter-1" in head and b"stripes" in head, "the adapter does not describe itself")
    succeeds("teach", "--model", there / "cond.pt", "--merge", adapter, "-o", merged)
    info = json.loads(succeeds("info", merged))
    check(info["num_classes"] == 6, f"merged: {info['num_classes']} classes")
    before, after = loss(there, there / "cond.pt", 4), loss(there, merged, 5)
    check(after < 0.75 * before, f"the loss of its picture was {before:.3g}, is {after:.3g}")
    other = loss(there, merged, 4)
    check(after < other, f"the taught label is no better than another: {after:.3g}, {other:.3g}")


def loss(there, weights, label):
    """Of the picture that was shown, at eight noise levels."""
    pixels = numpy.asarray(Image.open(there / "stripes.png"), "f4")[:16, :16].transpose(2, 0, 1) / 127.5 - 1
    numpy.save(there / "x0.npy", numpy.repeat(pixels[None], 8, 0).astype("<f4"))
    numpy.save(there / "noise.npy", numpy.random.default_rng(3).standard_normal((8, 3, 16, 16)).astype("<f4"))
    out = json.loads(succeeds("gradients", "--model", weights, "--x0", there / "x0.npy", "--noise", there / "noise.npy",
                              "--t", "100,200,300,400,500,600,700,800", "--class", label))
    return sum(out["mse"]) / 8


def changes_nothing_else(there, picture):
    """A learning rate that moves nothing: the merged network's classes are the old ones', bit for bit."""
    adapter, merged = there / "nothing.safetensors", there / "nothing-merged.safetensors"
    succeeds(*teach(there, "--steps", "1", "--lr", "1e-12", picture, "-o", adapter))
    succeeds("teach", "--model", there / "cond.pt", "--merge", adapter, "-o", merged)
    old, new = sample(there, there / "cond.pt", 2, "old.npy"), sample(there, merged, 2, "new.npy")
    check(max(abs(a - b) for a, b in zip(old, new)) < 1e-5, "an adapter of nothing changed a class")


def stopped(there, picture):
    out = there / "stopped.safetensors"
    running = subprocess.Popen([ADM, *map(str, teach(there, "--minutes", "10", picture, "-o", out))], stderr=subprocess.PIPE)
    time.sleep(1.5)
    running.send_signal(signal.SIGINT)
    line = running.communicate()[1]
    check(running.returncode == 0 and line == b"" and out.exists(), f"stopped: {running.returncode} {line!r}")
    spent = int((there / "stopped.checkpoint.safetensors").read_bytes().split(b'milliseconds\\":')[1].split(b",")[0])
    check(0 <= spent < 60000, f"stopped, it had spent {spent} ms")


def resumed(there, picture):
    """Three steps and three more are six; another request is refused."""
    whole, parts = there / "whole.safetensors", there / "parts.safetensors"
    how = ["--batch", "2", "--lr", "1e-2", picture, "-o"]
    succeeds(*teach(there, "--steps", "6", *how, whole))
    succeeds(*teach(there, "--steps", "3", *how, parts))
    half = parts.read_bytes()
    succeeds(*teach(there, "--steps", "6", "--resume", *how, parts))
    check(parts.read_bytes() == whole.read_bytes() != half, "a resumed class is another one")
    refuses(2, *teach(there, "--steps", "8", "--resume", "--seed", "3", *how, parts), says="seed 0")
    refuses(1, *teach(there, "--steps", "8", "--resume", *how, there / "never.safetensors"), says="never.checkpoint")
    check(parts.read_bytes() == whole.read_bytes(), "a refusal changed the class")


def odd_pictures(there, picture):
    """Whatever a picture is like: JPEG, 16 bits, grey, transparent, of two pixels, long."""
    odd = [there / name for name in ("a.jpg", "deep.png", "grey.png", "alpha.png", "palette.png", "tiny.png", "long.png")]
    for path, made in zip(odd, (Image.new("RGB", (50, 40), (9, 99, 200)), Image.new("I;16", (40, 30), 40000), Image.new("L", (30, 40), 99),
                                Image.new("LA", (30, 40), (99, 0)), Image.new("P", (300, 40)), Image.new("RGB", (2, 1)), Image.new("RGB", (1, 700), (200, 1, 1)))):
        made.save(path)
    succeeds(*teach(there, "--steps", "3", "--tile", "--turn", picture, *odd, "-o", there / "odd.safetensors"))
    succeeds(*teach(there, "--steps", "2", there / "tiny.png", "-o", there / "tiny.safetensors"))


def kept(there, picture):
    """A full disk, SIGKILL and a gradient that is not finite: what had been saved is whole, no part of a file is left, and it can go on."""
    out = there / "kept.safetensors"
    how = ["--batch", "2", "--lr", "1e-2", picture, "-o", out]
    succeeds(*teach(there, "--steps", "3", *how))

    def whole():
        return out.read_bytes(), (there / "kept.checkpoint.safetensors").read_bytes()

    before = whole()
    refuses(1, *teach(there, "--steps", "6", "--resume", *how), says="cannot be written",
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)))
    check(whole() == before and not list(there.glob("kept*.part*")), "a full disk changed the files, or left a part of one")
    for seconds in (0.05, 0.3, 0.8):
        running = subprocess.Popen([ADM, *map(str, teach(there, "--minutes", "10", "--resume", *how))], stderr=subprocess.PIPE)
        time.sleep(seconds)
        running.kill()
        running.communicate()
        check(whole() == before, f"killed after {seconds} s: the files changed")
    line = refuses(1, *teach(there, "--steps", "400", "--resume", "--lr", "10", *how[:2], *how[4:]), says="is not finite; use a smaller --lr")
    step = int(re.search(r"step (\d+):", line).group(1))
    kept_step = int(whole()[1].split(b'step\\":')[1].split(b",")[0])
    check(step > 4 and kept_step == 3 and whole() == before, f"ended at step {step}, keeps {kept_step}")
    succeeds(*teach(there, "--steps", "4", "--resume", *how))
    other = there / "other.safetensors"  # weights of the same shapes, the last byte changed
    succeeds("convert", there / "cond.pt", "-o", other)
    content = bytearray(other.read_bytes())
    content[-2] ^= 1
    other.write_bytes(content)
    refuses(2, "teach", "--model", other, *teach(there, "--steps", "500", "--resume", *how)[3:], says="was taught to other weights")


def chosen_by_name(there, picture):
    """The taught class is listed, is chosen by its name, is what the merged weights make, and takes nothing from the other classes."""
    home = there / "home"
    taught = home / "gimp-adm" / "models" / "taught"
    taught.mkdir(parents=True)
    for name in ("cond.pt", "cond.json"):
        shutil.copy(there / name, taught.parent / name)
    adapter, merged = taught / "stripes.safetensors", there / "merged-again.safetensors"
    os.environ["XDG_DATA_HOME"] = str(home)
    before = sample(there, "cond", 2, "before.npy")
    succeeds("teach", "--model", "cond", "--name", "my stripes", "--steps", "40", "--lr", "5e-3", "--tile", picture, "-o", adapter)
    succeeds("teach", "--model", "cond", "--merge", adapter, "-o", merged)
    lines = [json.loads(line) for line in succeeds("models").splitlines()]
    found = [line for line in lines if line.get("id") == "cond"]
    check(found and [t["name"] for t in found[0]["taught"]] == ["my stripes"], f"adm models: {found}")
    own, null, others = (sample(there, "cond", name, "own.npy") for name in ("my stripes", 4, 2))
    check(own == sample(there, merged, 5, "m.npy"), "the taught class is not what the merged weights make")
    check(max(abs(a - b) for a, b in zip(own, null)) > 0.05, "the taught class makes what no class makes")
    check(others == before, "another class changed")
    elsewhere = there / "elsewhere.safetensors"
    shutil.move(adapter, elsewhere)
    succeeds("sample", "--model", "cond", "--adapter", elsewhere, "--steps", "10", "--sampler", "ddim", "--seed", "5", "--count", "4", "-o", there / "e.npy")
    check(npy_read(there / "e.npy")[1] == own, "--adapter makes something else")
    size = ["--model", "cond", "--adapter", elsewhere, "--size", "40x24", "--seamless", "xy", "--steps", "4"]
    succeeds("sample", *size, "-o", there / "canvas.png")
    check(Image.open(there / "canvas.png").size == (40, 24), "the canvas is of another size")
    shutil.move(elsewhere, adapter)
    refuses(2, "sample", "--model", "cond", "--class", "my stripes=0.5,2=0.5", "-o", there / "no.png", says="stands alone")
    refuses(2, "sample", "--model", "cond", "--adapter", adapter, "--class", "2", "-o", there / "no.png", says="my stripes")
    refuses(2, "sample", "--model", FIXTURES / "unet-cond.pt", "--adapter", adapter, "-o", there / "no.png", says="taught to other weights")
    refuses(1, "sample", "--model", "cond", "--adapter", there / "cond.pt", "-o", there / "no.png", says="not an adapter")
    check(not (there / "no.png").exists(), "a refusal left a picture")


def refusals(there, picture):
    good = teach(there, "--steps", "1", picture, "-o", there / "no.safetensors")
    refuses(2, *[a for a in good if a not in ("--name", "stripes")], says="--name")
    refuses(2, *teach(there, "-o", there / "no.safetensors"), says="no picture")
    refuses(2, *teach(there, *[picture] * 51, "--steps", "1", "-o", there / "no.safetensors"), says="1 to 50")
    refuses(2, *good, "--rank", "65", says="--rank")
    refuses(1, *teach(there, "--steps", "1", there / "none.png", "-o", there / "no.safetensors"), says="none.png")
    (there / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    refuses(1, *teach(there, "--steps", "1", there / "broken.png", "-o", there / "no.safetensors"), says="broken.png")
    refuses(1, *good, "--memory-limit", "2MiB", says="MiB")
    refuses(1, "teach", "--model", there / "cond.pt", "--merge", there / "cond.pt", "-o", there / "no.safetensors", says="adapter")
    check(not (there / "no.safetensors").exists(), "a refusal left a file")


def main():
    with folder() as there:
        for name in ("cond.pt", "cond.json"):
            shutil.copy(FIXTURES / "train" / name, there / name)
        picture = stripes(there / "stripes.png")
        learns(there, picture)
        changes_nothing_else(there, picture)
        stopped(there, picture)
        resumed(there, picture)
        odd_pictures(there, picture)
        kept(there, picture)
        chosen_by_name(there, picture)
        refusals(there, picture)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

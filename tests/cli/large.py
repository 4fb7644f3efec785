#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`./setup test --large`: the published systems at their true size, on stand-ins (stand_in.py), outside the ordinary tests: both
stacks, 512 px, loading against the disk's speed, memory against the plan, 16 bits, limits, and the bad files that people have.
Takes up to 4 GB of disk at a time under $TMPDIR, as much memory, and some minutes. The last line counts.

    large.py ADM [--table]     --table prints README's table instead: each checkpoint's figures, one step measured"""
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import stand_in
from harness import ADM, folder, npy_read, npy_write, png_read

passed, failed = 0, []
WITHIN = 1.05  # of the plan: the resident size that `adm info` promises
GAP = 1.0      # seconds that loading may take beyond reading the file
LOAD = Path(ADM).parents[1] / "tests" / "bench" / "load"


class Failure(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Failure(what)


def run(*arguments, status=0, says="", home=None):
    """Runs adm: (standard output, the line on standard error, seconds, peak MiB)."""
    env = dict(os.environ, ADM_MODEL_PATH=str(home or "/nonexistent"), XDG_DATA_HOME="/nonexistent")
    began = time.monotonic()
    child = subprocess.Popen([ADM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    out, error = child.stdout.read(), child.stderr.read().decode()
    _, code, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(code)
    child.stdout.close()
    child.stderr.close()
    need(child.returncode == status, f"adm {' '.join(map(str, arguments))}: status {child.returncode}: {error.strip()}")
    need(status == 0 or (error.count("\n") == 1 and says in error), f"adm {arguments[0]}: {says!r} is not the one line {error!r}")
    return out.decode(), error, seconds, usage.ru_maxrss / 1024


def info(path):
    return json.loads(run("info", path)[0])


def lively(values):
    """Finite, and not the same everywhere."""
    sample = values[::97]
    return all(v == v and abs(v) < 1e4 for v in sample) and max(sample) - min(sample) > 0.1


def check_picture(path, side):
    width, height, pixels = png_read(path)
    need((width, height) == (side, side), f"{path.name} is {width} x {height} px")
    need(len(set(pixels[::101])) > 20, f"{path.name} is flat")


def make(there, *names):
    for name in names:
        stand_in.write(there / f"{name}.pt", stand_in.listing(name))


def write_input(there, name, side, count=1):
    path = there / name
    plane = 3 * side * side
    npy_write(path, (count, 3, side, side), [((7919 * i) % 2003) / 1001 - 1 for i in range(plane)] * count)
    return path


# ---- the paper's systems -----------------------------------------------------------------------------------------------

def stack_64_256(there):
    """Sample at 64 px with guidance, upsample to 256 px without; in one go, and one stage at a time within 3 GiB: the same picture."""
    options = ["sample", "--model", "imagenet-64", "--class", "Siamese", "--scale", "1", "--seed", "3", "--steps", "2", "--upscale", "--up-steps", "2"]
    _, _, seconds, whole = run(*options, "-o", there / "whole.png", home=there)
    check_picture(there / "whole.png", 256)
    _, _, _, staged = run(*options, "--memory-limit", "3GiB", "-o", there / "staged.png", home=there)
    need((there / "whole.png").read_bytes() == (there / "staged.png").read_bytes(), "one stage at a time makes another picture")
    need(staged < 3072 < whole, f"{staged:.0f} MiB resident within 3 GiB, {whole:.0f} without a limit")
    _, _, _, half = run(*options, "--half", "-o", there / "half.png", home=there)
    check_picture(there / "half.png", 256)
    need(half < 0.7 * whole, f"{half:.0f} MiB with weights in 16 bits, {whole:.0f} in 32")
    return f"{seconds:.1f} s; resident {whole:.0f} MiB, one stage at a time {staged:.0f}, in 16 bits {half:.0f}"


def stack_128_512(there):
    options = ["sample", "--model", "imagenet-128", "--class", "volcano", "--seed", "3", "--steps", "2", "--upscale", "--up-steps", "2"]
    _, _, seconds, resident = run(*options, "-o", there / "whole.png", home=there)
    check_picture(there / "whole.png", 512)
    return f"{seconds:.1f} s, {resident:.0f} MiB resident"


def guided_512(there):
    """The 512 px model and its classifier, in the memory that the plan says."""
    options = ["sample", "--model", "imagenet-512", "--class", "7", "--scale", "4", "--steps", "2"]
    _, _, seconds, resident = run(*options, "-o", there / "large.npy", home=there)
    shape, values = npy_read(there / "large.npy")
    need(shape == (1, 3, 512, 512) and lively(values), f"512 px: {shape}")
    refusal = run(*options, "--memory-limit", "2GiB", "-o", there / "none.png", status=1, says="2048 MiB are allowed", home=there)[1]
    planned = float(refusal.split(" needs ")[1].split(" MiB")[0])
    need(resident <= planned, f"{resident:.0f} MiB resident, {planned:.0f} planned")
    _, _, _, half = run(*options, "--half", "-o", there / "half.npy", home=there)
    need(half < 0.75 * resident, f"{half:.0f} MiB in 16 bits")
    return f"{seconds:.1f} s, {resident:.0f} MiB resident of {planned:.0f} planned, {half:.0f} in 16 bits"


# ---- loading -----------------------------------------------------------------------------------------------------------

def loading(there):
    """Reading, checking and packing 1.2 GB at the disk's speed and a second: the best of eight (see load.c)."""
    path, x = there / "64x64_diffusion.pt", write_input(there, "x.npy", 64)
    planned = info(path)["run_mib"]
    _, _, _, resident = run("eval", "--model", path, "--x", x, "--t", "500", "--class", "3", "-o", there / "o.npy")
    need(resident <= planned * WITHIN, f"{resident:.0f} MiB resident, {planned:.0f} promised")
    tries = subprocess.run([LOAD, path, "8"], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    need(len(tries) == 8, f"{len(tries)} tries")
    best = min(map(json.loads, tries), key=lambda told: told["load_seconds"] - told["plain_seconds"])
    told = f"{best['load_seconds']:.2f} s, plain reading takes {best['plain_seconds']:.2f} s; {resident:.0f} MiB resident of {planned:.0f}"
    need(best["load_seconds"] - best["plain_seconds"] <= GAP, f"loading takes {told}")
    return told


def formats(there):
    """Each of the three formats, and converted: the same numbers come out."""
    results, x = {}, write_input(there, "x.npy", 64)
    for form in stand_in.FORMATS:
        path = stand_in.write(there / f"c.{form}", stand_in.listing("64x64_classifier"), form)
        run("eval", "--model", path, "--x", x, "--t", "9", "--logits", there / "l.npy")
        results[form] = (there / "l.npy").read_bytes()
    need(len(set(results.values())) == 1, "the formats differ")
    need(lively(npy_read(there / "l.npy")[1]), "the logits are not lively")
    run("convert", there / "c.zip", "--dtype", "f16", "-o", there / "half.safetensors")
    need(info(there / "half.safetensors")["recognised_as"] == "64x64_classifier", "the converted file is not recognised")
    run("eval", "--model", there / "half.safetensors", "--x", x, "--t", "9", "--logits", there / "l.npy")
    for path in there.glob("c.*"):
        path.unlink()
    (there / "half.safetensors").unlink()
    return "zip, legacy and safetensors agree"


# ---- what people have --------------------------------------------------------------------------------------------------

def bad_files(there):
    """Each is refused in one line that says what it is, and does not hide the good ones."""
    good = there / "64x64_diffusion.pt"
    bad = there / "bad"
    bad.mkdir()
    cut = bad / "cut.pt"
    with open(good, "rb") as source, open(cut, "wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
        out.truncate(1000 << 20)
    run("info", cut, status=1, says="cut short; download it again")
    cut.unlink()
    (bad / "page.pt").write_text("<!DOCTYPE html><html><body>Sign in to download 64x64_diffusion.pt</body></html>")
    run("info", bad / "page.pt", status=1, says="is a web page, not weights")
    stand_in.write_optimizer(bad / "opt500000.pt", stand_in.listing("64x64_classifier"), stand_in.Numbers())
    run("info", bad / "opt500000.pt", status=1, says="is an optimizer's state, not weights")
    run("sample", "--model", good, "--classifier", there / "other.pt", "--class", "1", "--scale", "1", "--steps", "2", "-o", there / "none.png",
        status=1, says="is for 128 px pictures, the diffusion model for 64 px")
    lines = [json.loads(line) for line in run("models", home=bad)[0].splitlines()]
    need({name for name in ("page.pt", "opt500000.pt") if any(name in note for note in lines[-1]["notes"])} == {"page.pt", "opt500000.pt"},
         f"notes: {lines[-1]['notes']}")
    ema = there / "ema_0.9999_500000.pt"
    good.rename(ema)
    run("eval", "--model", ema, "--x", write_input(there, "x.npy", 64), "--t", "9", "--class", "1", "-o", there / "o.npy")
    need(lively(npy_read(there / "o.npy")[1]), "an EMA file's output is not lively")
    ema.rename(good)
    return "a page, a cut download, an optimizer's file and a mixed-up classifier are named; an EMA file loads"


def too_many_names(there):
    """A model of 1000 classes described with 1001 names."""
    (there / "names.txt").write_text("\n".join(f"class {i}" for i in range(1001)))
    (there / "mine.json").write_text(json.dumps({"format": "adm-model-1", "id": "mine", "name": "Mine", "diffusion": "64x64_diffusion.pt",
                                                 "classes": "names.txt"}))
    run("sample", "--model", there / "mine.json", "--class", "1", "-o", there / "none.png", status=1, says="1001 class names for 1000 labels")
    (there / "mine.json").unlink()
    return "refused"


# ---- README's table ----------------------------------------------------------------------------------------------------

def seconds_a_step(there, name, line):
    """Of sampling one picture without guidance; a classifier's: one forward and gradient. The difference between a longer and a
    shorter run, which load alike; best of two."""
    path, side, classifier = there / "net.pt", line["image_size"], line["kind"] == "classifier"
    stand_in.write(path, stand_in.listing(name))
    options = ["--model", path, "--class", "1", "-o", there / "o.npy"]
    if line["kind"] == "superres":
        options += ["--low-res", write_input(there, "low.npy", line["small_size"])]
    if classifier:
        one, three = write_input(there, "one.npy", side), write_input(there, "three.npy", side, 3)
        runs = [["eval", *options, "--t", "500", "--grad", there / "g.npy", "--x", x] for x in (one, three)]
    else:
        runs = [["sample", *options, "--scale", "0", "--steps", n] for n in (2, 4)]
    shorter, longer = (min(run(*arguments)[2] for _ in range(2)) for arguments in runs)
    path.unlink()
    return (longer - shorter) / 2


def table(there):
    print("| file | recognised as | parameters | MiB to run, 32 bits | 16 bits | seconds a step |\n|---|---|---|---|---|---|")
    measured = {}
    for name in stand_in.published():
        path = stand_in.write(there / "any.pt", stand_in.listing(name), hole=True)
        if name in stand_in.LSUN:
            run("describe", path, f"recognised_as={name}")
        line = info(path)
        key = "256x256_diffusion_uncond" if name in stand_in.LSUN else name
        if key not in measured:
            measured[key] = seconds_a_step(there, key, line)
        (there / "any.json").unlink(missing_ok=True)
        path.unlink()
        print(f"| {name}.pt | {line['recognised_as']} | {line['parameters'] / 1e6:.0f} M | {line['run_mib']:.0f} | {line['run_half_mib']:.0f} "
              f"| {measured[key]:.2f} |", flush=True)


# ---- all of it ---------------------------------------------------------------------------------------------------------

def attempt(part, there):
    global passed
    try:
        told = part(there)
        passed += 1
        print(f"{part.__name__}: {told}", flush=True)
    except (Failure, OSError, ValueError, LookupError, AssertionError) as reason:
        failed.append(part.__name__)
        print(f"failed: {part.__name__}: {reason}", flush=True)


def main():
    if sys.argv[2:] == ["--table"]:
        with folder() as there:
            table(there)
        return 0
    with folder() as there:
        free = shutil.disk_usage(there).free >> 30
        if free < 6:
            print(f"{there.parent}: {free} GiB are free and 6 are needed; set TMPDIR to another folder\n0 passed, 1 failed")
            return 1
        make(there, "64x64_diffusion")
        attempt(loading, there)
        attempt(formats, there)
        make(there, "64x64_classifier", "64_256_upsampler")
        attempt(stack_64_256, there)
        (there / "64_256_upsampler.pt").unlink()
        stand_in.write(there / "other.pt", stand_in.listing("128x128_classifier"))
        attempt(bad_files, there)
        attempt(too_many_names, there)
    with folder() as there:
        make(there, "128x128_diffusion", "128x128_classifier", "128_512_upsampler")
        attempt(stack_128_512, there)
    with folder() as there:
        make(there, "512x512_diffusion", "512x512_classifier")
        attempt(guided_512, there)
    print(f"{passed} passed, {len(failed)} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Help: the first page fits a screen, every command's ends with examples, every example does what it says in a folder with the files that it
names (with fewer steps), and the manual pages have them all."""
import json
import pathlib
import re
import shlex
import shutil
import sys

import numpy
from PIL import Image

from harness import ADM, FIXTURES, ROOT, check, embedded, folder, npy_read, png_read, run, succeeds, summary

COMMANDS = sorted(path.stem.removeprefix("cmd_") for path in (ROOT / "core" / "cli").glob("cmd_*.c"))
# What makes an example short; of an option given twice the last counts.
SHORT = {"sample": "--steps 2", "upscale": "--steps 2", "encode": "--steps 2", "nll": "--respacing 2", "bench": "--repeat 1",
         "train": "--steps 2 --batch 2 --minutes 1", "teach": "--steps 2 --batch 1"}


def picture(path, width, height):
    made = Image.new("RGB", (width, height))
    made.putdata([((37 * x + 11 * y) % 256, (7 * x * y) % 256, (91 * y) % 256) for y in range(height) for x in range(width)])
    made.save(path)


def furnish(there, described):
    """The files that the examples name; DESCRIBED: the checkpoint has its JSON file beside it."""
    side = embedded.DESCRIPTION["image_size"]
    for name in ("small.png", "moss.png"):
        picture(there / name, side, side)
    picture(there / "photo.jpg", side + 40, side + 20)
    (there / "textures").mkdir()
    for i in range(5):
        picture(there / "textures" / f"{'brick' if i % 2 else 'moss'}_{i}.png", side, side)
    shutil.copy(FIXTURES / "unet-cond.pt", there / "my-checkpoint.pt")
    if described:
        shutil.copy(FIXTURES / "unet-cond.json", there / "my-checkpoint.json")
    succeeds("convert", FIXTURES / "unet-cond.pt", "-o", there / "my-model.safetensors")
    shutil.copy(FIXTURES / "unet-cond.x.npy", there / "x.npy")
    shutil.copy(FIXTURES / "unet-cond.x.npy", there / "noise.npy")
    (there / "my.json").write_text(json.dumps({
        "kind": "unet", "image_size": 16, "model_channels": 32, "num_res_blocks": 1, "channel_mult": [1], "attention_resolutions": [], "num_classes": 2,
        "num_head_channels": 32, "learn_sigma": False, "use_scale_shift_norm": True, "resblock_updown": True, "use_new_attention_order": False,
        "noise_schedule": "cosine", "diffusion_steps": 1000}))
    numpy.savez(there / "samples.npz", arr_0=numpy.random.default_rng(1).integers(0, 255, (5, side, side, 3), dtype=numpy.uint8))


def examples_of(text):
    return [line.strip() for line in text.partition("\nExamples:\n")[2].splitlines()]


def try_example(there, line):
    words = shlex.split(line)
    command = words[1]
    more = SHORT.get(command, "").split()
    if "--upscale" in words:
        more += ["--up-steps", "2"]
    if "--merge" in words:
        more = []
    if "--resume" in words:
        more += ["--steps", "4"]
    done = run(*words[1:], *more, cwd=there)
    if not check(done.returncode == 0 and done.stderr == b"", f"{line}: {done.returncode}, {done.stderr.decode(errors='replace')!r}"):
        return
    if "-o" in words:
        out = there / words[words.index("-o") + 1]
        check(out.is_file() and out.stat().st_size > 0, f"{line}: made no {out.name}")
        if out.suffix == ".png":
            check(png_read(out)[0] > 0, f"{line}: no picture")
        if out.suffix == ".npy":
            check(npy_read(out)[0], f"{line}: no array")
    if "--json" in words or command in ("info", "models", "evaluate", "nll", "bench", "gradients"):
        check(all(json.loads(one) for one in done.stdout.splitlines()) and done.stdout, f"{line}: no JSON: {done.stdout!r}")


def check_first_page():
    text = succeeds("--help")
    lines = text.splitlines()
    check(len(lines) <= 23, f"adm --help takes {len(lines)} lines, and a screen of 24 has room for 23 and a prompt")
    check(max(map(len, lines)) <= 80, f"adm --help is {max(map(len, lines))} columns wide: {max(lines, key=len)!r}")
    listed = re.findall(r"^  adm ([a-z]+) ", text, re.M)
    check(sorted(set(listed)) == COMMANDS, f"adm --help lists {listed}")
    return text


def manual(name, text):
    page = (pathlib.Path(ADM).parent / "cli" / f"{name}.1").read_text(encoding="utf-8")
    section = page.partition(".SH EXAMPLES\n.nf\n")[2].partition("\n.fi\n")[0].replace(r"\-", "-")
    check(section.splitlines() == examples_of(text), f"{name}.1 has other examples: {section!r}")


def main():
    texts = {"adm": check_first_page()} | {f"adm-{command}": succeeds(command, "--help") for command in COMMANDS}
    ran = 0
    for name, text in texts.items():
        lines = examples_of(text)
        command = name.removeprefix("adm").lstrip("-")
        check(1 <= len(lines) <= 2 and all(line.startswith(f"adm {command}" if command != "encode" else "adm ") for line in lines),
              f"{name} --help ends with no examples of its own: {lines}")
        check(command == "" or re.search(r"^  --json  ", text, re.M), f"{name} --help lacks --json")
        manual(name, text)
        with folder() as there:
            furnish(there, command == "convert")
            for line in lines:
                try_example(there, line)
                ran += 1
    check(ran > len(COMMANDS), f"only {ran} examples")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/your-own-model.md, followed to the letter: every command of the page is run, in order, in a folder with a small model's files; and
what the page says of the results is so."""
import json
import os
import re
import shutil
import subprocess
import sys

import stand_in
from harness import ADM, FIXTURES, ROOT, check, folder, npy_read, png_read, summary

PAGE = ROOT / "docs" / "your-own-model.md"


def commands(page):
    """The indented lines, each command with its here-document."""
    lines = [line[4:] for line in page.splitlines() if line.startswith("    ")]
    out, at = [], 0
    while at < len(lines):
        command = lines[at]
        at += 1
        if "<<'END'" in command:
            end = lines.index("END", at)
            command = "\n".join([command, *lines[at:end + 1]])
            at = end + 1
        out.append(command)
    return out


def main():
    page = PAGE.read_text(encoding="utf-8")
    with folder() as there:
        (there / "bin").mkdir()
        (there / "bin" / "adm").symlink_to(os.path.abspath(ADM))
        work = there / "work"
        work.mkdir()
        # The network of a fixture in float32, as training writes it.
        subprocess.run([ADM, "convert", FIXTURES / "unet-cond.pt", "-o", there / "net.safetensors"], check=True)
        stand_in.write(work / "ema_0.9999_500000.pt", stand_in.listing_of(there / "net.safetensors"))
        shutil.copy(FIXTURES / "classifier-adaptive.pt", work / "guide.pt")
        env = dict(os.environ, HOME=str(there / "home"), PATH=f"{there / 'bin'}:{os.environ['PATH']}")
        env.pop("XDG_DATA_HOME", None)
        env.pop("ADM_MODEL_PATH", None)
        said, ran = {}, commands(page)
        for command in ran:
            done = subprocess.run(["sh", "-e"], input=command, cwd=work, env=env, capture_output=True, text=True, timeout=120, check=False)
            check(done.returncode == 0 and done.stderr == "", f"{command}: {done.returncode}, {done.stderr}")
            said[command] = done.stdout
        check(len(ran) > 15, f"only {len(ran)} commands were found in the page")

        # What the page says of them.
        asked = json.loads(said["adm describe flowers.pt"])["questions"]
        table = set(re.findall(r"^\| `(\w+)`.*training|^\| `(\w+)`[^|]*\| `--", page, re.MULTILINE))
        topics = {name for pair in table for name in pair if name}
        check({q["topic"] for q in asked} == {"image_size", "heads", "use_new_attention_order", "noise_schedule", "diffusion_steps",
                                               "predict_xstart"}, f"asked: {asked}")
        check({"image_size", "num_heads", "use_new_attention_order", "noise_schedule"} <= topics, f"the page tells of {topics}")
        described = json.loads((work / "flowers.json").read_text())
        truth = json.loads((FIXTURES / "unet-cond.json").read_text())
        check(all(described.get(key) == truth[key] for key in truth if key != "num_heads"), f"flowers.json: {described}")
        known = set(re.findall(r"`(\w+)`", page[page.index("| key | value |"):page.index("## One file")]))
        check(set(described) <= known, f"the page leaves out {set(described) - known}")
        whole, half = json.loads(said["adm info flowers.pt"]), json.loads(said["adm info flowers.safetensors"])
        check(whole["noise_schedule"] is None and half["noise_schedule"] == "cosine", "info before and after")
        check((work / "flowers.safetensors").stat().st_size < 0.6 * (work / "flowers.pt").stat().st_size, "the converted file is not half as large")
        check(half["run_half_mib"] <= half["run_mib"], f"info: {half}")
        check(png_read(work / "flower.png")[:2] == (32, 32), "flower.png")
        check(npy_read(work / "output.npy")[0] == (1, 6, 32, 32) and npy_read(work / "gradient.npy")[0] == (1, 3, 32, 32), "the arrays' shapes")
        models = [json.loads(line) for line in said["adm models"].splitlines()]
        mine = [line for line in models if line.get("id") == "flowers"]
        check(len(mine) == 1 and mine[0]["classes"][1] == "dandelion" and mine[0]["classifier"] is not None, f"adm models: {mine}")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

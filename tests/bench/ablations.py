#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's ablations (Dhariwal & Nichol 2021, Tables 1 to 3) at toy scale: networks that differ in one thing, trained for equal minutes.

    ablations.py ADM FRECHET TEXTURES FOLDER [--minutes M] [--count N] [--steps K]

TEXTURES, a zip or a folder, holds a folder a class (toy_set.py). Pictures, networks and FOLDER/table.md (with table.json) are made in FOLDER;
what is there already is kept: started again, the script goes on. Minutes are those of one thread's processor time, so that other work on
the machine takes nothing from a row, and are given out one by one, so that no row is trained in a quieter hour than another.

Of the averaged weights: the loss of pictures that were held out, the same noise and timesteps for all rows, and the Fréchet distance of
N samples of K steps to the held-out pictures. Its features are those of the embedded 64 px classifier, on pictures enlarged twice: it
compares rows of one table. Needs NumPy and Pillow."""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
from PIL import Image

import toy_set

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))
import embedded  # noqa: E402

SIDE, EACH, HELD = 32, 250, 25
BASE = {"kind": "unet", "image_size": SIDE, "model_channels": 32, "num_res_blocks": 1, "channel_mult": [1, 2, 4], "attention_resolutions": [8],
        "num_classes": 20, "num_heads": 1, "num_head_channels": -1, "learn_sigma": True, "use_scale_shift_norm": True, "resblock_updown": False,
        "use_new_attention_order": True, "rescale_residual": False, "noise_schedule": "cosine", "diffusion_steps": 1000}
ROWS = {
    "baseline": {},
    "depth 2": {"num_res_blocks": 2},
    "4 heads": {"num_heads": 4},
    "attention at 32, 16 and 8": {"attention_resolutions": [32, 16, 8]},
    "BigGAN up/down": {"resblock_updown": True},
    "rescaled residuals": {"rescale_residual": True},
    "AdaGN off": {"use_scale_shift_norm": False},
    "heads of 16 channels": {"num_heads": -1, "num_head_channels": 16},
}
TRAIN = ["--kind", "diffusion", "--batch", "16", "--lr", "4e-4", "--ema", "0.99", "--mirror", "--threads", "1", "--log-steps", "25"]


def slug(name):
    return "".join(c if c.isalnum() else "-" for c in name)


# ---- pictures -----------------------------------------------------------------------------------

def make_pictures(textures, there):
    """train/CLASS/*.png and, moved out of each class, held/CLASS/*.png."""
    if (there / "held").exists():
        return
    toy_set.write(textures, there / "train", EACH + HELD, SIDE)
    for kind in sorted((there / "train").iterdir()):
        (there / "making" / kind.name).mkdir(parents=True)
        for picture in sorted(kind.iterdir())[EACH:]:
            picture.rename(there / "making" / kind.name / picture.name)
    (there / "making").rename(there / "held")


def read(folder, most):
    """(pictures [N,3,S,S] in [-1, 1], labels [N]), MOST a class."""
    pictures, labels = [], []
    for label, kind in enumerate(sorted(folder.iterdir())):
        for path in sorted(kind.iterdir())[:most]:
            pictures.append(np.asarray(Image.open(path)).transpose(2, 0, 1))
            labels.append(label)
    return np.stack(pictures).astype("<f4") / np.float32(127.5) - 1, np.array(labels)


def save_enlarged(path, pictures):
    """[N,3,S,S] at 64 px."""
    large = [[np.asarray(Image.fromarray(plane).resize((64, 64), Image.BICUBIC)) for plane in picture] for picture in pictures]
    np.save(path, np.asarray(large, "<f4"))


# ---- training -----------------------------------------------------------------------------------

def processor_seconds(pid):
    """Of a process that may have ended but was not waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def train_for(adm, there, row, seconds):
    """Goes on with ROW for SECONDS of processor time; gives those it took."""
    out = there / f"{slug(row)}.safetensors"
    start = ["--resume"] if out.exists() else ["--description", str(there / f"{slug(row)}.json")]
    running = subprocess.Popen([adm, "train", *TRAIN, "--data", str(there / "train"), "-o", str(out), "--steps", "100000000", *start,
                                "--log", str(there / f"{slug(row)}.jsonl")], stderr=subprocess.PIPE)
    while running.poll() is None and processor_seconds(running.pid) < seconds:
        time.sleep(0.1)
    if running.returncode is not None:
        sys.exit(f"{row}: {running.stderr.read().decode()}")
    running.send_signal(signal.SIGINT)
    said = running.stderr.read()
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode != 130:
        sys.exit(f"{row}: {said.decode()}")
    return usage.ru_utime + usage.ru_stime


def train(adm, there, minutes, state):
    """A minute each, in turn. A minute that began ends with a save, which is counted: the next one is shorter by what was too much."""
    for minute in range(1, minutes + 1):
        for row, change in ROWS.items():
            (there / f"{slug(row)}.json").write_text(json.dumps(dict(BASE, **change)))
            spent = state.setdefault(row, {}).setdefault("seconds", 0)
            if spent < 60 * minute - 5:
                state[row]["seconds"] = spent + train_for(adm, there, row, 60 * minute - spent)
                keep(there, state)


# ---- what came of it ----------------------------------------------------------------------------

def held_out_loss(adm, there, row, pictures, labels):
    """Means of (loss, mse, vb) over all of PICTURES, one timestep each, spread evenly."""
    dice, terms = np.random.default_rng(1), []
    noise = dice.standard_normal(pictures.shape).astype("<f4")
    t = dice.permutation(len(pictures)) * 1000 // len(pictures)
    for first in range(0, len(pictures), 50):
        part = slice(first, first + 50)
        np.save(there / "x0.npy", pictures[part])
        np.save(there / "noise.npy", noise[part])
        said = subprocess.run([adm, "gradients", "--model", str(there / f"{slug(row)}.safetensors"), "--x0", str(there / "x0.npy"), "--noise",
                               str(there / "noise.npy"), "--t", ",".join(map(str, t[part])), "--class", ",".join(map(str, labels[part])),
                               "--threads", "1"], stdout=subprocess.PIPE, check=True)
        found = json.loads(said.stdout)
        terms.append([np.sum(found[key]) for key in ("loss", "mse", "vb")])
    return (np.sum(terms, 0) / len(pictures)).tolist()


def distance(frechet, a, b):
    classifier = ROOT / "data" / embedded.DESCRIPTION["classifier"]
    said = subprocess.run([frechet, str(classifier), str(a), str(b)], stdout=subprocess.PIPE, check=True)
    return json.loads(said.stdout)["distance"]


def sample(adm, there, row, count, steps):
    """ROW.npy: COUNT samples, classes in turn, enlarged."""
    made, out = there / f"{slug(row)}.npz", there / f"{slug(row)}.npy"
    subprocess.run([adm, "sample", "--model", str(there / f"{slug(row)}.safetensors"), "--classes", "0-19", "--count", str(count), "--sampler", "ddim",
                    "--steps", str(steps), "--threads", "1", "-o", str(made)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    save_enlarged(out, np.load(made)["arr_0"].transpose(0, 3, 1, 2).astype("<f4") / np.float32(127.5) - 1)
    return out


def network_size(path):
    """(parameters, steps) of a result of `adm train`."""
    content = path.read_bytes()
    head = json.loads(content[8:8 + int.from_bytes(content[:8], "little")])
    told = head.pop("__metadata__")
    steps = next(found["training_steps"] for found in map(json.loads, told.values()) if "training_steps" in found)
    return sum(int(np.prod(tensor["shape"])) for tensor in head.values()), steps


def judge(a, there, state):
    pictures, labels = read(there / "held", HELD)
    save_enlarged(there / "held.npy", pictures)
    save_enlarged(there / "seen.npy", read(there / "train", HELD)[0])
    state["floor"] = distance(a.frechet, there / "held.npy", there / "seen.npy")
    for row in ROWS:
        found = state[row]
        if found.get("judged") == found["seconds"]:
            continue
        path = there / f"{slug(row)}.safetensors"
        found["parameters"], found["steps"] = network_size(path)
        found["loss"], found["mse"], found["vb"] = held_out_loss(a.adm, there, row, pictures, labels)
        found["distance"] = distance(a.frechet, there / "held.npy", sample(a.adm, there, row, a.count, a.steps))
        found["judged"] = found["seconds"]
        keep(there, state)
    keep(there, state)


def keep(there, state):
    (there / "table.json.part").write_text(json.dumps(state, indent=1))
    (there / "table.json.part").rename(there / "table.json")


def table(state):
    lines = ["| changed | M parameters | pictures seen | squared error of the noise | bound | Fréchet distance |", "|---|---:|---:|---:|---:|---:|"]
    for row in ROWS:
        r = state[row]
        lines.append(f"| {row} | {r['parameters'] / 1e6:.2f} | {16 * r['steps']:,} | {r['mse']:.4f} | {r['vb']:.4f} | {r['distance']:.1f} |")
    return "\n".join(lines) + f"\n\nHeld-out pictures against as many of the training's: {state['floor']:.1f}.\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("adm", "frechet", "textures", "folder"):
        parser.add_argument(name)
    parser.add_argument("--minutes", type=int, default=5)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--steps", type=int, default=20)
    a = parser.parse_args()
    there = pathlib.Path(a.folder)
    there.mkdir(parents=True, exist_ok=True)
    make_pictures(a.textures, there)
    state = json.loads((there / "table.json").read_text()) if (there / "table.json").exists() else {}
    train(a.adm, there, a.minutes, state)
    judge(a, there, state)
    (there / "table.md").write_text(table(state))
    print(table(state))


if __name__ == "__main__":
    main()

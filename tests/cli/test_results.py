#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program says of what it made: with --json one object a picture or result, with the keys that --help names, and nothing else; without,
a line with the file and the time; failures and warnings as objects too."""
import json
import os
import re
import shutil
import subprocess
import sys

from harness import ADM, FIXTURES, check, embedded, folder, npy_read, png, png_read, refuses, run, succeeds, summary

MODEL = ["--model", embedded.FILE, "--steps", 2]
NAMES = embedded.CLASSES
PICTURE = {"path", "index", "model", "class", "label", "classes", "seed", "sampler", "steps", "scale", "upscaled", "width", "height", "channels", "seconds"}
KEYS = {
    "encode": {"path", "model", "class", "label", "count", "steps", "width", "height", "seconds"},
    "eval": {"output", "logits", "grad", "model", "kind", "count", "seconds"},
    "convert": {"path", "from", "dtype", "seconds"},
    "describe": {"path", "file", "answers"},
    "teach": {"path", "model", "name", "merged", "like", "rank", "steps", "loss", "seconds"},
    "train": {"path", "kind", "steps", "loss", "pictures", "classes", "parameters", "seconds"},
}
FAILURE = {"error", "code", "message", "exit_status"}


def objects(*arguments):
    return [json.loads(line) for line in succeeds(*arguments, "--json").splitlines()]


def told(command, *arguments):
    """The one object of COMMAND, and its line without --json, of which the same is told."""
    found = objects(command, *arguments)
    check(len(found) == 1 and set(found[0]) == KEYS[command], f"{command}: {found}")
    help_text = succeeds(command, "--help")
    check("--json" in help_text and all(re.search(rf"\b{key}\b", help_text) for key in KEYS[command]), f"{command} --help does not name {KEYS[command]}")
    return found[0]


def pictures(there):
    found = objects("sample", *MODEL, "--class", NAMES[3], "--count", 2, "--seed", 18446744073709551614, "-o", there / "a.png")
    check([set(f) for f in found] == [PICTURE, PICTURE], f"keys: {found}")
    check([f["path"] for f in found] == [str(there / "a-1.png"), str(there / "a-2.png")] and [f["index"] for f in found] == [0, 1], f"{found}")
    check([f["seed"] for f in found] == [2**64 - 2, 2**64 - 1], f"seeds {found}")
    check(all((f["class"], f["label"], f["classes"], f["steps"], f["upscaled"]) == (NAMES[3], 3, None, 2, False) for f in found), f"{found}")
    check(all(png_read(f["path"])[:2] == (f["width"], f["height"]) and f["channels"] == 3 and f["seconds"] > 0 for f in found), f"{found}")
    text = succeeds("sample", "--help")
    check(all(re.search(rf"\b{key}\b", text) for key in PICTURE), "sample --help does not name the keys")
    check(all(key in succeeds("upscale", "--help") for key in ("--json", "adm sample --help")), "upscale --help does not lead to the keys")

    found = objects("sample", *MODEL, "--class", f"{NAMES[0]}=0.7,{NAMES[1]}=0.3", "--count", 2, "-o", there / "b.npy")
    check(all((f["path"], f["class"], f["label"]) == (str(there / "b.npy"), None, None) for f in found), f"a blend: {found}")
    check(all(f["classes"] == {NAMES[0]: 0.7, NAMES[1]: 0.3} for f in found) and npy_read(there / "b.npy")[0][0] == 2, f"a blend: {found}")
    found = objects("upscale", *MODEL, there / "a-1.png", "-o", there / "c.png")
    check(len(found) == 1 and set(found[0]) == PICTURE and (found[0]["class"], found[0]["upscaled"]) == (None, True), f"upscale: {found}")
    check(png_read(there / "c.png")[:2] == (found[0]["width"], found[0]["height"]), f"upscale: {found}")
    noise = FIXTURES / "unet-cond.ddim8.noise.npy"
    found = objects("sample", "--model", FIXTURES / "unet-cond.pt", "--class", 1, "--respacing", "ddim8", "--sampler", "ddim", "--noise", noise, "-o", there / "n.npy")
    check((found[0]["seed"], found[0]["steps"], found[0]["class"], found[0]["label"]) == (None, 8, "1", 1), f"--noise: {found}")


def words(there):
    """A line a picture, an array or a folder, in a pipe too."""
    line = succeeds("sample", *MODEL, "--class", NAMES[3], "--seed", 7, "-o", there / "a.png")
    check(re.fullmatch(rf"{re.escape(str(there))}/a\.png: 64 x 64 px, {NAMES[3]}, seed 7, \d+\.\d\d s\n", line), f"sample says {line!r}")
    lines = succeeds("sample", *MODEL, "--count", 2, "-o", there / "b.png").splitlines()
    check(len(lines) == 2 and "b-1.png: " in lines[0] and "b-2.png: " in lines[1], f"sample says {lines}")
    line = succeeds("sample", *MODEL, "--count", 2, "-o", there / "b.npy")
    check(re.fullmatch(r".*b\.npy: 2 pictures of 64 x 64 px, seeds 0 to 1, \d+\.\d\d s\n", line), f"sample says {line!r}")
    line = succeeds("upscale", *MODEL, there / "a.png", "-o", there / "c.png")
    check(re.fullmatch(r".*c\.png: 256 x 256 px, seed 0, \d+\.\d\d s\n", line), f"upscale says {line!r}")
    odd = os.fsencode(there) + b"/\n\x1b[2J\xff.png"  # a name that no terminal should be told as it is
    done = run("sample", *MODEL, "-o", os.fsdecode(odd))
    check(done.returncode == 0 and done.stdout.count(b"\n") == 1 and b"\x1b" not in done.stdout and os.path.exists(odd), f"an odd name: {done}")
    done = run("sample", *MODEL, "--json", "-o", os.fsdecode(odd))
    check(done.returncode == 0 and json.loads(done.stdout)["path"].endswith("/\n\x1b[2J\ufffd.png"), f"an odd name: {done.stdout!r}")


def many(there):
    """A folder's pictures are told as they come, an archive's at the end; what was there has no time."""
    out, archive = there / "many", there / "many.npz"
    line = succeeds("sample", *MODEL, "--classes", "0-2", "--count", 2, "-o", out)
    check(re.fullmatch(r".*many: 2 pictures of 64 x 64 px, seeds 0 to 1, \d+\.\d\d s\n", line), f"a folder: {line!r}")
    found = objects("sample", *MODEL, "--classes", "0-2", "--count", 4, "--resume", "-o", out)
    check([f["path"] for f in found] == [str(out / f"{i:06}.png") for i in range(4)] and all(set(f) == PICTURE for f in found), f"a folder: {found}")
    check([f["seconds"] is None for f in found] == [True, True, False, False] and [f["label"] for f in found] == [0, 1, 2, 0], f"a folder: {found}")
    line = succeeds("sample", *MODEL, "--classes", "0-2", "--count", 4, "--resume", "-o", out)
    check("4 of them there before" in line, f"a folder that was whole: {line!r}")
    found = objects("sample", *MODEL, "--classes", "0-2", "--first", 5, "--count", 2, "-o", archive)
    check([(f["path"], f["index"], f["seed"], f["class"]) for f in found] == [(str(archive), 0, 5, NAMES[2]), (str(archive), 1, 6, NAMES[0])], f"an archive: {found}")


def others(there):
    cond, x = FIXTURES / "unet-cond.pt", FIXTURES / "unet-cond.x.npy"
    found = told("eval", "--model", cond, "--x", x, "--t", 3, "--class", 1, "-o", there / "e.npy")
    check((found["output"], found["logits"], found["count"], found["kind"]) == (str(there / "e.npy"), None, 2, "unet"), f"eval: {found}")
    check(succeeds("eval", "--model", cond, "--x", x, "--t", 3, "--class", 1, "-o", there / "e.npy") == "", "eval without --json says something")
    check(told("eval", "--model", cond, "--x", x, "--t", 3, "--class", 1)["output"] is None, "eval without a file")
    found = told("convert", cond, "--dtype", "f16", "-o", there / "cond.safetensors")
    check((there / "cond.safetensors").exists() and (found["dtype"], found["from"]) == ("f16", str(cond)), f"convert: {found}")
    check(succeeds("convert", cond, "-o", there / "cond.safetensors").startswith(str(there / "cond.safetensors: ")), "convert says nothing")
    shutil.copy(cond, there / "bare.pt")
    answers = [f"{key}={json.dumps(value)}".replace('"', "") for key, value in json.loads((FIXTURES / "unet-cond.json").read_text()).items()
               if key in ("num_heads", "num_head_channels", "noise_schedule", "image_size", "use_new_attention_order")]
    found = told("describe", there / "bare.pt", *answers)
    check(found["path"] == str(there / "bare.json") and (there / "bare.json").exists() and found["answers"] == len(answers), f"describe: {found}")
    check("bare.json: written" in succeeds("describe", "--replace", there / "bare.pt", *answers), "describe says nothing")
    succeeds("sample", *MODEL, "--class", NAMES[1], "-o", there / "p.png")
    found = told("encode", *MODEL, there / "p.png", "--class", NAMES[1], "-o", there / "x.npy")
    check((found["path"], found["class"], found["count"], found["steps"]) == (str(there / "x.npy"), NAMES[1], 1, 2), f"encode: {found}")
    check("x.npy: 1 latent of 64 x 64 px, 2 steps" in succeeds("encode", *MODEL, there / "p.png", "-o", there / "x.npy"), "encode says nothing")
    taught = there / "taught.safetensors"
    found = told("teach", "--model", embedded.FILE, "--name", "mine", there / "p.png", "--steps", 2, "--batch", 1, "-o", taught)
    check((found["name"], found["steps"], found["merged"], found["rank"]) == ("mine", 2, None, 8) and found["loss"] > 0, f"teach: {found}")
    found = told("teach", "--model", embedded.FILE, "--merge", taught, "-o", there / "merged.safetensors")
    check((found["name"], found["merged"], found["steps"]) == ("mine", str(taught), None), f"teach --merge: {found}")
    found = objects("sample", *MODEL, "--adapter", taught, "-o", there / "p.png")[0]
    check((found["class"], found["label"]) == ("mine", None), f"a taught class: {found}")


def training(there):
    side, data = 16, there / "data"
    data.mkdir()
    for i in range(3):
        (data / f"{i}.png").write_bytes(png(side, side, [bytes((40 * x + 7 * y + 90 * i) % 256 for x in range(3 * side)) for y in range(side)]))
    (data / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (there / "d.json").write_text(json.dumps({"kind": "unet", "image_size": side, "model_channels": 32, "num_res_blocks": 1, "channel_mult": [1],
                                              "attention_resolutions": [], "num_classes": None, "num_head_channels": 32, "learn_sigma": False,
                                              "use_scale_shift_norm": True, "resblock_updown": True, "use_new_attention_order": False,
                                              "noise_schedule": "cosine", "diffusion_steps": 1000}))
    arguments = ["train", "--kind", "diffusion", "--data", data, "--description", there / "d.json", "--batch", 3, "--steps", 4, "--log-steps", 2]
    done = run(*arguments, "-o", there / "t.safetensors", "--json")
    if not check(done.returncode == 0, f"train: {done.stderr!r}"):
        return
    found, warned = json.loads(done.stdout), [json.loads(line) for line in done.stderr.splitlines()]
    check(set(found) == KEYS["train"] and (found["steps"], found["path"]) == (4, str(there / "t.safetensors")), f"train: {found}")
    check(found["loss"] > 0 and found["parameters"] > 1000 and found["pictures"] >= 3, f"train: {found}")
    check(len(warned) == 1 and set(warned[0]) == {"warning", "code", "message"} and "broken.png" in warned[0]["message"], f"train warns {done.stderr!r}")
    done = run(*arguments, "-o", there / "u.safetensors")
    check(re.fullmatch(r".*u\.safetensors: 4 steps, loss [0-9.]+, \d+ s\n", done.stdout.decode()), f"train says {done.stdout!r}")


def accepted(there):
    """Commands whose result is JSON anyway take --json and print the same."""
    fixtures = [FIXTURES / "unet-cond.pt", FIXTURES / "unet-cond.x.npy"]
    for arguments in (["info", fixtures[0]], ["models"], ["describe", fixtures[0]],
                      ["gradients", "--model", fixtures[0], "--x0", fixtures[1], "--noise", fixtures[1], "--t", 5, "--class", 1]):
        check(succeeds(*arguments) == succeeds(*arguments, "--json"), f"{arguments}: --json prints something else")
        check("--json" in succeeds(arguments[0], "--help"), f"{arguments[0]} --help says nothing of --json")
    for command in ("bench", "nll", "evaluate"):
        check("--json" in succeeds(command, "--help"), f"{command} --help says nothing of --json")


def failures(there):
    good, absent = ["sample", *MODEL, "-o", there / "x.png"], there / "none.pt"
    cases = ((2, "usage", [*good, "--no-such", "--json"]), (2, "usage", ["--json", *good[1:], "--steps", "x"]), (2, "usage", ["no-such"]),
             (1, "io", ["info", absent]), (1, "format", ["info", FIXTURES / "index.json"]), (2, "usage", [*good, "--class", "nosuch"]),
             (1, "io", ["sample", *MODEL, "-o", there / "no-folder" / "x.png"]))
    for status, kind, arguments in cases:
        arguments = ["sample", *arguments] if arguments[0] == "--json" else arguments
        line = refuses(status, *arguments, *([] if "--json" in arguments else ["--json"]))
        found = json.loads(line)
        check(set(found) == FAILURE and (found["error"], found["exit_status"]) == (kind, status), f"{arguments}: {found}")
        plain = refuses(status, *[a for a in arguments if a != "--json"])
        check(plain == f"adm: {found['message']}\n", f"{arguments}: {plain!r} and {found}")
    check(refuses(2, *good, "--json=yes", says="--json").startswith("adm: "), "--json=yes is no --json")
    found = json.loads(run("models", "--json", "--no-such").stderr)
    check("--no-such" in found["message"], f"{found}")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([ADM, *map(str, good)], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, check=False)
        check(done.returncode == 1 and done.stderr.count(b"\n") == 1 and (there / "x.png").exists(), f"to a full disk: {done}")


for part in (pictures, words, many, others, training, accepted, failures):
    with folder() as place:
        part(place)
sys.exit(summary())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's contract: what is refused, with which exit status, in one line; what info and models print; where models are found."""
import json
import os
import pathlib
import shutil
import sys

from harness import ADM, FIXTURES, ROOT, check, folder, index, npy_read, npy_write, refuses, run, succeeds, summary

GERMAN = {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
COND, UNCOND, CLASSIFIER, SUPERRES = (FIXTURES / f"{name}.pt" for name in ("unet-cond", "unet-uncond", "classifier-attention", "superres"))
X = FIXTURES / "unet-cond.x.npy"
COMMANDS = sorted(path.stem.removeprefix("cmd_") for path in (ROOT / "core" / "cli").glob("cmd_*.c"))


def check_commands():
    check("Usage: adm" in succeeds("--help"), "--help prints no usage")
    check(succeeds("--version").startswith("adm "), "--version prints no version")
    for command in COMMANDS:
        check(f"Usage: adm {command}" in succeeds(command, "--help"), f"{command} --help prints no usage")
        refuses(2, command, "--no-such-option", says="--no-such-option")
        refuses(2, command, "--hel", says="--hel")
        refuses(2, command, "-x", says="-x")
    refuses(2)
    refuses(2, "no-such-command", says="no-such-command")
    refuses(2, "two\nlines", says="two?lines")
    refuses(2, "info")
    refuses(2, "models", "x")
    refuses(2, "bench", "x")
    refuses(2, "bench", "--arch", "no-such", says="no-such")


def check_sample_options(there):
    out = there / "x.npy"
    good = ["sample", "--model", COND, "--class", "1", "--steps", "2", "-o", out]
    bad = {
        "--steps": ["0", "1", "-5", "1000000000", "99999999999999999999", "abc", "", "2.5", "5x", "0x10", " 5", "1001", "1e2"],
        "--scale": ["-1", "nan", "inf", "1,5", "abc", "", "1e400", "0x1p3", "1.5.2", "1"],
        "--eta": ["-0.1", "1.1", "0,5", "x"],
        "--seed": ["-1", "18446744073709551616", "abc", "", "1.5"],
        "--count": ["0", "-1", "1000000000", "two"],
        "--memory-limit": ["0", "-1", "6XiB", "GiB", "1..5G", "1e3M", ""],
        "--threads": ["0", "-2", "1000000000", "many"],
        "--class": ["5", "-1", "99999999999999999999", "no-such-class", "none", ""],
        "--guide": ["1"],
        "--sampler": ["euler", "DDIM", ""],
        "--respacing": ["2", "ddim8"],  # beside --steps
        "--up-steps": ["2"],
        "--up-sampler": ["ddim"],
        "--upsampler": [SUPERRES],
        "--low-res": [FIXTURES / "superres.low.npy"],
        "-o": [there / "x.jpg", there / "x", there / ".png", ""],
    }
    for option, values in bad.items():
        for value in values:
            refuses(2, *good, option, value)
            if value != "":
                refuses(2, *good, option, value, env=GERMAN)
        refuses(2, *good, option, says=option)
    refuses(2, *good, "--exact=yes", says="--exact")
    refuses(2, *good, "left-over", says="left-over")
    refuses(2, *good, "--upscale", says="upsampler")
    refuses(2, "sample", "--class", "1", "-o", out, says="--model")
    refuses(2, "sample", "--model", COND, "--class", "1", says="-o")
    refuses(2, "sample", "--model", COND, "-o", out, "--steps", "2")  # classes, but no null class
    for respacing in ("0", "1", "abc", "ddim", "ddim0", "ddim8,8", "10,,20", "10,", "-5", "1001", "ddim600", "999999999999", "600,600", "400,400,100"):
        refuses(2, "sample", "--model", COND, "--class", "1", "-o", out, "--respacing", respacing)
    refuses(2, *good, "--sampler", "ddpm", "--eta", "0.5", says="--eta")
    guided = ["sample", "--model", UNCOND, "--classifier", FIXTURES / "classifier-adaptive.pt", "--steps", "2", "-o", out]
    for interval in ("", "1", "2,1", "a,b", "-1,2", "1,2,3", "0,0", ",", "1,nan"):
        refuses(2, *guided, "--guide", "1", "--guidance-interval", interval, says="--guidance-interval")
    refuses(2, *guided, "--scale", "1", says="class")
    refuses(2, *guided, "--class", "none", "--scale", "1")
    refuses(2, *guided, "--class", "4", "--scale", "1")
    refuses(2, *guided, "--guide", "4")
    refuses(2, *guided, "--guide", "none", "--scale", "1")
    refuses(2, "sample", "--model", SUPERRES, "--class", "1", "--steps", "2", "-o", out, says="--low-res")
    check(not any(there.iterdir()), f"something was left behind: {sorted(there.iterdir())}")

    succeeds(*good, "--scale", "0", "--eta", "0.5", "--seed", "18446744073709551615", env=GERMAN)
    succeeds(*guided, "--scale", "0.5", "--class", "2", env=GERMAN)
    succeeds("sample", "--model", UNCOND, "--class", "12345", "--steps=2", f"-o={out}")  # without classes it is ignored
    check(npy_read(out)[0] == (1, 3, 32, 32), "the sample has another shape")


def check_scale_defaults(there):
    """Without --scale: 1 with a classifier and a class, 0 without a class."""
    base = ["sample", "--model", UNCOND, "--classifier", FIXTURES / "classifier-adaptive.pt", "--steps", "2"]
    names = {"default": ["--class", "2"], "one": ["--class", "2", "--scale", "1"], "guide": ["--guide", "2"], "none": [], "zero": ["--scale", "0"]}
    pictures = {}
    for name, options in names.items():
        succeeds(*base, *options, "-o", there / f"{name}.npy")
        pictures[name] = (there / f"{name}.npy").read_bytes()
    check(pictures["default"] == pictures["one"] == pictures["guide"], "a class brings no scale of 1 with it")
    check(pictures["none"] == pictures["zero"] != pictures["one"], "without a class there is guidance")


def check_sample_files(there):
    out = there / "x.npy"
    good = ["sample", "--model", COND, "--class", "1", "--respacing", "8", "--sampler", "ddpm"]
    refuses(1, "sample", "--model", there / "none.pt", "--class", "1", "-o", out, says="none.pt")
    refuses(1, "sample", "--model", "no-such-model", "-o", out, says="no-such-model")
    refuses(1, *good, "-o", there / "no-folder" / "x.npy", says="no-folder")
    (there / "folder.npy").mkdir()
    refuses(1, *good, "-o", there / "folder.npy", says="folder.npy")
    refuses(1, *good, "--noise", there / "none.npy", "-o", out, says="none.npy")
    refuses(1, *good, "--noise", X, "-o", out, says="shape")
    noise = FIXTURES / "unet-cond.ddpm8.noise.npy"
    refuses(1, *good, "--noise", noise, "--count", "2", "-o", out, says="[9, 2, 3, 32, 32]")
    refuses(1, "sample", "--model", COND, "--class", "1", "--steps", "7", "--noise", noise, "-o", out, says="[8, 1, 3, 32, 32]")
    refuses(1, *good, "--classifier", SUPERRES, "--scale", "1", "-o", out)
    refuses(1, *good, "--upscale", "--upsampler", CLASSIFIER, "-o", out)
    refuses(1, *good, "--upscale", "--upsampler", SUPERRES, "-o", out, says="16")
    refuses(1, "sample", "--model", CLASSIFIER, "--class", "1", "-o", out)
    superres = ["sample", "--model", SUPERRES, "--class", "1", "--steps", "2", "-o", out]
    refuses(1, *superres, "--low-res", X, says="shape")
    refuses(1, *superres, "--low-res", X, "--count", "2", says="32 x 32")
    refuses(1, *superres, "--low-res", noise, says="shape")
    refuses(1, *superres, "--low-res", FIXTURES / "superres.low.npy", "--count", "3", says="shape")
    refuses(1, *superres, "--low-res", COND)
    (there / "folder.npy").rmdir()
    check(not any(there.iterdir()), f"something was left behind: {sorted(there.iterdir())}")


def check_eval(there):
    out, logits, grad = there / "o.npy", there / "l.npy", there / "g.npy"
    good = ["eval", "--model", COND, "--x", X, "--t", "3,742", "--class", "0,4"]
    classifier = ["eval", "--model", CLASSIFIER, "--x", FIXTURES / "classifier-attention.x.npy", "--t", "3"]
    superres = ["eval", "--model", SUPERRES, "--x", FIXTURES / "superres.x.npy", "--t", "3", "--class", "1", "-o", out]
    refuses(2, "eval", "--model", COND, "--x", X, "-o", out, says="--t")
    refuses(2, "eval", "--t", "3", "--x", X, "-o", out, says="--model")
    refuses(2, "eval", "--model", COND, "--t", "3", "-o", out, says="--x")
    for t in ("", "1000", "-1", "3,", ",3", "a", "3,4,5", "3;4", "99999999999"):
        refuses(2, *good, "-o", out, "--t", t)
    for classes in ("", "5", "-1", "0,1,2", "name"):
        refuses(2, *good, "-o", out, "--class", classes)
    refuses(2, "eval", "--model", COND, "--x", X, "--t", "3", "-o", out, says="--class")
    refuses(2, *good, "--logits", logits, says="logits")
    refuses(2, *good, "--grad", grad)
    refuses(2, *good, "-o", there / "o.png", says=".npy")
    refuses(2, *good, "-o", out, "--low-res", X, says="--low-res")
    refuses(2, *superres, says="--low-res")
    refuses(2, *classifier, "--grad", grad, says="--class")
    refuses(2, *classifier, "--class", "1", "--grad", grad, "--logits", grad)
    refuses(2, *good, "-o", out, "left-over")

    refuses(1, *good, "-o", there / "no-folder" / "o.npy")
    refuses(1, "eval", "--model", COND, "--x", there / "none.npy", "--t", "3", "--class", "0", "-o", out, says="none.npy")
    refuses(1, "eval", "--model", COND, "--x", COND, "--t", "3", "--class", "0", "-o", out)
    refuses(1, "eval", "--model", there / "none.pt", "--x", X, "--t", "3", "-o", out, says="none.pt")
    refuses(1, "eval", "--model", COND, "--x", FIXTURES / "superres.x.npy", "--t", "3", "--class", "0", "-o", out, says="[N, 3, 32, 32]")
    for shape in ((3, 32, 32), (1, 1, 32, 32), (0, 3, 32, 32), (1, 3, 32, 16), (1, 1, 3, 32, 32)):
        count = 1
        for side in shape:
            count *= side
        npy_write(there / "shape.npy", shape, [0.0] * count)
        refuses(1, *good[:4], there / "shape.npy", "--t", "3", "--class", "0", "-o", out, says="shape")
    (there / "shape.npy").unlink()
    refuses(1, *superres, "--low-res", X, says="shape")
    refuses(1, *superres, "--low-res", there / "none.npy")
    (there / "cut.npy").write_bytes(X.read_bytes()[:-4])
    refuses(1, "eval", "--model", COND, "--x", there / "cut.npy", "--t", "3", "--class", "0", "-o", out, says="cut.npy")
    (there / "cut.npy").unlink()
    check(not any(there.iterdir()), f"something was left behind: {sorted(there.iterdir())}")

    # One value serves all.
    succeeds(*classifier, "--class", "1", "--logits", logits, "--grad", grad, "-o", out)
    check(out.read_bytes() == logits.read_bytes(), "-o of a classifier is not its logits")
    check(npy_read(logits)[0] == (2, 5) and npy_read(grad)[0] == (2, 3, 32, 32), "logits or gradient have another shape")
    first = grad.read_bytes()
    succeeds(*classifier, "--t", "3,3", "--class", "1,1", "--grad", grad)
    check(first == grad.read_bytes(), "a list of equal values gives another result than one for all")
    shape, low = npy_read(FIXTURES / "superres.low.npy")
    one = len(low) // shape[0]
    npy_write(there / "low1.npy", (1, *shape[1:]), low[:one])
    npy_write(there / "low2.npy", shape, list(low[:one]) * 2)
    succeeds(*superres, "--low-res", there / "low1.npy")
    first = out.read_bytes()
    succeeds(*superres, "--low-res", there / "low2.npy")
    check(first == out.read_bytes(), "one low-resolution picture for all gives another result than copies of it")


def check_info(there):
    networks = index()
    for name, network in networks.items():
        for weights in [network["weights"], *network.get("also", [])]:
            lines = succeeds("info", FIXTURES / weights).splitlines()
            check(len(lines) == 1, f"info {weights}: {len(lines)} lines")
            found = json.loads(lines[0])
            for key, value in network["config"].items():
                if value is not None and not (network["config"]["kind"] == "classifier" and key == "learn_sigma"):
                    check(found.get(key) == value, f"info {weights}: {key} is {found.get(key)}, expected {value}")
            kind = "safetensors" if weights.endswith(".safetensors") else "torch-legacy" if ".legacy." in weights else "torch-zip"
            check(found["format"] == kind and found["file"] == str(FIXTURES / weights), f"info {weights}: {found['format']}, {found['file']}")
            check(found["tensors"] > 10 and found["parameters"] > 1000 and found["recognised_as"] is None, f"info {weights}: {lines[0]}")
            check(abs(found["weights_mib"] - found["parameters"] * 4 / 2**20) < 0.001 < found["run_mib"], f"info {weights}: {lines[0]}")

    bad = there / "bad \"\\\xff.pt"
    bad.write_bytes(b"no weights")
    done = run("info", bad, COND, there / "none.pt", UNCOND)
    check(done.returncode == 1, f"info with bad files: status {done.returncode}")
    check(len(done.stdout.splitlines()) == 2 and len(done.stderr.splitlines()) == 2, f"info with bad files: {done.stdout!r}, {done.stderr!r}")

    odd = os.fsencode(there) + b"/odd \"\\\xff\n.pt"  # a name no JSON and no terminal would take as it is
    shutil.copy(COND, odd)
    shutil.copy(FIXTURES / "unet-cond.json", os.fsencode(there) + b"/odd \"\\\xff\n.json")
    done = run("info", os.fsdecode(odd))
    check(done.returncode == 0 and json.loads(done.stdout)["file"].endswith("/odd \"\\\ufffd\n.pt"), f"info of an odd name: {done.stdout!r}")

    bare = there / "bare.pt"  # no sidecar: heads, order and schedule are not to be seen
    shutil.copy(COND, bare)
    found = json.loads(succeeds("info", bare))
    check(found["noise_schedule"] is None and found["run_mib"] is None and found["image_size"] is None, f"info without sidecar: {found}")
    line = refuses(1, "eval", "--model", bare, "--x", X, "--t", "3", "--class", "0", "-o", there / "o.npy", says="noise_schedule")
    check("JSON" in line or ".json" in line, f"no word of the sidecar: {line!r}")
    refuses(1, "sample", "--model", bare, "--class", "0", "--steps", "2", "-o", there / "o.npy", says="noise_schedule")
    check(not (there / "o.npy").exists(), "an output was left behind")


def check_models(there):
    env = {"XDG_DATA_HOME": str(there / "home"), "ADM_MODEL_PATH": f"{there / 'one'}:{there / 'none'}"}
    (there / "one").mkdir()
    mine = there / "home" / "gimp-adm" / "models"
    mine.mkdir(parents=True)
    shutil.copy(COND, there / "one" / "cond.pt")
    shutil.copy(FIXTURES / "unet-cond.json", there / "one" / "cond.json")
    (there / "one" / "broken.json").write_text('{"format": "adm-model-1"')
    (mine / "names.txt").write_text("apple\npear \"sweet\"\nplum\nfig\nquince\n", encoding="utf-8")
    shutil.copy(COND, mine / "net.pt")
    shutil.copy(FIXTURES / "unet-cond.json", mine / "net.json")
    description = {"format": "adm-model-1", "id": "fruit", "name": "Obst \u00e4", "diffusion": "net.pt", "classes": "names.txt", "null_class": 4,
                   "defaults": {"sampler": "ddpm", "steps": 3, "scale": 0}}
    (mine / "fruit.json").write_text(json.dumps(description), encoding="utf-8")
    lines = [json.loads(line) for line in succeeds("models", env=env).splitlines()]
    models = {line["id"]: line for line in lines if "id" in line}
    check({"cond", "fruit"} <= set(models), f"models: found {sorted(models)}")
    check(models["fruit"]["name"] == "Obst \u00e4" and models["fruit"]["classes"][1] == 'pear "sweet"', f"models: {models['fruit']}")
    check(models["fruit"]["defaults"] == {"sampler": "ddpm", "steps": 3, "scale": 0}, f"models: {models['fruit']['defaults']}")
    folders = lines[-1]["folders"]
    check(folders[0] == str(there / "one") and folders[1] == str(there / "none") and folders[-1] == str(mine), f"models: searched {folders}")
    check(any("broken.json" in note for note in lines[-1]["notes"]), f"models: notes {lines[-1]['notes']}")

    out = there / "o.npy"
    wanted = {"--class=pear \"sweet\"": 1, "--class=PLUM": 2, "--class=none": 4, "--class=4": 4, "--seed=0": 4}
    for option, label in wanted.items():
        for model in ("fruit", "obst \u00e4", mine / "fruit.json"):
            succeeds("sample", "--model", model, option, "-o", out, env=env)
            by_name = out.read_bytes()
            succeeds("sample", "--model", COND, "--class", label, "--sampler", "ddpm", "--steps", "3", "-o", out)
            check(by_name == out.read_bytes(), f"sample --model {model} {option} is not class {label} at the model's defaults")

    # The program moved elsewhere finds the data folder beside it.
    (there / "bin" / "data").mkdir(parents=True)
    shutil.copy(ADM, there / "bin" / "adm")
    shutil.copy(COND, there / "bin" / "data" / "beside.pt")
    shutil.copy(FIXTURES / "unet-cond.json", there / "bin" / "data" / "beside.json")
    done = run("models", executable=str(there / "bin" / "adm"), env={"XDG_DATA_HOME": str(there / "nothing")})
    check(b'"id":"beside"' in done.stdout, f"the data folder beside the program: {done.stdout!r}")


def main():
    for part in (check_sample_options, check_scale_defaults, check_sample_files, check_eval, check_info, check_models):
        with folder() as there:
            part(there)
    check_commands()
    check("/" in ADM and pathlib.Path(ADM).exists() and ROOT.exists(), "the program is not where it should be")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

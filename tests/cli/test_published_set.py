#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole published set through the program, under names that tell nothing: each recognised from its listing, in each format, with
its numbers a hole in the file; joined into models, or listed with what is missing; looked at in seconds."""
import json
import sys
import time

import stand_in
from harness import check, folder, refuses, succeeds, summary

# name: (kind, image_size, heads as (num_head_channels, num_heads), new attention order, schedule, millions of parameters)
TABLE = {
    "64x64_diffusion": ("unet", 64, (64, None), True, "cosine", 296),
    "64x64_classifier": ("classifier", 64, (64, None), False, "cosine", 65),
    "128x128_diffusion": ("unet", 128, (-1, 4), False, "linear", 422),
    "128x128_classifier": ("classifier", 128, (64, None), False, "linear", 43),
    "256x256_diffusion": ("unet", 256, (64, None), False, "linear", 554),
    "256x256_diffusion_uncond": ("unet", 256, (64, None), False, "linear", 553),
    "256x256_classifier": ("classifier", 256, (64, None), False, "linear", 54),
    "512x512_diffusion": ("unet", 512, (64, None), False, "linear", 559),
    "512x512_classifier": ("classifier", 512, (64, None), False, "linear", 54),
    "64_256_upsampler": ("superres", 256, (-1, 4), False, "linear", 312),
    "128_512_upsampler": ("superres", 512, (64, None), False, "linear", 309),
}


def check_info(there):
    """Twice: recognised from names and shapes alone, with the memory that running takes; and fast, since nothing else is read."""
    files = {}
    for name in TABLE:
        for form in stand_in.FORMATS:
            files[there / f"{len(files)}.{form}"] = name, form
            stand_in.write(list(files)[-1], stand_in.listing(name), form, hole=True)
    began = time.monotonic()
    lines = [json.loads(line) for line in succeeds("info", *files).splitlines()]
    took = time.monotonic() - began
    check(took < 20, f"info of {len(files)} files took {took:.1f} s")
    check(len(lines) == len(files), f"{len(lines)} lines for {len(files)} files")
    seen = {}
    for (path, (name, form)), line in zip(files.items(), lines):
        kind, size, (channels, heads), order, schedule, millions = TABLE[name]
        check(line["file"] == str(path) and line["recognised_as"] == name, f"{name} as {form} is recognised as {line['recognised_as']}")
        check(line["format"] == {"zip": "torch-zip", "legacy": "torch-legacy", "safetensors": "safetensors"}[form], f"{name}: {line['format']}")
        check((line["kind"], line["image_size"], line["noise_schedule"], line["use_new_attention_order"]) == (kind, size, schedule, order),
              f"{name}: {line}")
        check(line["num_head_channels"] == channels and (heads is None or line["num_heads"] == heads), f"{name}: its heads are {line}")
        check(round(line["parameters"] / 1e6) == millions, f"{name}: {line['parameters']} parameters")
        check(line["parameters"] == sum(stand_in.size_of(shape) for shape in stand_in.listing(name).values()), f"{name}: parameters")
        check(line["weights_mib"] < line["run_mib"] < 5000, f"{name}: {line['run_mib']} MiB to run")
        check(line["weights_mib"] / 2 < line["run_half_mib"] < 0.9 * line["run_mib"], f"{name}: {line['run_half_mib']} MiB in 16 bits")
        same = {key: value for key, value in line.items() if key not in ("file", "format")}
        check(seen.setdefault(name, same) == same, f"{name} as {form} differs from another format")
    print(f"info of {len(files)} files: {took:.2f} s")


def models(there):
    lines = [json.loads(line) for line in succeeds("models", env={"ADM_MODEL_PATH": str(there), "XDG_DATA_HOME": str(there / "none")}).splitlines()]
    return {line["id"]: line for line in lines if "id" in line}, lines[-1]


def check_models(there):
    """All of them in one folder make the paper's systems, each with its defaults and class names."""
    for i, name in enumerate(TABLE):
        stand_in.write(there / f"checkpoint ({i}).pt", stand_in.listing(name), hole=True)
    found, last = models(there)
    wanted = {  # image size, upsampled, scale, steps
        "imagenet-64": (64, 256, 1.0, 25), "imagenet-128": (128, 512, 1.0, 25), "imagenet-256": (256, None, 1.0, 25),
        "imagenet-256-uncond": (256, None, 10.0, 25), "imagenet-512": (512, None, 4.0, 25),
    }
    for name, (size, large, scale, steps) in wanted.items():
        model = found.get(name)
        if not check(model is not None, f"no model {name} among {sorted(found)}"):
            continue
        check((model["image_size"], model["upsampled_size"]) == (size, large) and model["missing"] == [], f"{name}: {model}")
        check(model["defaults"] == {"sampler": "ddim", "steps": steps, "scale": scale}, f"{name}: {model['defaults']}")
        enlarged = {"sampler": "ddim", "steps": 25} if large else None
        check(model["upsampler_defaults"] == enlarged, f"{name}: {model['upsampler_defaults']}")
        check(len(model["classes"]) == 1000 and model["classes"][1] == "goldfish", f"{name}: its class names")
        check(model["classifier"] is not None, f"{name} has no classifier")
    check(last["notes"] == [], f"notes: {last['notes']}")
    # The unconditional 256 may be an LSUN model: asked about, once.
    uncond = there / f"checkpoint ({list(TABLE).index('256x256_diffusion_uncond')}).pt"
    check(last["questions"] == [str(uncond)], f"asked about {last['questions']}")
    asked = json.loads(succeeds("describe", uncond))["questions"]
    check([q["topic"] for q in asked] == ["recognised_as"] and len(asked[0]["answers"]) == 5, f"asked: {asked}")
    succeeds("describe", uncond, "recognised_as=lsun_cat")
    found, last = models(there)
    check("lsun-cat" in found and found["lsun-cat"]["defaults"] == {"sampler": "ddpm", "steps": 1000, "scale": 0}, f"lsun-cat: {found.get('lsun-cat')}")
    check(last["questions"] == [] and json.loads(succeeds("info", uncond))["recognised_as"] == "lsun_cat", "the answer is not remembered")

    # Without the classifier of 64 px and the upsampler to 512 px.
    for name in ("64x64_classifier", "128_512_upsampler"):
        (there / f"checkpoint ({list(TABLE).index(name)}).pt").unlink()
    found, _ = models(there)
    check([m["file"] for m in found["imagenet-64"]["missing"]] == ["64x64_classifier.pt"], f"imagenet-64 misses {found['imagenet-64']['missing']}")
    check([m["file"] for m in found["imagenet-128"]["missing"]] == ["128_512_upsampler.pt"], f"imagenet-128 misses {found['imagenet-128']['missing']}")


def check_memory(there):
    """What cannot fit is refused with the figure before the gigabytes are read."""
    model = stand_in.write(there / "large.pt", stand_in.listing("256x256_diffusion"), hole=True)
    line = refuses(1, "sample", "--model", model, "--class", "1", "--memory-limit", "1GiB", "-o", there / "o.png", says="1024 MiB")
    need = json.loads(succeeds("info", model))["run_mib"]
    figure = float(line.split(" needs ")[1].split(" MiB")[0])
    check(need < figure < need * 1.1, f"{figure} MiB are said to be needed, info says {need}")
    half = refuses(1, "sample", "--model", model, "--class", "1", "--memory-limit", "3GiB", "-o", there / "o.png", says="--half")
    check(float(half.split("it needs ")[1].split(" MiB")[0]) < 3072, f"--half is offered and does not help: {half}")
    check(not (there / "o.png").exists(), "a refusal left a picture")


def main():
    for part in (check_info, check_models, check_memory):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

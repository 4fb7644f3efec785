#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that people have instead of a model's: downloads cut short, a web page, an optimizer's state, parts mixed up, a list of names
that is too long. Each is named in one line, by the command that is given it and in the notes of `adm models`; an EMA file loads.
The same at full size: large.py."""
import json
import shutil
import sys

import stand_in
from harness import FIXTURES, check, folder, refuses, succeeds, summary

X = FIXTURES / "unet-cond.x.npy"


def copy(name, target, **changes):
    """Fixture NAME.pt as TARGET with its description beside it, CHANGES made."""
    shutil.copy(FIXTURES / f"{name}.pt", target)
    described = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    target.with_suffix(".json").write_text(json.dumps(dict(described, **changes)), encoding="utf-8")
    return target


def check_downloads(there):
    """Cut at many places, in every format: one line each, and no way to take it for whole."""
    tensors = stand_in.listing_of(FIXTURES / "classifier-adaptive.safetensors")
    for form in stand_in.FORMATS:
        whole = stand_in.write(there / f"whole.{form}", tensors, form).read_bytes()
        for part in (1, 200, 5000, len(whole) // 2, len(whole) - 300, len(whole) - 1):
            (there / "cut.pt").write_bytes(whole[:part])
            line = refuses(1, "info", there / "cut.pt", says="cut.pt")
            check("again" in line or "not" in line or "neither" in line, f"{form} cut at {part}: {line!r}")
        (there / "cut.pt").unlink()
    page = b"\r\n<!DOCTYPE html>\n<html><title>Quota exceeded</title>" + b"<p>Too many users have downloaded this file." * 50 + b"</html>"
    for name, data in (("page.pt", page), ("PAGE.PT", page.upper().strip()), ("page.safetensors", b"<html>" + page)):
        (there / name).write_bytes(data)
        refuses(1, "info", there / name, says="is a web page, not weights; download the file itself")
        refuses(1, "sample", "--model", there / name, "-o", there / "o.png", says="is a web page")


def check_training_files(there):
    """What the reference's training leaves: model*.pt, ema_*.pt and opt*.pt."""
    tensors = stand_in.listing_of(FIXTURES / "classifier-adaptive.safetensors")
    optimizer = there / "opt500000.pt"
    stand_in.write_optimizer(optimizer, tensors, stand_in.Numbers())
    refuses(1, "info", optimizer, says="opt500000.pt: is an optimizer's state, not weights; use the model file (model*.pt or ema_*.pt)")
    refuses(1, "convert", optimizer, "-o", there / "o.safetensors", says="optimizer")
    options = ["eval", "--x", X, "--t", "3", "--class", "1", "-o", there / "o.npy"]
    succeeds(*options, "--model", FIXTURES / "unet-cond.pt")
    expected = (there / "o.npy").read_bytes()
    ema = copy("unet-cond", there / "ema_0.9999_500000.pt")
    succeeds(*options, "--model", ema)
    check((there / "o.npy").read_bytes() == expected, "an EMA file computes something else")
    (there / "o.npy").unlink()


def check_mixed_up(there):
    """A classifier of another size; parts in each other's place; more names than classes."""
    copy("unet-cond", there / "net.pt")
    copy("classifier-adaptive", there / "guide.pt", image_size=64, attention_resolutions=[32])
    options = ["sample", "--class", "1", "--scale", "1", "--steps", "2", "-o", there / "o.png", "--model"]
    refuses(1, *options, there / "net.pt", "--classifier", there / "guide.pt", says="64 px pictures, the diffusion model for 32 px")
    refuses(1, *options, there / "net.pt", "--classifier", FIXTURES / "superres.pt", says="is no classifier")
    refuses(1, *options, there / "guide.pt", says="holds a classifier, not a diffusion model")
    (there / "names.txt").write_text("\n".join("abcdef"))
    description = {"format": "adm-model-1", "id": "mine", "name": "Mine", "diffusion": "net.pt", "classifier": "guide.pt"}
    mine = there / "mine.model.json"
    mine.write_text(json.dumps(description))
    refuses(1, *options, mine, says="guide.pt: a classifier for 64 px pictures, but the diffusion model makes 32 px")
    mine.write_text(json.dumps({"format": "adm-model-1", "id": "mine", "name": "Mine", "diffusion": "net.pt", "classes": "names.txt"}))
    refuses(1, *options, mine, says="6 class names for 5 labels; correct \"classes\"")
    check(not (there / "o.png").exists(), "a refusal left a picture")


def check_notes(there):
    """In a folder that is searched each of them is a note, and the good file is listed all the same."""
    (there / "page.pt").write_bytes(b"<!doctype html><html>" + b" " * 100)
    (there / "empty.safetensors").write_bytes(b"")
    (there / "cut.pt").write_bytes((FIXTURES / "unet-cond.pt").read_bytes()[:4000])
    stand_in.write_optimizer(there / "opt1.pt", {"a": [4, 4]}, stand_in.Numbers())
    (there / "notes.txt").write_text("nothing to do with weights")
    copy("unet-cond", there / "good.pt")
    lines = [json.loads(line) for line in succeeds("models", env={"ADM_MODEL_PATH": str(there)}).splitlines()]
    check("good" in {line.get("id") for line in lines}, "the good file is not listed")
    notes = [note for note in lines[-1]["notes"] if str(there) in note]
    for name, says in (("page.pt", "web page"), ("empty.safetensors", "too short"), ("cut.pt", "cut short"), ("opt1.pt", "optimizer")):
        check(sum(f"/{name}: " in note and says in note for note in notes) == 1, f"{name} is not noted as {says}: {notes}")
    check(len(notes) == 4, f"notes: {notes}")


def main():
    for part in (check_downloads, check_training_files, check_mixed_up, check_notes):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

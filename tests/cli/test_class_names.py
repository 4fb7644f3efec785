#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""--class by number, name, part of a name and misspelt name: in sample, upscale and eval, and what is said when it is not clear."""
import json
import shutil
import struct
import sys

from harness import FIXTURES, check, folder, png, refuses, run, succeeds, summary

NAMES = ["apple, pomme", "pear", "Plum", "plum", "Birne süß"]


def write_model(there):
    """Two models with the same five names: one that samples, one that upsamples."""
    mine = there / "models"
    mine.mkdir()
    (mine / "names.txt").write_text("\n".join(NAMES), encoding="utf-8")
    for name, fixture in (("fruit", "unet-cond"), ("large", "superres")):
        for extension in (".pt", ".json"):
            shutil.copy(FIXTURES / f"{fixture}{extension}", mine / f"{name}-net{extension}")
        labels = json.loads((FIXTURES / f"{fixture}.json").read_text())["num_classes"]
        description = {"format": "adm-model-1", "id": name, "name": name.title(), "diffusion": f"{name}-net.pt", "classes": f"{name}.txt"}
        (mine / f"{name}.txt").write_text("\n".join(NAMES[:labels]), encoding="utf-8")
        (mine / f"{name}.json").write_text(json.dumps(description), encoding="utf-8")
    return {"ADM_MODEL_PATH": str(mine)}, mine


def check_commands(there):
    env, mine = write_model(there)
    (there / "in.png").write_bytes(png(16, 16, [bytes(range(48))] * 16))
    out = there / "o.npy"
    commands = {
        "sample": ["sample", "--model", "fruit", "--steps", "2", "-o", out],
        "eval": ["eval", "--model", mine / "fruit-net.pt", "--x", FIXTURES / "unet-cond.x.npy", "--t", "3", "-o", out],
        "upscale": ["upscale", "--model", "large", "--steps", "2", there / "in.png", "-o", out],
    }
    for command, options in commands.items():
        labels = json.loads((FIXTURES / ("superres.json" if command == "upscale" else "unet-cond.json")).read_text())["num_classes"]
        numbered = []
        for label in range(labels):
            succeeds(*options, "--class", label, env=env)
            numbered.append(out.read_bytes())
        check(len(set(numbered)) == labels, f"{command}: classes do not differ")
        for text, label in (("apple", 0), ("POMME", 0), ("appel", 0), ("pom", 0), ("pea", 1), ("Plum", 2), ("plum", 3), ("birne suss", 4), ("birn", 4)):
            if label < labels:
                succeeds(*options, "--class", text, env=env)
                check(out.read_bytes() == numbered[label], f"{command} --class {text} is not class {label}")
        if labels >= 4:
            refuses(2, *options, "--class", "PLUM", env=env, says="could be Plum (2) or plum (3) of model")
            refuses(2, *options, "--class", "PLUM", env=env, says="give its number")
        refuses(2, *options, "--class", "p", env=env, says="pear (1), ")
        refuses(2, *options, "--class", "peach", env=env, says="did you mean pear (1)")
        refuses(2, *options, "--class", "xylophone", env=env, says="adm models")
    # A list of eval's may mix both.
    options = [*commands["eval"][:-4], "--t", "3,742", "-o", out]
    succeeds(*options, "--class", "0,4", env=env)
    numbered = out.read_bytes()
    succeeds(*options, "--class", "apple,birn", env=env)
    check(out.read_bytes() == numbered, "eval: a list of names is not the list of their numbers")
    succeeds(*options, "--class", "0,birn", env=env)
    check(out.read_bytes() == numbered, "eval: names and numbers do not mix")
    # A file that is part of no model has numbers only.
    refuses(2, "eval", "--model", FIXTURES / "unet-cond.pt", "--x", FIXTURES / "unet-cond.x.npy", "--t", "3", "--class", "apple", "-o", out,
            says="by its number")
    refuses(2, "eval", "--model", FIXTURES / "classifier-attention.pt", "--x", FIXTURES / "classifier-attention.x.npy", "--t", "3", "--class", "apple",
            "-o", out, says="no names")


def check_embedded(there):
    """The model that comes with the program: a whole name wins over those that hold it, a part must be one class's alone."""
    options = ["sample", "--model", "emoji-64", "--steps", "2", "--seed", "1", "-o", there / "o.npy"]
    for text, number in (("animal", 0), ("face", None), ("hart", 10), ("haert", 10), ("Sky", 13), ("creature", 12)):
        if number is None:
            refuses(2, *options, "--class", text, says="animal face (1)")
            continue
        succeeds(*options, "--class", text)
        named = (there / "o.npy").read_bytes()
        succeeds(*options, "--class", number)
        check((there / "o.npy").read_bytes() == named, f"--class {text} is not class {number}")
    refuses(2, *options, "--class", "heart", "--guide", "an", says="animal (0)")


def check_published(there):
    """A published checkpoint alone, outside every folder searched, has the 1000 names: its data is a hole, names are looked up before it is read."""
    tensors = json.loads((FIXTURES / "published" / "64x64_diffusion.json").read_text())
    at, header = 0, {}
    for name, shape in tensors.items():
        size = 4
        for side in shape:
            size *= side
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    file = there / "any-name.bin"
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        out.truncate(8 + len(text) + at)
    options = ["sample", "--model", file, "--memory-limit", "10MiB", "-o", there / "o.png"]
    refuses(2, *options, "--class", "shark", says="great white shark (2)")
    refuses(2, *options, "--class", "CARDIGAN", says="Cardigan (264) or cardigan (474)")
    refuses(2, *options, "--class", "1000", says="0 … 999")
    for text in ("tench", "Siamese", "goldfihs", "volcan", "999"):
        refuses(1, *options, "--class", text, says="10 MiB")  # the class is known; the memory is what lacks
    check(not (there / "o.png").exists(), "a refusal left a picture")


def main():
    for part in (check_commands, check_embedded, check_published):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

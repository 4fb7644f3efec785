#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""--class by number, name, synonym, part of a name and misspelt name: in sample, upscale and eval, and what is said when it is not clear."""
import json
import shutil
import struct
import sys

from harness import FIXTURES, check, embedded, folder, png, refuses, run, succeeds, summary

NAMES = ["apple, pomme , pear,, reinette", "pear", "Plum", "plum", "Birne süß"]
TABLE = ["tea", "tea pot", "coffee pot", "milk jug", "Sugar"]


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
        for text, label in (("apple", 0), ("POMME", 0), ("appel", 0), ("pom", 0), ("reinette", 0), ("pear", 1), ("PEAR", 1), ("Plum", 2), ("plum", 3), ("birne suss", 4), ("birn", 4)):
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


def check_list(there):
    """`adm models` tells a class's name, and apart from it what else finds it; so do the messages."""
    env, _ = write_model(there)
    listed = [json.loads(line) for line in succeeds("models", env=env).splitlines()]
    model = next(entry for entry in listed if entry.get("id") == "fruit")
    check(model["classes"] == ["apple", "pear", "Plum", "plum", "Birne süß"], f"adm models: classes {model['classes']}")
    check(model["synonyms"] == [["pomme", "pear", "reinette"], [], [], [], []], f"adm models: synonyms {model['synonyms']}")
    refuses(2, "sample", "--model", "fruit", "-o", there / "o.npy", "--class", "reinetxyz", env=env, says="did you mean apple (0)?")


def check_parts(there):
    """A whole name wins over those that hold it, a part must be one class's alone; the classifier's class is named alike."""
    for part, fixture in (("diffusion", "unet-cond"), ("classifier", "classifier-attention")):
        for extension in (".pt", ".json"):
            shutil.copy(FIXTURES / f"{fixture}{extension}", there / f"{part}{extension}")
    (there / "names.txt").write_text("\n".join(TABLE), encoding="utf-8")
    (there / "table.json").write_text(json.dumps({"format": "adm-model-1", "id": "table", "name": "Table", "diffusion": "diffusion.pt",
                                                  "classifier": "classifier.pt", "classes": "names.txt"}), encoding="utf-8")
    out = there / "o.npy"
    options = ["sample", "--model", there / "table.json", "--steps", "2", "--scale", "1", "-o", out]
    numbered = []
    for label in range(len(TABLE)):
        succeeds(*options, "--class", label)
        numbered.append(out.read_bytes())
    check(len(set(numbered)) == len(TABLE), "classes do not differ")
    for text, number in (("tea", 0), ("TEA POT", 1), ("jug", 3), ("suger", 4), ("sguar", 4), ("SUGAR", 4), ("coffee", 2)):
        succeeds(*options, "--class", text)
        check(out.read_bytes() == numbered[number], f"--class {text} is not class {number}")
    refuses(2, *options, "--class", "pot", says="tea pot (1)")
    refuses(2, *options, "--class", "tea", "--guide", "ea", says="tea (0)")


def check_embedded(there):
    """Each name of the model that comes with the program is its class's, however it is written."""
    options = ["sample", "--model", embedded.ID, "--steps", "2", "--seed", "1", "-o", there / "o.npy"]
    pictures = set()
    named = list(enumerate(embedded.CLASSES))
    for label, name in [*named, (embedded.NO_CLASS, "none")]:
        found = []
        for text in (label, name, name.upper()):
            succeeds(*options, "--class", text)
            found.append((there / "o.npy").read_bytes())
        check(len(set(found)) == 1, f"--class {name} is not class {label}")
        pictures.update(found)
    check(len(pictures) == len(named) + 1, "classes do not differ")


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
    for part in (check_commands, check_list, check_parts, check_embedded, check_published):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

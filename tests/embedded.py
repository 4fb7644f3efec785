# SPDX-License-Identifier: GPL-3.0-or-later
"""The model that comes with the plug-in, by its description in the data folder: tests lean on this and name no model themselves."""
import json
import pathlib

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
PARTS = ("diffusion", "classifier", "upsampler")


def read():
    """The one description in the data folder, and its content."""
    found = [(path, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(DATA.glob("*.json"))]
    (only,) = [(path, content) for path, content in found if content.get("format") == "adm-model-1"]
    return only


FILE, DESCRIPTION = read()
ID, NAME, NO_CLASS = DESCRIPTION["id"], DESCRIPTION["name"], DESCRIPTION["null_class"]
DEFAULTS, UPSAMPLER_DEFAULTS = DESCRIPTION["defaults"], DESCRIPTION["upsampler_defaults"]
WEIGHTS = {part: DATA / DESCRIPTION[part] for part in PARTS}
CLASS_FILE = DATA / DESCRIPTION["classes"]
# Other words for a class may follow its name, after a comma.
CLASSES = [line.split(",")[0].strip() for line in CLASS_FILE.read_text(encoding="utf-8").splitlines()]


def caption(label, seed, scale=DEFAULTS["scale"]):
    """What a picture of class LABEL is called in the window."""
    return f"{CLASSES[label]} · character {scale:g} · seed {seed}"


def layers(label, count=1, before=0):
    """The names of COUNT layers of class LABEL, the first at the bottom, in an image that has BEFORE of them: GIMP numbers them."""
    return [CLASSES[label] + (f" #{i}" if i else "") for i in range(before, before + count)][::-1]

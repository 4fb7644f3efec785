#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house's walls: who may include what, how long a function may be, and a few rules of order that prose alone does not keep. First the
check is held against made-up offenders, so that it is known to be able to fail; then against the tree."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
MAX_LINES = 600
MAX_FUNCTION_LINES, MAX_PARAMETERS = 60, 7
EXCEPTIONS = "tests/walls/exceptions.txt"
# A definition as .clang-format writes it: the name opens a line, its braces stand in the first column.
FUNCTION = re.compile(r"^([A-Za-z_]\w*) \(([^;{}]*)\)\n(?:\{\n.*?^\}$)", re.M | re.S)

# room -> rooms it may include from; "" is core/ itself (adm.h and what composes the library).
CORE = {
    "base": {"base"},
    "ops": {"ops", "base"},
    "io": {"io", "base"},
    "nn": {"nn", "ops", "base"},
    "networks": {"networks", "nn", "ops", "base"},
    "descriptions": {"descriptions", "networks", "io", "base"},
    "catalog": {"catalog", "descriptions", "io", "base"},
    "diffusion": {"diffusion", "base"},
    "pipeline": {"pipeline", "catalog", "descriptions", "networks", "diffusion", "base"},
    "evaluate": {"evaluate", "networks", "diffusion", "io", "base"},
    "train": {"train", "descriptions", "networks", "nn", "ops", "diffusion", "io", "base"},
    "cli": {"cli"},
    "": {"base", "networks", "descriptions"},
}
PUBLIC = re.compile(r"^adm(_[a-z]+)?\.h$")
DESKTOP = re.compile(r"^(glib|gobject|gio|gtk|gdk|gegl|babl|libgimp|cairo|pango)")


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "core" and len(parts) > 2 else "" if parts[0] == "core" else parts[0]


def offences(path, text):
    """PATH is relative to the root."""
    found = []
    top, room = path.split("/")[0], room_of(path)
    if not text.startswith("/* SPDX-License-Identifier: GPL-3.0-or-later"):
        found.append(f"{path}: does not open with its licence")
    if text.count("\n") > MAX_LINES:
        found.append(f"{path}: is over {MAX_LINES} lines")
    for quote, name in INCLUDE.findall(text):
        head = name.split("/")[0] if "/" in name else ""
        if name == "cblas.h" and path != "core/base/openblas.h":
            found.append(f"{path}: only core/base/openblas.h includes <cblas.h>")
        if top == "core":
            if DESKTOP.match(name):
                found.append(f"{path}: the core knows nothing of {name}")
            elif quote == '"' and not PUBLIC.match(name):
                if head and head not in CORE[room]:
                    found.append(f"{path}: {room or 'core'} may not include {name}")
                elif not head and room != "cli":
                    found.append(f"{path}: write the room into the include of {name}")
        if top == "ui" and (PUBLIC.match(name) or name.startswith("libgimp") or head in ("core", "plugin")):
            found.append(f"{path}: ui/ knows nothing of {name}")
        if top == "plugin" and quote == '"' and head in set(CORE) - {""}:
            found.append(f"{path}: plugin/ sees adm.h only, not {name}")
    if "gimp_progress_set_text (" in text:
        found.append(f"{path}: gimp_progress_set_text can crash GIMP (see plugin/job.c)")
    return found


def parameters(text):
    """Of a declaration's list: commas outside parentheses separate them."""
    inner = 1
    while inner:
        text, inner = re.subn(r"\([^()]*\)", "", text)
    return 0 if text.strip() in ("", "void") else text.count(",") + 1


def functions(path, text):
    """What is too long or takes too much: "file:function kind"."""
    for match in FUNCTION.finditer(text):
        if match[0].count("\n") + 1 > MAX_FUNCTION_LINES:
            yield f"{path}:{match[1]} lines"
        if parameters(match[2]) > MAX_PARAMETERS:
            yield f"{path}:{match[1]} parameters"


def excepted(text):
    """The list's entries; each line is "file:function kind reason"."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [" ".join(line.split()[:2]) for line in lines if len(line.split()) > 2]
    return found if len(found) == len(lines) else None


def weigh_functions(offenders, listed):
    """Complaints about what is not listed, and about what is listed in vain."""
    kinds = {"lines": f"is over {MAX_FUNCTION_LINES} lines; split it", "parameters": f"takes over {MAX_PARAMETERS} parameters; give it a struct"}
    return ([f"{one.split()[0]} {kinds[one.split()[1]]}" for one in offenders if one not in listed]
            + [f"{EXCEPTIONS}: {one} no longer offends; take its line out" for one in listed if one not in offenders or listed.count(one) > 1])


MADE_UP = "static int\nlong_one (int a)\n{\n" + "  a++;\n" * 60 + "}\n\nvoid\nwide_one (int a, int (*b) (int, int), int c,\n          int d, int e, int f, int g, int h)\n{\n}\n"


def functions_fail():
    """Whether the check of functions finds what it must in a made-up file."""
    found = list(functions("a.c", MADE_UP))
    return (found == ["a.c:long_one lines", "a.c:wide_one parameters"]
            and not list(functions("a.c", MADE_UP.replace("  a++;\n" * 4, "", 1).replace(", int h", "")))
            and len(weigh_functions(found, [])) == 2 and not weigh_functions(found, found) and len(weigh_functions([], found)) == 2
            and excepted("# a\na.c:f lines why\n") == ["a.c:f lines"] and excepted("a.c:f lines\n") is None)


OFFENDERS = {
    "core/ops/a.c": '#include "nn/res_block.h"',
    "core/base/b.c": '#include "io/weights.h"',
    "core/diffusion/c.c": '#include "networks/unet.h"',
    "core/io/d.c": "#include <glib.h>",
    "core/nn/e.c": "#include <cblas.h>",
    "core/cli/f.c": '#include "base/error.h"',
    "ui/g.c": '#include "adm.h"',
    "ui/h.c": "#include <libgimp/gimp.h>",
    "plugin/i.c": '#include "networks/network.h"',
    "plugin/l.c": "gimp_progress_set_text (text);",
    "core/nn/j.c": "\n" * (MAX_LINES + 1),
}


def main():
    licence = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
    for path, text in OFFENDERS.items():
        if len(offences(path, licence + text)) != 1:
            print(f"the check overlooks {path}: {text.strip()!r}")
            return 1
    if not offences("core/base/k.c", "int x;"):
        print("the check overlooks a missing licence")
        return 1
    if not functions_fail():
        print("the check of functions is blind")
        return 1

    found, names, long = [], {}, []
    files = sorted(p for top in ("core", "plugin", "ui") for p in (ROOT / top).rglob("*.[ch]"))
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        text = file.read_text(encoding="utf-8")
        found += offences(path, text)
        long += functions(path, text)
        if file.name in names:
            found.append(f"{path}: another file is called so, {names[file.name]}")
        names[file.name] = path
    listed = excepted((ROOT / EXCEPTIONS).read_text(encoding="utf-8"))
    found += weigh_functions(long, listed) if listed is not None else [f"{EXCEPTIONS}: a line is not 'file:function kind reason'"]
    for line in found:
        print(line)
    print(f"{len(files)} files, {len(found)} offences")
    return 1 if found or len(files) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())

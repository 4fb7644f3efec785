#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The C sources are as .clang-format has them, by the clang-format of the build environment (another version decides otherwise), and no line
is over its columns: comments it leaves alone. First the check is held against made-up offenders, so that it is known to be able to fail."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = 100


def offences(text=None, files=()):
    """What clang-format would change in TEXT, or in FILES."""
    command = ["clang-format", "--dry-run", "-Werror", "--ferror-limit=0", *([f"--assume-filename={ROOT / 'core' / 'x.c'}"] if text else files)]
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def wide(name, text):
    """Lines of TEXT over the columns, named."""
    return [f"{name}:{i}: {len(line)} columns" for i, line in enumerate(text.splitlines(), 1) if len(line) > COLUMNS]


def main():
    good = "static int\nfour (void)\n{\n  return 4;\n}\n"
    for text, passes in ((good, True), (good.replace("  return", "\treturn"), False), (good.replace("four (", "four("), False)):
        if (offences(text)[0] == 0) != passes:
            print(f"the check is wrong about {text!r}")
            return 1
    if not wide("x.c", "/* " + "x" * COLUMNS + " */") or wide("x.c", "é" * COLUMNS) or f"ColumnLimit: {COLUMNS}\n" not in (ROOT / ".clang-format").read_text():
        print("the check is wrong about wide lines")
        return 1
    files = [path for room in ("core", "plugin", "ui", "tests") for path in sorted((ROOT / room).rglob("*.[ch]"))]
    status, said = offences(files=files)
    broad = [line for path in files for line in wide(path.relative_to(ROOT), path.read_text(encoding="utf-8"))]
    print(said[:4000], *broad[:20], sep="\n")
    print(f"{len(files)} files, {'not ' if status else ''}as .clang-format has them, {len(broad)} lines too wide")
    return 1 if status or broad or len(files) < 200 else 0


if __name__ == "__main__":
    sys.exit(main())

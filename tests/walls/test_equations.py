#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table "Equations" of HACKING.md leads from the papers to the code: each of its rows names a file and a function that is defined
there, and what it cites stands within that function, in the comment directly above, or in the comment that opens the file or its header."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([^|]+) \| `([^`|]+)` \| `([^`|:]+):([^`|]+)` \|$", re.M)
ROWS = 12  # at least


OPENING = re.compile(r"\A/\*.*?\*/", re.S)


def passage(text, function):
    """FUNCTION's definition with the comment above it; None where there is none."""
    match = re.search(rf"((?:^/\*(?:(?!\*/).)*\*/\n)?)^[A-Za-z_][^\n;{{}}]*\n{re.escape(function)} \([^;{{}}]*\)\n\{{\n.*?^\}}$", text, re.M | re.S)
    return match[0] if match else None


def opening(text):
    match = OPENING.match(text or "")
    return match[0] if match else ""


def complaints(table, read):
    """READ gives the text of a file, None if there is none."""
    found = []
    for what, citation, path, function in ROW.findall(table):
        text = read(path)
        where = passage(text, function) if text is not None else None
        if text is None:
            found.append(f"{what}: there is no {path}")
        elif where is None:
            found.append(f"{what}: {path} does not define {function}")
        elif not any(citation in " ".join(re.sub(r"\n \*", " ", place).split()) for place in (where, opening(text), opening(read(path[:-1] + "h")))):
            found.append(f"{what}: {path}:{function} does not cite '{citation}'")
    return found


def main():
    made_up = "/* Opens: eq. 1. */\n#include <a.h>\n\n/* Eq. 3\n * of this. */\nstatic int\nf (int a)\n{\n  return a;\n}\n\nstatic int\ng (void)\n{\n  return 2; /* eq. 4 */\n}\n"
    cases = {"| a | `Eq. 3 of this` | `a.c:f` |": 0, "| a | `eq. 4` | `a.c:g` |": 0, "| a | `eq. 1` | `a.c:g` |": 0, "| a | `eq. 2` | `a.c:g` |": 0,
             "| a | `Eq. 3` | `a.c:g` |": 1, "| a | `eq. 4` | `a.c:f` |": 1,
             "| a | `eq. 4` | `a.c:h` |": 1, "| a | `eq. 4` | `b.c:g` |": 1}
    for row, count in cases.items():
        if len(complaints(row, {"a.c": made_up, "a.h": "/* eq. 2 */"}.get)) != count:
            print(f"the check judges {row} wrongly")
            return 1

    def read(path):
        file = ROOT / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    text = read("HACKING.md")
    table = text[text.index("**Equations**"):].split("\n\n**", 1)[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    found = complaints(table, read)
    for line in found + [f"not a row of the table: {row}" for row in rows if not ROW.match(row)]:
        print(line)
    print(f"{len(rows)} rows, {len(found)} complaints")
    return 1 if found or len(ROW.findall(table)) != len(rows) or len(rows) < ROWS else 0


if __name__ == "__main__":
    sys.exit(main())

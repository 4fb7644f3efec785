#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""fidelity.py: two classes at two scales by a few steps; what is there is kept, and both figures show every scale."""
import contextlib
import io
import random
import sys
import xml.dom.minidom

import fidelity
from harness import ADM, check, folder, npy_write, summary


def main():
    dice = random.Random(3)
    with folder() as there:
        (there / "reference").mkdir()
        for k in range(2):
            values = [dice.uniform(-1, 1) * (k + 1) / 2 for _ in range(6 * 3 * 64 * 64)]
            npy_write(there / "reference" / f"{k}.npy", (6, 3, 64, 64), values)
        command = [ADM, str(there / "reference"), str(there / "work"), "--classes", "2", "--scales", "0,3", "--count", "8", "--chunk", "4", "--steps", "2",
                   "--fast", "--curves", str(there / "curves.svg"), "--classes-svg", str(there / "classes.svg")]
        printed = []
        for _ in range(2):
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as told:
                fidelity.main(command)
            printed.append(out.getvalue())
        check(printed[0] == printed[1] and told.getvalue() == "", "a second run made pictures again, or found other figures")
        lines = [line.split(" | ") for line in printed[0].splitlines() if line.startswith("| ")]
        check([len(line) for line in lines] == [5] * 3 + [3] * 3, f"tables: {printed[0]}")
        check(all(0 <= float(cell.strip(" |")) for line in lines[1:3] for cell in line[1:]), f"scores: {lines[1:3]}")
        drawn = xml.dom.minidom.parse(str(there / "curves.svg"))
        check(len(drawn.getElementsByTagName("circle")) == 2 * 6, "a point for each scale and measure")
        drawn = xml.dom.minidom.parse(str(there / "classes.svg"))
        check(len(drawn.getElementsByTagName("circle")) == 2 * 2 * 2, "a point for each class, scale and measure")
    check(fidelity.ticks(0, 10) == [0, 2, 4, 6, 8, 10] and fidelity.ticks(0.31, 0.52, 4)[0] >= 0.31, "round numbers")
    data = fidelity.npy_bytes("<f4", (3, 2), bytes(24))
    check(fidelity.npy_split(data) == ("<f4", (3, 2), len(data) - 24) and (len(data) - 24) % 64 == 0, "an array's header")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

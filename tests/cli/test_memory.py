#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one budget is true: a run that is allowed exactly what it says it needs takes that, the program itself included."""
import re
import subprocess
import sys

import harness
from harness import ROOT, check, embedded, folder, png, refuses, summary


def peak(*arguments):
    """Runs adm, which must succeed: the most that the system had in memory for it, in MiB."""
    done = subprocess.run([sys.argv[2], harness.ADM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    check(done.returncode == 0, f"adm {arguments}: status {done.returncode}")
    return int(done.stdout.split()[-1]) / 1024


def needed(*arguments):
    return float(re.search(r"needs ([\d.]+) MiB", refuses(1, *arguments, "--memory-limit", "1MiB", says="needs"))[1])


def main():
    own = peak("models")
    told = float(re.search(r"PROGRAM_BYTES \(([\d.]+) \*", (ROOT / "core" / "cli" / "cmd_info.c").read_text())[1])
    check(0.7 * told <= own <= 1.05 * told, f"the program alone takes {own:.1f} MiB, and adm info says {told:.1f}")
    with folder() as place:
        out = place / "out.png"
        small = place / "in.png"
        small.write_bytes(png(64, 64, [bytes(192)] * 64))
        one = ["sample", "--model", embedded.ID, "--steps", 2, "-o", out]
        cases = {
            "guided": [*one, "--class", 1, "--scale", 2],
            "guided, one thread": [*one, "--class", 1, "--scale", 2, "--threads", 1],
            "guided, 16 bits": [*one, "--class", 1, "--scale", 2, "--half"],
            "unguided": [*one, "--scale", 0],
            "four pictures": [*one, "--scale", 0, "--count", 4],
            "sixty pictures in an array": [*one[:-1], place / "out.npy", "--scale", 0, "--count", 60],
            "upsampled": [*one, "--class", 1, "--scale", 2, "--upscale", "--up-steps", 2],
            "upscale": ["upscale", "--model", embedded.ID, "--steps", 2, small, "-o", out],
        }
        for what, arguments in cases.items():
            least = needed(*arguments)
            found = peak(*arguments, "--memory-limit", f"{least + 0.5:.0f}MiB" if least % 1 else f"{least + 1:.0f}MiB")
            print(f"{what}: {least:.0f} MiB told, {found:.1f} found")
            check(0.85 * least <= found <= 1.05 * least + 0.5, f"{what}: {least} MiB told, {found:.1f} found")
        found = peak(*one[:-1], place / "out.npy", "--scale", 0, "--size", "512x256", "--memory-limit", "85MiB")  # 88 MiB if it may
        print(f"a canvas: 85 MiB allowed, {found:.1f} found")
        check(found <= 85.5, f"a canvas that may take 85 MiB takes {found:.1f}")
        # what waits in an array counts, too
        line = refuses(1, *one[:-1], place / "refused.npy", "--scale", 0, "--count", 2000, "--memory-limit", "95MiB", says="2000 pictures")
        check("93.8 MiB" in line and "PNGs" in line, line)
        refuses(1, *one[:-1], place / "refused.npy", "--scale", 0, "--count", 1200, "--memory-limit", "95MiB", says="needs")
        check(not (place / "refused.npy").exists(), "what was refused left a file")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

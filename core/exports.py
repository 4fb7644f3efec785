#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The linker's version script for the shared library: every function that the public HEADERS declare, and nothing else."""
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)
# A declaration opens a line and ends with a semicolon; its parameters may be functions themselves.
FUNCTION = re.compile(r"^[a-z][\w *]*?\b(adm_\w+) \([^;{]*\);", re.M)


def main(headers):
    names = {name for header in headers for name in FUNCTION.findall(COMMENT.sub("", open(header, encoding="utf-8").read()))}
    print("ADM_0 {\n  global:\n" + "".join(f"    {name};\n" for name in sorted(names)) + "  local: *;\n};")


if __name__ == "__main__":
    main(sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock of the click: all four lines, in order, and a warm preview as soon as the artist was promised."""
import json
import subprocess
import sys


def main(program, data):
    lines = [json.loads(line) for line in subprocess.run([program, data], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()]
    assert [line["what"] for line in lines] == ["generate, cold", "generate, warm", "upsample, cold", "upsample, warm"], lines
    for line in lines:
        assert 0 < line["preview_seconds"] < line["picture_seconds"] < 60, line
    assert lines[1]["preview_seconds"] < 0.3, lines[1]
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

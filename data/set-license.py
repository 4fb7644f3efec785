#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a licence into safetensors files' metadata, where `adm info` finds it; the weights stay as they are.

    set-license.py LICENCE FILE…"""
import json
import struct
import sys


def main(licence, *paths):
    for path in paths:
        with open(path, "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            weights = file.read()
        described = json.loads(header["__metadata__"]["adm"])
        header["__metadata__"]["adm"] = json.dumps({**described, "license": licence})
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + weights)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

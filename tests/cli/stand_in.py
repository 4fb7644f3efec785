#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for weights files: the exact names, shapes and formats of the published checkpoints (tests/fixtures/published) or of
any listing, with made-up numbers that keep a network's values finite and lively.

    stand_in.py 64x64_diffusion OUT.pt [--format zip|legacy|safetensors] [--hole]

The numbers are one random block, repeated from another place for each tensor and scaled by powers of two near 1/sqrt(inputs), so
that gigabytes are written at the disk's speed. With --hole they are a hole in the file, which takes no room: for what reads names
and shapes only (a zip's sums are then wrong)."""
import argparse
import array
import json
import math
import pathlib
import pickle
import random
import struct
import sys
import zlib

PUBLISHED = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "published"
LSUN = ("lsun_bedroom", "lsun_cat", "lsun_horse", "lsun_horse_nodropout")  # the same tensors as 256x256_diffusion_uncond
BLOCK = 65521  # prime, so that no row of a matrix is like the next
CHUNK = 16 * BLOCK  # numbers written at once


def listing(name):
    """{tensor: shape} of a published checkpoint, in the file's order."""
    return json.loads((PUBLISHED / f"{'256x256_diffusion_uncond' if name in LSUN else name}.json").read_text(encoding="utf-8"))


def listing_of(path):
    """{tensor: shape} of a safetensors file."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    return {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}


def published():
    """All names of README's table."""
    return sorted(path.stem for path in PUBLISHED.glob("*.json")) + list(LSUN)


def size_of(shape):
    return math.prod(shape)


# ---- numbers -----------------------------------------------------------------------------------------------------------

class Numbers:
    """The data of tensors, in pieces of bytes."""

    def __init__(self, seed=1):
        source = random.Random(seed)
        self.base = [2 * source.random() - 1 for _ in range(BLOCK)]
        self.kept = {}

    def block(self, middle, exponent):
        """CHUNK + BLOCK numbers: MIDDLE + 2**EXPONENT times the block, repeated."""
        if (middle, exponent) not in self.kept:
            values = array.array("f", [middle + math.ldexp(v, exponent) for v in self.base])
            if sys.byteorder != "little":
                values.byteswap()
            self.kept[middle, exponent] = memoryview(values.tobytes() * (CHUNK // BLOCK + 1))
        return self.kept[middle, exponent]

    def pieces(self, name, shape):
        if len(shape) > 1 and "positional_embedding" not in name:
            inputs = size_of(shape[1:]) if "label_emb" not in name else 3
            data = self.block(0.0, round(math.log2(math.sqrt(3 / inputs))))
        elif len(shape) == 1 and name.endswith("weight"):
            data = self.block(1.0, -3)  # a norm's
        else:
            data = self.block(0.0, -4)
        start, left = 4 * (zlib.crc32(name.encode()) % BLOCK), size_of(shape)
        while left:
            count = min(left, CHUNK)
            yield data[start:start + 4 * count]
            left -= count


def write_data(out, pieces, size, hole):
    """Writes a tensor's SIZE bytes and gives their sum."""
    if hole:
        out.seek(size, 1)
        return 0
    total = 0
    for piece in pieces:
        out.write(piece)
        total = zlib.crc32(piece, total)
    return total


# ---- torch's pickles ---------------------------------------------------------------------------------------------------

def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def integer(value):
    return b"J" + struct.pack("<i", value) if value < 1 << 31 else b"\x8a\x05" + value.to_bytes(5, "little")


def integers(values):
    return b"(" + b"".join(map(integer, values)) + b"t"


ORDERED = b"ccollections\nOrderedDict\n)R"


def tensor(key, shape, legacy):
    """What torch.save writes for a tensor that has storage KEY to itself."""
    strides = [size_of(shape[i + 1:]) for i in range(len(shape))]
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(key) + text("cpu") + integer(size_of(shape)) + (b"N" if legacy else b"") + b"tQ"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + integer(0) + integers(shape) + integers(strides) + b"\x89" + ORDERED + b"tR"


def state_pickle(tensors, legacy=False):
    items = b"".join(text(name) + tensor(str(i), shape, legacy) for i, (name, shape) in enumerate(tensors.items()))
    return b"\x80\x02" + ORDERED + b"(" + items + b"u."


def optimizer_pickle(tensors):
    """An Adam optimizer's state_dict: two tensors and a counter for each weight; then its groups."""
    state = b""
    for i, shape in enumerate(tensors.values()):
        state += integer(i) + b"}(" + text("step") + integer(1000) + text("exp_avg") + tensor(str(2 * i), shape, False)
        state += text("exp_avg_sq") + tensor(str(2 * i + 1), shape, False) + b"u"
    group = b"}(" + text("lr") + b"G" + struct.pack(">d", 1e-4) + text("params") + b"](" + b"".join(map(integer, range(len(tensors)))) + b"eu"
    return b"\x80\x02}(" + text("state") + b"}(" + state + b"u" + text("param_groups") + b"](" + group + b"eu."


# ---- formats -----------------------------------------------------------------------------------------------------------

def write_records(path, data_pickle, records, numbers, hole):
    """A zip as torch writes it: stored, each record's data at a multiple of 64 bytes, below 4 GiB."""
    central = b""
    with open(path, "wb") as out:
        def add(name, size, write_it):
            nonlocal central
            name, at = f"archive/{name}".encode(), out.tell()
            padding = -(at + 30 + len(name) + 4) % 64
            extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
            out.seek(30 + len(name) + len(extra), 1)
            fields = struct.pack("<5H3I2H", 20, 0, 0, 0, 33, write_it() & 0xffffffff, size, size, len(name), len(extra))
            end = out.tell()
            out.seek(at)
            out.write(b"PK\3\4" + fields + name + extra)
            out.seek(end)
            central += b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<3H2I", 0, 0, 0, 0, at) + name + extra

        def add_bytes(name, data):
            add(name, len(data), lambda: (out.write(data), zlib.crc32(data))[1])

        add_bytes("data.pkl", data_pickle)
        for key, name, shape in records:
            size = 4 * size_of(shape)
            add(f"data/{key}", size, lambda: write_data(out, None if hole else numbers.pieces(name, shape), size, hole))
        add_bytes("version", b"3\n")
        at, count = out.tell(), len(records) + 2
        out.write(central + b"PK\5\6" + struct.pack("<4H2IH", 0, 0, count, count, len(central), at, 0))


def write_zip(path, tensors, numbers, hole):
    write_records(path, state_pickle(tensors), [(i, name, shape) for i, (name, shape) in enumerate(tensors.items())], numbers, hole)


def write_optimizer(path, tensors, numbers, hole=False):
    records = [(2 * i + k, name, shape) for i, (name, shape) in enumerate(tensors.items()) for k in range(2)]
    write_records(path, optimizer_pickle(tensors), records, numbers, hole)


def write_legacy(path, tensors, numbers, hole):
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    with open(path, "wb") as out:
        for value in (0x1950a86a20f9469cfc6c, 1001, system):
            out.write(pickle.dumps(value, protocol=2))
        out.write(state_pickle(tensors, legacy=True))
        out.write(pickle.dumps([str(i) for i in range(len(tensors))], protocol=2))
        for name, shape in tensors.items():
            out.write(struct.pack("<q", size_of(shape)))
            write_data(out, None if hole else numbers.pieces(name, shape), 4 * size_of(shape), hole)
        out.truncate()


def write_safetensors(path, tensors, numbers, hole):
    header, at = {}, 0
    for name, shape in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + 4 * size_of(shape)]}
        at += 4 * size_of(shape)
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(head)) + head)
        for name, shape in tensors.items():
            write_data(out, None if hole else numbers.pieces(name, shape), 4 * size_of(shape), hole)
        out.truncate()


FORMATS = {"zip": write_zip, "legacy": write_legacy, "safetensors": write_safetensors}


def write(path, tensors, form="zip", hole=False, seed=1):
    """Writes {name: shape} TENSORS to PATH in one of the FORMATS."""
    FORMATS[form](path, tensors, Numbers(seed), hole)
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=published())
    parser.add_argument("out")
    parser.add_argument("--format", choices=FORMATS, default="zip")
    parser.add_argument("--hole", action="store_true")
    options = parser.parse_args()
    write(options.out, listing(options.name), options.format, options.hole)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up weights of the FID Inception network: names, shapes, and numbers by a formula that the truth in tests/fixtures/evaluate was made with."""
import json
import struct
import zlib

import numpy as np


def layers():
    """(name, [Cout, Cin, kh, kw]) of every convolution."""
    def a(m, cin, pooled):
        return [(f"{m}.branch1x1", 64, cin, 1, 1), (f"{m}.branch5x5_1", 48, cin, 1, 1), (f"{m}.branch5x5_2", 64, 48, 5, 5),
                (f"{m}.branch3x3dbl_1", 64, cin, 1, 1), (f"{m}.branch3x3dbl_2", 96, 64, 3, 3), (f"{m}.branch3x3dbl_3", 96, 96, 3, 3),
                (f"{m}.branch_pool", pooled, cin, 1, 1)]

    def c(m, k):
        return [(f"{m}.branch1x1", 192, 768, 1, 1), (f"{m}.branch7x7_1", k, 768, 1, 1), (f"{m}.branch7x7_2", k, k, 1, 7),
                (f"{m}.branch7x7_3", 192, k, 7, 1), (f"{m}.branch7x7dbl_1", k, 768, 1, 1), (f"{m}.branch7x7dbl_2", k, k, 7, 1),
                (f"{m}.branch7x7dbl_3", k, k, 1, 7), (f"{m}.branch7x7dbl_4", k, k, 7, 1), (f"{m}.branch7x7dbl_5", 192, k, 1, 7),
                (f"{m}.branch_pool", 192, 768, 1, 1)]

    def e(m, cin):
        return [(f"{m}.branch1x1", 320, cin, 1, 1), (f"{m}.branch3x3_1", 384, cin, 1, 1), (f"{m}.branch3x3_2a", 384, 384, 1, 3),
                (f"{m}.branch3x3_2b", 384, 384, 3, 1), (f"{m}.branch3x3dbl_1", 448, cin, 1, 1), (f"{m}.branch3x3dbl_2", 384, 448, 3, 3),
                (f"{m}.branch3x3dbl_3a", 384, 384, 1, 3), (f"{m}.branch3x3dbl_3b", 384, 384, 3, 1), (f"{m}.branch_pool", 192, cin, 1, 1)]

    return ([("Conv2d_1a_3x3", 32, 3, 3, 3), ("Conv2d_2a_3x3", 32, 32, 3, 3), ("Conv2d_2b_3x3", 64, 32, 3, 3), ("Conv2d_3b_1x1", 80, 64, 1, 1),
             ("Conv2d_4a_3x3", 192, 80, 3, 3)]
            + a("Mixed_5b", 192, 32) + a("Mixed_5c", 256, 64) + a("Mixed_5d", 288, 64)
            + [("Mixed_6a.branch3x3", 384, 288, 3, 3), ("Mixed_6a.branch3x3dbl_1", 64, 288, 1, 1), ("Mixed_6a.branch3x3dbl_2", 96, 64, 3, 3),
               ("Mixed_6a.branch3x3dbl_3", 96, 96, 3, 3)]
            + c("Mixed_6b", 128) + c("Mixed_6c", 160) + c("Mixed_6d", 160) + c("Mixed_6e", 192)
            + [("Mixed_7a.branch3x3_1", 192, 768, 1, 1), ("Mixed_7a.branch3x3_2", 320, 192, 3, 3), ("Mixed_7a.branch7x7x3_1", 192, 768, 1, 1),
               ("Mixed_7a.branch7x7x3_2", 192, 192, 1, 7), ("Mixed_7a.branch7x7x3_3", 192, 192, 7, 1), ("Mixed_7a.branch7x7x3_4", 192, 192, 3, 3)]
            + e("Mixed_7b", 1280) + e("Mixed_7c", 2048))


def numbers(name, shape):
    """u of each element: unsigned 64-bit arithmetic that wraps."""
    with np.errstate(over="ignore"):
        h = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(zlib.crc32(name.encode()) * 1000003)
        h *= np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(32)
        h *= np.uint64(0xD6E8FEB86659FD93)
        h ^= h >> np.uint64(32)
    return ((h >> np.uint64(40)).astype(np.float64) / 2**23 - 1).reshape(shape)


def tensors():
    for name, cout, cin, kh, kw in layers():
        yield f"{name}.conv.weight", numbers(f"{name}.conv.weight", (cout, cin, kh, kw)) * (6 / (cin * kh * kw)) ** 0.5
        yield f"{name}.bn.weight", 1 + 0.1 * numbers(f"{name}.bn.weight", (cout,))
        for part in ("bias", "running_mean"):
            yield f"{name}.bn.{part}", 0.1 * numbers(f"{name}.bn.{part}", (cout,))
        yield f"{name}.bn.running_var", 1 + 0.5 * np.abs(numbers(f"{name}.bn.running_var", (cout,)))
    yield "fc.weight", numbers("fc.weight", (1008, 2048)) * (6 / 2048) ** 0.5
    yield "fc.bias", 0.1 * numbers("fc.bias", (1008,))


def write(path, without=()):
    """The weights as safetensors."""
    header, at, data = {}, 0, []
    for name, values in tensors():
        if name in without:
            continue
        raw = values.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + len(raw)]}
        at += len(raw)
        data.append(raw)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(data)

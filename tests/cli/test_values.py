#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""NaN and infinity. In weights of every format and type: found while they load, the tensor named. In arrays given to adm: the array named.
In what a network makes of numbers that are finite: the step named. No picture, array or weights file is written, and none is touched."""
import array
import io
import itertools
import json
import struct
import sys
import zipfile

from harness import FIXTURES, check, folder, npy_read, npy_write, png, refuses, succeeds, summary

BAD = {  # bits of NaN, of NaN that signals, of the infinities
    "F32": (4, (0x7fc00000, 0xff800001, 0x7f800000, 0xff800000)),
    "F16": (2, (0x7e00, 0xfc01, 0x7c00, 0xfc00)),
    "BF16": (2, (0x7fc0, 0xff81, 0x7f80, 0xff80)),
    "F64": (8, (0x7ff8 << 48, (0xfff0 << 48) | 1, 0x7ff0 << 48, 0x47f0 << 48)),  # the last is 2^128, too large for a float
}
STORAGE = {"F32": b"Float", "F16": b"Half", "BF16": b"BFloat16", "F64": b"Double"}


# ---- weights -----------------------------------------------------------------------------------------------------------

class Weights:
    """A fixture's tensors as TYPE: {name: (shape, bytes)}."""

    def __init__(self, there, fixture, kind):
        path = there / "source.safetensors"
        succeeds("convert", FIXTURES / fixture, "--dtype", "f32" if kind == "F64" else kind.lower(), "-o", path)
        data = path.read_bytes()
        path.unlink()
        length = struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8:8 + length])
        self.kind, self.description = kind, header.pop("__metadata__")["adm"]
        self.tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            values = data[8 + length + begin:8 + length + end]
            if kind == "F64":
                values = array.array("d", array.array("f", values)).tobytes()
            self.tensors[name] = entry["shape"], values

    def spoiled(self, name, at, bits):
        """A copy with element AT of NAME replaced by BITS."""
        size = BAD[self.kind][0]
        copy = object.__new__(Weights)
        copy.kind, copy.description, copy.tensors = self.kind, self.description, dict(self.tensors)
        shape, values = self.tensors[name]
        at %= len(values) // size
        copy.tensors[name] = shape, values[:size * at] + bits.to_bytes(size, "little") + values[size * (at + 1):]
        return copy

    def safetensors(self, path):
        entries, offset = {"__metadata__": {"adm": self.description}}, 0
        for name, (shape, values) in self.tensors.items():
            entries[name] = {"dtype": self.kind, "shape": shape, "data_offsets": [offset, offset + len(values)]}
            offset += len(values)
        header = json.dumps(entries).encode()
        path.write_bytes(struct.pack("<Q", len(header)) + header + b"".join(values for _, values in self.tensors.values()))

    def pickle(self):
        """The state_dict as torch pickles it, storage i under the key i."""
        size, out = BAD[self.kind][0], io.BytesIO()
        out.write(b"\x80\x02ccollections\nOrderedDict\n)R(")

        def text(value):
            return b"X" + struct.pack("<I", len(value)) + value.encode()

        for i, (name, (shape, values)) in enumerate(self.tensors.items()):
            strides, step = [], 1
            for n in reversed(shape):
                strides.insert(0, step)
                step *= n
            numbers = [b"(" + b"".join(b"J" + struct.pack("<i", n) for n in numbers) + b"t" for numbers in (shape, strides)]
            out.write(text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + b"ctorch\n" + STORAGE[self.kind] + b"Storage\n"
                      + text(str(i)) + text("cpu") + b"J" + struct.pack("<i", len(values) // size) + b"tQK\0" + numbers[0] + numbers[1]
                      + b"\x89ccollections\nOrderedDict\n)RtR")
        out.write(b"u.")
        return out.getvalue()

    def swapped(self, values):
        words = array.array({2: "H", 4: "I", 8: "Q"}[BAD[self.kind][0]], values)
        words.byteswap()
        return words.tobytes()

    def torch_zip(self, path, big=False):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("net/data.pkl", self.pickle())
            if big:
                archive.writestr("net/byteorder", "big")
            for i, (_, values) in enumerate(self.tensors.values()):
                archive.writestr(f"net/data/{i}", self.swapped(values) if big else values)
        path.with_suffix(".json").write_text(self.description, encoding="utf-8")

    def torch_zip_big(self, path):
        self.torch_zip(path, big=True)

    def torch_legacy(self, path):
        keys = b"\x80\x02](" + b"".join(b"X" + struct.pack("<I", len(str(i))) + str(i).encode() for i in range(len(self.tensors))) + b"e."
        data = b"".join(struct.pack("<q", len(values) // BAD[self.kind][0]) + values for _, values in self.tensors.values())
        path.write_bytes(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}X\x0d\0\0\0little_endian\x88s." + self.pickle() + keys + data)
        path.with_suffix(".json").write_text(self.description, encoding="utf-8")


# A number of each kind of layer; the last rows of label_emb belong to a class that is not asked for.
PLACES = (("time_embed.0.weight", 0), ("label_emb.weight", -1), ("input_blocks.0.0.weight", -1), ("input_blocks.1.0.in_layers.2.weight", 1000),
          ("input_blocks.1.0.emb_layers.1.bias", 7), ("middle_block.1.qkv.weight", 3), ("middle_block.1.norm.bias", -1), ("out.0.weight", 0), ("out.2.bias", -1))


def ways(path, there):
    """Everything that loads a network: (arguments, output)."""
    for extension in ("png", "npy"):
        yield ["sample", "--model", path, "--class", "1", "--steps", "2", "-o", there / f"o.{extension}"], there / f"o.{extension}"
    yield ["eval", "--model", path, "--class", "1", "--t", "500", "--x", FIXTURES / "unet-cond.x.npy", "-o", there / "o.npy"], there / "o.npy"
    yield ["convert", path, "-o", there / "o.safetensors"], there / "o.safetensors"
    yield ["convert", path, "--dtype", "f16", "-o", there / "o.safetensors"], there / "o.safetensors"
    yield ["sample", "--model", path, "--class", "1", "--steps", "2", "--half", "-o", there / "o.png"], there / "o.png"
    yield ["sample", "--model", path, "--class", "1", "--steps", "2", "--exact", "-o", there / "o.png"], there / "o.png"


def refused(arguments, output, *says):
    """Refused, and what stood under the output's name stays."""
    output.write_bytes(b"before")
    line = refuses(1, *arguments)
    check(all(part in line for part in says), f"{says} are not in {line!r}")
    check(output.read_bytes() == b"before", f"{arguments}: the output was touched")
    output.unlink()


def check_weights(there):
    turns = itertools.cycle(range(7))
    for kind, (_, bad) in BAD.items():
        weights = Weights(there, "unet-cond.pt", kind)
        for container, extension in (("safetensors", "safetensors"), ("torch_zip", "pt"), ("torch_zip_big", "pt"), ("torch_legacy", "pt")):
            path = there / f"w.{extension}"
            getattr(weights, container)(path)
            for arguments, output in itertools.islice(ways(path, there), 2, 4):  # whole, it runs
                succeeds(*arguments)
                output.unlink()
            for i, (name, at) in enumerate(PLACES):
                getattr(weights.spoiled(name, at, bad[i % 4]), container)(path)
                arguments, output = list(ways(path, there))[next(turns)]
                refused(arguments, output, path.name, name)
            for left in there.iterdir():
                left.unlink()


def check_other_parts(there):
    """A classifier's weights, an upsampler's; in `upscale` and as parts of `sample`."""
    low = there / "low.png"
    low.write_bytes(png(16, 16, [bytes(range(48))] * 16))
    for container, extension, bits in (("safetensors", "safetensors", 0x7fc00000), ("torch_zip", "pt", 0xff800000), ("torch_legacy", "pt", 0x7f800000)):
        path, out = there / f"part.{extension}", there / "o.png"
        getattr(Weights(there, "superres.pt", "F32").spoiled("out.2.weight", -1, bits), container)(path)
        refused(["upscale", "--model", path, "--class", "1", "--steps", "2", low, "-o", out], out, path.name, "out.2.weight")
        refused(["upscale", "--model", FIXTURES / "unet-cond.pt", "--upsampler", path, "--class", "1", "--steps", "2", low, "-o", out], out, path.name, "out.2.weight")
        refused(["sample", "--model", path, "--low-res", low, "--class", "1", "--steps", "2", "-o", out], out, path.name, "out.2.weight")
        getattr(Weights(there, "classifier-attention.pt", "F32").spoiled("out.2.qkv_proj.bias", 5, bits), container)(path)
        refused(["sample", "--model", FIXTURES / "unet-cond.pt", "--classifier", path, "--scale", "1", "--class", "1", "--steps", "2", "-o", out], out,
                path.name, "out.2.qkv_proj.bias")
        refused(["eval", "--model", path, "--t", "5", "--x", FIXTURES / "classifier-attention.x.npy", "-o", there / "o.npy"], there / "o.npy", path.name,
                "out.2.qkv_proj.bias")


# ---- what comes of finite weights --------------------------------------------------------------------------------------

def huge(there, fixture, name):
    """FIXTURE with one number of NAME that is finite, and too large for what follows."""
    weights = Weights(there, fixture, "F32")
    for i in range(40):
        weights = weights.spoiled(name, 977 * i, 0x7f7fffff)
    path = there / f"huge-{fixture.removesuffix('.pt')}.safetensors"
    weights.safetensors(path)
    return path


def check_steps(there):
    low, out = there / "low.png", there / "o.png"
    low.write_bytes(png(16, 16, [bytes(range(48))] * 16))
    path = huge(there, "unet-cond.pt", "input_blocks.0.0.weight")
    for more in ([], ["--exact"], ["--half"], ["--sampler", "ddpm"], ["--sampler", "dpm++2m"], ["--kernels", "portable"]):
        refused(["sample", "--model", path, "--class", "1", "--steps", "3", *more, "-o", out], out, path.name, "the network's output", "step 1 of 3")
    refused(["sample", "--model", path, "--class", "1", "--steps", "3", "--count", "1", "-o", there / "o.npy"], there / "o.npy", "step 1 of 3")
    refused(["eval", "--model", path, "--class", "1", "--t", "500", "--x", FIXTURES / "unet-cond.x.npy", "-o", there / "o.npy"], there / "o.npy", path.name, "NaN")
    succeeds("convert", path, "-o", there / "same.safetensors")  # the numbers themselves are sound
    refused(["convert", path, "--dtype", "f16", "-o", there / "o.safetensors"], there / "o.safetensors", "input_blocks.0.0.weight")
    path = huge(there, "superres.pt", "input_blocks.0.0.weight")
    for way in ([], ["--fit"], ["--tiles"]):
        refused(["upscale", "--model", path, "--class", "1", "--steps", "3", *way, low, "-o", out], out, path.name, "step 1 of 3")
    path = huge(there, "classifier-attention.pt", "input_blocks.0.0.weight")
    guided = ["sample", "--model", FIXTURES / "unet-cond.pt", "--class", "1", "--steps", "3", "-o", out, "--scale", "1", "--classifier"]
    refused([*guided, path], out, path.name, "the classifier's gradient", "step 1 of 3")
    refused(["eval", "--model", path, "--class", "1", "--t", "5", "--x", FIXTURES / "classifier-attention.x.npy", "--grad", there / "o.npy"], there / "o.npy", "NaN")
    # A later step: what is drawn after the first is finite, and too large for the network at the second.
    side = npy_read(FIXTURES / "unet-cond.x.npy")[0][-1]
    one = 3 * side * side
    npy_write(there / "n.npy", (4, 1, 3, side, side), [0.1] * one + [3e38] * one + [0.1] * (2 * one))
    refused(["sample", "--model", FIXTURES / "unet-cond.pt", "--class", "1", "--sampler", "ddpm", "--steps", "3", "--noise", there / "n.npy", "-o", out], out,
            "step 2 of 3")


def check_arrays(there):
    side = npy_read(FIXTURES / "unet-cond.x.npy")[0][-1]
    one, path, out = 3 * side * side, there / "a.npy", there / "o.npy"
    for value in (float("nan"), float("inf"), float("-inf")):
        npy_write(path, (1, 3, side, side), [0.5] * (one - 1) + [value])
        refused(["eval", "--model", FIXTURES / "unet-cond.pt", "--class", "1", "--t", "500", "--x", path, "-o", out], out, path.name, "NaN")
        npy_write(path, (3, 1, 3, side, side), [value] + [0.5] * (3 * one - 1))
        refused(["sample", "--model", FIXTURES / "unet-cond.pt", "--class", "1", "--steps", "2", "--noise", path, "-o", out], out, path.name, "NaN")
        npy_write(path, (1, 3, 16, 16), [0.5] * 400 + [value] + [0.5] * 367)
        refused(["sample", "--model", FIXTURES / "superres.pt", "--class", "1", "--steps", "2", "--low-res", path, "-o", out], out, path.name, "NaN")


def main():
    for part in (check_weights, check_other_parts, check_steps, check_arrays):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile files: each is refused with one line, in at most twice its own size plus 64 MiB of memory and, under 100 MB, within a second of
processor time. The table is made up of what files can do: claim, nest, repeat, name and pad."""
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib

from harness import ADM, FIXTURES, check, chunk, folder, png, summary

MIB = 1 << 20
MOST = 99 * 1000 * 1000  # the largest that must be refused within a second
HEADER = 24 << 20  # the largest header that is read
PICKLE = 32 << 20
CHUNK = 1 << 16


class Writer:
    """A file written piece by piece: what this program itself holds would count as its child's."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def repeat(self, piece, size):
        """PIECE as often as it fits into SIZE."""
        many = piece * max(1, CHUNK // len(piece))
        left = size // len(piece)
        while left > 0:
            n = min(left, len(many) // len(piece))
            self.file.write(many[:n * len(piece)])
            left -= n

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


def measure(arguments, environment):
    """(status, standard error, seconds of processor time, bytes at most resident)"""
    started = time.monotonic()
    child = subprocess.Popen([ADM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             env=dict(os.environ, **environment))
    line = child.stderr.read()
    child.stderr.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, line.decode(errors="replace"), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, time.monotonic() - started


def judge(name, path, arguments, size=None, quiet=False, **environment):
    size = path.stat().st_size if size is None else size
    status, line, seconds, resident, wall = measure(arguments, environment)
    for _ in range(2):  # a busy machine makes even processor time longer
        if seconds > 1:
            seconds = min(seconds, measure(arguments, environment)[2])
    print(f"  {name}: {size / 1e6:.1f} MB, {resident / MIB:.0f} MiB, {seconds:.2f} s ({wall:.2f} s by the clock): {line.strip()[:150]}", flush=True)
    if not quiet:
        check(status == 1 and line.count("\n") == 1 and path.name in line, f"{name}: status {status}, {line!r}")
    check(resident <= 2 * size + 64 * MIB, f"{name}: {resident / MIB:.0f} MiB for a file of {size / MIB:.1f} MiB")
    check(seconds <= 1 or size > 100e6, f"{name}: {seconds:.2f} s")


# ---- safetensors -------------------------------------------------------------------------------------------------------

def headers():
    """What a header may be made of: (name, what comes first, what repeats, what comes last, how much)."""
    yield "numbers in a header", b'{"a":[0', b",0", b"]}", MOST
    yield "numbers in a header that is read", b'{"a":[0', b",0", b"]}", HEADER
    yield "lists in a header", b'{"a":[0', b",[]", b"]}", HEADER
    yield "keys in a header", b'{"a":0', b',"a":0', b"}", HEADER
    yield "texts in a header", b'{"a":[0', b',""', b"]}", HEADER
    yield "brackets in a header", b'{"a":', b"[", b"", HEADER
    yield "blanks in a header", b'{"a":0', b" ", b"}", HEADER
    yield "a long name", b'{"', b"a", b'":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', HEADER
    yield "a long name, escaped", b'{"', b"\\u00e9", b'":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', HEADER
    yield "a long name, not ASCII", b'{"', "\u6f22\u5b57".encode(), b'":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', HEADER
    yield "a long type", b'{"a":{"dtype":"', b"F", b'","shape":[],"data_offsets":[0,4]}}', HEADER
    yield "a long shape", b'{"a":{"dtype":"F32","shape":[1', b",1", b'],"data_offsets":[0,4]}}', HEADER
    yield "metadata of one long text", b'{"__metadata__":{"adm":"', b"x", b'"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', HEADER
    yield "metadata of many numbers", b'{"__metadata__":{"adm":"{\\"a\\":[0', b",0", b']}"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', HEADER
    yield "metadata, nested", b'{"__metadata__":{"adm":"{\\"a\\":', b"[", b'"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4000000
    yield "metadata, full", b'{"__metadata__":{"adm":"{\\"a\\":[0', b",0", b']}"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4000000


def check_safetensors(there):
    path = there / "hostile.safetensors"
    for name, first, piece, last, size in headers():
        padding = len(first) + len(last)
        size = (size - padding) // len(piece) * len(piece)
        with Writer(path) as file:
            file.write(struct.pack("<Q", size + padding) + first)
            file.repeat(piece, size)
            file.write(last + b"\0\0\0\0")
        judge(name, path, ["info", path])
    for name, key, count, end in (("a million tensors", "{}", 1000000, b"0" * 4), ("as many tensors as are read", "{}", 32768, b"0" * 4),
                                  ("long names", "{:0512}", 32768, b"0" * 4), ("names too long", "{:0513}", 2, b"0" * 4),
                                  ("one name again and again", "a", 32768, b"0" * 4)):
        with Writer(path) as file:
            file.write(bytes(8))
            for i in range(count):
                file.write(f'{"," if i else "{"}"{key.format(i)}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'.encode())
            file.write(b"}")
            length = file.tell() - 8
            file.write(b"" if count else end)
            file.seek(0)
            file.write(struct.pack("<Q", length))
        judge(name, path, ["info", path])
    with Writer(path) as file:  # a hole for a header
        file.write(struct.pack("<Q", MOST) + b"{")
        file.truncate(MOST + 8)
    judge("zeros for a header", path, ["info", path])


# ---- torch -------------------------------------------------------------------------------------------------------------

STORAGE = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuJ\x01\0\0\0t"


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value


def broadcast(shape):
    """A tensor of SHAPE, all of it one number."""
    lengths = b"(" + b"".join(b"J" + struct.pack("<i", n) for n in shape) + b"t"
    return (b"ctorch._utils\n_rebuild_tensor_v2\n(" + STORAGE + b"QK\0" + lengths + b"(" + b"K\0" * len(shape) + b"t\x89NtR")


def pickles():
    """(name, what comes first, what repeats, what comes last, how much)"""
    yield "values of a byte", b"\x80\x02]", b"]a", b".", MOST
    yield "values of a byte, as many as are read", b"\x80\x02]", b"]a", b".", PICKLE - 1000
    yield "values in a tuple in a list", b"\x80\x02]", b"(" + b"N" * 1000 + b"ta", b".", PICKLE - 1000
    yield "items that are one value", b"\x80\x02]q\0", b"h\0a", b".", PICKLE - 1000
    yield "items of one dict", b"\x80\x02}q\0", b"h\0h\0s", b".", PICKLE - 1000
    yield "values dropped again", b"\x80\x02}q\0", b"h\0b", b".", PICKLE - 1000
    yield "protocols", b"", b"\x80\x02", b"N.", PICKLE - 1000
    yield "marks", b"\x80\x02", b"(", b".", PICKLE - 1000
    yield "a deep stack", b"\x80\x02", b"N", b".", PICKLE - 1000
    named = b"(X\x07\0\0\0storagectorch\nFloatStorage\n" + text(b"k" * 65000) + text(b"cpu") + b"K\1tq\0Qa"
    yield "storages of one long name", b"\x80\x02]" + named, b"h\0Qa", b".", 600000
    yield "long texts", b"\x80\x02]", text(b"t" * 65000) + b"a", b".", PICKLE - 1000
    yield "a remembered value far away", b"\x80\x02]r\xff\xff\x0f\0", b"r\xff\xff\x0f\0", b".", 1000
    yield "names that are one name", b"\x80\x02}" + text(b"n" * 512) + b"q\0" + broadcast([1]) + b"q\1s", b"h\0h\1s", b".", 5 * 32000
    yield "a tensor of one number", b"\x80\x02}" + text(b"a") + broadcast([46000, 46000]) + b"s", b"N", b".", 0
    yield "tensors of one number", b"\x80\x02}" + text(b"a") + broadcast([4096, 4096]) + b"q\1s" + text(b"b") + b"h\1s" + text(b"c") + b"h\1s" + text(b"d") + b"h\1s", b"N", b".", 0


def check_torch(there):
    path, inside = there / "hostile.pt", there / "data.pkl"
    for name, first, piece, last, size in pickles():
        with Writer(inside) as file:
            file.write(first)
            file.repeat(piece, size - len(first))
            file.write(last)
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(inside, "model/data.pkl")
            archive.writestr("model/data/0", b"\0\0\x80?")
        judge(name, path, ["info", path])
        if size <= 1000:
            continue
        for place in range(2, 5) if size == MOST else (3,):  # the last three of the five pickles of the old form
            before = [b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", b"\x80\x02M\xe9\x03.", b"\x80\x02}.", b"\x80\x02}.", b"\x80\x02]."]
            with Writer(path) as file, open(inside, "rb") as body:
                for i in range(place):
                    file.write(before[i])
                while data := body.read(MIB):
                    file.write(data)
                for i in range(place + 1, 5):
                    file.write(before[i])
            judge(f"{name}, legacy, pickle {place + 1}", path, ["info", path])
    most = (1 << 19) - 4  # every pickle as large as it may be
    with Writer(path) as file:
        file.write(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.")
        for _ in range(3):
            file.write(b"\x80\x02]")
            file.repeat(b"]a", 2 * most)
            file.write(b".")
    judge("five full pickles", path, ["info", path])


def entries(path, count, name, claimed, wide):
    """A zip whose list of records has COUNT entries of NAME; CLAIMED: the number it tells; WIDE: with zip64's end."""
    with Writer(path) as file:
        file.write(b"PK\x03\x04" + bytes(26))
        at = file.tell()
        record = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 0, 0, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
        file.repeat(record, count * len(record))
        size = file.tell() - at
        if wide:
            end = file.tell()
            file.write(b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, claimed, claimed, size, at))
            file.write(b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1))
            file.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0))
        else:
            file.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, claimed & 0xffff, claimed & 0xffff, size, at, 0))


def check_zip(there):
    path = there / "hostile.pt"
    for name, count, record, wide in (("two million records", 2000000, b"a", False), ("two million records, zip64", 2000000, b"a", True),
                                      ("200,000 records", 200000, b"a", True), ("as many records as are read", 85000, b"a", True),
                                      ("records of long names", 1500, b"a" * 65000, False), ("records of long names, not ASCII", 1500, b"\xe4" * 65000, True),
                                      ("long names, as many as are read", 60, b"\xe4" * 65000, True)):
        entries(path, count, record, count, wide)
        judge(name, path, ["info", path])
    entries(path, 10, b"a", 1 << 62, True)
    judge("records that are not there", path, ["info", path])
    with Writer(path) as file:
        file.write(b"PK\x03\x04")
        file.repeat(b"PK\x05\x06", MOST)
    judge("ends of a zip", path, ["info", path])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("model/data.pkl", "w") as entry:
            for _ in range(90):
                entry.write(bytes(MIB))
    judge("a packed pickle", path, ["info", path])


# ---- descriptions, arrays, pictures ------------------------------------------------------------------------------------

def texts():
    """JSON in a file of its own."""
    size = (4 << 20) - 100
    yield "numbers", b'{"a":[0', b",0", b"]}", size
    yield "keys", b'{"a":0', b',"b":0', b"}", size
    yield "lists", b'{"a":', b"[", b"", size
    yield "lists, closed", b'{"a":' + b"[" * (size // 2 - 8) + b"0", b"]", b"}", size // 2 - 8
    yield "a long text", b'{"a":"', b"x", b'"}', size
    yield "a huge file", b'{"a":"', b"x", b'"}', MOST


def write_text(path, first, piece, last, size):
    with Writer(path) as file:
        file.write(first)
        file.repeat(piece, size)
        file.write(last)


def check_descriptions(there):
    weights, beside = there / "net.pt", there / "net.json"
    weights.write_bytes((FIXTURES / "unet-cond.pt").read_bytes())
    for name, *parts in texts():
        write_text(beside, *parts)
        judge(f"sidecar of {name}", beside, ["info", weights], quiet=True)
        judge(f"sidecar of {name}, to be replaced", beside, ["describe", "--replace", weights, "noise_schedule=cosine"], quiet=True)
        write_text(beside, *parts)
        os.rename(beside, there / "model.json")
        judge(f"model of {name}", there / "model.json", ["sample", "--model", there / "model.json", "--steps", "2", "-o", there / "o.png"])
        judge(f"folder with a model of {name}", there / "model.json", ["models"], quiet=True, ADM_MODEL_PATH=str(there))
        (there / "model.json").unlink()
    weights.unlink()
    (there / "d.pt").write_bytes((FIXTURES / "unet-cond.pt").read_bytes())
    (there / "d.json").write_bytes((FIXTURES / "unet-cond.json").read_bytes())
    (there / "model.json").write_text('{"format":"adm-model-1","id":"m","diffusion":"d.pt","classes":"names.txt"}', encoding="utf-8")
    for name, *parts in (("short lines", b"", b"a\n", b"", (4 << 20) - 1), ("empty lines", b"", b"\n", b"", (4 << 20) - 1), ("a long line", b"", b"a", b"", 4 << 20),
                         ("100,000 names", b"", b"name\n", b"", 500000), ("a huge file", b"", b"name\n", b"", MOST)):
        write_text(there / "names.txt", *parts)
        judge(f"class names of {name}", there / "names.txt", ["sample", "--model", there / "model.json", "--steps", "2", "-o", there / "o.png"], quiet=True)
    check(not (there / "o.png").exists(), "a picture was written")


def check_arrays(there):
    path = there / "x.npy"
    options = ["eval", "--model", FIXTURES / "unet-cond.pt", "--class", "1", "--t", "5", "--x", path, "-o", there / "o.npy"]
    for name, shape, size in (("an array that claims", "(46000, 46000)", 4), ("an array without data", "(0, 3, 32, 32)", 0),
                              ("a large array", "(24000000,)", 96000000), ("a large array of pictures", "(7000, 3, 32, 31)", 83328000),
                              ("many dimensions", "(" + "1," * 30000 + ")", 4), ("a huge number", "(" + "9" * 60000 + ",)", 4)):
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
        with Writer(path) as file:
            file.write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header)
            file.repeat(b"\0", size)
        judge(name, path, options)
    check(not (there / "o.npy").exists(), "an array was written")


def packed(mib):
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(mib)) + packer.flush()


def bomb(path, width, height, depth, colour, interlaced=0, whole=True):
    """A picture of zeros."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    packer = zlib.compressobj(9)
    with Writer(path) as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)))
        row = bytes(1 + (width * channels * depth + 7) // 8)
        for _ in range(height):
            if data := packer.compress(row):
                file.write(chunk(b"IDAT", data))
        data = packer.flush()
        file.write(chunk(b"IDAT", data if whole else data[:-8]) + (chunk(b"IEND", b"") if whole else b""))


def check_pictures(there):
    path = there / "in.png"
    superres = FIXTURES / "superres.pt"
    ways = ["upscale", "--model", superres, "--class", "1", "--steps", "2", "-o", there / "o.png", path], \
           ["upscale", "--fit", "--model", superres, "--class", "1", "--steps", "2", "-o", there / "o.png", path], \
           ["sample", "--model", superres, "--class", "1", "--steps", "2", "--low-res", path, "-o", there / "o.png"]
    cases = (("a wide picture", 32768, 1500, 8, 2), ("a wide picture that is read", 32768, 384, 8, 2), ("a large picture", 9000, 9000, 8, 2),
             ("a large picture, 16 bits", 4096, 1536, 16, 6), ("a large picture, interlaced", 4096, 3072, 8, 2, 1),
             ("a large picture of bits", 9900, 9900, 1, 0))
    for name, *parts in cases:
        for whole in (True, False):
            bomb(path, *parts, whole=whole)
            for i, way in enumerate(ways):
                judge(f"{name}{'' if whole else ', cut short'}, way {i + 1}", path, way, quiet=whole)
    with Writer(path) as file:  # a large file may hold a large picture, here one of noise that ends early
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 6000, 5500, 8, 2, 0, 0, 0)) + chunk(b"IDAT", b"\x78\x01"))
        noise = bytes(v % 5 for v in os.urandom(50000))  # every byte may begin a row
        for _ in range(MOST // 50100):
            file.write(chunk(b"IDAT", b"\0" + struct.pack("<HH", 50000, 50000 ^ 0xffff) + noise))
    judge("noise cut short", path, ways[1])
    jpeg = bytearray((FIXTURES / "grey.jpg").read_bytes())
    frame = jpeg.index(b"\xff\xc2") + 5
    for name, height, width in (("a JPEG that claims much", 65500, 65500), ("a JPEG that claims less", 9000, 9000), ("a JPEG that claims what any may", 2048, 2048)):
        jpeg[frame:frame + 4] = struct.pack(">HH", height, width)
        path.write_bytes(jpeg)
        judge(name, path, ways[1])
    with Writer(path) as file:
        file.write(jpeg[:2])
        file.repeat(b"\xff\xe1\xff\xff" + b"Exif\0\0II*\0\x08\0\0\0\xff\xff".ljust(65533, b"\x11"), 65 * 1000 * 1000)
        file.write(jpeg[2:])
    judge("a JPEG with many notes", path, ways[1])
    path.write_bytes(png(16, 16, [bytes(48)] * 16, extra=chunk(b"tEXt", b"a\0" + b"x" * 5000000)))
    judge("a picture with a long text", path, ways[0], quiet=True)
    path.write_bytes(png(16, 16, [bytes(48)] * 16, extra=chunk(b"zTXt", b"a\0\0" + packed(90))))
    judge("a picture with a packed text", path, ways[0], quiet=True)
    path.write_bytes(png(16, 16, [bytes(48)] * 16, extra=chunk(b"iCCP", b"a\0\0" + packed(90))))
    judge("a picture with a packed profile", path, ways[0], quiet=True)


def main():
    for part in (check_safetensors, check_torch, check_zip, check_descriptions, check_arrays, check_pictures):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

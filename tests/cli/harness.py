# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program's tests share: running `adm`, its contract on failure, arrays and PNGs without any package, counted checks."""
import array
import contextlib
import json
import math
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
sys.path.append(str(ROOT / "tests"))
import embedded  # noqa: E402,F401 (for the tests, which take it from here)

ADM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else str(ROOT / "build" / "core" / "adm")

checks = failures = 0


def check(passed, what):
    global checks, failures
    checks += 1
    if not passed:
        failures += 1
        print(f"failed: {what}", flush=True)
    return bool(passed)


def summary():
    print(f"{checks} checks, {failures} failed")
    return 1 if failures or not checks else 0


def run(*arguments, env=None, **more):
    """Runs adm; streams are bytes."""
    environment = dict(os.environ, **(env or {}))
    return subprocess.run([ADM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                          timeout=300, check=False, **more)


def succeeds(*arguments, **more):
    """Exit status 0, nothing on standard error; gives standard output as text."""
    done = run(*arguments, **more)
    check(done.returncode == 0 and done.stderr == b"", f"adm {arguments}: status {done.returncode}, {done.stderr!r}")
    return done.stdout.decode()


def refuses(status, *arguments, says="", **more):
    """STATUS, exactly one line on standard error that holds SAYS, nothing on standard output."""
    done = run(*arguments, **more)
    line = done.stderr.decode(errors="replace")
    check(done.returncode == status, f"adm {arguments}: status {done.returncode} instead of {status}: {line!r}")
    check(line.count("\n") == 1 and line.endswith("\n") and len(line) > 10, f"adm {arguments}: not one line: {line!r}")
    check(says in line, f"adm {arguments}: {says!r} is not in {line!r}")
    check(done.stdout == b"", f"adm {arguments}: printed {done.stdout!r}")
    return line


def untimed(printed):
    """What a command PRINTED (bytes), without the seconds, which are others in every run."""
    return re.sub(rb'"seconds":[0-9.e-]+', b'"seconds":0', re.sub(rb", [0-9.]+ s$", b", 0 s", printed, flags=re.M))


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="adm-test-") as name:
        yield pathlib.Path(name)


# ---- arrays ------------------------------------------------------------------------------------------------------------

def npy_read(path):
    """(shape, array of float32)"""
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00", path
    length = struct.unpack("<H", data[8:10])[0]
    header = eval(data[10:10 + length], {"__builtins__": {}})
    assert header["descr"] == "<f4" and not header["fortran_order"], path
    values = array.array("f", data[10 + length:])
    if sys.byteorder != "little":
        values.byteswap()
    assert len(values) == math.prod(header["shape"]), path
    return tuple(header["shape"]), values


def npy_write(path, shape, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    values = array.array("f", values)
    if sys.byteorder != "little":
        values.byteswap()
    pathlib.Path(path).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values.tobytes())


def relative_error(found, truth):
    """Relative root mean square."""
    difference = math.fsum((a - b) ** 2 for a, b in zip(found, truth, strict=True))
    return math.sqrt(difference / math.fsum(b * b for b in truth))


# ---- PNG ---------------------------------------------------------------------------------------------------------------

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows, depth=8, colour=2, extra=b""):
    """A PNG of ROWS (bytes of each row), with the chunks EXTRA before its data."""
    raw = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) + extra
            + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def png_read(path):
    """(width, height, RGB bytes) of an 8-bit RGB PNG; anything else is an error."""
    width, height, channels, pixels = png_read_any(path)
    assert channels == 3, path
    return width, height, pixels


def png_read_alpha(path):
    """(width, height, RGB bytes, alpha bytes) of an 8-bit RGBA PNG; anything else is an error."""
    width, height, channels, pixels = png_read_any(path)
    assert channels == 4, path
    return width, height, bytes(v for i, v in enumerate(pixels) if i % 4 != 3), pixels[3::4]


def png_read_any(path):
    """(width, height, channels, bytes) of an 8-bit RGB or RGBA PNG; anything else is an error."""
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    at, packed, size, ended = 8, b"", None, False
    while at < len(data):
        length = struct.unpack(">I", data[at:at + 4])[0]
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + body), path
        if kind == b"IHDR":
            size = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        ended = kind == b"IEND"
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = size
    assert depth == 8 and colour in (2, 6) and (interlaced, ended) == (0, True), path
    channels = 4 if colour == 6 else 3
    raw, out, above = zlib.decompress(packed), bytearray(), bytes(channels * width)
    for y in range(height):
        start = y * (channels * width + 1)
        kind, line = raw[start], bytearray(raw[start + 1:start + 1 + channels * width])
        for i in range(channels * width):
            a, b, c = line[i - channels] if i >= channels else 0, above[i], above[i - channels] if i >= channels else 0
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line[i] = (line[i] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
        out += line
        above = bytes(line)
    return width, height, channels, bytes(out)


def index():
    return json.loads((FIXTURES / "index.json").read_text(encoding="utf-8"))

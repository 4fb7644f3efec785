#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures in and out: every kind of PNG, and JPEG, as input, broken ones, `--fit`; output files complete or absent; several at once."""
import resource
import struct
import sys
import zlib

from harness import FIXTURES, check, chunk, embedded, folder, npy_read, npy_write, png, png_read, png_read_alpha, refuses, succeeds, summary

COND, SUPERRES = FIXTURES / "unet-cond.pt", FIXTURES / "superres.pt"
SIDE = 16  # what the superres fixture takes


def to_u8(values):
    """Planar [-1, 1] to interleaved bytes, as the reference does, in float32."""
    def f32(v):
        return struct.unpack("<f", struct.pack("<f", v))[0]
    plane = len(values) // 3
    return bytes(int(min(max(f32(f32(values[c * plane + i] + 1) * 127.5), 0), 255)) for i in range(plane) for c in range(3))


def without_white(values, alpha):
    """The colours that look like VALUES on white where they cover as much as ALPHA says; white where nothing of them is seen."""
    plane = len(alpha)
    return [v if alpha[i % plane] == 255 else max(-1, 1 - (1 - v) * 255 / alpha[i % plane]) if alpha[i % plane] else 1 for i, v in enumerate(values)]


def check_output(there):
    options = ["sample", "--model", COND, "--class", "1", "--steps", "2", "--seed", "5"]
    succeeds(*options, "--count", "3", "-o", there / "all.npy")
    shape, values = npy_read(there / "all.npy")
    check(shape == (3, 3, 32, 32), f"three samples have the shape {shape}")
    succeeds(*options, "--count", "3", "-o", there / "P.PNG")
    one = len(values) // 3
    for i in range(3):
        width, height, pixels = png_read(there / f"P-{i + 1}.PNG")
        check((width, height) == (32, 32) and pixels == to_u8(values[i * one:(i + 1) * one]), f"P-{i + 1}.PNG is not what all.npy holds")
    # An image is the same alone and in a batch: seed + i.
    succeeds("sample", "--model", COND, "--class", "1", "--steps", "2", "--seed", "7", "-o", there / "alone.png")
    check((there / "alone.png").read_bytes() == (there / "P-3.PNG").read_bytes(), "the third of a batch differs from the same alone")
    check((there / "alone.png").stat().st_mode & 0o444 == 0o444, "the picture cannot be read by others")
    check(sorted(p.name for p in there.iterdir()) == ["P-1.PNG", "P-2.PNG", "P-3.PNG", "all.npy", "alone.png"], "other files were left behind")

    # All or none: the second name is taken by a folder.
    (there / "Q-2.png").mkdir()
    refuses(1, *options, "--count", "3", "-o", there / "Q.png", says="Q-2.png")
    check(not (there / "Q-1.png").exists() and not (there / "Q-3.png").exists(), "some of the pictures were written")

    # What stood there stays when writing fails: the disk is full, as far as this process is concerned.
    before = (there / "alone.png").read_bytes()
    for name in ("alone.png", "all.npy"):
        refuses(1, *options, "-o", there / name, says=name, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
    check((there / "alone.png").read_bytes() == before and npy_read(there / "all.npy")[0] == shape, "a failure touched the file that was there")
    names = sorted(p.name for p in there.iterdir())
    check(names == ["P-1.PNG", "P-2.PNG", "P-3.PNG", "Q-2.png", "all.npy", "alone.png"], f"other files were left behind: {names}")


def pictures():
    """name -> (PNG, RGB bytes that it must be read as)"""
    grey = [[(16 * x + y) & 255 for x in range(SIDE)] for y in range(SIDE)]
    rgb = [[((17 * x) & 255, (13 * y) & 255, (x * y) & 255) for x in range(SIDE)] for y in range(SIDE)]
    flat = b"".join(bytes(p) for row in rgb for p in row)
    flat_grey = bytes(v for row in grey for v in row for _ in range(3))
    palette = [((5 * i) & 255, (255 - i) & 255, (77 * i) & 255) for i in range(256)]

    def wide(row):
        return b"".join(struct.pack(">3H", *(257 * v for v in p)) for p in row)

    bits = [[(x ^ y) & 1 for x in range(SIDE)] for y in range(SIDE)]
    packed = [bytes(sum(row[8 * i + k] << (7 - k) for k in range(8)) for i in range(SIDE // 8)) for row in bits]
    see_through = [b"".join(bytes((*p, 255 if (x + y) % 2 else 0)) for x, p in enumerate(row)) for y, row in enumerate(rgb)]
    on_white = b"".join(bytes(p) if (x + y) % 2 else b"\xff\xff\xff" for y, row in enumerate(rgb) for x, p in enumerate(row))
    keyed = b"".join(b"\xff\xff\xff" if v == 16 else bytes((v, v, v)) for row in grey for v in row)
    return {
        "rgb": (png(SIDE, SIDE, [b"".join(bytes(p) for p in row) for row in rgb]), flat),
        "rgb16": (png(SIDE, SIDE, [wide(row) for row in rgb], depth=16), flat),
        "grey": (png(SIDE, SIDE, [bytes(row) for row in grey], colour=0), flat_grey),
        "bits": (png(SIDE, SIDE, packed, depth=1, colour=0), bytes(255 * v for row in bits for v in row for _ in range(3))),
        "palette": (png(SIDE, SIDE, [bytes(row) for row in grey], colour=3, extra=chunk(b"PLTE", b"".join(map(bytes, palette)))),
                    b"".join(bytes(palette[v]) for row in grey for v in row)),
        "alpha": (png(SIDE, SIDE, see_through, colour=6), on_white),
        "keyed": (png(SIDE, SIDE, [bytes(row) for row in grey], colour=0, extra=chunk(b"tRNS", struct.pack(">H", 16))), keyed),
    }


def check_input(there):
    options = ["sample", "--model", SUPERRES, "--class", "1", "--steps", "2", "-o", there / "o.npy"]
    for name, (data, rgb) in pictures().items():
        (there / "in.png").write_bytes(data)
        plane = SIDE * SIDE
        npy_write(there / "in.npy", (1, 3, SIDE, SIDE), [rgb[3 * i + c] / 127.5 - 1 for c in range(3) for i in range(plane)])
        succeeds(*options, "--low-res", there / "in.png")
        seen = npy_read(there / "o.npy")[1]
        succeeds(*options, "--low-res", there / "in.npy")
        expected = npy_read(there / "o.npy")[1]
        check(max(abs(a - b) for a, b in zip(seen, expected)) < 1e-4, f"a PNG of the kind {name} is read as something else")
        succeeds("upscale", "--model", SUPERRES, "--class", "1", "--sampler", "ddim", "--steps", "2", there / "in.png", "-o", there / "up.npy")
        check(max(abs(a - b) for a, b in zip(seen, npy_read(there / "up.npy")[1])) < 1e-4, f"upscale reads a PNG of the kind {name} otherwise")
    # A JPEG is one by its content, whatever its name.
    (there / "in.png").write_bytes((FIXTURES / "grey.jpg").read_bytes())
    (there / "grey.png").write_bytes(png(SIDE, SIDE, [bytes([128]) * 3 * SIDE] * SIDE))
    for way in (options + ["--low-res"], ["upscale", "--model", SUPERRES, "--class", "1", "--steps", "2", "-o", there / "o.npy"]):
        found = [succeeds(*way, there / name) and None or (there / "o.npy").read_bytes() for name in ("in.png", "grey.png")]
        check(found[0] == found[1], "a JPEG is read as something else")


def check_broken(there):
    good = pictures()["rgb"][0]
    header = struct.pack(">IIBBBBB", 2000000000, 2000000000, 8, 2, 0, 0, 0)
    broken = {
        "empty": b"",
        "text": b"not a picture",
        "signature": good[:8],
        "cut": good[:len(good) // 2],
        "no end": good[:60],
        "crc": good[:-30] + bytes([good[-30] ^ 1]) + good[-29:],
        "huge": good[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""),
        "large": png(20000, 20000, []),
        "nothing": png(0, 0, []),
        "half a JPEG": (FIXTURES / "grey.jpg").read_bytes()[:-40],
        "the end of a JPEG": (FIXTURES / "grey.jpg").read_bytes()[:-2],
        "the start of a JPEG": b"\xff\xd8\xff\xe0",
    }
    for data in broken.values():
        (there / "in.png").write_bytes(data)
        refuses(1, "upscale", "--model", SUPERRES, "--class", "1", "--steps", "2", there / "in.png", "-o", there / "o.png", says="in.png")
    refuses(1, "upscale", "--model", SUPERRES, "--class", "1", "--steps", "2", there / "none.png", "-o", there / "o.png", says="none.png")
    refuses(1, "upscale", "--model", SUPERRES, "--class", "1", "--steps", "2", there, "-o", there / "o.png")
    check([p.name for p in there.iterdir()] == ["in.png"], "something was left behind")


def check_upscale(there):
    options = ["upscale", "--model", SUPERRES, "--class", "1", "--sampler", "ddim", "--steps", "2"]
    tile = [[((17 * x) & 255, (13 * y) & 255, (x * y) & 255) for x in range(SIDE)] for y in range(SIDE)]
    doubled = [b"".join(bytes(p) * 2 for p in row) for row in tile for _ in range(2)]
    third = [b"".join(bytes((90 * (x % 3), 10, 250)) for x in range(3 * SIDE)) for _ in range(2 * SIDE)]
    (there / "one.png").write_bytes(png(SIDE, SIDE, [b"".join(bytes(p) for p in row) for row in tile]))
    (there / "two.png").write_bytes(png(2 * SIDE, 2 * SIDE, doubled))
    (there / "wide.png").write_bytes(png(3 * SIDE, 2 * SIDE, third))
    (there / "flat.png").write_bytes(png(SIDE, SIDE, [bytes((90, 10, 250)) * SIDE] * SIDE))
    (there / "small.png").write_bytes(png(SIDE - 1, SIDE, [bytes(3 * (SIDE - 1))] * SIDE))
    for a, b in (("one", "two"), ("flat", "wide")):  # each pixel is the mean of the area it covers
        succeeds(*options, "--fit", there / f"{a}.png", "-o", there / "a.png")
        succeeds(*options, "--fit", there / f"{b}.png", "-o", there / "b.png")
        check((there / "a.png").read_bytes() == (there / "b.png").read_bytes(), f"--fit of {b} is not {a}")
        check(png_read(there / "a.png")[:2] == (64, 64), "the result has another size")
    succeeds(*options, "--count", "2", there / "one.png", "-o", there / "c.png")
    succeeds(*options, "--seed", "1", there / "one.png", "-o", there / "d.png")
    check((there / "c-2.png").read_bytes() == (there / "d.png").read_bytes(), "version 2 is not that of the next seed")
    for name in ("c-1", "c-2", "a", "b", "d"):
        (there / f"{name}.png").unlink()

    refuses(1, *options, there / "two.png", "-o", there / "o.png", says="16 x 16")
    refuses(1, *options, there / "small.png", "-o", there / "o.png", says="16 x 16")
    refuses(1, *options, "--fit", there / "small.png", "-o", there / "o.png", says="16 x 16")
    refuses(1, "upscale", "--model", FIXTURES / "classifier-attention.pt", there / "one.png", "-o", there / "o.png")
    refuses(2, "upscale", "--model", COND, "--class", "1", there / "one.png", "-o", there / "o.png", says="upsampler")
    refuses(2, *options, "-o", there / "o.png")
    refuses(2, *options, there / "one.png", there / "two.png", "-o", there / "o.png")
    refuses(2, *options, there / "one.png", says="-o")
    refuses(2, *options, "--scale", "1", there / "one.png", "-o", there / "o.png", says="--scale")
    refuses(2, *options, "--class", "5", there / "one.png", "-o", there / "o.png")
    refuses(2, "upscale", "--model", SUPERRES, there / "one.png", "-o", there / "o.png")  # classes, but no null class
    names = sorted(p.name for p in there.iterdir())
    check(names == ["flat.png", "one.png", "small.png", "two.png", "wide.png"], f"other files were left behind: {names}")


def smooth(values, width, height, out_width, out_height):
    """A triangle filter, as the contract says it: columns of columns, in floating point, rounded."""
    def axis(line, count):
        ratio = len(line) / count
        radius, out = max(ratio, 1.0), []
        for i in range(count):
            centre = (i + 0.5) * ratio - 0.5
            taps = [(1 - abs(j - centre) / radius, line[min(max(j, 0), len(line) - 1)]) for j in range(len(line) * -1, 2 * len(line))
                    if abs(j - centre) <= radius]
            out.append(sum(w * v for w, v in taps) / sum(w for w, _ in taps))
        return out
    rows = [axis(values[y * width:(y + 1) * width], out_width) for y in range(height)]
    columns = [axis([row[x] for row in rows], out_height) for x in range(out_width)]
    return [columns[x][y] for y in range(out_height) for x in range(out_width)]


def transparent(width, height):
    """name -> (PNG, its alpha) for every way in which a PNG tells of transparency."""
    alpha = [(x * 255 // (width - 1) + 40 * (y & 1)) & 255 for y in range(height) for x in range(width)]
    grey = [[(9 * x + 5 * y) & 255 for x in range(width)] for y in range(height)]
    at = [alpha[y * width:(y + 1) * width] for y in range(height)]
    rgba = [b"".join(bytes((v, 255 - v, 7, a)) for v, a in zip(*rows)) for rows in zip(grey, at)]
    rgba16 = [b"".join(struct.pack(">4H", 257 * v, 0, 1799, 257 * a) for v, a in zip(*rows)) for rows in zip(grey, at)]
    grey_alpha = [b"".join(bytes(p) for p in zip(*rows)) for rows in zip(grey, at)]
    palette = chunk(b"PLTE", bytes(v for i in range(256) for v in (i, 255 - i, 3))) + chunk(b"tRNS", bytes((i * 7) & 255 for i in range(200)))
    flat = [v for row in grey for v in row]
    return {
        "rgba": (png(width, height, rgba, colour=6), alpha),
        "rgba16": (png(width, height, rgba16, depth=16, colour=6), alpha),
        "grey and alpha": (png(width, height, grey_alpha, colour=4), alpha),
        "palette": (png(width, height, [bytes(row) for row in grey], colour=3, extra=palette), [(v * 7) & 255 if v < 200 else 255 for v in flat]),
        "keyed grey": (png(width, height, [bytes(row) for row in grey], colour=0, extra=chunk(b"tRNS", struct.pack(">H", 18))),
                       [0 if v == 18 else 255 for v in flat]),
        "keyed rgb": (png(width, height, [b"".join(bytes((v, v, v)) for v in row) for row in grey], extra=chunk(b"tRNS", struct.pack(">3H", 18, 18, 18))),
                      [0 if v == 18 else 255 for v in flat]),
        "opaque": (png(width, height, [b"".join(bytes((v, v, v, 255)) for v in row) for row in grey], colour=6), [255] * len(flat)),
    }


def check_transparency(there):
    """OUT.png has IN's alpha at its own size; on white it looks like OUT.npy, which is colours alone."""
    base = ["upscale", "--model", SUPERRES, "--class", "1", "--sampler", "ddim", "--steps", "2", "--seed", "4"]
    sizes = {"plain": ((SIDE, SIDE), []), "tiles": ((SIDE + 5, SIDE + 2), ["--tiles"]), "fit": ((3 * SIDE, SIDE + 1), ["--fit"])}
    for way, ((width, height), options) in sizes.items():
        for name, (data, alpha) in transparent(width, height).items():
            (there / "in.png").write_bytes(data)
            succeeds(*base, *options, there / "in.png", "-o", there / "out.png")
            succeeds(*base, *options, there / "in.png", "-o", there / "out.npy")
            shape, values = npy_read(there / "out.npy")
            w, h, colours, found = png_read_alpha(there / "out.png")
            check((1, 3, h, w) == shape and shape == ((1, 3, 4 * height, 4 * width) if way == "tiles" else (1, 3, 64, 64)), f"{way}, {name}: {shape}")
            expected = to_u8(without_white(values, found))
            off = max(abs(a - b) for a, b in zip(colours, expected))
            check(off <= (1 if min(found) < 255 else 0), f"{way}, {name}: on white its colours are not the array's: off by {off}")
            check(all(colours[3 * i:3 * i + 3] == b"\xff\xff\xff" for i, a in enumerate(found) if not a), f"{way}, {name}: hidden colours show")
            worst = max(abs(a - b) for a, b in zip(found, smooth(alpha, width, height, w, h)))
            check(worst <= 0.51, f"{way}, {name}: its alpha is off by {worst}")
    # Without an alpha channel there is none; several versions have the same.
    (there / "in.png").write_bytes(png(SIDE, SIDE, [bytes(3 * SIDE)] * SIDE))
    succeeds(*base, there / "in.png", "-o", there / "out.png")
    check(png_read(there / "out.png")[:2] == (64, 64), "a picture without alpha is not one without alpha")
    (there / "in.png").write_bytes(transparent(SIDE, SIDE)["rgba"][0])
    succeeds(*base, "--count", "2", there / "in.png", "-o", there / "two.png")
    one, two = (png_read_alpha(there / f"two-{i}.png") for i in (1, 2))
    check(one[3] == two[3] and one[2] != two[2], "two versions: another alpha, or the same colours")


def check_two_stages(there):
    """--upscale is `upscale` of the PNG that the first stage would have written."""
    first = ["--model", embedded.ID, "--class", "3", "--seed", "11", "--count", "2"]
    succeeds("sample", *first, "--steps", "2", "-o", there / "low.png")
    succeeds("sample", *first, "--steps", "2", "--upscale", "--up-steps", "2", "--up-sampler", "ddpm", "-o", there / "both.npy")
    shape, values = npy_read(there / "both.npy")
    check(shape == (2, 3, 256, 256), f"two upscaled images have the shape {shape}")
    for i in range(2):
        succeeds("upscale", "--model", embedded.ID, "--class", "3", "--seed", 11 + i, "--steps", "2", "--sampler", "ddpm", there / f"low-{i + 1}.png",
                 "-o", there / "up.npy")
        one = len(values) // 2
        check(npy_read(there / "up.npy")[1] == values[i * one:(i + 1) * one], f"image {i + 1} upscaled in one go differs")


def main():
    for part in (check_output, check_input, check_broken, check_upscale, check_transparency, check_two_stages):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Canvases from the command line: sizes, seams, start pictures, masks, maps, and what is refused. The measures at length are
tests/bench/canvas.py's; here are those that must not fail, on few steps."""
import sys

from harness import check, embedded, folder, npy_read, png, png_read, refuses, run, succeeds, summary

ONE = ["sample", "--model", embedded.ID, "--steps", 4, "--scale", 0]


def pixels(path):
    """(width, height, [[r, g, b] …] row by row)."""
    width, height, data = png_read(path)
    return width, height, [data[i:i + 3] for i in range(0, len(data), 3)]


def seam(width, height, values):
    """The mean difference across the left and right edge over that between neighbours inside."""
    def between(a, b):
        return sum(abs(values[y * width + a][c] - values[y * width + b][c]) for y in range(height) for c in range(3)) / (3 * height)
    inside = sum(between(x, x + 1) for x in range(width - 1)) / (width - 1)
    return between(0, width - 1) / inside


def paint(path, width, height, colour):
    path.write_bytes(png(width, height, [bytes(v for x in range(width) for v in colour(x, y)) for y in range(height)]))
    return path


def main():
    with folder() as place:
        out, other = place / "out.png", place / "other.png"
        start = paint(place / "start.png", 100, 72, lambda x, y: ((x * 37 + y * 11) % 256, (x * 5 + y * 53) % 256, (x + y) % 256))
        succeeds(*ONE, "--class", 1, "--size", "90x70", "-o", out)
        check(png_read(out)[:2] == (90, 70), "a canvas of 90 x 70 px")
        for threads in (1, 3):
            succeeds(*ONE, "--class", 1, "--size", "90x70", "--threads", threads, "-o", other)
            check(out.read_bytes() == other.read_bytes(), f"{threads} threads give another picture")
        succeeds(*ONE, "--class", 1, "-o", out)
        side = embedded.DESCRIPTION["image_size"]
        succeeds(*ONE, "--class", 1, "--size", f"{side}x{side}", "-o", other)
        check(out.read_bytes() == other.read_bytes(), "a canvas of the network's own size is another picture")
        succeeds(*ONE, "--class", 1, "--size", "1x1", "-o", out)
        check(png_read(out)[:2] == (1, 1), "a canvas of one pixel")
        for size in ("1x1", "2x1", "1x70"):
            succeeds(*ONE, "--class", 1, "--size", size, "--seamless", "xy", "-o", out)
            check(png_read(out)[:2] == tuple(map(int, size.split("x"))), f"a torus of {size}")

        ratios = {}
        for name, more in {"open": [], "seamless": ["--seamless", "x"]}.items():
            ratios[name] = []
            for seed in range(4):
                succeeds("sample", "--model", embedded.ID, "--class", 1 + seed, "--seed", seed, "--size", "96x64", *more, "-o", out)
                ratios[name].append(seam(*pixels(out)))
        print("seam ratios:", {name: [round(r, 2) for r in found] for name, found in ratios.items()})
        mean = {name: sum(found) / len(found) for name, found in ratios.items()}
        check(mean["open"] > 1.4 and mean["seamless"] < 1.2, f"seams: {mean}")

        succeeds(*ONE, "--class", 1, "--init", start, "--strength", 0, "-o", out)
        check(png_read(out)[2] == png_read(start)[2], "strength 0 does not give the picture back")
        succeeds(*ONE, "--class", 1, "--init", start, "--strength", 0.5, "-o", out)
        check(png_read(out)[2] != png_read(start)[2], "strength 0.5 changes nothing")
        mask = paint(place / "mask.png", 100, 72, lambda x, y: (255,) * 3 if x > 60 else (128,) * 3 if x > 50 else (0,) * 3)
        succeeds(*ONE, "--class", 1, "--init", start, "--mask", mask, "-o", out)
        _, _, before = pixels(start)
        width, height, after = pixels(out)
        kept = [before[y * width + x] == after[y * width + x] for y in range(height) for x in range(51)]
        made = [before[y * width + x] != after[y * width + x] for y in range(height) for x in range(61, width)]
        check(all(kept) and sum(made) > 0.9 * len(made), f"the mask: {kept.count(False)} known pixels changed, {sum(made)} of {len(made)} made")
        succeeds(*ONE, "--class", 1, "--init", start, "--mend-seams", "-o", out)
        _, _, after = pixels(out)
        check(all(before[y * width + x] == after[y * width + x] for y in range(32, 40) for x in range(32, 68)), "mending changes the middle")
        check(before[:5] != after[:5], "mending changes nothing")

        painted = paint(place / "map.png", 128, 64, lambda x, y: (255, 0, 0) if x < 64 else (0, 0, 255))
        legend = f"{embedded.CLASSES[1]}=#ff0000,{embedded.CLASSES[8]}=#0000ff"
        succeeds(*ONE, "--map", painted, "--legend", legend, "-o", out)
        succeeds(*ONE, "--class", 1, "--size", "128x64", "-o", other)
        check(png_read(out)[:2] == (128, 64) and out.read_bytes() != other.read_bytes(), "a map is its first class alone")
        succeeds(*ONE, "--class", "1=0.5,8=0.5", "-o", out)
        succeeds(*ONE, "--class", 1, "-o", other)
        check(out.read_bytes() != other.read_bytes(), "a blend is its first class alone")
        succeeds("sample", "--model", embedded.ID, "--steps", 4, "--class", 1, "--guidance", "free", "--scale", 2, "-o", out)
        check(out.read_bytes() != other.read_bytes(), "classifier-free guidance changes nothing")
        succeeds(*ONE, "--class", 1, "--vary", "7:0", "-o", out)
        check(out.read_bytes() == other.read_bytes(), "a variation of 0 is another picture")
        succeeds(*ONE, "--class", 1, "--vary", "7:0.3", "-o", out)
        check(out.read_bytes() != other.read_bytes(), "a variation of 0.3 is the same picture")

        # One material: the default of textures, whatever the threads; without it windows go their own ways. What starts from a picture has none.
        large = [*ONE, "--class", 1, "--size", "128x80"]
        succeeds(*large, "-o", out)
        succeeds(*large, "--anchor", 0.5, "--threads", 1, "-o", other)
        check(out.read_bytes() == other.read_bytes(), "an anchor of 0.5 is not the default")
        for anchor in (1, 0.75):
            succeeds(*large, "--anchor", anchor, "-o", other)
            check(out.read_bytes() != other.read_bytes(), f"an anchor of {anchor} changes nothing")
        for size in ("96x96", "200x60"):
            for more in ([], ["--anchor", 1]):
                succeeds(*ONE, "--class", 1, "--size", size, "--seamless", "xy", *more, "-o", other if more else out)
            check(out.read_bytes() == other.read_bytes(), f"{size}: an anchor where there is no room for one")
        for more in ([], ["--anchor", 0.25]):
            succeeds(*ONE, "--class", 1, "--init", start, *more, "-o", other if more else out)
        check(out.read_bytes() == other.read_bytes(), "an anchor beside a picture to start from")
        for more in (["--class", "1=0.5,8=0.5", "--size", "128x80"], ["--map", painted, "--legend", legend], ["--class", 1, "--size", "160x128", "--seamless", "xy"],
                     ["--class", 1, "--size", "400x260", "--upscale", "--up-steps", 2]):
            succeeds(*ONE, *more, "-o", out)
            succeeds(*ONE, *more, "--threads", 1, "-o", other)
            check(out.read_bytes() == other.read_bytes(), f"{more}: one thread gives another picture")
            succeeds(*ONE, *more, "--anchor", 1, "-o", other)
            check(out.read_bytes() != other.read_bytes(), f"{more}: an anchor changes nothing")

        # Of two pictures the second is its seed's, whatever the first left behind.
        two, second = place / "two.npy", place / "second.npy"
        for more in (["--map", painted, "--legend", legend], ["--class", 1, "--size", "128x80"]):
            succeeds(*ONE, *more, "--count", 2, "--seed", 5, "-o", two)
            succeeds(*ONE, *more, "--seed", 6, "-o", second)
            values = npy_read(two)[1]
            check(list(values[len(values) // 2:]) == list(npy_read(second)[1]), f"{more}: the second of two is another picture")

        for status, says, *arguments in (
                (2, "WIDTHxHEIGHT", "--size", "0x5"), (2, "WIDTHxHEIGHT", "--size", "16385x1"), (2, "WIDTHxHEIGHT", "--size", "wide"),
                (2, "WIDTHxHEIGHT", "--size", " 64x64"), (2, "WIDTHxHEIGHT", "--size", "+64x64"), (2, "WIDTHxHEIGHT", "--size", "64x64x64"),
                (2, "WIDTHxHEIGHT", "--size", "99999999999x64"), (2, "--strength: '1.1'", "--init", start, "--strength", 1.1),
                (2, "--strength: 'nan'", "--init", start, "--strength", "nan"), (2, "--mask", "--resamplings", 3), (2, "--mask", "--init", start, "--jump-length", 3),
                (2, "--resamplings: '0'", "--init", start, "--mask", mask, "--resamplings", 0),
                (2, "x, y or xy", "--seamless", "z"), (2, "--init", "--mask", mask), (2, "--init", "--strength", 0.5), (2, "--init", "--mend-seams"),
                (2, "0.25", "--texture-size", 9), (2, "--anchor: '0'", "--anchor", 0), (2, "--anchor: '1.5'", "--anchor", 1.5), (2, "--legend", "--map", painted), (2, "CLASS=#rrggbb", "--map", painted, "--legend", "brick=red"),
                (2, "classifier or free", "--guidance", "loud"), (2, "SEED:AMOUNT", "--vary", "7"), (2, "SEED:AMOUNT", "--vary", "7:2"), (2, "SEED:AMOUNT", "--vary", "99999999999999999999999:0.5"),
                (2, "'brick=#-12345'", "--map", painted, "--legend", "brick=#-12345"), (2, "two classes", "--map", painted, "--legend", "1=#ff0000,8=#FF0000"),
                (2, "no colour of --legend", "--map", painted, "--legend", "1=#00ff00,8=#ffffff"), (2, "'1=nan'", "--class", "1=nan,2=1"), (2, "'1=-1'", "--class", "1=-1,2=1"),
                (2, "CLASS=WEIGHT", "--class", "1=0,2=1"), (2, "nosuch", "--class", "nosuch=1,2=1"),
                (1, "100 x 72", "--init", start, "--mask", painted), (1, "cannot be opened", "--init", place / "none.png"),
                (2, "black everywhere", "--init", start, "--mask", paint(place / "black.png", 100, 72, lambda x, y: (0, 0, 0)))):
            refuses(status, *ONE, *([] if "--class" in arguments or "--map" in arguments else ["--class", 1]), *arguments, "-o", place / "refused.png", says=says)
        check(not (place / "refused.png").exists(), "something refused was written")
        line = refuses(1, *ONE, "--class", 1, "--size", "8192x8192", "--memory-limit", "300MiB", "-o", place / "refused.png", says="MiB")
        check("300 MiB" in line, line)
        check(run("sample", "--help").stdout.count(b"  --seamless WHICH") == 1, "--help says nothing of seams")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the loss that `adm train --log` wrote, against the pictures seen: all noise levels together, and by their quarters.

    loss_curve.py LOG.jsonl BATCH OUT.png [NAME=OTHER.jsonl]

OTHER.jsonl is another training of the same batches, of which all noise levels together are drawn. Each line of the log is the mean since the one before. Both axes are logarithmic. Needs Pillow."""
import json
import math
import sys

from PIL import Image, ImageDraw

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 420, 64, 44, 16, 150
COLOURS = {"all noise levels": "#202020", "least noise": "#c0392b", "second quarter": "#d68910", "third quarter": "#1e8449", "most noise": "#2471a3"}
BESIDE = "#8e44ad"


def read(log, batch):
    """(pictures seen, [loss, its quarters]) of each line."""
    with open(log, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [(line["step"] * int(batch), [line["loss"], *line["loss_quarters"]]) for line in lines if "loss" in line]


def main(log, batch, out, beside=None):
    points = read(log, batch)
    low = min(value for _, values in points for value in values if value > 0)
    high = max(value for _, values in points for value in values)
    first, last = points[0][0], points[-1][0]

    def place(x, y):
        across = (math.log(x) - math.log(first)) / (math.log(last) - math.log(first))
        up = (math.log(y) - math.log(low)) / (math.log(high) - math.log(low))
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP)

    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(picture)
    for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1):
        y = place(first, 10.0 ** power)[1]
        draw.line([(LEFT, y), (WIDTH - RIGHT, y)], fill="#dddddd")
        draw.text((8, y - 6), f"{10.0 ** power:g}", fill="#404040")
    for power in range(math.ceil(math.log10(first)), math.floor(math.log10(last)) + 1):
        x = place(10.0 ** power, low)[0]
        draw.line([(x, TOP), (x, HEIGHT - BOTTOM)], fill="#dddddd")
        draw.text((x - 18, HEIGHT - BOTTOM + 6), f"{10 ** power:,}", fill="#404040")
    draw.text((LEFT, HEIGHT - 20), "pictures seen", fill="#404040")
    for i, (name, colour) in enumerate(COLOURS.items()):
        draw.line([place(x, values[i]) for x, values in points if values[i] > 0], fill=colour, width=3 if i == 0 else 1)
        draw.text((WIDTH - RIGHT + 10, TOP + 18 * i), name, fill=colour)
    if beside:
        name, other = beside.split("=", 1)
        dots = [(x, values[0]) for x, values in read(other, batch) if first <= x <= last and low <= values[0] <= high]
        for x, y in (place(*dot) for dot in dots):
            draw.ellipse([x - 3, y - 3, x + 3, y + 3], outline=BESIDE, width=2)
        draw.text((WIDTH - RIGHT + 10, TOP + 18 * len(COLOURS)), name, fill=BESIDE)
    picture.save(out)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a canvas is measured by: differences between neighbouring pixels where a seam could be, against those everywhere else. A picture is
(channels, height, width, values), values as in .npy files. Each measure gives (mean difference at the seam, mean difference elsewhere); 1
is their ratio where nothing shows, and sums of both over several pictures give the ratio over all."""


def differences(picture, first, second):
    """Mean |difference| over the pairs of pixels that two functions name: FIRST and SECOND [n] are indices into a plane."""
    channels, height, width, values = picture
    total = 0.0
    for c in range(channels):
        plane = values[c * height * width:(c + 1) * height * width]
        total += sum(abs(plane[a] - plane[b]) for a, b in zip(first, second))
    return total / (channels * len(first)) if first else 0.0


def columns(picture, at):
    """Mean differences between columns x - 1 and x, x in AT; column 0's left neighbour is the last one: the wrapped edge."""
    _, height, width, _ = picture
    right = [y * width + x for x in at for y in range(height)]
    left = [y * width + (x - 1) % width for x in at for y in range(height)]
    return differences(picture, left, right)


def rows(picture, at):
    _, height, width, _ = picture
    return differences(picture, [(y - 1) % height * width + x for y in at for x in range(width)], [y * width + x for y in at for x in range(width)])


def wrapped(picture, axis):
    """Across the wrapped edge ("x": left and right, "y": top and bottom), and inside."""
    _, height, width, _ = picture
    across, length = (columns, width) if axis == "x" else (rows, height)
    return across(picture, [0]), across(picture, range(1, length))


def lattice(picture, at):
    """At the lines AT of both directions (each 1 … side - 1), and at all others."""
    _, height, width, _ = picture
    places = [(columns, width), (rows, height)]
    on = [across(picture, [i for i in at if i < length]) for across, length in places]
    off = [across(picture, [i for i in range(1, length) if i not in set(at)]) for across, length in places]
    return sum(on), sum(off)


def mask_edge(picture, mask):
    """Where MASK [height * width], 0 known … 1 made, passes one half, and at all other pairs of neighbours."""
    _, height, width, _ = picture
    on, off = ([], []), ([], [])
    for y in range(height):
        for x in range(width):
            here = y * width + x
            for there in ([here + 1] if x + 1 < width else []) + ([here + width] if y + 1 < height else []):
                pairs = on if (mask[here] >= 0.5) != (mask[there] >= 0.5) else off
                pairs[0].append(here)
                pairs[1].append(there)
    return differences(picture, *on), differences(picture, *off)


def ratio(pairs):
    """Of all pictures' (seam, elsewhere)."""
    pairs = list(pairs)
    return sum(seam for seam, _ in pairs) / sum(elsewhere for _, elsewhere in pairs)


def split(shape, values):
    """The pictures of an array [N,3,H,W]."""
    count, channels, height, width = shape
    one = channels * height * width
    return [(channels, height, width, values[i * one:(i + 1) * one]) for i in range(count)]

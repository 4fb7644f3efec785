# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: the window at the canvas, its targets followed, layers put where they belong, patterns."""
import base64
import os
import time

from inside_gimp import Gimp, Gegl, embedded, names, new_image, note, pixels
from window_driver import activate, add, close, finished, look, opened, press, shot, texts, wait, window, xdotool

TITLE, CLASS, SIDE = 'Generate Image', embedded.CLASSES[1], embedded.DESCRIPTION['image_size']


def show(size):
    image = new_image(*size)
    view = Gimp.Display.new(image)
    image.clean_all()
    return image, view


def about(image):
    layer = image.get_layers()[0]
    mask = layer.get_mask()
    return {'names': names(image), 'size': [layer.get_width(), layer.get_height()], 'offsets': list(layer.get_offsets())[1:],
            'mask': pixels(mask, 'Y u8') if mask else None}


def generate_class(win):
    press(win, 'alt+a')
    xdotool('type', '--delay', '60', CLASS)
    time.sleep(0.7)
    press(win, 'Return')


# A soft ellipse is covered, and masks; one undo takes it back.
image, view = show((300, 200))
image.select_ellipse(Gimp.ChannelOps.REPLACE, 40, 30, 180, 110)
Gimp.displays_flush()
buffer = image.get_selection().get_buffer()
selected = base64.b64encode(buffer.get(Gegl.Rectangle.new(40, 30, 180, 110), 1.0, 'Y u8', Gegl.AbyssPolicy.NONE)).decode()
main = window('300x200.*GIMP$', 60)
win = opened(main, 'Generate Image', TITLE)
note('opened', win is not None)
shot('canvas-opened')
generate_class(win)
note('made', finished(TITLE))
shot('canvas-made')
note('told', texts(TITLE))
note('add', add(win, TITLE))
note('covered', dict(about(image), same=about(image)['mask'] == selected))
shot('canvas-added')

# The selection goes: the window follows, and the layer that was made for it still goes to its place.
Gimp.Selection.none(image)
time.sleep(1.5)
note('followed', texts(TITLE))

# Another image comes: it is what is worked in now.
other, other_view = show((120, 90))
time.sleep(2.0)
note('other', texts(TITLE))
note('seamless', [activate(TITLE, 'Seamless from left to right'), activate(TITLE, 'Seamless from top to bottom')])
time.sleep(0.5)
press(win, 'alt+e')  # the seed: its seams are measured
xdotool('key', 'ctrl+a')
xdotool('type', '--delay', '40', '7')
time.sleep(0.3)
shot('canvas-other')
press(win, 'Return')
note('made again', finished(TITLE, 2))
add(win, TITLE)
note('into other', {'first': names(image), 'other': about(other)})

# As a pattern: GIMP's own, on disk, and the active one. (Asked in the end: GIMP's side is free then.)
def patterns():
    folder = os.path.join(Gimp.directory(), 'patterns')
    return sorted(name for name in os.listdir(folder) if name.endswith('.pat')) if os.path.isdir(folder) else []


activate(TITLE, 'Other ways to add')
time.sleep(0.5)
note('pattern asked', activate(TITLE, 'As a Pattern'))
wait(patterns, 10)
time.sleep(0.5)
note('patterns', {'files': patterns(), 'active': Gimp.context_get_pattern().get_name(), 'size': list(Gimp.context_get_pattern().get_info())[1:3]})
shot('canvas-pattern')


# A bucket of it, over four copies: the difference across their border over that between neighbours within, in the mean and where it is largest
# (bricks have lines of their own).
def seams(layer, width, height):
    data = base64.b64decode(pixels(layer))

    def step(x, y, dx, dy):
        a, b = 3 * (y * 2 * width + x), 3 * ((y + dy) * 2 * width + x + dx)
        return sum(abs(data[a + c] - data[b + c]) for c in range(3))

    across = [sum(step(x, y, 1, 0) for y in range(2 * height)) for x in range(width + width // 2)]
    down = [sum(step(x, y, 0, 1) for x in range(2 * width)) for y in range(height + height // 2)]
    return [[line[side - 1] * (side - 1) / max(1, sum(line[:side - 1])), line[side - 1] / max(1, *line[:side - 1])] for line, side in ((across, width), (down, height))]


painted = new_image(240, 180)
painted.get_layers()[0].edit_bucket_fill(Gimp.FillType.PATTERN, 5, 5)
data = base64.b64decode(pixels(painted.get_layers()[0]))
note('bucket', {'seams': seams(painted.get_layers()[0], 120, 90), 'repeats': all(data[i:i + 360] == data[i + 360:i + 720] for i in range(0, len(data), 720)),
                'values': len(set(data)), 'listed': [pattern.get_name() for pattern in Gimp.patterns_get_list(patterns()[0][:-4])]})
painted.delete()

# Undone in the image.
shot('canvas-before-undo')
close(win, TITLE)
press(main, 'ctrl+z')
wait(lambda: len(other.get_layers()) == 1)
time.sleep(1.0)
note('undone', {'names': names(other)})  # the one in front
note('finished', True)

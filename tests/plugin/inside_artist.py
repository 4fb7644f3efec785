# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: what artists come for, by keys and buttons: a layer changed into another material, given back untouched,
made seamless; a stain filled so that it meets what surrounds it; a map painted with classes; a favourite varied and pinned; a canvas whose
time is told beforehand."""
import base64
import re
import time

from inside_gimp import Gegl, Gimp, embedded, generate, names, new_image, note, pixels
from window_driver import activate, add, close, finished, is_running, look, opened, pictures, press, shot, texts, turn, wait, window, xdotool

TITLE = 'Generate Image'
kept = 0  # pictures of the history
ROCK, COBBLES, GRASS, LAVA = (embedded.CLASSES.index(name) for name in ('rock', 'cobblestone', 'grass', 'lava'))


def show(image):
    view = Gimp.Display.new(image)
    image.clean_all()
    return view, window('%dx%d.*GIMP$' % (image.get_width(), image.get_height()), 60)


def set_pixels(layer, values):
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, layer.get_width(), layer.get_height()), "R'G'B' u8", bytes(values))
    buffer.flush()
    layer.update(0, 0, layer.get_width(), layer.get_height())


def photo(width, height):
    """Soft dark hills before a bright sky: forms that a change must keep."""
    image = new_image(width, height)
    values = []
    for y in range(height):
        for x in range(width):
            hill = y > height * (0.45 + 0.2 * abs((x * 3 // width) % 2 - (x * 3 % width) / width))
            values += (60 + y * 40 // height, 50, 40) if hill else (200, 210, 225 - y * 30 // height)
    set_pixels(image.get_layers()[0], values)
    return image


def encoded(linear):
    """A byte of sRGB, of a linear share."""
    return round(255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055))


def choose_class(number, go=True):
    press(win, 'alt+a')
    xdotool('key', 'ctrl+a')
    xdotool('type', '--delay', '60', embedded.CLASSES[number])
    time.sleep(0.6)
    if go:
        press(win, 'Return')


def top(image):
    return image.get_layers()[0]


def made(image):
    """The layer that was added last."""
    return image.get_selected_layers()[0]


def open_window():
    """The window, and how many pictures its history has."""
    win = opened(main, TITLE, TITLE)
    wait(lambda: pictures(TITLE) >= kept, 10)
    return win, pictures(TITLE)


def bytes_of(drawable, fmt="R'G'B' u8"):
    return base64.b64decode(pixels(drawable, fmt))


# From a photograph: 40 % of it changed into rock, then nothing of it.
image = photo(96, 80)
before = pixels(top(image))
view, main = show(image)
win, before_count = open_window()
press(win, 'alt+f')
xdotool('key', 'Down')
turn(TITLE, 'Change', 0.4)
choose_class(ROCK)
note('changed', finished(TITLE))
shot('artist-changed')
add(win, TITLE)
changed = pixels(made(image))  # what the window goes on from: the active layer
note('changed layer', changed)
turn(TITLE, 'Change', 0)
press(win, 'alt+g')
note('given back', finished(TITLE, 2) and add(win, TITLE))
note('given back layer', {'same': pixels(made(image)) == changed, 'names': names(image)})

# The photograph made seamless: a button.
for layer in image.get_layers()[:2]:
    layer.set_visible(False)
image.set_selected_layers([image.get_layers()[2]])
time.sleep(1.5)
turn(TITLE, 'Change', 0.6)
note('mend asked', activate(TITLE, 'Make Seamless'))
note('mended', finished(TITLE, 3) and add(win, TITLE))
shot('artist-mended')
note('mended layer', {'before': before, 'after': pixels(made(image)), 'size': [made(image).get_width(), made(image).get_height()]})
kept = pictures(TITLE)
close(win, TITLE)
view.delete()

# A stain on cobbles, filled in their own class so that its edge meets them.
image = new_image(128, 112)
cobbles = generate(image, **{'class': embedded.CLASSES[COBBLES], 'seed': 5, 'where': 'layer'}).layers[0]
image.select_ellipse(Gimp.ChannelOps.REPLACE, 40, 32, 48, 44)
Gimp.Selection.feather(image, 4)
image.set_selected_layers([cobbles])
cobbles.edit_clear()
clean = image.flatten()
stained = bytes_of(clean)
view, main = show(image)
win, before = open_window()
press(win, 'alt+f')
xdotool('key', 'Up')
note('match', activate(TITLE, 'Match edges'))
choose_class(COBBLES)
note('filled', finished(TITLE, 1, 60, before))
shot('artist-filled')
add(win, TITLE)
note('filled layer', {'mask': made(image).get_mask() is not None, 'names': names(image)})
kept = pictures(TITLE)
close(win, TITLE)
Gimp.Selection.none(image)
merged = image.duplicate().flatten()
after = bytes_of(merged)
corner = range(0, 3 * 128 * 20)
note('stain', {'kept': all(stained[i] == after[i] for i in corner), 'white': sum(value == 255 for value in stained), 'white after': sum(value == 255 for value in after)})
view.delete()

# A map: grass to the left, lava to the right, a soft border between.
image = new_image(128, 64)
view, main = show(image)
win, before = open_window()
activate(TITLE, 'Match edges')  # no more
activate(TITLE, 'More to do')
time.sleep(0.5)
note('map asked', activate(TITLE, 'Paint a Map'))
wait(lambda: len(image.get_layers()) == 2, 5)
time.sleep(1.0)
note('map layer', names(image))
colors = []
for number in (GRASS, LAVA):
    choose_class(number)  # on a map Enter takes the colour
    time.sleep(0.5)
    colors.append([encoded(value) for value in list(Gimp.context_get_foreground().get_rgba())[:3]])
note('map colours', colors)
shot('artist-map')
row = []
for x in range(128):
    share = min(1.0, max(0.0, (x - 48) / 32))
    row += [round(a + share * (b - a)) for a, b in zip(*colors)]
map_layer = top(image)
buffer = map_layer.get_buffer()
buffer.set(Gegl.Rectangle.new(0, 0, 128, 64), "R'G'B' u8", bytes(row * 64))
buffer.flush()
map_layer.update(0, 0, 128, 64)
Gimp.displays_flush()
time.sleep(1.5)
press(win, 'alt+g')
note('map made', finished(TITLE, 1, 60, before))
note('map told', texts(TITLE))
add(win, TITLE)
shot('artist-map-made')
painted = bytes_of(made(image))
note('map halves', [[sum(painted[3 * (y * 128 + x) + c] for y in range(64) for x in xs) / (64 * len(xs)) for c in range(3)] for xs in (range(32), range(96, 128))])
kept = pictures(TITLE)
close(win, TITLE)
view.delete()

# A favourite: its seed locked, four neighbours, one pinned. And a canvas: its time told, and stopped.
image = new_image(192, 128)
view, main = show(image)
win, before = open_window()
choose_class(COBBLES, go=False)
began = time.monotonic()
press(win, 'alt+g')
wait(lambda: is_running(TITLE))


def left():
    """Seconds that the window says are left; None while it says none."""
    found = re.search(r'(?:(\d+) min )?(\d+) s left', texts(TITLE))
    return int(found.group(1) or 0) * 60 + int(found.group(2)) if found else None


def step():
    found = re.search(r'Step (\d+) of (\d+)', texts(TITLE))
    return [int(found.group(1)), int(found.group(2))] if found else [0, 1]


wait(lambda: step()[0] >= 2 and step()[0] * 10 >= step()[1], 60, 0.2)
estimate = left()
told = time.monotonic()
note('canvas', finished(TITLE, 1, 200, before))
shot('artist-canvas')
ended = time.monotonic()
note('estimate', {'told': estimate, 'took': ended - told, 'all': ended - began})
press(win, 'alt+g')
wait(lambda: step()[0] >= 1, 30)
asked = time.monotonic()
press(win, 'Escape')
note('stopped', {'is': wait(lambda: 'Stopped' in texts(TITLE), 3), 'seconds': time.monotonic() - asked})
kept = pictures(TITLE)
close(win, TITLE)
view.delete()

image = new_image(64, 64)
view, main = show(image)
win, before = open_window()
press(win, 'alt+g')
finished(TITLE, 1, 60, before)
activate(TITLE, 'Keep the seed')
activate(TITLE, 'Variations of this picture')
time.sleep(0.5)
note('vary asked', activate(TITLE, 'Make Four'))
note('varied', finished(TITLE, 5, 60, before))
note('pin', activate(TITLE, 'Pin this picture'))
time.sleep(0.5)
shot('artist-varied')
note('history', pictures(TITLE))
close(win, TITLE)
note('finished', True)

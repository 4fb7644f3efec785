# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows, with a model of 256 px: at its own size where nothing is asked, filling a selection of 600 x 400 px, and a
layer of 2048 x 1536 px, whose time is told, which is seen forming, and which is stopped."""
import re
import time

from inside_gimp import Gimp, base64, names, new_image, note, pixels
from window_driver import add, choose_model, close, finished, in_window, is_running, opened, pictures, press, shot, texts, wait, window

TITLE = 'Generate Image'


def show(width, height):
    image = new_image(width, height)
    view = Gimp.Display.new(image)
    image.clean_all()
    Gimp.displays_flush()
    return image, view, window('%dx%d.*GIMP$' % (width, height), 60)


def about(image):
    layer = image.get_layers()[0]
    return {'names': len(names(image)), 'size': [layer.get_width(), layer.get_height()], 'offsets': list(layer.get_offsets())[1:]}


def left():
    """Seconds that the window says are left; None while it says none."""
    found = re.search(r'(?:(\d+) min )?(\d+) s left', texts(TITLE))
    return int(found.group(1) or 0) * 60 + int(found.group(2)) if found else None


# Nothing is open: a new image, of the model's own size.
def alone(win):
    note('chosen', choose_model(win, TITLE, 'Views'))
    time.sleep(0.5)
    note('without an image', texts(TITLE))
    shot('large-own-size')
    press(win, 'alt+g')
    note('made alone', finished(TITLE) and add(win, TITLE))


in_window(alone, None)
image = Gimp.get_images()[0]
note('own size', [image.get_width(), image.get_height()])

# A selection, larger than it.
image, view, main = show(900, 650)
image.select_rectangle(Gimp.ChannelOps.REPLACE, 130, 90, 600, 400)
Gimp.displays_flush()
win = opened(main, TITLE, TITLE)
before = pictures(TITLE)
note('selected', texts(TITLE))
press(win, 'alt+g')
note('filled', finished(TITLE, 1, 60, before))
shot('large-selection')
add(win, TITLE)
note('layer', about(image))
note('values', len(set(base64.b64decode(pixels(image.get_layers()[0])))))
close(win, TITLE)
view.delete()

# A large layer: what is told of its time, from the start to the end.
image, view, main = show(2048, 1536)
win = opened(main, TITLE, TITLE)
before = pictures(TITLE)
press(win, 'alt+g')
wait(lambda: is_running(TITLE))
began, told = time.monotonic(), []


def listen():
    while is_running(TITLE):
        seconds = left()
        if seconds is not None:
            told.append([time.monotonic() - began, seconds])
        time.sleep(0.5)


listen()
note('taken', time.monotonic() - began)
note('told', told)
note('large filled', finished(TITLE, 1, 10, before))
shot('large-filled')
add(win, TITLE)
note('large layer', about(image))

# Once more, looked at while it forms, and stopped.
press(win, 'alt+g')
wait(lambda: is_running(TITLE))
wait(lambda: left() is not None, 20)
shot('large-forming')
note('forming', is_running(TITLE))
asked = time.monotonic()
press(win, 'Escape')
note('stopped', wait(lambda: 'Stopped' in texts(TITLE), 10, 0.02))
note('stopped after', time.monotonic() - asked)
shot('large-stopped')
note('after stop', len(image.get_layers()))
close(win, TITLE)
note('finished', True)

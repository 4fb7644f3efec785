# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: a texture is taught from a selection, stopped, chosen in the class list, and generated with."""
import time

from inside_gimp import Gegl, Gimp, names, new_image, note
from window_driver import activate, add, close, finished, look, opened, press, ready, shot, texts, wait, window, xdotool

TITLE, TEACH, NAME = 'Generate Image', 'Teach a Texture', 'my leopard'

image = new_image(300, 200)
image.select_rectangle(Gimp.ChannelOps.REPLACE, 40, 30, 160, 130)
buffer = image.get_layers()[0].get_buffer()
spots = [(210, 150, 70) if (x // 7 + y // 5) % 3 else (60, 35, 20) for y in range(200) for x in range(300)]
buffer.set(Gegl.Rectangle.new(0, 0, 300, 200), "R'G'B' u8", bytes(value for spot in spots for value in spot))
buffer.flush()
image.get_layers()[0].update(0, 0, 300, 200)
view = Gimp.Display.new(image)
image.clean_all()
Gimp.displays_flush()


def open_teaching():
    activate(TITLE, 'Teach a Texture…')
    dialog = window(TEACH + '$', 20)
    if dialog:
        ready(TEACH)
    return dialog


def teach(dialog):
    note('told', texts(TEACH))
    shot('teach-opened')
    press(dialog, 'alt+n')
    xdotool('type', '--delay', '40', NAME)
    time.sleep(0.5)
    press(dialog, 'Return')
    note('begun', wait(lambda: 'Learning' in texts(TEACH), 10, 0.5))
    note('learning', wait(lambda: ' left. It' in texts(TEACH), 90, 0.5))
    shot('teach-learning')
    note('pause', activate(TEACH, 'Pause') and wait(lambda: 'is paused' in texts(TEACH), 20))
    note('resume', wait(lambda: activate(TEACH, 'Resume') and 'Learning' in texts(TEACH), 20, 0.5))
    time.sleep(3)
    note('stop', activate(TEACH, 'Stop') and wait(lambda: 'is among the classes' in texts(TEACH), 20))
    note('own', activate(TEACH, 'Your Textures') or any(role == 'radio button' for role, _name, _text in look(TEACH)))
    time.sleep(0.5)
    shot('teach-own')
    note('list', texts(TEACH))
    close(dialog, TEACH)


main = window('300x200.*GIMP$', 60)
win = opened(main, 'Generate Image', TITLE)
note('opened', win is not None)
if win:
    try:
        dialog = open_teaching()
        note('dialog', dialog is not None)
        if dialog:
            teach(dialog)
            note('listed', wait(lambda: NAME in texts(TITLE), 20, 0.5))
            press(win, 'alt+a')
            xdotool('type', '--delay', '40', 'my leo')
            time.sleep(0.7)
            shot('teach-chosen')
            press(win, 'Return')
            note('generated', finished(TITLE))
            note('added', add(win, TITLE))
            shot('teach-added')
    finally:
        close(win, TITLE)
note('layers', names(image))
note('finished', True)

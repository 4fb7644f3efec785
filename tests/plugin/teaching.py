# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts share that teach a texture inside a GIMP with windows."""
import glob
import os
import time

from inside_gimp import Gegl, Gimp, new_image, note
from window_driver import Looker, activate, close, finished, look, opened, press, ready, shot, texts, wait, window, xdotool

TITLE, TEACH, NAME, OTHER = 'Generate Image', 'Teach a Texture', 'my leopard', 'my cat'
FOLDER = os.path.join(os.environ['XDG_DATA_HOME'], 'gimp-adm', 'models', 'taught')


def spotted_image():
    """An image on show, 96 × 80 pixels of it selected, and GIMP's window."""
    image = new_image(300, 200)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 40, 30, 96, 80)
    layer = image.get_layers()[0]
    buffer = layer.get_buffer()
    spots = [(210, 150, 70) if (x // 7 + y // 5) % 3 else (60, 35, 20) for y in range(200) for x in range(300)]
    buffer.set(Gegl.Rectangle.new(0, 0, 300, 200), "R'G'B' u8", bytes(value for spot in spots for value in spot))
    buffer.flush()
    layer.update(0, 0, 300, 200)
    Gimp.Display.new(image)
    image.clean_all()
    Gimp.displays_flush()
    return image, window('300x200.*GIMP$', 60)


def in_dialog(main, drive):
    """Opens our window and its Teach dialog, and calls DRIVE with both; both are closed whatever happens."""
    win = opened(main, TITLE, TITLE)
    note('opened', win is not None)
    if not win:
        return
    try:
        activate(TITLE, 'Teach a Texture…')
        dialog = window(TEACH + '$', 20)
        note('dialog', dialog is not None)
        if dialog:
            ready(TEACH)
            drive(win, dialog)
    finally:
        close(win, TITLE)


def steps_kept():
    """Steps in the lesson's checkpoint; None: there is none."""
    found = glob.glob(os.path.join(FOLDER, '*.checkpoint.safetensors'))
    if not found:
        return None
    with open(found[0], 'rb') as file:
        return int(file.read(2000).split(b'step\\":')[1].split(b',')[0])


def classes():
    """Files of taught classes."""
    return sorted(os.path.basename(path) for path in glob.glob(os.path.join(FOLDER, '*.safetensors')))


def learning():
    return wait(lambda: ' left. It' in texts(TEACH), 90, 0.5)


def paused():
    return activate(TEACH, 'Pause') and wait(lambda: 'is paused' in texts(TEACH), 20)


def resumed():
    return wait(lambda: activate(TEACH, 'Resume') and 'Learning' in texts(TEACH), 20, 0.5)


def own_page():
    shown = activate(TEACH, 'Your Textures')
    time.sleep(0.3)
    return shown


def give_path(title, path):
    """Into GTK's file chooser called TITLE."""
    chooser = window(title, 10)
    if not chooser:
        return False
    time.sleep(0.5)
    xdotool('windowactivate', '--sync', chooser)
    xdotool('key', '--clearmodifiers', 'ctrl+l')
    time.sleep(0.3)
    xdotool('key', 'ctrl+a')
    xdotool('type', '--delay', '10', path)
    time.sleep(0.3)
    xdotool('key', 'Return')
    return wait(lambda: not window(title, 0.1), 5)


def choose(win, name):
    press(win, 'alt+a')
    xdotool('key', 'ctrl+a')
    xdotool('type', '--delay', '40', name)
    time.sleep(0.7)

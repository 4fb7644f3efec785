# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP started anew: the lesson goes on, is stopped, renamed and exported; pictures are made of it, on a canvas, by Enter and live."""
import os

from inside_gimp import describe, names
from teaching import (NAME, OTHER, TEACH, TITLE, Looker, activate, choose, classes, finished, give_path, in_dialog, learning, note, own_page, paused, press,
                      resumed, shot, spotted_image, steps_kept, texts, wait)
from window_driver import add, close, set_steps

image, main = spotted_image()


def go_on(win, dialog):
    note('told', texts(TEACH))
    shot('teach-again')
    before = steps_kept()
    note('resume', resumed() and learning())
    note('pause', paused())
    wait(lambda: steps_kept() > before)  # it is written after the window has said so
    note('steps', steps_kept())
    note('stop', activate(TEACH, 'Stop') and wait(lambda: 'is among the classes' in texts(TEACH), 20))
    note('listed', wait(lambda: NAME in texts(TITLE), 20, 0.5))
    note('own', own_page())
    shot('teach-own')
    note('rename', Looker.ask(TEACH, 'Name of the texture', OTHER) and wait(lambda: OTHER in texts(TITLE) and NAME not in texts(TITLE), 20, 0.5))
    activate(TEACH, 'Export…')
    note('export', give_path('Export a Texture', os.environ['ADM_EXPORT']))
    close(dialog, TEACH)
    choose(win, OTHER)
    set_steps(4)
    press(win, 'Return')
    note('generated', finished(TITLE))
    press(win, 'alt+v')  # Live
    press(win, 'alt+h')  # the slider
    press(win, 'Right')
    note('live', finished(TITLE, 2))
    note('added', add(win, TITLE))
    shot('teach-added')


in_dialog(main, go_on)
layers = image.get_layers()
note('layers', names(image))
note('added layer', {key: describe(layers[0])[key] for key in ('size', 'settings')})
note('files', classes())
note('finished', True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows whose profile is new: a texture that was taught elsewhere is imported, used, and deleted."""
import os

from inside_gimp import names
from teaching import OTHER, TEACH, TITLE, activate, choose, classes, close, finished, give_path, in_dialog, note, own_page, press, shot, spotted_image, texts, wait
from window_driver import add, set_steps

image, main = spotted_image()


def import_it(win, dialog):
    note('own', own_page())
    note('before', classes())
    activate(TEACH, 'Import…')
    note('import', give_path('Import a Texture', os.environ['ADM_EXPORT']) and wait(lambda: OTHER in texts(TITLE), 20, 0.5))
    note('files', classes())
    shot('teach-imported')
    choose(win, OTHER)
    set_steps(4)
    press(win, 'Return')
    note('generated', finished(TITLE) and add(win, TITLE))
    note('layers', names(image))
    note('delete asked', activate(TEACH, 'Delete'))
    note('still there', classes())
    note('deleted', activate(TEACH, 'Delete for Good') and wait(lambda: not classes(), 10) and wait(lambda: OTHER not in texts(TEACH), 10))
    close(dialog, TEACH)


in_dialog(main, import_it)
note('finished', True)

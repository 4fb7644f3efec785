# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: a texture is taught from a selection and paused; it goes on, and our window is closed meanwhile."""
import time

from teaching import NAME, TEACH, in_dialog, learning, note, paused, press, resumed, shot, spotted_image, steps_kept, texts, wait, xdotool

image, main = spotted_image()


def teach(_win, dialog):
    note('told', texts(TEACH))
    shot('teach-opened')
    press(dialog, 'alt+n')
    xdotool('type', '--delay', '40', NAME)
    time.sleep(0.5)
    press(dialog, 'Return')
    note('begun', wait(lambda: 'Learning' in texts(TEACH), 10, 0.5))
    note('learning', learning())
    shot('teach-learning')
    note('pause', paused())
    note('steps paused', wait(steps_kept, 10) and steps_kept())
    note('resume', resumed())


in_dialog(main, teach)
note('steps', wait(steps_kept, 10) and steps_kept())
note('finished', True)

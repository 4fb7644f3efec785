# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP started anew: what the window's history holds."""
from inside_gimp import Gimp, new_image, note
from window_driver import close, opened, pictures, shot, wait, window

TITLE = 'Generate Image'
image = new_image(64, 64)
view = Gimp.Display.new(image)
image.clean_all()
win = opened(window('64x64.*GIMP$', 60), TITLE, TITLE)
wait(lambda: pictures(TITLE) > 0, 10)
wait(lambda: False, 1.0)  # for the rest of them
note('history', pictures(TITLE))
shot('artist-restarted')
close(win, TITLE)
note('finished', True)

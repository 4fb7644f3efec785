# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs around GIMPs with windows, in their display: each is quit, or our window is closed, while pictures are made. Its arguments are the
picture that GIMP opens, the plug-in's program and the folder of its history."""
import atexit
import glob
import os
import pathlib
import subprocess
import sys
import time

from inside_gimp import embedded, note
from window_driver import add, close, finished, is_running, opened, pictures, press, set_steps, shot, tick, wait, window

TITLE, PATIENCE = 'Generate Image', 20
PICTURE, PROGRAM, HISTORY = sys.argv[1:]


def left_behind():
    """Processes of the plug-in, by their program, which is this profile's alone."""
    found = []
    for name in os.listdir('/proc'):
        try:
            if name.isdigit() and os.readlink('/proc/%s/exe' % name) == PROGRAM:
                found.append(int(name))
        except OSError:
            continue
    return found


def kept():
    """Pictures of the history on disk, by whether they have been added."""
    files = glob.glob(os.path.join(HISTORY, '*.ini'))
    added = sum('added=true' in pathlib.Path(path).read_text(encoding='utf-8') for path in files)
    return [len(files), added]


def start(*more):
    """A GIMP with the picture, and its window."""
    gimp = subprocess.Popen(['gimp-3.0', '-n', '-s', '-d', '-f', *more, PICTURE], stdin=subprocess.DEVNULL)
    atexit.register(gimp.kill)  # should this script die
    return gimp, window(r'\[picture\].*GIMP$', 60)


def end(gimp, main, keys=()):
    """Quits GIMP by keys; how it ended, after how long, and which processes it left."""
    began = time.monotonic()
    press(main, 'ctrl+q')
    for key in keys:  # asked whether to save
        asked = window('Quit GIMP', 10)
        shot('quit-asks')
        press(asked, key)
    try:
        status = gimp.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        shot('not-ended')
        gimp.kill()
        status = 'not ended'
    seconds = time.monotonic() - began
    gone = wait(lambda: not left_behind(), 2)
    return {'status': status, 'seconds': seconds, 'left': [] if gone else left_behind(), 'kept': kept()}


def begin_long(win):
    set_steps(1000)
    press(win, 'Return')
    return wait(lambda: is_running(TITLE))


# Two pictures are finished and a third is being made.
gimp, main = start()
win = opened(main, TITLE, TITLE)
set_steps(4)
for count in (1, 2):
    press(win, 'Return')
    finished(TITLE, count)
working = begin_long(win)
note('quit', dict(end(gimp, main), working=working))

# They are there again. One is added, so that GIMP asks, and another long one begins.
gimp, main = start()
win = opened(main, TITLE, TITLE)
wait(lambda: pictures(TITLE) == 2)
fact = {'there': pictures(TITLE)}
shot('there-again')
fact.update(added=tick(TITLE, 1) and add(win, TITLE), working=begin_long(win))
note('discarded', dict(fact, **end(gimp, main, ['ctrl+d'])))

# Our window is closed by the window manager while it works; then the last settings again, without a window.
gimp, main = start()
win = opened(main, TITLE, TITLE)
wait(lambda: pictures(TITLE) == 2)
fact = {'there': pictures(TITLE), 'added': tick(TITLE, 1) and add(win, TITLE), 'working': begin_long(win)}
press(win, 'alt+F4')
fact['closed'] = wait(lambda: not window(TITLE + '$', 0.1), 5) and wait(lambda: not left_behind(), 5)
close(win, TITLE)
note('window closed', dict(fact, kept=kept(), alive=gimp.poll() is None))
press(main, 'ctrl+f')
fact = {'working': wait(left_behind, 10)}
time.sleep(1.0)
shot('repeating')
fact['still'] = bool(left_behind())
note('repeat', dict(fact, **end(gimp, main, ['ctrl+d'])))

# A script's call is under way.
gimp, main = start('--batch-interpreter', 'plug-in-script-fu-eval', '-b', '(script-fu-use-v3) (plug-in-adm-generate #:run-mode RUN-NONINTERACTIVE #:class "%s" '
                   '#:steps 1000 #:count 50)' % embedded.CLASSES[1])
fact = {'working': wait(left_behind, 30)}
time.sleep(1.0)
fact['still'] = bool(left_behind())
note('script', dict(fact, **end(gimp, main)))
note('finished', True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows, whose models folder holds what artists bring: a partly present model, one with open questions,
broken ones, and one that goes away while the window is open."""
import glob
import os
import time

from inside_gimp import embedded, note
from window_driver import activate, add, choose_model, finished, in_window, look, pictures, press, shot, texts, turn, wait

TITLE = 'Generate Image'
MODELS = os.environ['ADM_MODEL_PATH']


def shows(words, seconds=20):
    return wait(lambda: words in texts(TITLE), seconds)


def choose(win, name):
    return choose_model(win, TITLE, name)


def checkpoints(win):
    note('seen', look(TITLE))
    note('asked', shows('portraits.pt'))
    shot('asked')
    press(win, 'alt+w')  # Answer…
    note('page', shows('Which noise schedule'))
    time.sleep(0.5)
    shot('models')
    note('page texts', texts(TITLE))
    note('answered', activate(TITLE, 'Remember'))
    note('remembered', shows('remembered beside the file'))
    note('sidecar', os.path.exists(os.path.join(MODELS, 'portraits.json')))
    shot('answered')
    press(win, 'Escape')  # back to the picture
    time.sleep(0.5)
    note('spoilt chosen', choose(win, 'Spoilt'))
    press(win, 'alt+g')
    note('spoilt told', shows('spoilt-diffusion.safetensors'))
    shot('broken-model')
    note('huge chosen', choose(win, 'Huge'))
    press(win, 'alt+g')
    note('huge told', shows('step 1 of'))
    note('bad pictures', pictures(TITLE))
    shot('overflow')
    note('leaving chosen', choose(win, 'Leaving Late'))
    time.sleep(0.5)
    wait(lambda: 'Reading the model' not in texts(TITLE))  # its weights are read ahead
    for path in glob.glob(os.path.join(MODELS, 'leaving-late*')) + glob.glob(os.path.join(MODELS, 'leaving-early*')):
        os.remove(path)
    press(win, 'alt+g')
    note('deleted serves', shows(embedded.caption(0, '')))
    shot('model-deleted')
    note('gone chosen', choose(win, 'Leaving Early'))
    note('gone told', shows('leaving-early-diffusion.safetensors” could not be opened'))
    shot('model-gone')
    note('portraits chosen', choose(win, 'portraits'))
    turn(TITLE, 'Steps', 5)
    press(win, 'alt+g')
    note('own checkpoint', shows('0 · character'))
    shot('own-checkpoint')
    note('embedded chosen', choose(win, embedded.NAME))
    before = pictures(TITLE)
    press(win, 'alt+g')
    finished(TITLE, 1, 60, before)
    note('added', add(win, TITLE))
    shot('after-broken')
    note('seen at the end', look(TITLE))


note('checkpoints', in_window(checkpoints, None))
note('finished', True)

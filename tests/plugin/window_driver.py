# SPDX-License-Identifier: GPL-3.0-or-later
"""Driving the plug-in's window from a script inside a GIMP with windows: keys, waiting, screenshots, and what it shows."""
import atexit
import json
import os
import subprocess
import threading
import time

from inside_gimp import Gimp, Outcome, names, outcome

HERE = os.path.dirname(os.path.abspath(__file__))


def xdotool(*arguments):
    return subprocess.run(['xdotool', *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=False).stdout.decode()


def window(name, seconds):
    """The visible window whose title holds NAME, waited for; None when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = xdotool('search', '--onlyvisible', '--name', name).split()
        if found:
            return found[-1]
        time.sleep(0.2)
    return None


def press(win, key):
    xdotool('windowactivate', '--sync', win)
    xdotool('key', '--clearmodifiers', key)


def wait(condition, seconds=20, pause=0.1):
    """Whether CONDITION came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def shot(name):
    folder = os.environ.get('ADM_SCREENSHOTS')
    if folder:
        os.makedirs(folder, exist_ok=True)
        xdotool('mousemove', '1279', '899')  # nothing is pointed at, so no tooltip
        time.sleep(0.1)
        subprocess.run(['import', '-window', 'root', os.path.join(folder, 'gimp-%s.png' % name)], timeout=60, check=False)


class Looker:
    """look.py, which takes a while to start and then answers at once; begun anew should it end."""
    process = None

    @classmethod
    def ask(cls, *question):
        if cls.process is None or cls.process.poll() is not None:
            cls.process = subprocess.Popen(['/usr/bin/python3', os.path.join(HERE, 'look.py')], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            atexit.register(cls.process.kill)
        try:
            print(json.dumps(question), file=cls.process.stdin, flush=True)
            answer = cls.process.stdout.readline()
        except BrokenPipeError:
            answer = ''
        return json.loads(answer) if answer else None


def look(title):
    """[role, name, text] of everything in the window called TITLE."""
    return Looker.ask(title) or []


def texts(title):
    return '\n'.join(name + '\n' + text for _role, name, text in look(title))


def told(title, word):
    """Whether the window says WORD, but for the history's pictures, whose names say what became of them."""
    return any(word in name or word in text for role, name, text in look(title) if role != 'list item' and ' · seed ' not in name)


def activate(title, name):
    """Presses the button called NAME; whether there is one."""
    return Looker.ask(title, name) or False


def pictures(title):
    """How many finished pictures the history shows."""
    return sum(role == 'list item' and ' · seed ' in name for role, name, _text in look(title))


BEING_MADE = 'The picture being made'  # its place in the history follows


def is_running(title):
    return any(role == 'list item' and name.startswith(BEING_MADE) for role, name, _text in look(title))


def finished(title, count=1, seconds=60, before=0):
    """Waits for COUNT pictures beyond the BEFORE that the history had, and the end of the run."""
    def done():
        items = [name for role, name, _text in look(title) if role == 'list item']
        return sum(' · seed ' in name for name in items) >= before + count and not any(name.startswith(BEING_MADE) for name in items)

    return wait(done, seconds, 0.3)  # looking takes the processor from what is looked at


def add(win, title):
    """Adds what is shown, and waits until the window says that it is done."""
    press(win, 'alt+d')
    return wait(lambda: told(title, 'added'))


def close(win, title):
    """Until the window is gone: Escape stops, leaves the model page, and closes where nothing waits to be added; then the buttons."""
    for way in (None, None, None, 'Close', 'Close Anyway'):
        if not window(title + '$', 0.1):
            return
        if way:
            activate(title, way)
        else:
            press(win, 'Escape')
        wait(lambda: not window(title + '$', 0.1), 1)


def ready(title):
    """Waits until the window is there in full and has drawn itself."""
    wait(lambda: any(name == 'Close' for _role, name, _text in look(title)))
    time.sleep(0.3)


def by_search(main, words):
    """Runs the action that GIMP finds first for WORDS, as typed into its search while MAIN, its window, has the keys."""
    press(main, 'slash')
    time.sleep(1.0)
    xdotool('type', '--delay', '60', words)
    time.sleep(1.0)
    xdotool('key', 'Return')


def opened(main, action, title):
    """Our window called TITLE, opened by ACTION as an artist would; None when it does not come."""
    by_search(main, action)
    win = window(title + '$', 20)
    if win:
        ready(title)
    return win


def choose_model(win, title, name):
    """Steps through the models by keys until NAME is the one; whether it is there."""
    press(win, 'alt+m')
    press(win, 'Home')
    for _ in range(12):
        if wait(lambda: any(role == 'combo box' and label == name for role, label, _text in look(title)), 0.5):
            return True
        press(win, 'Down')
    return False


def tick(title, count):
    """Ticks the COUNT last pictures of the history; whether that many are there."""
    boxes = [name for _role, name, _text in look(title) if name.startswith('Add this picture: ')]
    return len(boxes) >= count and all([activate(title, name) for name in boxes[-count:]])


def turn(title, name, value):
    """Sets the slider or spin button called NAME, or labelled so; whether there is one."""
    return Looker.ask(title, name, value) or False


def set_steps(steps, title='Generate Image'):
    turn(title, 'Steps', steps)


def in_window(drive, image, name='plug-in-adm-generate', title='Generate Image', layers=None):
    """Runs the procedure interactively for IMAGE (None: for none) while DRIVE (its window) presses keys in a thread."""
    seen = []

    def run():
        win = window(title + '$', 60)
        seen.append(win is not None)
        if win:
            try:
                ready(title)
                drive(win)
            finally:
                close(win, title)  # whatever went wrong, or GIMP would wait for ever

    thread = threading.Thread(target=run)
    thread.start()
    procedure = Gimp.get_pdb().lookup_procedure(name)
    config = procedure.create_config()
    config.set_property('run-mode', Gimp.RunMode.INTERACTIVE)
    if image:
        config.set_property('image', image)
    if layers:
        config.set_core_object_array('drawables', layers)
    result = Outcome(procedure.run(config), Gimp.get_pdb().get_last_error())
    thread.join()
    return dict(outcome(result), window=seen[0], names=names(image) if image else [layer.get_name() for layer in result.layers])

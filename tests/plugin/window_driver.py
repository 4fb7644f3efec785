# SPDX-License-Identifier: GPL-3.0-or-later
"""Driving the plug-in's window from a script inside a GIMP with windows: keys, waiting, screenshots, and what it shows."""
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


def wait(condition, seconds=20):
    """Whether CONDITION came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def shot(name):
    folder = os.environ.get('ADM_SCREENSHOTS')
    if folder:
        os.makedirs(folder, exist_ok=True)
        subprocess.run(['import', '-window', 'root', os.path.join(folder, 'gimp-%s.png' % name)], timeout=60, check=False)


def look(title):
    """[role, name, text] of everything in the window called TITLE."""
    done = subprocess.run(['/usr/bin/python3', os.path.join(HERE, 'look.py'), title], stdout=subprocess.PIPE, timeout=60, check=False)
    return json.loads(done.stdout or b'[]')


def texts(title):
    return '\n'.join(name + '\n' + text for _role, name, text in look(title))


def activate(title, name):
    """Presses the button called NAME; whether there is one."""
    return subprocess.run(['/usr/bin/python3', os.path.join(HERE, 'look.py'), title, name], timeout=60, check=False).returncode == 0


def in_window(drive, image, name='plug-in-adm-generate', title='Generate Image$', layers=None):
    """Runs the procedure interactively for IMAGE (None: for none) while DRIVE (its window) presses keys in a thread."""
    seen = []

    def run():
        win = window(title, 60)
        seen.append(win is not None)
        if win:
            time.sleep(1.5)
            try:
                drive(win)
            finally:
                # Whatever went wrong, the window must close, or GIMP would wait for ever.
                for _ in range(4):
                    if window(title, 0.1):
                        press(win, 'Escape')
                        time.sleep(0.7)

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

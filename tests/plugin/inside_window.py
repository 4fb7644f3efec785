# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: undoing what was added, and the dialog, driven by keys as a user would."""
import subprocess
import threading
import time

from inside_gimp import Gimp, Outcome, generate, names, new_image, note, outcome, pixels


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
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


image = new_image(200, 150, layers=('Bottom', 'Top'))
display = Gimp.Display.new(image)
image.clean_all()
before = [pixels(layer) for layer in image.get_layers()]
main = window('GIMP$', 60)
note('main window', main is not None)

done = generate(image, **{'class': 'heart', 'seed': 7, 'steps': 4, 'count': 3})
note('added', dict(outcome(done), names=names(image)))
press(main, 'ctrl+z')
wait(lambda: len(image.get_layers()) == 2)
time.sleep(1.0)
note('undone', {'names': names(image), 'same': [pixels(layer) for layer in image.get_layers()] == before, 'dirty': image.is_dirty()})
press(main, 'ctrl+y')
wait(lambda: len(image.get_layers()) == 5)
redone = image.get_layers()[0]
note('redone', {'names': names(image), 'settings': redone.get_parasite('adm-settings') is not None})


def dialog(key):
    """Runs the first procedure interactively and presses KEY in its window."""
    seen = []

    def drive():
        win = window('Generate Image', 60)
        seen.append(win is not None)
        if win:
            time.sleep(1.0)
            press(win, key)

    thread = threading.Thread(target=drive)
    thread.start()
    procedure = Gimp.get_pdb().lookup_procedure('plug-in-adm-generate')
    config = procedure.create_config()
    config.set_property('run-mode', Gimp.RunMode.INTERACTIVE)
    config.set_property('image', image)
    config.set_property('steps', 3)
    result = Outcome(procedure.run(config), Gimp.get_pdb().get_last_error())
    thread.join()
    return dict(outcome(result), window=seen[0], names=names(image))


note('cancelled', dialog('Escape'))
note('agreed', dialog('Return'))

# Called from the menus (here: by the search for actions), and the image closed while the dialog is open.
closed = new_image(120, 120)
view = Gimp.Display.new(closed)
closed.clean_all()
window('120x120.*GIMP$', 20)
press(main, 'slash')
time.sleep(1.0)
xdotool('type', '--delay', '60', 'Generate Image')
time.sleep(1.0)
xdotool('key', 'Return')
win = window('Generate Image$', 20)
view.delete()
time.sleep(1.0)
others = {image.get_id(), closed.get_id()}
if win:
    press(win, 'Return')
    wait(lambda: any(other.get_id() not in others for other in Gimp.get_images()))
    time.sleep(1.0)
made = [other for other in Gimp.get_images() if other.get_id() not in others]
note('closed', {'window': win is not None, 'made': [[other.get_width(), other.get_height(), len(other.get_layers())] for other in made],
                'gone': not closed.is_valid()})
note('finished', True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: undoing what was added, and the window, driven by keys as an artist would."""
import os
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


def shot(name):
    folder = os.environ.get('ADM_SCREENSHOTS')
    if folder:
        os.makedirs(folder, exist_ok=True)
        subprocess.run(['import', '-window', 'root', os.path.join(folder, 'gimp-%s.png' % name)], timeout=60, check=False)


def in_window(drive, image):
    """Runs the procedure interactively for IMAGE while DRIVE (its window) presses keys in a thread."""
    seen = []

    def run():
        win = window('Generate Image$', 60)
        seen.append(win is not None)
        if win:
            time.sleep(1.5)
            try:
                drive(win)
            finally:
                # Whatever went wrong, the window must close, or GIMP would wait for ever.
                for _ in range(4):
                    if window('Generate Image$', 0.1):
                        press(win, 'Escape')
                        time.sleep(0.7)

    thread = threading.Thread(target=run)
    thread.start()
    procedure = Gimp.get_pdb().lookup_procedure('plug-in-adm-generate')
    config = procedure.create_config()
    config.set_property('run-mode', Gimp.RunMode.INTERACTIVE)
    config.set_property('image', image)
    result = Outcome(procedure.run(config), Gimp.get_pdb().get_last_error())
    thread.join()
    return dict(outcome(result), window=seen[0], names=names(image))


def add(win):
    """Adds the picture once it is finished. GIMP's side may not be asked here: the main thread waits for the window."""
    time.sleep(8)
    press(win, 'alt+y')
    time.sleep(2)


def generate_heart(win):
    shot('opened')
    press(win, 'alt+a')  # the class search
    xdotool('type', '--delay', '60', 'heart')
    time.sleep(0.7)
    shot('searched')
    press(win, 'Return')  # takes the first class found, and generates
    time.sleep(0.3)
    shot('running')
    add(win)
    shot('added')


def generate_again(win):
    shot('reopened')
    press(win, 'Return')
    add(win)


def compare(win):
    press(win, 'alt+o')
    time.sleep(12)
    shot('compared')
    press(win, 'alt+l')  # Live
    press(win, 'alt+f')  # the slider
    for _ in range(5):
        press(win, 'Right')
    time.sleep(6)
    shot('live')


note('escaped', in_window(lambda win: press(win, 'Escape'), image))
note('generated', in_window(generate_heart, image))
press(main, 'ctrl+z')
wait(lambda: len(image.get_layers()) == 5)
note('taken back', names(image))
press(main, 'ctrl+y')
wait(lambda: len(image.get_layers()) == 6)
note('again', in_window(generate_again, image))
note('compared', in_window(compare, image))

# Called from the menus (here: by the search for actions), and the image closed while the window is open.
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
others = {image.get_id(), closed.get_id()}


def fresh():
    return [other for other in Gimp.get_images() if other.get_id() not in others]


if win:
    time.sleep(1.5)
    press(win, 'Return')
    view.delete()
    time.sleep(8)
    press(win, 'alt+y')
    time.sleep(1.0)
    shot('image-closed')
    press(win, 'alt+w')  # Add to a New Image
    wait(fresh)
    shot('new-image')
    for _ in range(4):
        if window('Generate Image$', 0.1):
            press(win, 'Escape')
            time.sleep(0.7)
made = fresh()
note('closed', {'window': win is not None, 'made': [[other.get_width(), other.get_height(), len(other.get_layers())] for other in made]})
note('finished', True)

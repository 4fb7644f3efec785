# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: undoing what was added, and the window, driven by keys as an artist would."""
import time

from inside_gimp import Gimp, generate, names, new_image, note, outcome, pixels
from window_driver import in_window, look, press, shot, texts, wait, window, xdotool


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


def live_and_stop(win):
    """Live reruns the seed when the slider moves; then a long run is stopped. What is finished stays."""
    press(win, 'alt+l')  # off: it was left on
    press(win, 'alt+s')
    xdotool('type', '--delay', '60', '200')
    press(win, 'Return')
    note('long', wait(lambda: ' of 200' in texts('Generate Image')))
    shot('long')
    press(win, 'Escape')
    note('stopped at once', wait(lambda: 'Stopped' in texts('Generate Image'), 3))
    shot('stopped')


def numbers():
    return [text for role, _name, text in look('Generate Image') if role == 'spin button']


def tick_two(win):
    there = wait(lambda: '200' in numbers())  # the last settings are back
    press(win, 'alt+r')  # Reset
    note('reset', there and wait(lambda: '25' in numbers(), 5) or numbers())
    for _ in range(3):
        press(win, 'Return')
        time.sleep(4)
    press(win, 'alt+a')
    for key in ('shift+Tab', 'shift+Tab', 'shift+Tab', 'space', 'Left', 'space'):
        press(win, key)  # from the classes back to the last picture's tick, then to the picture before
    time.sleep(0.3)
    shot('ticked')
    press(win, 'alt+y')
    time.sleep(2)
    shot('two-added')


def upsample(win):
    shot('upsample-opened')
    press(win, 'Return')
    time.sleep(2.5)
    shot('upsample-running')
    time.sleep(10)
    press(win, 'alt+y')
    time.sleep(2)
    shot('upsample-added')


def new_one(win):
    press(win, 'Return')
    add(win)


note('stopped', in_window(live_and_stop, image))
note('ticked', in_window(tick_two, image))
press(main, 'ctrl+z')
wait(lambda: len(image.get_layers()) == 7, 5)
note('ticked back', len(image.get_layers()))
small = new_image(96, 64, layers=('Sketch',))
small_view = Gimp.Display.new(small)
note('upsampled', in_window(upsample, small, 'plug-in-adm-upscale', 'Upsample Layer$', small.get_layers()))
note('upsampled size', [[layer.get_width(), layer.get_height(), *layer.get_offsets()[1:]] for layer in small.get_layers()])
note('no image', in_window(new_one, None))

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
others = {other.get_id() for other in Gimp.get_images()}


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

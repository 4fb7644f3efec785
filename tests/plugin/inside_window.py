# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: undoing what was added, and the window, driven by keys as an artist would."""
import base64
import time

from inside_gimp import Gimp, embedded, generate, names, new_image, note, outcome, pixels
from window_driver import activate, add, close, finished, in_window, is_running, look, opened, pictures, press, shot, texts, tick, told, wait, window, xdotool

TITLE, UPSAMPLE = 'Generate Image', 'Upsample Layer'
CLASS = embedded.CLASSES[1]

image = new_image(200, 150, layers=('Bottom', 'Top'))
display = Gimp.Display.new(image)
image.clean_all()
before = [pixels(layer) for layer in image.get_layers()]
main = window('GIMP$', 60)
note('main window', main is not None)

done = generate(image, **{'class': CLASS, 'seed': 7, 'steps': 4, 'count': 3})
note('added', dict(outcome(done), names=names(image)))
press(main, 'ctrl+z')
wait(lambda: len(image.get_layers()) == 2)
time.sleep(1.0)
note('undone', {'names': names(image), 'same': [pixels(layer) for layer in image.get_layers()] == before, 'dirty': image.is_dirty()})
press(main, 'ctrl+y')
wait(lambda: len(image.get_layers()) == 5)
redone = image.get_layers()[0]
note('redone', {'names': names(image), 'settings': redone.get_parasite('adm-settings') is not None})


# While a window is driven, GIMP's side may not be asked: the main thread waits for the window.


def generate_class(win):
    shot('opened')
    press(win, 'alt+a')  # the class search
    xdotool('type', '--delay', '60', CLASS)
    time.sleep(0.7)
    shot('searched')
    press(win, 'Return')  # takes the first class found, and generates
    wait(lambda: is_running(TITLE))
    shot('running')
    finished(TITLE)
    add(win, TITLE)
    shot('added')


def generate_again(win):
    shot('reopened')
    before = pictures(TITLE)  # the history is there again
    press(win, 'Return')
    finished(TITLE, 1, 60, before)
    add(win, TITLE)


def compare(win):
    before = pictures(TITLE)
    activate(TITLE, 'More to do')
    time.sleep(0.5)
    note('compare asked', activate(TITLE, 'Compare Characters'))
    note('five compared', finished(TITLE, 5, 60, before))
    shot('compared')
    press(win, 'alt+v')  # Live
    press(win, 'alt+h')  # the slider
    for _ in range(4):  # to a character that has not been compared
        press(win, 'Right')
    note('live', finished(TITLE, 6, 60, before))
    shot('live')


note('escaped', in_window(lambda win: press(win, 'Escape'), image))
note('generated', in_window(generate_class, image))
press(main, 'ctrl+z')
wait(lambda: len(image.get_layers()) == 5)
note('taken back', names(image))
press(main, 'ctrl+y')
wait(lambda: len(image.get_layers()) == 6)
note('again', in_window(generate_again, image))
note('compared', in_window(compare, image))


def live_and_stop(win):
    """A long run is stopped. What is finished stays."""
    press(win, 'alt+p')  # how many pictures
    xdotool('type', '--delay', '60', '90')
    press(win, 'alt+g')
    note('long', wait(lambda: is_running(TITLE)))
    shot('long')
    press(win, 'Escape')
    note('stopped at once', wait(lambda: 'Stopped' in texts(TITLE), 3))
    shot('stopped')


def tick_two(win):
    press(win, 'alt+p')
    xdotool('type', '--delay', '60', '1')
    before = pictures(TITLE)
    for i in range(3):
        press(win, 'alt+g')
        finished(TITLE, i + 1, 60, before)
    note('two ticked', tick(TITLE, 2))
    time.sleep(0.3)
    shot('ticked')
    add(win, TITLE)
    shot('two-added')


def upsample(win):
    shot('upsample-opened')
    before = pictures(UPSAMPLE)
    press(win, 'Return')
    wait(lambda: is_running(UPSAMPLE))
    shot('upsample-running')
    finished(UPSAMPLE, 1, 60, before)
    add(win, UPSAMPLE)
    shot('upsample-added')


def upsample_in_tiles(win):
    before = pictures(UPSAMPLE)
    press(win, 'alt+i')  # Size
    press(win, 'Down')
    press(win, 'alt+u')
    finished(UPSAMPLE, 1, 60, before)
    shot('upsample-tiles')
    add(win, UPSAMPLE)


def new_one(win):
    before = pictures(TITLE)
    press(win, 'Return')
    finished(TITLE, 1, 60, before)
    add(win, TITLE)


note('stopped', in_window(live_and_stop, image))
note('ticked', in_window(tick_two, image))
press(main, 'ctrl+z')
wait(lambda: len(image.get_layers()) == 7, 5)
note('ticked back', len(image.get_layers()))


def cut_out(image):
    """A generated picture, cut out: opaque within an oval, transparent without."""
    layer = generate(image, **{'class': CLASS, 'seed': 7, 'steps': 10}).layers[0]
    layer.set_name('Sketch')
    layer.scale(96, 64, False)
    layer.set_offsets(0, 0)
    layer.add_alpha()
    image.remove_layer(image.get_layers()[1])
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 0, 0, 96, 64)
    Gimp.Selection.invert(image)
    layer.edit_clear()
    Gimp.Selection.none(image)
    return layer


def alpha(layer):
    """Of the layer's corner, and of its middle."""
    values = base64.b64decode(pixels(layer, 'A u8'))
    return [values[0], values[layer.get_height() // 2 * layer.get_width() + layer.get_width() // 2]]


def about(layer):
    return [layer.get_width(), layer.get_height(), *layer.get_offsets()[1:]]


small = new_image(96, 64)
sketch = cut_out(small)
small_view = Gimp.Display.new(small)
note('upsampled', in_window(upsample, small, 'plug-in-adm-upscale', UPSAMPLE, [sketch]))
note('upsampled size', [about(layer) for layer in small.get_layers()])
note('upsampled alpha', [alpha(layer) for layer in small.get_layers()])
small.get_layers()[0].set_visible(False)
small.select_rectangle(Gimp.ChannelOps.REPLACE, 16, 0, 80, 64)
note('tiles', in_window(upsample_in_tiles, small, 'plug-in-adm-upscale', UPSAMPLE, [sketch]))
note('tiles size', [about(layer) for layer in small.get_layers()])
note('tiles alpha', [alpha(layer) for layer in small.get_layers()])
small.get_layers()[-1].set_visible(False)
small.get_layers()[0].set_offsets(350, 0)
small.get_layers()[1].set_visible(True)
small.resize_to_layers()
Gimp.displays_flush()
press(main, 'ctrl+shift+j')  # fits into the window
time.sleep(1.0)
shot('upsampled')
note('no image', in_window(new_one, None))

# Called from the menus (here: by the search for actions), and the image closed while the window is open.
closed = new_image(120, 120)
view = Gimp.Display.new(closed)
closed.clean_all()
window('120x120.*GIMP$', 20)
win = opened(main, 'Generate Image', TITLE)


def counts():
    return {other.get_id(): len(other.get_layers()) for other in Gimp.get_images()}


def add_button():
    """Which image the button names: those without a file bear their number."""
    return next((int(name.rsplit('-', 1)[1]) for role, name, _text in look(TITLE) if name.startswith('Add to [Untitled]-')), None)


closed_id, named, grown = closed.get_id(), [], []
if win:
    before = pictures(TITLE)
    press(win, 'Return')
    wait(lambda: add_button() == closed_id, 5)
    named.append(add_button())
    view.delete()
    finished(TITLE, 1, 60, before)
    wait(lambda: add_button() != closed_id)  # it goes where the button says, and nowhere else
    named.append(add_button())
    layers = counts()
    shot('image-closed')
    press(win, 'alt+d')
    wait(lambda: told(TITLE, 'added'))
    after = counts()
    grown = [key for key in after if after[key] != layers.get(key)]
    close(win, TITLE)
note('closed', {'window': win is not None, 'first': named[:1] == [closed_id], 'grown': grown, 'named': named[1:]})
note('finished', True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: while the plug-in works, the artist goes on by keys in GIMP's own window."""
import threading
import time

from inside_gimp import Gimp, embedded, generate, names, new_image, note, outcome, pixels, upscale
from window_driver import add, by_search, close, finished, is_running, opened, press, set_steps, shot, texts, tick, told, wait, window

TITLE, UPSAMPLE = 'Generate Image', 'Upsample Layer'
# Long enough for what is done meanwhile: of a layer of one and a half windows, of a canvas of twenty.
STEPS, CANVAS_STEPS, UPSAMPLE_STEPS = 75, 12, 12


def about(image):
    """All that a disturbed run must not touch, layer by layer."""
    return [[layer.get_name(), layer.get_width(), layer.get_height(), *layer.get_offsets()[1:], pixels(layer)] for layer in image.get_layers()]


def others(image):
    """The same of those that were not made here."""
    return [one for one, layer in zip(about(image), image.get_layers()) if not layer.get_parasite('adm-settings')]


def place(layer):
    return [*layer.get_offsets()[1:], layer.get_width(), layer.get_height()]


def bounds(image):
    """[x1, y1, x2, y2] of the selection, or None."""
    found = Gimp.Selection.bounds(image)
    return list(found[2:]) if found.non_empty else None


def shown(image, title):
    """IMAGE in the one view that is open, and its main window."""
    view = Gimp.Display.new(image)
    image.clean_all()
    return view, window(title, 60)


def three_layers(title):
    """Bottom and Lid of the image's size, Inset between them, smaller and active."""
    image = new_image(*title, layers=('Bottom', 'Inset', 'Lid'))
    inset = image.get_layers()[1]
    inset.resize(80, 70, 0, 0)
    inset.set_offsets(30, 20)
    image.set_selected_layers([inset])
    view, main = shown(image, '%dx%d.*GIMP$' % title)
    return image, inset, view, main


def generating():
    """The selection is made, changed and removed while pictures are made: each layer lands at what is selected when it is added. In the
    end all layers are deleted."""
    image, _inset, view, main = three_layers((240, 160))
    before, facts = about(image), []

    def disturb(artist, condition, count):
        """A picture, and what the artist does while it is being made; whether it was, and whether the picture was added."""
        set_steps(STEPS if count == 1 else CANVAS_STEPS)
        press(win, 'Return')
        began = wait(lambda: is_running(TITLE))
        artist()
        disturbed = began and wait(condition, 5) and is_running(TITLE)
        finished(TITLE, count)
        layers = len(image.get_layers())
        return {'disturbed': disturbed, 'untouched': layers, 'added': add(win, TITLE) and wait(lambda: len(image.get_layers()) == layers + 1, 5)}

    win = opened(main, TITLE, TITLE)
    for count, (artist, selection) in enumerate((
            (lambda: image.select_rectangle(Gimp.ChannelOps.REPLACE, 30, 20, 100, 90), [30, 20, 130, 110]),
            (lambda: press(main, 'ctrl+a'), [0, 0, 240, 160]), (lambda: press(main, 'ctrl+shift+a'), None)), 1):
        fact = disturb(artist, lambda: bounds(image) == selection, count)
        facts.append(dict(fact, selection=bounds(image), at=place(image.get_selected_layers()[0])))
    shot('selection-changes')
    note('selection', {'steps': facts, 'same': others(image) == before, 'names': names(image), 'size': [image.get_width(), image.get_height()]})

    full = names(image)
    fact = disturb(lambda: [image.remove_layer(layer) for layer in image.get_layers()], lambda: not image.get_layers(), 4)
    fact['at'] = [place(layer) for layer in image.get_layers()]
    shot('all-deleted')
    press(main, 'ctrl+z')
    fact['back'] = wait(lambda: not image.get_layers(), 5)
    for _layer in full:
        press(main, 'ctrl+z')
    fact['all back'] = wait(lambda: names(image) == full, 5)
    close(win, TITLE)
    note('all deleted', fact)
    view.delete()


def upsampling():
    """The layer that a window upsamples is deleted while it does: two results are added at once, then one, and one in tiles. Then the
    image is closed: results go into a new one, one after the other and both at once."""
    image, inset, view, main = three_layers((230, 150))
    before = about(image)
    win = opened(main, UPSAMPLE, UPSAMPLE)
    set_steps(UPSAMPLE_STEPS, UPSAMPLE)
    press(win, 'Return')
    began = wait(lambda: is_running(UPSAMPLE))
    image.remove_layer(inset)
    facts = {'disturbed': began and is_running(UPSAMPLE)}
    lid, bottom = image.get_layers()
    image.set_selected_layers([bottom])
    finished(UPSAMPLE)
    set_steps(2, UPSAMPLE)
    press(win, 'Return')
    finished(UPSAMPLE, 2)
    facts['ticked'] = tick(UPSAMPLE, 2)
    shot('layer-deleted-ticked')

    def add_and_take_back():
        fact = {'added': add(win, UPSAMPLE), 'layers': [one[:-1] for one in about(image)]}
        press(main, 'ctrl+z')
        wait(lambda: len(image.get_layers()) == 2, 5)
        return dict(fact, back=about(image) == [before[0], before[2]])

    facts['two'] = add_and_take_back()
    image.set_selected_layers([lid])
    press(win, 'alt+u')
    finished(UPSAMPLE, 3)
    facts['one'] = add_and_take_back()
    press(win, 'alt+i')  # Size
    press(win, 'Down')
    press(win, 'alt+u')
    finished(UPSAMPLE, 4)
    facts['tiles'] = add_and_take_back()
    note('deleted', facts)

    known = {other.get_id() for other in Gimp.get_images()}

    def fresh():
        return [len(other.get_layers()) for other in Gimp.get_images() if other.get_id() not in known]

    view.delete()
    press(win, 'alt+d')
    facts = {'told': wait(lambda: 'The image has been closed' in texts(UPSAMPLE))}
    press(win, 'alt+w')  # Add to a New Image
    wait(lambda: fresh() == [1])
    wait(lambda: told(UPSAMPLE, 'added'))
    press(win, 'alt+d')
    wait(lambda: fresh() == [2], 5)
    facts['ticked'] = tick(UPSAMPLE, 2)
    press(win, 'alt+d')
    wait(lambda: fresh() == [4], 5)
    shot('closed-and-again')
    close(win, UPSAMPLE)
    note('closed and again', dict(facts, made=fresh()))


def meanwhile(artist, run):
    """RUN, which waits for a script's call of ours, while ARTIST presses keys a second after it has begun."""
    pressed = []

    def press_keys():
        time.sleep(1.0)
        artist()
        pressed.append(time.monotonic())

    thread = threading.Thread(target=press_keys)
    thread.start()
    done = run()
    ended = time.monotonic()
    thread.join()
    return done, {'disturbed': pressed[0] < ended}


def scripted():
    image, inset, view, main = three_layers((210, 130))
    before = about(image)
    done, facts = meanwhile(lambda: by_search(main, 'Delete Layer'), lambda: upscale(image, [inset], steps=40))
    facts.update(outcome(done), names=names(image))
    press(main, 'ctrl+z')
    wait(lambda: len(image.get_layers()) == 2, 5)
    note('script deleted', dict(facts, back=about(image) == [before[0], before[2]]))

    before = about(image)
    done, facts = meanwhile(lambda: press(main, 'ctrl+a'), lambda: generate(image, **{'class': embedded.CLASSES[1], 'steps': 250}))
    facts.update(outcome(done), at=[place(layer) for layer in done.layers], selection=bounds(image))
    note('script selection', dict(facts, same=others(image) == before))
    view.delete()

    # Besides another view, so that GIMP frees this one, with the progress bar in it, and shows the rest of the progress in the other. Meson
    # has freed memory overwritten: a GIMP that uses it still does not live long.
    other = Gimp.Display.new(new_image(64, 64))
    image = new_image(200, 120)
    view, main = shown(image, '200x120.*GIMP$')
    images = len(Gimp.get_images())
    done, facts = meanwhile(lambda: press(main, 'ctrl+w'), lambda: generate(image, **{'class': embedded.CLASSES[1], 'steps': 250}))
    facts.update(outcome(done), images=len(Gimp.get_images()) - images, valid=image.is_valid(), freed=not view.is_valid())
    note('script closed', facts)
    note('script after', outcome(generate(**{'class': embedded.CLASSES[1], 'steps': 2})))
    other.delete()


for part in (generating, upsampling, scripted):
    part()
note('finished', True)

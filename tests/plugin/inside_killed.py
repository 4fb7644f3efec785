# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: the plug-in is killed at many points of its run."""
import os
import time

from inside_gimp import Gimp, embedded, generate, names, new_image, note, outcome, pixels
from window_driver import press, wait, window

CLASS = embedded.CLASSES[1]
POINTS = (
    [('gimp_progress_init', 1, 'self')] + [('gimp_progress_update', n, 'self') for n in (1, 2, 3, 4)] + [('gimp_progress_end', 1, 'self')]
    + [('gimp_layer_new', n, 'self') for n in (1, 2, 3)] + [('gimp_drawable_get_buffer', 2, 'self'), ('gimp_drawable_update', 3, 'self')]
    + [('gimp_item_attach_parasite', n, 'self') for n in (1, 3)]
    + [(name, n, whom) for whom in ('self', 'others') for name, n in (
        ('gimp_image_undo_group_start', 1), ('gimp_image_insert_layer', 1), ('gimp_image_insert_layer', 2), ('gimp_image_insert_layer', 3),
        ('gimp_image_undo_group_end', 1))]
    + [('gimp_displays_flush', 1, 'self')])
# While a picture is being upsampled.
UP_STEPS = embedded.UPSAMPLER_DEFAULTS['steps']
UPSAMPLING = [('gimp_progress_update', max(1, n), 'self') for n in (UP_STEPS * 3 // 10, UP_STEPS * 6 // 10)]


def look():
    return {'names': names(image), 'same': [pixels(layer) for layer in image.get_layers()[-2:]] == before}


def killed(point, **arguments):
    with open(os.environ['ADM_TEST_KILL'], 'w', encoding='ascii') as file:
        file.write('%s %d %s' % point)
    done = generate(image, **{'class': CLASS, 'seed': 7, 'steps': 3, **arguments})
    # A process that was left alone may still be at work.
    time.sleep(0.2)
    fact = dict(look(), reached=not os.path.exists(os.environ['ADM_TEST_KILL']), status=done.status.value_nick)
    if len(fact['names']) > 2:
        press(main, 'ctrl+z')
        wait(lambda: len(image.get_layers()) == 2, 3)
        time.sleep(0.2)
        fact['undone'] = look()
        for layer in image.get_layers()[:-2]:
            image.remove_layer(layer)
    return fact


image = new_image(200, 150, layers=('Bottom', 'Top'))
display = Gimp.Display.new(image)
before = [pixels(layer) for layer in image.get_layers()]
main = window('GIMP$', 60)
note('main window', main is not None)
facts = []
for point in POINTS:
    facts.append([point, killed(point, count=3)])
    note('killed', facts)
for point in UPSAMPLING:
    facts.append([point, killed(point, upsample=True)])
    note('killed', facts)
if os.path.exists(os.environ['ADM_TEST_KILL']):
    os.remove(os.environ['ADM_TEST_KILL'])

done = generate(image, **{'class': CLASS, 'seed': 7, 'steps': 2, 'count': 3})
note('after', dict(outcome(done), names=names(image)))
press(main, 'ctrl+z')
wait(lambda: len(image.get_layers()) == 2, 5)
note('after undone', look())

note('finished', True)

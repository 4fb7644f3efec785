# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside GIMP: generates pictures into all kinds of images, and with all kinds of wrong arguments."""
import os

from gi.repository import GdkPixbuf, GLib
from inside_gimp import Gimp, call, describe, embedded, generate, names, new_image, note, outcome, pixels, upscale

CLASS, OTHER = embedded.CLASSES[1:3]

# No image open: a new one.
done = generate(**{'class': CLASS, 'seed': 7, 'steps': 8})
note('fresh', dict(outcome(done), size=[done.image.get_width(), done.image.get_height()], names=names(done.image),
                   described=[describe(layer) for layer in done.layers], undo=done.image.undo_is_enabled()))

# Sampler, steps and scale left out.
done = generate(**{'class': CLASS, 'seed': 7})
note('own', dict(outcome(done), described=[describe(layer) for layer in done.layers]))

# Two pictures, above the active layer, at the selection.
image = new_image(300, 200, layers=('Bottom', 'Middle', 'Top'))
middle = image.get_layers()[1]
image.set_selected_layers([middle])
image.select_rectangle(Gimp.ChannelOps.REPLACE, 50, 40, 120, 100)
done = generate(image, **{'class': OTHER.upper(), 'seed': 7, 'steps': 8, 'count': 2, 'scale': 2.5, 'natural-size': True})
note('selection', dict(outcome(done), same_image=done.image == image, names=names(image),
                       described=[describe(layer) for layer in done.layers]))

# Centred without a selection; upsampled.
Gimp.Selection.none(image)
done = generate(image, **{'class': CLASS, 'seed': 7, 'steps': 8, 'upsample': True})
note('upsampled', dict(outcome(done), described=[describe(layer) for layer in done.layers]))

# No class, and the seed that is drawn.
done = generate(image, seed=7, steps=4)
note('no-class', dict(outcome(done), described=[describe(layer) for layer in done.layers]))
done = generate(image, seed=7, steps=4, randomize=True)
note('randomized', dict(outcome(done), described=[describe(layer) for layer in done.layers]))

# The window's history: left alone, unless it is asked for; by each procedure.
def kept():
    folder = os.path.join(Gimp.directory(), 'plug-in-adm-history')
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


note('history left alone', kept())
generate(**{'class': CLASS, 'seed': 7, 'steps': 4, 'count': 2, 'history': True})
small = new_image(80, 70)
call('plug-in-adm-fill', small, small.get_layers(), **{'class': OTHER, 'seed': 9, 'history': True})
upscale(small, small.get_layers()[-1:], seed=11, steps=3, history=True)
facts = {}
for name in kept():
    if not name.endswith('.png'):
        file = GLib.KeyFile()
        file.load_from_file(os.path.join(Gimp.directory(), 'plug-in-adm-history', name), GLib.KeyFileFlags.NONE)
        group = file.get_groups()[0][0]
        picture = GdkPixbuf.Pixbuf.new_from_file(os.path.join(Gimp.directory(), 'plug-in-adm-history', name[:name.rindex('.')] + '.png'))
        facts[file.get_string(group, 'seed')] = [file.get_boolean(group, 'added'), file.get_string(group, 'class'), picture.get_width()]
note('history', facts)

# Inside a selected group.
image = new_image(100, 100)
group = Gimp.GroupLayer.new(image, 'Group')
image.insert_layer(group, None, 0)
image.set_selected_layers([group])
done = generate(image, **{'class': CLASS, 'steps': 4})
note('group', dict(outcome(done), parent=done.layers[0].get_parent().get_name()))

# Grey and deep images.
image = new_image(80, 80, Gimp.ImageBaseType.GRAY)
done = generate(image, **{'class': CLASS, 'seed': 7, 'steps': 8})
note('grey', dict(outcome(done), described=[describe(layer) for layer in done.layers]))
image = new_image(80, 80)
image.convert_precision(Gimp.Precision.FLOAT_LINEAR)
done = generate(image, **{'class': CLASS, 'seed': 7, 'steps': 8})
note('linear', dict(outcome(done), described=[describe(layer) for layer in done.layers]))

# Networks that make grey pictures, or transparency, in a new image, one of colours and a grey one.
facts = {}
for model in ('grey', 'rgba'):
    facts[model] = []
    for image in (None, new_image(40, 30), new_image(40, 30, Gimp.ImageBaseType.GRAY)):
        done = generate(image, **{'model': model, 'class': '1', 'seed': 7, 'steps': 4, 'count': 2, 'natural-size': True})
        facts[model].append(dict(outcome(done), described=[dict(describe(layer), alpha=pixels(layer, 'A u8'), grey=pixels(layer, "Y' u8")) for layer in done.layers]))
note('channels', facts)
generate(**{'model': 'rgba', 'class': '1', 'seed': 77, 'steps': 4, 'history': True})
note('kept with alpha', [GdkPixbuf.Pixbuf.new_from_file(os.path.join(Gimp.directory(), 'plug-in-adm-history', name)).get_has_alpha()
                         for name in kept() if name.endswith('.png')].count(True))

# Refusals: nothing may change.
indexed = new_image(80, 80, Gimp.ImageBaseType.INDEXED)
note('indexed', outcome(generate(indexed, **{'class': CLASS, 'steps': 4})))
image = new_image(80, 80)
before = pixels(image.get_layers()[0])
for name, arguments in {
        'unknown class': {'class': 'unicorn rider'},
        'class number': {'class': '99'},
        'unknown model': {'model': 'no-such-model'},
        'empty model': {'model': ''},
        'broken weights': {'model': 'broken', 'class': CLASS},
        'unknown sampler': {'sampler': 'euler'},
        'no steps': {'steps': -1},
        'one step': {'steps': 1},
        'a billion steps': {'steps': 10 ** 9},
        'negative scale': {'scale': -0.5},
        'huge scale': {'scale': 1e300},
        'negative seed': {'seed': -5},
        'no pictures': {'count': 0},
        'a billion pictures': {'count': 10 ** 9},
}.items():
    note(name, outcome(generate(image, **dict({'class': CLASS, 'steps': 4}, **arguments))))
note('untouched', {'images': [names(indexed), names(image)], 'same': pixels(image.get_layers()[0]) == before,
                   'dirty': image.is_dirty(), 'open': len(Gimp.get_images())})

# Weights that hold NaN, and weights of which infinity comes: nothing may change, undo's history included.
image = new_image(64, 64)
before = pixels(image.get_layers()[0])
image.clean_all()
opened = len(Gimp.get_images())
facts = []
for kind in ('nan', 'huge'):
    for part in ('diffusion', 'classifier', 'upsampler', 'upsampler'):
        arguments = {'model': '%s %s' % (kind, part), 'steps': 3}
        if len(facts) % 4 == 3:
            procedure, done = 'upscale', upscale(image, image.get_layers(), **arguments)
        else:
            procedure, done = 'generate', generate(image, **dict(arguments, **{'class': CLASS, 'count': 2, 'upsample': part == 'upsampler'}))
        facts.append([procedure, kind, part, dict(outcome(done), names=names(image), same=pixels(image.get_layers()[0]) == before,
                                                  dirty=image.is_dirty(), open=len(Gimp.get_images()) == opened)])
note('bad pictures', facts)

# The model by another spelling, and by its file.
note('model by name', outcome(generate(image, **{'model': embedded.ID.upper(), 'class': '0', 'steps': 4})))
note('called by name', outcome(call('plug-in-adm-generate', image, image.get_layers()[:1], **{'class': embedded.CLASSES[0], 'steps': 2})))
note('finished', True)

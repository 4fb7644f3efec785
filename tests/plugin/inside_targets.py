# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside GIMP: pictures that cover selections, layers and images of all kinds, and places where none can go."""
import array
import colorsys
import json

from inside_gimp import Gegl, Gimp, base64, call, describe, embedded, generate, names, new_image, note, outcome, pixels

CLASS = embedded.CLASSES[1]
SIDE = embedded.DESCRIPTION['image_size']


def cover(image, **arguments):
    return generate(image, **dict({'class': CLASS, 'seed': 7, 'steps': 3}, **arguments))


def masked(layer):
    mask = layer.get_mask()
    return pixels(mask, 'Y u8') if mask else None


def selected(image, left, top):
    """What is selected of the square at LEFT, TOP, as bytes."""
    buffer = image.get_selection().get_buffer()
    return base64.b64encode(buffer.get(Gegl.Rectangle.new(left, top, SIDE, SIDE), 1.0, 'Y u8', Gegl.AbyssPolicy.NONE)).decode()


# A soft ellipse in images of all kinds: size, place, mask.
facts = []
for base, precision in ((Gimp.ImageBaseType.RGB, None), (Gimp.ImageBaseType.GRAY, None), (Gimp.ImageBaseType.RGB, Gimp.Precision.U16_NON_LINEAR),
                        (Gimp.ImageBaseType.RGB, Gimp.Precision.FLOAT_LINEAR)):
    image = new_image(200, 150, base, layers=('Bottom', 'Top'))
    if precision:
        image.convert_precision(precision)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 30, 20, SIDE, SIDE)
    left, top = 30, 20
    before = [pixels(layer) for layer in image.get_layers()]
    done = cover(image)
    facts.append(dict(outcome(done), described=[describe(layer) for layer in done.layers], masks=[masked(layer) for layer in done.layers],
                      selected=selected(image, left, top), names=names(image), untouched=before == [pixels(layer) for layer in image.get_layers()[1:]],
                      still=not Gimp.Selection.is_empty(image)))
note('ellipse', facts)

# A layer that lies partly outside; a group; the whole image; a new one beside it.
image = new_image(100, 100, layers=('Bottom',))
layer = Gimp.Layer.new(image, 'Outside', SIDE, SIDE, Gimp.ImageType.RGBA_IMAGE, 100, Gimp.LayerMode.NORMAL)
layer.set_offsets(-10, 70)
image.insert_layer(layer, None, 0)
done = cover(image, where='layer')
note('outside', dict(outcome(done), described=[describe(layer) for layer in done.layers], names=names(image)))
group = Gimp.GroupLayer.new(image, 'Group')
image.insert_layer(group, None, 0)
image.reorder_item(layer, group, 0)
image.set_selected_layers([group])
done = cover(image, where='layer')
note('group', dict(outcome(done), described=[describe(layer) for layer in done.layers], parent=done.layers[0].get_parent() is not None if done.layers else None))
image = new_image(SIDE, SIDE)
note('image', dict(outcome(cover(image, where='image')), names=names(image)))
done = cover(image, where='new-image')
note('new image', dict(outcome(done), other=done.image != image, names=names(image)))

# Finer settings reach the core as they do from the program.
note('long seed', [describe(layer) for layer in cover(None, **{'long-seed': '3000000000'}).layers])
note('exact', [describe(layer) for layer in cover(None, exact=True, sampler='ddim', eta=0.5).layers])
note('up', [describe(layer) for layer in cover(None, **{'upsample': True, 'upsample-sampler': 'ddim', 'upsample-steps': 3}).layers])
note('respaced', [describe(layer) for layer in cover(None, respacing='2,3', sampler='ddpm').layers])
note('interval', [describe(layer) for layer in cover(None, **{'guide-from': 0.5, 'guide-to': 5.0, 'scale': 2.0}).layers])

def first_colors(*names):
    """What stood for classes in the first maps, which have no legend."""
    colors = []
    for name in names:
        i = embedded.CLASSES.index(name)
        rgb = colorsys.hsv_to_rgb((0.13 + i * 0.618033988749895) % 1, 0.55 if i // 2 % 2 else 0.9, 0.62 if i % 2 else 0.95)
        colors.append(''.join('%02x' % int(255 * channel + 0.5) for channel in rgb))
    return colors


# Any size, from pictures, with what surrounds them, seamless, and by maps.
def painted(width, height, seed=1):
    """An image whose only layer holds pixels of all values."""
    image = new_image(width, height)
    values = bytes((i * 37 + i // 256 * 11 + seed) % 256 for i in range(width * height * 3))
    buffer = image.get_layers()[0].get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, width, height), "R'G'B' u8", values)
    buffer.flush()
    image.get_layers()[0].update(0, 0, width, height)
    return image


def canvas(name, image, **arguments):
    start = image.get_layers()[0]
    if arguments.pop('from_layer', False):
        arguments['start'] = start
    before = pixels(start)
    done = cover(image, **arguments)
    note(name, dict(outcome(done), before=before, described=[describe(layer) for layer in done.layers], masks=[masked(layer) for layer in done.layers]))


image = painted(200, 130)
image.select_ellipse(Gimp.ChannelOps.REPLACE, 20, 15, 120, 70)
Gimp.Selection.feather(image, 10)
bounds = Gimp.Selection.bounds(image)
note('bounds', [bounds.x1, bounds.y1, bounds.x2, bounds.y2])
canvas('filled', image)
canvas('edges', painted(200, 130), where='image')
image = painted(200, 130)
image.select_rectangle(Gimp.ChannelOps.REPLACE, 40, 30, 80, 90)
canvas('matched', image, **{'match-edges': True})
canvas('given back', painted(100, 70), from_layer=True, change=0.0)
canvas('changed', painted(100, 70), from_layer=True, change=0.4)
canvas('seamless', painted(100, 70), **{'where': 'layer', 'seamless-x': True, 'seamless-y': True, 'texture-size': 0.5})
canvas('mended', painted(160, 150), where='layer', **{'mend-seams': True})
canvas('blended', painted(96, 80), where='layer', **{'second-class': embedded.CLASSES[3], 'balance': 0.3})
canvas('free', painted(96, 80), where='layer', guidance='free', scale=2.0)
canvas('varied', painted(64, 64), where='layer', vary=0.2, **{'vary-seed': '99'})
canvas('upsampled', painted(300, 260), where='layer', upsample=True, **{'upsample-steps': 2})
canvas('tiny', painted(1, 1), where='layer')

# Maps: today's colours, those of the first maps, and a legend of its own mean the same classes.
def mapped(colors, legend=None):
    image = new_image(96, 64)
    layer = Gimp.Layer.new(image, 'Map', 96, 64, Gimp.ImageType.RGBA_IMAGE, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, 96, 64), "R'G'B'A u8", b''.join((bytes.fromhex(colors[x >= 48]) + b'\xff') for _y in range(64) for x in range(96)))
    buffer.flush()
    layer.update(0, 0, 96, 64)
    if legend:
        layer.attach_parasite(Gimp.Parasite.new('adm-map-legend', 1, json.dumps({'classes': legend}).encode() + b'\0'))
    done = generate(image, seed=7, steps=3, map=layer)
    return dict(outcome(done), pixels=[pixels(layer) for layer in done.layers])


note('maps', [mapped(('46b02c', '1d5fd6')), mapped(first_colors('grass', 'water')),
              mapped(('000000', 'ffffff'), {'grass': '#000000', 'water': '#ffffff'}),
              mapped(('1d5fd6', '46b02c'), {'grass': '#1d5fd6', 'water': '#46b02c'}),
              mapped(('000000', 'ffffff'), {'zebra': '#000000'})])

# The short procedure: the selection, or else the layer; from nothing, or from what is there.
facts = {}
for name, select, arguments in (('selected', True, {}), ('layer', False, {'seamless': True}), ('changed', False, {'change': 0.3}), ('kept', False, {'change': 0.0})):
    image = painted(72, 66)
    if select:
        image.select_ellipse(Gimp.ChannelOps.REPLACE, 4, 2, SIDE, SIDE)
    before = pixels(image.get_layers()[0])
    done = call('plug-in-adm-fill', image, [image.get_layers()[0]], **dict({'class': CLASS, 'seed': 7}, **arguments))
    facts[name] = dict(outcome(done), before=before, described=[describe(layer) for layer in done.layers], masks=[masked(layer) is not None for layer in done.layers])
image = painted(72, 66)
two = call('plug-in-adm-fill', image, [image.get_layers()[0].copy(), image.get_layers()[0]])
facts['two'], facts['too much'] = outcome(two), outcome(call('plug-in-adm-fill', image, image.get_layers(), change=1.5))
facts['untouched'] = len(image.get_layers()) == 1
note('fill', facts)

# In images of more bits, of linear light, of another colour space: what is given back is the layer's own numbers.
def numbers(layer, fmt):
    data = base64.b64decode(pixels(layer, fmt))
    return [value / 65535 for value in array.array('H', data)] if fmt.endswith('u16') else array.array('f', data)


facts = []
for precision, profile, fmt in ((Gimp.Precision.U16_NON_LINEAR, None, "R'G'B' u16"), (Gimp.Precision.U16_LINEAR, None, 'RGB u16'),
                                (Gimp.Precision.FLOAT_LINEAR, None, 'RGB float'), (Gimp.Precision.U16_NON_LINEAR, Gimp.ColorProfile.new_rgb_adobe(), "R'G'B' u16")):
    image = painted(72, 66)
    image.convert_precision(precision)
    if profile:
        image.convert_color_profile(profile, Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC, False)
    layer = image.get_layers()[0]
    eight = pixels(layer)
    done = call('plug-in-adm-fill', image, [layer], **{'class': CLASS, 'seed': 7, 'change': 0.0})
    made = generate(image, **{'class': CLASS, 'seed': 7, 'steps': 3, 'where': 'new-image', 'natural-size': True})
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 2, 1, SIDE, SIDE)
    here = cover(image)
    facts.append(dict(outcome(done), off=[max(abs(a - b) for a, b in zip(numbers(other, fmt), numbers(layer, fmt))) for other in done.layers], eight=[pixels(other) == eight for other in done.layers],
                      colors=[pixels(other) for other in [*made.layers, *here.layers]], message=done.message + made.message + here.message))
note('deep', facts)

# Refusals: nothing may change.
image = new_image(80, 80, layers=('Shown', 'Hidden'))
image.get_layers()[0].set_visible(False)
image.set_selected_layers([image.get_layers()[0]])
before = [pixels(layer) for layer in image.get_layers()]
indexed = new_image(80, 80, Gimp.ImageBaseType.INDEXED)
for name, (where, arguments) in {
        'nothing selected': (image, {'where': 'selection'}),
        'hidden layer': (image, {'where': 'layer'}),
        'indexed': (indexed, {'where': 'image'}),
        'nowhere': (image, {'where': 'moon'}),
        'no guidance': (image, {'guidance': 'loud'}),
        'no seed': (image, {'long-seed': 'dice'}),
        'too wide': (None, {'width': 16385, 'height': 10}),
        'too much change': (image, {'change': 1.5}),
        'too much eta': (image, {'eta': 2.0}),
        'no map': (image, {'where': 'layer', 'map': image.get_layers()[1]}),
        'no second sampler': (image, {'upsample': True, 'upsample-sampler': 'euler'}),
}.items():
    note(name, outcome(cover(where, **arguments)))
note('untouched', {'names': names(image), 'same': before == [pixels(layer) for layer in image.get_layers()], 'dirty': indexed.is_dirty()})
note('finished', True)

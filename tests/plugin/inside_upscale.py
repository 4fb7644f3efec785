# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside GIMP: upsamples layers, parts of layers, and what cannot be upsampled."""
import base64
import os

from inside_gimp import Gegl, Gimp, describe, generate, load, names, new_image, note, outcome, pixels, upscale

# A picture of the network's own size.
image = load(os.path.join(os.environ['ADM_TEST_FOLDER'], 'small.png'))
layer = image.get_layers()[0]
before = pixels(layer)
done = upscale(image, [layer], seed=3, steps=4)
note('natural', dict(outcome(done), described=[describe(layer) for layer in done.layers], names=names(image),
                     source=layer.get_name(), unchanged=pixels(layer) == before))

# A part of a larger layer, which is off the image's corner; the selection is in the image's coordinates.
image = new_image(500, 400)
layer = Gimp.Layer.new(image, 'Moved', 450, 350, Gimp.ImageType.RGBA_IMAGE, 100, Gimp.LayerMode.NORMAL)
layer.fill(Gimp.FillType.WHITE)
image.insert_layer(layer, None, 0)
layer.set_offsets(30, 20)
image.select_rectangle(Gimp.ChannelOps.REPLACE, 60, 50, 300, 280)
done = upscale(image, [layer], seed=3, steps=4)
note('large part', dict(outcome(done), described=[describe(layer) for layer in done.layers], names=names(image)))
# A strip far longer than the network's output: at its own size, and sharp, where stripes of 8 pixels would be lost in 64.
LONG = 3000
strip = new_image(LONG, 60)
source = strip.get_layers()[0]
buffer = source.get_buffer()
buffer.set(Gegl.Rectangle.new(0, 0, LONG, 60), "R'G'B' u8", bytes(255 * (x // 8 % 2) for _y in range(60) for x in range(LONG) for _c in range(3)))
buffer.flush()
source.update(0, 0, LONG, 60)
strip.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, LONG, 60)
done = upscale(strip, [source], seed=3, steps=2)
described = [describe(layer) for layer in done.layers]
contrast = []
for one in described:
    row = base64.b64decode(one.pop('pixels'))[30 * LONG * 3:31 * LONG * 3:3]
    light = sum(row[x] for x in range(LONG) if x // 8 % 2) / (LONG // 2)
    contrast.append(light - sum(row[x] for x in range(LONG) if not x // 8 % 2) / (LONG // 2))
note('strip', dict(outcome(done), described=described, contrast=contrast))
strip = new_image(9000, 60)
note('long strip', dict(outcome(upscale(strip, strip.get_layers(), tiles=True)), names=names(strip)))

image.select_rectangle(Gimp.ChannelOps.REPLACE, 60, 50, 100, 50)
done = upscale(image, [layer], seed=3, steps=4)
note('flat part', dict(outcome(done), described=[describe(layer) for layer in done.layers]))
image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 10, 10)
note('outside', outcome(upscale(image, [layer], steps=4)))

# Transparency stays.
Gimp.Selection.none(image)
layer.fill(Gimp.FillType.TRANSPARENT)
done = upscale(image, [layer], steps=4)
note('transparent', dict(outcome(done), alpha=pixels(done.layers[0], 'A u8')))
# A dark layer, half of it seen through: what is enlarged is as dark, and as much of it is seen.
Gimp.context_set_foreground(Gegl.Color.new('#302010'))
Gimp.context_set_opacity(50)
layer.edit_fill(Gimp.FillType.FOREGROUND)
Gimp.context_set_opacity(100)
done = upscale(image, [layer], steps=4)
note('half seen', dict(outcome(done), before=pixels(layer, "R'G'B'A u8")[:8], pixels=pixels(done.layers[0], "R'G'B'A u8")))

# An upsampler that lies in a folder on its own: by its name, and by its file.
image = new_image(64, 64)
facts = []
for model in ('sharpen', os.path.join(os.environ['ADM_TEST_FOLDER'], 'models', 'sharpen.safetensors')):
    done = upscale(image, image.get_layers()[-1:], model=model, seed=3, steps=3, sampler='ddim')
    facts.append(dict(outcome(done), described=[describe(layer) for layer in done.layers]))
note('lone', facts)
note('lone generates', outcome(generate(model='sharpen', steps=3)))

# Grey, indexed, masks, several layers, wrong arguments.
grey = new_image(64, 64, Gimp.ImageBaseType.GRAY)
note('grey', dict(outcome(done := upscale(grey, grey.get_layers(), steps=4)), type=done.layers[0].type().value_nick))
indexed = new_image(64, 64, Gimp.ImageBaseType.INDEXED)
note('indexed', outcome(upscale(indexed, indexed.get_layers(), steps=4)))
image = new_image(64, 64, layers=('One', 'Two'))
mask = image.get_layers()[0].create_mask(Gimp.AddMaskType.WHITE)
image.get_layers()[0].add_mask(mask)
note('mask', outcome(upscale(image, [mask], steps=4)))
note('two layers', outcome(upscale(image, image.get_layers(), steps=4)))
note('no layer', outcome(upscale(image, [], steps=4)))
note('no steps', outcome(upscale(image, image.get_layers()[:1], steps=-1)))
note('unknown model', outcome(upscale(image, image.get_layers()[:1], model='no-such-model')))
note('untouched', [names(indexed), names(image)])
note('finished', True)

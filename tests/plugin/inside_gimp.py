# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts that run inside GIMP share: calling our procedures, looking at layers, noting facts."""
import atexit
import base64
import json
import os
import sys
import time

import gi

gi.require_version('Gimp', '3.0')
gi.require_version('Gegl', '0.4')
from gi.repository import Gegl, Gimp, Gio  # noqa: E402

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import embedded  # noqa: E402,F401 (for the scripts, which take it from here)

Gegl.init(None)
SUCCESS, CANCEL = Gimp.PDBStatusType.SUCCESS, Gimp.PDBStatusType.CANCEL
notes = {}
BEGAN = time.monotonic()


def save():
    with open(os.environ['ADM_TEST_NOTES'], 'w', encoding='utf-8') as file:
        json.dump(notes, file)


atexit.register(save)


def note(name, value):
    """Notes VALUE; saved at once, so that a later failure does not lose it."""
    notes[name] = value
    print('%.1f s: %s' % (time.monotonic() - BEGAN, name), flush=True)
    save()


class Outcome:
    """What a call of a procedure returned."""

    def __init__(self, result, procedure_message):
        self.status = result.index(0)
        self.message = procedure_message
        ok = self.status == SUCCESS
        self.image = result.index(1) if ok else None
        self.layers = list(result.get_core_object_array(2)) if ok else []


def call(name, image=None, drawables=(), **arguments):
    procedure = Gimp.get_pdb().lookup_procedure(name)
    config = procedure.create_config()
    config.set_property('run-mode', Gimp.RunMode.NONINTERACTIVE)
    if image is not None:
        config.set_property('image', image)
    if drawables:
        config.set_core_object_array('drawables', list(drawables))
    for key, value in arguments.items():
        config.set_property(key, value)
    result = procedure.run(config)
    return Outcome(result, Gimp.get_pdb().get_last_error())


def generate(image=None, **arguments):
    return call('plug-in-adm-generate', image, [], **arguments)


def upscale(image, drawables, **arguments):
    return call('plug-in-adm-upscale', image, drawables, **arguments)


def outcome(result):
    """Status and message of a call, as a note."""
    return {'status': result.status.value_nick, 'message': result.message, 'layers': len(result.layers)}


def pixels(drawable, fmt="R'G'B' u8"):
    buffer = drawable.get_buffer()
    area = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    return base64.b64encode(buffer.get(area, 1.0, fmt, Gegl.AbyssPolicy.NONE)).decode()


def describe(layer):
    """Everything of a layer that the tests look at."""
    parasite = layer.get_parasite('adm-settings')
    offsets = layer.get_offsets()
    return {'name': layer.get_name(), 'size': [layer.get_width(), layer.get_height()], 'offsets': [offsets.offset_x, offsets.offset_y],
            'type': layer.type().value_nick, 'pixels': pixels(layer),
            'settings': bytes(parasite.get_data()).rstrip(b'\0').decode() if parasite else None,
            'persistent': parasite.is_persistent() if parasite else None, 'undoable': parasite.is_undoable() if parasite else None}


def names(image):
    return [layer.get_name() for layer in image.get_layers()]


def new_image(width, height, base=Gimp.ImageBaseType.RGB, layers=('Background',)):
    """An image with opaque grey layers, the last on top and active."""
    image = Gimp.Image.new(width, height, Gimp.ImageBaseType.RGB)
    for name in layers:
        layer = Gimp.Layer.new(image, name, width, height, Gimp.ImageType.RGB_IMAGE, 100, Gimp.LayerMode.NORMAL)
        layer.fill(Gimp.FillType.WHITE)
        image.insert_layer(layer, None, 0)
    if base == Gimp.ImageBaseType.GRAY:
        image.convert_grayscale()
    elif base == Gimp.ImageBaseType.INDEXED:
        image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 8, False, False, '')
    return image


def load(path):
    return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(path))

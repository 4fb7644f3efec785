# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedure plug-in-adm-generate, called from Python inside a headless GIMP."""
import base64
import json
import os
import unittest

import gimp_profile
from gimp_profile import embedded

CLASS, OTHER = embedded.CLASSES[1:3]
KEYS = {'version', 'weights', 'model', 'class', 'scale', 'steps', 'sampler', 'seed', 'randomize', 'count', 'upsample'}
PLACE = {'where', 'natural-size'}


def sample(profile, *arguments):
    """What the command-line program makes of the same settings, as one RGB picture for each image."""
    out = os.path.join(profile.folder, 'expected.png')
    count = int(arguments[arguments.index('--count') + 1]) if '--count' in arguments else 1
    gimp_profile.adm('sample', '--model', embedded.FILE, '--fast', *arguments, '-o', out)
    paths = [out] if count == 1 else [out.replace('.png', '-%d.png' % (i + 1)) for i in range(count)]
    return [gimp_profile.picture(path) for path in paths]


def linear(u8):
    value = u8 / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


class Generate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.profile.add_broken_model()
        for part in ('diffusion', 'classifier', 'upsampler'):
            cls.profile.add_model('NaN ' + part, gimp_profile.with_nan, part)
            cls.profile.add_model('Huge ' + part, gimp_profile.with_overflow, part)
        for name in ('grey', 'rgba'):
            cls.profile.add_fixture(name)
        cls.notes = cls.profile.notes('inside_generate')

    def fact(self, name, layers=None):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        fact = self.notes[name]
        if layers is not None:
            self.assertEqual((fact['status'], fact['layers']), ('success', layers), fact.get('message'))
        return fact

    def pixels(self, described):
        return base64.b64decode(described['pixels'])

    def test_script_reached_its_end(self):
        self.assertTrue(self.fact('finished'))
        self.assertEqual(self.notes['status'], 0)

    def test_the_history_gets_what_it_is_asked_to(self):
        self.assertEqual(self.fact('history left alone'), [])
        width = self.fact('selection')['described'][0]['size'][0]
        self.assertEqual(self.fact('history'), {'7': [True, CLASS, width], '8': [True, CLASS, width], '9': [True, OTHER, 80],
                                                '11': [True, '', 256]})

    def test_without_an_image_a_new_one_is_made(self):
        fact = self.fact('fresh', 1)
        layer = fact['described'][0]
        self.assertEqual(fact['size'], [64, 64])
        self.assertEqual((layer['size'], layer['offsets'], layer['type']), ([64, 64], [0, 0], 'rgba-image'))
        self.assertEqual(fact['names'], embedded.layers(1))
        self.assertTrue(fact['undo'])

    def test_pixels_are_those_of_the_program(self):
        expected = sample(self.profile, '--class', CLASS, '--seed', 7, '--steps', 8)[0]
        self.assertEqual(len(expected), 64 * 64 * 3)
        self.assertGreater(len(set(expected)), 16)
        self.assertEqual(self.pixels(self.fact('fresh', 1)['described'][0]), expected)

    def test_what_is_left_out_is_the_model_s_own(self):
        layer = self.fact('own', 1)['described'][0]
        settings = json.loads(layer['settings'])
        self.assertEqual({key: settings[key] for key in ('sampler', 'steps', 'scale')}, {key: embedded.DEFAULTS[key] for key in ('sampler', 'steps', 'scale')})
        self.assertEqual(self.pixels(layer), sample(self.profile, '--class', CLASS, '--seed', 7)[0])

    def test_batch_at_the_selection_above_the_active_layer(self):
        fact = self.fact('selection', 2)
        self.assertTrue(fact['same_image'])
        first, second = fact['described']
        self.assertEqual(first['offsets'], [50, 40])
        self.assertEqual(second['offsets'], [50, 40])
        self.assertEqual(fact['names'], ['Top', *embedded.layers(2, 2), 'Middle', 'Bottom'])
        expected = sample(self.profile, '--class', OTHER, '--seed', 7, '--steps', 8, '--count', 2, '--scale', 2.5)
        self.assertEqual([self.pixels(first), self.pixels(second)], expected)
        self.assertNotEqual(*expected)

    def test_settings_travel_with_the_layer(self):
        for i, layer in enumerate(self.fact('selection', 2)['described']):
            settings = json.loads(layer['settings'])
            self.assertEqual(set(settings), KEYS | PLACE)
            version, weights = settings.pop('version'), settings.pop('weights')
            self.assertRegex(version, r'^\d+\.\d+')
            self.assertRegex(weights, r'^diffusion=[0-9a-f]{16} classifier=[0-9a-f]{16} upsampler=[0-9a-f]{16}$')
            self.assertEqual(settings, {'model': embedded.ID, 'class': OTHER, 'scale': 2.5, 'steps': 8, 'sampler': embedded.DEFAULTS['sampler'],
                                        'seed': 7 + i, 'randomize': False, 'count': 1, 'upsample': False, 'where': 'selection', 'natural-size': True})
            self.assertTrue(layer['persistent'] and layer['undoable'])

    def test_upsampled_and_centred(self):
        layer = self.fact('upsampled', 1)['described'][0]
        self.assertEqual(layer['size'], [256, 256])
        self.assertEqual(layer['offsets'], [22, -28])
        self.assertTrue(json.loads(layer['settings'])['upsample'])
        expected = sample(self.profile, '--class', CLASS, '--seed', 7, '--steps', 8, '--upscale')[0]
        self.assertEqual(self.pixels(layer), expected)

    def test_no_class_is_unguided(self):
        layer = self.fact('no-class', 1)['described'][0]
        settings = json.loads(layer['settings'])
        self.assertEqual((settings['class'], settings['scale']), ('none', 0))
        self.assertEqual(layer['name'], embedded.NAME)
        self.assertEqual(self.pixels(layer), sample(self.profile, '--class', 'none', '--seed', 7, '--steps', 4, '--scale', 0)[0])

    def test_randomize_draws_a_seed_and_tells_it(self):
        layer = self.fact('randomized', 1)['described'][0]
        settings = json.loads(layer['settings'])
        self.assertNotEqual(settings['seed'], 7)
        self.assertEqual(self.pixels(layer),
                         sample(self.profile, '--class', 'none', '--seed', settings['seed'], '--steps', 4, '--scale', 0)[0])

    def test_inside_a_selected_group(self):
        self.assertEqual(self.fact('group', 1)['parent'], 'Group')

    def test_grey_image_gets_grey_layers(self):
        layer = self.fact('grey', 1)['described'][0]
        self.assertEqual(layer['type'], 'graya-image')
        colors = self.pixels(self.fact('fresh', 1)['described'][0])
        greys = self.pixels(layer)
        for i in range(0, len(greys), 3):
            self.assertEqual(greys[i], greys[i + 1])
            # Luminance in linear light, by sRGB's weights adapted to D50 as babl has them; a unit and a half for rounding.
            light = 0.2225 * linear(colors[i]) + 0.7169 * linear(colors[i + 1]) + 0.0606 * linear(colors[i + 2])
            low, high = linear(max(greys[i] - 1.5, 0)), linear(greys[i] + 1.5)
            self.assertTrue(low - 1e-3 <= light <= high + 1e-3, (i, colors[i:i + 3], greys[i]))

    def test_linear_image_shows_the_same_picture(self):
        self.assertEqual(self.pixels(self.fact('linear', 1)['described'][0]), self.pixels(self.fact('fresh', 1)['described'][0]))

    def test_grey_and_transparent_networks(self):
        """Colours and alpha are the program's, whatever the image; in a grey one grey as exact as the network's."""
        for name, channels in (('grey', 1), ('rgba', 4)):
            made = []
            for seed in (7, 8):
                out = os.path.join(self.profile.folder, 'channels.png')
                gimp_profile.adm('sample', '--model', os.path.join(self.profile.models, name + '.pt'), '--class', 1, '--fast', '--seed', seed, '--steps', 4, '-o', out)
                made.append(gimp_profile.picture(out, 4 if channels == 4 else 3))
            for i, fact in enumerate(self.fact('channels')[name]):
                with self.subTest(name, image=i):
                    self.assertEqual((fact['status'], fact['layers']), ('success', 2), fact['message'])
                    for layer, picture in zip(fact['described'], made):
                        self.assertEqual((layer['size'], layer['type']), ([16, 16], 'graya-image' if i == 2 else 'rgba-image'))
                        self.assertEqual(base64.b64decode(layer['alpha']), picture[3::4] if channels == 4 else b'\xff' * 256)
                        if i < 2:
                            self.assertEqual(self.pixels(layer), bytes(v for k, v in enumerate(picture) if channels == 1 or k % 4 < 3))
                        elif channels == 1:
                            self.assertEqual(base64.b64decode(layer['grey']), picture[::3])
            if channels == 4:
                self.assertGreater(len(set(made[0][3::4])), 16)
        self.assertEqual(self.fact('kept with alpha'), 1)

    def test_refusals_say_what_to_do(self):
        for name, status, words in (
                ('indexed', 'calling-error', ['Indexed', 'RGB']),
                ('unknown class', 'calling-error', ['unicorn rider']),
                ('class number', 'calling-error', ['99']),
                ('unknown model', 'calling-error', ['no-such-model', embedded.ID]),
                ('empty model', 'calling-error', ['There is no model', embedded.ID]),
                ('unknown sampler', 'calling-error', ['euler', 'ddim', 'ddpm']),
                ('no steps', 'calling-error', ['-1 steps', '2 to 1000']),
                ('one step', 'calling-error', ['1 steps', '2 to 1000']),
                ('a billion steps', 'calling-error', ['1000000000 steps', '2 to 1000']),
                ('negative scale', 'calling-error', ['-0.5', 'Choose 0']),
                ('huge scale', 'calling-error', ['1e+300', 'Choose 0']),
                ('negative seed', 'calling-error', ['-5', 'from 0']),
                ('no pictures', 'calling-error', ['0 pictures', 'Choose 1']),
                ('a billion pictures', 'calling-error', ['1000000000 pictures', 'Choose 1'])):
            with self.subTest(name):
                fact = self.fact(name)
                self.assertEqual(fact['status'], status)
                for word in words:
                    self.assertIn(word, fact['message'])

    def test_broken_weights(self):
        fact = self.fact('broken weights')
        self.assertEqual(fact['status'], 'execution-error')
        self.assertIn('broken-diffusion.safetensors', fact['message'])
        self.assertIn(embedded.ID, fact['message'])

    def test_bad_pictures_are_told_and_not_inserted(self):
        """NaN in the weights is found while they load, the tensor named; what overflows, at its step."""
        facts = self.fact('bad pictures')
        self.assertEqual(len(facts), 8)
        for procedure, kind, part, fact in facts:
            with self.subTest(procedure=procedure, kind=kind, part=part):
                self.assertEqual(fact['status'], 'execution-error')
                words = ['nan-%s-%s.safetensors' % (part, part), 'time_embed.2.weight'] if kind == 'nan' else ['NaN or infinity at step 1 of ']
                for word in words:
                    self.assertIn(word, fact['message'])
                self.assertEqual((fact['layers'], fact['names'], fact['same'], fact['dirty'], fact['open']), (0, ['Background'], True, False, True))

    def test_refusals_change_nothing(self):
        fact = self.fact('untouched')
        self.assertEqual(fact['images'], [['Background'], ['Background']])
        self.assertTrue(fact['same'])

    def test_model_by_another_spelling(self):
        self.fact('model by name', 1)
        self.fact('called by name', 1)


if __name__ == '__main__':
    unittest.main(verbosity=2)

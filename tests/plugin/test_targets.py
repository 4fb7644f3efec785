# SPDX-License-Identifier: GPL-3.0-or-later
"""What a picture covers, and the finer settings, by the procedure in a headless GIMP."""
import base64
import json
import os
import unittest

import gimp_profile
from gimp_profile import embedded

CLASS = embedded.CLASSES[1]
SIDE = embedded.DESCRIPTION['image_size']
UNIT = 1.01 / 65535  # one step of 16 bits: conversions on different ways round apart


class Targets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.notes = cls.profile.notes('inside_targets')

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def sample(self, *arguments):
        out = os.path.join(self.profile.folder, 'expected.png')
        precision = () if '--exact' in arguments else ('--fast',)
        gimp_profile.adm('sample', '--model', embedded.FILE, '--class', CLASS, *precision, *arguments, '-o', out)
        return gimp_profile.picture(out)

    def test_script_reached_its_end(self):
        self.assertTrue(self.fact('finished'))

    def test_a_selection_is_covered_and_masks(self):
        for fact in self.fact('ellipse'):
            self.assertEqual((fact['status'], fact['layers']), ('success', 1), fact['message'])
            layer = fact['described'][0]
            self.assertEqual((layer['size'], layer['offsets']), ([SIDE, SIDE], [30, 20]))
            self.assertEqual(fact['masks'], [fact['selected']])
            self.assertGreater(len(set(base64.b64decode(fact['selected']))), 2, 'an ellipse has a soft edge')
            self.assertEqual(fact['names'][1:], ['Top', 'Bottom'])
            self.assertTrue(fact['untouched'] and fact['still'])

    def test_a_layer_partly_outside_is_covered(self):
        fact = self.fact('outside')
        self.assertEqual((fact['status'], fact['layers']), ('success', 1), fact['message'])
        self.assertEqual((fact['described'][0]['size'], fact['described'][0]['offsets']), ([SIDE, SIDE], [-10, 70]))
        self.assertEqual(fact['names'][1:], ['Outside', 'Bottom'])

    def test_a_group_is_covered_from_above(self):
        fact = self.fact('group')
        self.assertEqual((fact['status'], fact['parent']), ('success', False), fact['message'])
        self.assertEqual(fact['described'][0]['offsets'], [-10, 70])

    def test_a_whole_image_and_a_new_one(self):
        self.assertEqual((self.fact('image')['status'], len(self.fact('image')['names'])), ('success', 2))
        fact = self.fact('new image')
        self.assertEqual((fact['status'], fact['other'], len(fact['names'])), ('success', True, 2))

    def test_finer_settings_are_the_program_s(self):
        for name, arguments in {
                'long seed': ('--seed', 3000000000, '--steps', 3),
                'exact': ('--seed', 7, '--steps', 3, '--exact', '--sampler', 'ddim', '--eta', 0.5),
                'up': ('--seed', 7, '--steps', 3, '--upscale', '--up-sampler', 'ddim', '--up-steps', 3),
                'respaced': ('--seed', 7, '--respacing', '2,3', '--sampler', 'ddpm'),
                'interval': ('--seed', 7, '--steps', 3, '--scale', 2.0, '--guidance-interval', '0.5,5')}.items():
            with self.subTest(name):
                (layer,) = self.fact(name)
                self.assertEqual(base64.b64decode(layer['pixels']), self.sample(*arguments))
        self.assertEqual(json.loads(self.fact('long seed')[0]['settings'])['seed'], 3000000000)
        settings = json.loads(self.fact('up')[0]['settings'])
        self.assertEqual((settings['upsample-sampler'], settings['upsample-steps']), ('ddim', 3))

    def made(self, name):
        fact = self.fact(name)
        self.assertEqual((fact['status'], fact['layers']), ('success', 1), fact['message'])
        return fact['described'][0], base64.b64decode(fact['described'][0]['pixels']), base64.b64decode(fact['before'])

    def test_a_soft_selection_of_any_size_is_filled(self):
        x1, y1, x2, y2 = self.fact('bounds')
        layer, _pixels, _before = self.made('filled')
        self.assertEqual((layer['size'], layer['offsets']), ([x2 - x1, y2 - y1], [x1, y1]))
        self.assertGreater(len(set(base64.b64decode(self.fact('filled')['masks'][0]))), 100)
        self.assertEqual(self.made('edges')[0]['size'], [200, 130])
        self.assertEqual(self.made('tiny')[0]['size'], [1, 1])
        self.assertEqual(self.made('upsampled')[0]['size'], [300, 260])

    def test_nothing_changed_gives_the_layer_s_bytes(self):
        _layer, pixels, before = self.made('given back')
        self.assertEqual(pixels, before)
        _layer, pixels, before = self.made('changed')
        self.assertNotEqual(pixels, before)

    def test_deep_images_keep_their_numbers_and_show_the_same_colors(self):
        for fact in self.fact('deep'):
            self.assertEqual((fact['status'], fact['eight']), ('success', [True]), fact['message'])
            self.assertLessEqual(fact['off'][0], UNIT)
            self.assertEqual(*map(base64.b64decode, fact['colors']))
        eight, _grey, *deep = (base64.b64decode(fact['described'][0]['pixels']) for fact in self.fact('ellipse'))
        self.assertEqual(deep, [eight, eight])

    def test_mended_seams_keep_the_middle(self):
        layer, pixels, before = self.made('mended')
        width, height = layer['size']
        row = slice((height // 2 * width + width // 2 - 8) * 3, (height // 2 * width + width // 2 + 8) * 3)
        self.assertEqual(pixels[row], before[row])
        self.assertNotEqual(pixels[:48], before[:48])

    def test_maps_mean_what_their_legends_say(self):
        today, first, own, turned, none = self.fact('maps')
        for fact in (today, first, own, turned):
            self.assertEqual((fact['status'], fact['layers']), ('success', 1), fact['message'])
            self.assertEqual(fact['pixels'], today['pixels'])
        self.assertEqual((none['status'], none['layers']), ('calling-error', 0))
        self.assertIn('no color of a class', none['message'])

    def test_the_rest_is_made(self):
        plain = self.made('edges')[1]
        for name in ('matched', 'seamless', 'blended', 'free', 'varied'):
            with self.subTest(name):
                layer, pixels, before = self.made(name)
                self.assertGreater(len(set(pixels)), 8)
                self.assertNotEqual(pixels, before)
        settings = json.loads(self.fact('seamless')['described'][0]['settings'])
        self.assertEqual((settings['seamless-x'], settings['texture-size'], settings['width']), (True, 0.5, 100))
        self.assertNotEqual(plain, self.made('seamless')[1])

    def test_refusals_say_what_to_do(self):
        for name, words in {'nothing selected': ['Nothing is selected', 'Select'], 'hidden layer': ['Hidden', 'Show'], 'indexed': ['Indexed', 'RGB'],
                            'nowhere': ['moon', 'selection'], 'no guidance': ['loud', 'classifier'], 'no seed': ['dice', 'whole number'],
                            'too wide': ['16385', '16384'], 'too much change': ['1.5', '0 to 1'], 'too much eta': ['2', '-1 to 1'],
                            'no map': ['Shown', 'color'], 'no second sampler': ['euler', 'ddim']}.items():
            with self.subTest(name):
                fact = self.fact(name)
                self.assertEqual((fact['status'], fact['layers']), ('calling-error', 0))
                for word in words:
                    self.assertIn(word, fact['message'])

    def test_refusals_change_nothing(self):
        fact = self.fact('untouched')
        self.assertEqual((fact['names'], fact['same']), (['Hidden', 'Shown'], True))

    def test_the_short_procedure_fills(self):
        facts = self.fact('fill')
        expected = self.sample('--seed', 7)
        for name, size, mask in (('selected', [SIDE, SIDE], True), ('layer', [72, 66], False), ('changed', [72, 66], False), ('kept', [72, 66], False)):
            with self.subTest(name):
                fact = facts[name]
                self.assertEqual((fact['status'], fact['layers'], fact['masks']), ('success', 1, [mask]), fact['message'])
                self.assertEqual(fact['described'][0]['size'], size)
                self.assertEqual(fact['described'][0]['pixels'] == fact['before'], name == 'kept')
        self.assertEqual(base64.b64decode(facts['selected']['described'][0]['pixels']), expected)
        self.assertEqual((facts['two']['status'], facts['too much']['status'], facts['untouched']), ('calling-error', 'calling-error', True))
        self.assertIn('one layer', facts['two']['message'])
        self.assertIn('1.5', facts['too much']['message'])


if __name__ == '__main__':
    unittest.main(verbosity=2)

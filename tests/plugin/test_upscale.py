# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedure plug-in-adm-upscale, called from Python inside a headless GIMP."""
import base64
import json
import os
import shutil
import unittest

import gimp_profile
from gimp_profile import embedded


class Upscale(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.small = os.path.join(cls.profile.folder, 'small.png')
        gimp_profile.adm('sample', '--model', embedded.FILE, '--class', embedded.CLASSES[1], '--seed', 7, '--steps', 8, '-o', cls.small)
        shutil.copy(os.path.join(gimp_profile.DATA, embedded.DESCRIPTION['upsampler']), os.path.join(cls.profile.models, 'sharpen.safetensors'))
        cls.notes = cls.profile.notes('inside_upscale')

    def fact(self, name, layers=None):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        fact = self.notes[name]
        if layers is not None:
            self.assertEqual((fact['status'], fact['layers']), ('success', layers), fact.get('message'))
        return fact

    def test_script_reached_its_end(self):
        self.assertTrue(self.fact('finished'))
        self.assertEqual(self.notes['status'], 0)

    def test_layer_of_the_networks_size(self):
        fact = self.fact('natural', 1)
        layer = fact['described'][0]
        self.assertEqual((layer['size'], layer['offsets']), ([256, 256], [0, 0]))
        self.assertEqual(fact['names'], [fact['source'] + ', upsampled', fact['source']])
        self.assertTrue(fact['unchanged'])
        out = os.path.join(self.profile.folder, 'large.png')
        gimp_profile.adm('upscale', '--model', embedded.FILE, '--fast', '--seed', 3, '--steps', 4, self.small, '-o', out)
        self.assertEqual(base64.b64decode(layer['pixels']), gimp_profile.picture(out))

    def test_settings(self):
        layer = self.fact('natural', 1)['described'][0]
        settings = json.loads(layer['settings'])
        self.assertRegex(settings.pop('version'), r'^\d+\.\d+')
        self.assertRegex(settings.pop('weights'), r'^upsampler=[0-9a-f]{16}$')
        self.assertEqual(settings, {'model': embedded.ID, 'class': 'none', 'steps': 4, 'sampler': embedded.UPSAMPLER_DEFAULTS['sampler'], 'seed': 3,
                                    'randomize': False, 'tiles': False})

    def test_part_larger_than_the_result_is_covered(self):
        fact = self.fact('large part', 1)
        layer = fact['described'][0]
        self.assertEqual((layer['size'], layer['offsets']), ([300, 280], [60, 50]))
        self.assertEqual(fact['names'], ['Moved, upsampled', 'Moved', 'Background'])

    def test_a_long_strip_comes_back_sharp(self):
        fact = self.fact('strip', 1)
        self.assertEqual((fact['described'][0]['size'], fact['described'][0]['offsets']), ([3000, 60], [0, 0]))
        self.assertFalse(json.loads(fact['described'][0]['settings'])['tiles'])
        self.assertGreater(fact['contrast'][0], 100)

    def test_more_than_a_picture_can_have_is_refused(self):
        fact = self.fact('long strip')
        self.assertEqual((fact['status'], fact['layers'], fact['names']), ('calling-error', 0, ['Background']))
        self.assertNotIn('\n', fact['message'])
        for word in ('9000 × 60', 'Background', '38400 × 256', '16384', 'smaller part'):
            self.assertIn(word, fact['message'])

    def test_an_upsampler_on_its_own(self):
        facts = self.fact('lone')
        for fact in facts:
            self.assertEqual((fact['status'], fact['layers']), ('success', 1), fact['message'])
            self.assertEqual(fact['described'][0]['size'], [256, 256])
            self.assertEqual(json.loads(fact['described'][0]['settings'])['model'], 'sharpen')
        self.assertEqual(facts[0]['described'][0]['pixels'], facts[1]['described'][0]['pixels'])
        fact = self.fact('lone generates')
        self.assertEqual((fact['status'], fact['layers']), ('calling-error', 0))
        self.assertIn('no diffusion network', fact['message'])

    def test_small_part_keeps_its_proportions(self):
        layer = self.fact('flat part', 1)['described'][0]
        self.assertEqual((layer['size'], layer['offsets']), ([256, 128], [60, 50]))

    def test_transparency_stays(self):
        self.assertEqual(set(base64.b64decode(self.fact('transparent', 1)['alpha'])), {0})

    def test_what_is_half_seen_keeps_its_colors(self):
        """No white comes into them, which would be seen on a dark image: it would make them lighter by 100."""
        fact = self.fact('half seen', 1)
        data, before = (base64.b64decode(fact[key]) for key in ('pixels', 'before'))
        means = [sum(data[c::4]) / (len(data) // 4) for c in range(4)]
        for mean, there in zip(means, before):
            self.assertLess(abs(mean - there), 30, (means, list(before)))

    def test_grey(self):
        self.assertEqual(self.fact('grey', 1)['type'], 'graya-image')

    def test_refusals_say_what_to_do(self):
        for name, words in (('outside', ['selection']), ('indexed', ['Indexed', 'RGB']), ('mask', ['one layer']), ('two layers', ['one layer']),
                            ('no layer', ['one layer']), ('no steps', ['-1 steps', '2 to 1000']),
                            ('unknown model', ['no-such-model', embedded.ID])):
            with self.subTest(name):
                fact = self.fact(name)
                self.assertEqual(fact['status'], 'calling-error')
                for word in words:
                    self.assertIn(word, fact['message'])
        self.assertEqual(self.fact('untouched'), [['Background'], ['Two', 'One']])


if __name__ == '__main__':
    unittest.main(verbosity=2)

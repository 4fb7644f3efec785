# SPDX-License-Identifier: GPL-3.0-or-later
"""Large canvases in the window of a real GIMP, by a network of 256 px as the published ones are, but small and of made-up weights: a
selection filled, its own size the default, and a layer of 2048 x 1536 px seen forming, foretold and stopped."""
import json
import os
import sys
import unittest

import gimp_profile

sys.path.append(os.path.join(os.path.dirname(gimp_profile.HERE), 'cli'))
import harness  # noqa: E402
import stand_in  # noqa: E402

SIDE, CLASSES = 256, ['harbour', 'meadow']
NETWORK = {'kind': 'unet', 'image_size': SIDE, 'model_channels': 32, 'num_res_blocks': 1, 'channel_mult': [1, 1, 2, 2], 'attention_resolutions': [],
           'num_classes': len(CLASSES), 'learn_sigma': True, 'num_heads': 1, 'num_head_channels': 32, 'use_scale_shift_norm': True, 'resblock_updown': True,
           'use_new_attention_order': False, 'noise_schedule': 'linear'}


def add_views(profile):
    """The model Views, of two classes: names and shapes as `adm train` begins with them, but with numbers that paint something (its last
    layer begins with zeros)."""
    pictures, begun = os.path.join(profile.folder, 'pictures'), os.path.join(profile.folder, 'begun.safetensors')
    os.mkdir(pictures)
    for name in CLASSES:
        with open(os.path.join(pictures, name + '_1.png'), 'wb') as file:
            file.write(harness.png(SIDE, SIDE, [bytes(3 * SIDE)] * SIDE))
    files = {'views-network.json': json.dumps(NETWORK), 'views.txt': '\n'.join(CLASSES) + '\n',
             'views.json': json.dumps({'format': 'adm-model-1', 'id': 'views', 'name': 'Views', 'license': 'made up', 'diffusion': 'views-network.safetensors',
                                       'classes': 'views.txt', 'defaults': {'sampler': 'ddim', 'steps': 2, 'scale': 0}})}
    for name, text in files.items():
        with open(os.path.join(profile.models, name), 'w', encoding='utf-8') as file:
            file.write(text)
    gimp_profile.adm('train', '--kind', 'diffusion', '--data', pictures, '--description', os.path.join(profile.models, 'views-network.json'), '--steps', 1,
                     '--batch', 1, '-o', begun)
    stand_in.write(os.path.join(profile.models, 'views-network.safetensors'), stand_in.listing_of(begun), 'safetensors')


class LargeWindow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        add_views(cls.profile)
        cls.notes = cls.profile.notes('inside_large', program='gimp-3.0', prefix=gimp_profile.DISPLAY)

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def test_script_reached_its_end(self):
        self.assertTrue(self.fact('finished'))

    def test_its_own_size_is_the_default(self):
        self.assertTrue(self.fact('chosen') and self.fact('made alone'))
        self.assertIn("256 px, the model's own", self.fact('without an image'))
        self.assertNotIn('may look odd', self.fact('without an image'))
        self.assertEqual(self.fact('own size'), [SIDE, SIDE])

    def test_a_selection_is_filled_as_a_canvas(self):
        self.assertIn('This model knows pictures of 256 × 256 px; others may look odd.', self.fact('selected'))
        self.assertTrue(self.fact('filled'))
        self.assertEqual(self.fact('layer'), {'names': 2, 'size': [600, 400], 'offsets': [130, 90]})
        self.assertGreater(self.fact('values'), 16, 'something was painted')

    def test_a_large_layer_is_foretold(self):
        self.assertTrue(self.fact('large filled'))
        self.assertEqual(self.fact('large layer'), {'names': 2, 'size': [2048, 1536], 'offsets': [0, 0]})
        taken, told = self.fact('taken'), self.fact('told')
        self.assertGreater(len(told), 5)
        after, left = next((after, left) for after, left in told if after >= taken / 10)
        self.assertLess(abs(after + left - taken), 0.3 * taken, told)

    def test_a_large_layer_forms_in_sight_and_stops(self):
        self.assertTrue(self.fact('forming'))
        self.assertTrue(self.fact('stopped'))
        self.assertLess(self.fact('stopped after'), 1.5, 'seconds, key and look included')
        self.assertEqual(self.fact('after stop'), 2, 'layers')


if __name__ == '__main__':
    unittest.main(verbosity=2)

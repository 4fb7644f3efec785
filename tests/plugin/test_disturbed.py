# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist goes on while the plug-in works: selects, deletes layers, closes the image. Pictures go where they belong, as one undo step,
and nothing else changes."""
import unittest

import gimp_profile

SIDE = gimp_profile.embedded.DESCRIPTION['image_size']


class Disturbed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.notes = cls.profile.notes('inside_disturbed', program='gimp-3.0', prefix=gimp_profile.DISPLAY)

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def test_reached_its_end(self):
        self.assertTrue(self.fact('finished'))
        self.assertEqual(self.notes['status'], 0)

    def test_selection_made_changed_and_removed(self):
        fact = self.fact('selection')
        # Made for the layer, for what was selected then, and for the whole image: each lies where it was made for.
        for step, (selection, at) in zip(fact['steps'], (([30, 20, 130, 110], [30, 20, 80, 70]), ([0, 0, 240, 160], [30, 20, 100, 90]), (None, [0, 0, 240, 160])), strict=True):
            with self.subTest(selection=selection):
                self.assertTrue(step['disturbed'] and step['added'])
                self.assertEqual((step['selection'], step['at']), (selection, at))
        self.assertEqual([step['untouched'] for step in fact['steps']], [3, 4, 5])
        self.assertTrue(fact['same'])
        self.assertEqual((len(fact['names']), fact['size']), (6, [240, 160]))

    def test_all_layers_deleted(self):
        self.assertEqual(self.fact('all deleted'), {'disturbed': True, 'untouched': 0, 'added': True, 'at': [[0, 0, 240, 160]], 'back': True, 'all back': True})

    def test_deleted_layer(self):
        """Above the active layer, at the place of the one that is gone."""
        facts = self.fact('deleted')
        self.assertTrue(facts['disturbed'] and facts['ticked'])
        bottom, lid = ['Bottom', 230, 150, 0, 0], ['Lid', 230, 150, 0, 0]
        for name, count, size in (('two', 2, [256, 224]), ('one', 1, [256, 224]), ('tiles', 1, [320, 280])):
            with self.subTest(name):
                fact = facts[name]
                self.assertTrue(fact['added'])
                layers = fact['layers']
                added = layers[1:-1] if name == 'two' else layers[:-2]
                self.assertEqual(layers, [lid, *added, bottom] if name == 'two' else [*added, lid, bottom])
                self.assertEqual([layer[1:] for layer in added], [[*size, 30, 20]] * count)
                for layer in added:
                    self.assertRegex(layer[0], r'^Inset, upsampled( #\d)?$')
                self.assertTrue(fact['back'])

    def test_image_closed_results_into_one_new_image(self):
        self.assertEqual(self.fact('closed and again'), {'told': True, 'ticked': True, 'made': [4]})

    def test_scripts_layer_deleted(self):
        fact = self.fact('script deleted')
        self.assertEqual((fact['disturbed'], fact['status'], fact['names']), (True, 'success', ['Lid', 'Inset, upsampled', 'Bottom']), fact['message'])
        self.assertTrue(fact['back'])

    def test_scripts_selection_changed(self):
        fact = self.fact('script selection')
        self.assertEqual((fact['disturbed'], fact['status'], fact['at'], fact['selection'], fact['same']),
                         (True, 'success', [[0, 0, SIDE, SIDE]], [0, 0, 210, 130], True), fact['message'])

    def test_scripts_image_closed(self):
        """GIMP keeps the image for as long as the call lasts; then it goes, with all that is in it."""
        fact = self.fact('script closed')
        self.assertEqual((fact['disturbed'], fact['status'], fact['freed'], fact['valid'], fact['images']), (True, 'success', True, False, -1),
                         fact['message'])
        self.assertEqual(self.fact('script after')['status'], 'success')


if __name__ == '__main__':
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in in a GIMP with windows, on a display of its own: undo, redo and the artist's window."""
import unittest

import gimp_profile
from gimp_profile import embedded

ADDED = [*embedded.layers(1, 3), 'Top', 'Bottom']


class Window(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.notes = cls.profile.notes('inside_window', program='gimp-3.0', prefix=gimp_profile.DISPLAY)

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def test_script_reached_its_end(self):
        self.assertTrue(self.fact('main window'))
        self.assertTrue(self.fact('finished'))

    def test_one_undo_takes_everything_back(self):
        self.assertEqual(self.fact('added')['names'], ADDED)
        self.assertEqual(self.fact('undone'), {'names': ['Top', 'Bottom'], 'same': True, 'dirty': False})

    def test_redo_brings_layers_and_settings_back(self):
        self.assertEqual(self.fact('redone'), {'names': ADDED, 'settings': True})

    def test_escape_closes(self):
        fact = self.fact('escaped')
        self.assertTrue(fact['window'])
        self.assertEqual((fact['status'], fact['names']), ('cancel', ADDED))

    def test_class_typed_generated_added(self):
        fact = self.fact('generated')
        self.assertTrue(fact['window'])
        self.assertEqual((fact['status'], fact['layers']), ('success', 1), fact['message'])
        self.assertEqual(fact['names'], [*embedded.layers(1, 1, 3), *ADDED])

    def test_one_undo_takes_the_windows_layer_back(self):
        self.assertEqual(self.fact('taken back'), ADDED)

    def test_reopened_with_the_last_settings(self):
        fact = self.fact('again')
        self.assertEqual((fact['status'], fact['layers']), ('success', 1), fact['message'])
        self.assertEqual(fact['names'], [*embedded.layers(1, 2, 3), *ADDED])

    def test_compare_and_live_leave_the_image_alone(self):
        self.assertTrue(self.fact('compare asked'))
        self.assertTrue(self.fact('five compared'))
        self.assertTrue(self.fact('live'))
        fact = self.fact('compared')
        self.assertTrue(fact['window'])
        self.assertEqual((fact['status'], len(fact['names'])), ('cancel', len(ADDED) + 2))

    def test_stopped_leaves_the_image_alone(self):
        self.assertTrue(self.fact('long'))
        self.assertTrue(self.fact('stopped at once'))
        fact = self.fact('stopped')
        self.assertEqual((fact['window'], fact['status'], len(fact['names'])), (True, 'cancel', len(ADDED) + 2))

    def test_two_ticked_are_added_and_taken_back_by_one_undo(self):
        self.assertTrue(self.fact('two ticked'))
        fact = self.fact('ticked')
        self.assertEqual((fact['status'], fact['layers']), ('success', 2), fact['message'])
        self.assertEqual(self.fact('ticked back'), len(ADDED) + 2)

    def test_layer_upsampled_in_the_window(self):
        fact = self.fact('upsampled')
        self.assertEqual((fact['window'], fact['status'], fact['layers']), (True, 'success', 1), fact['message'])
        self.assertEqual(fact['names'][0], 'Sketch, upsampled')
        self.assertEqual(self.fact('upsampled size')[0], [256, 171, 0, 0])
        self.assertEqual(self.fact('upsampled alpha')[0], [0, 255])

    def test_part_of_a_layer_upsampled_in_tiles(self):
        fact = self.fact('tiles')
        self.assertEqual((fact['window'], fact['status'], fact['layers']), (True, 'success', 1), fact['message'])
        # Two tiles of 64 px, beside one another; the selection's left edge goes through the oval, its right corners lie without.
        self.assertEqual(self.fact('tiles size')[1], [320, 256, 16, 0])
        self.assertEqual(self.fact('tiles alpha')[1], [0, 255])

    def test_without_an_image_a_new_one_is_made(self):
        fact = self.fact('no image')
        self.assertEqual((fact['window'], fact['status'], fact['layers']), (True, 'success', 1), fact['message'])

    def test_image_closed_meanwhile(self):
        fact = self.fact('closed')
        self.assertTrue(fact['window'] and fact['first'])
        self.assertEqual(len(fact['grown']), 1)
        self.assertEqual(fact['grown'], fact['named'], 'a layer went elsewhere than the button said')


if __name__ == '__main__':
    unittest.main(verbosity=2)

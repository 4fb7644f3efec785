# SPDX-License-Identifier: GPL-3.0-or-later
"""A texture taught in a GIMP with windows: from a selection, with progress, paused, stopped; then it is a class like the others."""
import os
import unittest

import gimp_profile


class TaughtWindow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.notes = cls.profile.notes('inside_taught', program='gimp-3.0', prefix=gimp_profile.DISPLAY, timeout=400)
        cls.folder = os.path.join(cls.profile.env['XDG_DATA_HOME'], 'gimp-adm', 'models', 'taught')

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def test_script_reached_its_end(self):
        self.assertTrue(self.fact('finished'))

    def test_the_selection_is_named(self):
        self.assertIn('160 × 130', self.fact('told'))

    def test_it_learns_and_obeys(self):
        for name in ('begun', 'learning', 'pause', 'resume', 'stop'):
            self.assertTrue(self.fact(name), name)

    def test_the_class_is_the_artist_s(self):
        self.assertTrue(self.fact('listed'))
        self.assertEqual(os.listdir(self.folder), ['my leopard.safetensors'])

    def test_it_is_generated_with(self):
        self.assertTrue(self.fact('generated') and self.fact('added'))
        self.assertEqual(len(self.fact('layers')), 2)
        self.assertTrue(self.fact('layers')[0].startswith('my leopard'))


if __name__ == '__main__':
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A texture taught in a GIMP with windows: from a selection, with progress, paused, resumed after GIMP was started anew, stopped; then it is a
class like the others, renamed, exported, imported on what is another machine to it, deleted."""
import os
import unittest

import gimp_profile

WINDOWS = dict(program='gimp-3.0', prefix=gimp_profile.DISPLAY, timeout=400)


class TaughtWindow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile, elsewhere = gimp_profile.Profile(), gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.addClassCleanup(elsewhere.close)
        cls.exported = os.path.join(cls.profile.folder, 'spots.safetensors')
        cls.facts = {'first': cls.profile.notes('inside_taught', **WINDOWS),
                     'again': cls.profile.notes('inside_taught_again', ADM_EXPORT=cls.exported, **WINDOWS),
                     'elsewhere': elsewhere.notes('inside_taught_elsewhere', ADM_EXPORT=cls.exported, **WINDOWS)}

    def fact(self, of, name):
        self.assertIn(name, self.facts[of], 'the script inside GIMP did not come this far')
        return self.facts[of][name]

    def all_true(self, of, *names):
        for name in names:
            self.assertTrue(self.fact(of, name), name)

    def test_scripts_reached_their_end(self):
        for of in ('first', 'again', 'elsewhere'):
            self.assertTrue(self.fact(of, 'finished'))

    def test_the_selection_is_named(self):
        self.assertIn('96 × 80', self.fact('first', 'told'))

    def test_it_learns_and_obeys(self):
        self.all_true('first', 'begun', 'learning', 'pause', 'resume')

    def test_it_goes_on_after_a_restart(self):
        self.assertIn('is paused', self.fact('again', 'told'))
        self.all_true('again', 'resume', 'pause', 'stop')
        steps = self.fact('first', 'steps paused'), self.fact('first', 'steps'), self.fact('again', 'steps')
        self.assertTrue(0 < steps[0] <= steps[1] < steps[2], steps)

    def test_the_class_is_the_artist_s(self):
        self.all_true('again', 'listed', 'own', 'rename')
        self.assertEqual(self.fact('again', 'files'), ['my leopard.safetensors'])

    def test_it_is_generated_with_on_a_canvas_and_live(self):
        self.all_true('again', 'generated', 'live', 'added')
        self.assertEqual(len(self.fact('again', 'layers')), 2)
        self.assertTrue(self.fact('again', 'layers')[0].startswith('my cat'))
        self.assertEqual(self.fact('again', 'added layer')['size'], [96, 80])

    def test_another_machine_takes_what_was_exported(self):
        self.all_true('again', 'export')
        self.assertFalse(self.fact('elsewhere', 'before'))
        self.all_true('elsewhere', 'own', 'import', 'generated')
        self.assertEqual(self.fact('elsewhere', 'files'), ['my cat.safetensors'])
        self.assertTrue(self.fact('elsewhere', 'layers')[0].startswith('my cat'))

    def test_it_is_deleted_when_asked_twice(self):
        self.all_true('elsewhere', 'delete asked', 'still there', 'deleted')


if __name__ == '__main__':
    unittest.main(verbosity=2)

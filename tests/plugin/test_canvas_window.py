# SPDX-License-Identifier: GPL-3.0-or-later
"""The window at the canvas, in a GIMP with windows: targets followed, layers where they belong."""
import re
import unittest

import gimp_profile


class CanvasWindow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.notes = cls.profile.notes('inside_canvas', program='gimp-3.0', prefix=gimp_profile.DISPLAY)

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def test_script_reached_its_end(self):
        self.assertTrue(self.fact('finished'))

    def test_the_selection_is_covered_and_masks(self):
        self.assertTrue(self.fact('made') and self.fact('add'))
        fact = self.fact('covered')
        self.assertEqual((len(fact['names']), fact['size'], fact['offsets'], fact['same']), (2, [180, 110], [40, 30], True))

    def test_one_undo(self):
        self.assertEqual(self.fact('undone')['names'], ['Background'])

    def test_the_image_that_is_worked_in_is_followed(self):
        self.assertIn('Selection', self.fact('told'))
        self.assertNotIn('Selection', self.fact('followed'))
        self.assertNotEqual(*[re.search(r'Add to (.*)', self.fact(name)).group(1) for name in ('followed', 'other')])
        self.assertTrue(self.fact('made again'))
        fact = self.fact('into other')
        self.assertEqual((len(fact['first']), len(fact['other']['names'])), (2, 2))

    def test_a_pattern_is_gimp_s_own(self):
        fact = self.fact('patterns')
        self.assertEqual((len(fact['files']), fact['active'] + '.pat', fact['size']), (1, fact['files'][0], [120, 90]))

    def test_a_bucket_of_it_shows_no_seam(self):
        self.assertEqual(self.fact('seamless'), [True, True])
        fact = self.fact('bucket')
        self.assertIn(self.fact('patterns')['active'], fact['listed'])
        self.assertTrue(fact['repeats'] and fact['values'] > 16)
        for mean, largest in fact['seams']:
            self.assertLess(mean, 1.6, 'ordinary pictures have 1.7 and more')
            self.assertLessEqual(largest, 1)


if __name__ == '__main__':
    unittest.main(verbosity=2)

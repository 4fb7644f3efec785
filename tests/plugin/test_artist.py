# SPDX-License-Identifier: GPL-3.0-or-later
"""What artists come for, in a GIMP with windows."""
import base64
import glob
import os
import pathlib
import unittest

import gimp_profile


def difference(a, b):
    """Mean |difference| of two layers' bytes."""
    a, b = base64.b64decode(a), base64.b64decode(b)
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


def seam(pixels, width, height):
    """The mean difference across the wrapped edges over that between neighbouring columns and rows."""
    values = base64.b64decode(pixels)

    def columns(x):
        return sum(abs(values[3 * (y * width + x) + c] - values[3 * (y * width + (x - 1) % width) + c]) for y in range(height) for c in range(3)) / height

    def rows(y):
        return sum(abs(values[3 * (y * width + x) + c] - values[3 * ((y - 1) % height * width + x) + c]) for x in range(width) for c in range(3)) / width

    inside = sum(columns(x) for x in range(1, width)) / (width - 1) + sum(rows(y) for y in range(1, height)) / (height - 1)
    return (columns(0) + rows(0)) / inside


class Artist(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.notes = cls.profile.notes('inside_artist', program='gimp-3.0', prefix=gimp_profile.DISPLAY)
        cls.again = cls.profile.notes('inside_restarted', program='gimp-3.0', prefix=gimp_profile.DISPLAY)

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def test_scripts_reached_their_end(self):
        self.assertTrue(self.fact('finished'))
        self.assertTrue(self.again.get('finished'))

    def test_a_layer_is_changed_into_another_material(self):
        self.assertTrue(self.fact('changed'))
        before, after = self.fact('mended layer')['before'], self.fact('changed layer')
        # Its forms stay (nothing like two pictures that have nothing to do with each other), yet every part is another.
        self.assertGreater(difference(before, after), 3)
        self.assertLess(difference(before, after), 50)

    def test_nothing_changed_gives_the_layer_back(self):
        self.assertTrue(self.fact('given back'))
        self.assertTrue(self.fact('given back layer')['same'])

    def test_mended_seams_keep_the_middle(self):
        self.assertTrue(self.fact('mend asked') and self.fact('mended'))
        fact = self.fact('mended layer')
        width, height = fact['size']
        before, after = base64.b64decode(fact['before']), base64.b64decode(fact['after'])
        middle = [3 * (y * width + x) + c for y in range(height // 2 - 8, height // 2 + 8) for x in range(width // 2 - 8, width // 2 + 8) for c in range(3)]
        self.assertTrue(all(before[i] == after[i] for i in middle))
        self.assertLess(seam(fact['after'], width, height), 0.5 * seam(fact['before'], width, height))

    def test_a_stain_is_filled(self):
        self.assertTrue(self.fact('match') and self.fact('filled'))
        self.assertTrue(self.fact('filled layer')['mask'])
        stain = self.fact('stain')
        self.assertTrue(stain['kept'])
        self.assertGreater(stain['white'], 1500)
        self.assertLess(stain['white after'], stain['white'] / 4)

    def test_a_map_is_painted_and_made(self):
        self.assertTrue(self.fact('map asked') and self.fact('map made'))
        self.assertEqual(len(self.fact('map layer')), 2)
        grass, lava = self.fact('map colours')
        self.assertNotEqual(grass, lava)
        left, right = self.fact('map halves')
        self.assertGreater(sum(abs(a - b) for a, b in zip(left, right)), 25, 'both halves are of one material')

    def test_a_time_is_told(self):
        """How near it comes depends on what else the machine does, this script's looking included: printed, not judged."""
        self.assertTrue(self.fact('canvas'))
        fact = self.fact('estimate')
        print(fact)
        self.assertIsNotNone(fact['told'])
        self.assertGreater(fact['told'], 0)

    def test_a_canvas_is_stopped_at_once(self):
        fact = self.fact('stopped')
        self.assertTrue(fact['is'])
        self.assertLess(fact['seconds'], 2)  # keys and looking take their time; how soon it acts is measured in plugin-worker

    def test_a_favourite_is_varied_pinned_and_there_after_a_restart(self):
        self.assertTrue(self.fact('vary asked') and self.fact('varied') and self.fact('pin'))
        self.assertEqual(self.again['history'], self.fact('history'))
        files = map(pathlib.Path, glob.glob(os.path.join(self.profile.gimp, 'plug-in-adm-history', '*.ini')))
        self.assertEqual(sum('pinned=true' in path.read_text(encoding='utf-8') for path in files), 1)


if __name__ == '__main__':
    unittest.main(verbosity=2)

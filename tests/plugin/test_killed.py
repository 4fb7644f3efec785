# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever moment the plug-in is killed at, GIMP lives, and the image is as it was or has all the layers in one undo step. And many
runs in one GIMP leave its memory as it was after the second."""
import os
import unittest

import gimp_profile
from gimp_profile import embedded

BEFORE = ['Top', 'Bottom']
ALL = [*embedded.layers(1, 3), *BEFORE]
STEADY_MIB = 2


class Killed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        cls.notes = cls.profile.notes('inside_killed', program='gimp-3.0', prefix=gimp_profile.DISPLAY, LD_PRELOAD=os.environ['ADM_KILLER'],
                                      ADM_TEST_KILL=os.path.join(cls.profile.folder, 'kill'))

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def test_all_or_nothing(self):
        facts = self.fact('killed')
        self.assertGreaterEqual(len(facts), 20)
        for point, fact in facts:
            with self.subTest(point=point):
                self.assertTrue(fact['reached'])
                self.assertTrue(fact['same'])
                self.assertIn(fact['names'], [BEFORE, ALL, [ALL[2], *BEFORE]])
                if fact['names'] != BEFORE:
                    self.assertEqual(fact['undone'], {'names': BEFORE, 'same': True})

    def test_killed_in_earnest(self):
        """Success is told only when the layers are there, and the points that end everything are told as errors."""
        for point, fact in self.fact('killed'):
            with self.subTest(point=point):
                if fact['status'] == 'success':
                    self.assertNotEqual(fact['names'], BEFORE)

    def test_works_afterwards(self):
        fact = self.fact('after')
        self.assertEqual((fact['status'], fact['names']), ('success', ALL), fact['message'])
        self.assertEqual(self.fact('after undone'), {'names': BEFORE, 'same': True})

    def test_memory_is_steady(self):
        """ADM_TEST_RUNS asks for more runs."""
        runs = int(os.environ.get('ADM_TEST_RUNS', '6'))
        fact = self.profile.notes('inside_many', ADM_TEST_RUNS=str(runs))['many']
        print('GIMP holds', ['%.1f' % m for m in fact['memory']], 'MiB')
        self.assertEqual((len(fact['memory']), fact['names']), (runs, BEFORE))
        self.assertLess(fact['memory'][-1] - fact['memory'][1], STEADY_MIB)

    def test_reached_its_end(self):
        self.assertTrue(self.fact('finished'))
        self.assertEqual(self.notes['status'], 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""GIMP is quit, and our window closed, while pictures are made: GIMP ends well and soon, no process stays, and what was finished but not
added is in the next GIMP's window."""
import os
import unittest

import gi
gi.require_version('GLib', '2.0')
from gi.repository import GLib  # noqa: E402

import gimp_profile  # noqa: E402

SOON = 10  # seconds


class Quitting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        picture = os.path.join(cls.profile.folder, 'picture.png')
        gimp_profile.adm('sample', '--model', gimp_profile.embedded.FILE, '--size', '128x96', '--steps', 2, '-o', picture)  # a thousand steps on it last minutes
        cls.notes = cls.profile.around('around_gimp', picture, os.path.join(cls.profile.installed, 'plug-in-adm'),
                                       os.path.join(cls.profile.gimp, 'plug-in-adm-history'))

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script did not come this far')
        return self.notes[name]

    def check_end(self, fact):
        self.assertEqual((fact['working'], fact['status'], fact['left']), (True, 0, []))
        self.assertLess(fact['seconds'], SOON)

    def test_reached_its_end(self):
        self.assertTrue(self.fact('finished'))
        self.assertEqual(self.notes['status'], 0)

    def test_quit_while_pictures_are_made(self):
        self.check_end(self.fact('quit'))
        self.assertEqual(self.fact('quit')['kept'], [2, 0])

    def test_there_again_and_kept_while_changes_are_discarded(self):
        fact = self.fact('discarded')
        self.check_end(fact)
        self.assertEqual((fact['there'], fact['added'], fact['kept']), (2, True, [2, 1]))

    def test_window_closed_by_the_window_manager(self):
        """The artist closed the window: the history stays as it was."""
        fact = self.fact('window closed')
        self.assertEqual(fact, {'there': 2, 'added': True, 'working': True, 'closed': True, 'kept': [2, 1], 'alive': True})

    def test_quit_while_the_last_settings_run_again(self):
        self.check_end(self.fact('repeat'))
        self.assertTrue(self.fact('repeat')['still'])

    def test_quit_while_a_script_waits(self):
        self.check_end(self.fact('script'))
        self.assertTrue(self.fact('script')['still'])

    def test_state_file_is_whole(self):
        file = GLib.KeyFile()
        self.assertTrue(file.load_from_file(os.path.join(self.profile.gimp, 'plug-in-adm.ini'), GLib.KeyFileFlags.NONE))
        self.assertGreater(len(file.get_groups()[0]), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Both procedures from Script-Fu, the exit status of batches, another locale, and a job whose process or GIMP ends."""
import json
import os
import unittest

import gimp_profile
from gimp_profile import embedded

SCRIPT = '''(script-fu-use-v3)
(let* ((image (car (plug-in-adm-generate #:run-mode RUN-NONINTERACTIVE #:class "%s" #:scale 2.5 #:seed 7 #:steps 4)))
       (layers (gimp-image-get-layers image)))
  (plug-in-adm-upscale #:run-mode RUN-NONINTERACTIVE #:image image #:drawables layers #:seed 2 #:steps 3)
  (gimp-xcf-save RUN-NONINTERACTIVE image "%s"))'''


class Batch(unittest.TestCase):
    def setUp(self):
        self.profile = gimp_profile.Profile()
        self.addCleanup(self.profile.close)

    def test_script_fu_under_a_locale_with_a_decimal_comma(self):
        saved = os.path.join(self.profile.folder, 'saved.xcf')
        status, output = self.profile.run([SCRIPT % (embedded.CLASSES[1], saved)], 'plug-in-script-fu-eval', LC_ALL='de_DE.UTF-8')
        self.assertEqual(status, 0, output)
        with open(saved, 'rb') as file:
            data = file.read()
        name = (embedded.layers(1)[0] + '\0').encode()
        # The settings are saved in the file as they are, and the layers' names, after their length.
        self.assertIn(name, data)
        self.assertEqual(data.count(b'adm-settings\0'), 2)
        start = data.index(b'{', data.index(b'adm-settings\0', data.index(name)))
        texts = [json.loads(data[start:data.index(b'\0', start)])]
        self.assertIn(texts[0]['steps'], (3, 4))
        self.assertIn(b'"scale":2.5', data)

    def test_failure_has_the_status_of_script_fu(self):
        status, output = self.profile.run(['(script-fu-use-v3) (plug-in-adm-generate #:run-mode RUN-NONINTERACTIVE #:class "nothing so")'],
                                          'plug-in-script-fu-eval')
        self.assertEqual(status, 70, output)
        self.assertIn('nothing so', output)

    def test_a_stopped_job_changes_nothing(self):
        notes = self.profile.notes('inside_stop')
        self.assertEqual(notes['status'], 0)
        self.assertEqual(notes['stopped']['status'], 'cancel')
        self.assertEqual(notes['stopped']['names'], ['Background'])
        self.assertLess(notes['stopped']['seconds'], 2.0)
        self.assertEqual(notes['after']['status'], 'success')

    def test_the_plug_in_ends_with_gimp(self):
        gimp = self.profile.start('(script-fu-use-v3) (plug-in-adm-generate #:run-mode RUN-NONINTERACTIVE #:class "%s" #:seed 7 '
                                  '#:steps 1000 #:count 50)' % embedded.CLASSES[1])
        self.addCleanup(gimp_profile.stop, gimp)
        self.assertTrue(self.profile.wait_for_plugin(True, 120), 'the plug-in never started')
        # It is first started to be asked for its procedures: wait for one that stays.
        steady = 0
        while steady < 20:
            self.assertTrue(self.profile.wait_for_plugin(True, 120))
            steady = steady + 1 if not self.profile.wait_for_plugin(False, 0.1) else 0
        gimp_profile.stop(gimp)
        self.assertTrue(self.profile.wait_for_plugin(False, 5), 'the plug-in outlived GIMP')


if __name__ == '__main__':
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's own checkpoints in the window of a real GIMP: what is missing, what is asked, what is broken, what goes away."""
import json
import os
import shutil
import struct
import unittest

import gimp_profile

FIXTURES = os.path.join(os.path.dirname(gimp_profile.HERE), 'fixtures')


def write_published(path, name):
    """The tensors of the published checkpoint NAME in half precision, all zero: a file with a hole."""
    with open(os.path.join(FIXTURES, 'published', name + '.json'), encoding='utf-8') as file:
        shapes = json.load(file)
    header, end = {}, 0
    for tensor, shape in shapes.items():
        size = 2
        for n in shape:
            size *= n
        header[tensor] = {'dtype': 'F16', 'shape': shape, 'data_offsets': [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        file.truncate(8 + len(text) + end)


class Checkpoints(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = gimp_profile.Profile()
        cls.addClassCleanup(cls.profile.close)
        models = cls.profile.models
        cls.profile.add_broken_model()
        cls.profile.add_model('Spoilt', gimp_profile.with_nan)
        cls.profile.add_model('Huge', gimp_profile.with_overflow)
        cls.profile.add_model('Leaving Early')
        cls.profile.add_model('Leaving Late')
        shutil.copy(os.path.join(FIXTURES, 'unet-cond.pt'), os.path.join(models, 'portraits.pt'))
        write_published(os.path.join(models, 'my download.safetensors'), '64x64_classifier')
        cls.notes = cls.profile.notes('inside_checkpoints', program='gimp-3.0', prefix=gimp_profile.DISPLAY)

    def fact(self, name):
        self.assertIn(name, self.notes, 'the script inside GIMP did not come this far')
        return self.notes[name]

    def test_every_custom_widget_has_role_and_name(self):
        seen = {(role, name) for role, name, _text in self.fact('seen')}
        for role, name in (('image', 'Picture'), ('slider', 'Character')):
            self.assertIn((role, name), seen)

    def test_a_file_with_open_questions_is_asked_about_once(self):
        self.assertTrue(self.fact('asked'))
        self.assertTrue(self.fact('page'))
        for words in ('How large are its pictures?', '16 px (likely)', 'linear (likely)'):
            self.assertIn(words, self.fact('page texts'))

    def test_the_answers_are_kept_beside_the_file(self):
        self.assertTrue(self.fact('answered'))
        self.assertTrue(self.fact('remembered'))
        self.assertTrue(self.fact('sidecar'))

    def test_a_partly_present_model_names_file_and_address(self):
        words = self.fact('page texts')
        self.assertRegex(words, r'Without 64x64_diffusion\.pt it makes no pictures; it is published at https://\S+/64x64_diffusion\.pt')

    def test_an_unreadable_file_is_named_with_what_to_do(self):
        self.assertRegex(self.fact('page texts'), r'broken-diffusion\.safetensors” .+')

    def test_memory_is_weighed(self):
        self.assertRegex(self.fact('page texts'), r'\bFits\b')

    def test_spoilt_weights_are_told(self):
        self.assertTrue(self.fact('spoilt chosen'))
        self.assertTrue(self.fact('spoilt told'))

    def test_pictures_that_overflow_are_told_and_not_shown(self):
        self.assertTrue(self.fact('huge chosen'))
        self.assertTrue(self.fact('huge told'))
        self.assertEqual(self.fact('bad pictures'), 0)

    def test_weights_in_memory_serve_on_when_their_files_are_deleted(self):
        self.assertTrue(self.fact('leaving chosen'))
        self.assertTrue(self.fact('deleted serves'))

    def test_a_model_that_is_gone_is_told(self):
        self.assertTrue(self.fact('gone chosen'))
        self.assertTrue(self.fact('gone told'))

    def test_an_own_checkpoint_works_by_class_numbers(self):
        self.assertTrue(self.fact('portraits chosen'))
        self.assertTrue(self.fact('own checkpoint'))

    def test_then_another_model_works(self):
        self.assertTrue(self.fact('embedded chosen'))
        fact = self.fact('checkpoints')
        self.assertEqual((fact['window'], fact['status'], fact['layers']), (True, 'success', 1), fact['message'])
        self.assertTrue(self.fact('finished'))


if __name__ == '__main__':
    unittest.main(verbosity=2)

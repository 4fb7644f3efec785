#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogues are full: every message of the sources is translated in every language, with the same format directives, and the
class names offered to the translators are those of the embedded model."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEYWORDS = ["-k_", "-kN_", "-kNN_:1,2", "-kC_:1c,2", "-kNC_:1c,2"]


def tool(*arguments):
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def lines_of(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


class Catalogs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.template = pathlib.Path(folder.name) / "messages.pot"
        status, said = tool("xgettext", "--from-code=UTF-8", *KEYWORDS, "-f", "po/POTFILES", "-o", str(self.template))
        self.assertEqual(status, 0, said)

    def test_every_file_with_messages_is_listed(self):
        marked = re.compile(r'\b(?:_|N_|NN_|C_|NC_|ngettext) \("')
        sources = [p for room in ("plugin", "ui") for p in (ROOT / room).glob("*.c") if marked.search(p.read_text(encoding="utf-8"))]
        self.assertEqual(sorted(str(p.relative_to(ROOT)) for p in sources), sorted(lines_of(ROOT / "po/POTFILES")))

    def test_every_language_is_complete(self):
        languages = lines_of(ROOT / "po/LINGUAS")
        self.assertEqual(sorted(languages), sorted(p.stem for p in (ROOT / "po").glob("*.po")))
        for language in languages:
            catalogue = str(ROOT / "po" / f"{language}.po")
            with self.subTest(language=language):
                status, said = tool("msgfmt", "-c", "--check-accelerators=_", "-o", "/dev/null", "--statistics", catalogue)
                self.assertRegex(said, r"^\d+ translated messages\.$")
                self.assertEqual(status, 0, said)
                status, said = tool("msgcmp", catalogue, str(self.template))
                self.assertEqual((status, said), (0, ""))

    def test_class_names_are_the_embedded_model_s(self):
        text = self.template.read_text(encoding="utf-8")
        offered = re.findall(r'^msgctxt "class"\nmsgid "(.*)"$', text, re.MULTILINE)
        self.assertEqual(offered, lines_of(ROOT / "data/emoji-16.txt"))


if __name__ == "__main__":
    sys.exit(unittest.main())

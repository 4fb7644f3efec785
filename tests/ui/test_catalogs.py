#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogues are full: every message of the sources is translated in every language, with the same format directives, and the
class names and synonyms offered to the translators are those of the embedded model, and tell its classes apart in each language."""
import gettext
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEYWORDS = ["-k_", "-kN_", "-kNN_:1,2", "-kC_:1c,2", "-kNC_:1c,2"]


def tool(*arguments):
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def lines_of(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def classes():
    """The embedded model's classes: of each the name and, as one text, its synonyms."""
    descriptions = [json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "data").glob("*.json")]
    [names] = [description["classes"] for description in descriptions if description.get("format") == "adm-model-1"]
    return [tuple(part.strip() for part in line.partition(",")[::2]) for line in lines_of(ROOT / "data" / names)]


def fold(words):
    """As the window's search compares: without capitals and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))


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
        marked_files = {str(p.relative_to(ROOT)) for p in sources}
        self.assertEqual(sorted(marked_files), sorted(lines_of(ROOT / "po/POTFILES")))

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

    def test_sentences_keep_their_facts(self):
        """The errors' sentences take their facts by number, which no format check knows."""
        for language in lines_of(ROOT / "po/LINGUAS"):
            with tempfile.NamedTemporaryFile(suffix=".mo") as compiled:
                status, said = tool("msgfmt", "-o", compiled.name, str(ROOT / "po" / f"{language}.po"))
                self.assertEqual(status, 0, said)
                messages = gettext.GNUTranslations(io.BytesIO(pathlib.Path(compiled.name).read_bytes()))._catalog
            facts = {key: value for key, value in messages.items() if isinstance(key, str) and re.search(r"%[1-9]", key)}
            self.assertGreater(len(facts), 200)
            for english, translated in facts.items():
                with self.subTest(language=language, message=english):
                    self.assertEqual(set(re.findall(r"%[1-9]", translated)), set(re.findall(r"%[1-9]", english)))

    def test_class_names_are_the_embedded_model_s(self):
        text = self.template.read_text(encoding="utf-8").replace('"\n"', "")  # long texts stand in several lines
        for context, column in (("class", 0), ("class synonyms", 1)):
            offered = re.findall(rf'^msgctxt "{context}"\nmsgid "(.*)"$', text, re.MULTILINE)
            self.assertEqual(offered, [row[column] for row in classes()])

    def test_no_word_means_two_classes(self):
        """In each language and English together, as the window's search has them."""
        english = classes()
        for language in [None, *lines_of(ROOT / "po/LINGUAS")]:
            translation = gettext.NullTranslations()
            if language:
                file = self.template.with_suffix(".mo")
                self.assertEqual(tool("msgfmt", "-o", str(file), str(ROOT / "po" / f"{language}.po")), (0, ""))
                with file.open("rb") as binary:
                    translation = gettext.GNUTranslations(binary)
            meant = {}
            for number, (name, synonyms) in enumerate(english):
                names = {fold(name), fold(translation.pgettext("class", name))}
                for line in {synonyms, translation.pgettext("class synonyms", synonyms)}:
                    words = [word.strip() for word in line.split(",")]
                    with self.subTest(language=language, line=line):
                        self.assertGreaterEqual(len(words), 3)
                        self.assertEqual(len(names.union(map(fold, words))), len(names) + len(words), "a word stands twice")
                        for word in [*names, *words]:
                            self.assertRegex(word, r"^[^\W\d_][^,;、，；]*$")
                            self.assertEqual(meant.setdefault(fold(word), number), number, word)


if __name__ == "__main__":
    sys.exit(unittest.main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The help page: every section that the window opens is there and is opened from somewhere, its own links lead somewhere, and its
examples call the procedures by the names and arguments that they have."""
import html.parser
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "data" / "help" / "index.html"
PROCEDURES = ["plug-in-adm-generate", "plug-in-adm-fill", "plug-in-adm-upscale"]
VOID = {"meta", "br", "img", "hr"}


class Page(html.parser.HTMLParser):
    """Ids, links and the text of each <pre>, by its class; what is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.examples, self.open, self.wrong = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs.get("href", ""))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "pre":
            self.examples.append([attrs.get("class"), ""])

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if "pre" in self.open:
            self.examples[-1][1] += data


def sections():
    """What ui/help-section.h lists: constant and id."""
    return dict(re.findall(r'#define (UI_HELP_\w+) "([a-z-]+)"', (ROOT / "ui" / "help-section.h").read_text(encoding="utf-8")))


def arguments():
    """Every argument that the plug-in declares, of any procedure."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugin").glob("*.c"))
    return set(re.findall(r'_argument \(\s*procedure,\s*"([a-z-]+)"', text)) | set(re.findall(r'\{ "([a-z-]+)",\s*(?:TEXT|FLAG|WHOLE|REAL),', text))


class HelpPage(unittest.TestCase):
    def setUp(self):
        self.page = Page(PAGE.read_text(encoding="utf-8"))

    def test_it_is_well_formed(self):
        self.assertEqual((self.page.open, self.page.wrong), ([], []))
        self.assertEqual(len(self.page.ids), len(set(self.page.ids)))

    def test_every_section_that_the_window_opens_is_there(self):
        self.assertGreaterEqual(len(sections()), 13)
        for name in sections().values():
            self.assertIn(name, self.page.ids)

    def test_every_section_is_opened_from_the_window(self):
        text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ui").glob("*.c"))
        for constant in sections():
            self.assertRegex(text, constant + r"\b")

    def test_its_links_lead_somewhere(self):
        self.assertTrue(self.page.links)
        for link in self.page.links:
            self.assertTrue(link.startswith("#") and link[1:] in self.page.ids, link)

    def test_each_procedure_has_an_example_of_each_language(self):
        known = arguments()
        self.assertIn("match-edges", known)
        self.assertIn("tiles", known)
        for language in ("script-fu", "python"):
            text = "".join(body for kind, body in self.page.examples if kind == language)
            self.assertEqual([name for name in PROCEDURES if name not in text], [])
            given = set(re.findall(r"#:([a-z-]+)" if language == "script-fu" else r"set_\w+\(['\"]([a-z-]+)['\"]", text))
            self.assertGreater(len(given), 4)
            self.assertEqual(given - known - {"run-mode", "image", "drawables"}, set())

    def test_the_python_examples_are_python(self):
        for kind, body in self.page.examples:
            if kind == "python":
                compile(body, "example", "exec")


if __name__ == "__main__":
    unittest.main(verbosity=2)

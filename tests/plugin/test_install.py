# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing into a throwaway GIMP folder: everything is there, a damaged model is refused before anything is touched, and taking away
leaves nothing behind."""
import os
import pathlib
import subprocess
import shutil
import sys
import tempfile
import unittest

from gimp_profile import embedded

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = [path.name for path in embedded.WEIGHTS.values()]


def install(root, gimp, *arguments):
    return subprocess.run([sys.executable, root / "plugin" / "install.py", *arguments], env=dict(os.environ, GIMP3_DIRECTORY=str(gimp), HOME=str(gimp.parent)),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


class Install(unittest.TestCase):
    def setUp(self):
        self.there = pathlib.Path(tempfile.mkdtemp(prefix="adm-test-"))
        self.addCleanup(shutil.rmtree, self.there)
        self.gimp = self.there / "gimp"
        # A project of its own, so that its data can be damaged: the plug-in and catalogues are the built ones.
        self.root = self.there / "project"
        (self.root / "plugin").mkdir(parents=True)
        shutil.copy2(ROOT / "plugin" / "install.py", self.root / "plugin")
        shutil.copytree(ROOT / "data", self.root / "data")
        shutil.copy2(ROOT / "COPYING", self.root)
        (self.root / "build" / "plugin").mkdir(parents=True)
        shutil.copy2(os.environ["ADM_PLUGIN"], self.root / "build" / "plugin" / "plug-in-adm")
        shutil.copytree(pathlib.Path(os.environ["ADM_PLUGIN"]).parents[1] / "po", self.root / "build" / "po")

    def folder(self):
        return self.gimp / "plug-ins" / "plug-in-adm"

    def test_installed_and_taken_away(self):
        done = install(self.root, self.gimp)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(os.access(self.folder() / "plug-in-adm", os.X_OK))
        for name in WEIGHTS:
            self.assertEqual((self.folder() / "data" / name).read_bytes(), (ROOT / "data" / name).read_bytes())
        for name in (embedded.DESCRIPTION["license_file"], "COPYING"):
            self.assertGreater((self.folder() / "data" / name).stat().st_size, 500)
        self.assertEqual(list(self.folder().glob("data/*.py")), [])
        self.assertEqual(len(list(self.folder().glob("locale/*/LC_MESSAGES/*.mo"))), 8)
        self.assertEqual(install(self.root, self.gimp).returncode, 0)  # again, over itself
        self.assertEqual(install(self.root, self.gimp, "--uninstall").returncode, 0)
        self.assertFalse(self.gimp.exists())

    def test_a_gimp_from_flatpak_is_left_alone_and_told_of(self):
        home = self.there / "home"
        inside = home / ".var" / "app" / "org.gimp.GIMP" / "config" / "GIMP" / "3.0"
        inside.mkdir(parents=True)
        done = subprocess.run([sys.executable, self.root / "plugin" / "install.py"], env=dict(os.environ, GIMP3_DIRECTORY=str(self.gimp), HOME=str(home)),
                              stdout=subprocess.PIPE, text=True, check=True)
        self.assertIn("Flatpak", done.stdout)
        self.assertEqual(list(inside.iterdir()), [])
        self.assertTrue((self.folder() / "plug-in-adm").exists())
        self.assertNotIn("Flatpak", install(self.root, self.gimp).stdout)

    def test_the_systems_gimp_is_the_one_that_gets_it(self):
        home = self.there / "home"
        where = {version: home / ".config" / "GIMP" / version / "plug-ins" / "plug-in-adm" for version in ("3.0", "3.2", "3.4")}
        # 2.10 is another GIMP.
        for name in ("2.10", "3.0", "3.2"):
            (home / ".config" / "GIMP" / name).mkdir(parents=True)

        def run(*arguments):
            environment = {key: value for key, value in os.environ.items() if key not in ("GIMP3_DIRECTORY", "XDG_CONFIG_HOME")} | {"HOME": str(home)}
            return subprocess.run([sys.executable, self.root / "plugin" / "install.py", *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout

        for arguments, version in (((), "3.2"), (("--gimp", "3.0.4"), "3.0"), (("--gimp", "3.4.0"), "3.4")):
            self.assertIn(f"Installed: {where[version]}\n", run(*arguments))
            self.assertTrue((where[version] / "plug-in-adm").exists())
        self.assertIn(str(where["3.2"]), run("--gimp", "3.0.4"))  # the other one is told of
        self.assertEqual(run("--uninstall").count("Taken away"), 3)
        self.assertEqual(list(home.glob(".config/GIMP/*/plug-ins")), [])

    def test_others_are_left_alone(self):
        other = self.gimp / "plug-ins" / "other"
        other.mkdir(parents=True)
        install(self.root, self.gimp)
        install(self.root, self.gimp, "--uninstall")
        self.assertEqual(list((self.gimp / "plug-ins").iterdir()), [other])

    def test_damaged_model_is_refused(self):
        for name in WEIGHTS:
            file = self.root / "data" / name
            whole = file.read_bytes()
            file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            done = install(self.root, self.gimp)
            file.write_bytes(whole)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(name, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)
            self.assertFalse(self.gimp.exists())

    def test_every_network_has_a_checksum(self):
        listed = [line.split()[1] for line in (ROOT / "data" / "checksums.sha256").read_text().splitlines()]
        self.assertEqual(sorted(listed), sorted(p.name for p in (ROOT / "data").glob("*.safetensors")))


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the built plug-in into the user's GIMP, or takes it away: one folder, plug-ins/plug-in-adm, and nothing else. install.py [--gimp VERSION]:
VERSION is that of the system's GIMP, whose folder it is then, were there newer ones of another GIMP. install.py --uninstall: from all of them."""
import argparse
import hashlib
import os
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAME = "plug-in-adm"


def gimp_folders(version):
    """GIMP 3's folder of this user: the one GIMP3_DIRECTORY names, or that of GIMP VERSION, or the newest there is, or 3.0's. After it the others that
    there are."""
    if os.environ.get("GIMP3_DIRECTORY"):
        return [pathlib.Path(os.environ["GIMP3_DIRECTORY"])]
    base = pathlib.Path(os.environ.get("XDG_CONFIG_HOME") or pathlib.Path.home() / ".config") / "GIMP"
    there = sorted((p for p in base.glob("3.*") if p.is_dir() and p.name[2:].isdigit()), key=lambda p: int(p.name[2:]), reverse=True)
    first = base / ".".join(version.split(".")[:2]) if version else there[0] if there else base / "3.0"
    return [first, *(p for p in there if p != first)]


def flatpak_gimp():
    """Whether this user has run a GIMP from Flatpak, whose folder is its own."""
    return (pathlib.Path.home() / ".var" / "app" / "org.gimp.GIMP").is_dir()


class Damaged(Exception):
    """A file of ours is not as it was published."""


def verify(data):
    """The embedded model's weights are those that DATA's checksums.sha256 names, or Damaged says which is not."""
    for line in (data / "checksums.sha256").read_text(encoding="utf-8").splitlines():
        expected, name = line.split()
        with open(data / name, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                raise Damaged(f"{data / name}: is not the file that was published (its SHA-256 differs); get the source again; nothing was installed")


def install(target):
    build = ROOT / "build"
    verify(ROOT / "data")
    fresh = target.with_name(NAME + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    shutil.copy2(build / "plugin" / NAME, fresh / NAME)
    shutil.copytree(ROOT / "data", fresh / "data", ignore=shutil.ignore_patterns("meson.build", "*.py"))
    shutil.copy2(ROOT / "COPYING", fresh / "data" / "COPYING")  # the embedded model's licence, too
    for catalogue in sorted((build / "po").glob("*/LC_MESSAGES/*.mo")):
        place = fresh / "locale" / catalogue.relative_to(build / "po")
        place.parent.mkdir(parents=True)
        shutil.copy2(catalogue, place)
    # The old folder stays whole until the new one is.
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def uninstall(targets):
    found = [target for target in targets if target.exists()]
    if not found:
        print(f"{targets[0]} is not there; nothing to take away")
    for target in found:
        shutil.rmtree(target)
        for folder in (target.parent, target.parent.parent):
            # Folders that were made for it alone go too.
            if not any(folder.iterdir()):
                folder.rmdir()
        print(f"Taken away: {target}")


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--gimp", metavar="VERSION")
    parser.add_argument("--uninstall", action="store_true")
    wanted = parser.parse_args(arguments)
    targets = [folder / "plug-ins" / NAME for folder in gimp_folders(wanted.gimp)]
    if wanted.uninstall:
        uninstall(targets)
        return 0
    install(targets[0])
    print(f"Installed: {targets[0]}")
    for other in targets[1:]:
        if other.exists():
            print(f"An older one is left as it is, for another GIMP: {other}")
    print("Start GIMP 3 (again): Filters > Render > Generate Image, or File > Create.")
    if flatpak_gimp():
        # Its plug-ins are extensions, built against its own runtime; what was built here lacks its libraries there and would not start.
        print("The GIMP from Flatpak that is here, too, cannot load it, and was left as it is: use your system's GIMP 3.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Damaged as reason:
        print(f"setup: {reason}", file=sys.stderr)
        sys.exit(1)
    except OSError as reason:
        print(f"setup: {reason.filename}: {reason.strerror}", file=sys.stderr)
        sys.exit(1)

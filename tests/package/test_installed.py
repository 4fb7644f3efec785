#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `meson install` puts where: the library exports what its headers declare and nothing else, docs/examples compiles against it and makes a
picture, the program finds its models where they are installed, and the plug-in's links lead to them."""
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))
import embedded  # noqa: E402

BUILD = pathlib.Path(sys.argv[1])
checks = failures = 0


def check(passed, what):
    global checks, failures
    checks += 1
    if not passed:
        failures += 1
        print(f"failed: {what}", flush=True)


def run(*command, **more):
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True, **more)


def typed(keys, complete, program, models):
    """The words that a bash at a terminal hands to adm when KEYS are typed, tabs completed as the file COMPLETE says."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"],
                   {"PATH": f"{program.parent}:{os.environ['PATH']}", "TERM": "dumb", "PS1": "$ ", "HOME": str(models), "ADM_MODEL_PATH": str(models), "LC_ALL": "C.UTF-8"})
    # Completion asks the program for models; what else is asked of it is shown.
    setting = f". {complete}; adm () {{ if [ \"$1\" = models ]; then command adm models; else printf '[%s]' \"$@\"; echo; fi; }}\n"
    os.write(terminal, (setting + f"adm {keys}\n").encode())
    seen = b""
    try:
        while not re.search(rb"^\[.*\]\r?$", seen, re.M) and select.select([terminal], [], [], 30)[0]:
            seen += os.read(terminal, 65536)
    except OSError:
        pass  # the shell ended
    os.close(terminal)
    os.waitpid(pid, 0)
    shown = re.search(rb"^\[(.*)\]\r?$", seen, re.M)
    return shown[1].decode().split("][") if shown else seen.decode(errors="replace")


def only(folder, pattern):
    found = sorted(folder.rglob(pattern))
    check(len(found) == 1, f"{pattern}: {found}")
    return found[0]


def main():
    with tempfile.TemporaryDirectory(prefix="adm-installed-") as name:
        place = pathlib.Path(name)
        done = run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", place)
        check(done.returncode == 0, done.stdout + done.stderr)
        header, pc = only(place, "adm.h"), only(place, "adm.pc")
        library = only(place, "libadm.so")
        exported = {line.split()[-1].split("@")[0] for line in run("nm", "-D", "--defined-only", library).stdout.splitlines() if " T " in line}
        declared = set(re.findall(r"\b(adm_\w+);", (BUILD / "core" / "adm.map").read_text()))
        check(exported == declared and len(declared) > 40, f"exported, not declared: {exported - declared}; not there: {declared - exported}")
        versions = run("objdump", "-p", library).stdout
        check("SONAME               libadm.so.0\n" in versions, "libadm.so.0 is not the library's name")

        flags = run("pkg-config", "--cflags", "--libs", "adm", env=dict(os.environ, PKG_CONFIG_PATH=str(pc.parent), PKG_CONFIG_SYSROOT_DIR=name))
        check(flags.returncode == 0 and str(header.parent) in flags.stdout, f"pkg-config: {flags}")
        program = place / "generate"
        done = run("cc", "-std=c17", "-Wall", "-Wextra", "-Werror", ROOT / "docs" / "examples" / "generate.c", *flags.stdout.split(), "-o", program)
        check(done.returncode == 0, done.stderr)
        models, picture = only(place, embedded.FILE.name).parent, place / "out.ppm"
        libraries = dict(os.environ, LD_LIBRARY_PATH=str(library.parent))
        done = run(program, models, embedded.ID, embedded.CLASSES[0], picture, env=libraries)
        side = embedded.DESCRIPTION["image_size"]
        check(done.returncode == 0 and picture.stat().st_size == len(f"P6 {side} {side} 255\n") + 3 * side * side, f"generate: {done}")
        done = run(program, models, embedded.ID, "nosuch", picture, env=libraries)
        check(done.returncode == 1 and done.stderr.startswith("generate: class: ") and done.stderr.count("\n") == 1, f"generate nosuch: {done}")

        commands = {path.stem.removeprefix("cmd_") for path in (ROOT / "core" / "cli").glob("cmd_*.c")}
        pages = {path.name for path in place.rglob("*.1")}
        check(pages == {"adm.1"} | {f"adm-{command}.1" for command in commands}, f"manual pages: {pages}")
        sample = (only(place, "adm-sample.1")).read_text()
        check(all(part in sample for part in (".SH SYNOPSIS", "\\fB\\-\\-steps N\\fR", "2 or more")), "adm-sample.1 lacks what --help says")
        complete = next(path for path in place.rglob("adm") if path.parent.name == "completions")
        done = run("bash", "-c", f". {complete}; COMP_CWORD=2; COMP_WORDS=(adm sample --cla); _adm adm --cla sample; echo ${{COMPREPLY[@]}}")
        check({"--class", "--classifier"} <= set(done.stdout.split()), f"completion: {done}")
        spaced = next(name for name in embedded.CLASSES if " " in name)
        for keys, words in (("sa\t--kern\tavx512b\t--x", ["sample", "--kernels", "avx512bf16", "--x"]),
                            (f"sample --mode\t{embedded.ID[:4]}\t--class {spaced.split()[0]}\\ \t--x", ["sample", "--model", embedded.ID, "--class", spaced, "--x"]),
                            (f'upscale --class="{spaced[:len(spaced) - 2]}\t--x', ["upscale", "--class=" + spaced, "--x"])):
            got = typed(keys, complete, header.parents[2] / "bin" / "adm", models)
            check(got == words, f"completion of {keys!r}: {got}")

        # The program's own folder is the prefix's: its models are found beside it, wherever that lies.
        done = run(header.parents[2] / "bin" / "adm", "models", env=dict(os.environ, XDG_DATA_HOME=name, ADM_MODEL_PATH=""))
        check(f'"id":"{embedded.ID}"' in done.stdout and str(models) in done.stdout, f"adm models: {done}")
        plugin = next(path for path in place.rglob("plug-in-adm") if path.is_dir())
        links = {link: pathlib.Path(name + os.readlink(plugin / link)) for link in ("data", "locale")}
        check(os.access(plugin / "plug-in-adm", os.X_OK) and (links["data"] / embedded.FILE.name).is_file()
              and len(list(links["locale"].glob("*/LC_MESSAGES/plug-in-adm.mo"))) == 8, f"the plug-in's files: {links}")
    print(f"{checks} checks, {failures} failed")
    return 1 if failures or not checks else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals end the program soon, with status 130, one line, and no file; a closed or full standard output is a failure."""
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

from harness import ADM, FIXTURES, check, embedded, folder, summary

SLOW = ["sample", "--model", embedded.ID, "--class", "2", "--steps", "1000", "--count", "50"]


def as_from_a_terminal():
    """The tests themselves may run under nohup, whose ignored SIGHUP the program would respect."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def start(arguments, prepare):
    done = subprocess.Popen([ADM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=prepare)
    time.sleep(0.7)
    check(done.poll() is None, f"{arguments} was over before the signal")
    return done


def interrupted(arguments, number, there, patience):
    done = start(arguments, as_from_a_terminal)
    sent = time.monotonic()
    done.send_signal(number)
    out, err = done.communicate(timeout=60)
    seconds = time.monotonic() - sent
    line = b"adm: interrupted\n"
    if "--json" in arguments:
        line = b'{"error":"cancelled","code":"STOPPED","message":"interrupted","exit_status":130}\n'
    check(done.returncode == 130 and err == line and out == b"", f"{arguments}, {number.name}: {done.returncode}, {err!r}, {out!r}")
    check(seconds < patience, f"{arguments}, {number.name}: took {seconds:.2f} s")
    check(not any(there.iterdir()), f"{arguments}: left {sorted(there.iterdir())}")


def check_nohup(there):
    """Under nohup a hangup is ignored, and an interruption still heard."""
    done = start([*SLOW, "-o", str(there / "x.png")], lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    done.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    check(done.poll() is None, "a hangup ended a program started with nohup")
    done.terminate()
    check(done.communicate(timeout=60)[1] == b"adm: interrupted\n" and done.returncode == 130, f"nohup: {done.returncode}")


def check_terminal(there):
    """Progress is shown on a terminal only, and cleared from it."""
    master, slave = pty.openpty()
    done = subprocess.Popen([ADM, *SLOW[:-4], "--steps", "300", "-o", str(there / "x.png")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    text = b""
    while select.select([master], [], [], 60)[0]:
        try:
            data = os.read(master, 4096)
        except OSError:
            break
        if not data:
            break
        text += data
    os.close(master)
    printed = done.stdout.read()
    check(done.wait(60) == 0 and printed.startswith(os.fsencode(there / "x.png")) and printed.count(b"\n") == 1, f"sampling on a terminal: {printed!r}")
    done.stdout.close()
    check(b"step" in text and text.endswith(b"\r\x1b[K") and b"\n" not in text, f"progress on a terminal: {text[-80:]!r}")
    shown = [part.removeprefix(b"\x1b[K").decode() for part in text.split(b"\r")]
    check(all(len(line) < 80 for line in shown), f"a line of progress would wrap: {max(shown, key=len)!r}")
    bars = [re.fullmatch(r"sampling 1 of 1, step \d+ of 300 \[(#*)(-*)\] +(\d+) %(, \d+:\d\d left)?", line) for line in shown if "sampling" in line]
    check(len(bars) > 2 and all(bars) and [int(b[3]) for b in bars] == sorted(int(b[3]) for b in bars), f"bars: {shown[:5]}")
    check(len({len(b[1] + b[2]) for b in bars}) == 1 and len(bars[-1][1]) > len(bars[0][1]) and bars[-1][4], f"the bar does not grow, or tells no time: {shown[-3:]}")


def main():
    with folder() as there:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            interrupted([*SLOW, "-o", str(there / "x.png")], number, there, 2)
            interrupted([*SLOW, "-o", str(there / "x.npy")], number, there, 2)
        interrupted(["bench"], signal.SIGINT, there, 2)
        interrupted(["bench"], signal.SIGTERM, there, 2)
        interrupted([*SLOW, "--json", "-o", str(there / "x.png")], signal.SIGINT, there, 2)
        check_nohup(there)
        check_terminal(there)
    with open("/dev/full", "wb") as full:
        for arguments in (["info", str(FIXTURES / "unet-cond.pt")], ["models"], ["--help"], ["models", "--json"]):
            done = subprocess.run([ADM, *arguments], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, check=False)
            check(done.returncode == 1 and done.stderr.count(b"\n") == 1, f"{arguments} to a full disk: {done.returncode}, {done.stderr!r}")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside GIMP: a long job, whose process is asked to end while it works."""
import os
import signal
import threading
import time

from inside_gimp import Gimp, embedded, generate, names, new_image, note, outcome

PROGRAM = os.path.join(os.environ['GIMP3_DIRECTORY'], 'plug-ins', 'plug-in-adm', 'plug-in-adm')
signalled = []


def end_plugin():
    """Sends SIGTERM to the plug-in a second after it has started."""
    while not signalled:
        for name in os.listdir('/proc'):
            try:
                if name.isdigit() and os.readlink('/proc/%s/exe' % name) == PROGRAM:
                    time.sleep(1.0)
                    os.kill(int(name), signal.SIGTERM)
                    signalled.append(time.monotonic())
                    return
            except OSError:
                continue
        time.sleep(0.02)


image = new_image(100, 100)
thread = threading.Thread(target=end_plugin)
thread.start()
done = generate(image, **{'class': embedded.CLASSES[1], 'steps': 1000, 'count': 50})
ended = time.monotonic()
thread.join()
note('stopped', dict(outcome(done), seconds=ended - signalled[0], names=names(image)))
note('after', outcome(generate(image, **{'class': embedded.CLASSES[1], 'steps': 2})))
note('finished', True)

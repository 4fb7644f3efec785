# SPDX-License-Identifier: GPL-3.0-or-later
"""What assistive technology sees of a window: run with its title, prints a JSON list of [role, name, text] of all that is in it, also
beyond what is scrolled to; with a name more, presses the button called so that shows. A process of its own, since GIMP's script waits for the window meanwhile."""
import json
import sys

import pyatspi


def inside(node):
    try:
        if not node.getState().contains(pyatspi.STATE_VISIBLE):
            return
        yield node
        for child in list(node)[:200]:  # a list of a thousand classes is no window
            if child is not None:
                yield from inside(child)
    except (LookupError, RuntimeError):  # gone meanwhile
        return


def text_of(node):
    try:
        return node.queryText().getText(0, -1)
    except NotImplementedError:
        return ''


def windows(title):
    for application in pyatspi.Registry.getDesktop(0):
        if application is not None:
            for window in application:
                if window is not None and window.name == title:
                    yield window


nodes = [node for window in windows(sys.argv[1]) for node in inside(window)]
if len(sys.argv) > 2:
    for node in nodes:
        if node.name == sys.argv[2] and node.getState().contains(pyatspi.STATE_SHOWING):
            node.queryAction().doAction(0)
            break
    else:
        sys.exit('nothing is called ' + sys.argv[2])
else:
    print(json.dumps([[node.getRoleName(), node.name, text_of(node)] for node in nodes]))

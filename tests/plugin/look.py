# SPDX-License-Identifier: GPL-3.0-or-later
"""What assistive technology sees of a window. Each line of standard input is a JSON list: with a title, answered by a JSON list of
[role, name, text] of all that is in the window called so, also beyond what is scrolled to; with a name more, presses the button called
so that shows; with a number after it, sets the slider or spin button called so, or labelled so, and with a text, writes that into the entry called so,
as if Enter followed; answered by whether there is one. A process of its own, since GIMP's script waits for the window meanwhile."""
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
    except (LookupError, RuntimeError, ValueError):  # gone meanwhile
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


def shows(node):
    """GTK does not call showing what lies over a picture, as a check box does."""
    return node.getState().contains(pyatspi.STATE_SHOWING) or node.getRole() == pyatspi.ROLE_CHECK_BOX


def press(nodes, name):
    for node in nodes:
        if node.name == name and shows(node):
            node.queryAction().doAction(0)
            return True
    return False


def is_called(node, name):
    """By itself, or by the label beside it."""
    labels = [relation.getTarget(0).name for relation in node.getRelationSet() if relation.getRelationType() == pyatspi.RELATION_LABELLED_BY]
    return name in [node.name, *labels]


def turn(nodes, name, value):
    for node in nodes:
        if node.getRole() in (pyatspi.ROLE_SPIN_BUTTON, pyatspi.ROLE_SLIDER) and is_called(node, name):
            node.queryValue().currentValue = value
            return True
    return False


def write(nodes, name, text):
    for node in nodes:
        if node.getRole() == pyatspi.ROLE_TEXT and node.name == name:
            return node.queryEditableText().setTextContents(text) and node.queryAction().doAction(0)
    return False


def describe(nodes):
    seen = []
    for node in nodes:
        try:
            seen.append([node.getRoleName(), node.name, text_of(node)])
        except (LookupError, RuntimeError, ValueError):  # gone meanwhile
            continue
    return seen


for line in sys.stdin:
    title, *more = json.loads(line)
    found = [node for window in windows(title) for node in inside(window)]
    change = write if len(more) == 2 and isinstance(more[1], str) else turn
    answer = change(found, *more) if len(more) == 2 else press(found, *more) if more else describe(found)
    print(json.dumps(answer), flush=True)

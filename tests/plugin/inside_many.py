# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside GIMP: many generations in a row, and what GIMP's memory comes to after each."""
import os

from inside_gimp import embedded, generate, names, new_image, note

image = new_image(200, 150, layers=('Bottom', 'Top'))


def memory():
    """Resident MiB of the GIMP that runs this script."""
    with open('/proc/%d/statm' % os.getppid(), encoding='ascii') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 2**20


took = []
for i in range(int(os.environ['ADM_TEST_RUNS'])):
    done = generate(image, **{'class': embedded.CLASSES[1], 'seed': i, 'steps': 2})
    for layer in done.layers:
        image.remove_layer(layer)
    # What undo keeps is GIMP's own affair.
    image.undo_disable()
    image.undo_enable()
    took.append(memory())
    note('many', {'memory': took, 'names': names(image)})

# SPDX-License-Identifier: GPL-3.0-or-later
"""A fresh GIMP for a test: a profile of its own in a temporary folder, with the built plug-in and its data installed.

Scripts that run inside GIMP (inside_*.py) note what they see as JSON; the tests outside check the notes, so that a script
that dies half-way fails every test whose facts it did not reach. ADM_PLUGIN, ADM_PROGRAM and ADM_DATA name the plug-in's
program, the command-line program and the data folder.
"""
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.dirname(HERE))
import embedded  # noqa: E402 (the tests take it from here)

PLUGIN = os.environ['ADM_PLUGIN']
PROGRAM = os.environ['ADM_PROGRAM']
DATA = os.environ['ADM_DATA']
# A display of its own, with a small window manager, for what follows.
DISPLAY = ['dbus-run-session', '--', 'xvfb-run', '-a', '-s', '-screen 0 1280x900x24', 'sh', '-c', 'openbox & exec "$0" "$@"']
LEARNT = os.path.join(os.path.dirname(PROGRAM), os.pardir, 'tests', 'plugin', 'gimp-profile')


class Profile:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='adm-gimp-')
        self.gimp = os.path.join(self.folder, 'gimp')
        self.installed = os.path.join(self.gimp, 'plug-ins', 'plug-in-adm')
        self.models = os.path.join(self.folder, 'models')
        os.makedirs(self.installed)
        os.makedirs(self.models)
        # In a new profile GIMP asks each of its hundred plug-ins what it does, for twelve seconds. What it learnt in one holds in the
        # next; our plug-in, whose path is another each time, is asked anew.
        if os.path.isdir(LEARNT):
            shutil.copytree(LEARNT, self.gimp, dirs_exist_ok=True)
        with open(os.path.join(self.gimp, 'gimprc'), 'a', encoding='utf-8') as file:
            file.write('(show-welcome-dialog no)\n')  # it would lie over the images in the screenshots
        shutil.copy(PLUGIN, os.path.join(self.installed, 'plug-in-adm'))
        shutil.copytree(DATA, os.path.join(self.installed, 'data'))
        self.env = dict(os.environ, GIMP3_DIRECTORY=self.gimp, HOME=self.folder, ADM_MODEL_PATH=self.models, LC_ALL='C.UTF-8',
                        ADM_TEST_FOLDER=self.folder, PATH='/usr/bin:/bin')
        for key, name in (('XDG_CONFIG_HOME', 'config'), ('XDG_DATA_HOME', 'share'), ('XDG_CACHE_HOME', 'cache')):
            self.env[key] = os.path.join(self.folder, name)

    def close(self):
        files = [os.path.join(self.gimp, name) for name in ('gimprc', 'pluginrc')]
        if not os.path.isdir(LEARNT) and all(map(os.path.exists, files)):
            new = tempfile.mkdtemp(dir=os.path.dirname(LEARNT))
            for file in files:
                shutil.copy(file, new)
            try:
                os.rename(new, LEARNT)
            except OSError:  # another test was quicker
                shutil.rmtree(new)
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_model(self, name, spoil=None, spoilt='diffusion'):
        """A copy of the embedded model under another NAME; SPOIL is called with the path of the weights of the part SPOILT."""
        stem = name.lower().replace(' ', '-')
        description = dict(embedded.DESCRIPTION, id=stem, name=name)
        for part in embedded.PARTS:
            source = os.path.join(DATA, description[part])
            description[part] = stem + '-' + part + '.safetensors'
            target = os.path.join(self.models, description[part])
            shutil.copy(source, target)
            if part == spoilt and spoil:
                spoil(target)
        shutil.copy(os.path.join(DATA, description['classes']), self.models)
        with open(os.path.join(self.models, stem + '.json'), 'w', encoding='utf-8') as file:
            json.dump(description, file)

    def add_fixture(self, name):
        """The tiny network tests/fixtures/family/NAME.pt, with what its tensors do not tell."""
        folder = os.path.join(os.path.dirname(HERE), 'fixtures', 'family')
        with open(os.path.join(folder, 'index.json'), encoding='utf-8') as file:
            config = next(entry['config'] for entry in json.load(file).values() if entry['weights'] == name + '.pt')
        shutil.copy(os.path.join(folder, name + '.pt'), self.models)
        with open(os.path.join(self.models, name + '.json'), 'w', encoding='utf-8') as file:
            json.dump({key: value for key, value in config.items() if value is not None}, file)

    def add_broken_model(self):
        """A model whose diffusion weights end in the middle."""
        self.add_model('Broken', lambda path: os.truncate(path, os.path.getsize(path) // 2))

    def command(self, batches, interpreter, program='gimp-console-3.0'):
        command = [program, '-n', '-i', '-d', '-f', '-c', '--batch-interpreter', interpreter]
        if program != 'gimp-console-3.0':
            command = [program, '-n', '-s', '-d', '-f', '--batch-interpreter', interpreter]
        for batch in batches:
            command += ['-b', batch]
        return command + ['--quit']

    def run(self, batches, interpreter='python-fu-eval', program='gimp-console-3.0', prefix=(), timeout=900, **env):
        """Runs BATCHES in one GIMP; returns (exit status, standard output and error)."""
        done = subprocess.run(list(prefix) + self.command(batches, interpreter, program), env=dict(self.env, **env), cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False)
        return done.returncode, done.stdout.decode('utf-8', 'replace')

    def notes(self, script, **options):
        """Runs tests/plugin/SCRIPT.py inside GIMP and returns what it noted."""
        path = os.path.join(self.folder, script + '.json')
        status, output = self.run(['import sys; sys.path.insert(0, %r); import %s' % (HERE, script)], ADM_TEST_NOTES=path, **options)
        sys.stderr.write(output)
        return dict(read_notes(path), status=status)

    def around(self, script, *arguments):
        """Runs tests/plugin/SCRIPT.py on a display of its own, which starts GIMPs of this profile itself, and returns what it noted."""
        path = os.path.join(self.folder, script + '.json')
        done = subprocess.run([*DISPLAY, '/usr/bin/python3', os.path.join(HERE, script + '.py'), *arguments], env=dict(self.env, ADM_TEST_NOTES=path),
                              cwd=self.folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=900, check=False)
        return dict(read_notes(path), status=done.returncode)

    def start(self, batch, interpreter='plug-in-script-fu-eval'):
        return subprocess.Popen(self.command([batch], interpreter), env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def plugin_pid(self):
        """The running plug-in of this profile, or None."""
        program = os.path.join(self.installed, 'plug-in-adm')
        for name in os.listdir('/proc'):
            try:
                if name.isdigit() and os.readlink('/proc/%s/exe' % name) == program:
                    return int(name)
            except OSError:
                continue
        return None

    def wait_for_plugin(self, running, seconds):
        """Waits until the plug-in runs (or no longer does); returns whether it came so, within SECONDS."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (self.plugin_pid() is not None) == running:
                return True
            time.sleep(0.05)
        return False


def overwrite(path, tensor, byte, last=None):
    """Fills the data of TENSOR, in a safetensors file, with BYTE; only the LAST bytes of it, if told."""
    with open(path, 'r+b') as file:
        size = struct.unpack('<Q', file.read(8))[0]
        begin, end = json.loads(file.read(size))[tensor]['data_offsets']
        begin = begin if last is None else end - last
        file.seek(8 + size + begin)
        file.write(byte * (end - begin))


def with_nan(path):
    overwrite(path, 'time_embed.2.weight', b'\xff', 4096)


def with_overflow(path):
    """Makes the first layer's weights of a safetensors file as large as numbers get: finite, unlike what comes of them."""
    large = path.replace('.safetensors', '-bf16.safetensors')
    adm('convert', path, '--dtype', 'bf16', '-o', large)
    overwrite(large, 'input_blocks.0.0.weight', b'\x7f')
    os.replace(large, path)


def read_notes(path):
    """What a script noted in the file PATH, however far it came."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def adm(*arguments):
    """Runs the command-line program; it must succeed."""
    subprocess.run([PROGRAM, *map(str, arguments)], check=True, stdin=subprocess.DEVNULL)


def picture(path, channels=3):
    """The RGB bytes of a PNG, or the RGBA ones."""
    import gi
    gi.require_version('GdkPixbuf', '2.0')
    from gi.repository import GdkPixbuf
    pixbuf = GdkPixbuf.Pixbuf.new_from_file(path)
    data, row, n = pixbuf.get_pixels(), pixbuf.get_rowstride(), pixbuf.get_n_channels()
    width, height = pixbuf.get_width(), pixbuf.get_height()
    assert n == channels
    return b''.join(data[y * row:y * row + width * n] for y in range(height))


def stop(process):
    """Ends a process that this test started."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()

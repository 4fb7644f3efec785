#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gradient scale trades: fidelity against diversity of the embedded model's pictures, as the paper's two figures show it
(Dhariwal & Nichol 2021, section 4.3): Fréchet distance, Inception Score, precision and recall by the scale, and the one over the other.

    fidelity.py ADM REFERENCE FOLDER [--scales S,S,…] [--count N] [--chunk N] [--steps K] [--curves OUT.svg] [--classes-svg OUT.svg]

REFERENCE: a folder of K.npy, float32 [M,3,S,S] in [-1, 1], pictures of each class K (crops.py writes it). Each scale gets COUNT pictures of
the same seeds, class after class in turn, as the model's defaults say but for the scale and, if given, the steps. Scores are by the model's
own classifier (`adm evaluate --features classifier`): the distance to all of the reference's features, precision and recall against as many
reference pictures as there are samples, class for class. Of each class alone: precision against all of its reference pictures, and its spread,
the mean distance between two pictures' features as a share of that between two reference pictures'. Pictures and features stay in FOLDER, made
CHUNK by chunk for all scales: ended or killed, the same command goes on, and --upto N measures what the first N pictures of a scale say. Prints
Markdown tables; needs Python alone."""
import argparse
import array
import json
import math
import pathlib
import struct
import subprocess
import sys
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

import embedded  # noqa: E402

SEED = 5000
SCALES = "0,0.5,1,1.5,2.5,4,6,10"


# ---- arrays: a header, then numbers -------------------------------------------------------------------------------------

def npy_split(data):
    """(descr, shape, where the numbers begin)"""
    length = struct.unpack_from("<H" if data[6] == 1 else "<I", data, 8)[0]
    start = (10 if data[6] == 1 else 12) + length
    header = data[start - length:start].decode("latin-1")
    descr = header.split("'descr': '")[1].split("'")[0]
    shape = tuple(int(n) for n in header.split("'shape': (")[1].split(")")[0].split(",") if n.strip())
    return descr, shape, start


def npy_bytes(descr, shape, numbers):
    sides = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sides}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin-1") + numbers


def rows_of(archive):
    """pool_3's rows, each as bytes, and its type."""
    with zipfile.ZipFile(archive) as file:
        data = file.read("pool_3.npy")
    descr, (n, width), start = npy_split(data)
    size = width * int(descr[2:])
    return [data[start + i * size:start + (i + 1) * size] for i in range(n)], descr, width


def write_rows(path, rows, descr, width):
    path.write_bytes(npy_bytes(descr, (len(rows), width), b"".join(rows)))


def mean_distance(rows):
    """Between two different ones of ROWS, each float32 as bytes."""
    points = [array.array("f", row) for row in rows]
    n = len(points)
    return sum(math.dist(points[i], points[j]) for i in range(n) for j in range(i)) / (n * (n - 1) / 2)


# ---- the work ------------------------------------------------------------------------------------------------------------

class Study:
    def __init__(self, options):
        self.o = options
        self.scales = [float(s) for s in options.scales.split(",")]
        self.classes = options.classes
        options.folder.mkdir(parents=True, exist_ok=True)

    def adm(self, *arguments):
        done = subprocess.run([self.o.adm, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def evaluate(self, *arguments):
        return json.loads(self.adm("evaluate", *arguments))

    def reference(self):
        """Features of the reference's pictures, and their statistics."""
        kept = self.o.folder / "reference.npz"
        if not kept.exists():
            files = [self.o.reference / f"{k}.npy" for k in range(self.classes)]
            self.evaluate(*files, "--reference", files[0], "--features", "classifier", "--model", self.o.model, "--save-features", kept)
        return kept

    def sample(self, scale, first, count):
        path = self.o.folder / f"s{scale:g}-{first}.npz"
        if not path.exists():
            began = time.monotonic()
            self.adm("sample", "--model", self.o.model, "--classes", f"0-{self.classes - 1}", "--scale", f"{scale:g}", "--seed", SEED, "--first", first,
                     "--count", count, *(["--steps", self.o.steps] if self.o.steps else []), *(["--fast"] if self.o.fast else []), "--resume",
                     "-o", path)
            print(f"scale {scale:g}, pictures {first} to {first + count - 1}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        return path

    def chunks(self):
        return [(first, min(self.o.chunk, self.o.upto - first)) for first in range(0, self.o.upto, self.o.chunk)]

    def run(self):
        for first, count in self.chunks():
            for scale in self.scales:
                self.sample(scale, first, count)
        kept = self.reference()
        rows, descr, width = rows_of(kept)
        each, per = self.o.upto // self.classes, len(rows) // self.classes
        if each > per:
            raise SystemExit(f"{self.o.upto} pictures want {each} of each class in the reference; it has {per}")
        balanced = [rows[k * per + i] for i in range(each) for k in range(self.classes)]
        alike = self.o.folder / f"reference-{self.o.upto}.npz"  # all of the statistics, as many rows as there are samples
        with zipfile.ZipFile(kept) as whole, zipfile.ZipFile(alike, "w") as part:
            for name in ("mu", "sigma"):
                part.writestr(f"{name}.npy", whole.read(f"{name}.npy"))
            part.writestr("pool_3.npy", npy_bytes(descr, (len(balanced), width), b"".join(balanced)))
        of = []
        for k in range(self.classes):
            path = self.o.folder / f"reference-class-{k}.npy"
            write_rows(path, rows[k * per:(k + 1) * per], descr, width)
            of.append((path, mean_distance(rows[k * per:k * per + min(per, 100)])))
        return [self.measure(scale, alike, of) for scale in self.scales]

    def measure(self, scale, alike, of):
        """Scores of a scale, and of each class, whose reference OF holds: features, and the mean distance between two."""
        done = self.o.folder / f"scores-{scale:g}-{self.o.upto}.json"
        if done.exists():
            return json.loads(done.read_text(encoding="utf-8"))
        features = self.o.folder / f"features-{scale:g}.npz"
        whole = self.evaluate(*[self.sample(scale, *c) for c in self.chunks()], "--reference", alike, "--features", "classifier", "--model",
                              self.o.model, "--save-features", features)
        rows, descr, width = rows_of(features)
        each, path = [], self.o.folder / "class.npy"
        for k in range(self.classes):
            write_rows(path, rows[k::self.classes], descr, width)
            each.append({"precision": self.evaluate(path, "--reference", of[k][0])["precision"],
                         "spread": mean_distance(rows[k::self.classes]) / of[k][1]})
        found = {"scale": scale, **whole, "classes": each}
        done.write_text(json.dumps(found), encoding="utf-8")
        return found


# ---- figures -------------------------------------------------------------------------------------------------------------

STYLE = ('<style>text{font:11px sans-serif;fill:#222}.t{font-weight:bold}.s{font-size:9px;fill:#555}path{fill:none;stroke-width:1.8}'
         '.a{stroke:#1f5fa8}.b{stroke:#b3492b;stroke-dasharray:5 3}circle.a{fill:#1f5fa8;stroke:none}circle.b{fill:#b3492b;stroke:none}'
         '.axis{stroke:#888;stroke-width:1;stroke-dasharray:none}.grid{stroke:#ddd;stroke-width:1;stroke-dasharray:none}</style>')


def ticks(low, high, most=5):
    """Round numbers from LOW to HIGH, MOST + 1 of them at most."""
    step = 10.0 ** -6
    while True:
        for factor in (1, 2, 5):
            if (high - low) / (step * factor) <= most:
                first = -int(-low // (step * factor)) if low > 0 else 0
                return [i * step * factor for i in range(first, int(high / (step * factor) + 1e-9) + 1)]
        step *= 10


class Panel:
    """Axes at X, Y of the picture, W by H, with ranges LOW to HIGH of both."""

    def __init__(self, x, y, w, h, across, up, title="", words=("", "")):
        self.at, self.size, self.range = (x, y), (w, h), (across, up)
        self.lines = [f'<text class="t" x="{x}" y="{y - 7}">{title}</text>']
        for value in ticks(*across):
            px = self.place(value, up[0])[0]
            self.lines.append(f'<path class="grid" d="M{px:.1f} {y}V{y + h}"/><text class="s" text-anchor="middle" x="{px:.1f}" y="{y + h + 12}">'
                              f"{value:g}</text>")
        for value in ticks(*up, 4):
            py = self.place(across[0], value)[1]
            self.lines.append(f'<path class="grid" d="M{x} {py:.1f}H{x + w}"/><text class="s" text-anchor="end" x="{x - 4}" y="{py + 3:.1f}">'
                              f"{value:g}</text>")
        self.lines.append(f'<path class="axis" d="M{x} {y}V{y + h}H{x + w}"/><text x="{x + w / 2}" y="{y + h + 26}" text-anchor="middle">{words[0]}'
                          f'</text><text transform="translate({x - 32} {y + h / 2}) rotate(-90)" text-anchor="middle">{words[1]}</text>')

    def place(self, x, y):
        (x0, y0), (w, h), ((a, b), (c, d)) = self.at, self.size, self.range
        return x0 + w * (x - a) / ((b - a) or 1), y0 + h - h * (y - c) / ((d - c) or 1)

    def curve(self, points, kind="a", labels=(), radius=2.4):
        places = [self.place(*p) for p in points]
        self.lines.append(f'<path class="{kind}" d="M' + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) + '"/>')
        self.lines += [f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>' for x, y in places]
        self.lines += [f'<text class="s" x="{x + 5:.1f}" y="{y - 4:.1f}">{text}</text>' for (x, y), text in zip(places, labels)]


def spread(values, pad=0.06):
    low, high = min(values), max(values)
    more = (high - low or 1) * pad
    return low - more, high + more


def picture(width, height, panels, more=()):
    body = "\n".join(line for panel in panels for line in panel.lines)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">{STYLE}'
            f'<rect width="{width}" height="{height}" fill="#fff"/>\n{body}\n' + "\n".join(more) + "\n</svg>\n")


def curves(found):
    s = [f["scale"] for f in found]
    across, names = (0, max(s)), [f"{value:g}" for value in s]
    of = {key: [f[key] for f in found] for key in ("fid", "inception_score", "precision", "recall")}
    word = "gradient scale s"
    a = Panel(60, 40, 210, 150, across, spread(of["fid"]), "Fréchet distance", (word, ""))
    b = Panel(350, 40, 210, 150, across, spread(of["inception_score"]), "Inception Score", (word, ""))
    c = Panel(640, 40, 210, 150, across, spread(of["precision"] + of["recall"]), "precision and recall", (word, ""))
    d = Panel(60, 270, 350, 200, spread(of["recall"]), spread(of["precision"]), "precision over recall, by scale", ("recall", "precision"))
    e = Panel(500, 270, 350, 200, spread(of["inception_score"]), spread(of["fid"]), "Fréchet distance over Inception Score, by scale",
              ("Inception Score", "Fréchet distance"))
    a.curve(list(zip(s, of["fid"])))
    b.curve(list(zip(s, of["inception_score"])))
    c.curve(list(zip(s, of["precision"])))
    c.curve(list(zip(s, of["recall"])), "b")
    d.curve(list(zip(of["recall"], of["precision"])), labels=names)
    e.curve(list(zip(of["inception_score"], of["fid"])), labels=names)
    key = ('<path class="a" d="M760 28h18"/><text x="782" y="32">precision</text><path class="b" d="M760 16h18"/><text x="782" y="20">recall</text>')
    return picture(880, 515, [a, b, c, d, e], [key])


def small_multiples(found, names):
    panels, s = [], [f["scale"] for f in found]
    highest = max(1.0, *(f["classes"][k]["spread"] for f in found for k in range(len(names))))
    for k, name in enumerate(names):
        p = Panel(44 + k % 5 * 172, 52 + k // 5 * 132, 132, 84, (0, max(s)), (0, highest), name)
        for key, kind in (("precision", "a"), ("spread", "b")):
            p.curve([(f["scale"], f["classes"][k][key]) for f in found], kind, radius=1.8)
        panels.append(p)
    key = ('<path class="a" d="M44 20h18"/><text x="66" y="24">precision</text><path class="b" d="M134 20h18"/><text x="156" y="24">spread</text>'
           '<text x="220" y="24">by gradient scale</text>')
    return picture(900, 52 + (len(names) + 4) // 5 * 132, panels, [key])


def tables(found, names):
    print("\n| gradient scale | Fréchet distance | Inception Score | precision | recall |\n|---|---|---|---|---|")
    for f in found:
        print(f"| {f['scale']:g} | {f['fid']:.1f} | {f['inception_score']:.2f} | {f['precision']:.2f} | {f['recall']:.2f} |")
    print("\n| class | " + " | ".join(f"s = {f['scale']:g}" for f in found) + " |\n|---|" + "---|" * len(found))
    for k, name in enumerate(names):
        print(f"| {name} | " + " | ".join(f"{f['classes'][k]['precision']:.2f} / {f['classes'][k]['spread']:.2f}" for f in found) + " |")


def main(arguments=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("adm")
    parser.add_argument("reference", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--model", default=embedded.FILE)
    parser.add_argument("--classes", type=int, default=len(embedded.CLASSES), help="the first N only")
    parser.add_argument("--scales", default=SCALES)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--upto", type=int)
    parser.add_argument("--chunk", type=int, default=100)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--curves", type=pathlib.Path)
    parser.add_argument("--classes-svg", type=pathlib.Path)
    o = parser.parse_args(arguments)
    o.upto = o.upto or o.count
    if o.chunk % o.classes or o.upto % o.classes or o.upto < 4 * o.classes:
        raise SystemExit(f"--chunk and --count must be multiples of {o.classes}, the classes; four of each at least")
    found, names = Study(o).run(), embedded.CLASSES[:o.classes]
    tables(found, names)
    for path, text in ((o.curves, curves(found)), (o.classes_svg, small_multiples(found, names))):
        if path:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures this machine and prints one table: networks against the sgemm peak, threads, instruction sets, 16-bit weights, and how long
an artist waits after a click. A figure 10 % worse than the stored one (figures.json) is marked and makes the status 1.

    table.py ADM CLICK QUALITY DATA [--quality] [--store]

--quality measures what the embedded model's pictures are worth instead: 32 of every class as its defaults say (quality.c). The same
seeds make the same pictures, so any loss is a change's doing: a distance 2 % larger or an agreement 0.01 lower is marked likewise.
--store keeps this run's figures as the ones to compare with.
"""
import hashlib
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import embedded  # noqa: E402

STORED = pathlib.Path(__file__).with_name("figures.json")
ROWS = [
    ("embedded", []),
    ("embedded", ["--fast"]),
    ("adm-64", []),
    ("adm-64", ["--threads", "1"]),
    ("adm-64", ["--threads", "4"]),
    ("adm-64", ["--half"]),
    ("adm-64", ["--exact"]),
    ("adm-64", ["--fast"]),
    ("classifier-64", []),
    ("classifier-64", ["--fast"]),
    ("upsampler-64-256", []),
    ("upsampler-64-256", ["--half"]),
    ("upsampler-64-256", ["--fast"]),
    ("upsampler-64-256", ["--kernels", "avx2"]),
    ("adm-256", []),
    ("adm-256", ["--half"]),
    ("adm-256", ["--fast"]),
    ("classifier-256", []),
]


def lines_of(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


class Comparison:
    """Figures of this run against the stored ones; ratios to the peak measured in the same run, so that a busy or another machine
    changes them little."""

    def __init__(self):
        self.stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
        self.now, self.worse = {}, 0

    def mark(self, name, figure, larger_is_better, forgiven=None):
        """FORGIVEN: the figure with what it may have lost given back; without it a tenth of the stored one."""
        self.now[name] = round(figure, 4)
        before = self.stored.get(name)
        if forgiven is None:
            forgiven = figure / 0.9 if larger_is_better else figure * 0.9
        if not before or (forgiven >= before if larger_is_better else forgiven <= before):
            return ""
        self.worse += 1
        return f"  worse than the {before:.2f} stored"


def measure_quality(compare, quality):
    of = json.loads(STORED.with_name("statistics.json").read_text(encoding="utf-8"))
    if hashlib.sha256(embedded.WEIGHTS["classifier"].read_bytes()).hexdigest() != of["classifier_sha256"]:
        raise SystemExit("tests/bench/statistics.npy is of another classifier's features: make it anew (data/README.md)")
    (f,) = lines_of(quality, str(embedded.FILE), str(STORED.with_name("statistics.npy")), "32")
    print(f"{embedded.NAME}, {f['pictures']} pictures as its defaults say, {f['seconds']:.2f} s each")
    note = compare.mark("quality, agreement", f["agreement"], True, f["agreement"] + 0.01)
    print(f"{'agreement of the classifier':<32}{f['agreement']:>8.3f}{note}")
    note = compare.mark("quality, frechet", f["frechet"], False, f["frechet"] * 0.98)
    print(f"{'Fréchet distance':<32}{f['frechet']:>8.2f}{note}")


def main(adm, click, quality, data, *more):
    compare = Comparison()
    if "--quality" in more:
        measure_quality(compare, quality)
    else:
        measure_speed(compare, adm, click, data)
    if "--store" in more:
        STORED.write_text(json.dumps({**compare.stored, **compare.now}, indent=2) + "\n", encoding="utf-8")
        return 0
    return 1 if compare.worse else 0


def measure_speed(compare, adm, click, data):
    print(f"{'network':<32}{'threads':>8}{'seconds':>9}{'GFLOP/s':>9}{'sgemm':>7}{'ratio':>7}{'planned MiB':>13}{'resident MiB':>14}")
    for arch, options in ROWS:
        for f in lines_of(adm, "bench", "--arch", arch, "--repeat", "3", *options):
            name = " ".join([arch, *options])
            note = compare.mark(name, f["ratio"], True)
            print(f"{name:<32}{f['threads']:>8}{f['seconds']:>9.3f}{f['gflops']:>9.0f}{f['sgemm_peak_gflops']:>7.0f}{f['ratio']:>7.2f}"
                  f"{f['planned_mib']:>13.0f}{f['peak_rss_mib']:>14.0f}{note}", flush=True)
    print(f"\n{'embedded model, after a click':<32}{'first preview':>16}{'finished':>10}{'steps':>7}")
    for f in lines_of(click, data):
        note = compare.mark(f["what"], f["picture_seconds"], False)
        print(f"{f['what']:<32}{f['preview_seconds']:>14.3f} s{f['picture_seconds']:>8.2f} s{f['steps']:>7}{note}", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

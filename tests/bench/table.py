#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures this machine and prints one table: networks against the sgemm peak, threads, instruction sets, 16-bit weights, and how long
an artist waits after a click. A figure 10 % worse than the stored one (figures.json) is marked and makes the status 1.

    table.py ADM CLICK DATA [--store]        --store: keep this run's figures as the ones to compare with
"""
import json
import pathlib
import subprocess
import sys

STORED = pathlib.Path(__file__).with_name("figures.json")
ROWS = [
    ("embedded", []),
    ("adm-64", []),
    ("adm-64", ["--threads", "1"]),
    ("adm-64", ["--threads", "4"]),
    ("adm-64", ["--half"]),
    ("adm-64", ["--exact"]),
    ("classifier-64", []),
    ("upsampler-64-256", []),
    ("upsampler-64-256", ["--half"]),
    ("upsampler-64-256", ["--kernels", "avx2"]),
    ("adm-256", []),
    ("adm-256", ["--half"]),
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

    def mark(self, name, figure, larger_is_better):
        self.now[name] = round(figure, 4)
        before = self.stored.get(name)
        if not before or (figure >= 0.9 * before if larger_is_better else figure <= before / 0.9):
            return ""
        self.worse += 1
        return f"  worse than the {before:.2f} stored"


def main(adm, click, data, *more):
    compare = Comparison()
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
    if "--store" in more:
        STORED.write_text(json.dumps(compare.now, indent=2) + "\n", encoding="utf-8")
        return 0
    return 1 if compare.worse else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

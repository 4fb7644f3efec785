#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs `adm bench` and prints its figures as one table; a figure 10 % worse than the stored one (figures.json) is marked."""
import json
import pathlib
import subprocess
import sys

NAMES = ["embedded", "classifier-64", "adm-64", "upsampler-64-256", "classifier-256", "adm-256"]
STORED = pathlib.Path(__file__).with_name("figures.json")


def main(program, *names):
    stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    print(f"{'network':<18}{'threads':>8}{'seconds':>9}{'GFLOP/s':>9}{'sgemm':>8}{'ratio':>7}{'planned MiB':>13}{'resident MiB':>14}")
    for name in names or NAMES:
        run = subprocess.run([program, "bench", "--arch", name, "--repeat", "3"], stdout=subprocess.PIPE, text=True, check=False)
        if run.returncode:
            return run.returncode
        for line in run.stdout.splitlines():
            f = json.loads(line)
            worse = f["ratio"] < 0.9 * stored.get(f["arch"], 0)
            print(f"{f['arch']:<18}{f['threads']:>8}{f['seconds']:>9.3f}{f['gflops']:>9.0f}{f['sgemm_peak_gflops']:>8.0f}{f['ratio']:>7.2f}"
                  f"{f['planned_mib']:>13.0f}{f['peak_rss_mib']:>14.0f}{'  worse than the ' + format(stored[f['arch']], '.2f') + ' stored' if worse else ''}",
                  flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

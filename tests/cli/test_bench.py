#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`adm bench` on the small architectures: its keys, and figures that agree with each other."""
import json
import sys

from harness import check, succeeds, summary

KEYS = ["arch", "threads", "seconds", "flops", "gflops", "sgemm_peak_gflops", "ratio", "planned_mib", "peak_rss_mib"]
# Multiply-adds times two by the published description: classifier-64's forward and gradient is about 38 G multiply-adds.
FLOPS = {"embedded": (5e9, 2e10), "classifier-64": (6.8e10, 8.8e10)}


def main():
    for arch, (least, most) in FLOPS.items():
        lines = succeeds("bench", "--arch", arch, "--repeat", "1", "--threads", "2").splitlines()
        if not check(len(lines) == 1, f"{arch}: {len(lines)} lines"):
            continue
        f = json.loads(lines[0])
        check(list(f) == KEYS and f["arch"] == arch and f["threads"] == 2, f"{arch}: {lines[0]}")
        check(all(f[key] > 0 for key in KEYS[1:]), f"{arch}: {lines[0]}")
        check(least <= f["flops"] <= most, f"{arch}: {f['flops']} FLOPs")
        check(abs(f["gflops"] - f["flops"] / f["seconds"] / 1e9) < 0.01 * f["gflops"], f"{arch}: gflops is not flops / seconds")
        check(abs(f["ratio"] - f["gflops"] / f["sgemm_peak_gflops"]) < 0.01 * f["ratio"], f"{arch}: ratio is not gflops / peak")
        check(0.95 * f["planned_mib"] <= f["peak_rss_mib"] <= 1.05 * f["planned_mib"], f"{arch}: memory planned and found: {lines[0]}")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

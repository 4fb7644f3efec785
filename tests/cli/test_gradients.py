#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`adm gradients` against the reference implementation in float64 (tests/fixtures/train): losses, their terms, and every parameter's gradient
within 20 x the reference's own float32 error (200 x where Winograd computes); byte-identical for any number of threads; bad usage."""
import json
import math
import shutil
import struct
import sys

import numpy

from harness import FIXTURES, check, folder, refuses, run, summary

TRAIN = FIXTURES / "train"
INDEX = json.loads((TRAIN / "index.json").read_text())


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    types = {"F32": "<f4", "F64": "<f8"}
    return {name: numpy.frombuffer(data[8 + length + entry["data_offsets"][0]:8 + length + entry["data_offsets"][1]],
                                   types[entry["dtype"]]).astype("f8")
            for name, entry in header.items() if name != "__metadata__"}


def arguments_of(tag, case, weights, out):
    arguments = ["gradients", "--model", weights, "--x0", TRAIN / f"{tag}.x0.npy", "--noise", TRAIN / f"{tag}.noise.npy",
                 "--t", ",".join(map(str, case["t"])), "--loss", case["loss_type"].lower().replace("_", "-"), "-o", out]
    if case["y"]:
        arguments += ["--class", ",".join(map(str, case["y"]))]
    low = TRAIN / f"{tag}.low.npy"
    return arguments + (["--low-res", low] if low.exists() else [])


def compare(what, case, terms, found, truth, times):
    for key, expected in case["terms"].items():
        own = max(abs(a - b) / abs(b) for a, b in zip(case["terms_f32"][key], expected))
        worst = max(abs(a - b) / abs(b) for a, b in zip(terms[key], expected))
        # float32 has 24 bits: a term that the reference happened to get right is no reason to ask for more
        check(worst <= times * max(own, 2.0 ** -24), f"{what}: {key} off by {worst:.3g}, the reference's float32 by {own:.3g}")
    check(set(found) == set(truth), f"{what}: names differ: {set(found) ^ set(truth)}")
    whole = math.sqrt(sum(norm ** 2 for norm in case["grads_norm"].values()))
    difference = total = 0.0
    for name, expected in truth.items():
        count, size = expected.size, found[name].size
        values = found[name][[i * size // count for i in range(count)]]
        off = numpy.linalg.norm(values - expected) * math.sqrt(size / count)
        difference += off ** 2
        total += numpy.linalg.norm(expected) ** 2 * size / count
        relative = off / (case["grads_norm"][name] + 1e-3 * whole)
        check(relative <= times * case["grads_f32_err_worst_tensor"], f"{what}: {name} off by {relative:.3g}")
    error = math.sqrt(difference / total)
    check(error <= times * case["grads_f32_err"], f"{what}: gradients off by {error:.3g}, at most {times * case['grads_f32_err']:.3g}")


def one_case(there, tag, case):
    weights = TRAIN / case["weights"]
    if case["predict_xstart"]:  # no tensor shows it
        weights = there / case["weights"]
        shutil.copy(TRAIN / case["weights"], weights)
        description = json.loads((TRAIN / case["weights"]).with_suffix(".json").read_text())
        weights.with_suffix(".json").write_text(json.dumps(dict(description, predict_xstart=True)))
    truth = read_safetensors(TRAIN / f"{tag}.grads.safetensors")
    out = there / "gradients.safetensors"
    for exact in (True, False):
        first = None
        for threads in (1, 2, 3):
            what = f"{tag}, {'exact' if exact else 'fast'}, {threads} threads"
            done = run(*arguments_of(tag, case, weights, out), "--threads", threads, *(["--exact"] if exact else []))
            if not check(done.returncode == 0 and not done.stderr, f"{what}: status {done.returncode}: {done.stderr!r}"):
                continue
            result = done.stdout, out.read_bytes()
            if first is None:
                first = result
                compare(what, case, json.loads(done.stdout), read_safetensors(out), truth, 20 if exact else 200)
            else:
                check(result == first, f"{what}: differs from one thread's")
        out.unlink(missing_ok=True)


def bad_usage(there):
    case = INDEX["cond.train"]
    good = arguments_of("cond.train", case, TRAIN / "cond.pt", there / "g.safetensors")

    def but(option, value):
        at = good.index(option)
        return good[:at + 1] + [value] + good[at + 2:]

    refuses(2, *but("--loss", "l1"), says="there is no 'l1'")
    refuses(2, *but("--loss", "cross-entropy"), says="only a classifier")
    refuses(2, *but("--class", "9"), says="--class")
    refuses(2, *but("--t", "1000"), says="--t")
    refuses(2, *but("-o", there / "g.npy"), says=".safetensors")
    refuses(1, *but("--noise", TRAIN / "superres.train.noise.npy"), says="shape")
    refuses(1, *but("--x0", TRAIN / "superres.train.x0.npy"), says="shape")
    refuses(1, *but("-o", there / "nowhere" / "g.safetensors"), says="nowhere")
    refuses(1, *good, "--memory-limit", "1MiB", says="MiB")
    refuses(2, *[a for a in good if a != "--noise"][:3], says="missing")
    check(not (there / "g.safetensors").exists(), "a failure left a file")


def main():
    with folder() as there:
        for tag, case in INDEX.items():
            one_case(there, tag, case)
        bad_usage(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

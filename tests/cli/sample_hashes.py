#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the core computes, as one line a case: "case sha256" of the .npy file that `adm eval`, `adm sample` or `adm upscale` writes. For changes
that must not move a bit: `sample_hashes.py ADM > before.txt`, then, with the changed program, `sample_hashes.py ADM --check before.txt`."""
import concurrent.futures
import hashlib
import itertools
import json
import os
import re
import sys

from harness import FIXTURES, ROOT, folder, index, png, run

KERNELS = ("avx512", "avx2", "portable")


def kernels_here():
    """The tables that this processor can run: the others are refused, and the refusal says what this one lacks."""
    probe = ["eval", "--model", FIXTURES / "classifier-adaptive.pt", "--x", FIXTURES / "classifier-adaptive.x.npy", "--t", 3, "-o", os.devnull]
    return [name for name in KERNELS if b"this processor lacks" not in run(*probe, "--kernels", name).stderr]


def variants(kernels, threads):
    for exact, half, table, count in itertools.product((False, True), (False, True), kernels, threads):
        yield [*(["--exact"] if exact else []), *(["--half"] if half else []), "--kernels", table, "--threads", count]


def fixture_cases(kernels):
    for name, network in index().items():
        for case, weights in itertools.product(network["cases"], [network["weights"], *network.get("also", [])]):
            what = [case["kind"], "--model", FIXTURES / weights]
            if case["kind"] == "eval":
                what += ["--x", FIXTURES / case["x"], "--t", ",".join(map(str, case["t"]))]
                what += ["--class", ",".join(map(str, case["y"]))] if case.get("y") is not None else []
            else:
                what += ["--sampler", case["sampler"], "--respacing", case["respacing"], "--eta", case["eta"], "--noise", FIXTURES / case["noise"]]
                what += ["--class", case["y"]] if case.get("y") is not None else []
                what += ["--classifier", FIXTURES / case["classifier"], "--scale", case["scale"]] if case.get("classifier") else []
            what += ["--low-res", FIXTURES / case["low_res"]] if case.get("low_res") else []
            outputs = ["-o", "--grad"] if "logits" in case else ["-o"]
            # Each step of a sample is an evaluation: the number of threads is turned over with those alone.
            for more in variants(kernels, (1, 2, 3) if case["kind"] == "eval" else (2,)):
                yield what + more, outputs


def model_cases(path, picture):
    model = json.loads(path.read_text(encoding="utf-8"))
    listed = re.search(r"--sampler NAME +(.*)", run("sample", "--help").stdout.decode()).group(1)
    for sampler in re.split(r", | or ", listed):
        what = ["sample", "--model", path, "--class", 1, "--steps", 4, "--seed", 11, "--sampler", sampler]
        for eta in (["--eta", 0], ["--eta", 1]) if sampler == "ddim" else ([],):
            for scale in (0, 3):
                yield what + eta + ["--scale", scale], ["-o"]
        yield what + ["--scale", 2, "--count", 2, "--half"], ["-o"]
        yield what + ["--scale", 2, "--exact", "--class", "none", "--guide", 2], ["-o"]
        yield what + ["--scale", 2, "--guidance-interval", "0.2,5"], ["-o"]
        if model.get("upsampler"):
            yield what + ["--upscale", "--up-sampler", sampler, "--up-steps", 2], ["-o"]
            yield ["upscale", "--model", path, "--tiles", "--steps", 2, "--seed", 5, "--sampler", sampler, picture], ["-o"]


def hashed(where, number, arguments, outputs):
    """The lines of one run; a run that fails is a line, too."""
    files = [where / f"{number}{option.replace('-', '.')}.npy" for option in outputs]
    done = run(*arguments, *(word for pair in zip(outputs, files) for word in pair))
    words = " ".join(word.name if hasattr(word, "name") else str(word) for word in arguments)
    lines = []
    for option, file in zip(outputs, files):
        value = hashlib.sha256(file.read_bytes()).hexdigest() if done.returncode == 0 else f"failed:{done.stderr.decode(errors='replace').strip()}"
        file.unlink(missing_ok=True)
        lines.append((f"{words} {option}", value.replace(" ", "_")))
    return lines


def main():
    with folder() as there, concurrent.futures.ThreadPoolExecutor(2) as pool:
        picture = there / "picture.png"
        picture.write_bytes(png(90, 70, [bytes((x * 7 + y * 3 + c * 50) * (x + c) % 251 for x in range(90) for c in range(3)) for y in range(70)]))
        cases = list(fixture_cases(kernels_here()))
        for path in sorted((ROOT / "data").glob("*.json")):
            if json.loads(path.read_text(encoding="utf-8")).get("format") == "adm-model-1":
                cases += model_cases(path, picture)
        lines = [line for found in pool.map(lambda of: hashed(there, of[0], *of[1]), enumerate(cases)) for line in found]
    if "--check" not in sys.argv:
        print("\n".join(f"{case} {value}" for case, value in lines))
        return 1 if any(value.startswith("failed:") for _, value in lines) else 0
    with open(sys.argv[sys.argv.index("--check") + 1], encoding="utf-8") as file:
        before = dict(line.rstrip("\n").rsplit(" ", 1) for line in file)
    now = dict(lines)
    differing = [case for case in before if now.get(case) != before[case]]
    for case in differing:
        print(f"{'differs' if case in now else 'is gone'}: {case}{' ' + now[case] if now.get(case, '').startswith('failed:') else ''}")
    for case in now.keys() - before.keys():
        print(f"is new: {case}")
    print(f"{len(before)} hashes, {len(differing)} differ")
    return 1 if differing or not before else 0


if __name__ == "__main__":
    sys.exit(main())

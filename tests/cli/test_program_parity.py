#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every case of the fixtures through the program: within 20 x the reference's own float32 error with --exact, 200 x without; from the
noise file and from the seed; byte-identical for any number of threads."""
import sys

from harness import FIXTURES, check, folder, index, npy_read, relative_error, run, summary

GERMAN = {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}  # where 0,5 is how one half is written
THREADS = (1, 2, 3)


def compare(path, truth, f32_err, exact, what):
    shape, values = npy_read(path)
    expected_shape, expected = npy_read(FIXTURES / truth)
    if check(shape == expected_shape, f"{what}: shape {shape}, expected {expected_shape}"):
        error, limit = relative_error(values, expected), (20 if exact else 200) * f32_err
        check(error <= limit, f"{what}: error {error:.3g}, at most {limit:.3g}")


def each_way(there, arguments, outputs, what):
    """Runs ARGUMENTS for every thread count, exact and not. OUTPUTS: option -> (truth, f32_err)."""
    for exact in (True, False):
        first = {}
        for threads in THREADS:
            here = f"{what}, {'exact' if exact else 'fast'}, {threads} threads"
            files = {option: there / f"{option.strip('-')}.npy" for option in outputs}
            for file in files.values():
                file.unlink(missing_ok=True)
            places = [word for option, file in files.items() for word in (option, str(file))]
            done = run(*arguments, *places, "--threads", threads, *(["--exact"] if exact else []), env=GERMAN if threads == 2 else None)
            if not check(done.returncode == 0 and not done.stderr and done.stdout.count(b"\n") == (0 if arguments[0] == "eval" else 1), f"{here}: status {done.returncode}: {done.stderr!r}"):
                continue
            for option, file in files.items():
                data = file.read_bytes()
                if option not in first:
                    first[option] = data
                    compare(file, *outputs[option], exact, f"{here}, {option}")
                else:
                    check(data == first[option], f"{here}, {option}: differs from one thread's")


def eval_case(there, name, weights, case):
    arguments = ["eval", "--model", FIXTURES / weights, "--x", FIXTURES / case["x"], "--t", ",".join(map(str, case["t"]))]
    if case.get("y") is not None:
        arguments += ["--class", ",".join(map(str, case["y"]))]
    if case.get("low_res"):
        arguments += ["--low-res", FIXTURES / case["low_res"]]
    if "logits" in case:
        outputs = {"--logits": (case["logits"], case["logits_f32_err"]), "--grad": (case["grad"], case["grad_f32_err"]),
                   "-o": (case["logits"], case["logits_f32_err"])}
    else:
        outputs = {"-o": (case["out"], case["f32_err"])}
    each_way(there, arguments, outputs, f"{name} eval {weights}")


def sample_case(there, name, weights, case):
    arguments = ["sample", "--model", FIXTURES / weights, "--sampler", case["sampler"], "--respacing", case["respacing"], "--eta", case["eta"]]
    if case.get("y") is not None:
        arguments += ["--class", case["y"]]
    if case.get("classifier"):
        arguments += ["--classifier", FIXTURES / case["classifier"], "--scale", case["scale"]]
    if case.get("low_res"):
        arguments += ["--low-res", FIXTURES / case["low_res"]]
    for noise in (["--noise", FIXTURES / case["noise"]], ["--seed", case["seed"]]):
        each_way(there, arguments + noise, {"-o": (case["out"], case["f32_err"])}, f"{name} {case['out']} by {noise[0]}")


def main():
    cases = 0
    with folder() as there:
        for name, network in index().items():
            for case in network["cases"]:
                for weights in [network["weights"], *network.get("also", [])]:
                    cases += 1
                    (eval_case if case["kind"] == "eval" else sample_case)(there, name, weights, case)
    check(cases >= 16, f"only {cases} cases in the index")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

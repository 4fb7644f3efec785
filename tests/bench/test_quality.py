#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""quality's figures where they are known: few pictures of the embedded model give the same twice, the stored statistics
have the classifier's shape, and what cannot be is refused."""
import hashlib
import json
import pathlib
import subprocess
import sys

quality, frechet = sys.argv.pop(1), sys.argv.pop(1)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import embedded  # noqa: E402
from harness import check, folder, npy_read, summary  # noqa: E402 (it reads what is left of the arguments)

STATISTICS = pathlib.Path(__file__).with_name("statistics.npy")
FEW = ["2", "--classes", "3", "--steps", "6", "--sampler", "sde-dpm++2m", "--scale", "3"]


def run(*arguments):
    return subprocess.run([quality, *map(str, arguments)], capture_output=True, text=True, check=False)


def main():
    with folder() as there:
        pictures = there / "p.npy"
        first = json.loads(run(embedded.FILE, STATISTICS, *FEW, "--pictures", pictures).stdout)
        again = json.loads(run(embedded.FILE, STATISTICS, *FEW).stdout)
        check(first["pictures"] == 6 and 0 <= first["agreement"] <= 1 and first["frechet"] > 0, f"{first}")
        check((first["frechet"], first["agreement"]) == (again["frechet"], again["agreement"]), f"not the same twice: {first}, {again}")
        shape, values = npy_read(pictures)
        check(shape == (3, 3, 64, 64) and min(values) >= -1.5 and max(values) <= 1.5, f"{shape}")
        of = json.loads(STATISTICS.with_suffix(".json").read_text(encoding="utf-8"))
        check(of["classifier_sha256"] == hashlib.sha256(embedded.WEIGHTS["classifier"].read_bytes()).hexdigest(), "statistics of another classifier")
        # The statistics of pictures are a mean and a covariance of the classifier's features, as the stored ones are.
        fitted = there / "fitted.npy"
        subprocess.run([frechet, "--fit", embedded.WEIGHTS["classifier"], pictures, fitted], check=True, stdout=subprocess.DEVNULL)
        rows, numbers = npy_read(fitted)
        check(rows == npy_read(STATISTICS)[0], f"statistics of another shape: {rows}")
        width = rows[1]
        trace = sum(numbers[width + i * width + i] for i in range(width))
        check(trace > 0 and all(abs(numbers[width + i * width + j] - numbers[width + j * width + i]) < 1e-3 * trace for i in range(5) for j in range(5)),
              "the covariance is not symmetric")
        for arguments, says in (([embedded.FILE, pictures, "2"], "a mean and a covariance"), ([embedded.FILE, there / "none.npy", "2"], "none.npy"),
                                ([embedded.FILE, STATISTICS, "0"], "usage"), ([embedded.FILE, STATISTICS, "2", "--steps"], "usage"),
                                ([embedded.WEIGHTS["upsampler"], STATISTICS, "2"], "a classifier is needed")):
            refused = run(*arguments)
            check(refused.returncode in (1, 2) and says in refused.stderr and not refused.stdout, f"{arguments}: {refused.returncode} {refused.stderr}")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

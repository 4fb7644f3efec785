#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiles every source of the core for arm64, warnings as errors: what depends on x86 must have its portable twin."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = pathlib.Path("/usr/aarch64-linux-gnu/include")
FLAGS = ["--target=aarch64-linux-gnu", "-isystem", str(HEADERS), "-std=gnu17", "-O0", "-Wall", "-Wextra", "-Wno-missing-field-initializers",
         "-Werror", "-D_GNU_SOURCE", '-DADM_VERSION="0"', '-DADM_BUILD_DIR="."', '-DADM_SOURCE_DATA_DIR="."', '-DADM_DATA_DIR="."',
         '-DADM_EMBEDDED_MODEL="."', "-I" + str(ROOT / "core"), "-c", "-o", os.devnull]


def flags_of(package):
    return subprocess.run(["pkg-config", "--cflags", package], stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def main():
    if not HEADERS.is_dir():
        print(f"{HEADERS}: missing; install libc6-dev-arm64-cross")
        return 1
    sources = [p for p in sorted((ROOT / "core").rglob("*.c")) if p.stem not in ("kernels_avx2", "kernels_avx512", "kernels_avx512bf16", "kernels_amx")]
    # libjpeg's own configuration is this processor's, last of all: its widths are the same.
    here = subprocess.run(["gcc", "-print-multiarch"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    flags = FLAGS + ["-idirafter", f"/usr/include/{here}"] + [f for package in ("openblas", "libpng", "yyjson", "libzip") for f in flags_of(package)]
    # The x86 kernels must not compile, or the compiler is not the one we think it is.
    x86 = subprocess.run(["clang", *flags, "-mavx2", str(ROOT / "core/ops/kernels_avx2.c")], capture_output=True, check=False)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(lambda p: subprocess.run(["clang", *flags, str(p)], capture_output=True, text=True, check=False), sources))
    failed = [p for p, d in zip(sources, done) if d.returncode]
    for path, result in zip(sources, done):
        if result.returncode:
            print(f"{path.relative_to(ROOT)}:\n{result.stderr}")
    print(f"{len(sources)} sources, {len(failed)} not compiled for arm64")
    return 1 if failed or len(sources) < 50 or x86.returncode == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that fails: every kind of call on files fails in turn, at its first, last and some calls between. What was asked for is done
whole, or refused with one line; the file that stood under the output's name stays; nothing else is left."""
import errno
import json
import pathlib
import shutil
import sys

import harness
from harness import FIXTURES, check, folder, png, run, summary, untimed

LIBRARY = sys.argv[2] if len(sys.argv) > 2 else str(pathlib.Path(harness.ADM).resolve().parents[1] / "tests" / "cli" / "libbad_disk.so")
ERRORS = {
    "open": (errno.EACCES,), "create": (errno.EROFS, errno.ENOSPC), "read": (f"{errno.EIO}+", errno.EINTR, "short"),
    "write": (f"{errno.ENOSPC}+", errno.EIO, errno.EINTR, "short"), "seek": (errno.EIO,), "stat": (errno.EIO,), "sync": (errno.EIO, errno.ENOSPC, errno.EINVAL),
    "close": (errno.EIO, errno.ENOSPC), "rename": (errno.EACCES, errno.ENOSPC), "list": (errno.EIO,),
}
HARMLESS = {("read", "short"), ("write", "short"), ("sync", errno.EINVAL)}  # no reason to fail
calls = 0


def snapshot(there):
    return {p.relative_to(there): p.read_bytes() for p in sorted(there.rglob("*")) if p.is_file()}


def restore(there, files):
    for path in there.rglob("*"):
        if path.is_file() and path.relative_to(there) not in files:
            path.unlink()
    for name, data in files.items():
        if not (there / name).exists() or (there / name).read_bytes() != data:
            (there / name).write_bytes(data)


def bad_run(arguments, there, call, counts, env):
    return run(*arguments, env={"LD_PRELOAD": LIBRARY, "ADM_BAD_DISK": str(there), "ADM_BAD_CALL": call, "ADM_BAD_COUNTS": str(counts), **env})


def chosen(n):
    """Calls 1 … N: the first, the last, and some between."""
    return sorted({*range(1, min(n, 5) + 1), *range(max(n - 1, 1), n + 1), *range(7, n, max(n // 3, 1))})


def fail_in_turn(name, there, arguments, outputs=(), env=None, tolerant=False, spare=0):
    """OUTPUTS: the files that are written. TOLERANT: a failure may also be told in what is printed. SPARE: so many files at the end are
    created only to put old ones back with, and the work can do without."""
    global calls
    env = env or {}
    for path in outputs:
        path.write_bytes(b"before")
    before = snapshot(there)
    with folder() as other:
        counts = other / "counts"
        done = bad_run(arguments, there, "", counts, env)
        check(done.returncode == 0 and done.stderr == b"", f"{name}: {done.returncode}, {done.stderr!r}")
        total = {kind: int(n) for kind, n in (line.split() for line in counts.read_text(encoding="ascii").splitlines())}
        printed, after = untimed(done.stdout), snapshot(there)
        check(total["read"] > 0 and (not outputs or total["write"] and total["rename"]), f"{name}: the disk was not used: {total}")
        check(set(after) == set(before), f"{name}: {sorted(set(after) ^ set(before))}")
        restore(there, before)
        for kind, errors in ERRORS.items():
            for at in chosen(total[kind]):
                for error in errors:
                    what = f"{name}: {kind} {at} of {total[kind]} with {error}"
                    done = bad_run(arguments, there, f"{kind}:{at}:{error}", counts, env)
                    calls += 1
                    found = snapshot(there)
                    if done.returncode == 0 and (kind, error) not in HARMLESS and kind not in ("close", "stat", "seek", "list"):
                        check(tolerant or kind == "open" or error == errno.EINTR or kind == "create" and at > total[kind] - spare,
                              f"{what}: passed unnoticed")
                    if done.returncode == 0:
                        check(found == after and (untimed(done.stdout) == printed or tolerant), f"{what}: another result")
                        check(done.stderr == b"", f"{what}: {done.stderr!r}")
                    else:
                        line = done.stderr.decode(errors="replace")
                        check(done.returncode == 1 and line.count("\n") == 1 and line.startswith("adm: ") and str(there) in line, f"{what}: {done.returncode}, {line!r}")
                        check(found == before, f"{what}: {[str(k) for k in set(found) | set(before) if found.get(k) != before.get(k)]} changed; {line!r}")
                        check((kind, error) not in HARMLESS, f"{what}: {line!r}")
                    if found != before:
                        restore(there, before)
    print(f"  {name}: {total}", flush=True)


def put(there, *names):
    for name in names:
        shutil.copy(FIXTURES / name, there / name)


def main():
    with folder() as there:
        put(there, "unet-cond.pt", "unet-cond.json", "classifier-adaptive.legacy.pt", "classifier-adaptive.legacy.json", "unet-bf16.safetensors", "unet-bf16.json")
        for name in ("unet-cond.pt", "classifier-adaptive.legacy.pt", "unet-bf16.safetensors"):
            fail_in_turn(f"info {name}", there, ["info", there / name])
        fail_in_turn("convert", there, ["convert", there / "unet-cond.pt", "-o", there / "o.safetensors"], [there / "o.safetensors"])
        (there / "o.safetensors").unlink()
        fail_in_turn("describe", there, ["describe", "--replace", there / "unet-cond.pt", "noise_schedule=linear"], [])
    with folder() as there:
        put(there, "unet-cond.pt", "unet-cond.json", "unet-cond.x.npy")
        fail_in_turn("eval", there, ["eval", "--model", there / "unet-cond.pt", "--class", "1", "--t", "500", "--x", there / "unet-cond.x.npy", "-o", there / "o.npy"],
                     [there / "o.npy"])
        (there / "o.npy").unlink()
        fail_in_turn("sample", there, ["sample", "--model", there / "unet-cond.pt", "--class", "1", "--steps", "2", "--count", "3", "-o", there / "o.png"],
                     [there / f"o-{i}.png" for i in (1, 2, 3)], spare=2)
    with folder() as there:
        put(there, "superres.pt", "superres.json")
        (there / "in.png").write_bytes(png(16, 16, [bytes(range(48))] * 16))
        fail_in_turn("upscale", there, ["upscale", "--model", there / "superres.pt", "--class", "1", "--steps", "2", there / "in.png", "-o", there / "o.png"],
                     [there / "o.png"])
    with folder() as there:
        put(there, "unet-cond.pt", "unet-cond.json", "unet-bf16.safetensors", "unet-bf16.json")
        (there / "names.txt").write_text("one\ntwo\n", encoding="utf-8")
        (there / "model.json").write_text(json.dumps({"format": "adm-model-1", "id": "m", "diffusion": "unet-cond.pt", "classes": "names.txt"}), encoding="utf-8")
        fail_in_turn("models", there, ["models"], env={"ADM_MODEL_PATH": str(there)}, tolerant=True)
    print(f"  {calls} calls failed")
    return summary()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`adm evaluate` against the reference evaluator's figures: scores from features to 1e-6, Inception's outputs to 20 x its float32 error;
the same for any number of threads, from every kind of file; and files that cannot be are refused in one line."""
import io
import json
import struct
import sys
import zipfile

import inception
import numpy as np
from harness import FIXTURES, check, embedded, folder, png, refuses, succeeds, summary
from PIL import Image

TRUTH = FIXTURES / "evaluate"
INDEX = json.loads((TRUTH / "index.json").read_text(encoding="utf-8"))


def scores(*arguments):
    return json.loads(succeeds("evaluate", *arguments))


def near(found, expected, what):
    check(found is not None and abs(found - expected) <= 1e-6 * abs(expected), f"{what}: {found}, expected {expected}")


def from_features(there):
    of = INDEX["features"]
    files = [TRUTH / of["samples"], "--reference", TRUTH / of["reference"]]
    more = ["--softmax-weights", TRUTH / of["softmax_weights"], "--split", of["inception_score"]["split"], "-k", of["k"]]
    outputs = {succeeds("evaluate", *files, *more, "--threads", threads) for threads in (1, 2, 3)}
    check(len(outputs) == 1, f"scores differ by threads: {outputs}")
    found = json.loads(outputs.pop())
    near(found["fid"], of["fid"], "fid")
    near(found["inception_score"], of["inception_score"]["value"], "Inception Score")
    near(found["precision"], of["precision"], "precision")
    near(found["recall"], of["recall"], "recall")
    check(found["sfid"] is None and (found["samples"], found["reference"]) == (550, 700), f"{found}")
    # The same features cut in two, packed, with spatial ones, and as statistics.
    samples, reference = np.load(files[0]), np.load(files[2])
    np.savez(there / "a.npz", pool_3=samples[:200], spatial=samples[:200, :9])
    np.savez_compressed(there / "b.npz", pool_3=samples[200:].astype("f8"), spatial=samples[200:, :9])
    double = reference.astype("f8")
    np.savez(there / "r.npz", mu=double.mean(0), sigma=np.cov(double, rowvar=False), mu_s=double[:, :9].mean(0),
             sigma_s=np.cov(double[:, :9], rowvar=False))
    parts = scores(there / "a.npz", there / "b.npz", "--reference", there / "r.npz", "--save-features", there / "kept.npz")
    near(parts["fid"], of["fid"], "fid against statistics")
    check(parts["sfid"] is not None and parts["precision"] is None and parts["reference"] == 0, f"{parts}")
    np.savez(there / "ra.npz", pool_3=reference, spatial=reference[:, :9])
    whole = scores(there / "kept.npz", "--reference", there / "ra.npz")
    near(whole["sfid"], parts["sfid"], "sfid from saved features")
    near(whole["recall"], of["recall"], "recall from saved features")
    kept = np.load(there / "kept.npz")
    check(np.array_equal(kept["pool_3"], samples) and np.allclose(kept["sigma"], np.cov(samples.astype("f8"), rowvar=False), rtol=1e-9, atol=1e-9),
          "the features kept are not those given")
    same = scores(files[0], "--reference", files[0])
    check(abs(same["fid"]) < 1e-6 and same["precision"] == same["recall"] == 1, f"against itself: {same}")


def known_distances(there):
    dice = np.random.default_rng(1)
    rows = (dice.normal(size=(60, 7)) @ dice.normal(size=(7, 7))).astype("f4")
    mean, trace = rows.astype("f8").mean(0), np.trace(np.cov(rows.astype("f8"), rowvar=False))
    # Stretched by 2 around the mean: tr (C + 4 C - 2 * 2 C) = tr C.
    for name, other, expected in (("moved", rows + np.float32(0.5), 0.25 * 7), ("stretched", (2 * (rows - mean) + mean).astype("f4"), trace)):
        np.save(there / "rows.npy", rows)
        np.save(there / f"{name}.npy", other)
        found = scores(there / f"{name}.npy", "--reference", there / "rows.npy")["fid"]
        check(abs(found - expected) < 1e-4 * (1 + trace), f"{name}: {found} instead of {expected}")


def network(there):
    of = INDEX["inception"]
    weights = there / "inception.safetensors"
    inception.write(weights)
    pictures = np.load(TRUTH / of["pictures"])
    check(np.array_equal(pictures, np.round(pictures)), "the truth's pictures are not bytes")
    np.savez(there / "pictures.npz", arr_0=pictures.astype("u1"))
    arguments = [there / "pictures.npz", "--reference", there / "pictures.npz", "-k", 1, "--inception", weights]
    outputs = {succeeds("evaluate", *arguments, "--threads", threads, "--save-features", there / f"f{threads}.npz") for threads in (1, 2)}
    check(len(outputs) == 1 and (there / "f1.npz").read_bytes() == (there / "f2.npz").read_bytes(), "differs by threads")
    kept = np.load(there / "f1.npz")
    fc = dict(inception.tensors())["fc.weight"].astype("f4").astype("f8")
    logits = kept["pool_3"].astype("f8") @ fc.T
    softmax = np.exp(logits - logits.max(1, keepdims=True))
    softmax /= softmax.sum(1, keepdims=True)
    for name, values in (("pool", kept["pool_3"]), ("spatial", kept["spatial"]), ("softmax", softmax)):
        truth = np.load(TRUTH / of[name]).astype("f8")
        error, limit = np.linalg.norm(values - truth) / np.linalg.norm(truth), 20 * of["f32_err"][name]
        check(values.shape == truth.shape and error <= limit, f"Inception's {name}: error {error:.3g}, at most {limit:.3g}")
    p = np.load(TRUTH / of["softmax"]).astype("f8")
    expected = np.exp((p * (np.log(p) - np.log(p.mean(0)))).sum(1).mean())
    found = json.loads(outputs.pop())
    check(abs(found["inception_score"] - expected) < 1e-5, f"Inception Score {found['inception_score']}, expected {expected}")
    inception.write(there / "less.safetensors", without=("Mixed_7c.branch_pool.bn.bias",))
    refuses(1, "evaluate", *arguments[:-1], there / "less.safetensors", says="Mixed_7c.branch_pool.bn.bias")
    refuses(1, "evaluate", *arguments[:-1], embedded.WEIGHTS["classifier"], says="Conv2d_1a_3x3.conv.weight")


def classifier(there):
    """The distance must grow with the damage; floats are pictures too."""
    dice = np.random.default_rng(2)
    base = 0.8 * (((np.arange(3 * 64 * 64)[None] * (np.arange(12)[:, None] + 3) // 64) % 17) / 8 - 1)
    found = []
    for name, noise in (("clean", 0), ("noisy", 0.1), ("noisier", 0.6)):
        np.save(there / f"{name}.npy", (base + dice.normal(size=base.shape) * noise).astype("f4").reshape(12, 3, 64, 64))
        found.append(scores(there / f"{name}.npy", "--reference", there / "clean.npy", "--features", "classifier", "--model", embedded.FILE))
    check(abs(found[0]["fid"]) < 1e-3 * found[2]["fid"] and 0 < found[1]["fid"] < found[2]["fid"], f"{found}")
    check(found[0]["samples"] == 12 and found[0]["sfid"] is None, f"{found[0]}")
    # The Inception Score by the classifier's own logits, pictures as they are after rounding to bytes.
    bytes_ = np.clip((np.load(there / "noisy.npy") + 1) * 127.5, 0, 255).astype("u1")
    np.save(there / "x.npy", (bytes_ / 127.5 - 1).astype("f4"))
    succeeds("eval", "--model", embedded.WEIGHTS["classifier"], "--x", there / "x.npy", "--t", 0, "--logits", there / "logits.npy")
    p = np.exp(np.load(there / "logits.npy").astype("f8"))
    p /= p.sum(1, keepdims=True)
    expected = np.exp((p * (np.log(p) - np.log(p.mean(0)))).sum(1).mean())
    check(abs(found[1]["inception_score"] - expected) < 1e-4 * expected, f"Inception Score {found[1]['inception_score']}, expected {expected}")
    succeeds("evaluate", there / "noisy.npy", "--reference", there / "clean.npy", "--features", "classifier", "--model", embedded.FILE,
             "--save-features", there / "kept.npz")
    again = scores(there / "kept.npz", "--reference", there / "clean.npy", "--features", "classifier", "--model", embedded.FILE)
    check(again["inception_score"] == found[1]["inception_score"] and again["fid"] == found[1]["fid"], f"saved features: {again}")
    np.save(there / "small.npy", np.zeros((3, 3, 32, 32), "f4"))
    refuses(1, "evaluate", there / "small.npy", "--reference", there / "clean.npy", "--features", "classifier", "--model", embedded.FILE,
            says="64 x 64")


def folders(there):
    """PNG and JPEG, by their names; other files in between do not count."""
    dice = np.random.default_rng(4)
    pictures = dice.integers(0, 256, (9, 64, 64, 3)).astype("u1")
    (there / "pngs").mkdir()
    for i, picture in enumerate(pictures):
        (there / "pngs" / f"p{i}.png").write_bytes(png(64, 64, [row.tobytes() for row in picture]))
    (there / "pngs" / "notes.txt").write_text("not a picture", encoding="utf-8")
    np.savez(there / "same.npz", arr_0=pictures, arr_1=np.arange(9))
    how = ["--features", "classifier", "--model", embedded.FILE]
    for name in ("pngs", "same.npz"):
        scores(there / name, "--reference", there / "same.npz", *how, "--save-features", there / f"{name}.kept.npz")
    check((there / "pngs.kept.npz").read_bytes() == (there / "same.npz.kept.npz").read_bytes(), "a folder's features are not the archive's")
    (there / "jpegs").mkdir()
    for name, quality in (("a.jpg", 95), ("b.JPEG", 50)):
        Image.fromarray(pictures[0]).save(there / "jpegs" / name, "jpeg", quality=quality)
    found = scores(there / "jpegs", there / "pngs", "--reference", there / "same.npz", *how)
    check(found["samples"] == 11 and found["fid"] > 0, f"{found}")
    refuses(2, "evaluate", there / "pngs", "--reference", there / "same.npz", says="--inception")
    (there / "pngs" / "p3.png").write_bytes(b"broken")
    refuses(1, "evaluate", there / "pngs", "--reference", there / "same.npz", *how, says="p3.png")
    (there / "empty").mkdir()
    refuses(1, "evaluate", there / "empty", "--reference", there / "same.npz", *how, says="no PNG or JPEG")


def archive(path, entries, **more):
    with zipfile.ZipFile(path, "w", **more) as file:
        for name, data in entries:
            file.writestr(name, data)
    return path


def array(values):
    out = io.BytesIO()
    np.save(out, values, allow_pickle=True)
    return out.getvalue()


def refusals(there):
    good = TRUTH / INDEX["features"]["samples"]

    def bad(path, says, status=1):
        refuses(status, "evaluate", path, "--reference", good, says=says)
        refuses(status, "evaluate", good, "--reference", path, says=says)

    rows = np.zeros((5, 64), "f4")
    bad(there / "none.npz", "none.npz")
    (there / "text.npz").write_text("not arrays", encoding="utf-8")
    bad(there / "text.npz", "neither")
    bad(archive(there / "objects.npz", [("pool_3.npy", array(np.array([{}], dtype=object)))]), "numbers")
    bad(archive(there / "big.npz", [("pool_3.npy", array(rows.astype(">f4")))]), "numbers")
    bad(archive(there / "stranger.npz", [("pool_3.npy", array(rows)), ("run.py", b"")]), "run.py")
    bad(archive(there / "bzip.npz", [("pool_3.npy", array(rows))], compression=zipfile.ZIP_BZIP2), "packed")
    bad(archive(there / "many.npz", [(f"a{i}.npy", array(rows)) for i in range(65)]), "65 arrays")
    bad(archive(there / "long.npz", [("pool_3.npy", array(rows) + b"\0" * 4)]), "does not fit its shape")
    bad(archive(there / "nan.npz", [("pool_3.npy", array(rows + np.nan))]), "NaN")
    bad(archive(there / "other.npz", [("pool_3.npy", array(np.zeros((5, 9), "f4")))]), "features")
    bad(archive(there / "flat.npz", [("pool_3.npy", array(np.zeros(5, "f4")))]), "neither pictures")
    bad(archive(there / "one.npz", [("pool_3.npy", array(rows[:1]))]), "two or more", 2)
    bad(archive(there / "pictures.npz", [("arr_0.npy", array(np.zeros((2, 8, 8, 3), "u1")))]), "--inception", 2)
    whole = archive(there / "whole.npz", [("pool_3.npy", array(rows + 1))])
    data = bytearray(whole.read_bytes())
    data[200] ^= 1
    (there / "sum.npz").write_bytes(data)
    bad(there / "sum.npz", "sum.npz")
    (there / "cut.npz").write_bytes(whole.read_bytes()[:-30])
    bad(there / "cut.npz", "cut.npz")
    huge = b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({2**40}, 64), }}".ljust(117).encode() + b"\n"
    bad(archive(there / "huge.npz", [("pool_3.npy", huge)]), "does not fit")
    np.savez(there / "stats.npz", mu=np.zeros(64), sigma=np.eye(64))
    refuses(1, "evaluate", there / "stats.npz", "--reference", good, says="statistics are for the reference")
    np.savez(there / "odd.npz", mu=np.zeros(63), sigma=np.eye(64))
    refuses(1, "evaluate", good, "--reference", there / "odd.npz", says="covariance [D,D]")
    refuses(1, "evaluate", good, "--reference", good, "--memory-limit", "50MiB", says="--memory-limit")
    # Wide features need matrices of their width: what they take is refused before it is taken.
    np.savez_compressed(there / "wide.npz", pool_3=np.zeros((3, 8000), "f4"))
    refuses(1, "evaluate", there / "wide.npz", "--reference", there / "wide.npz", "--memory-limit", "1GiB", says="--memory-limit")
    np.savez_compressed(there / "stats.npz", mu=np.zeros(4000), sigma=np.zeros((4000, 4000)))
    refuses(1, "evaluate", there / "wide.npz", "--reference", there / "stats.npz", "--memory-limit", "1GiB", says="wide.npz")
    refuses(1, "evaluate", good, "--reference", there / "stats.npz", "--memory-limit", "800MiB", says="stats.npz")
    for arguments, says in ((["evaluate"], "missing"), (["evaluate", good], "--reference"),
                            (["evaluate", good, "--reference", good, "--features", "x"], "inception or classifier"),
                            (["evaluate", good, "--reference", good, "--features", "classifier"], "--model"),
                            (["evaluate", good, "--reference", good, "-k", "0"], "-k"),
                            (["evaluate", good, "--reference", good, "--save-features", "x.npy"], ".npz")):
        refuses(2, *arguments, says=says)


def main():
    with folder() as there:
        from_features(there)
        known_distances(there)
        network(there)
        classifier(there)
        folders(there)
        refusals(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

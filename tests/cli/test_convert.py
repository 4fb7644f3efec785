#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""adm convert and adm describe: what comes out computes what went in, describes itself, and is complete or absent."""
import json
import os
import resource
import shutil
import struct
import sys

from harness import FIXTURES, check, folder, index, npy_read, refuses, relative_error, succeeds, summary


def header(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    check(length % 8 == 0, f"{path}: its data is not aligned")
    return json.loads(data[8:8 + length]), data[8 + length:]


def evaluate(there, model, network):
    """The first case's output, as bytes and as numbers."""
    case = next(case for case in network["cases"] if case["kind"] == "eval")
    options = ["--model", model, "--x", FIXTURES / case["x"], "--t", ",".join(map(str, case["t"])), "-o", there / "o.npy"]
    if case.get("y") is not None:
        options += ["--class", ",".join(map(str, case["y"]))]
    if case.get("low_res") is not None:
        options += ["--low-res", FIXTURES / case["low_res"]]
    succeeds("eval", *options)
    found = (there / "o.npy").read_bytes(), npy_read(there / "o.npy")[1]
    (there / "o.npy").unlink()
    return found


def check_round_trips(there):
    """Every fixture in every format, as it is: byte for byte the same results, without a file beside it. In 16 bits: close."""
    for name, network in index().items():
        for weights in [network["weights"], *network.get("also", [])]:
            out, kind = there / "a.safetensors", network["config"]["kind"]
            succeeds("convert", FIXTURES / weights, "-o", out)
            before, after = json.loads(succeeds("info", FIXTURES / weights)), json.loads(succeeds("info", out))
            for key in before:
                if key not in ("file", "format"):
                    check(before[key] == after[key], f"convert {weights}: {key} was {before[key]}, is {after[key]}")
            check(after["format"] == "safetensors", f"convert {weights}: {after['format']}")
            truth = evaluate(there, FIXTURES / weights, network)
            check(evaluate(there, out, network)[0] == truth[0], f"convert {weights}: another result")
            entries, data = header(out)
            described = json.loads(entries.pop("__metadata__")["adm"])
            check(described["kind"] == kind and sum(e["data_offsets"][1] - e["data_offsets"][0] for e in entries.values()) == len(data),
                  f"convert {weights}: its header does not fit")
            if weights != network["weights"]:
                continue
            for dtype, limit in (("f32", 1e-9), ("f16", 5e-3), ("bf16", 4e-2)):
                succeeds("convert", out, f"--dtype={dtype}", "-o", there / "b.safetensors")
                types = {e["dtype"] for key, e in header(there / "b.safetensors")[0].items() if key != "__metadata__"}
                error = relative_error(evaluate(there, there / "b.safetensors", network)[1], truth[1])
                check(types == {dtype.upper()} and error <= limit, f"convert {weights} to {dtype}: {types}, error {error:.3g}")
    for name in ("a", "b"):
        (there / f"{name}.safetensors").unlink()


def altered(source, target, name, at, bits):
    """SOURCE, a safetensors file of float32, with one number of tensor NAME replaced by its bits."""
    data = bytearray(source.read_bytes())
    length = struct.unpack("<Q", data[:8])[0]
    begin = json.loads(data[8:8 + length])[name]["data_offsets"][0]
    data[8 + length + begin + 4 * at:8 + length + begin + 4 * at + 4] = struct.pack("<I", bits)
    target.write_bytes(data)


def check_numbers(there):
    """Rounding to nearest, ties to even; too large is refused by name; NaN too."""
    plain, tensor = there / "plain.safetensors", "time_embed.0.bias"
    succeeds("convert", FIXTURES / "unet-cond.pt", "--dtype", "f32", "-o", plain)
    cases = {  # float32 bits: f16 bits, bf16 bits (None: refused)
        0x3f801000: (0x3c00, 0x3f80), 0x3f803000: (0x3c02, 0x3f80), 0x3f801001: (0x3c01, 0x3f80),
        0x3f808000: (0x3c04, 0x3f80), 0x3f818000: (0x3c0c, 0x3f82), 0xbf818000: (0xbc0c, 0xbf82),
        0x477fe000: (0x7bff, 0x4780), 0x477fefff: (0x7bff, 0x4780), 0x477ff000: (None, 0x4780), 0x7f7fffff: (None, None),
        0x38800000: (0x0400, 0x3880), 0x387fffff: (0x0400, 0x3880), 0x33800000: (0x0001, 0x3380), 0x33000000: (0x0000, 0x3300),
        0x33000001: (0x0001, 0x3300), 0x33c00000: (0x0002, 0x33c0), 0x80000000: (0x8000, 0x8000), 0xb3800000: (0x8001, 0xb380),
    }
    for bits, expected in cases.items():
        altered(plain, there / "x.safetensors", tensor, 5, bits)
        for dtype, value in zip(("f16", "bf16"), expected, strict=True):
            if value is None:
                refuses(1, "convert", there / "x.safetensors", "--dtype", dtype, "-o", there / "y.safetensors", says=tensor)
                check(not (there / "y.safetensors").exists(), "a refused file was written")
                continue
            succeeds("convert", there / "x.safetensors", "--dtype", dtype, "-o", there / "y.safetensors")
            entries, data = header(there / "y.safetensors")
            begin = entries[tensor]["data_offsets"][0]
            found = struct.unpack("<H", data[begin + 10:begin + 12])[0]
            check(found == value, f"{bits:#x} to {dtype} is {found:#x}, expected {value:#x}")
            (there / "y.safetensors").unlink()
    altered(plain, there / "x.safetensors", tensor, 5, 0x7fc00000)
    refuses(1, "convert", there / "x.safetensors", "-o", there / "y.safetensors", says=tensor)
    for path in there.iterdir():
        path.unlink()


def check_refusals(there):
    out, good = there / "o.safetensors", FIXTURES / "unet-cond.pt"
    for options, says in (([], "-o is missing"), (["-o", there / "o.pt"], ".safetensors"), (["-o", out, "--dtype", "f64"], "--dtype"),
                          (["-o", out, "--dtype", "F16"], "--dtype"), (["-o", out, good], "more than one")):
        refuses(2, "convert", good, *options, says=says)
    refuses(2, "convert", "-o", out, says="no file")
    refuses(1, "convert", there / "none.pt", "-o", out, says="none.pt")
    refuses(1, "convert", good, "-o", there / "none" / "o.safetensors", says="none")
    shutil.copy(good, there / "bare.pt")
    refuses(1, "convert", there / "bare.pt", "-o", out, says="noise_schedule")
    (there / "bare.pt").unlink()
    cut = there / "cut.pt"
    cut.write_bytes(good.read_bytes()[:-2000])
    refuses(1, "convert", cut, "-o", out, says="cut.pt")
    cut.unlink()
    check(not any(there.iterdir()), f"something was left behind: {sorted(there.iterdir())}")
    # A full disk: what stood under that name stays.
    out.write_bytes(b"before")
    refuses(1, "convert", good, "-o", out, says="cannot be written",
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000)))
    check(out.read_bytes() == b"before" and os.listdir(there) == ["o.safetensors"], f"after a full disk: {os.listdir(there)}")
    # Over itself: atomic, and the same again.
    succeeds("convert", good, "-o", out)
    first = out.read_bytes()
    succeeds("convert", out, "-o", out)
    check(out.read_bytes() == first, "converting over itself changes the file")


def check_describe(there):
    bare = there / "bare.pt"
    shutil.copy(FIXTURES / "unet-cond.pt", bare)
    wanted = index()["unet-cond"]["config"]
    asked = {q["topic"]: q for q in json.loads(succeeds("describe", bare))["questions"]}
    required = {topic for topic, q in asked.items() if q["required"]}
    check(required == {"image_size", "heads", "use_new_attention_order", "noise_schedule"}
          and set(asked) - required == {"diffusion_steps", "predict_xstart"},
          f"describe asks {asked}")
    answers = [f"{key}={json.dumps(wanted[key]).strip(chr(34))}" for key in ("image_size", "use_new_attention_order", "noise_schedule")]
    answers.append(f"num_head_channels={wanted['num_head_channels']}" if wanted["num_head_channels"] != -1 else f"num_heads={wanted['num_heads']}")
    for answer in answers:
        topic = "heads" if "head" in answer else answer.split("=")[0]
        check(answer in asked[topic]["answers"], f"{answer} is not among {asked[topic]['answers']}")
    succeeds("describe", bare, *answers)
    found = json.loads(succeeds("info", bare))
    for key, value in wanted.items():
        if value is not None and not (key == "num_heads" and wanted["num_head_channels"] != -1):
            check(found.get(key) == value, f"described: {key} is {found.get(key)}, expected {value}")
    check(json.loads(succeeds("describe", bare))["questions"] == [], "answered, and asked again")
    refuses(2, "describe", bare, *answers, says="bare.json")
    succeeds("describe", "--replace", bare, "noise_schedule=cosine")
    refuses(2, "describe", bare, "noise_schedule", says="KEY=VALUE")
    refuses(2, "describe", "--replace", bare, says="--replace")
    refuses(1, "describe", "--replace", bare, "num_heads=7", says="num_heads")
    refuses(2, "describe", says="no file")
    refuses(1, "describe", there / "none.pt", says="none.pt")
    check(sorted(os.listdir(there)) == ["bare.json", "bare.pt"], f"left behind: {os.listdir(there)}")


def main():
    for part in (check_round_trips, check_numbers, check_refusals, check_describe):
        with folder() as there:
            part(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

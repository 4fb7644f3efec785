#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the family that no tensor shows, held to the reference implementation: within 20 x its float32 error with --exact, 200 x
without; keys that cannot be, and combinations, refused in one line."""
import json
import shutil
import sys
import zipfile

from harness import FIXTURES, check, embedded, folder, npy_read, png, png_read, png_read_any, refuses, relative_error, run, succeeds, summary

TRUTH = FIXTURES / "family"
INDEX = json.loads((TRUTH / "index.json").read_text(encoding="utf-8"))
OPTIONS = "diffusion_steps", "rescale_timesteps", "predict_xstart", "sigma_small"


def describe(there, case, **more):
    """A copy of CASE's weights with a sidecar that tells all; the weights' path."""
    weights = there / case["weights"]
    if not weights.exists():
        shutil.copyfile(TRUTH / case["weights"], weights)
    keys = {**case["config"], **{key: case[key] for key in OPTIONS if key in case}, **more}
    if "in_channels" in case and "in_channels" not in more:
        keys["in_channels"] = case["in_channels"]
    weights.with_suffix(".json").write_text(json.dumps(keys), encoding="utf-8")
    return weights


def sample(there, name, case):
    arguments = ["sample", "--model", describe(there, case), "--sampler", case["sampler"], "--respacing", case["respacing"]]
    arguments += [] if case["y"] is None else ["--class", case["y"]]
    arguments += [] if case["clip_denoised"] else ["--no-clip"]
    arguments += ["--low-res", TRUTH / case["low_res"]] if "low_res" in case else []
    shape, truth = npy_read(TRUTH / case["out"])
    for exact in (True, False):
        for source in (["--noise", TRUTH / case["noise"]], ["--seed", case["seed"]]):
            results = set()
            for threads in (1, 2):
                done = run(*arguments, *source, *(["--exact"] if exact else []), "--threads", threads, "-o", there / "out.npy")
                if not check(done.returncode == 0, f"{name}: {done.stderr!r}"):
                    return
                results.add((there / "out.npy").read_bytes())
            found, values = npy_read(there / "out.npy")
            check(len(results) == 1 and found == shape, f"{name}: shape {found}, {len(results)} results")
            error, limit = relative_error(values, truth), (20 if exact else 200) * case["f32_err"]
            check(error <= limit, f"{name} by {source[0]}, {'exact' if exact else 'fast'}: error {error:.3g}, at most {limit:.3g}")


def likelihood(there):
    case = INDEX["cond.nll"]
    weights = describe(there, {**case, "diffusion_steps": 1000})
    arguments = ["nll", "--model", weights, "--class", case["y"], "--respacing", case["respacing"], "--x0", TRUTH / "cond.nll.x0.npy", "--exact"]
    outputs = {succeeds(*arguments, "--noise", TRUTH / "cond.nll.noise.npy", "--threads", threads) for threads in (1, 2)}
    check(len(outputs) == 1, "nll differs by threads")
    found = json.loads(outputs.pop())
    for key in ("total_bpd", "prior_bpd", "vb", "xstart_mse", "mse"):
        for a, b in zip(found[key], case[key], strict=True):
            for value, truth in zip(a, b, strict=True) if isinstance(a, list) else ((a, b),):
                check(abs(value - truth) <= 2e-5 * abs(truth), f"nll, {key}: {value}, expected {truth}")
    drawn = json.loads(succeeds(*arguments, "--seed", 3))
    check(len(drawn["vb"][0]) == 8 and abs(drawn["vb"][0][0] / case["vb"][0][0] - 1) < 0.2, f"{drawn}")
    refuses(1, *arguments[:6], "5", *arguments[7:], "--noise", TRUTH / "cond.nll.noise.npy", says="8 steps")
    refuses(2, "nll", "--model", weights, "--x0", TRUTH / "cond.nll.x0.npy", says="class")
    refuses(1, *arguments[:8], TRUTH / "superres.ddim8.low.npy", says="[N, 3, 16, 16]")
    refuses(2, "nll", "--model", weights, says="--x0")


def pictures(there):
    """Grey networks give grey, RGBA networks transparency; the numbers are those of the array."""
    for name, channels in (("grey.ddpm8", 1), ("rgba.ddim8", 4)):
        case = INDEX[name]
        arguments = ["sample", "--model", describe(there, case), "--class", 1, "--steps", 4, "--seed", 5, "-o"]
        succeeds(*arguments, there / "p.npy")
        succeeds(*arguments, there / "p.png")
        (_, found, height, width), values = npy_read(there / "p.npy")
        w, h, kinds, data = png_read_any(there / "p.png")
        check((found, w, h, kinds) == (channels, width, height, 4 if channels == 4 else 3), f"{name}: {found} channels, PNG of {kinds}")
        size = width * height
        wanted = [min(255, max(0, int((values[(0 if channels == 1 else c) * size + i] + 1) * 127.5))) for i in range(size) for c in range(kinds)]
        check(sum(abs(a - b) > 1 for a, b in zip(wanted, data)) == 0, f"{name}: the picture is not the array's")


def smoothed(values, side, larger):
    """VALUES [side,side] at LARGER pixels a side, by linear interpolation; pixel centres lie at half numbers."""
    def line(v):
        at = [min(side - 1, max(0, (i + 0.5) * side / larger - 0.5)) for i in range(larger)]
        return [v[int(t)] + (v[min(side - 1, int(t) + 1)] - v[int(t)]) * (t - int(t)) for t in at]
    columns = zip(*(line(values[row:row + side]) for row in range(0, side * side, side)))
    return [value for row in zip(*map(line, columns)) for value in row]


def enlarged(there):
    """An upsampler of colours behind a network of colours and alpha: on white the picture that the upsampler makes of the small one there, with
    the small one's alpha; by PNG, array and archive, one stage in memory or both."""
    for name in ("pt", "json"):
        shutil.copyfile(FIXTURES / f"superres.{name}", there / f"up.{name}")
    model = ["--model", describe(there, INDEX["rgba.ddim8"]), "--steps", 4, "--seed", 5]
    up = ["--upsampler", there / "up.pt", "--up-sampler", "ddim", "--up-steps", 3]
    succeeds("sample", *model, "--class", 1, "-o", there / "small.npy")
    (_, _, side, _), x = npy_read(there / "small.npy")
    n, alpha = side * side, [min(1, max(0, (v + 1) / 2)) for v in x[3 * side * side:]]
    white = [bytes(min(255, max(0, int((x[c * n + i] * alpha[i] + 2 - alpha[i]) * 127.5))) for i in range(row, row + side) for c in range(3))
             for row in range(0, n, side)]
    (there / "white.png").write_bytes(png(side, side, white))
    succeeds("upscale", "--model", there / "up.pt", "--sampler", "ddim", "--steps", 3, "--seed", 5, "--class", 1, there / "white.png", "-o", there / "apart.png")
    succeeds("sample", *model, "--class", 1, "--upscale", *up, "-o", there / "one.png")
    w, h, kinds, data = png_read_any(there / "one.png")
    check((w, h, kinds) == (64, 64, 4), f"{w} x {h} of {kinds}")
    *_, apart = png_read(there / "apart.png")
    smooth = smoothed([min(255, int(a * 255)) for a in alpha], side, w)
    check(max(abs(a - b) for a, b in zip(data[3::4], smooth)) <= 1 and len(set(data[3::4])) > 20, "alpha is not the small picture's, resampled")
    # APART lies on white: there this picture looks like it, unless alpha leaves too little of it to be as dark.
    shown = [(255 - (255 - data[4 * i + c]) * data[4 * i + 3] / 255, apart[3 * i + c], data[4 * i + c]) for i in range(w * h) for c in range(3)]
    off = [abs(looks - wanted) for looks, wanted, own in shown if 0 < own < 255]
    check(len(off) > 1000 and sum(off) / len(off) < 2, f"on white it is another picture: {len(off)} values off by {sum(off) / max(1, len(off)):.2f}")
    check(all(data[4 * i:4 * i + 3] == b"\xff\xff\xff" for i in range(w * h) if not data[4 * i + 3]), "colours that nobody sees are not white")
    # As numbers, several, with both stages in memory and with one at a time; in an archive, in batches.
    two = ["sample", *model, "--class", 1, "--upscale", *up, "--count", 2, "-o", there / "two.npy"]
    succeeds(*two)
    arrays, limit = {(there / "two.npy").read_bytes()}, 40
    while run(*two, "--memory-limit", f"{limit}MiB").returncode == 0:
        arrays.add((there / "two.npy").read_bytes())
        limit -= 1
    check(limit < 40, "40 MiB are too few")
    shape, values = npy_read(there / "two.npy")
    wanted = bytes(min(255, max(0, int((values[c * 4096 + i] + 1) * 127.5))) for i in range(4096) for c in range(4))
    check(shape == (2, 4, 64, 64) and len(arrays) == 1, f"{shape}, {len(arrays)} results")
    check(all(abs(a - b) <= 1 for a, b in zip(wanted, data)) and wanted[3::4] == bytes(data[3::4]), "the first of the array is another picture")
    for batch in (1, 3):
        succeeds("sample", *model, "--classes", "1-1", "--upscale", *up, "--count", 2, "--batch", batch, "-o", there / "two.npz")
        with zipfile.ZipFile(there / "two.npz") as archive:
            check(archive.read("arr_0.npy")[-2 * 4 * 4096:][:4 * 4096] == bytes(data), f"by {batch}: the archive's first picture is another")
    # A grey network's become colours; a canvas cannot be.
    succeeds("sample", "--model", describe(there, INDEX["grey.ddpm8"]), "--class", 1, "--steps", 4, "--upscale", *up, "-o", there / "grey.png")
    check(png_read_any(there / "grey.png")[:3] == (64, 64, 3), "a grey picture enlarged")
    refuses(2, "sample", *model, "--class", 1, "--upscale", *up, "--size", "128x64", "-o", there / "x.png", says="4 channels")


def keys(there):
    case = INDEX["plain.T2000.ddpm8"]

    def sample_with(**more):
        return ["sample", "--model", describe(there, case, **more), "--steps", 2, "-o", there / "x.npy"]

    for key, value, nearest in (("sigma_smal", True, "sigma_small"), ("predict_x_start", True, "predict_xstart"), ("num_channels", 32, "model_channels"),
                                ("Diffusion_steps", 4000, "diffusion_steps"), ("large_size", 16, "image_size"), ("betas", 1, "")):
        refuses(1, *sample_with(**{key: value}), says=f"{key}: no description has such a key; did you mean {nearest}")
    succeeds(*sample_with(dropout=0.1, use_fp16=True, lr=1e-4, ema_rate="0.9999", use_kl=True, rescale_learned_sigmas=True, license="mine"))
    for more, says in (({"predict_xstart": 1}, "true or false"), ({"sigma_small": "yes"}, "true or false"), ({"in_channels": 1}, "expected [32,1,3,3]"),
                       ({"pixels": "latent"}, "autoencoder"), ({"pixels": "cmyk"}, "rgba"), ({"diffusion_steps": 0}, "diffusion_steps")):
        done = run(*sample_with(**more))
        check(done.returncode == 1 and done.stderr.count(b"\n") == 1 and says.encode() in done.stderr, f"{more}: {done.stderr!r}")
    info = json.loads(succeeds("info", describe(there, INDEX["cond.T4000.rescaled.ddpm8"])))
    check((info["diffusion_steps"], info["rescale_timesteps"], info["predict_xstart"], info["in_channels"]) == (4000, True, False, 3), f"{info}")
    # Four channels are colours and alpha only where that is said.
    rgba = describe(there, INDEX["rgba.ddim8"])
    rgba.with_suffix(".json").write_text(json.dumps({key: value for key, value in INDEX["rgba.ddim8"]["config"].items() if key != "pixels"}),
                                         encoding="utf-8")
    refuses(1, "sample", "--model", rgba, "--class", 1, "--steps", 2, "-o", there / "x.npy", says="pixels")
    asked = succeeds("describe", rgba)
    check("pixels" in asked and "rgba" in asked, f"nothing is asked about four channels: {asked}")


def guides(there):
    """A classifier of another schedule, or of other timesteps."""
    for name in ("unet-cond", "classifier-adaptive"):
        shutil.copyfile(FIXTURES / f"{name}.pt", there / f"{name}.pt")
        shutil.copyfile(FIXTURES / f"{name}.json", there / f"{name}.json")
    told = json.loads((FIXTURES / "classifier-adaptive.json").read_text(encoding="utf-8"))
    own = json.loads((FIXTURES / "unet-cond.json").read_text(encoding="utf-8"))["noise_schedule"]
    arguments = ["sample", "--model", there / "unet-cond.pt", "--classifier", there / "classifier-adaptive.pt", "--class", 1, "--scale", 1,
                 "--steps", 2, "-o", there / "x.npy"]
    other = "linear" if own == "cosine" else "cosine"
    for more, says in (({"noise_schedule": other}, f"a {other} noise schedule"), ({"noise_schedule": own, "diffusion_steps": 4000}, "4000 diffusion")):
        (there / "classifier-adaptive.json").write_text(json.dumps({**told, **more}), encoding="utf-8")
        refuses(1, *arguments, says=says)
    (there / "classifier-adaptive.json").write_text(json.dumps({**told, "noise_schedule": own}), encoding="utf-8")
    succeeds(*arguments)


def slips(there):
    out = ["--steps", 2, "-o", there / "x.png"]
    model = ["--model", embedded.FILE]
    refuses(2, "sample", *model, "--class", "brick", "--guide", "none", *out, says="--guide")
    refuses(2, "sample", *model, "--guide", "none", "--scale", 1, *out, says="--guide")
    refuses(2, "sample", *model, "--class", "brick", "--guidance", "free", "--guide", "lava", *out, says="--guidance free")
    refuses(2, "sample", *model, "--class", "brick", "-o", there / "pictures", says="for a folder in /")
    refuses(2, "sample", *model, "--guidance-interval", "0.1,5", *out, says="--guidance-interval")
    refuses(2, "sample", *model, "--class", "brick", "--scale", 0, "--guidance-interval", "0.1,5", *out, says="--guidance-interval")
    succeeds("sample", *model, "--class", "brick", "--seed", 1, "--steps", 2, "-o", there / "small.png")
    refuses(2, "upscale", *model, "--class", "nosuch", there / "small.png", *out, says="nosuch")
    refuses(2, "upscale", "--model", embedded.WEIGHTS["upsampler"], "--class", "nosuch", there / "small.png", *out, says="nosuch")
    succeeds("upscale", *model, "--class", "brick", there / "small.png", *out)


def main():
    cases = 0
    with folder() as there:
        for name, case in INDEX.items():
            if case["kind"] == "sample":
                cases += 1
                sample(there, name, case)
        check(cases == 9, f"{cases} cases")
        likelihood(there)
        pictures(there)
        enlarged(there)
        keys(there)
        guides(there)
        slips(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`adm train`: it learns (eight pictures by heart in seconds); what is resumed, killed, or computed in pieces or by other threads is the same, bit
for bit; bad folders and pictures, full disks and diverging losses end in one line, and lose nothing."""
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import time

from PIL import Image

from harness import ADM, check, folder, npy_read, refuses, run, succeeds, summary

NETWORK = {"kind": "unet", "image_size": 16, "model_channels": 32, "num_res_blocks": 1, "channel_mult": [1], "attention_resolutions": [],
           "num_classes": 8, "num_heads": -1, "num_head_channels": 32, "learn_sigma": False, "use_scale_shift_norm": True, "resblock_updown": True,
           "use_new_attention_order": False, "noise_schedule": "cosine", "diffusion_steps": 1000}


def picture(i, side=16):
    """A gradient between two colours of its own."""
    one, other = [(i * 67 + c * 91) % 256 for c in range(3)], [(i * 131 + c * 37 + 60) % 256 for c in range(3)]
    made = Image.new("RGB", (side + i, side))
    made.putdata([tuple(a + (b - a) * ((x * (i % 3) + y) % side) // side for a, b in zip(one, other)) for y in range(side) for x in range(side + i)])
    return made


def pictures(there, count=8):
    data = there / "data"
    for i in range(count):
        (data / f"class {i}").mkdir(parents=True)
        picture(i).save(data / f"class {i}" / ("it.png" if i % 2 else "it.jpg"))
    return data


def write_network(there, name="network.json", **other):
    path = there / name
    path.write_text(json.dumps(dict(NETWORK, **other)))
    return path


def arguments(data, network, out, *more):
    return ["train", "--kind", "diffusion", "--data", data, "--description", network, "-o", out, "--batch", "8", "--lr", "2e-3", *more]


def by_heart(there, data):
    network, log = write_network(there, "x0.json", predict_xstart=True), there / "log.jsonl"
    succeeds(*arguments(data, network, there / "heart.safetensors", "--steps", "400", "--lr", "3e-3", "--anneal", "--log", log, "--log-steps", "100"))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    check([line["step"] for line in lines] == [100, 200, 300, 400], f"reports at {[line['step'] for line in lines]}")
    check(lines[-1]["loss"] < 0.01 < lines[0]["loss"], f"loss {lines[-1]['loss']:.4g} after 400 steps")
    check(len(lines[0]["loss_quarters"]) == 4 and lines[0]["pictures_per_second"] > 0, f"{lines[0]}")
    info = json.loads(succeeds("info", there / "heart.safetensors"))
    check(info["parameters"] < 200_000 and info["num_classes"] == 8, f"{info}")


def other_channels(there):
    """Grey and RGBA networks: pictures by heart, and samples that are those pictures, as files of their own kind; a classifier of RGBA pictures learns."""
    import numpy
    side = 16
    y, x = numpy.mgrid[:side, :side]
    for mode, keys, channels in (("L", {"in_channels": 1}, 1), ("RGBA", {"in_channels": 4, "pixels": "rgba"}, 4)):
        data, wanted = there / f"data-{mode}", []
        for i in range(4):
            planes = numpy.stack([(50 * i + 70 * c) % 180 + (x if (i + c) % 2 else y) * 4 for c in range(channels)], -1).astype(numpy.uint8)
            if mode == "RGBA":
                planes[..., 3] = 15 + planes[..., 3]
            (data / f"class {i}").mkdir(parents=True)
            Image.fromarray(planes if channels > 1 else planes[..., 0], mode).save(data / f"class {i}" / "it.png")
            wanted.append(planes.transpose(2, 0, 1) / 127.5 - 1)
        network = write_network(there, f"{mode}.json", num_classes=4, predict_xstart=True, **keys)
        out, log = there / f"{mode}.safetensors", there / f"{mode}.jsonl"
        succeeds(*arguments(data, network, out, "--steps", "300", "--lr", "3e-3", "--anneal", "--log", log, "--log-steps", "100"))
        last = json.loads(log.read_text().splitlines()[-1])
        check(last["loss"] < 0.01, f"{mode}: loss {last['loss']:.4g} after 300 steps")
        for i in range(4):
            succeeds("sample", "--model", out, "--class", i, "--steps", "8", "-o", there / "made.npy")
            shape, values = npy_read(there / "made.npy")
            made = numpy.asarray(values).reshape(shape)
            check(shape == (1, channels, side, side), f"{mode}: a sample of {shape}")
            off = [numpy.abs(made[0] - other).mean() for other in wanted]
            check(off[i] < 0.15 and off[i] == min(off), f"{mode}, class {i}: its sample is off by {off}")
        succeeds("sample", "--model", out, "--class", 0, "--steps", "8", "-o", there / "made.png")
        with Image.open(there / "made.png") as picture:
            check(picture.mode == ("RGBA" if mode == "RGBA" else picture.mode) and picture.size == (side, side), f"{mode}: a PNG of {picture.mode}")
    classifier = write_network(there, "rgba-classifier.json", kind="classifier", pool="attention", num_classes=4, **keys)
    log = there / "rgba-classifier.jsonl"
    succeeds("train", "--kind", "classifier", "--data", there / "data-RGBA", "--description", classifier, "-o", there / "rgba-classifier.safetensors",
             "--steps", "60", "--batch", "8", "--lr", "1e-3", "--log", log, "--log-steps", "30")
    first, last = [json.loads(line) for line in log.read_text().splitlines()]
    check(last["loss"] < first["loss"] and last["accuracy_quarters"][0] > 0.5, f"RGBA: the classifier does not learn: {last}")
    # A grey network sees colours as grey, and is taught so.
    succeeds(*arguments(there / "data-RGBA", there / "L.json", there / "grey-of-colours.safetensors", "--steps", "2"))
    teach_channels(there, "L", (225, 180, 40), [(19595 * 225 + 38470 * 180 + 7471 * 40 + 0x8000) >> 16])
    teach_channels(there, "RGBA", (200, 60, 20, 128), [200, 60, 20, 128])


def teach_channels(there, mode, colour, seen):
    """A class of one colour: its samples are of the levels SEEN; its thumbnail has colours."""
    import numpy
    picture, adapter, model = there / f"{mode}-colour.png", there / f"{mode}-taught.safetensors", there / f"{mode}.safetensors"
    Image.new("RGBA" if len(colour) == 4 else "RGB", (24, 24), colour).save(picture)
    succeeds("teach", "--model", model, "--name", "plain", "--steps", "120", "--lr", "5e-3", picture, "-o", adapter)
    succeeds("sample", "--model", model, "--adapter", adapter, "--steps", "8", "-o", there / "taught.npy")
    shape, values = npy_read(there / "taught.npy")
    levels = (numpy.asarray(values).reshape(shape)[0].mean((1, 2)) + 1) * 127.5
    check(shape[1] == len(seen) and numpy.abs(levels - seen).max() < 25, f"{mode}: taught {seen}, made {levels}")
    content = adapter.read_bytes()
    head = 8 + int.from_bytes(content[:8], "little")
    first, last = json.loads(content[8:head])["thumbnail"]["data_offsets"]
    shown = (numpy.frombuffer(content[head + first:head + last], "<f4").reshape(3, -1).mean(1) + 1) * 127.5
    wanted = [255 + (c - 255) * seen[3] / 255 for c in seen[:3]] if len(seen) == 4 else 3 * seen
    check(numpy.abs(shown - wanted).max() < 2, f"{mode}: a thumbnail of {shown}, not {wanted}")


def sheets(there, data):
    """Each save writes a sheet by the average's weights, of the same noise: learned pictures are on it, class after class. Training is as without it, to
    the bit; what cannot be written ends it, with all else saved."""
    import numpy
    network = write_network(there, "sheet.json", predict_xstart=True)
    out = there / "sheet.safetensors"
    options = ["--lr", "3e-3", "--ema", "0.9"]
    bare, shown, again = (there / f"{name}.safetensors" for name in ("bare", "shown", "again"))
    for one, samples in ((bare, []), (shown, ["--samples", "10"]), (again, ["--samples", "10"])):
        succeeds(*arguments(data, network, one, *options, *samples, "--steps", "20"))
    check(whole(bare) == whole(shown), "samples change the training")
    check((there / "shown.samples.png").read_bytes() == (there / "again.samples.png").read_bytes(), "the same weights give another sheet")
    options += ["--steps", "300"]
    succeeds(*arguments(data, network, out, *options, "--samples", "10"))
    sheet = there / "sheet.samples.png"
    with Image.open(sheet) as picture:
        check(picture.size == (4 * 16, 3 * 16) and picture.mode == "RGB", f"a sheet of {picture.size}, {picture.mode}")
        pixels = numpy.asarray(picture).astype(int)
    made = [pixels[i // 4 * 16:i // 4 * 16 + 16, i % 4 * 16:i % 4 * 16 + 16] for i in range(12)]
    check((made[10] == 255).all() and (made[11] == 255).all(), "the sheet's end is not white")
    seen = [numpy.asarray(picture_crop(i)).astype(int) for i in range(8)]
    for i in range(10):
        off = [numpy.abs(made[i] - other).mean() for other in seen]
        check(off[i % 8] == min(off) and off[i % 8] < 25, f"sample {i} is off by {off}")
    before = sheet.read_bytes()
    sheet.unlink()
    succeeds(*arguments(data, network, out, *options, "--samples", "10", "--steps", "301", "--resume"))
    check(sheet.exists() and sheet.read_bytes() != before, "the sheet is not made again")
    sheet.unlink()
    sheet.mkdir()
    refuses(1, *arguments(data, network, out, *options, "--samples", "10", "--steps", "302", "--resume"), says="sheet.samples.png")
    check(steps_of(out) == 302 and not list(there.glob("*.part")), "a sheet that cannot be written: the rest is not saved, or a part is left")
    refuses(2, *arguments(data, write_network(there, "c.json", kind="classifier", pool="attention"), there / "c.safetensors", "--steps", "1", "--kind",
                          "classifier", "--samples", "3"), says="--samples")


def picture_crop(i):
    """Of picture I, as training sees it."""
    it = picture(i)
    left = (it.width - 16) // 2
    return it.crop((left, 0, left + 16, 16))


def whole(out):
    return out.read_bytes(), out.with_suffix(".checkpoint.safetensors").read_bytes()


def same_again(there, data):
    """Thirty steps at once, in two runs, killed on the way, by other threads, and half the batch at once."""
    network = write_network(there)
    options = ["--dropout", "0.1", "--ema", "0.9,0.99", "--drop-label", "0.2", "--schedule-sampler", "loss-second-moment", "--crop", "random", "--mirror",
               "--seed", "7"]
    network = write_network(there, num_classes=9)
    out = there / "once.safetensors"
    succeeds(*arguments(data, network, out, *options, "--steps", "30"))
    once = whole(out)
    check((there / "once.ema-0.99.safetensors").exists(), "no second average")

    out = there / "twice.safetensors"
    succeeds(*arguments(data, network, out, *options, "--steps", "13", "--threads", "1"))
    succeeds(*arguments(data, network, out, *options, "--steps", "30", "--resume", "--threads", "2"))
    check(whole(out) == once, "resumed training differs from uninterrupted training")

    out = there / "killed.safetensors"
    for number in (signal.SIGKILL, signal.SIGKILL, signal.SIGINT):
        resume = ["--resume"] if out.exists() else []
        running = subprocess.Popen([ADM, *map(str, arguments(data, network, out, *options, "--steps", "100000", "--save-every", "0.001", *resume))],
                                   stderr=subprocess.PIPE)
        # What is interrupted has made a step, however busy the machine is.
        while not out.exists() or (number == signal.SIGINT and steps_of(out) == 0):
            time.sleep(0.01)
        time.sleep(0.13)
        running.send_signal(number)
        line = running.communicate()[1]
        if number == signal.SIGINT:
            check(running.returncode == 130 and line == b"adm: interrupted\n", f"interrupted: {running.returncode} {line!r}")
    killed = json.loads(succeeds("info", out))
    check(killed["tensors"] == json.loads(succeeds("info", there / "once.safetensors"))["tensors"], "a killed training's result is not whole")
    step = steps_of(out)
    twin = there / "twin.safetensors"
    succeeds(*arguments(data, network, twin, *options, "--steps", step))
    check(whole(out)[1] == whole(twin)[1], f"killed twice and stopped at step {step}: differs from an uninterrupted training")

    plain = ["--crop", "random", "--steps", "6"]
    for name, more in (("whole", []), ("halves", ["--microbatch", "4"])):
        succeeds(*arguments(data, network, there / f"{name}.safetensors", *plain, *more))
    check(losses_close(there), "in halves: another training")


def steps_of(out):
    head = out.with_suffix(".checkpoint.safetensors").read_bytes()[:4096]
    return int(head.split(b'step\\":')[1].split(b",")[0])


def losses_close(there):
    """Weights of both trainings, near each other: sums are rounded in another order."""
    import numpy
    arrays = []
    for name in ("whole", "halves"):
        data = (there / f"{name}.safetensors").read_bytes()
        arrays.append(numpy.frombuffer(data[8 + int.from_bytes(data[:8], "little"):], "<f4"))
    # steps of 2e-3 each, six of them; weights whose gradient is zero but for rounding go anywhere
    return numpy.median(numpy.abs(arrays[0] - arrays[1])) < 1e-5


def other_kinds(there, data):
    classifier = write_network(there, "classifier.json", kind="classifier", pool="attention", num_classes=8)
    log = there / "classifier.jsonl"
    succeeds("train", "--kind", "classifier", "--data", data, "--description", classifier, "-o", there / "classifier.safetensors", "--steps", "60",
             "--batch", "8", "--lr", "1e-3", "--log", log, "--log-steps", "30")
    first, last = [json.loads(line) for line in log.read_text().splitlines()]
    check(last["loss"] < first["loss"] and last["accuracy_quarters"][0] > 0.5, f"the classifier does not learn: {last}")
    upsampler = write_network(there, "upsampler.json", kind="superres", small_size=8, learn_sigma=True)
    log = there / "upsampler.jsonl"
    succeeds("train", "--kind", "upsampler", "--data", data, "--description", upsampler, "-o", there / "upsampler.safetensors", "--steps", "60",
             "--batch", "8", "--lr", "1e-3", "--log", log, "--log-steps", "30")
    first, last = [json.loads(line) for line in log.read_text().splitlines()]
    check(last["loss"] < first["loss"], f"the upsampler does not learn: {first['loss']}, {last['loss']}")
    # from there on, and its pictures can be made
    succeeds("train", "--kind", "upsampler", "--data", data, "--from", there / "upsampler.safetensors", "-o", there / "more.safetensors", "--steps", "2")


def odd_pictures(there):
    data, network, out = there / "odd", write_network(there, "odd.json", num_classes=None), there / "odd.safetensors"
    data.mkdir()
    refuses(1, *arguments(data, network, out, "--steps", "3"), says="holds no PNG or JPEG files")
    (data / "a class").mkdir()  # empty folders
    (data / "another").mkdir()
    refuses(1, *arguments(data, network, out, "--steps", "3"), says="holds no PNG or JPEG files")
    for name in ("a class", "another"):
        (data / name).rmdir()
    (data / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    refuses(1, *arguments(data, network, out, "--steps", "3"), says="broken.png")
    for left in there.glob("odd*.safetensors"):
        left.unlink()
    Image.new("RGB", (2, 3), (200, 10, 10)).save(data / "tiny.png")
    Image.new("I;16", (40, 30), 40000).save(data / "deep.png")
    Image.new("L", (30, 40), 99).save(data / "grey.png")
    Image.new("LA", (30, 40), (99, 0)).save(data / "alpha.png")
    Image.new("P", (300, 40)).save(data / "palette.png")
    (data / "text.jpg").write_text("no picture")
    done = run(*arguments(data, network, out, "--steps", "3"))
    check(done.returncode == 0 and done.stderr.count(b"left out") == 2 and b"broken.png" in done.stderr and b"text.jpg" in done.stderr,
          f"odd pictures: {done.returncode} {done.stderr!r}")
    one = there / "one"
    one.mkdir()
    picture(1).save(one / "only_1.png")
    succeeds(*arguments(one, write_network(there, "one.json", num_classes=1), there / "one.safetensors", "--steps", "2"))


def many_files(there):
    data = there / "many"
    data.mkdir()
    for i in range(100_000):
        if i % 50_000 == 0:  # file systems limit a file's names
            picture(3).save(data / f"class_{i}.png")
        else:
            os.link(data / f"class_{i // 50_000 * 50_000}.png", data / f"class_{i}.png")
    begun = time.monotonic()
    succeeds(*arguments(data, write_network(there, "many.json", num_classes=1), there / "many.safetensors", "--steps", "2"))
    check(time.monotonic() - begun < 20, f"100,000 files: {time.monotonic() - begun:.1f} s")


def refusals(there, data):
    network, out = write_network(there), there / "refused.safetensors"
    good = arguments(data, network, out, "--steps", "4")
    refuses(2, *good[:3], says="missing")
    refuses(2, *good, "--from", network, says="not both")
    refuses(2, *good, "--kind", "painter", says="painter")
    refuses(2, *good, "--kind", "classifier", says="diffusion model")
    refuses(2, *good, "--microbatch", "3", says="divide")
    refuses(2, *good, "--ema", "1.5", says="--ema")
    refuses(2, *good, "--size", "32", says="16 px")
    refuses(2, *good, "--drop-label", "0.1", says="num_classes")
    refuses(2, *good[:-2], says="steps or by minutes")
    refuses(1, *good, "--data", there / "nowhere", says="nowhere")
    refuses(1, *good, "-o", there / "nowhere" / "x.safetensors", says="nowhere")
    refuses(1, *good, "--memory-limit", "5MiB", says="MiB")
    (data / "stray.png").write_bytes((data / "class 1" / "it.png").read_bytes())
    refuses(1, *good, says="beside its class folders")
    (data / "stray.png").unlink()
    check(not out.exists(), "a refusal left a file")
    succeeds(*good)
    refuses(2, *good, says="--resume")
    refuses(2, *good, "--resume", "--seed", "3", says="seed")


def full_disk(there, data):
    """The files may not grow beyond what the first save took: nothing more is written, nothing is lost."""
    network, out = write_network(there), there / "full.safetensors"
    options = ["--save-every", "0.001"]
    succeeds(*arguments(data, network, out, *options, "--steps", "3"))
    before = whole(out)
    line = refuses(1, *arguments(data, network, out, *options, "--steps", "200", "--resume"), says="full",
                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
    check(whole(out) == before, f"a full disk changed the files: {line}")
    check(not list(there.glob("full*.part-*")), "a full disk left a part of a file")
    succeeds(*arguments(data, network, out, *options, "--steps", "6", "--resume"))


def diverging(there, data):
    """From weights so large that the gradient leaves float32's range."""
    start, out = there / "refused.safetensors", there / "wild.safetensors"
    content = bytearray(start.read_bytes())
    head = 8 + int.from_bytes(content[:8], "little")
    first, last = json.loads(content[8:head])["out.2.weight"]["data_offsets"]
    content[head + first:head + last] = struct.pack("<f", 1e25) * ((last - first) // 4)
    (there / "huge.safetensors").write_bytes(content)
    line = refuses(1, "train", "--kind", "diffusion", "--data", data, "--from", there / "huge.safetensors", "-o", out, "--steps", "9", says="step 1")
    check("finite" in line and "--lr" in line, f"a diverging training: {line!r}")
    info = json.loads(succeeds("info", out))
    check(info["tensors"] > 0, "a diverging training left no result")


def main():
    with folder() as there:
        data = pictures(there)
        by_heart(there, data)
        other_channels(there)
        sheets(there, data)
        same_again(there, data)
        other_kinds(there, data)
        odd_pictures(there)
        many_files(there)
        refusals(there, data)
        full_disk(there, data)
        diverging(there, data)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

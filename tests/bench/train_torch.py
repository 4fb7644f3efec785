#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training by adm and by PyTorch, on this machine, in one run. Debian 13's python3-torch lives in an environment of its own: ./setup bench --peers

  train_torch.py ADM [NETWORK…]            pictures a second and memory of training steps (all processors, float32), as a table
  train_torch.py --learn DATA DESCRIPTION PICTURES LOG.jsonl [--threads T] [--ema E] [--sheet OUT.png]
                                           PyTorch learns what `adm train` would: its loss, by pictures seen, as adm's --log; then what it has
                                           learnt makes: DDIM, 20 steps, of the weights' average, a column a class, a row a seed

The networks are peers.py's, in PyTorch's own layers; PyTorch runs channels-last, the quicker layout here. Both sides draw noise, take the loss and its
gradient and make a step of AdamW; adm also reads its pictures, and takes the variational bound, which PyTorch does only where it learns. Memory is all
that the process held at most, PyTorch's library included."""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import peers
import torch
from torch.nn import functional

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = {"diffusion": "materials-64-diffusion", "classifier": "materials-64-classifier", "upsampler": "materials-64-256-upsampler"}
TOY = {"kind": "unet", "image_size": 32, "model_channels": 64, "num_res_blocks": 1, "channel_mult": [1, 2, 2], "attention_resolutions": [16, 8], "num_classes": 21,
       "num_head_channels": 64, "learn_sigma": True, "use_scale_shift_norm": True, "resblock_updown": True, "use_new_attention_order": True,
       "noise_schedule": "cosine", "diffusion_steps": 1000}
CASES = {"diffusion": 16, "classifier": 16, "upsampler": 2, "toy-32": 16}  # pictures a step
SECONDS = 8  # of steps, of each side


def described(adm, name):
    return TOY if name == "toy-32" else json.loads(subprocess.run([adm, "info", ROOT / "data" / f"{WEIGHTS[name]}.safetensors"], check=True, capture_output=True).stdout)


def network_of(d):
    kind = d["kind"]
    outputs = 0 if kind == "classifier" else 6 if d["learn_sigma"] else 3
    return peers.Network(side=d["image_size"], width=d["model_channels"], mult=d["channel_mult"], depth=d["num_res_blocks"], attend=d["attention_resolutions"],
                         head=d["num_head_channels"], inputs=6 if kind == "superres" else 3, outputs=outputs, classes=d.get("num_classes") or 0)


# ---- adm ---------------------------------------------------------------------------------------------------------------

def run(command):
    """Its standard output, and all the memory it held at most, MiB."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out)
        _pid, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{command}: ended with {child.returncode}")
        out.seek(0)
        return out.read(), used.ru_maxrss / 1024


def ours(adm, name):
    from PIL import Image
    d = described(adm, name)
    with tempfile.TemporaryDirectory() as folder:
        there = pathlib.Path(folder)
        for i in range(20):
            (there / "data" / f"c{i:02}").mkdir(parents=True)
            Image.effect_noise((d["image_size"],) * 2, 20 + 10 * i).convert("RGB").save(there / "data" / f"c{i:02}" / "a.png")
        (there / "d.json").write_text(json.dumps(d))
        start = ["--description", there / "d.json"] if name == "toy-32" else ["--from", ROOT / "data" / f"{WEIGHTS[name]}.safetensors"]
        kind = {"unet": "diffusion", "superres": "upsampler"}.get(d["kind"], d["kind"])
        _, memory = run([adm, "train", "--kind", kind, "--data", there / "data", *start, "-o", there / "out.safetensors", "--batch", str(CASES[name]),
                         "--minutes", str(SECONDS / 60), "--log", there / "log", "--log-steps", "1"])
        return max(json.loads(line)["pictures_per_second"] for line in (there / "log").read_text().splitlines()), memory


# ---- PyTorch -----------------------------------------------------------------------------------------------------------

def timestep_embedding(t, width):
    frequencies = torch.exp(-math.log(10000) * torch.arange(width // 2) / (width // 2))
    angles = t[:, None].float() * frequencies
    return torch.cat([angles.cos(), angles.sin()], 1)


def theirs(d, batch):
    """Pictures a second, the best of the steps."""
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    network = network_of(d).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    side, best, end = d["image_size"], 0, time.monotonic() + SECONDS
    while time.monotonic() < end or not best:
        begun = time.monotonic()
        x = torch.randn(batch, 6 if d["kind"] == "superres" else 3, side, side).to(memory_format=torch.channels_last)
        noise, t = torch.randn(batch, 3, side, side), timestep_embedding(torch.randint(1000, (batch,)), d["model_channels"])
        made = network(x, t, torch.randint(d["num_classes"], (batch,)) if network.labels else None)
        loss = made if d["kind"] == "classifier" else (made[:, :3] - noise).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        best = max(best, batch / (time.monotonic() - begun))
    return best


def compare(adm, names):
    print(f"PyTorch {torch.__version__}, {len(os.sched_getaffinity(0))} threads, float32")
    print("| training | pictures a step | adm, pictures/s | PyTorch | adm is | adm, MiB | PyTorch |\n|---|---|---|---|---|---|---|")
    for name in names or CASES:
        mine, memory = ours(adm, name)
        out, other = run([sys.executable, __file__, "--theirs", name, json.dumps(described(adm, name))])
        peer = json.loads(out)
        print(f"| {name} | {CASES[name]} | {mine:.3g} | {peer:.2g} | {mine / peer:.1f} × | {memory:.0f} | {other:.0f} |", flush=True)


# ---- learning ----------------------------------------------------------------------------------------------------------

def zero_last(network):
    """As the reference implementation begins: each block adds nothing, the network says nothing."""
    for module in network.modules():
        last = module.convs[1] if isinstance(module, peers.Residual) else module.out if isinstance(module, peers.Attention) else None
        if last is not None:
            torch.nn.init.zeros_(last.weight), torch.nn.init.zeros_(last.bias)
    torch.nn.init.zeros_(network.last.weight), torch.nn.init.zeros_(network.last.bias)


class Schedule:
    """Cosine (Improved DDPM, eq. 17), and the hybrid loss of learned variances (its section 3, RESCALED_MSE)."""

    def __init__(self, steps):
        bar = [math.cos((i / steps + 0.008) / 1.008 * math.pi / 2) ** 2 for i in range(steps + 1)]
        beta = torch.tensor([min(1 - bar[i + 1] / bar[i], 0.999) for i in range(steps)], dtype=torch.float64)
        self.steps, alpha = steps, 1 - beta
        self.bar = alpha.cumprod(0)
        before = torch.cat([torch.ones(1, dtype=torch.float64), self.bar[:-1]])
        variance = beta * (1 - before) / (1 - self.bar)
        self.low = torch.cat([variance[1:2], variance[1:]]).log()  # the first step's is zero
        self.high = beta.log()
        self.from_x0, self.from_xt = beta * before.sqrt() / (1 - self.bar), (1 - before) * alpha.sqrt() / (1 - self.bar)

    def at(self, values, t):
        return values[t].float()[:, None, None, None]

    def noised(self, x0, t, noise):
        bar = self.at(self.bar, t)
        return bar.sqrt() * x0 + (1 - bar).sqrt() * noise

    def loss(self, made, x0, x_t, t, noise):
        """[N]: squared error of the noise, and the bound by the variance alone, times steps / 1000."""
        eps, v = made.chunk(2, 1)
        bar, share = self.at(self.bar, t), (v + 1) / 2
        low, high = self.at(self.low, t), self.at(self.high, t)
        guess = ((x_t - (1 - bar).sqrt() * eps.detach()) / bar.sqrt())
        mean, true = (self.at(self.from_x0, t) * x + self.at(self.from_xt, t) * x_t for x in (guess, x0))
        log = share * high + (1 - share) * low
        kl = 0.5 * (log - low - 1 + (low - log).exp() + (true - mean).square() * (-log).exp()) / math.log(2)
        centred, narrow = x0 - mean, (-0.5 * log).exp()
        cdf = lambda x: 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))  # noqa: E731
        up, down = cdf(narrow * (centred + 1 / 255)), cdf(narrow * (centred - 1 / 255))
        share = torch.where(x0 < -0.999, up, torch.where(x0 > 0.999, 1 - down, up - down)).clamp(min=1e-12)
        bound = torch.where((t == 0)[:, None, None, None], -share.log() / math.log(2), kl)
        return (eps - noise).square().mean((1, 2, 3)) + bound.mean((1, 2, 3)) * self.steps / 1000


@torch.no_grad()
def make_sheet(network, schedule, d, path, columns=range(0, 20, 2), rows=4, steps=20):
    """DDIM (eq. 12, eta 0), unguided; the classes of every second label."""
    from PIL import Image
    labels = torch.tensor(list(columns) * rows)
    x = torch.randn(len(labels), 3, d["image_size"], d["image_size"])
    times = torch.linspace(0, d["diffusion_steps"] - 1, steps).round().long().flip(0).tolist()
    for t, after in zip(times, [*times[1:], None]):
        made = network(x.to(memory_format=torch.channels_last), timestep_embedding(torch.full((len(x),), t), d["model_channels"]), labels)
        bar, next_bar = schedule.bar[t].item(), 1.0 if after is None else schedule.bar[after].item()
        x0 = ((x - math.sqrt(1 - bar) * made[:, :3]) / math.sqrt(bar)).clamp(-1, 1)
        x = math.sqrt(next_bar) * x0 + math.sqrt((1 - next_bar) / (1 - bar)) * (x - math.sqrt(bar) * x0)
    side = d["image_size"]
    grid = x.reshape(rows, len(columns), 3, side, side).permute(0, 3, 1, 4, 2).reshape(rows * side, len(columns) * side, 3)
    Image.fromarray(((grid + 1) * 127.5).clamp(0, 255).byte().numpy()).save(path)


def learn(options):
    """AdamW without decay at 4e-4, batches of 16, labels dropped one in ten, mirrored: docs/training.md's."""
    import numpy
    from PIL import Image
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    d = json.loads(pathlib.Path(options.description).read_text())
    classes = sorted(path for path in pathlib.Path(options.data).iterdir() if path.is_dir())
    files = [(path, label) for label, folder in enumerate(classes) for path in sorted(folder.iterdir())]
    network, schedule, batch = network_of(d), Schedule(d["diffusion_steps"]), 16
    zero_last(network)
    network = network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=4e-4, weight_decay=0)
    average = [parameter.detach().clone() for parameter in network.parameters()]
    order, losses, begun = torch.randperm(len(files)).tolist(), [], time.monotonic()
    with open(options.log, "w", encoding="utf-8") as log:
        for step in range(1, options.pictures // batch + 1):
            chosen = [files[order[(step * batch + i) % len(files)]] for i in range(batch)]
            x0 = torch.tensor(numpy.stack([numpy.asarray(Image.open(path).convert("RGB"), "f4").transpose(2, 0, 1) / 127.5 - 1 for path, _ in chosen]))
            x0 = torch.where(torch.rand(batch, 1, 1, 1) < 0.5, x0.flip(3), x0)
            labels = torch.where(torch.rand(batch) < 0.1, d["num_classes"] - 1, torch.tensor([label for _, label in chosen]))
            t, noise = torch.randint(d["diffusion_steps"], (batch,)), torch.randn_like(x0)
            x_t = schedule.noised(x0, t, noise).to(memory_format=torch.channels_last)
            made = network(x_t, timestep_embedding(t, d["model_channels"]), labels)
            each = schedule.loss(made, x0, x_t, t, noise)
            optimizer.zero_grad()
            each.mean().backward()
            optimizer.step()
            torch._foreach_lerp_(average, [parameter.detach() for parameter in network.parameters()], 1 - options.ema)
            losses += zip((4 * t // d["diffusion_steps"]).tolist(), each.tolist())
            if step % 25 == 0:
                quarters = [[loss for quarter, loss in losses if quarter == q] for q in range(4)]
                print(json.dumps({"step": step, "loss": sum(loss for _, loss in losses) / len(losses), "loss_quarters": [sum(q) / max(1, len(q)) for q in quarters],
                                  "pictures_per_second": round(step * batch / (time.monotonic() - begun), 3)}), file=log, flush=True)
                losses = []
    if options.sheet:
        for parameter, mean in zip(network.parameters(), average):
            parameter.data.copy_(mean)
        make_sheet(network, schedule, d, options.sheet)


def main():
    if sys.argv[1:2] == ["--theirs"]:
        print(theirs(json.loads(sys.argv[3]), CASES[sys.argv[2]]))
    elif sys.argv[1:2] == ["--learn"]:
        parser = argparse.ArgumentParser()
        for name in ("data", "description", "pictures", "log"):
            parser.add_argument(name, type=int if name == "pictures" else str)
        parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
        parser.add_argument("--ema", type=float, default=0.999)
        parser.add_argument("--sheet")
        learn(parser.parse_args(sys.argv[2:]))
    else:
        compare(sys.argv[1], sys.argv[2:])


if __name__ == "__main__":
    main()

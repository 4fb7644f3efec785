#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One evaluation of the published architectures, by adm and by PyTorch, by turns in one run: peers.py ADM     ./setup bench --peers

Best of some repeats, on all processors, made-up weights; classifiers: forward and the gradient by the input. PyTorch runs channels-last (the
quicker layout here), in float32 and under bfloat16 autocast; adm in float32 and with --fast. ONNX Runtime is not compared: Debian 13 has no
Python module of it. The networks below are the paper's (and the reference implementation's) in PyTorch's own layers."""
import json
import os
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional

CASES = {
    "adm-64": dict(side=64, width=192, mult=(1, 2, 3, 4), depth=3, attend=(32, 16, 8), head=64, inputs=3, outputs=6),
    "classifier-64": dict(side=64, width=128, mult=(1, 2, 3, 4), depth=4, attend=(32, 16, 8), head=64, inputs=3, outputs=0),
    "upsampler-64-256": dict(side=256, width=192, mult=(1, 1, 2, 2, 4, 4), depth=2, attend=(32, 16, 8), heads=4, inputs=6, outputs=6),
}


class Residual(nn.Module):
    def __init__(self, given, made, embedding, resize=None):
        super().__init__()
        self.resize = {None: nn.Identity(), "up": nn.Upsample(scale_factor=2), "down": nn.AvgPool2d(2)}[resize]
        self.norms = nn.ModuleList([nn.GroupNorm(32, given), nn.GroupNorm(32, made)])
        self.convs = nn.ModuleList([nn.Conv2d(given, made, 3, padding=1), nn.Conv2d(made, made, 3, padding=1)])
        self.modulation = nn.Linear(embedding, 2 * made)
        self.skip = nn.Identity() if given == made else nn.Conv2d(given, made, 1)

    def forward(self, x, e):
        h = self.convs[0](self.resize(functional.silu(self.norms[0](x))))
        scale, shift = self.modulation(functional.silu(e))[:, :, None, None].chunk(2, 1)
        h = self.convs[1](functional.silu(self.norms[1](h) * (1 + scale) + shift))
        return self.skip(self.resize(x)) + h


class Attention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads, self.norm = heads, nn.GroupNorm(32, channels)
        self.qkv, self.out = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)

    def forward(self, x, e):
        n, c, height, width = x.shape
        q, k, v = (part.reshape(n, self.heads, c // self.heads, -1).transpose(2, 3) for part in self.qkv(self.norm(x)).chunk(3, 1))
        return x + self.out(functional.scaled_dot_product_attention(q, k, v).transpose(2, 3).reshape(n, c, height, width))


class Network(nn.Module):
    """outputs 0: a classifier's half, whose answer is the mean of its last map."""

    def __init__(self, side, width, mult, depth, attend, inputs, outputs, head=0, heads=0, classes=0):
        super().__init__()
        embedding = 4 * width
        self.width, self.outputs = width, outputs
        self.embed = nn.Sequential(nn.Linear(width, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.labels = nn.Embedding(classes, embedding) if classes and outputs else None

        def stage(given, made, resize=None):
            parts = [Residual(given, made, embedding, resize)]
            if resize is None and now in attend:
                parts.append(Attention(made, heads or made // head))
            return nn.ModuleList(parts)
        now, channels, skips = side, width, [width]
        self.first = nn.Conv2d(inputs, width, 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, m in enumerate(mult):
            for _ in range(depth):
                self.down.append(stage(channels, width * m))
                channels = width * m
                skips.append(channels)
            if level + 1 < len(mult):
                now //= 2
                self.down.append(nn.ModuleList([Residual(channels, channels, embedding, "down")]))
                skips.append(channels)
        self.middle = nn.ModuleList([Residual(channels, channels, embedding), Attention(channels, heads or channels // head), Residual(channels, channels, embedding)])
        for level in reversed(range(len(mult) if outputs else 0)):
            for i in range(depth + 1):
                parts = stage(channels + skips.pop(), width * mult[level])
                channels = width * mult[level]
                if level and i == depth:
                    parts.append(Residual(channels, channels, embedding, "up"))
                    now *= 2
                self.up.append(parts)
        self.norm = nn.GroupNorm(32, channels)
        self.last = nn.Conv2d(channels, outputs, 3, padding=1) if outputs else None

    def forward(self, x, t, labels=None):
        e = self.embed(t) if labels is None else self.embed(t) + self.labels(labels)
        h = self.first(x)
        kept = [h]
        for parts in self.down:
            for part in parts:
                h = part(h, e)
            kept.append(h)
        for part in self.middle:
            h = part(h, e)
        if not self.outputs:
            return functional.silu(self.norm(h)).mean()
        for parts in self.up:
            h = torch.cat([h, kept.pop()], 1)
            for part in parts:
                h = part(h, e)
        return self.last(functional.silu(self.norm(h)))


def theirs(case, brain, repeats):
    network = Network(**case).to(memory_format=torch.channels_last).eval()
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    x = torch.randn(1, case["inputs"], case["side"], case["side"]).to(memory_format=torch.channels_last)
    t = torch.randn(1, case["width"])
    best = float("inf")
    for _ in range(repeats + 1):
        begun = time.monotonic()
        with torch.autocast("cpu", torch.bfloat16, enabled=brain):
            if case["outputs"]:
                with torch.inference_mode():
                    network(x, t)
            else:
                torch.autograd.grad(network(x.requires_grad_(), t), x)
        best = min(best, time.monotonic() - begun)
    return best


def ours(adm, name, options, repeats):
    line = subprocess.run([adm, "bench", "--arch", name, "--repeat", str(repeats), *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout
    return json.loads(line)["seconds"]


def main():
    adm, threads = sys.argv[1], len(os.sched_getaffinity(0))
    torch.set_num_threads(threads)
    with open("/proc/cpuinfo", encoding="ascii") as file:
        flags = next(line for line in file if line.startswith("flags")).split()
    print(f"PyTorch {torch.__version__}, {threads} threads; processor with " + (", ".join(f for f in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f in flags) or "none of AVX2, AVX-512, AMX"))
    print("| seconds of one evaluation | adm float32 | adm --fast | PyTorch float32 | PyTorch bfloat16 | --fast is, over PyTorch's bfloat16 |\n|---|---|---|---|---|---|")
    for name, case in CASES.items():
        repeats = 2 if name.startswith("up") else 4
        best = [float("inf")] * 4
        for _ in range(2):  # by turns, so that what else the machine does meets all of them
            now = (ours(adm, name, [], repeats), ours(adm, name, ["--fast"], repeats), theirs(case, False, repeats), theirs(case, True, repeats))
            best = [min(pair) for pair in zip(best, now)]
        print(f"| {name} | " + " | ".join(f"{s:.2f}" for s in best) + f" | {best[3] / best[1]:.2f} × |", flush=True)


if __name__ == "__main__":
    main()

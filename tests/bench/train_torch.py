#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures a second of training the embedded diffusion network at batch 16 by `adm train`, and, where PyTorch is there, of the same shapes of
convolutions by PyTorch, float32 channels-last and bfloat16 autocast: train_torch.py ADM. Needs the reference implementation's package
`guided_diffusion` on the path for the latter, which is no part of this project."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCH, STEPS = 16, 6


def ours(adm):
    from PIL import Image
    with tempfile.TemporaryDirectory() as name:
        there = pathlib.Path(name)
        for i in range(20):
            (there / "data" / f"c{i:02}").mkdir(parents=True)
            Image.effect_noise((96, 96), 20 + 10 * i).convert("RGB").save(there / "data" / f"c{i:02}" / "a.png")
        subprocess.run([adm, "train", "--kind", "diffusion", "--data", there / "data", "--from", ROOT / "data" / "materials-64-diffusion.safetensors",
                        "-o", there / "out.safetensors", "--batch", str(BATCH), "--steps", str(STEPS), "--log", there / "log", "--log-steps", "2"], check=True)
        return max(json.loads(line)["pictures_per_second"] for line in (there / "log").read_text().splitlines())


def theirs(bfloat16):
    import torch
    from guided_diffusion.script_util import create_model
    network = create_model(image_size=64, num_channels=64, num_res_blocks=1, channel_mult="1,1,2,3", learn_sigma=True, class_cond=True,
                           attention_resolutions="16,8", num_head_channels=64, use_scale_shift_norm=True, resblock_updown=True,
                           use_new_attention_order=True).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    x = torch.randn(BATCH, 3, 64, 64).to(memory_format=torch.channels_last)
    best = 0
    for _ in range(STEPS):
        begun = time.monotonic()
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            loss = network(x, torch.randint(1000, (BATCH,)), y=torch.randint(21, (BATCH,))).float().square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        best = max(best, BATCH / (time.monotonic() - begun))
    return best


def main():
    result = {"batch": BATCH, "ours": round(ours(sys.argv[1]), 2)}
    try:
        result |= {"torch_float32": round(theirs(False), 2), "torch_bfloat16": round(theirs(True), 2)}
    except ImportError as missing:
        result["torch"] = f"not measured: {missing}"
    print(json.dumps(result))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights as people have them: whatever a training script puts around a network leaves its numbers as they are, and is told by `adm info`; what
is no network of the family is called by its name; what only an attack needs is refused."""
import argparse
import builtins
import collections
import importlib
import json
import math
import os
import pathlib
import random
import runpy
import shutil
import subprocess
import sys
import types
import webbrowser

import numpy as np
import torch_file
from harness import FIXTURES, check, folder, npy_write, refuses, run, succeeds, summary
from torch_file import Parameter, Tensor, stand_in, write, write_safetensors

FIELD = FIXTURES / "field"
PLAIN = torch_file.read_safetensors(FIELD / "plain.safetensors")
ZERO = {name: Tensor(bytes(len(tensor.storage.data)), tensor.shape, tensor.storage.dtype) for name, tensor in PLAIN.items()}
BETAS = Tensor(b"\0\0\0\x3f" * 10, (10,))

Size = stand_in("torch", "Size", type("Size", (tuple,), {"__reduce__": lambda self: (Size, (tuple(self),))}))
device = stand_in("torch", "device", type("device", (), {"__reduce__": lambda self: (device, ("cpu",))}))
Own = stand_in("their.models", "Trainer", type("Trainer", (), {}))


class Call:
    """Pickles as a call of WHAT."""

    def __init__(self, what, *arguments):
        self.what, self.arguments = what, arguments

    def __reduce__(self):
        return self.what, self.arguments


def prefixed(prefix, tensors=None):
    return {prefix + name: tensor for name, tensor in (tensors or PLAIN).items()}


def own_object():
    trainer = Own()
    trainer.steps, trainer.log = 7, [1, 2]
    return trainer


def variants():
    """(name, what is saved, keys of info that tell it)"""
    for prefix in ("module.", "_orig_mod.", "_orig_mod.module.", "model.", "unet.", "denoise_fn.", "ema_model.module."):
        yield f"prefix {prefix}", prefixed(prefix), {"prefix": prefix, "passed_over": None}
    yield "OrderedDict of parameters", collections.OrderedDict((n, Parameter(t)) for n, t in PLAIN.items()), {"inside": None}
    for key in ("state_dict", "model", "model_state_dict", "ema", "net", "params_ema"):
        yield f"under {key}", {key: PLAIN, "step": 3}, {"inside": key}
    yield "EMA preferred", {"model": ZERO, "ema": PLAIN}, {"inside": "ema"}
    yield "EMA preferred, deeper", {"state": {"model": prefixed("module.", ZERO), "model_ema": prefixed("module.")}},         {"inside": "model_ema", "prefix": "module."}
    yield "EMA in names", {**prefixed("model.", ZERO), **prefixed("ema_model.")}, {"prefix": "ema_model."}
    yield "a tuple", (PLAIN, 12), {}
    yield "a list", [{"epoch": 1}, PLAIN], {}
    yield "a default dictionary", collections.defaultdict(list, PLAIN), {}
    yield "buffers", {**PLAIN, "betas": BETAS, "alphas_cumprod": BETAS}, {"passed_over": "betas, alphas_cumprod"}
    yield "buffers beside a prefix", {**prefixed("denoise_fn."), "betas": BETAS, "module.other": BETAS}, {"prefix": "denoise_fn.",
                                                                                                        "passed_over": "betas, module.other"}
    yield "an optimizer beside", {"optimizer": {"state": {0: {"exp_avg": BETAS}}, "param_groups": [{"lr": 0.1}]}, "model": PLAIN}, {"inside": "model"}
    numbers = {"float": np.float64(0.5), "int": np.int64(3), "array": np.arange(40000.0), "dtype": np.dtype("f4")}
    for name, thing in (("argparse.Namespace", argparse.Namespace(lr=1e-4, out=pathlib.PosixPath("/tmp/x"))), ("NumPy", numbers),
                        ("torch.Size", Size((3, 64, 64))), ("torch.device", device()), ("a path", pathlib.PosixPath("a/b")),
                        ("an own class", own_object()), ("a set", {1, 2}), ("bytes", b"\0\xff" * 9), ("a namespace", types.SimpleNamespace(a=1)),
                        ("a complex number", 1 + 2j), ("a counter", collections.Counter("abba"))):
        yield f"{name} beside", {"model": PLAIN, "args": thing, "more": [thing, {"deep": thing}]}, {"inside": "model"}
        yield f"{name} among", {**PLAIN, "args": thing}, {}


def harmless(there):
    x = there / "x.npy"
    dice = random.Random(3)
    npy_write(x, (1, 3, 32, 32), [dice.gauss(0, 1) for _ in range(3 * 32 * 32)])

    def outputs(path):
        done = run("eval", "--model", path, "--x", x, "--t", 500, "-o", there / "out.npy")
        return (there / "out.npy").read_bytes() if check(done.returncode == 0, f"{path.name}: {done.stderr!r}") else None

    expected = outputs(FIELD / "plain.safetensors")
    for name in ("prefixed", "buffers", "arguments"):
        check(outputs(FIELD / f"{name}.pt") == expected, f"{name}.pt: other numbers")
        lone = there / f"{name}.pt"
        shutil.copyfile(FIELD / f"{name}.pt", lone)
        info = json.loads(succeeds("info", lone))
        check(info["noise_schedule"] is None and info["tensors"] == len(PLAIN), f"{name}.pt alone: {info}")
        refuses(1, "eval", "--model", lone, "--x", x, "--t", 5, says="noise_schedule")
    weights = there / "w.pt"
    shutil.copyfile(FIELD / "plain.json", weights.with_suffix(".json"))
    for name, what, told in variants():
        write(weights, what)
        check(outputs(weights) == expected, f"{name}: other numbers")
        info = json.loads(succeeds("info", weights))
        for key, value in told.items():
            check(info[key] == value, f"{name}: {key} is {info[key]!r} instead of {value!r}")
    tensors = there / "t.safetensors"
    shutil.copyfile(FIELD / "plain.json", tensors.with_suffix(".json"))
    for name, what in (("prefix", prefixed("module.")), ("buffers", {**PLAIN, "betas": BETAS})):
        write_safetensors(tensors, what)
        check(outputs(tensors) == expected, f"safetensors, {name}: other numbers")
    converted = there / "c.safetensors"
    write(weights, {"ema": prefixed("module."), "model": prefixed("module.", ZERO), "args": argparse.Namespace()})
    succeeds("convert", weights, "-o", converted)
    check(outputs(converted) == expected, "converted: other numbers")


def attacks(there):
    weights = there / "attack.pt"
    shutil.copyfile(FIELD / "plain.json", weights.with_suffix(".json"))
    marker = there / "ran"
    for what, arguments, name in ((os.system, (f"touch {marker}",), "posix.system"), (subprocess.Popen, (["touch", str(marker)],), "Popen"),
                                  (builtins.eval, ("1",), "eval"), (builtins.exec, ("1",), "exec"), (builtins.getattr, (1, "real"), "getattr"),
                                  (builtins.__import__, ("os",), "__import__"), (builtins.open, (str(marker), "w"), "open"),
                                  (importlib.import_module, ("os",), "importlib"), (runpy.run_path, ("x",), "runpy"), (webbrowser.open, ("x",), "webbrowser"),
                                  (shutil.rmtree, ("x",), "shutil"), (sys.exit, (0,), "sys.exit")):
        for place in ({"model": PLAIN, "args": Call(what, *arguments)}, {**PLAIN, "betas": Call(what, *arguments)}, Call(what, *arguments)):
            write(weights, place)
            refuses(1, "info", weights, says=name)
    check(not marker.exists(), "something was run")
    # Opaque is what is not needed: a weight that is one is refused by its name.
    write(weights, {**PLAIN, "out.2.weight": np.zeros(3)})
    refuses(1, "info", weights, says="weight out.2.weight is a numpy")
    write(weights, own_object())
    refuses(1, "info", weights, says="a their.models.Trainer")


def instead(there):
    refuses(1, "info", FIELD / "pointer.pt", says="Git LFS pointer")

    def told(name, tensors, says):
        path = write_safetensors(there / name, tensors)
        refuses(1, "info", path, says=says)
        path.with_suffix(".json").write_text('{"noise_schedule": "linear"}', encoding="utf-8")
        refuses(1, "info", path, says=says)

    def first(*shape):
        return {**PLAIN, "input_blocks.0.0.weight": Tensor(bytes(4 * math.prod(shape)), shape)}

    (there / "q.gguf").write_bytes(b"GGUF" + bytes(60))
    refuses(1, "info", there / "q.gguf", says="GGUF")
    told("d.safetensors", {"conv_in.weight": BETAS, "down_blocks.0.resnets.0.conv1.weight": BETAS}, "diffusers")
    latent = {**prefixed("model.diffusion_model."), "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight": BETAS,
              "first_stage_model.decoder.conv_in.weight": BETAS}
    told("sd.safetensors", latent, "Stable Diffusion")
    half = dict(list(PLAIN.items())[:50])
    told("model-00001-of-00002.safetensors", half, "one shard of several")
    told("v.safetensors", first(32, 3, 3, 3, 3), "3-D network")
    told("a.safetensors", first(32, 1, 3), "1-D network")
    told("m.safetensors", first(32, 12, 3, 3), "12 input channels")
    told("o.safetensors", {"exp_avg.0": BETAS, "exp_avg_sq.0": BETAS}, "optimizer's state")
    told("x.safetensors", {"fc.weight": BETAS}, "not those of an ablated diffusion model")
    write(there / "opt.pt", {"state": {0: {"step": 1, "exp_avg": BETAS}}, "param_groups": [{"lr": 0.1}]})
    refuses(1, "info", there / "opt.pt", says="optimizer's state")
    # What a layer needs is asked for by name, whatever stood before it.
    whole = {"kind": "unet", "image_size": 32, "model_channels": 32, "num_res_blocks": 1, "channel_mult": [1, 1], "attention_resolutions": [],
             "num_classes": None, "num_head_channels": 32, "use_scale_shift_norm": True, "resblock_updown": False, "use_new_attention_order": False,
             "noise_schedule": "linear"}
    weights = there / "less.pt"
    weights.with_suffix(".json").write_text(json.dumps(whole), encoding="utf-8")
    less = dict(PLAIN)
    del less["middle_block.1.qkv.bias"]
    write(weights, prefixed("module.", less))
    refuses(1, "info", weights, says="tensor middle_block.1.qkv.bias [96] is missing")
    write(weights, {**PLAIN, "middle_block.1.qkv.bias": Tensor(bytes(4 * 7), (7,))})
    refuses(1, "info", weights, says="middle_block.1.qkv.bias has shape [7], expected [96]")
    write(weights, {**PLAIN, "label_emb.weight": Tensor(bytes(4 * 128 * 3), (3, 128))})
    refuses(1, "info", weights, says="label_emb.weight does not belong")


def main():
    with folder() as there:
        harmless(there)
        attacks(there)
        instead(there)
    return summary()


if __name__ == "__main__":
    sys.exit(main())

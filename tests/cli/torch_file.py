# SPDX-License-Identifier: GPL-3.0-or-later
"""torch.save's zip without torch: whatever Python pickles, with tensors in it. Stand-ins of torch's modules give the names; nothing of them runs."""
import collections
import io
import json
import pickle
import struct
import sys
import types
import zipfile


def stand_in(module, name, what):
    what.__module__, what.__qualname__, what.__name__ = module, name, name
    parts = module.split(".")
    for i in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:i]), types.ModuleType(".".join(parts[:i])))
    setattr(sys.modules[module], name, what)
    return what


def _function():
    return lambda *arguments: None


rebuild_tensor = stand_in("torch._utils", "_rebuild_tensor_v2", _function())
rebuild_parameter = stand_in("torch._utils", "_rebuild_parameter", _function())
STORAGES = {"F32": stand_in("torch", "FloatStorage", type("FloatStorage", (), {})), "F16": stand_in("torch", "HalfStorage", type("HalfStorage", (), {}))}
BYTES = {"F32": 4, "F16": 2}


class Storage:
    def __init__(self, data, dtype):
        self.data, self.dtype = data, dtype


class Tensor:
    """DATA: little-endian."""

    def __init__(self, data, shape, dtype="F32"):
        self.storage, self.shape = Storage(data, dtype), tuple(shape)

    def __reduce__(self):
        strides, step = [], 1
        for side in reversed(self.shape):
            strides.insert(0, step)
            step *= side
        return rebuild_tensor, (self.storage, 0, self.shape, tuple(strides), False, collections.OrderedDict())


class Parameter:
    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce__(self):
        return rebuild_parameter, (self.tensor, True, collections.OrderedDict())


def write(path, what):
    """Saves WHAT as torch.save does."""
    storages, out = [], io.BytesIO()

    class Pickler(pickle._Pickler):
        def persistent_id(self, obj):
            if not isinstance(obj, Storage):
                return None
            if obj not in storages:
                storages.append(obj)
            return "storage", STORAGES[obj.dtype], str(storages.index(obj)), "cpu", len(obj.data) // BYTES[obj.dtype]

    Pickler(out, 2).dump(what)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("archive/data.pkl", out.getvalue())
        file.writestr("archive/version", "3\n")
        for i, storage in enumerate(storages):
            file.writestr(f"archive/data/{i}", storage.data)
    return path


def read_safetensors(path):
    """name -> Tensor of a safetensors file."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: Tensor(data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]], entry["shape"], entry["dtype"])
            for name, entry in header.items()}


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": tensor.storage.dtype, "shape": list(tensor.shape), "data_offsets": [at, at + len(tensor.storage.data)]}
        at += len(tensor.storage.data)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(tensor.storage.data for tensor in tensors.values()))
    return path

#!/usr/bin/env python3
"""Writes the golden files beside it with PyTorch and the safetensors package:

    python3 checkpoint/safetensors/testdata/make.py

native.safetensors has the dtypes that facula has, other.safetensors the rest,
sharded/ a model in two files. What is in them is a formula that the Go tests
know too: element i of a tensor is i - 3, a quarter of that for floats, and
whether it is odd for bools.
"""
import json
import os

import safetensors
import torch
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))


def make(name, shape):
    dtype = getattr(torch, name)
    x = torch.arange(torch.Size(shape).numel(), dtype=torch.float64) - 3
    if name == "bool":
        x = x.remainder(2)
    elif name.startswith("uint"):
        x = x + 3 + 250 * (1 << torch.iinfo(dtype).bits - 8)  # beyond what the signed type holds
        x = x.to(torch.int64) if name != "uint64" else x
    elif dtype.is_floating_point or dtype.is_complex:
        x = x / 4
    return x.reshape(shape).to(dtype)


def main():
    made_by = f"torch {torch.__version__}, safetensors {safetensors.__version__}"
    meta = {'ü "<&>\\': made_by + "\n\t/"}  # one text: the package writes several in any order
    native = "float32 float64 float16 bfloat16 int8 int16 int32 int64 uint8 bool".split()
    tensors = {f"{n}.matrix": make(n, [2, 3]) for n in native}
    tensors |= {f"{n}.scalar": make(n, []) for n in native}
    tensors |= {f"{n}.empty": make(n, [2, 0, 3]) for n in native}
    save_file(tensors, os.path.join(HERE, "native.safetensors"), meta)

    other = "uint16 uint32 uint64 complex64 float8_e4m3fn float8_e5m2 float8_e8m0fnu float8_e4m3fnuz float8_e5m2fnuz".split()
    save_file({n: make(n, [2, 3]) for n in other}, os.path.join(HERE, "other.safetensors"), {"made_by": made_by})

    folder = os.path.join(HERE, "sharded")
    os.makedirs(folder, exist_ok=True)
    shards = {"model-00001-of-00002.safetensors": ["float32", "int64"], "model-00002-of-00002.safetensors": ["bfloat16"]}
    weights, total = {}, 0
    for file, names in shards.items():
        t = {n: make(n, [2, 3]) for n in names}
        save_file(t, os.path.join(folder, file), {"made_by": made_by})
        weights |= {n: file for n in names}
        total += sum(x.nbytes for x in t.values())
    with open(os.path.join(folder, "model.safetensors.index.json"), "w") as f:
        json.dump({"metadata": {"total_size": total}, "weight_map": weights}, f, indent=2, sort_keys=True)
        f.write("\n")
    for folder, _, files in os.walk(HERE):
        for file in files:
            os.chmod(os.path.join(folder, file), 0o644)  # the package makes them 0600


main()

# All values of the two kinds of float8 that facula reads, beside PyTorch's.
import torch
from safetensors.torch import save_file as save_torch

every = torch.arange(256, dtype=torch.int32).to(torch.uint8)
float8 = {}
for d in (torch.float8_e4m3fn, torch.float8_e5m2):
    name = str(d).removeprefix("torch.")
    float8[name] = every.clone().view(d)
    float8[name + ".want"] = every.view(d).to(torch.float32)
save_torch(float8, os.path.join(HERE, "float8.safetensors"))
os.chmod(os.path.join(HERE, "float8.safetensors"), 0o644)

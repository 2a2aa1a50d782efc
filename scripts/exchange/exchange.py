"""What the checks of scripts/checkpoint share.

A check makes files in FOLDER/in. TestExchange of package checkpoint reads each
and writes FOLDER/out/NAME.safetensors, and NAME.npz without what NumPy has no
dtype for. Then the check compares those with what it put in.
"""
import os
import sys

import numpy as np
import torch
from safetensors.torch import load_file

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16,
          torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool]

SHAPES = {"scalar": (), "vector": (7,), "matrix": (3, 5), "deep": (1, 2, 1, 3, 1, 2, 1, 2), "empty": (0,), "hollow": (2, 0, 3), "large": (1000, 501)}


def make(dtype, shape):
    """A tensor of random bits: NaN, infinities and subnormal numbers among them."""
    n = torch.Size(shape).numel()
    g = torch.Generator().manual_seed(n + 1)
    if dtype == torch.bool:
        return torch.randint(0, 2, shape, generator=g, dtype=torch.uint8).to(dtype)
    bits = torch.randint(0, 256, (n * dtype.itemsize,), generator=g, dtype=torch.uint8)
    return bits.view(dtype).reshape(shape) if n else torch.empty(shape, dtype=dtype)


def tensors():
    """One of each dtype and shape, by name."""
    return {f"{str(d).removeprefix('torch.')}.{n}": make(d, s) for d in DTYPES for n, s in SHAPES.items()}


def compare(path, got, want):
    """Stops unless both have the same names, dtypes, shapes and bytes."""
    if got.keys() != want.keys():
        sys.exit(f"{path}: other names: {sorted(got.keys() ^ want.keys())}")
    for name, w in want.items():
        g = got[name]
        if g.dtype != w.dtype or g.shape != w.shape or raw(g) != raw(w):
            sys.exit(f"{path}: {name} is not what was written:\n{g}\n{w}")
    return len(want)


def raw(t):
    return t.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if t.numel() else b""


def from_numpy(arrays):
    return {n: torch.from_numpy(np.ascontiguousarray(a).reshape(a.shape)) for n, a in arrays.items()}


def written(folder, name, want):
    """Compares what facula wrote with what it has read, and returns how many tensors that were."""
    n = 0
    path = os.path.join(folder, "out", name)
    n += compare(path + ".safetensors", load_file(path + ".safetensors"), want)
    with np.load(path + ".npz", allow_pickle=False) as z:
        n += compare(path + ".npz", from_numpy(z), {k: t for k, t in want.items() if t.dtype != torch.bfloat16})
    return n


def main(make, check):
    if len(sys.argv) != 3 or sys.argv[1] not in ("make", "check"):
        sys.exit(f"usage: {sys.argv[0]} make|check FOLDER")
    if sys.argv[1] == "make":
        make(sys.argv[2])
    else:
        print(f"ok  {os.path.basename(sys.argv[0])}: {check(sys.argv[2])}")

#!/usr/bin/env python3
"""Makes init.json: what PyTorch's initialisers give for a seed.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/init/testdata/make_init.py
"""
import os
import sys

import torch
from torch.nn import init

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scripts"))
import golden

NOTE = (
    "value: after torch.manual_seed(seed) and torch.nn.init.<init>_(torch.empty(shape, dtype=dtype), **args). "
    "next: one number that torch.rand((), dtype=torch.float64) gives then, which tells how much of the generator was used. "
    "A normal fill takes two ways, below 16 elements and from 16 on, and the second ends differently when the size is no multiple of 16. "
    "orthogonal goes through LAPACK's QR: expect agreement to rounding, not to the bit; the signs are fixed by those of R's diagonal, so they should agree. "
    "uniform is low + (high - low)·u, with one rounding (a fused multiply-add) where cpu is AVX2 or AVX512 and with two elsewhere. "
    "normal and trunc_normal go through log, cos and erfinv: where cpu differs, so do their last bits (float32: up to 50 units in the last place "
    "of small elements; float64: 3)."
)
cases = []


def add(name, shape, dtype=torch.float32, **args):
    seed = 40 + len(cases)
    t = torch.empty(shape, dtype=dtype)
    torch.manual_seed(seed)
    getattr(init, name + "_")(t, **args)
    cases.append({"init": name, "seed": seed, "args": args, "value": golden.tensor(t), "next": torch.rand((), dtype=torch.float64).item()})


matrix, kernel, odd = [4, 6], [3, 2, 2, 3], [5, 7]
for dtype in (torch.float32, torch.float64):
    add("uniform", [5], dtype)
    add("uniform", odd, dtype, a=-0.3, b=0.7)
    add("normal", [5], dtype)  # fewer than 16, odd
    add("normal", [2, 4], dtype, mean=1.5, std=0.25)  # fewer than 16, even
    add("normal", [16], dtype)
    add("normal", odd, dtype, mean=-0.5, std=2.0)
    add("normal", [8, 8], dtype)
    add("trunc_normal", [10], dtype)
    add("trunc_normal", odd, dtype, mean=0.5, std=0.02, a=0.47, b=0.55)
for name in ("xavier_uniform", "xavier_normal"):
    add(name, matrix)
    add(name, kernel, gain=init.calculate_gain("tanh"))
    add(name, [2, 5])
for name in ("kaiming_uniform", "kaiming_normal"):
    for mode in ("fan_in", "fan_out"):
        add(name, matrix, mode=mode, nonlinearity="relu")
        add(name, kernel, mode=mode, nonlinearity="leaky_relu", a=5**0.5)
    for nonlinearity in ("linear", "sigmoid", "tanh", "selu"):
        add(name, [3, 4], nonlinearity=nonlinearity)
    add(name, [2, 7])
for dtype in (torch.float32, torch.float64):
    add("orthogonal", [4, 4], dtype)
    add("orthogonal", [3, 5], dtype, gain=2.0)
    add("orthogonal", [6, 3], dtype)
    add("orthogonal", [3, 2, 2], dtype)
add("dirac", [3, 3, 3])
add("dirac", [4, 3, 3, 2], groups=2)
add("eye", [3, 4])
add("sparse", [6, 4], sparsity=0.4, std=0.1)

gains = [{"nonlinearity": k, "param": p, "gain": init.calculate_gain(k, p)} for k, p in (
    ("linear", None), ("conv2d", None), ("sigmoid", None), ("tanh", None), ("relu", None),
    ("leaky_relu", None), ("leaky_relu", 0.2), ("selu", None))]
golden.write(__file__, "init.json", NOTE, cases=cases, gains=gains)

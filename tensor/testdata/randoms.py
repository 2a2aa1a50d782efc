"""Writes randoms.json: what PyTorch's creation functions give after a seed.

Made with PyTorch 1.13.1 (Debian 12, package python3-torch) on an x86-64 CPU
with AVX2. Run it in this folder: ATEN_CPU_CAPABILITY=avx2 python3 randoms.py

The calls are made one after the other; random_test.go makes the same.
"""

import json

import torch

torch.manual_seed(42)
f64, f16, bf16 = torch.float64, torch.float16, torch.bfloat16
p = torch.arange(11.0) / 10
calls = [
    ("rand", torch.rand(2, 3)),
    ("randn", torch.randn(3, 7)),
    ("randn few", torch.randn(5)),
    ("rand float64", torch.rand(4, dtype=f64)),
    ("randn float64", torch.randn(17, dtype=f64)),
    ("rand float16", torch.rand(4, dtype=f16)),
    ("randn bfloat16", torch.randn(4, dtype=bf16)),
    ("uniform", torch.empty(5).uniform_(-3, 2)),
    ("normal", torch.empty(5).normal_(1, 0.5)),
    ("randint", torch.randint(-3, 10, (7,))),
    ("randint wide", torch.randint(0, 2**40, (3,))),
    ("randperm", torch.randperm(12)),
    ("bernoulli", torch.empty(9).bernoulli_(0.3)),
    ("bernoulli each", torch.bernoulli(p)),
    ("bernoulli each float64", torch.bernoulli(p.double())),
    ("rand_like", torch.rand_like(torch.ones(2, 2))),
    ("randn_like", torch.randn_like(torch.ones(2, 2, dtype=f64))),
    ("randint_like", torch.randint_like(torch.ones(3), 0, 100)),
    ("rand again", torch.rand(3)),
]
with open("randoms.json", "w") as f:
    out = {n: {"shape": list(t.shape), "dtype": str(t.dtype)[6:], "values": t.double().flatten().tolist()} for n, t in calls}
    json.dump(out, f, indent=None, separators=(",", ":"))
    f.write("\n")

"""Writes views.json: chains of view ops and what PyTorch makes of them.

Made with PyTorch 1.13.1. Run it in this folder: python3 views.py

A chain starts from arange(n) in a shape; each step is an op and its arguments.
After each step come the shape, the strides and the offset, unless the tensor is
empty; a step that PyTorch refuses has "error" and leaves the tensor as it was.
At the end come the sum of the elements, each times its place from 1 on, and the
gradient of arange(n) for that sum.
"""

import json
import random

import torch

rng = random.Random(1)


def factor(n):
    """A random shape of n elements, of up to 7 dims."""
    out = []
    while n > 1 and len(out) < 6 and rng.random() < 0.8:
        d = rng.choice([d for d in range(1, n + 1) if n % d == 0])
        out.append(d)
        n //= d
    return out + [n] if n > 1 or rng.random() < 0.5 else out


def step(t):
    """A random op and its arguments, mostly ones that t accepts."""
    r = t.dim()
    dim = lambda: rng.randrange(-r, r) if r else 0
    size = lambda d: t.size(d) if r else 1
    d = dim()
    n = size(d)
    ops = {
        "reshape": lambda: factor(t.numel()),
        "view": lambda: factor(t.numel()),
        "permute": lambda: rng.sample(range(r), r),
        "transpose": lambda: [d, dim()],
        "squeeze": lambda: rng.choice([[], [d]]),
        "unsqueeze": lambda: [rng.randrange(-r - 1, r + 1)],
        "expand": lambda: [rng.choice([1, 2])] * rng.choice([0, 1]) + [rng.choice([2, 3]) if k == 1 else rng.choice([k, -1]) for k in t.shape],
        "narrow": lambda: [d, (s := rng.randrange(n + 1)), rng.randrange(n - s + 1)],
        "select": lambda: [d, rng.randrange(-n, n) if n else 0],
        "slice": lambda: [d, rng.randrange(-n, n + 1), rng.randrange(-n, n + 2), rng.choice([1, 1, 2, 3])],
        "diagonal": lambda: [rng.randrange(-2, 3), d, dim()],
        "unfold": lambda: [d, rng.randrange(n + 1), rng.choice([1, 2, 3])],
        "flatten": lambda: sorted([d % max(r, 1), dim() % max(r, 1)]),
        "movedim": lambda: [d, dim()],
        "flip": lambda: [d],
        "contiguous": lambda: [],
    }
    weights = {"contiguous": 0.3, "narrow": 0.5, "select": 0.5, "expand": 1.5, "reshape": 2, "view": 2}
    name = rng.choices(list(ops), [weights.get(k, 1) for k in ops])[0]
    return name, ops[name]()


def call(t, name, a):
    if name == "slice":
        i = [slice(None)] * t.dim()
        i[a[0]] = slice(*a[1:])
        return t[tuple(i)]
    if name in ("reshape", "view", "permute", "expand"):
        return getattr(t, name)(tuple(a))
    if name == "flip":
        return t.flip(a).clone(memory_format=torch.contiguous_format)
    return getattr(t, name)(*a)


def chain():
    n = rng.choice([1, 6, 12, 24, 24, 36, 60])
    x = torch.arange(n, dtype=torch.float64).requires_grad_()
    shape = factor(n)
    t = (x * 1).view(shape)
    steps = []
    for _ in range(rng.randrange(1, 7)):
        name, a = step(t)
        s = {"op": name, "args": a}
        try:
            u = call(t, name, a)
            if u.dim() > 7 or u.numel() > 2000 or u.numel() == 0 and rng.random() < 0.8:
                continue
            t = u
        except (RuntimeError, IndexError):
            s["error"] = True
        s["shape"] = list(t.shape)
        if t.numel():
            s |= {"stride": list(t.stride()), "offset": t.storage_offset(), "contiguous": t.is_contiguous()}
        steps.append(s)
    total = (t * torch.arange(1, t.numel() + 1).view(t.shape)).sum()
    total.backward()
    return {"n": n, "shape": shape, "steps": steps, "sum": int(total), "grad": x.grad.int().tolist()}


chains = [chain() for _ in range(400)]
with open("views.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in chains) + "\n]\n")

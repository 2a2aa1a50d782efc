#!/usr/bin/env python3
"""Makes lenet_golden.json: ten training steps of two networks in PyTorch, in float64.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 examples/mnist/testdata/make_lenet.py

Weights and inputs come from integers, so they are the same to the bit in any
language. All arithmetic of hash is on unsigned 32-bit numbers:

    hash(salt, k):  h = k·2654435761 + salt·40503
                    h = (h xor h>>15)·739179413
                    h = (h xor h>>13)·1540483477
                    return h xor h>>16
    u(salt, k) = hash(salt, k) / 2³², in [0, 1)
"""
import math
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scripts"))
import golden

STEPS, LR, BATCH = 10, 0.05, 8
NOTE = (
    "hash(salt, k) on unsigned 32-bit integers: h = k*2654435761 + salt*40503; h = (h ^ h>>15)*739179413; h = (h ^ h>>13)*1540483477; h ^ h>>16. "
    "u(salt, k) = hash/2^32. Parameter i of params (counted from 0), element k in row-major order: (2*u(i+1, k) - 1) * bound, where bound is 1/sqrt(fan_in) of its layer. "
    "Input: u(100, k), element k of the whole batch. Targets: (3*n + 1) mod 10 for sample n. "
    "Training: lr steps of SGD without momentum on the mean cross-entropy of the same batch. "
    "losses[s]: before update s. logits: of the first forward. grad_norms: the 2-norm of each parameter's gradient in step 0. "
    "param_norms: of each parameter after the last update. hash and first are for checking the formulas."
)


def hashed(salt, n):
    k = np.arange(n, dtype=np.uint32)
    h = k * np.uint32(2654435761) + np.uint32(salt * 40503 % 2**32)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(739179413)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(1540483477)
    return h ^ (h >> np.uint32(16))


def u(salt, shape):
    return torch.from_numpy(hashed(salt, math.prod(shape)).astype(np.float64) / 2.0**32).reshape(shape)


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10))


def mlp():
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


def fill(m):
    """Sets the parameters by the formula, and returns what describes them."""
    params, i = [], 0
    for name, layer in m.named_children():
        if not hasattr(layer, "weight"):
            continue
        fan_in = layer.weight[0].numel()
        for kind in ("weight", "bias"):
            p = getattr(layer, kind)
            with torch.no_grad():
                p.copy_((2 * u(i + 1, p.shape) - 1) * (1 / math.sqrt(fan_in)))
            params.append({"name": f"{name}.{kind}", "shape": list(p.shape), "fan_in": fan_in, "first": p.reshape(-1)[:3].tolist()})
            i += 1
    return params


def run(name, m, shape):
    m = m.double()
    params = fill(m)
    x, t = u(100, [BATCH, *shape]), torch.tensor([(3 * n + 1) % 10 for n in range(BATCH)])
    opt = torch.optim.SGD(m.parameters(), lr=LR)
    losses = []
    for step in range(STEPS):
        opt.zero_grad(set_to_none=True)
        y = m(x)
        loss = F.cross_entropy(y, t)
        loss.backward()
        if step == 0:
            logits = golden.tensor(y)
            grads = {k: p.grad.norm().item() for k, p in m.named_parameters()}
        opt.step()
        losses.append(loss.item())
    return {
        "name": name, "layers": [str(layer) for layer in m], "params": params, "input": [BATCH, *shape], "target": t.tolist(),
        "lr": LR, "logits": logits, "losses": losses, "grad_norms": grads, "param_norms": {k: p.norm().item() for k, p in m.named_parameters()},
    }


cases = [run("lenet", lenet(), [1, 28, 28]), run("mlp", mlp(), [784])]
golden.write(__file__, "lenet_golden.json", NOTE, hash={"salt": 1, "values": hashed(1, 5).tolist()}, cases=cases)

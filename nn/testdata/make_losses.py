#!/usr/bin/env python3
"""Makes losses.json: values and input gradients of losses from PyTorch, in float64.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/testdata/make_losses.py
"""
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import golden

NOTE = (
    "value = loss(input, target); value.backward(cotangent), where cotangent is 1 unless the reduction is none. "
    "args are the constructor's; those that are tensors (weight, pos_weight) have the form of a tensor."
)
cases = []


def n(*shape, scale=1.0):
    return golden.normal(shape, len(cases), scale)


def u(*shape):
    """Numbers inside (0, 1)."""
    return torch.round(torch.sigmoid(golden.normal(shape, len(cases) + 500)) * 1000) / 1000


def classes(count, *shape):
    g = torch.Generator().manual_seed(len(cases) + 900)
    return torch.randint(0, count, shape, generator=g)


def add(name, loss, x, target, **args):
    x = x.clone().requires_grad_()
    value = loss(**args)(x, target)
    dy = golden.normal(value.shape, 1000 + len(cases), digits=2) if value.dim() else torch.ones((), dtype=torch.float64)
    value.backward(dy)
    cases.append({
        "name": name,
        "loss": loss.__name__,
        "args": {k: golden.tensor(v) if torch.is_tensor(v) else v for k, v in args.items()},
        "input": golden.tensor(x),
        "target": golden.tensor(target),
        "value": golden.tensor(value),
        "cotangent": golden.tensor(dy),
        "grad_input": golden.tensor(x.grad),
    })


def each(name, loss, x, target, **args):
    """One case for each reduction."""
    for reduction in ("mean", "sum", "none"):
        add(f"{name}/{reduction}", loss, x, target, **args, reduction=reduction)


def elementwise():
    x, t = n(3, 4, scale=2), n(3, 4)
    t = t.flip(0)
    x[0, 0] = t[0, 0]  # the kink of L1
    each("MSE", nn.MSELoss, x, t)
    each("L1", nn.L1Loss, x, t)
    x[0, 1], x[0, 2] = t[0, 1] + 0.5, t[0, 2] - 0.5  # on the edge
    each("Huber/delta-0.5", nn.HuberLoss, x, t, delta=0.5)
    each("Huber/default", nn.HuberLoss, x, t)
    each("SmoothL1/default", nn.SmoothL1Loss, x, t)
    each("SmoothL1/beta-0.5", nn.SmoothL1Loss, x, t, beta=0.5)
    add("SmoothL1/beta-0", nn.SmoothL1Loss, x, t, beta=0.0)


def binary():
    x, t = u(3, 4), u(3, 4).flip(0)
    each("BCE/soft", nn.BCELoss, x, t)
    hard = (t > 0.5).double()
    each("BCE/hard", nn.BCELoss, x, hard)
    w = u(4) + 0.5
    each("BCE/weight", nn.BCELoss, x, hard, weight=w)
    edge = torch.tensor([0.0, 1.0, 0.0, 1.0], dtype=torch.float64)
    add("BCE/edges", nn.BCELoss, edge, torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=torch.float64), reduction="none")
    z = n(3, 4, scale=3)
    z[0, 0], z[0, 1] = 800.0, -800.0  # exp overflows
    each("BCEWithLogits/plain", nn.BCEWithLogitsLoss, z, t)
    each("BCEWithLogits/weight", nn.BCEWithLogitsLoss, z, hard, weight=w)
    each("BCEWithLogits/pos_weight", nn.BCEWithLogitsLoss, z, t, pos_weight=w)
    add("BCEWithLogits/both", nn.BCEWithLogitsLoss, z, t, weight=w, pos_weight=w.flip(0))


def multi():
    w = u(5) + 0.2
    x, t = n(4, 5, scale=2), classes(5, 4)
    x4, t4 = n(2, 5, 2, 3, scale=2), classes(5, 2, 2, 3)
    t4[0, 0, 1], t4[1, 1, 0] = 3, 3  # so that ignore_index meets something
    t[1], t[2] = 3, 0
    far = x.clone()
    far[0, 0], far[0, 1] = 1000.0, -1000.0
    for size, a, b in (("2-D", x, t), ("4-D", x4, t4)):
        each(f"CrossEntropy/{size}/plain", nn.CrossEntropyLoss, a, b)
        each(f"CrossEntropy/{size}/weight", nn.CrossEntropyLoss, a, b, weight=w)
        each(f"CrossEntropy/{size}/ignore", nn.CrossEntropyLoss, a, b, ignore_index=3)
        each(f"CrossEntropy/{size}/smooth", nn.CrossEntropyLoss, a, b, label_smoothing=0.1)
        each(f"CrossEntropy/{size}/all", nn.CrossEntropyLoss, a, b, weight=w, ignore_index=3, label_smoothing=0.2)
        ignored = b.clone()
        ignored.view(-1)[0] = -100  # the default of ignore_index
        add(f"CrossEntropy/{size}/ignore-default", nn.CrossEntropyLoss, a, ignored)
        logp = torch.log_softmax(a, 1)
        logp = torch.round(logp * 1000) / 1000
        each(f"NLL/{size}/plain", nn.NLLLoss, logp, b)
        each(f"NLL/{size}/weight", nn.NLLLoss, logp, b, weight=w)
        each(f"NLL/{size}/all", nn.NLLLoss, logp, b, weight=w, ignore_index=3)
    add("CrossEntropy/far", nn.CrossEntropyLoss, far, t, reduction="none")
    add("CrossEntropy/1-D", nn.CrossEntropyLoss, x[0], t[0])
    p = torch.round(torch.softmax(x.flip(0), 1) * 1000) / 1000
    each("CrossEntropy/probabilities", nn.CrossEntropyLoss, x, p)
    each("CrossEntropy/probabilities-all", nn.CrossEntropyLoss, x, p, weight=w, label_smoothing=0.1)


for group in (elementwise, binary, multi):
    group()
golden.write(__file__, "losses.json", NOTE, cases=cases)

#!/usr/bin/env python3
"""Makes modules.json: layers, their initial state and gradients from PyTorch.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/testdata/make_modules.py
"""
import copy
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import golden

NOTE = (
    "state: the state dict after torch.manual_seed(seed) and the constructor, in float32; data must be read as float32. "
    "load: entries of the state replaced before the first call (float64). The calls run one after another on a float64 copy of the module, "
    "gradients cleared between them: output = module(input), then output.backward(cotangent). "
    "grads: by parameter name. buffers: after the call. layers (Sequential only): its parts, in order."
)
cases = []


def call(m, x, training, draw=None):
    """draw: the seed of what the call draws."""
    m.train(training)
    m.zero_grad(set_to_none=True)
    x = x.clone().requires_grad_(x.is_floating_point())
    if draw is not None:
        torch.manual_seed(draw)
    y = m(x)
    dy = golden.normal(y.shape, 1000 + len(cases), digits=2)
    if y.requires_grad:
        y.backward(dy)
    return {
        **({} if draw is None else {"draw": draw}),
        "training": training,
        "input": golden.tensor(x),
        "output": golden.tensor(y),
        "cotangent": golden.tensor(dy),
        "grad_input": golden.tensor(x.grad),
        "grads": golden.state((n, p.grad) for n, p in m.named_parameters()),
        "buffers": golden.state(m.named_buffers()),
    }


def add(name, make, inputs, args=None, load=None, layers=None):
    """make: a class, with args, or a function; inputs: tensors, or (tensor, training), or (tensor, training, draw)."""
    seed = 100 + len(cases)
    torch.manual_seed(seed)
    m = make(**args) if args is not None else make()
    case = {"name": name, "module": name.split("/")[0], "args": args or {}, "seed": seed}
    if layers:
        case["layers"] = layers
    case["state"] = golden.state(m.state_dict().items())
    m = copy.deepcopy(m).double()
    if load:
        case["load"] = golden.state(load.items())
        m.load_state_dict(load, strict=False)
    case["calls"] = [call(m, *(x if isinstance(x, tuple) else (x, True))) for x in inputs]
    cases.append(case)


def n(*shape):
    return golden.normal(shape, len(cases))


def d(*shape):
    return golden.distinct(shape, len(cases))


def linear():
    add("Linear/plain", nn.Linear, [n(3, 4)], dict(in_features=4, out_features=5))
    add("Linear/no-bias", nn.Linear, [n(2, 3)], dict(in_features=3, out_features=4, bias=False))
    add("Linear/vector", nn.Linear, [n(6)], dict(in_features=6, out_features=3))
    add("Linear/3-D", nn.Linear, [n(2, 3, 4)], dict(in_features=4, out_features=2))


def conv():
    io = dict(in_channels=2, out_channels=3)
    g = dict(in_channels=4, out_channels=4)
    add("Conv1d/plain", nn.Conv1d, [n(2, 2, 7)], dict(io, kernel_size=3))
    add("Conv1d/all", nn.Conv1d, [n(2, 4, 9)], dict(in_channels=4, out_channels=6, kernel_size=3, stride=2, padding=2, dilation=2, groups=2, bias=False))
    add("Conv1d/same", nn.Conv1d, [n(1, 2, 6)], dict(io, kernel_size=4, padding="same", dilation=1))
    add("Conv2d/plain", nn.Conv2d, [n(2, 2, 5, 4)], dict(io, kernel_size=3))
    add("Conv2d/stride", nn.Conv2d, [n(1, 2, 6, 7)], dict(io, kernel_size=[3, 2], stride=[2, 3]))
    add("Conv2d/padding", nn.Conv2d, [n(1, 2, 4, 3)], dict(io, kernel_size=3, padding=[1, 2]))
    add("Conv2d/dilation", nn.Conv2d, [n(1, 2, 6, 7)], dict(io, kernel_size=[2, 3], dilation=[3, 2]))
    add("Conv2d/groups", nn.Conv2d, [n(1, 4, 4, 4)], dict(in_channels=4, out_channels=6, kernel_size=2, groups=2))
    add("Conv2d/depthwise", nn.Conv2d, [n(1, 4, 5, 4)], dict(g, kernel_size=3, padding=1, groups=4, bias=False))
    add("Conv2d/1x1", nn.Conv2d, [n(2, 2, 3, 3)], dict(io, kernel_size=1))
    add("Conv2d/all", nn.Conv2d, [n(1, 4, 7, 6)], dict(g, kernel_size=[3, 2], stride=2, padding=[2, 1], dilation=[2, 1], groups=2))
    add("Conv2d/same", nn.Conv2d, [n(1, 2, 4, 5)], dict(io, kernel_size=[2, 3], padding="same", dilation=[1, 2]))
    add("Conv2d/no-batch", nn.Conv2d, [n(2, 4, 4)], dict(io, kernel_size=3))
    add("Conv3d/plain", nn.Conv3d, [n(1, 1, 3, 4, 4)], dict(in_channels=1, out_channels=2, kernel_size=2))
    add("Conv3d/all", nn.Conv3d, [n(1, 2, 4, 4, 5)], dict(in_channels=2, out_channels=2, kernel_size=[2, 1, 3], stride=[1, 2, 2], padding=[1, 0, 1], dilation=[2, 1, 1], groups=2))


def pool():
    add("MaxPool1d/plain", nn.MaxPool1d, [d(2, 2, 7)], dict(kernel_size=2))
    add("MaxPool1d/all", nn.MaxPool1d, [d(1, 2, 10)], dict(kernel_size=3, stride=2, padding=1, dilation=2, ceil_mode=True))
    add("MaxPool2d/plain", nn.MaxPool2d, [d(1, 2, 4, 5)], dict(kernel_size=2))
    add("MaxPool2d/overlap", nn.MaxPool2d, [d(1, 1, 5, 6)], dict(kernel_size=3, stride=1, padding=1))
    add("MaxPool2d/dilation", nn.MaxPool2d, [d(1, 1, 7, 6)], dict(kernel_size=[2, 3], stride=[2, 1], padding=[1, 1], dilation=[3, 2]))
    add("MaxPool2d/ceil", nn.MaxPool2d, [d(1, 2, 6, 7)], dict(kernel_size=3, stride=2, padding=1, ceil_mode=True))
    add("MaxPool3d/plain", nn.MaxPool3d, [d(1, 1, 4, 4, 3)], dict(kernel_size=2, stride=[2, 1, 1]))
    add("MaxPool3d/all", nn.MaxPool3d, [d(1, 1, 5, 4, 5)], dict(kernel_size=[2, 2, 3], stride=2, padding=[1, 1, 1], dilation=[2, 1, 1], ceil_mode=True))
    add("AvgPool1d/plain", nn.AvgPool1d, [n(2, 2, 7)], dict(kernel_size=2))
    add("AvgPool1d/exclude", nn.AvgPool1d, [n(1, 2, 8)], dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False))
    add("AvgPool2d/plain", nn.AvgPool2d, [n(1, 2, 4, 5)], dict(kernel_size=2))
    add("AvgPool2d/include", nn.AvgPool2d, [n(1, 1, 5, 6)], dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=True))
    add("AvgPool2d/exclude", nn.AvgPool2d, [n(1, 1, 5, 6)], dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False))
    add("AvgPool2d/divisor", nn.AvgPool2d, [n(1, 1, 4, 4)], dict(kernel_size=[2, 3], stride=1, padding=[0, 1], divisor_override=5))
    add("AvgPool3d/plain", nn.AvgPool3d, [n(1, 1, 4, 4, 3)], dict(kernel_size=2, stride=[2, 1, 1]))
    add("AvgPool3d/exclude", nn.AvgPool3d, [n(1, 1, 4, 5, 4)], dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False))


def norm():
    affine = lambda k: dict(weight=1 + golden.normal((k,), 7, 0.3), bias=golden.normal((k,), 8))
    two = lambda *shape: [(golden.normal(shape, 50) * 2 + 1, True), (golden.normal(shape, 51), True), (golden.normal(shape, 52), False)]
    add("BatchNorm1d/2-D", nn.BatchNorm1d, two(5, 3), dict(num_features=3), affine(3))
    add("BatchNorm1d/3-D", nn.BatchNorm1d, two(2, 2, 4), dict(num_features=2, momentum=0.3, eps=1e-3), affine(2))
    add("BatchNorm1d/no-affine", nn.BatchNorm1d, two(4, 2), dict(num_features=2, affine=False))
    add("BatchNorm1d/cumulative", nn.BatchNorm1d, two(4, 2), dict(num_features=2, momentum=None), affine(2))
    add("BatchNorm1d/no-stats", nn.BatchNorm1d, two(4, 2), dict(num_features=2, track_running_stats=False), affine(2))
    add("BatchNorm2d/plain", nn.BatchNorm2d, two(2, 2, 2, 3), dict(num_features=2), affine(2))
    add("BatchNorm2d/no-affine", nn.BatchNorm2d, two(2, 2, 2, 2), dict(num_features=2, affine=False, momentum=0.5))
    add("LayerNorm/last", nn.LayerNorm, [n(3, 6)], dict(normalized_shape=[6]), affine(6))
    add("LayerNorm/two", nn.LayerNorm, [n(2, 3, 4)], dict(normalized_shape=[3, 4], eps=1e-3), {k: v.reshape(3, 4) for k, v in affine(12).items()})
    add("LayerNorm/no-affine", nn.LayerNorm, [n(3, 5)], dict(normalized_shape=[5], elementwise_affine=False))


def other():
    index = torch.tensor([[1, 0, 4], [4, 2, 4]])
    add("Embedding/plain", nn.Embedding, [index], dict(num_embeddings=5, embedding_dim=4))
    add("Embedding/padding", nn.Embedding, [index], dict(num_embeddings=6, embedding_dim=3, padding_idx=4))
    add("Embedding/padding-negative", nn.Embedding, [index], dict(num_embeddings=5, embedding_dim=3, padding_idx=-1))
    add("Flatten/default", nn.Flatten, [n(2, 2, 3, 2)], {})
    add("Flatten/middle", nn.Flatten, [n(2, 2, 3, 2)], dict(start_dim=1, end_dim=-2))


def activations():
    # zero, the tails, and both sides of softplus' threshold
    x = torch.tensor([[-40.0, -9.5, -3.2, -1.0, -0.25, 0.0], [0.125, 0.75, 1.5, 6.0, 19.5, 41.0]], dtype=torch.float64)
    for name, make, args in (
        ("ReLU/plain", nn.ReLU, {}),
        ("LeakyReLU/default", nn.LeakyReLU, {}),
        ("LeakyReLU/slope", nn.LeakyReLU, dict(negative_slope=0.2)),
        ("GELU/none", nn.GELU, dict(approximate="none")),
        ("GELU/tanh", nn.GELU, dict(approximate="tanh")),
        ("SiLU/plain", nn.SiLU, {}),
        ("Sigmoid/plain", nn.Sigmoid, {}),
        ("Tanh/plain", nn.Tanh, {}),
        ("Softplus/default", nn.Softplus, {}),
        ("Softplus/beta", nn.Softplus, dict(beta=2, threshold=10)),
    ):
        add(name, make, [x], args)
    for make in (nn.Softmax, nn.LogSoftmax):
        add(make.__name__ + "/last", make, [x], dict(dim=-1))
        add(make.__name__ + "/middle", make, [n(2, 3, 2)], dict(dim=1))


def sequential():
    parts = [
        ("Conv2d", dict(in_channels=1, out_channels=3, kernel_size=3)),
        ("ReLU", {}),
        ("MaxPool2d", dict(kernel_size=2)),
        ("Conv2d", dict(in_channels=3, out_channels=4, kernel_size=3)),
        ("ReLU", {}),
        ("MaxPool2d", dict(kernel_size=2)),
        ("Flatten", {}),
        ("Linear", dict(in_features=4, out_features=6)),
        ("ReLU", {}),
        ("Linear", dict(in_features=6, out_features=3)),
    ]
    add("Sequential/lenet", lambda: nn.Sequential(*(getattr(nn, t)(**a) for t, a in parts)), [n(2, 1, 10, 10)], layers=[{"module": t, "args": a} for t, a in parts])


if __name__ == "__main__":
    for group in (linear, conv, pool, norm, other, activations, sequential):
        group()
    golden.write(__file__, "modules.json", NOTE, cases=cases)

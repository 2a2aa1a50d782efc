#!/usr/bin/env python3
"""Makes current.json: what PyTorch 1.13 lacks, as make_modules.py makes modules.json.

Made with PyTorch 2.15.0; the file names the version that made it.
Run: python nn/testdata/make_current.py, with a python that has that version
"""
import os
import sys

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_modules
from make_modules import add, cases, golden, n

NOTE = make_modules.NOTE + (
    " attention: scaled_dot_product_attention(query, key, value, attn_mask, is_causal, scale, enable_gqa) in float64, and the gradients of query, key and value."
)
attention = []


def norms():
    weight = lambda *shape: dict(weight=1 + golden.normal(shape, 7, 0.3))
    add("RMSNorm/last", nn.RMSNorm, [n(3, 6), n(2, 2, 6)], dict(normalized_shape=[6]), weight(6))
    add("RMSNorm/two", nn.RMSNorm, [n(2, 3, 4)], dict(normalized_shape=[3, 4], eps=1e-2), weight(3, 4))
    add("RMSNorm/no-affine", nn.RMSNorm, [n(3, 5), torch.zeros(1, 5, dtype=torch.float64)], dict(normalized_shape=[5], elementwise_affine=False))


    both = lambda *shape: [n(*shape), (n(*shape), False)]
    add("BatchNorm1d/no-bias", nn.BatchNorm1d, both(4, 3), dict(num_features=3, bias=False), weight(3))
    add("BatchNorm2d/no-bias", nn.BatchNorm2d, both(2, 2, 2, 3), dict(num_features=2, bias=False), weight(2))
    add("GroupNorm/no-bias", nn.GroupNorm, [n(2, 4, 3)], dict(num_groups=2, num_channels=4, bias=False), weight(4))
    add("InstanceNorm1d/no-bias", nn.InstanceNorm1d, both(2, 3, 4), dict(num_features=3, affine=True, bias=False), weight(3))
    add("LayerNorm/no-bias", nn.LayerNorm, [n(3, 4)], dict(normalized_shape=[4], bias=False), weight(4))


def paddings():
    uneven = {1: [2, 1], 2: [2, 1, 0, 3], 3: [1, 0, 2, 1, 0, 2]}
    for dims in (1, 2, 3):
        shape = (2, 2, 3, 4, 3)[: dims + 2]
        make = getattr(nn, f"CircularPad{dims}d")
        add(f"CircularPad{dims}d/one", make, [n(*shape)], dict(padding=1))
        add(f"CircularPad{dims}d/all", make, [n(*shape), n(*shape[1:])], dict(padding=uneven[dims]))
    for make, dims in ((nn.ZeroPad1d, 1), (nn.ZeroPad3d, 3)):
        shape = (1, 2, 3, 4, 3)[: dims + 2]
        add(make.__name__ + "/one", make, [n(*shape)], dict(padding=1))
        add(make.__name__ + "/all", make, [n(*shape), n(*shape[1:])], dict(padding=[-1 if p == 2 else p for p in uneven[dims]]))


def pools():
    add("LPPool3d/plain", nn.LPPool3d, [n(1, 2, 4, 5, 4)], dict(norm_type=2.0, kernel_size=2))
    add("LPPool3d/all", nn.LPPool3d, [golden.normal((1, 1, 4, 5, 4), 9).abs() + 0.1], dict(norm_type=3.0, kernel_size=[2, 2, 3], stride=[1, 2, 1], ceil_mode=True))


def attend(name, q, k, v, **args):
    q, k, v = (t.clone().requires_grad_() for t in (q, k, v))
    y = scaled_dot_product_attention(q, k, v, **args)
    dy = golden.normal(y.shape, 1000 + len(attention), digits=2)
    y.backward(dy)
    attention.append({
        "name": name, "query": golden.tensor(q), "key": golden.tensor(k), "value": golden.tensor(v),
        **{key: golden.tensor(v) if torch.is_tensor(v) else v for key, v in args.items()},
        "output": golden.tensor(y), "cotangent": golden.tensor(dy), "grads": [golden.tensor(t.grad) for t in (q, k, v)],
    })


def attentions():
    q, k, v = n(2, 2, 3, 4), n(2, 2, 5, 4) * 2, n(2, 2, 5, 3)
    seen = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=torch.bool)
    attend("plain", q, k, v)
    attend("causal", q, k, v, is_causal=True)
    attend("causal-tall", k, q, n(2, 2, 3, 4), is_causal=True)
    attend("mask", q, k, v, attn_mask=seen)
    attend("mask-none-seen", q, k, v, attn_mask=seen & torch.tensor([[1], [0], [1]], dtype=torch.bool))
    attend("bias", q, k, v, attn_mask=golden.normal((2, 1, 3, 5), 70))
    attend("scale", q, k, v, scale=0.3)
    attend("all", q, k, v, scale=1.5, attn_mask=seen)
    attend("groups", n(2, 4, 3, 2), n(2, 2, 3, 2), n(2, 2, 3, 3), is_causal=True, enable_gqa=True)


if __name__ == "__main__":
    norms()
    paddings()
    pools()
    attentions()
    golden.write(__file__, "current.json", NOTE, cases=cases, attention=attention)

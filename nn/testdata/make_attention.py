#!/usr/bin/env python3
"""Makes attention.json: attention layers and transformers, their initial state, results and gradients from PyTorch.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/testdata/make_attention.py
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
    "The calls run on a float64 copy of the module: output = module(*inputs, **masks), then output.backward(cotangent). "
    "Where a call has a seed, torch.manual_seed(seed) comes before it. one: the same tensor is query, key and value. "
    "weights: the second result, where need_weights was asked for; average: of all heads."
)
cases = []


def case(name, make, args, *calls):
    seed = 100 + len(cases)
    torch.manual_seed(seed)
    m = make(**{k: v for k, v in args.items() if k != "layers"}, **({"num_layers": args["layers"]} if "layers" in args else {}))
    out = {"name": name, "module": name.split("/")[0], "args": {k: v for k, v in args.items() if k != "encoder_layer"}, "seed": seed,
           "state": golden.state(m.state_dict().items())}
    m = copy.deepcopy(m).double()
    out["calls"] = [run(copy.deepcopy(m), **c) for c in calls]
    cases.append(out)


def run(m, inputs, one=False, seed=None, training=True, weights=None, **masks):
    m.train(training)
    inputs = [x.clone().requires_grad_() for x in inputs]
    if seed is not None:
        torch.manual_seed(seed)
    kw = dict(masks)
    if isinstance(m, nn.MultiheadAttention):
        kw.update(need_weights=weights is not None, average_attn_weights=weights != "heads")
    y = m(*(inputs * 3 if one else inputs), **kw)
    w = None
    if isinstance(y, tuple):
        y, w = y
    dy = golden.normal(y.shape, 1000 + len(cases), digits=2)
    y.backward(dy)
    call = {"training": training, "one": one, "inputs": [golden.tensor(x) for x in inputs], "masks": {k: golden.tensor(v) for k, v in masks.items()},
            "output": golden.tensor(y), "cotangent": golden.tensor(dy), "grad_inputs": [golden.tensor(x.grad) for x in inputs],
            "grads": golden.state((n, p.grad) for n, p in m.named_parameters())}
    if seed is not None:
        call["seed"] = seed
    if weights is not None:
        call.update(weights=golden.tensor(w), average=weights != "heads")
    return call


def n(*shape):
    return golden.normal(shape, len(cases))


def later(size):
    return nn.Transformer.generate_square_subsequent_mask(size).double()


def padding(*rows):
    return torch.tensor(rows, dtype=torch.bool)


def attention():
    m, a = nn.MultiheadAttention, dict(embed_dim=4, num_heads=2)
    x, k = n(3, 2, 4), n(5, 2, 4)
    pad = padding([0, 0, 1, 0, 1], [0, 1, 0, 0, 0])
    some = torch.tensor([[0, 1, 0, 0, 1], [1, 0, 0, 1, 0], [0, 0, 1, 0, 1]], dtype=torch.bool)
    case("MultiheadAttention/self", m, a, dict(inputs=[x], one=True), dict(inputs=[x], one=True, weights="mean"), dict(inputs=[n(3, 4)], one=True, weights="heads"))
    case("MultiheadAttention/masks", m, a, dict(inputs=[x, k, k * 2], key_padding_mask=pad), dict(inputs=[x, k, k * 2], attn_mask=some),
         dict(inputs=[x, k, k], attn_mask=n(4, 3, 5), key_padding_mask=pad, weights="heads"), dict(inputs=[x, k, k], key_padding_mask=n(2, 5)))
    case("MultiheadAttention/no-bias", m, dict(a, bias=False), dict(inputs=[x, k, k]))
    case("MultiheadAttention/kdim", m, dict(a, kdim=3, vdim=5, batch_first=True), dict(inputs=[n(2, 3, 4), n(2, 5, 3), n(2, 5, 5)], attn_mask=some))
    case("MultiheadAttention/more-keys", m, dict(a, add_bias_kv=True, add_zero_attn=True), dict(inputs=[x, k, k * 2]),
         dict(inputs=[x, k, k], attn_mask=some, key_padding_mask=pad), dict(inputs=[n(3, 4), n(5, 4), n(5, 4)], attn_mask=n(3, 5)))
    case("MultiheadAttention/dropout", m, dict(a, dropout=0.4), dict(inputs=[x], one=True, seed=7), dict(inputs=[x], one=True, seed=7, weights="heads"),
         dict(inputs=[x], one=True, training=False))


def layers():
    a = dict(d_model=4, nhead=2, dim_feedforward=5)
    x, mem = n(3, 2, 4), n(5, 2, 4)
    own, other = padding([0, 0, 1], [0, 0, 0]), padding([0, 0, 1, 0, 1], [0, 1, 0, 0, 0])
    e, d = nn.TransformerEncoderLayer, nn.TransformerDecoderLayer
    case("TransformerEncoderLayer/post", e, dict(a, dropout=0.0), dict(inputs=[x]), dict(inputs=[x], src_mask=later(3), src_key_padding_mask=own))
    case("TransformerEncoderLayer/first", e, dict(a, dropout=0.0, norm_first=True, activation="gelu", batch_first=True, layer_norm_eps=0.01),
         dict(inputs=[n(2, 3, 4)], src_mask=later(3)))
    case("TransformerEncoderLayer/dropout", e, dict(a), dict(inputs=[x], seed=3))
    case("TransformerDecoderLayer/post", d, dict(a, dropout=0.0),
         dict(inputs=[x, mem], tgt_mask=later(3), tgt_key_padding_mask=own, memory_key_padding_mask=other))
    case("TransformerDecoderLayer/first", d, dict(a, norm_first=True, activation="gelu"), dict(inputs=[x, mem], seed=5))


def stacks():
    a = dict(d_model=4, nhead=2, dim_feedforward=3, dropout=0.0)
    x, mem = n(3, 2, 4), n(4, 2, 4)

    def encoder(num_layers, **kw):
        return nn.TransformerEncoder(nn.TransformerEncoderLayer(**kw), num_layers, nn.LayerNorm(kw["d_model"]))

    def decoder(num_layers, **kw):
        return nn.TransformerDecoder(nn.TransformerDecoderLayer(**kw), num_layers)

    case("TransformerEncoder/norm", encoder, dict(a, layers=2), dict(inputs=[x], mask=later(3)))
    case("TransformerDecoder/plain", decoder, dict(a, layers=1), dict(inputs=[x, mem], tgt_mask=later(3)))
    case("Transformer/plain", nn.Transformer, dict(a, num_encoder_layers=2, num_decoder_layers=1), dict(inputs=[mem, x], tgt_mask=later(3)))
    case("Transformer/first", nn.Transformer, dict(a, dim_feedforward=2, num_encoder_layers=1, num_decoder_layers=1, norm_first=True, batch_first=True),
         dict(inputs=[n(2, 4, 4), n(2, 3, 4)], src_key_padding_mask=padding([0, 0, 1, 0], [0, 0, 0, 0]), memory_key_padding_mask=padding([0, 0, 1, 0], [0, 0, 0, 0])))


attention()
layers()
stacks()
golden.write(__file__, "attention.json", NOTE, cases=cases)

#!/usr/bin/env python3
"""Makes recurrent.json: recurrent layers, cells and packed sequences from PyTorch.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/testdata/make_recurrent.py
"""
import os
import sys

import torch
from torch import nn
from torch.nn.utils import rnn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import golden

NOTE = (
    "state: the state dict after torch.manual_seed(seed) and the constructor, in float32. The call runs on a float64 copy: "
    "outputs = module(input, hx), packed by lengths if there are any and then padded again; hx is missing where PyTorch took zeros. "
    "The sum of outputs times cotangents goes backward. grads: by parameter name. With dropout, torch.manual_seed(seed) comes before the call. "
    "packing: data, batch sizes and indices of pack_padded_sequence(enforce_sorted=False)."
)
cases, packing = [], []


def flat(out):
    """The tensors of a result, in order."""
    if isinstance(out, torch.Tensor):
        return [out]
    return [t for part in out for t in flat(part)]


def add(name, make, args, x, hx=(), lengths=None):
    """hx: shapes of the states, none for zeros; lengths: of sequences to pack."""
    seed = 300 + len(cases)
    torch.manual_seed(seed)
    m = make(**args)
    case = {"name": name, "module": make.__name__, "args": args, "seed": seed, "state": golden.state(m.state_dict().items())}
    m = m.double()
    x = golden.normal(x, seed).requires_grad_()
    states = [golden.normal(s, seed + 1000 * (i + 1)).requires_grad_() for i, s in enumerate(hx)]
    given = () if not states else (tuple(states) if len(states) == 2 else states[0],)
    torch.manual_seed(seed)
    first = args.get("batch_first", False)
    if lengths:
        out = m(rnn.pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False), *given)
        outputs = [rnn.pad_packed_sequence(out[0], batch_first=first)[0]] + flat(out[1:])
    else:
        outputs = flat(m(x, *given))
    cotangents = [golden.normal(y.shape, seed + 50 * (i + 1), digits=2) for i, y in enumerate(outputs)]
    sum((y * g).sum() for y, g in zip(outputs, cotangents)).backward()
    case.update(
        input=golden.tensor(x), lengths=lengths or [], hx=[golden.tensor(s) for s in states], outputs=[golden.tensor(y) for y in outputs],
        cotangents=[golden.tensor(g) for g in cotangents], grad_input=golden.tensor(x.grad), grad_hx=[golden.tensor(s.grad) for s in states],
        grads=golden.state((n, p.grad) for n, p in m.named_parameters()))
    cases.append(case)


for module, states, extra in ((nn.LSTM, 2, {}), (nn.GRU, 1, {}), (nn.RNN, 1, {}), (nn.RNN, 1, {"nonlinearity": "relu"})):
    sizes = dict(input_size=3, hidden_size=2, **extra)
    of = lambda *shape: [shape] * states
    label = module.__name__ + ("-relu" if extra else "")
    add(label + "/plain", module, sizes, (4, 3, 3))
    add(label + "/states", module, dict(sizes, bias=False), (3, 2, 3), of(1, 2, 2))
    add(label + "/stacked", module, dict(sizes, num_layers=2, bidirectional=True, batch_first=True), (2, 3, 3), of(4, 2, 2))
    add(label + "/one", module, dict(sizes, num_layers=2), (3, 3), of(2, 2))
    add(label + "/packed", module, dict(sizes, num_layers=2, bidirectional=True), (4, 3, 3), of(4, 3, 2), lengths=[2, 4, 1])
    add(label + "/many", module, sizes, (3, 6, 3), of(1, 6, 2), lengths=[3, 3, 2, 2, 2, 1])
    add(label + "/dropout", module, dict(sizes, num_layers=2, dropout=0.5), (3, 2, 3))
projected = dict(input_size=2, hidden_size=3, proj_size=2)
add("LSTM/projected", nn.LSTM, projected, (3, 2, 2))
add("LSTM/projected-stacked", nn.LSTM, dict(projected, num_layers=2, bidirectional=True, batch_first=True), (2, 3, 2), [(4, 2, 2), (4, 2, 3)], lengths=[1, 3])
for module, states, extra in ((nn.LSTMCell, 2, {}), (nn.GRUCell, 1, {}), (nn.RNNCell, 1, {}), (nn.RNNCell, 1, {"nonlinearity": "relu"})):
    sizes = dict(input_size=3, hidden_size=2, **extra)
    label = module.__name__ + ("-relu" if extra else "")
    add(label + "/plain", module, sizes, (4, 3), [(4, 2)] * states)
    add(label + "/zeros", module, dict(sizes, bias=False), (3,))

for shape, lengths, first in (((4, 3, 2), [2, 4, 1], False), ((3, 5), [5, 2, 2], True), ((2, 2), [2, 1], False), ((3, 1, 2, 2), [2], False)):
    x = golden.normal(shape, 900 + len(packing))
    p = rnn.pack_padded_sequence(x, lengths, batch_first=first, enforce_sorted=False)
    y, n = rnn.pad_packed_sequence(p, batch_first=first, padding_value=0.5, total_length=7)
    packing.append({
        "batch_first": first, "input": golden.tensor(x), "lengths": lengths, "data": golden.tensor(p.data), "batch_sizes": p.batch_sizes.tolist(),
        "sorted": p.sorted_indices.tolist(), "unsorted": p.unsorted_indices.tolist(), "padded": golden.tensor(y), "stride": list(y.stride())})

golden.write(__file__, "recurrent.json", NOTE, cases=cases, packing=packing)

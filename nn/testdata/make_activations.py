#!/usr/bin/env python3
"""Makes activations.json: activations and other small layers, as make_modules.py makes modules.json.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/testdata/make_activations.py
"""
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_modules
from make_modules import add, cases, golden, n

# zero, the tails, and both sides of every kink
x = torch.tensor([[-40.0, -9.5, -3.0, -1.0, -0.5, -0.25, 0.0], [0.125, 0.5, 1.0, 3.0, 6.0, 19.5, 41.0]], dtype=torch.float64)


def elementwise():
    for make in (nn.ReLU6, nn.SELU, nn.Hardsigmoid, nn.Hardswish, nn.Mish, nn.Softsign, nn.Tanhshrink, nn.LogSigmoid, nn.Identity):
        add(make.__name__ + "/plain", make, [x], {})
    for make in (nn.ELU, nn.CELU, nn.Hardshrink, nn.Softshrink, nn.Hardtanh):
        add(make.__name__ + "/default", make, [x], {})
    for make in (nn.ELU, nn.CELU):
        add(make.__name__ + "/alpha", make, [x], dict(alpha=1.5))
    for make in (nn.Hardshrink, nn.Softshrink):
        add(make.__name__ + "/lambda", make, [x], dict(lambd=1.0))
    add("Hardtanh/limits", nn.Hardtanh, [x], dict(min_val=-3.0, max_val=0.5))
    add("Threshold/plain", nn.Threshold, [x], dict(threshold=0.5, value=20.0))


def others():
    add("GLU/default", nn.GLU, [n(2, 3, 4)], {})
    add("GLU/dim", nn.GLU, [n(2, 4, 3)], dict(dim=1))
    add("PReLU/default", nn.PReLU, [x, n(5)], {})
    add("PReLU/channels", nn.PReLU, [n(2, 3, 2), n(2, 3)], dict(num_parameters=3, init=-0.5))
    add("RReLU/default", nn.RReLU, [(x, True, 7), (x, False)], {})
    add("RReLU/limits", nn.RReLU, [(n(3, 5), True, 8), (x, False)], dict(lower=-0.25, upper=0.75))
    add("Dropout/default", nn.Dropout, [(n(4, 5), True, 9), (n(2, 3), False)], {})
    add("Dropout/p", nn.Dropout, [(n(4, 10), True, 10), (n(2, 3), False)], dict(p=0.1))
    add("Softmin/last", nn.Softmin, [x], dict(dim=-1))
    add("Softmin/middle", nn.Softmin, [n(2, 3, 2)], dict(dim=1))
    add("Softmax2d/plain", nn.Softmax2d, [n(2, 3, 2, 2), n(3, 1, 2)], {})
    add("Unflatten/plain", nn.Unflatten, [n(2, 12, 2)], dict(dim=1, unflattened_size=[3, 4]))
    add("Unflatten/open", nn.Unflatten, [n(2, 12)], dict(dim=-1, unflattened_size=[2, -1, 3]))


if __name__ == "__main__":
    elementwise()
    others()
    golden.write(__file__, "activations.json", make_modules.NOTE + " draw: the argument of torch.manual_seed before the call.", cases=cases)

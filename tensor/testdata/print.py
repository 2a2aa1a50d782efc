"""Writes print.json: expressions, and how PyTorch prints their elements.

Made with PyTorch 1.13.1. Run it in this folder: python3 print.py

The name is that of a case in print_test.go, which makes the same tensor.
"""

import json

import torch
from torch._tensor_str import _tensor_str

nan, inf = float("nan"), float("inf")
F64, F16, BF16 = torch.float64, torch.float16, torch.bfloat16

CASES = {
    "scalar": torch.tensor(3.5),
    "scalar int": torch.tensor(-7),
    "scalar bool": torch.tensor(True),
    "whole": torch.tensor([1.0, -2.0, 30.0]),
    "fractions": torch.tensor([[1.0, 2.25], [-3.125, 1000.0 / 3]]),
    "sci small": torch.tensor([1e-5, 0.5]),
    "sci range": torch.tensor([0.1, 1234.5], dtype=F64),
    "sci large": torch.tensor([3e8, 1e8 + 8]),
    "whole range": torch.tensor([1.0, 2000.0]),
    "whole 1000": torch.tensor([1.0, 1000.0]),
    "large 1e8": torch.tensor([1e8, 2e8], dtype=F64),
    "just 1e-4": torch.tensor([1e-4, 0.05], dtype=F64),
    "exponent 100": torch.tensor([1e-200, 1e100], dtype=F64),
    "nan inf": torch.tensor([nan, 1.5, -inf, inf, 0.0]),
    "nan whole": torch.tensor([[nan, 1.0], [-inf, -20.0]]),
    "only nan": torch.tensor([nan, inf, 0.0, -0.0]),
    "zeros": torch.zeros(2, 3),
    "minus zero": torch.tensor([-0.0, 0.5]),
    "ints": torch.tensor([[1, -20], [300, 4]]),
    "int64": torch.tensor([-(2**63), 2**63 - 1, 0]),
    "uint8": torch.arange(5, dtype=torch.uint8),
    "bools": torch.tensor([[True, False], [False, True]]),
    "half": torch.tensor([0.1, 2.5], dtype=F16),
    "bfloat16": torch.tensor([0.1, 300.0], dtype=BF16),
    "one row": torch.arange(24.0) / 8,
    "long row": torch.arange(100),
    "three dims": torch.arange(12.0).view(2, 3, 2),
    "four dims": torch.arange(16).view(2, 2, 2, 2),
    "empty": torch.zeros(0),
    "empty dims": torch.zeros(2, 0, 3),
    "size 1": torch.ones(1, 1, 1),
    "1000": torch.arange(1000.0),
    "1001": torch.arange(1001.0),
    "summary 2d": torch.arange(10000.0).view(100, 100) / 16,
    "summary tall": torch.arange(2002).view(1001, 2),
    "summary wide": torch.arange(2002).view(2, 1001),
    "summary 3d": torch.arange(8.0 * 8 * 32).view(8, 8, 32),
    "summary 7": torch.arange(7 * 200).view(7, 200),
    "summary edges": torch.where(torch.arange(2000) == 1000, torch.tensor(1e9), torch.arange(2000.0)),
    "transposed": torch.arange(6).view(2, 3).t(),
    "wide floats": torch.arange(40.0).view(2, 20) * 1e9,
}

with open("print.json", "w") as f:
    json.dump({k: _tensor_str(t, len("tensor(")) for k, t in CASES.items()}, f, indent=1)
    f.write("\n")

#!/usr/bin/env python3
"""Makes promote.json: PyTorch's promote_types for every pair of dtypes, and
result_type of a tensor with a scalar tensor and with a Python number."""
import json
import os

import torch

NAMES = ["float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool"]


def name(d):
    return str(d).removeprefix("torch.")


def dtype(n):
    return getattr(torch, n)


pairs, scalars, numbers = {}, {}, {}
for a in NAMES:
    for b in NAMES:
        pairs[f"{a} {b}"] = name(torch.promote_types(dtype(a), dtype(b)))
        scalars[f"{a} {b}"] = name(torch.result_type(torch.ones(2, dtype=dtype(a)), torch.ones((), dtype=dtype(b))))
    for label, v in (("int", 1), ("float", 1.5), ("bool", True)):
        numbers[f"{a} {label}"] = name(torch.result_type(torch.ones(2, dtype=dtype(a)), v))
        numbers[f"0-d {a} {label}"] = name(torch.result_type(torch.ones((), dtype=dtype(a)), v))
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "promote.json")
with open(out, "w") as f:
    json.dump({"pytorch": torch.__version__, "pairs": pairs, "scalars": scalars, "numbers": numbers}, f, indent=0)
    f.write("\n")

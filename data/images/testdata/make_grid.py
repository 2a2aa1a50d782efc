"""Writes grid.json: torchvision.utils.make_grid of small batches.

    python data/images/testdata/make_grid.py
"""
import os
import sys

import torch
import torchvision

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../scripts"))
import golden

cases = []
for shape, options in [
    ((5, 3, 2, 3), {"nrow": 3}),
    ((5, 1, 2, 3), {"nrow": 2, "padding": 1, "pad_value": 0.5}),
    ((10, 1, 1, 2), {}),
    ((4, 3, 2, 2), {"nrow": 8, "padding": 0}),
    ((1, 1, 3, 2), {}),
    ((3, 3, 2, 2), {"nrow": 2, "normalize": True}),
    ((3, 3, 2, 2), {"nrow": 2, "normalize": True, "scale_each": True}),
]:
    x = golden.normal(shape, len(cases)).float()
    cases.append({"options": options, "x": golden.tensor(x), "y": golden.tensor(torchvision.utils.make_grid(x, **options))})
golden.write(__file__, "grid.json", f"torchvision {torchvision.__version__}", cases=cases)

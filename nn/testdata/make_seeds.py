#!/usr/bin/env python3
"""Makes seeds.json: what layers are initialized with after torch.manual_seed.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/testdata/make_seeds.py
"""
import os
import sys
import zlib

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import golden

NOTE = "state: of each tensor of the state dict after torch.manual_seed(seed) and the constructor, the CRC-32 of its float32 data, little endian. next: torch.rand(1) after that."
LAYERS = dict(
    Linear=lambda: nn.Linear(70, 33),
    Bilinear=lambda: nn.Bilinear(5, 7, 9),
    Conv1d=lambda: nn.Conv1d(6, 10, 3, groups=2),
    Conv2d=lambda: nn.Conv2d(6, 10, (3, 5)),
    Conv3d=lambda: nn.Conv3d(3, 5, 3, bias=False),
    ConvTranspose1d=lambda: nn.ConvTranspose1d(6, 10, 3, groups=2),
    ConvTranspose2d=lambda: nn.ConvTranspose2d(6, 10, (3, 5)),
    ConvTranspose3d=lambda: nn.ConvTranspose3d(3, 5, 3),
    Embedding=lambda: nn.Embedding(31, 13, padding_idx=3),
    EmbeddingBag=lambda: nn.EmbeddingBag(31, 13),
    RNN=lambda: nn.RNN(11, 13, num_layers=2),
    LSTM=lambda: nn.LSTM(11, 13, num_layers=2, bidirectional=True, proj_size=5),
    GRU=lambda: nn.GRU(11, 13, bidirectional=True),
    RNNCell=lambda: nn.RNNCell(11, 13),
    LSTMCell=lambda: nn.LSTMCell(11, 13),
    GRUCell=lambda: nn.GRUCell(11, 13),
    MultiheadAttention=lambda: nn.MultiheadAttention(24, 4, add_bias_kv=True),
    MultiheadAttentionKV=lambda: nn.MultiheadAttention(24, 4, kdim=10, vdim=14),
    TransformerEncoderLayer=lambda: nn.TransformerEncoderLayer(12, 3),
    Transformer=lambda: nn.Transformer(12, 3, 2, 2, 17),
    AdaptiveLogSoftmaxWithLoss=lambda: nn.AdaptiveLogSoftmaxWithLoss(20, 30, [7, 15], div_value=2.0),
    PReLU=lambda: nn.PReLU(3),
    BatchNorm2d=lambda: nn.BatchNorm2d(5),
    LayerNorm=lambda: nn.LayerNorm([2, 5]),
    GroupNorm=lambda: nn.GroupNorm(2, 6),
    InstanceNorm1d=lambda: nn.InstanceNorm1d(5, affine=True, track_running_stats=True),
)

cases = []
for i, (name, make) in enumerate(LAYERS.items()):
    torch.manual_seed(i)
    m = make()
    state = {k: zlib.crc32(v.detach().contiguous().float().numpy().astype("<f4").tobytes()) for k, v in m.state_dict().items()}
    cases.append({"name": name, "seed": i, "state": state, "next": golden.number(torch.rand(1).item(), torch.float32)})

golden.write(__file__, "seeds.json", NOTE, cases=cases)

#!/usr/bin/env python3
"""Makes training.json: the first twenty losses of five models, from PyTorch.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 conformance/training/testdata/make_training.py

Weights and data come from manual_seed alone, so the file holds no tensors: the
Go side draws the same numbers. For float64, all is drawn in float32 and cast.
"""
import math
import os
import sys

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scripts"))
import golden

STEPS = 20
SEED = 7


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 4))

    def forward(self, x):
        return self.net(x)

    def batch(self):
        return torch.randn(16, 20), torch.randint(0, 4, (16,))

    def optimizer(self):
        return torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9), None


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

    def batch(self):
        return torch.randn(8, 1, 28, 28), torch.randint(0, 10, (8,))

    def optimizer(self):
        return torch.optim.Adam(self.parameters(), lr=1e-3), None


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.down = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)) if stride > 1 else nn.Identity()

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.down(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.block1, self.block2 = Block(8, 8, 1), Block(8, 16, 2)
        self.fc = nn.Linear(16, 5)

    def forward(self, x):
        x = self.block2(self.block1(F.relu(self.bn(self.conv(x)))))
        return self.fc(x.mean((2, 3)))

    def batch(self):
        return torch.randn(8, 3, 12, 12), torch.randint(0, 5, (8,))

    def optimizer(self):
        opt = torch.optim.SGD(self.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3, nesterov=True)
        return opt, torch.optim.lr_scheduler.StepLR(opt, 8, 0.5)


class LSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.lstm, self.head = nn.Embedding(20, 16), nn.LSTM(16, 32, 2, batch_first=True), nn.Linear(32, 20)

    def forward(self, x):
        y, _ = self.lstm(self.embed(x))
        return self.head(y).transpose(1, 2)

    def batch(self):
        x = torch.randint(0, 20, (6, 13))
        return x[:, :-1], x[:, 1:]

    def optimizer(self):
        return torch.optim.Adam(self.parameters(), lr=1e-2), None


class GPTBlock(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.ln1, self.qkv, self.proj = nn.LayerNorm(dim), nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.ln2, self.up, self.down = nn.LayerNorm(dim), nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = (h.view(n, t, self.heads, c // self.heads).transpose(1, 2) for h in self.qkv(self.ln1(x)).split(c, 2))
        scores = (q @ k.transpose(2, 3) / math.sqrt(c // self.heads)).masked_fill(torch.ones(t, t, dtype=torch.bool).triu(1), -math.inf)
        x = x + self.proj((scores.softmax(3) @ v).transpose(1, 2).reshape(n, t, c))
        return x + self.down(F.gelu(self.up(self.ln2(x))))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok, self.pos = nn.Embedding(24, 32), nn.Embedding(12, 32)
        self.blocks = nn.ModuleList([GPTBlock(32, 4) for _ in range(2)])
        self.ln = nn.LayerNorm(32)
        self.head = nn.Linear(32, 24, bias=False)
        self.head.weight = self.tok.weight

    def forward(self, x):
        h = self.tok(x) + self.pos(torch.arange(x.shape[1]))
        for b in self.blocks:
            h = b(h)
        return self.head(self.ln(h)).transpose(1, 2)

    def batch(self):
        x = torch.randint(0, 24, (4, 13))
        return x[:, :-1], x[:, 1:]

    def optimizer(self):
        opt = torch.optim.AdamW(self.parameters(), lr=3e-3, betas=(0.9, 0.95), weight_decay=0.1)
        return opt, torch.optim.lr_scheduler.CosineAnnealingLR(opt, STEPS)


def losses(make, dtype):
    torch.manual_seed(SEED)
    model = make().to(dtype)
    opt, schedule = model.optimizer()
    out = []
    for _ in range(STEPS):
        x, y = model.batch()
        if x.is_floating_point():
            x = x.to(dtype)
        opt.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        if make is LSTM:
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        opt.step()
        if schedule:
            schedule.step()
        out.append(golden.number(loss.item()))
    return out


NOTE = "runs: by model and dtype, the losses of the first steps. seed: of manual_seed before the model is made; the batches follow from the same generator."
golden.write(__file__, "training.json", NOTE, seed=SEED,
             runs={m.__name__: {str(d).removeprefix("torch."): losses(m, d) for d in (torch.float64, torch.float32)} for m in (MLP, LeNet, ResNet, LSTM, GPT)})

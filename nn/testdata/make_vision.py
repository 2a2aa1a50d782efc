#!/usr/bin/env python3
"""Makes vision.json: layers of images, as make_modules.py makes modules.json.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/testdata/make_vision.py
"""
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_modules
from make_modules import add, cases, d, golden, n


class PoolUnpool(nn.Module):
    """A max pooling and the unpooling that undoes it, to the size of the input."""

    def __init__(self, dims, kernel_size, stride):
        super().__init__()
        self.pool = getattr(nn, f"MaxPool{dims}d")(kernel_size, stride, return_indices=True)
        self.unpool = getattr(nn, f"MaxUnpool{dims}d")(kernel_size, stride)

    def forward(self, x):
        return self.unpool(*self.pool(x), output_size=x.shape)


def convolutions():
    io = dict(in_channels=2, out_channels=3)
    add("ConvTranspose1d/plain", nn.ConvTranspose1d, [n(2, 2, 5)], dict(io, kernel_size=3))
    add("ConvTranspose1d/all", nn.ConvTranspose1d, [n(1, 4, 4)], dict(in_channels=4, out_channels=6, kernel_size=3, stride=2, padding=1, output_padding=1, groups=2, bias=False, dilation=2))
    add("ConvTranspose2d/plain", nn.ConvTranspose2d, [n(1, 2, 3, 4)], dict(io, kernel_size=[2, 3]))
    add("ConvTranspose2d/stride", nn.ConvTranspose2d, [n(2, 2, 3, 2)], dict(io, kernel_size=4, stride=2, padding=1))
    add("ConvTranspose2d/all", nn.ConvTranspose2d, [n(1, 4, 3, 2)], dict(in_channels=4, out_channels=2, kernel_size=[3, 2], stride=[2, 3], padding=[1, 0], output_padding=[1, 2], groups=2, dilation=[2, 1]))
    add("ConvTranspose2d/no-batch", nn.ConvTranspose2d, [n(2, 3, 3)], dict(io, kernel_size=2))
    add("ConvTranspose3d/plain", nn.ConvTranspose3d, [n(1, 2, 2, 2, 3)], dict(in_channels=2, out_channels=1, kernel_size=2, stride=[1, 2, 1]))
    for mode in ("reflect", "replicate", "circular"):
        add(f"Conv1d/{mode}", nn.Conv1d, [n(1, 2, 5)], dict(io, kernel_size=3, padding=2, padding_mode=mode))
        add(f"Conv2d/{mode}", nn.Conv2d, [n(1, 2, 4, 5)], dict(io, kernel_size=[3, 2], padding=[1, 2], stride=2, padding_mode=mode))
    add("Conv2d/same-circular", nn.Conv2d, [n(1, 2, 4, 5)], dict(io, kernel_size=[2, 3], padding="same", dilation=[1, 2], padding_mode="circular"))
    add("Conv3d/replicate", nn.Conv3d, [n(1, 1, 2, 3, 2)], dict(in_channels=1, out_channels=1, kernel_size=2, padding=1, padding_mode="replicate"))


def pools():
    for dims, size in ((1, 3), (2, [3, 2]), (3, [2, 3, 1])):
        shape = (2, 2, 5, 4, 3)[: dims + 2]
        add(f"AdaptiveAvgPool{dims}d/plain", getattr(nn, f"AdaptiveAvgPool{dims}d"), [n(*shape)], dict(output_size=size))
        add(f"AdaptiveMaxPool{dims}d/plain", getattr(nn, f"AdaptiveMaxPool{dims}d"), [d(*shape)], dict(output_size=size))
    for dims in (1, 2, 3):
        add(f"MaxUnpool{dims}d/plain", lambda **a: PoolUnpool(dims, **a), [d(1, 2, *[4] * dims)], dict(kernel_size=2, stride=2))
        add(f"MaxUnpool{dims}d/stride", lambda **a: PoolUnpool(dims, **a), [d(1, 1, *[5] * dims)], dict(kernel_size=2, stride=3))
    add("FractionalMaxPool2d/size", nn.FractionalMaxPool2d, [d(1, 2, 7, 6)], dict(kernel_size=2, output_size=[3, 4]))
    add("FractionalMaxPool2d/ratio", nn.FractionalMaxPool2d, [d(2, 6, 7)], dict(kernel_size=3, output_ratio=0.5))
    add("FractionalMaxPool3d/size", nn.FractionalMaxPool3d, [d(1, 1, 5, 6, 5)], dict(kernel_size=2, output_size=[3, 4, 2]))
    add("LPPool1d/plain", nn.LPPool1d, [n(1, 2, 7)], dict(norm_type=2, kernel_size=3))
    add("LPPool2d/ceil", nn.LPPool2d, [n(1, 2, 5, 4)], dict(norm_type=2, kernel_size=2, stride=[2, 1], ceil_mode=True))
    add("LPPool2d/odd", nn.LPPool2d, [golden.normal((1, 1, 4, 4), 9).abs() + 0.1], dict(norm_type=3, kernel_size=2))
    add("LocalResponseNorm/default", nn.LocalResponseNorm, [n(2, 4, 3)], dict(size=2))
    add("LocalResponseNorm/all", nn.LocalResponseNorm, [n(1, 5, 2, 2)], dict(size=3, alpha=0.5, beta=0.6, k=2.0))


def paddings():
    for dims in (1, 2, 3):
        shape = (1, 2, 3, 4, 3)[: dims + 2]
        for kind in ("Constant", "Reflection", "Replication"):
            extra = dict(value=1.5) if kind == "Constant" else {}
            add(f"{kind}Pad{dims}d/one", getattr(nn, f"{kind}Pad{dims}d"), [n(*shape)], dict(padding=1, **extra))
    add("ZeroPad2d/one", nn.ZeroPad2d, [n(1, 1, 2, 3)], dict(padding=2))
    add("ZeroPad2d/four", nn.ZeroPad2d, [n(1, 1, 3, 3)], dict(padding=[1, 0, -1, 2]))
    add("ConstantPad2d/four", nn.ConstantPad2d, [n(2, 2, 3)], dict(padding=[0, 1, 2, 0], value=-3))
    add("ReflectionPad1d/two", nn.ReflectionPad1d, [n(1, 2, 4)], dict(padding=[3, 1]))
    add("ReflectionPad2d/four", nn.ReflectionPad2d, [n(1, 1, 4, 3)], dict(padding=[2, 1, 0, 3]))
    add("ReplicationPad3d/six", nn.ReplicationPad3d, [n(1, 1, 2, 2, 2)], dict(padding=[1, 0, 2, 1, 0, 1]))


def resizes():
    add("Upsample/nearest", nn.Upsample, [n(1, 2, 3)], dict(scale_factor=2.5))
    add("Upsample/size", nn.Upsample, [n(1, 1, 3, 4)], dict(size=[5, 2]))
    add("Upsample/linear", nn.Upsample, [n(1, 2, 4)], dict(size=7, mode="linear"))
    add("Upsample/bilinear", nn.Upsample, [n(1, 1, 3, 4)], dict(scale_factor=1.7, mode="bilinear", recompute_scale_factor=True))
    add("Upsample/corners", nn.Upsample, [n(1, 1, 3, 4)], dict(scale_factor=2.0, mode="bilinear", align_corners=True))
    add("Upsample/bicubic", nn.Upsample, [n(1, 1, 4, 3)], dict(scale_factor=1.5, mode="bicubic"))
    add("Upsample/trilinear", nn.Upsample, [n(1, 1, 2, 2, 3)], dict(size=[3, 3, 4], mode="trilinear"))
    add("UpsamplingNearest2d/plain", nn.UpsamplingNearest2d, [n(1, 1, 2, 3)], dict(scale_factor=2.0))
    add("UpsamplingBilinear2d/plain", nn.UpsamplingBilinear2d, [n(1, 1, 2, 3)], dict(size=[4, 5]))
    add("Fold/all", nn.Fold, [n(1, 8, 8)], dict(output_size=[4, 5], kernel_size=2, padding=[1, 0], dilation=[2, 1], stride=[1, 2]))
    add("Unfold/all", nn.Unfold, [n(1, 2, 4, 5)], dict(kernel_size=[2, 3], padding=1, dilation=[2, 1], stride=2))
    add("PixelShuffle/plain", nn.PixelShuffle, [n(1, 8, 2, 3)], dict(upscale_factor=2))
    add("PixelUnshuffle/plain", nn.PixelUnshuffle, [n(1, 2, 4, 6)], dict(downscale_factor=2))
    add("ChannelShuffle/plain", Shuffle, [n(1, 6, 2, 2)], dict(groups=3))


class Shuffle(nn.Module):
    """nn.ChannelShuffle, which has no gradient in PyTorch 1.13."""

    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        b, c, h, w = x.shape
        return x.reshape(b, self.groups, c // self.groups, h, w).transpose(1, 2).reshape(b, c, h, w)


if __name__ == "__main__":
    convolutions()
    pools()
    paddings()
    resizes()
    golden.write(__file__, "vision.json", make_modules.NOTE, cases=cases)

"""Writes transforms.json: torchvision's functional transforms of two small pictures, with fixed arguments.

    python data/transform/testdata/make_transforms.py
"""
import os
import sys

import torch
import torchvision
import torchvision.transforms.v2.functional as F
from torchvision.transforms import InterpolationMode as Mode
from torchvision.transforms import v2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../scripts"))
import golden

g = torch.Generator().manual_seed(1)
picture = (torch.randint(0, 1000, (3, 7, 10), generator=g) / 999).float()
picture[:, 0, :3] = torch.tensor([[0.25], [0.25], [0.25]])  # gray pixels, black and white
picture[:, 1, 0], picture[:, 1, 1] = 0, 1
plain = (torch.randint(0, 256, (1, 16, 24), generator=g) / 255).float()
inputs = {"picture": picture, "gray": plain}
cases = []


def case(op, args, f, x="picture"):
    cases.append({"op": op, "args": args, "x": x, "y": golden.tensor(f(inputs[x]))})


for size in [[5, 4], [12, 9], [4], [14]]:
    case("Resize", size, lambda x: F.resize(x, size, Mode.BILINEAR, antialias=True))
    case("ResizeBicubic", size, lambda x: F.resize(x, size, Mode.BICUBIC, antialias=True))
for size in [[4, 5], [6, 7], [9, 4], [12, 13], [3]]:
    case("CenterCrop", size, lambda x: F.center_crop(x, size * (3 - len(size)) if len(size) == 1 else size))
case("Crop", [2, 3, 4, 5], lambda x: F.crop(x, 2, 3, 4, 5))
case("Pad", [1, 2, 3, 0], lambda x: F.pad(x, [1, 2, 3, 0]))
case("PadReflect", [3, 2, 1, 4], lambda x: F.pad(x, [3, 2, 1, 4], padding_mode="reflect"))
case("HFlip", [], F.horizontal_flip)
case("VFlip", [], F.vertical_flip)
case("Normalize", [], lambda x: F.normalize(x, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
case("Grayscale", [1], lambda x: F.rgb_to_grayscale(x, 1))
case("Grayscale", [3], lambda x: F.rgb_to_grayscale(x, 3))
for f in [0, 0.4, 1, 1.7]:
    case("Brightness", [f], lambda x: F.adjust_brightness(x, f))
    case("Contrast", [f], lambda x: F.adjust_contrast(x, f))
    case("Saturation", [f], lambda x: F.adjust_saturation(x, f))
    case("Sharpness", [f], lambda x: F.adjust_sharpness(x, f))
for shift in [-0.5, -0.13, 0.02, 0.3, 0.5]:
    case("Hue", [shift], lambda x: F.adjust_hue(x, shift))
for angle in [0, 30, -75.5, 90, 180]:
    case("Rotate", [angle], lambda x: F.rotate(x, angle, Mode.BILINEAR))
for m in [[20, 0, 0, 1, 0, 0], [0, 2, -1, 1, 0, 0], [0, 0, 0, 0.7, 0, 0], [0, 0, 0, 1, 25, 0], [0, 0, 0, 1, 0, -15], [-35, 1, 2, 1.4, 10, 20]]:
    case("Affine", m, lambda x: F.affine(x, m[0], [m[1], m[2]], m[3], [m[4], m[5]], Mode.BILINEAR))
for kernel, sigma in [(3, 0.8), (5, 2.0), (1, 1.0)]:
    case("GaussianBlur", [kernel, sigma], lambda x: F.gaussian_blur(x, [kernel, kernel], [sigma, sigma]))
case("Erase", [1, 2, 3, 4, 0.5], lambda x: F.erase(x, 1, 2, 3, 4, torch.tensor(0.5)))
for bits in [1, 3, 8]:
    case("Posterize", [bits], lambda x: F.posterize(x, bits))
case("Solarize", [0.6], lambda x: F.solarize(x, 0.6))
case("AutoContrast", [], lambda x: F.autocontrast(x * 0.5 + 0.2))
case("AutoContrastOfOne", [], lambda x: F.autocontrast(torch.full((3, 4, 4), 0.3)))
case("Equalize", [], F.equalize, "gray")
case("Equalize", [], lambda x: F.equalize(x), "picture")  # fewer pixels than steps

# Batches: the random numbers of the v2 transforms are given.
batch, labels = (torch.randint(0, 1000, (3, 2, 5, 6), generator=g) / 999).float(), torch.tensor([2, 0, 3])
mixed = []


def mix(op, share, y, x):
    t = {"MixUp": v2.MixUp, "CutMix": v2.CutMix}[op](num_classes=4)
    t._dist = type("", (), {"sample": lambda self, _: torch.tensor([share])})()
    real, given = torch.randint, iter([x, y])
    torch.randint = lambda *a, **k: torch.tensor([next(given)])
    pictures, targets = t(batch, labels)
    torch.randint = real
    mixed.append({"op": op, "share": share, "y": y, "x": x, "pictures": golden.tensor(pictures), "labels": golden.tensor(targets)})


for share in [0.3, 0.85]:
    mix("MixUp", share, 0, 0)
for share, y, x in [(0.5, 2, 3), (0.2, 0, 5), (0.99, 4, 0), (0.01, 2, 2)]:
    mix("CutMix", share, y, x)

golden.write(
    __file__, "transforms.json", f"torchvision {torchvision.__version__}", inputs=[{"name": k, "x": golden.tensor(v)} for k, v in inputs.items()],
    cases=cases, batch=golden.tensor(batch), classes=golden.tensor(labels), mixed=mixed)

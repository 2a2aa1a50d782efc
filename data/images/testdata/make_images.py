"""Writes small pictures of each format, and images.json with what Pillow and torchvision read in them.

    python data/images/testdata/make_images.py

Random pixels where a format keeps them, a smooth picture for JPEG and lossy WebP. Tolerances are in steps of 255: 3 is
the rounding of two decoders, and 14 how much the picture changes from pixel to pixel, where color has half the pixels
and is repeated or blended.
"""
import os
import sys

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../scripts"))
import golden

rng = np.random.default_rng(1)
H, W = 9, 13
random = rng.integers(0, 256, (H, W, 4), dtype=np.uint8)
y, x = np.mgrid[0:16, 0:24]
smooth = np.stack([x * 10, y * 14, 255 - x * 4 - y * 6], -1).astype(np.uint8)

cases = []


def case(name, image, tolerance=0, mode="RGB", pixels=None, **save):
    path = os.path.join(HERE, name)
    image.save(path, **save)
    if pixels is None:
        pixels = torchvision.transforms.functional.pil_to_tensor(ImageOps.exif_transpose(Image.open(path)).convert(mode))
    cases.append({"file": name, "tolerance": tolerance, "gray": mode == "L", "pixels": golden.tensor(pixels)})


rgb, rgba = Image.fromarray(random[..., :3]), Image.fromarray(random)
case("rgb.png", rgb)
case("rgba.png", rgba)
case("gray.png", rgb.convert("L"))
case("gray-alpha.png", rgba.convert("LA"))
case("palette.png", rgb.quantize(16))
case("two.png", rgb.convert("1"))
case("picture.gif", rgb.quantize(16))
case("rgb.bmp", rgb)
case("rgb.tiff", rgb)
case("lzw.tif", rgb, compression="tiff_lzw")
case("lossless.webp", rgb, lossless=True)
case("lossless-alpha.webp", rgba, lossless=True, exact=True)
case("white.webp", Image.new("RGB", (5, 3), (255, 255, 255)), tolerance=1)
case("red.webp", Image.new("RGB", (5, 3), (255, 0, 0)), tolerance=1)
case("lossy.webp", Image.fromarray(smooth), tolerance=14, quality=95)
case("smooth.jpg", Image.fromarray(smooth), tolerance=3, quality=95, subsampling=0)
case("smooth-420.jpg", Image.fromarray(smooth), tolerance=14, quality=95, subsampling=2)
case("progressive.jpg", Image.fromarray(smooth), tolerance=3, quality=95, subsampling=0, progressive=True)
case("gray.jpg", Image.fromarray(smooth).convert("L"), tolerance=3, quality=95)
case("gray-of-gray.png", rgb.convert("L"), mode="L")
case("gray-of-rgb.png", rgb, mode="L", tolerance=1)
for turn in range(1, 9):
    exif = Image.Exif()
    exif[274] = turn
    case(f"turn{turn}.jpg", Image.fromarray(smooth), tolerance=3, quality=90, subsampling=0, exif=exif)
deep = rng.integers(0, 65536, (H, W), dtype=np.uint16)
case("gray16.png", Image.fromarray(deep), pixels=torch.from_numpy(deep.astype(np.int32))[None].expand(3, H, W))

golden.write(__file__, "images.json", f"Pillow {PIL.__version__}, torchvision {torchvision.__version__}; gray16.png has 16 bits, all others 8", cases=cases)

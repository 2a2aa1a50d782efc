"""What the scripts that make golden JSON with PyTorch share.

A tensor is {"dtype", "shape", "data"}, data in row-major order. Numbers are the
shortest decimals that give the value back in their own dtype: read float32
data as float32, and widen afterwards. What JSON has no number for is a string.
"""
import json
import math
import os
import subprocess
import sys

import numpy as np
import torch

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAX_BYTES = 200_000

torch.set_num_threads(1)


def version():
    """The PyTorch version; a Debian build gives a wrong one in torch.__version__."""
    if "dist-packages" not in torch.__file__:
        return torch.__version__
    try:
        package = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "python3-torch"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return torch.__version__
    return f"{package.split('+')[0]} (Debian package {package}; torch.__version__ is {torch.__version__})"


def cpu():
    """The instructions that PyTorch uses: the last bits of some numbers depend on them."""
    return torch.__config__.show().split("CPU capability usage: ")[1].split()[0]


def number(v, dtype=torch.float64):
    if isinstance(v, (bool, int)) or not dtype.is_floating_point:
        return v
    if not math.isfinite(v):
        return {math.inf: "inf", -math.inf: "-inf"}.get(v, "nan")
    return float(str(np.float32(v))) if dtype == torch.float32 else v


def tensor(t):
    if t is None:
        return None
    t = t.detach()
    return {"dtype": str(t.dtype).removeprefix("torch."), "shape": list(t.shape), "data": [number(v, t.dtype) for v in t.reshape(-1).tolist()]}


def state(pairs):
    return {name: tensor(t) for name, t in pairs}


def normal(shape, seed, scale=1.0, digits=3):
    """Normal numbers of few digits in float64, independent of the default generator."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(shape, generator=g, dtype=torch.float64) * scale
    return torch.round(x * 10**digits) / 10**digits


def distinct(shape, seed):
    """Numbers no two of which are equal: for maxima without ties."""
    n = math.prod(shape)
    g = torch.Generator().manual_seed(seed)
    return ((torch.randperm(n, generator=g) - n // 2).double() / 100).reshape(shape)


def write(script, name, note, **parts):
    """Writes name beside script: a head, then lists with one entry a line."""
    script = os.path.abspath(script)
    path = os.path.join(os.path.dirname(script), name)
    dump = lambda v: json.dumps(v, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    out = ['{"script":' + dump(os.path.relpath(script, ROOT)), '"pytorch":' + dump(version()), '"cpu":' + dump(cpu()), '"note":' + dump(note)]
    for key, value in parts.items():
        body = "[\n" + ",\n".join(map(dump, value)) + "\n]" if isinstance(value, list) else dump(value)
        out.append(dump(key) + ":" + body)
    text = ",\n".join(out) + "}\n"
    if len(text.encode()) > MAX_BYTES:
        sys.exit(f"{name}: {len(text.encode())} bytes, want at most {MAX_BYTES}")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    print(f"{os.path.relpath(path, ROOT)}: {len(text)} bytes, " + ", ".join(f"{len(v)} {k}" for k, v in parts.items() if isinstance(v, list)))

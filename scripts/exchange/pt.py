"""PyTorch's files, both ways, with a real PyTorch.

    python3 scripts/exchange/pt.py

torch.save writes each case in both of its formats, facula reads it and writes
it anew, and torch.load(weights_only=True), with mmap=True as well, must give
the same values to the bit, the same sharing of storages, and optimizers that go
on alike. It needs PyTorch 2.1 or later, and go in the PATH.
"""

import collections
import os
import subprocess
import sys
import tempfile
import warnings

import torch

warnings.filterwarnings("ignore")
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool]
SHAPES = [(), (0,), (1,), (7,), (3, 4), (2, 0, 3), (2, 3, 4, 5), (1, 2, 1, 2, 1, 2, 1, 2), (300, 70)]


def tensor(dtype, shape):
    """Any bits, NaN payloads among them."""
    n = torch.Size(shape).numel()
    if dtype is torch.bool:
        return torch.randint(0, 2, shape).bool()
    size = torch.empty((), dtype=dtype).element_size()
    return torch.randint(0, 256, (n * size,), dtype=torch.uint8).view(dtype).reshape(shape)


def views(dtype):
    x = tensor(dtype, (6, 8))
    y = tensor(dtype, (5, 3, 2))
    return {"base": x, "t": x.t(), "row": x[2], "column": x[:, 3], "block": x[1:5:2, 2:7], "expanded": x[0, :1].expand(9), "list": [x, (x[1:], y)],
            "alone": tensor(dtype, (9, 9))[::2, ::3], "permuted": tensor(dtype, (2, 3, 4)).permute(2, 0, 1)}


def training(make):
    m = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(18, 3))
    opt = make(m.parameters())
    for _ in range(3):
        opt.zero_grad()
        m(torch.randn(4, 1, 5, 5)).square().mean().backward()
        opt.step()
    return {"model": m.state_dict(), "optimizer": opt.state_dict(), "epoch": 3, "loss": [0.5, 0.25, float("inf")], "rng": torch.get_rng_state()}


OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, amsgrad=True), "adamw": lambda p: torch.optim.AdamW(p, lr=0.01),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.01), "momentum": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5, centered=True), "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.01),
}


def cases():
    torch.manual_seed(0)
    for d in DTYPES:
        name = str(d)[6:]
        yield name, {str(s): tensor(d, s) for s in SHAPES}
        yield name + " views", views(d)
    for name, make in OPTIMIZERS.items():
        yield name, training(make)
    yield "parameters", {"p": torch.nn.Parameter(torch.randn(3)), "frozen": torch.nn.Parameter(torch.randn(3), requires_grad=False)}
    yield "many", collections.OrderedDict(("layer.%d.weight" % i, torch.randn(3)) for i in range(1200))
    yield "values", {"ints": [0, 255, 256, 65536, -1, 2**31, -2**31 - 1, 2**63, 2**100, -2**100], "floats": [0.1, -0.0, float("nan")], "none": None,
                     "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), "naïve": "重み🙂", 3: {1.5: True, None: "x"}, "bytes": b"\x00\xff", "set": {1},
                     "complex": 1j, "size": torch.Size([2, 3]), "device": torch.device("cuda:1"), "dtype": torch.bfloat16, "layout": torch.strided,
                     "large": list(range(3000))}


def same(a, b, at, storages):
    if isinstance(a, torch.Tensor):
        assert isinstance(b, torch.Tensor) and a.dtype == b.dtype and a.shape == b.shape, f"{at}: {b}, want {a}"
        assert a.requires_grad == b.requires_grad, f"{at}: requires_grad"
        bits = lambda x: x.detach().contiguous().clone().reshape(-1).view(torch.uint8)
        assert a.numel() == 0 or torch.equal(bits(a), bits(b)), f"{at}: other bits"
        if a.numel():
            was, now = a.untyped_storage().data_ptr(), b.untyped_storage().data_ptr()
            assert storages[0].setdefault(was, now) == now and storages[1].setdefault(now, was) == was, f"{at}: shares other memory"
        if "alone" not in at:
            assert a.numel() == 0 or a.stride() == b.stride(), f"{at}: strides {b.stride()}, want {a.stride()}"
    elif isinstance(a, dict):
        assert type(a) is type(b) and list(a) == [k for k in b if k != "converted"], f"{at}: keys {list(b)}"
        assert getattr(a, "_metadata", None) == getattr(b, "_metadata", None), f"{at}: _metadata"
        for k in a:
            same(a[k], b[k], f"{at}.{k}", storages)
    elif isinstance(a, (list, tuple)):
        assert isinstance(b, tuple if isinstance(a, tuple) else list) and len(a) == len(b), f"{at}: {b}"
        for i, x in enumerate(a):
            same(x, b[i], f"{at}[{i}]", storages)
    else:
        want = bytearray(a) if isinstance(a, bytes) and not a else a
        assert type(b) is type(want) and (want == b or want != want and b != b) and repr(want) == repr(b), f"{at}: {b!r}, want {want!r}"


def goes_on(name, make, before, after):
    """An optimizer takes what facula's state dict became and goes on as before."""
    results = []
    for state in before["optimizer"], after["converted"]:
        params = [v.clone().requires_grad_() for k, v in before["model"].items() if k.endswith(("weight", "bias"))]
        opt = make(params)
        opt.load_state_dict(state)
        torch.manual_seed(1)
        for _ in range(2):
            for p in params:
                p.grad = torch.randn_like(p)
            opt.step()
        results.append(params)
    for a, b in zip(*results):
        assert torch.equal(a, b), f"{name}: the optimizer goes on in another way"


def main():
    with tempfile.TemporaryDirectory() as tmp:
        saved, written = os.path.join(tmp, "saved"), os.path.join(tmp, "written")
        os.mkdir(saved)
        os.mkdir(written)
        for name, v in cases():
            torch.save(v, os.path.join(saved, name + ".pt"))
            torch.save(v, os.path.join(saved, name + " legacy.pt"), _use_new_zipfile_serialization=False)
        env = dict(os.environ, FACULA_TORCH_FROM=saved, FACULA_TORCH_TO=written)
        subprocess.run(["go", "test", "-count=1", "-run", "^TestRewrite$", "./checkpoint/torch"], cwd=root, env=env, check=True, stdout=subprocess.DEVNULL)
        n = 0
        for name, _ in cases():
            for file in name + ".pt", name + " legacy.pt":
                before = torch.load(os.path.join(saved, file), weights_only=True)
                for options in {}, {"mmap": True}:
                    after = torch.load(os.path.join(written, file), weights_only=True, **options)
                    same(before, after, file, ({}, {}))
                    n += 1
                if name in OPTIMIZERS:
                    goes_on(file, OPTIMIZERS[name], before, after)
        print(f"torch {torch.__version__}: {n} files of facula are loaded to the bit")


if __name__ == "__main__":
    sys.exit(main())

"""Makes the golden files: what torch.save writes, and in golden.json what is in them.

    python3 make_torch.py

Made with PyTorch 2.15.0. The values come from PyTorch's memory (tensor.numpy,
tolist), never from a reader of files.
"""

import argparse
import collections
import io
import json
import os
import warnings
import zipfile

import torch

warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))
golden = {}


def raw(t):
    """The elements in row-major order, little-endian, as hex."""
    return t.detach().contiguous().clone().reshape(-1).view(torch.uint8).numpy().tobytes().hex()


def dump(v, storages):
    if v is None or isinstance(v, bool):
        return v
    if isinstance(v, torch.Tensor):
        p = v.untyped_storage().data_ptr()
        storage = storages.setdefault(p, len(storages)) if v.numel() else -1
        return {"tensor": str(v.dtype)[6:], "shape": list(v.shape), "stride": list(v.stride()), "grad": v.requires_grad,
                "bytes": raw(v) if v.numel() else "", "storage": storage}
    if isinstance(v, argparse.Namespace):
        v = vars(v)
    if isinstance(v, dict):
        d = {"dict": [[dump(k, storages), dump(x, storages)] for k, x in v.items()], "ordered": type(v) is collections.OrderedDict}
        if getattr(v, "_metadata", None) is not None:
            d["attrs"] = dump({"_metadata": v._metadata}, storages)
        return d
    if isinstance(v, (tuple, torch.Size)):
        return {"tuple": [dump(x, storages) for x in v]}
    if isinstance(v, list):
        return {"list": [dump(x, storages) for x in v]}
    if isinstance(v, set):
        return {"set": [dump(x, storages) for x in v]}
    if isinstance(v, int):
        return v if abs(v) < 2**31 else {"int": str(v)}
    if isinstance(v, float):
        return {"float": v.hex()}
    if isinstance(v, complex):
        return {"complex": [v.real.hex(), v.imag.hex()]}
    if isinstance(v, str):
        return {"str": v}
    if isinstance(v, (bytes, bytearray)):
        return {"bytes": v.hex()}
    if isinstance(v, torch.device):
        return {"device": str(v)}
    if isinstance(v, (torch.dtype, torch.layout)):
        return {"global": str(v)}
    raise TypeError(type(v))


def save(name, v, dumped=True, **kw):
    torch.save(v, os.path.join(here, name), **kw)
    golden[name] = dump(v, {}) if dumped else None


def both(name, v):
    save(name + ".pt", v)
    save(name + "_legacy.pt", v, _use_new_zipfile_serialization=False)


def dtypes():
    floats = [0.0, -0.0, 1.5, -2.25, float("inf"), float("-inf"), float("nan"), 1e-40, 65504.0, 3.0e38]
    d = {}
    for t in torch.float32, torch.float64, torch.float16, torch.bfloat16:
        d[str(t)[6:]] = torch.tensor(floats, dtype=torch.float64).to(t)
    for t in torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8:
        i = torch.iinfo(t)
        d[str(t)[6:]] = torch.tensor([i.min, i.max, 0, 1, 77], dtype=t)
    d["bool"] = torch.tensor([True, False, True])
    return d


def views():
    x = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    y = torch.arange(6, dtype=torch.int64)
    return {
        "base": x, "transposed": x.t(), "column": x[:, 2], "block": x[1:3, 2:5], "again": x, "flat": x.view(-1)[5:],
        "alone": torch.arange(30, dtype=torch.float64).reshape(5, 6)[1:4:2, ::3],
        "channels": torch.arange(24, dtype=torch.float32).reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last),
        "expanded": y[:3].expand(4, 3), "one": y[1:2].expand(1000), "rest": y[3:],
        "scalar": torch.tensor(3.5), "scalar of a vector": y[2], "empty": torch.empty(0), "empty2": torch.empty(2, 0, 3, dtype=torch.bfloat16),
        "empty at the end": y[6:], "all ones": torch.tensor([7], dtype=torch.int8).reshape(1, 1, 1, 1, 1, 1, 1, 1),
    }


def values():
    shared = [1, 2]
    return {
        "ints": [0, 1, 255, 256, 65535, 65536, -1, -128, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**63 - 1, -2**63, 2**63, 2**70, -2**70, 10**30],
        "floats": [0.0, -0.0, 0.1, 1e300, 5e-324, float("inf"), float("-inf")], "bools": (True, False, None), "complex": 1.5 - 2j,
        "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), "names": ["", "naïve", "重み", "🙂", "a.b"], "重み": "schlüssel",
        "bytes": b"\x00\x7f\x80\xff", "bytearray": bytearray(b"\x01\xfe"), "set": {5}, "lists": [[], [[]], shared, shared],
        "dicts": {1: "int", 2.5: "float", True: "one", None: "none", "x": {}}, "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
        "counter": collections.Counter("aab"), "size": torch.Size([2, 3]), "device": torch.device("cuda:1"), "cpu": torch.device("cpu"),
        "dtype": torch.float16, "float8": torch.float8_e4m3fn, "layout": torch.strided,
        "long": list(range(1500)), "many": {"k%d" % i: i for i in range(40)},
    }


def train():
    torch.manual_seed(5)
    m = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    adam = torch.optim.Adam(m[:2].parameters(), lr=0.01, betas=(0.8, 0.9), amsgrad=True)
    sgd = torch.optim.SGD([{"params": [m[2].weight], "momentum": 0.9}, {"params": [m[2].bias]}], lr=0.1)
    for _ in range(3):
        adam.zero_grad()
        sgd.zero_grad()
        m(torch.randn(5, 3)).square().sum().backward()
        adam.step()
        sgd.step()
    return {"model": m.state_dict(), "optimizer": adam.state_dict(), "sgd": sgd.state_dict(), "epoch": 3, "best": 0.25,
            "args": argparse.Namespace(lr=0.01, name="tiny"), "rng": torch.get_rng_state()[:16].clone()}


def parameters():
    tied = torch.nn.Parameter(torch.ones(2, 2))
    noted = torch.nn.Parameter(torch.zeros(2))
    noted.note = "hello"
    plain = torch.full((2,), 2.0)
    plain.note = "also"
    return {"tied": tied, "same": tied, "frozen": torch.nn.Parameter(torch.ones(1), requires_grad=False), "noted": noted, "plain": plain,
            "leaf": torch.zeros(3, requires_grad=True)}


def resume(make):
    """An optimizer after three steps, and where two more with known gradients lead."""
    torch.manual_seed(6)
    params = [torch.randn(3, 2, dtype=torch.float64, requires_grad=True), torch.randn(4, dtype=torch.float64, requires_grad=True)]
    opt = make(params)

    def step():
        for p in params:
            p.grad = torch.randn_like(p)
        opt.step()
        return [p.grad.clone() for p in params]

    for _ in range(3):
        step()
    d = {"params": [p.detach().clone() for p in params]}
    buffer = io.BytesIO()
    torch.save(opt.state_dict(), buffer)
    buffer.seek(0)
    d["optimizer"] = torch.load(buffer, weights_only=True)
    d["grads"] = [step(), step()]
    d["after"] = [p.detach().clone() for p in params]
    return d


def big_endian():
    """dtypes.pt as a big-endian machine saves it; PyTorch agrees."""
    source = zipfile.ZipFile(os.path.join(here, "dtypes.pt"))
    want = torch.load(os.path.join(here, "dtypes.pt"), weights_only=True)
    sizes = [t.element_size() for t in want.values()]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        for n in source.namelist():
            b = source.read(n)
            if n.endswith("/byteorder"):
                b = b"big"
            if "/data/" in n and "/.data/" not in n:
                k = sizes[int(n.rsplit("/", 1)[1])]
                b = b"".join(b[i:i + k][::-1] for i in range(0, len(b), k))
            z.writestr(zipfile.ZipInfo(n), b)
    got = torch.load(io.BytesIO(out.getvalue()), weights_only=True)
    assert all(raw(got[k]) == raw(v) for k, v in want.items())
    with open(os.path.join(here, "bigendian.pt"), "wb") as f:
        f.write(out.getvalue())
    golden["bigendian.pt"] = golden["dtypes.pt"]


both("dtypes", dtypes())
both("views", views())
both("values", values())
both("train", train())
both("parameters", parameters())
both("bare", torch.tensor([1.0, 2.0]))
save("resume.pt", {
    "adam": resume(lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.95), amsgrad=True, weight_decay=0.1)),
    "sgd": resume(lambda p: torch.optim.SGD([{"params": p[:1], "lr": 0.1}, {"params": p[1:]}], lr=0.01, momentum=0.9, nesterov=True)),
    "plain sgd": resume(lambda p: torch.optim.SGD(p, lr=0.05)),
}, dumped=False)
save("wrapped.pt", {"epoch": 1, "state_dict": collections.OrderedDict([("module.fc.weight", torch.ones(2, 3)), ("module.fc.bias", torch.zeros(2))])})
foreign = {
    "complex64": torch.tensor([1 + 2j]), "complex128": torch.tensor([1 + 2j], dtype=torch.complex128), "uint16": torch.tensor([1, 2], dtype=torch.uint16),
    "uint32": torch.tensor([1], dtype=torch.uint32), "uint64": torch.tensor([1], dtype=torch.uint64),
    "float8_e4m3fn": torch.ones(3).to(torch.float8_e4m3fn), "float8_e5m2": torch.ones(3).to(torch.float8_e5m2),
    "qint8": torch.quantize_per_tensor(torch.ones(2, 2), 0.5, 0, torch.qint8), "float32": torch.ones(2),
}
save("foreign.pt", foreign, dumped=False)
big_endian()
torch.serialization.set_crc32_options(False)
save("nochecksum.pt", dtypes())

with open(os.path.join(here, "golden.json"), "w") as f:
    json.dump({"made": "make_torch.py with PyTorch " + torch.__version__, "files": golden}, f, indent=None, separators=(",", ":"), ensure_ascii=False)
    f.write("\n")

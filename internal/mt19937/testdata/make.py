"""Writes golden.json: random numbers of PyTorch's CPU generator.

Made with PyTorch 1.13.1 (Debian 12, package python3-torch: built without MKL)
on an x86-64 CPU with AVX2. Run it in this folder:

    ATEN_CPU_CAPABILITY=avx2 python3 make.py

A run is a seed and a list of calls on one generator, in order. A call holds
all its values, or for large n the first and last ones and the SHA-256 of the
little-endian bytes of all (booleans as one byte each). After each call comes
the CRC-32 of the generator's state.
"""

import base64
import hashlib
import json
import zlib

import torch

KEEP = 20  # up to this many values are written out
EDGE = 4  # of more values this many at each end
EDGE_F64 = 17  # more of those that no hash can be compared for

F32, F64, F16, BF16 = torch.float32, torch.float64, torch.float16, torch.bfloat16


def probabilities(n, dtype):
    """0, 0.1, 0.2, ... 1, 0, ...: quotients in float64, then cast."""
    return ((torch.arange(n) % 11).to(F64) / 10).to(dtype)


OPS = {
    "uniform_f32": lambda n, lo, hi: torch.empty(n, dtype=F32).uniform_(lo, hi),
    "uniform_f64": lambda n, lo, hi: torch.empty(n, dtype=F64).uniform_(lo, hi),
    "uniform_f16": lambda n, lo, hi: torch.empty(n, dtype=F16).uniform_(lo, hi),
    "uniform_bf16": lambda n, lo, hi: torch.empty(n, dtype=BF16).uniform_(lo, hi),
    "rand_f32": lambda n: torch.rand(n),
    "normal_f32": lambda n, m, s: torch.empty(n, dtype=F32).normal_(m, s),
    "normal_f64": lambda n, m, s: torch.empty(n, dtype=F64).normal_(m, s),
    "normal_f16": lambda n, m, s: torch.empty(n, dtype=F16).normal_(m, s),
    "normal_bf16": lambda n, m, s: torch.empty(n, dtype=BF16).normal_(m, s),
    "randn_f32": lambda n: torch.randn(n),
    "randperm": lambda n: torch.randperm(n),
    "randint": lambda n, lo, hi: torch.randint(lo, hi, (n,)),
    "bernoulli": lambda n, p: torch.empty(n, dtype=torch.bool).bernoulli_(p),
    "bernoulli_f32": lambda n, p: torch.empty(n, dtype=F32).bernoulli_(p),
    "dropout": lambda n, rate: torch.nn.functional.dropout(torch.ones(n), rate) != 0,
    "bernoulli_each_f32": lambda n: torch.bernoulli(probabilities(n, F32)).bool(),
    "bernoulli_each_f64": lambda n: torch.bernoulli(probabilities(n, F64)).bool(),
    "bernoulli_each_bf16": lambda n: torch.bernoulli(probabilities(n, BF16)).bool(),
}

SIZES = [1, 5, 15, 16, 17, 100, 1000]

# Each list is called on one generator; {} stands for the size.
CHAINS = [
    [["rand_f32", "{}"], ["randn_f32", "{}"], ["rand_f32", "{}"], ["randn_f32", "{}"]],
    [["uniform_f32", "{}", -3.3, 1.7], ["normal_f32", "{}", 0.5, 0.02], ["normal_f32", 3, -1, 2]],
    [["normal_f64", "{}", 0, 1], ["uniform_f64", "{}", -3.3, 1.7], ["normal_f64", "{}", 0.7, 2.5]],
    [["normal_f16", "{}", 0, 1], ["uniform_f16", "{}", 0, 1], ["uniform_f16", "{}", -3.3, 1.7], ["normal_f16", "{}", 0.7, 2.5]],
    [["normal_bf16", "{}", 0, 1], ["uniform_bf16", "{}", 0, 1], ["uniform_bf16", "{}", -3.3, 1.7], ["normal_bf16", "{}", 0.7, 2.5]],
    [["randperm", "{}"], ["randint", "{}", 0, 10], ["randint", "{}", -7, 2**32 - 8], ["randint", "{}", -7, 2**32 - 7], ["randint", "{}", -2**62, 2**62 + 12345], ["randint", "{}", -2**63, 2**63 - 1]],
    [["bernoulli", "{}", 0.3], ["bernoulli_f32", "{}", 0.3], ["dropout", "{}", 0.1], ["bernoulli_each_f32", "{}"], ["bernoulli_each_f64", "{}"], ["bernoulli_each_bf16", "{}"]],
]

# One generator for everything: spare normals cross other calls.
MIXED = [
    ["randn_f32", 1], ["rand_f32", 3], ["normal_f64", 1, 5, 2], ["randperm", 10],
    ["normal_f16", 3, 0, 1], ["randn_f32", 40], ["normal_bf16", 1, 0, 1], ["randint", 3, 0, 2**40],
    ["normal_f64", 15, 0, 1], ["dropout", 600, 0.5], ["normal_f64", 2, 0, 1], ["randint", 700, 0, 2],
    ["randperm", 1], ["randperm", 0], ["randn_f32", 0], ["randn_f32", 2],
]


def as_bytes(t):
    if t.dtype == BF16:
        t = t.view(torch.int16)
    return t.numpy().tobytes()


def call(op, n, *args):
    t = OPS[op](n, *args)
    out = {"op": op, "n": n, "args": [str(a) for a in args]}
    if t.dtype in (F16, BF16):
        values = t.to(F32).tolist()
    else:
        values = [int(v) for v in t.tolist()] if t.dtype == torch.bool else t.tolist()
    if n <= KEEP:
        out["all"] = values
    else:
        edge = EDGE_F64 if op == "normal_f64" else EDGE
        out["first"], out["last"] = values[:edge], values[-edge:]
        if op != "normal_f64":
            out["sha256"] = hashlib.sha256(as_bytes(t)).hexdigest()
    # A kept float64 normal depends on libm in its last bits: leave it out.
    state = bytearray(torch.get_rng_state().tolist())
    if state[5040]:
        state[5024:5032] = bytes(8)
    out["state"] = zlib.crc32(state)
    return out


def run(seed, calls):
    torch.manual_seed(seed)
    return {"seed": str(seed), "calls": [call(*c) for c in calls]}


def snapshot(seed, calls):
    """A whole state, and what the generator gives from there."""
    torch.manual_seed(seed)
    for c in calls:
        call(*c)
    state = zlib.compress(bytes(torch.get_rng_state().tolist()), 9)
    return {"state": base64.b64encode(state).decode(), "calls": [call("randn_f32", 2), call("rand_f32", 5)]}


def main():
    torch.set_num_threads(1)
    assert torch.__version__.startswith("1.13"), torch.__version__
    capability = [l for l in torch.__config__.show().splitlines() if "capability" in l][0].split()[-1]
    runs = []
    for i, n in enumerate(SIZES):
        for j, chain in enumerate(CHAINS):
            seed = [0, 42, 123456789, 2**32 + 7, 2**64 - 1][(i + j) % 5]
            runs.append(run(seed, [[n if a == "{}" else a for a in c] for c in chain]))
    runs += [run(s, MIXED) for s in (1, 1234, 2**63)]
    golden = {"torch": "1.13.1 (Debian 12)", "capability": capability, "runs": runs, "snapshot": snapshot(77, [["rand_f32", 1000], ["randn_f32", 3]])}
    with open("golden.json", "w") as f:
        text = json.dumps(golden, separators=(",", ":"))
        f.write(text.replace('{"seed"', '\n{"seed"').replace('{"op"', '\n{"op"') + "\n")


main()

#!/usr/bin/env python3
"""Makes a corpus for go test ./conformance from PyTorch's table of op samples.

  make_corpus.py DIR SEED LIMIT [OP...]     at most LIMIT calls an op, variant and dtype

DIR must exist. The format is that of the files beside this one. It was used
with PyTorch 1.13.1, whose testing package wants expecttest. Calls with values
that the format has no form for are left out, and named.
"""
import json
import random
import struct
import sys
import warnings

import torch
from torch.testing._internal.common_methods_invocations import op_db

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
SEED_OF_A_CALL = 42  # as OpInfo seeds ops that draw random numbers
CODES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32",
         torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL"}


class NoForm(Exception):
    pass


class Writer:
    def __init__(self):
        self.header, self.data, self.end = {}, [], 0

    def tensor(self, t):
        if t.dtype not in CODES:
            raise NoForm(str(t.dtype))
        flat = (t.detach() + 0 if t.dtype.is_floating_point else t.detach()).contiguous().reshape(-1)  # + 0 makes a ZeroTensor one with memory
        raw = (flat.view(torch.int16) if t.dtype == torch.bfloat16 else flat).numpy().tobytes()
        name = f"t{len(self.header)}"
        self.header[name] = {"dtype": CODES[t.dtype], "shape": list(t.shape), "data_offsets": [self.end, self.end + len(raw)]}
        self.end += len(raw)
        self.data.append(raw)
        return name

    def value(self, v, leaves):
        """The JSON form of v; tensors that need gradients are added to leaves."""
        if isinstance(v, torch.Tensor):
            form = {"tensor": self.tensor(v)}
            if v.numel() > 0 and not v.is_contiguous():
                form["stride"] = list(v.stride())
            if v.requires_grad:
                form["requires_grad"] = True
                leaves.append(v)
            return form
        if isinstance(v, torch.Size):
            return {"tuple": list(v)}
        if isinstance(v, (tuple, list)):
            items = [self.value(x, leaves) for x in v]
            return {"tuple": items} if isinstance(v, tuple) else items
        if isinstance(v, torch.dtype):
            return {"dtype": str(v).removeprefix("torch.")}
        if isinstance(v, float) and (v != v or abs(v) == float("inf")):
            return {"float": str(v)}
        if v is None or isinstance(v, (bool, int, float, str)):
            return v
        raise NoForm(type(v).__name__)

    def gradients(self, record, results, leaves):
        at = [i for i, t in enumerate(results) if t.requires_grad and t.is_floating_point()]
        if not at or not leaves:
            return
        seeds = [torch.randn_like(results[i]) for i in at]
        grads = torch.autograd.grad([results[i] for i in at], leaves, seeds, allow_unused=True)
        record["cotangents"] = [{"output": i, "tensor": self.tensor(s)} for i, s in zip(at, seeds)]
        record["grads"] = [None if g is None else self.tensor(g) for g in grads]

    def call(self, op, dtype, s):
        leaves = []
        record = {"op": op.name, "variant": op.variant_test_name, "dtype": str(dtype).removeprefix("torch."),
                  "input": self.value(s.input, leaves), "args": [self.value(a, leaves) for a in s.args],
                  "kwargs": {k: self.value(v, leaves) for k, v in sorted(s.kwargs.items())}, "deterministic": True}
        torch.manual_seed(SEED_OF_A_CALL)
        result = op(s.input, *s.args, **s.kwargs)
        record["output"] = self.value(result, [])
        if dtype == torch.float64 and op.supports_autograd:
            self.gradients(record, flat(result), leaves)
        return record


def flat(v):
    if isinstance(v, torch.Tensor):
        return [v]
    return [t for x in v for t in flat(x)] if isinstance(v, (tuple, list)) else []


def main(folder, seed, limit, *only):
    w, calls = Writer(), 0
    order = random.Random(int(seed))
    with open(f"{folder}/samples.jsonl", "w") as out:
        for op in op_db:
            if only and op.name not in only:
                continue
            for dtype in (d for d in CODES if d in op.dtypes):
                torch.manual_seed(int(seed))
                try:
                    samples = list(op.sample_inputs("cpu", dtype, requires_grad=dtype == torch.float64 and op.supports_autograd))
                except Exception as e:
                    print(op.name, dtype, "has no samples:", e)
                    continue
                order.shuffle(samples)
                for s in samples[: int(limit)]:
                    try:
                        out.write(json.dumps(w.call(op, dtype, s)) + "\n")
                        calls += 1
                    except Exception as e:
                        print(op.name, dtype, type(e).__name__, str(e)[:100])
    open(f"{folder}/errors.jsonl", "w").close()
    header = json.dumps(w.header).encode()
    with open(f"{folder}/data.safetensors", "wb") as out:
        out.write(struct.pack("<Q", len(header)) + header + b"".join(w.data))
    print(calls, "calls")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

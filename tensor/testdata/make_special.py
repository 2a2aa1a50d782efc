#!/usr/bin/env python3
"""Makes special.json: PyTorch's values and gradients of elementwise ops at NaN,
infinities, both zeros, kinks and ties, in float64, and of integer division and
powers over int8's range. A gradient is that of the sum of the result."""
import itertools
import json
import os

import torch
import torch.nn.functional as F

nan, inf = float("nan"), float("inf")
UNARY = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 6.0, 7.0, 1e-30, -1e-30, 20.0, 25.0, -25.0, 800.0, -800.0]
FEW = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -2.5, 3.0, -7.0, 1e-300]
INTS = [-128, -127, -7, -3, -2, -1, 1, 2, 3, 7, 127]
PAIRS = list(itertools.product(FEW, FEW))


def namespace(name):
    f = torch
    for part in name.split("."):
        f = getattr(f, part)
    return f


def flat(t):
    return [repr(v) if isinstance(v, float) else str(int(v)) for v in t.flatten().tolist()]


cases = []


def case(name, tensors, *args, **kw):
    """One call; None among args stands for the next tensor."""
    tensors = [torch.tensor(t, dtype=torch.float64 if isinstance(t[0], float) else torch.int8) for t in tensors]
    for t in tensors:
        t.requires_grad_(t.is_floating_point())
    rest = iter(tensors[1:])
    y = namespace(name)(tensors[0], *[next(rest) if a is None else a for a in args], **kw)
    c = {"op": name, "in": [flat(t) for t in tensors], "args": list(args), "kw": kw, "dtype": str(y.dtype)[6:], "out": flat(y)}
    if y.requires_grad and name != "floor_divide":  # whose gradient PyTorch does not have
        y.sum().backward()
        c["grad"] = [flat(t.grad) for t in tensors]
    cases.append(c)


for name in ("abs ceil cos erf exp expm1 floor isfinite isinf isnan log log1p logical_not neg reciprocal round rsqrt sigmoid sign sin "
             "sqrt square tan tanh trunc").split():
    case(name, [UNARY])
for name in "elu gelu hardtanh leaky_relu logsigmoid relu relu6 silu softplus".split():
    case("nn.functional." + name, [UNARY])
case("nn.functional.gelu", [UNARY], approximate="tanh")
case("nn.functional.softplus", [UNARY], beta=3, threshold=0.2)
case("nn.functional.elu", [UNARY], alpha=0.5)
case("nn.functional.hardtanh", [UNARY], 0.5, -0.5)
for lo, hi in ((0, 1), (0.5, 2.5), (2, 1)):
    case("clamp", [UNARY], lo, hi)
for v in (0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5, -1.5):
    case("pow", [UNARY], v)
for name in "div floor_divide remainder fmod pow maximum minimum logical_and logical_or logical_xor clamp_min clamp_max xlogy eq ne lt le gt ge".split():
    case(name, [[p[0] for p in PAIRS], [p[1] for p in PAIRS]], None)
for mode in ("trunc", "floor"):
    case("div", [[p[0] for p in PAIRS], [p[1] for p in PAIRS]], None, rounding_mode=mode)
case("lerp", [[p[0] for p in PAIRS], [p[1] for p in PAIRS], [0.25] * len(PAIRS)], None, None)
triples = [t for t in itertools.product([nan, inf, 0.0, 1.0, 2.5, -1.0], repeat=3)]
case("clamp", [[t[k] for t in triples] for k in range(3)], None, None)

ints = list(itertools.product(INTS, INTS))
for name in "floor_divide remainder fmod pow maximum minimum".split():
    case(name, [[p[0] for p in ints], [p[1] for p in ints]], None)
case("div", [[p[0] for p in ints], [p[1] for p in ints]], None, rounding_mode="trunc")
case("pow", [INTS], 3)
for name in "abs sign square neg floor logical_not".split():
    case(name, [INTS + [0]])

out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "special.json")
with open(out, "w") as f:
    f.write(json.dumps({"pytorch": torch.__version__, "cases": cases}, separators=(",", ":")).replace('{"op"', '\n{"op"') + "\n")

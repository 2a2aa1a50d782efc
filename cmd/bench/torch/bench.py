"""PyTorch's side of cmd/bench.

  bench.py serve THREADS    answers requests until standard input ends
  bench.py once NAME        one of ONCE, in a process of its own
  bench.py list             the names of all

A request is a line {"case": NAME, "seconds": S}. The answer to the first one
for a case, after which the case stays prepared until another is asked for, and
to each later one is {"case", "us", "runs"}: the mean time of one run, measured
over about S seconds. A name that is not in CASES gets {"case", "error"}, unless the request has a "call" to make.
"""
import contextlib
import functools
import gc
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import torch
import torch.nn as nn
import torch.nn.functional as F

randn = torch.randn
CASES = {}  # name -> a function that prepares the case and returns what one run calls


def case(name, prepare, *args, **kw):
    CASES[name] = functools.partial(prepare, *args, **kw)


def under(mode, run):
    """Marks a run whose mode is entered once for many runs, as a server would."""
    run.mode = mode
    return run


def no_grad(run):
    return under(torch.no_grad, run)


# ---- matrix products

def mm(m, k=None, n=None, dtype=torch.float32):
    a, b = randn(m, k or m).to(dtype), randn(k or m, n or m).to(dtype)
    return lambda: torch.mm(a, b)


def mm_out(n):
    a, b, out = randn(n, n), randn(n, n), torch.empty(n, n)
    return lambda: torch.mm(a, b, out=out)


def mm_t(n, left, right):
    a, b = randn(n, n), randn(n, n)
    a, b = (a.t() if left else a), (b.t() if right else b)
    return lambda: torch.mm(a, b)


def bmm(n, m, k, p):
    a, b = randn(n, m, k), randn(n, k, p)
    return lambda: torch.bmm(a, b)


def mv(n):
    a, b = randn(n, n), randn(n)
    return lambda: torch.mv(a, b)


def linear(shape, out):
    x, w = randn(*shape), randn(out, shape[-1])
    return lambda: F.linear(x, w)


for n in (64, 100, 128, 256, 512, 1000, 1023, 1024, 2048):
    case(f"mm_f32_{n}", mm, n)
case("mm_f32_4095x17x33", mm, 4095, 17, 33)
case("mm_f32_1024_out", mm_out, 1024)
case("mm_f32_1024_nt", mm_t, 1024, False, True)
case("mm_f32_1024_tn", mm_t, 1024, True, False)
case("mm_f64_1024", mm, 1024, dtype=torch.float64)
case("mm_bf16_1024", mm, 1024, dtype=torch.bfloat16)
case("bmm_64x(128x64x128)", bmm, 64, 128, 64, 128)
case("mv_f32_1024", mv, 1024)
case("mv_f32_4096", mv, 4096)
case("linear_1x4096x4096", linear, (1, 4096), 4096)
case("linear_8x256x384x1536", linear, (8, 256, 384), 1536)


# ---- elementwise

def unary(f, *shape):
    x = randn(*shape)
    return lambda: f(x)


def binary(f, a, b):
    a, b = randn(*a), randn(*b)
    return lambda: f(a, b)


def add_out(n):
    a, b, out = randn(n), randn(n), torch.empty(n)
    return lambda: torch.add(a, b, out=out)


for n in (1000, 10**6, 10**7):
    case(f"add_{n}", binary, torch.add, (n,), (n,))
    case(f"add_out_{n}", add_out, n)
for name, f in dict(relu=torch.relu, exp=torch.exp, gelu=F.gelu, gelu_tanh=lambda x: F.gelu(x, approximate="tanh"),
                    tanh=torch.tanh, sigmoid=torch.sigmoid, log=torch.log, sqrt=torch.sqrt).items():
    case(f"{name}_1e6", unary, f, 10**6)
case("add_bcast_1024x1024+1024", binary, torch.add, (1024, 1024), (1024,))
case("add_bcast_1024x1024+1024x1", binary, torch.add, (1024, 1024), (1024, 1))

# ---- reductions, copies, order, random numbers

for name, f in dict(sum_all=lambda x: x.sum(), sum_dim0=lambda x: x.sum(0), sum_dim1=lambda x: x.sum(1),
                    argmax_all=lambda x: x.argmax(), argmax_dim0=lambda x: x.argmax(0), argmax_dim1=lambda x: x.argmax(1),
                    max_dim1=lambda x: x.max(1), transpose_contig=lambda x: x.t().contiguous()).items():
    case(f"{name}_4096", unary, f, 4096, 4096)


def index_select(n):
    x, rows = randn(n, n), torch.randint(0, n, (n,))
    return lambda: x.index_select(0, rows)


def cat(n):
    x = randn(n, n)
    left, right = x[:, :n // 2], x[:, n // 2:]
    return lambda: torch.cat([left, right], 1)


case("index_select_rows_4096", index_select, 4096)
case("cat_2x4096x2048_dim1", cat, 4096)
case("softmax_4096x1024", unary, lambda x: torch.softmax(x, 1), 4096, 1024)
case("cumsum_dim1_4096x1024", unary, lambda x: x.cumsum(1), 4096, 1024)
case("sort_1e6", unary, torch.sort, 10**6)
case("randn_1e6", lambda: lambda: torch.randn(10**6))
case("rand_1e6", lambda: lambda: torch.rand(10**6))


# ---- norms and losses

def layer_norm(backward):
    x, g = randn(4096, 1024, requires_grad=True), randn(4096, 1024)
    w, b = torch.ones(1024, requires_grad=True), torch.zeros(1024, requires_grad=True)

    def run():
        x.grad = w.grad = b.grad = None
        F.layer_norm(x, (1024,), w, b).backward(g)
    return run if backward else no_grad(lambda: F.layer_norm(x, (1024,), w, b))


def batch_norm(train, backward):
    m = nn.BatchNorm2d(64).train(train)
    x, g = randn(32, 64, 32, 32, requires_grad=True), randn(32, 64, 32, 32)

    def run():
        x.grad = m.weight.grad = m.bias.grad = None
        m(x).backward(g)
    return run if backward else no_grad(lambda: m(x))


def cross_entropy(m, n):
    x, y = randn(m, n, requires_grad=True), torch.randint(0, n, (m,))

    def run():
        x.grad = None
        F.cross_entropy(x, y).backward()
    return run


case("layernorm_fwd_4096x1024", layer_norm, False)
case("layernorm_fwdbwd_4096x1024", layer_norm, True)
case("batchnorm2d_train_fwd_32x64x32x32", batch_norm, True, False)
case("batchnorm2d_fwdbwd_32x64x32x32", batch_norm, True, True)
case("batchnorm2d_eval_fwd_32x64x32x32", batch_norm, False, False)
case("maxpool2_32x64x32x32", unary, lambda x: F.max_pool2d(x, 2), 32, 64, 32, 32)
case("cross_entropy_fwdbwd_64x10", cross_entropy, 64, 10)
case("cross_entropy_fwdbwd_4096x32000", cross_entropy, 4096, 32000)


# ---- small ops

def add4(grad=False, backward=False):
    a, b = randn(4, requires_grad=grad), randn(4)

    def run():
        a.grad = None
        (a + b).sum().backward()
    return run if backward else lambda: a + b


def add4_under(mode):
    with mode():
        a, b = randn(4), randn(4)
    return under(mode, lambda: a + b)


def xor():
    x, y = torch.tensor([[0., 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([[0.], [1], [1], [0]])
    m = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    return training(m, torch.optim.SGD(m.parameters(), lr=.1), x, y, F.mse_loss)


case("disp_add4_nograd_tensors", add4)
case("disp_add4_no_grad_ctx", add4_under, torch.no_grad)
case("disp_add4_inference", add4_under, torch.inference_mode)
case("disp_add4_requires_grad", add4, True)
case("disp_add4_sum_backward", add4, True, True)
case("xor_2-8-1_step_sgd", xor)


# ---- models

def training(model, opt, x, y, loss=F.cross_entropy):
    def step():
        opt.zero_grad(set_to_none=True)
        loss(model(x), y).backward()
        opt.step()
    return step


def mlp(*dims):
    layers = []
    for a, b in zip(dims, dims[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def lenet():
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10))


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b)
        self.conv2, self.norm2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b)
        self.short = nn.Identity()
        if stride != 1 or a != b:
            self.short = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b))

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.short(x))


def resnet18():
    layers, a = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()], 64
    for b, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Block(a, b, stride), Block(b, b, 1)]
        a = b
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


MODELS = {"mlp_784-128-10": (lambda: mlp(784, 128, 10), (784,)), "mlp_784-512-512-10": (lambda: mlp(784, 512, 512, 10), (784,)),
          "lenet": (lenet, (1, 28, 28)), "resnet18": (resnet18, (3, 32, 32))}


def sgd(m):
    return torch.optim.SGD(m.parameters(), lr=1e-3)


def momentum(m):
    return torch.optim.SGD(m.parameters(), lr=1e-3, momentum=.9)


def adam(m):
    return torch.optim.Adam(m.parameters(), lr=1e-4)


def adam_foreach(m):
    return torch.optim.Adam(m.parameters(), lr=1e-4, foreach=True)


def built(name, batch, last=False):
    make, shape = MODELS[name]
    model, x = make(), randn(batch, *shape)
    if last:
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    return model, x


def forward(name, batch, last=False):
    model, x = built(name, batch, last)
    model.eval()
    return no_grad(lambda: model(x))


def step(name, batch, opt, last=False):
    model, x = built(name, batch, last)
    return training(model, opt(model), x, torch.randint(0, 10, (batch,)))


def throughput(name, runs):
    """That many inferences, shared among as many Python threads as cores: more only wait for each other."""
    model, x = built(name, 1)
    model.eval()
    threads = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def some(n):
        with torch.no_grad():
            for _ in range(n):
                model(x)
    return lambda: list(pool.map(some, [runs // threads] * threads))


for name in ("mlp_784-128-10", "mlp_784-512-512-10"):
    case(f"{name}_fwd_b64", forward, name, 64)
    for kind, opt in dict(sgd=sgd, sgdmom=momentum, adam=adam, adam_foreach=adam_foreach).items():
        case(f"{name}_step_{kind}_b64", step, name, 64, opt)
case("lenet_fwd_b64", forward, "lenet", 64)
case("lenet_step_sgd_b64", step, "lenet", 64, sgd)
for suffix in ("", "_channels_last"):
    case(f"resnet18_fwd_b32{suffix}", forward, "resnet18", 32, suffix != "")
    case(f"resnet18_step_sgd_b32{suffix}", step, "resnet18", 32, momentum, suffix != "")
for name, runs in (("mlp_784-128-10", 64), ("lenet", 64), ("resnet18", 8)):
    case(f"{name}_infer_b1", forward, name, 1)
    case(f"{name}_infer_b1_8goroutines", throughput, name, runs)


# ---- recurrent layers and cells

def recurrent(kind, steps, batch, inputs, hidden, backward):
    m = dict(lstm=nn.LSTM, gru=nn.GRU, rnn=nn.RNN, lstm_cell=nn.LSTMCell, gru_cell=nn.GRUCell)[kind](inputs, hidden)
    shape = (batch,) if kind.endswith("_cell") else (steps, batch)
    x, g = randn(*shape, inputs, requires_grad=True), randn(*shape, hidden)

    def result():
        y = m(x)
        return y if kind == "gru_cell" else y[0]

    def run():
        x.grad = None
        m.zero_grad(set_to_none=True)
        result().backward(g)
    return run if backward else no_grad(result)


for sizes in (("lstm", 64, 32, 256, 256), ("gru", 64, 32, 256, 256), ("rnn", 64, 32, 256, 256), ("lstm", 64, 1, 256, 256), ("gru", 64, 1, 256, 256),
              ("lstm", 32, 64, 64, 64), ("lstm_cell", 1, 32, 256, 256), ("gru_cell", 1, 32, 256, 256)):
    kind, steps, batch, inputs, hidden = sizes
    for suffix in ("fwd", "fwdbwd"):
        case(f"{kind}_{steps}x{batch}x{inputs}-{hidden}_{suffix}", recurrent, *sizes, suffix == "fwdbwd")


# ---- convolution

def conv(x, w, backward, last=False, **kw):
    x, w = randn(*x), randn(*w)
    if last:
        x, w = (t.contiguous(memory_format=torch.channels_last) for t in (x, w))
    if not backward:
        return no_grad(lambda: F.conv2d(x, w, **kw))
    x.requires_grad_(), w.requires_grad_()
    y = F.conv2d(x, w, **kw)
    g = torch.randn_like(y)
    return lambda: torch.autograd.grad(y, (x, w), g, retain_graph=True)


for name, x, w, kw in (("conv64-64_3x3_56_b8", (8, 64, 56, 56), (64, 64, 3, 3), dict(padding=1)),
                       ("conv64-64_3x3_56_b8_chlast", (8, 64, 56, 56), (64, 64, 3, 3), dict(padding=1, last=True)),
                       ("conv1x1_256-64_56_b8", (8, 256, 56, 56), (64, 256, 1, 1), {}),
                       ("dwconv64_3x3_56_b8", (8, 64, 56, 56), (64, 1, 3, 3), dict(padding=1, groups=64))):
    case(name + "_fwd", conv, x, w, False, **kw)
    case(name + "_bwd", conv, x, w, True, **kw)


# ---- attention

if hasattr(F, "scaled_dot_product_attention"):
    def attend(q, k, v, causal):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)
else:  # PyTorch 1.13
    def attend(q, k, v, causal):
        return F._scaled_dot_product_attention(q, k, v, is_causal=causal)[0]


def sdpa(n, causal, backward):
    q, k, v = (randn(4, 8, n, 64, requires_grad=backward) for _ in range(3))
    g = randn(4, 8, n, 64)
    if not backward:
        return no_grad(lambda: attend(q, k, v, causal))
    return lambda: torch.autograd.grad(attend(q, k, v, causal), (q, k, v), g)


for n in (256, 1024):
    for suffix in ("", "_causal"):
        for kind in ("fwd", "fwdbwd"):
            case(f"sdpa_{kind}_4x8x{n}x64{suffix}", sdpa, n, suffix != "", kind == "fwdbwd")


class GPTBlock(nn.Module):
    def __init__(self, model, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(model), nn.LayerNorm(model)
        self.qkv, self.out = nn.Linear(model, 3 * model), nn.Linear(model, model)
        self.up, self.down = nn.Linear(model, 4 * model), nn.Linear(4 * model, model)

    def attend(self, x, cache, at):
        b, n, e = x.shape
        q, k, v = (t.view(b, n, self.heads, -1).transpose(1, 2) for t in self.qkv(x).split(e, 2))
        if cache is not None:
            keys, values = cache
            keys[:, :, at:at + n], values[:, :, at:at + n] = k, v
            k, v = keys[:, :, :at + n], values[:, :, :at + n]
        return self.out(attend(q, k, v, n > 1).transpose(1, 2).reshape(b, n, e))

    def forward(self, x, cache=None, at=0):
        x = x + self.attend(self.norm1(x), cache, at)
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, layers, model, heads, vocab, context):
        super().__init__()
        self.tokens, self.positions, self.norm = nn.Embedding(vocab, model), nn.Embedding(context, model), nn.LayerNorm(model)
        self.blocks = nn.ModuleList(GPTBlock(model, heads) for _ in range(layers))
        with torch.no_grad():
            self.tokens.weight *= 0.02

    def caches(self, heads, context, size):
        return [(torch.empty(1, heads, context, size), torch.empty(1, heads, context, size)) for _ in self.blocks]

    def forward(self, tokens, caches=None, at=0):
        x = self.tokens(tokens) + self.positions.weight[at:at + tokens.shape[1]]
        for i, b in enumerate(self.blocks):
            x = b(x, caches and caches[i], at)
        return self.norm(x)


def prefill(n):
    m, tokens = GPT(12, 768, 12, 50257, 1024).eval(), torch.randint(0, 50257, (1, n))
    caches = m.caches(12, 1024, 64)
    return no_grad(lambda: F.linear(m(tokens, caches)[:, -1], m.tokens.weight))


def decode(n):
    m, tokens, one = GPT(12, 768, 12, 50257, 1024).eval(), torch.randint(0, 50257, (1, n)), torch.randint(0, 50257, (1, 1))
    caches = m.caches(12, 1024, 64)
    with torch.no_grad():
        m(tokens, caches)
    return no_grad(lambda: F.linear(m(one, caches, n)[:, -1], m.tokens.weight))


def gpt_step(batch, n):
    m, x, y = GPT(4, 256, 4, 1000, n), torch.randint(0, 1000, (batch, n)), torch.randint(0, 1000, (batch * n,))
    return training(lambda x: F.linear(m(x), m.tokens.weight).flatten(0, 1), adam(m), x, y)


for n in (128, 512):
    case(f"gpt2_prefill_{n}", prefill, n)
case("gpt2_decode_512", decode, 512)
case("gpt_4x256_step_adam_b8x128", gpt_step, 8, 128)


# ---- data

def loader():
    data = torch.utils.data.TensorDataset(randn(6400, 1, 28, 28), torch.randint(0, 10, (6400,)))
    batches = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True)

    def run():
        for x, y in batches:
            pass
    return run


case("loader_6400_b64", loader)


# ---- whole processes

def start_mlp_step():
    x, y = randn(64, 784), torch.randint(0, 10, (64,))
    m = mlp(784, 128, 10)
    training(m, sgd(m), x, y)()


def train_some(name, batch, opt, steps):
    run = step(name, batch, opt)
    for _ in range(steps):
        run()


ONCE = {"start_mlp_step": start_mlp_step,
        "rss_mlp_784-128-10": lambda: train_some("mlp_784-128-10", 64, adam, 200),
        "rss_resnet18": lambda: train_some("resnet18", 32, momentum, 4)}


def peak_kib():
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))


# ---- the sweep over all ops

ALTER = {
    "": lambda x: x,
    "spd": lambda x: x @ x.mT + x.shape[-1] * torch.eye(x.shape[-1], dtype=x.dtype),
    "lower": lambda x: ALTER["spd"](x).tril(),
    "sorted": lambda x: x.sort(-1)[0],
    "prob": lambda x: x.softmax(-1),
}


def argument(v):
    """Makes the tensors in an argument; see sweep.go."""
    if isinstance(v, list):
        return [argument(x) for x in v]
    if not isinstance(v, dict):
        return v
    if "random" not in v:
        return getattr(torch, v["torch"])
    shape, dtype, lo, hi = v["random"], v["dtype"], v.get("Lo", 0), v.get("Hi", 0)
    if dtype == "int64":
        return torch.randint(int(lo), int(hi), shape)
    if dtype == "bool":
        return torch.randint(0, 2, shape).bool()
    return ALTER[v.get("alter", "")](torch.empty(shape, dtype=getattr(torch, dtype)).uniform_(lo, hi))


def find(name):
    """The op of PyTorch's name: a function below torch, a method, or an operator."""
    for root in (torch, torch.Tensor, torch.ops.aten):
        f = root
        for part in name.split("."):
            f = getattr(f, part, None)
        if callable(f):  # torch.bool is a dtype
            return f
    raise LookupError(name)


def sweep(call):
    f, args, kw = find(call["op"]), argument(call["args"]), {k: argument(v) for k, v in call.get("kw", {}).items()}
    return lambda: f(*args, **kw)


# ---- the protocol

class Bench:
    def __init__(self):
        self.name = self.run = None
        self.guess = 0.0  # seconds of one run

    def prepare(self, name, call):
        self.name, self.run = None, None
        gc.collect()
        self.run = sweep(call) if call else CASES[name]()
        self.name = name
        self.time(1)  # what happens only once
        self.guess = self.time(1)

    def time(self, n):
        run = self.run
        with getattr(run, "mode", contextlib.nullcontext)():
            start = time.perf_counter()
            for _ in range(n):
                run()
            return (time.perf_counter() - start) / n

    def answer(self, request):
        name = request["case"]
        if name not in CASES and "call" not in request:
            return dict(case=name, error="no such case")
        if name != self.name:
            self.prepare(name, request.get("call"))
        runs = max(1, int(request["seconds"] / max(self.guess, 1e-9)))
        if self.guess < 1e-4 and runs > 100:  # a guess from one short run is a poor one
            runs = max(1, int(request["seconds"] / max(self.time(100), 1e-9)))
        self.guess = self.time(runs)
        return dict(case=name, us=self.guess * 1e6, runs=runs)


def serve(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    settings = torch.__config__.show()
    capability = settings.split("CPU capability usage: ")[1].split("\n")[0] if "CPU capability usage: " in settings else ""
    out, sys.stdout = sys.stdout, sys.stderr

    def reply(**line):
        print(json.dumps(line), file=out, flush=True)
    reply(torch=torch.__version__, python=sys.version.split()[0], threads=torch.get_num_threads(), capability=capability)
    bench = Bench()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply(**bench.answer(request))
        except Exception as e:  # one case that cannot run must not end the others
            reply(case=request["case"], error=f"{type(e).__name__}: {e}")


def main(args):
    match args:
        case ["serve", threads]:
            serve(int(threads))
        case ["once", name]:
            torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 1)))
            ONCE[name]()
            print(json.dumps(dict(case=name, peak_kib=peak_kib())), flush=True)
        case ["list"]:
            print(*CASES, *ONCE, sep="\n")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

#!/usr/bin/env python3
"""Makes recent.json: fifty steps of what PyTorch 1.13 lacks or computes in float32, in float64.

Made with a current PyTorch; the file names the version. Lion, which PyTorch
does not have, is written here after Chen et al. 2023 (arXiv:2302.06675), program 1.
Run: python3 optim/testdata/make_recent.py
"""
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import golden

torch.set_default_dtype(torch.float64)  # of scalars in the state, too
STEPS, EVERY = 50, 10
NOTE = (
    "problem: the parameters, each with its shape, its start p, and the matrix a and vector b of its gradient, a·p - b on the flattened p, computed before each step. "
    "cases: options differ from the defaults. snapshots: the flattened parameters after so many steps. "
    "state: the optimizer's after the last one, by parameter, with PyTorch's names, flattened. "
    "lbfgs: for the loss ½·pᵀa·p - bᵀp + Σ p⁴/10, the parameters after each step, and the losses that step returned."
)


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b1, b2), lr = group["betas"], group["lr"]
            for p in group["params"]:
                m = self.state[p].setdefault("exp_avg", torch.zeros_like(p))
                update = (b1 * m + (1 - b1) * p.grad).sign()
                p.sub_(lr * (update + group["weight_decay"] * p))
                m.copy_(b2 * m + (1 - b2) * p.grad)


def spd(k, seed):
    m = golden.normal((k, k), seed, digits=1)
    return torch.round((m @ m.T / k + torch.eye(k, dtype=torch.float64)) * 100) / 100


def make(shape, seed):
    n = torch.Size(shape).numel()
    return dict(shape=list(shape), p=golden.normal((n,), seed), a=spd(n, seed + 1), b=golden.normal((n,), seed + 2))


problem = {"w": make((3,), 1), "m": make((4, 2), 4), "wide": make((2, 3), 7)}
cases = []


def gradient(q, p):
    return (q["a"] @ p.detach().reshape(-1) - q["b"]).reshape(p.shape)


def add(name, only=None, **options):
    chosen = {k: q for k, q in problem.items() if only is None or k in only}
    params = {k: q["p"].reshape(q["shape"]).clone().requires_grad_() for k, q in chosen.items()}
    kind = name.split("/")[0]
    opt = (Lion if kind == "Lion" else getattr(torch.optim, kind))(list(params.values()), **options)
    snapshots = []
    for step in range(1, STEPS + 1):
        for k, p in params.items():
            p.grad = gradient(chosen[k], p)
        opt.step()
        if step % EVERY == 0:
            snapshots.append({"step": step, "params": {k: p.detach().reshape(-1).tolist() for k, p in params.items()}})
    plain = lambda v: (v.reshape(-1).tolist() if v.dim() else v.item()) if torch.is_tensor(v) else v
    cases.append({
        "name": name,
        "optimizer": kind,
        "options": options,
        "groups": [{"params": list(params), "options": {}}],
        "snapshots": snapshots,
        "state": {k: {n: plain(v) for n, v in opt.state[p].items()} for k, p in params.items()},
    })


add("Adafactor/plain", lr=0.05)
add("Adafactor/options", lr=0.004, beta2_decay=-0.6, eps=[1e-4, 1e-2], d=1.5, weight_decay=0.05)
add("Adafactor/maximize", lr=0.01, maximize=True)
add("Muon/plain", only=("m", "wide"), lr=0.02)
add("Muon/options", only=("m", "wide"), lr=0.02, momentum=0.8, nesterov=False, weight_decay=0.2, ns_steps=3, adjust_lr_fn="match_rms_adamw")
add("Lion/plain", lr=0.01)
add("Lion/options", lr=0.02, betas=[0.8, 0.95], weight_decay=0.1)
add("NAdam/plain", lr=0.05)  # 1.13 multiplies one factor twice
add("NAdam/weight-decay", lr=0.05, momentum_decay=0.01, weight_decay=0.1)
add("ASGD/plain", lr=0.05)
add("ASGD/averaging", lr=0.05, lambd=0.01, alpha=0.6, t0=20, weight_decay=0.05)
add("NAdam/decoupled", lr=0.02, weight_decay=0.1, decoupled_weight_decay=True)
add("RAdam/decoupled", lr=0.1, betas=[0.8, 0.9], weight_decay=0.1, decoupled_weight_decay=True)
add("RMSprop/maximize", lr=0.01, maximize=True)
add("Adadelta/maximize", maximize=True)

runs = []


def lbfgs(name, steps, **options):
    q = {k: problem[k] for k in ("w", "m")}
    params = {k: v["p"].reshape(v["shape"]).clone().requires_grad_() for k, v in q.items()}
    opt = torch.optim.LBFGS(params.values(), **options)

    def loss():
        total = 0
        for k, p in params.items():
            x = p.reshape(-1)
            total = total + 0.5 * x @ q[k]["a"] @ x - q[k]["b"] @ x + (x**4).sum() / 10
        return -total if options.get("maximize") else total

    def closure():
        opt.zero_grad()
        y = loss()
        y.backward()
        return y

    losses, after = [], []
    for _ in range(steps):
        losses.append(opt.step(closure).item())
        after.append({k: p.detach().reshape(-1).tolist() for k, p in params.items()})
    runs.append({"name": name, "options": options, "losses": losses, "params": after})


lbfgs("plain", 4, lr=0.3, max_iter=5)
lbfgs("history", 5, lr=0.5, max_iter=3, history_size=2)
lbfgs("wolfe", 4, line_search_fn="strong_wolfe", max_iter=4)
lbfgs("wolfe-far", 4, lr=40, line_search_fn="strong_wolfe", max_iter=6)
lbfgs("wolfe-near", 4, lr=0.02, line_search_fn="strong_wolfe", max_iter=6)
lbfgs("wolfe-maximize", 3, line_search_fn="strong_wolfe", max_iter=3, max_eval=9, maximize=True)
golden.write(__file__, "recent.json", NOTE, problem={k: {n: v.tolist() if torch.is_tensor(v) else v for n, v in q.items()} for k, q in problem.items()}, cases=cases, lbfgs=runs)

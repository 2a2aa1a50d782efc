#!/usr/bin/env python3
"""Makes optim.json: fifty steps of each optimizer from PyTorch, in float64.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 optim/testdata/make_optim.py
"""
import math
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import golden

STEPS, EVERY = 50, 10
NOTE = (
    "problem: the parameters, each with its start p, and the matrix a and vector b of its gradient, a·p - b, computed before each step. "
    "cases: groups name their parameters and the options that differ from the case's. snapshots: the parameters after so many steps. "
    "state: the optimizer's after the last one, by parameter, with PyTorch's names. "
    "clip: total is what torch.nn.utils.clip_grad_norm_ returns; clipped are the gradients afterwards. "
    "Both were made without foreach and without fused kernels."
)


def spd(k, seed):
    """A symmetric matrix with positive eigenvalues and few digits."""
    m = golden.normal((k, k), seed, digits=1)
    return torch.round((m @ m.T + torch.eye(k, dtype=torch.float64)) * 100) / 100


problem = {
    "w": dict(p=golden.normal((3,), 1), a=spd(3, 2), b=golden.normal((3,), 3)),
    "v": dict(p=golden.normal((2,), 4), a=spd(2, 5), b=golden.normal((2,), 6)),
}
cases, clips = [], []


def add(name, groups=None, **options):
    """groups: a list of (parameter names, options of that group)."""
    params = {k: q["p"].clone().requires_grad_() for k, q in problem.items()}
    groups = groups or [(list(params), {})]
    make = getattr(torch.optim, name.split("/")[0])
    more = {} if make is torch.optim.SparseAdam else {"foreach": False}
    opt = make([dict(params=[params[k] for k in names], **own) for names, own in groups], **options, **more)
    snapshots = []
    for step in range(1, STEPS + 1):
        for k, p in params.items():
            p.grad = problem[k]["a"] @ p.detach() - problem[k]["b"]
        opt.step()
        if step % EVERY == 0:
            snapshots.append({"step": step, "params": {k: p.tolist() for k, p in params.items()}})
        assert all(p.isfinite().all() for p in params.values()), name
    plain = lambda v: v.tolist() if torch.is_tensor(v) else v
    cases.append({
        "name": name,
        "optimizer": make.__name__,
        "options": options,
        "groups": [{"params": names, "options": own} for names, own in groups],
        "snapshots": snapshots,
        "state": {k: {n: plain(v) for n, v in opt.state[p].items()} for k, p in params.items()},
    })


two = lambda **own: [(["w"], {}), (["v"], own)]
add("SGD/plain", lr=0.05)
add("SGD/momentum", lr=0.02, momentum=0.9)
add("SGD/dampening", lr=0.05, momentum=0.8, dampening=0.3)
add("SGD/nesterov", lr=0.02, momentum=0.9, nesterov=True)
add("SGD/weight-decay", lr=0.05, weight_decay=0.1)
add("SGD/all", lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.05)
add("SGD/maximize", lr=0.001, momentum=0.5, weight_decay=0.1, maximize=True)
add("SGD/groups", two(lr=0.01, momentum=0.0, weight_decay=0.2), lr=0.05, momentum=0.5)
for name in ("Adam", "AdamW"):
    add(f"{name}/default")
    add(f"{name}/lr", lr=0.1)
    add(f"{name}/options", lr=0.05, betas=[0.8, 0.95], eps=1e-3)
    add(f"{name}/amsgrad", lr=0.1, betas=[0.5, 0.7], amsgrad=True)
    add(f"{name}/weight-decay", lr=0.05, weight_decay=0.1)
    add(f"{name}/maximize", lr=0.01, weight_decay=0.1, maximize=True)
    add(f"{name}/groups", two(lr=0.01, betas=[0.7, 0.9], weight_decay=0.3), lr=0.1)
add("RMSprop/plain", lr=0.02)
add("RMSprop/momentum", lr=0.01, momentum=0.7, alpha=0.9, weight_decay=0.05)
add("RMSprop/centered", lr=0.02, alpha=0.9, eps=1e-4, centered=True)
add("Adagrad/plain", lr=0.2)
add("Adagrad/all", lr=0.2, lr_decay=0.01, weight_decay=0.05, initial_accumulator_value=0.1)
add("Adadelta/plain")
add("Adadelta/options", lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.05)
add("Adamax/plain", lr=0.05)
add("Adamax/weight-decay", lr=0.05, betas=[0.8, 0.9], weight_decay=0.1)
add("RAdam/plain", lr=0.1)
add("RAdam/weight-decay", lr=0.1, betas=[0.8, 0.9], weight_decay=0.1)
add("Rprop/plain", lr=0.01)
add("Rprop/options", lr=0.05, etas=[0.4, 1.3], step_sizes=[1e-3, 0.2])


def clip(name, fn, **args):
    grads = {"w": golden.normal((3,), 11, 2), "v": golden.normal((2,), 12, 2)}
    params = [torch.zeros_like(g).requires_grad_() for g in grads.values()]
    for p, g in zip(params, grads.values()):
        p.grad = g.clone()
    total = getattr(torch.nn.utils, fn)(params, **args)
    clips.append({
        "name": name,
        "fn": fn,
        "args": {k: golden.number(v) for k, v in args.items()},
        "grads": {k: g.tolist() for k, g in grads.items()},
        "total": None if total is None else total.item(),
        "clipped": {k: p.grad.tolist() for k, p in zip(grads, params)},
    })


for norm_type in (1.0, 2.0, 3.0, math.inf):
    clip(f"norm-{norm_type:g}/clipped", "clip_grad_norm_", max_norm=1.5, norm_type=norm_type)
    clip(f"norm-{norm_type:g}/below", "clip_grad_norm_", max_norm=50.0, norm_type=norm_type)
clip("value", "clip_grad_value_", clip_value=0.75)
golden.write(__file__, "optim.json", NOTE, problem={k: {n: t.tolist() for n, t in q.items()} for k, q in problem.items()}, cases=cases, clip=clips)

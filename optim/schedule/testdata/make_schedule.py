#!/usr/bin/env python3
"""Makes schedule.json: fifty steps of each learning-rate schedule from PyTorch.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 optim/schedule/testdata/make_schedule.py
"""
import inspect
import os
import sys
import warnings

import torch
from torch.optim import lr_scheduler, swa_utils

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scripts"))
import golden

STEPS = 50
BASE = [0.1, 0.02]
NOTE = (
    "Two groups with the rates base under SGD with momentum 0.9. lr[g][k]: the rate of group g after k steps of the schedule, which is the rate of "
    "training step k, counted from 0. momentum[g][k] likewise, for the schedules that change it; with Adam (optimizer in the case) it is the first beta. "
    "metrics[k]: what ReduceLROnPlateau is given after training step k. Arguments that are functions are given as formulas: k is the step, "
    "and each group has its own where there is a list. schedules: the parts of a composed one, in order. "
    "OneCycleLR ends after 50 steps, so it has no entry 50."
)
cases = []
warnings.simplefilter("ignore")  # PyTorch warns of a schedule's step before an optimizer's


def formula(text):
    return lambda k: eval(text, {"k": k})


def make(opt, name, args):
    args = dict(args)
    if name in ("LambdaLR", "MultiplicativeLR"):
        args["lr_lambda"] = [formula(t) for t in args["lr_lambda"]]
    if "schedules" in args:
        parts = [make(opt, p["schedule"], p["args"]) for p in args.pop("schedules")]
        return getattr(lr_scheduler, name)(*([opt, parts] if name == "SequentialLR" else [parts]), **args)
    return (swa_utils.SWALR if name == "SWALR" else getattr(lr_scheduler, name))(opt, **args)


def add(name, metrics=None, adam=False, momentum=False, steps=STEPS, base=BASE, **args):
    schedule = name.split("/")[0]
    params = [dict(params=[torch.zeros(1, requires_grad=True)], lr=lr) for lr in base]
    opt = torch.optim.Adam(params, lr=1.0) if adam else torch.optim.SGD(params, lr=1.0, momentum=0.9)
    s = make(opt, schedule, args)
    lr, mom = [[] for _ in base], [[] for _ in base]
    for k in range(steps + 1):
        for g, group in enumerate(opt.param_groups):
            lr[g].append(group["lr"])
            mom[g].append(group["betas"][0] if adam else group["momentum"])
        if k < steps:
            opt.step()
            s.step(*([metrics[k]] if metrics else []))
    case = {"name": name, "schedule": schedule, "args": args, "base": base, "lr": lr}
    if momentum:
        case["momentum"] = mom
    if adam:
        case["optimizer"] = "Adam"
    if metrics:
        case["metrics"] = metrics
    cases.append(case)


add("StepLR/plain", step_size=7)
add("StepLR/gamma", step_size=10, gamma=0.5)
add("MultiStepLR/plain", milestones=[5, 12, 30], gamma=0.3)
add("MultiStepLR/twice", milestones=[4, 4, 20], gamma=0.5)
add("ExponentialLR/plain", gamma=0.93)
add("CosineAnnealingLR/whole", T_max=50)
add("CosineAnnealingLR/beyond", T_max=20, eta_min=0.001)
add("CosineAnnealingWarmRestarts/plain", T_0=10)
add("CosineAnnealingWarmRestarts/growing", T_0=6, T_mult=2, eta_min=0.002)
one = dict(momentum=True, steps=49, total_steps=50)
add("OneCycleLR/cos", **one, max_lr=0.5)
add("OneCycleLR/linear", **one, max_lr=0.5, anneal_strategy="linear")
add("OneCycleLR/three-phase-cos", **one, max_lr=[0.5, 0.2], three_phase=True, pct_start=0.35, div_factor=10.0, final_div_factor=100.0)
add("OneCycleLR/three-phase-linear", **one, max_lr=0.5, three_phase=True, anneal_strategy="linear", base_momentum=0.8, max_momentum=0.92)
add("OneCycleLR/epochs", momentum=True, steps=49, max_lr=0.3, epochs=5, steps_per_epoch=10, cycle_momentum=False)
add("OneCycleLR/adam", **one, max_lr=0.5, adam=True)
add("LinearLR/default")
add("LinearLR/warm-up", start_factor=0.01, total_iters=20)
add("LinearLR/down", start_factor=1.0, end_factor=0.1, total_iters=40)
add("ConstantLR/plain", factor=0.25, total_iters=8)
add("PolynomialLR/plain", total_iters=30, power=2.0)
add("LambdaLR/plain", lr_lambda=["0.95**k", "1/(1+0.1*k)"])
add("MultiplicativeLR/plain", lr_lambda=["0.95", "0.9 if k%5==0 else 1.0"])
for mode in ("triangular", "triangular2"):
    add(f"CyclicLR/{mode}", momentum=True, base_lr=0.01, max_lr=0.1, step_size_up=8, mode=mode)
add("CyclicLR/exp-range", momentum=True, base_lr=[0.01, 0.002], max_lr=[0.1, 0.05], step_size_up=5, step_size_down=9, mode="exp_range", gamma=0.97)
add("SWALR/cos", swa_lr=0.05)
add("SWALR/linear", swa_lr=[0.05, 0.04], anneal_epochs=15, anneal_strategy="linear")
add("SequentialLR/warm-up-cosine", milestones=[10], schedules=[
    {"schedule": "LinearLR", "args": {"start_factor": 0.1, "total_iters": 10}},
    {"schedule": "CosineAnnealingLR", "args": {"T_max": 40}},
])
add("ChainedScheduler/warm-up-exponential", schedules=[
    {"schedule": "LinearLR", "args": {"start_factor": 0.2, "total_iters": 10}},
    {"schedule": "ExponentialLR", "args": {"gamma": 0.95}},
])


def metric(k):
    """Falls fast, then by less than a threshold a step, shakes, drops, and falls by even steps."""
    if k < 8:
        return 2 * 0.8**k
    if k < 20:
        return metric(7) * (1 - 5e-5 * (k - 7))
    if k < 35:
        return metric(19) + 0.01 * (k * 7 % 5 - 1)
    return 0.3 - 0.018 * (k - 35)


metrics = [round(metric(k), 6) for k in range(STEPS)]
plateau = dict(metrics=metrics, factor=0.5, patience=3)
add("ReduceLROnPlateau/min", **plateau)
add("ReduceLROnPlateau/default", metrics=metrics)
add("ReduceLROnPlateau/cooldown", **plateau, cooldown=4, min_lr=[0.01, 0.004])
add("ReduceLROnPlateau/absolute", **plateau, threshold=0.1, threshold_mode="abs")
add("ReduceLROnPlateau/max", metrics=[round(2 - m, 6) for m in metrics], factor=0.3, patience=5, mode="max", threshold=0.05, threshold_mode="abs", eps=1e-3)
add("ReduceLROnPlateau/max-relative", metrics=[round(3 - m, 6) for m in metrics], factor=0.1, patience=2, mode="max", threshold=0.02)

defaults = {}
for name in sorted({c["schedule"] for c in cases}):
    params = inspect.signature(getattr(lr_scheduler, name, swa_utils.SWALR)).parameters.values()
    defaults[name] = {p.name: p.default for p in params if p.default is not p.empty and p.name not in ("last_epoch", "verbose", "optimizer", "scale_fn")}
golden.write(__file__, "schedule.json", NOTE, defaults=defaults, cases=cases)

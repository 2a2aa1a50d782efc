#!/usr/bin/env python3
"""Makes losses2.json: losses of several inputs, norms and their like from PyTorch.

Made with PyTorch 1.13.1; the file names the version that made it.
Run: python3 nn/testdata/make_losses2.py
"""
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import golden

NOTE = (
    "state: the state dict after torch.manual_seed(seed) and the constructor, in float32; data must be read as float32. The calls run one after "
    "another in float64, gradients cleared between them: output = module(*inputs), then output.backward(cotangent). An input is a tensor or "
    "a list of numbers. grads_input: of the inputs that are floating point, null for none. grads: by parameter name. buffers: after the call."
)
cases = []


def value(x):
    return golden.tensor(x) if torch.is_tensor(x) else x


def call(m, inputs, training=True, draw=None):
    m.train(training)
    m.zero_grad(set_to_none=True)
    if draw is not None:
        torch.manual_seed(draw)
    fixed = isinstance(m, nn.SoftMarginLoss)  # PyTorch has no gradient of its target
    inputs = [x.clone().requires_grad_(x.is_floating_point() and not (fixed and i > 0)) if torch.is_tensor(x) else x for i, x in enumerate(inputs)]
    y = m(*inputs)
    y = y[0] if isinstance(y, tuple) else y
    dy = golden.normal(y.shape, 1000 + len(cases), digits=2)
    y.backward(dy)
    return {
        "training": training,
        "draw": draw,
        "inputs": [value(x) for x in inputs],
        "output": golden.tensor(y),
        "cotangent": golden.tensor(dy),
        "grads_input": [golden.tensor(x.grad) for x in inputs if torch.is_tensor(x) and x.is_floating_point()],
        "grads": golden.state((n, p.grad) for n, p in m.named_parameters()),
        "buffers": golden.state(m.named_buffers()),
    }


def add(name, make, *calls, **args):
    """Calls are lists of inputs, or (inputs, training)."""
    seed = 300 + len(cases)
    torch.manual_seed(seed)
    m = make(**args)
    case = {"name": name, "module": name.split("/")[0], "args": {k: value(v) for k, v in args.items()}, "seed": seed, "state": golden.state(m.state_dict().items())}
    m = m.double()
    case["calls"] = [call(m, *(x if isinstance(x, tuple) else (x,))) for x in calls]
    cases.append(case)


def each(name, make, inputs, **args):
    for reduction in ("mean", "sum", "none"):
        add(f"{name}/{reduction}", make, inputs, **args, reduction=reduction)


def n(*shape, scale=1.0):
    global count
    count += 1
    return golden.normal(shape, 2000 + count, scale)


count = 0
sign = torch.tensor([1, -1, -1, 1], dtype=torch.int64)


def pairs():
    x, y = n(4, scale=2), n(4)
    x[0] = 1.0  # the kink of the hinge: Margin - x is 0
    x[1] = 1.0
    each("HingeEmbeddingLoss/default", nn.HingeEmbeddingLoss, [x, sign])
    each("HingeEmbeddingLoss/margin", nn.HingeEmbeddingLoss, [x, sign], margin=0.5)
    y[2] = x[2]  # the kink of the ranking
    each("MarginRankingLoss/default", nn.MarginRankingLoss, [x, y, sign])
    each("MarginRankingLoss/margin", nn.MarginRankingLoss, [x, y, sign], margin=0.5)
    each("SoftMarginLoss/plain", nn.SoftMarginLoss, [n(2, 3), n(2, 3)])
    a, b, c = n(4, 3), n(4, 3), n(4, 3)
    b[1] = a[1]  # a distance of eps
    each("CosineEmbeddingLoss/default", nn.CosineEmbeddingLoss, [a, b, sign])
    add("CosineEmbeddingLoss/margin", nn.CosineEmbeddingLoss, [a, b, sign], margin=-0.5)
    each("TripletMarginLoss/default", nn.TripletMarginLoss, [a, b, c])
    each("TripletMarginLoss/all", nn.TripletMarginLoss, [a, b, c], margin=0.5, p=3, eps=0.25, swap=True)
    add("TripletMarginWithDistanceLoss/default", nn.TripletMarginWithDistanceLoss, [a, b, c], margin=0.75, swap=True)
    add("CosineSimilarity/plain", nn.CosineSimilarity, [a, b], dim=1)
    add("CosineSimilarity/zero", nn.CosineSimilarity, [torch.zeros(3, dtype=torch.float64), a[0]], dim=0)
    add("PairwiseDistance/default", nn.PairwiseDistance, [a, b])
    add("PairwiseDistance/all", nn.PairwiseDistance, [a, b], p=1.5, eps=0.01, keepdim=True)
    add("Bilinear/plain", nn.Bilinear, [n(2, 3), n(2, 4)], in1_features=3, in2_features=4, out_features=2)
    add("Bilinear/no-bias", nn.Bilinear, [n(3), n(2)], in1_features=3, in2_features=2, out_features=2, bias=False)


def classes():
    x, t = n(3, 4), torch.tensor([1, 3, 0])
    x[0, 2] = x[0, 1] - 1  # the kink
    each("MultiMarginLoss/default", nn.MultiMarginLoss, [x, t])
    each("MultiMarginLoss/all", nn.MultiMarginLoss, [x, t], p=2, margin=0.5, weight=torch.tensor([0.5, 1.5, 2.0, 0.25], dtype=torch.float64))
    lists = torch.tensor([[1, 3, -1, 0], [-1, 2, 2, 2], [0, 0, 2, -1]])
    each("MultiLabelMarginLoss/plain", nn.MultiLabelMarginLoss, [x, lists])
    each("MultiLabelSoftMarginLoss/plain", nn.MultiLabelSoftMarginLoss, [x, (n(3, 4) > 0).double()])
    p, q = n(3, 4).log_softmax(1), n(3, 4).softmax(1)
    p, q = torch.round(p * 1000) / 1000, torch.round(q * 1000) / 1000
    each("KLDivLoss/plain", nn.KLDivLoss, [p, q])
    each("KLDivLoss/log", nn.KLDivLoss, [p, q.log()], log_target=True)
    add("KLDivLoss/batchmean", nn.KLDivLoss, [p, q], reduction="batchmean")
    counts = torch.tensor([0.0, 1.0, 1.5, 4.0], dtype=torch.float64)
    each("PoissonNLLLoss/default", nn.PoissonNLLLoss, [n(4), counts])
    add("PoissonNLLLoss/full", nn.PoissonNLLLoss, [n(4).abs(), counts + 0.5], log_input=False, full=True, eps=0.1)
    v = n(3, 4).abs()
    v[0, 0] = 0.0  # eps takes its place
    each("GaussianNLLLoss/default", nn.GaussianNLLLoss, [n(3, 4, scale=0.01), n(3, 4, scale=0.01), v], eps=0.01)
    add("GaussianNLLLoss/full", nn.GaussianNLLLoss, [n(3, 4), n(3, 4), v[:, 1]], full=True)
    add("AdaptiveLogSoftmaxWithLoss/plain", nn.AdaptiveLogSoftmaxWithLoss, [n(5, 8), torch.tensor([0, 5, 2, 9, 1])], in_features=8, n_classes=10, cutoffs=[2, 5], div_value=2.0)
    add("AdaptiveLogSoftmaxWithLoss/bias", nn.AdaptiveLogSoftmaxWithLoss, [n(2, 4), torch.tensor([0, 1])], in_features=4, n_classes=5, cutoffs=[3], head_bias=True)


class CTC(nn.Module):
    """CTCLoss of a log-softmax, whose gradient PyTorch has."""

    def __init__(self, **args):
        super().__init__()
        self.loss = nn.CTCLoss(**args)

    def forward(self, x, *rest):
        return self.loss(x.log_softmax(-1), *rest)


def ctc():
    x, t = n(5, 3, 4), torch.tensor([[1, 2, 2], [3, 1, 0], [3, 2, 1]])
    each("CTCLoss/plain", CTC, [x, t, [5, 4, 5], [3, 2, 0]])
    add("CTCLoss/blank", CTC, [x, torch.tensor([0, 1, 3, 3, 1]), [5, 3, 5], [2, 1, 2]], blank=2, reduction="sum")
    add("CTCLoss/infinite", CTC, [x, t, [2, 4, 3], [3, 2, 3]], zero_infinity=True, reduction="none")
    add("CTCLoss/one", CTC, [n(4, 3), torch.tensor([1, 2]), [4], [2]])


def norms():
    for name, make, shape in (("InstanceNorm1d", nn.InstanceNorm1d, (2, 3, 4)), ("InstanceNorm2d", nn.InstanceNorm2d, (2, 2, 2, 3)), ("InstanceNorm3d", nn.InstanceNorm3d, (1, 2, 2, 1, 3))):
        add(name + "/default", make, [n(*shape)], num_features=shape[1])
        add(name + "/all", make, [n(*shape)], [n(*shape)], ([n(*shape)], False), num_features=shape[1], affine=True, track_running_stats=True, momentum=0.3, eps=0.01)
    add("InstanceNorm1d/no-batch", nn.InstanceNorm1d, [n(3, 4)], num_features=3)
    add("BatchNorm3d/plain", nn.BatchNorm3d, [n(2, 2, 1, 2, 2)], ([n(2, 2, 1, 2, 2)], False), num_features=2)
    add("GroupNorm/plain", nn.GroupNorm, [n(2, 4, 3)], num_groups=2, num_channels=4)
    add("GroupNorm/all", nn.GroupNorm, [n(2, 4)], num_groups=1, num_channels=4, eps=0.1, affine=False)
    add("WeightNorm/linear", lambda: nn.utils.weight_norm(nn.Linear(3, 2)), [n(4, 3)])
    add("WeightNorm/conv", lambda: nn.utils.weight_norm(nn.Conv1d(2, 3, 2), dim=1), [n(1, 2, 4)])
    add("SpectralNorm/linear", lambda: nn.utils.spectral_norm(nn.Linear(3, 2)), [n(4, 3)], [n(4, 3)], ([n(4, 3)], False))
    add("SpectralNorm/conv", lambda: nn.utils.spectral_norm(nn.Conv1d(2, 3, 2), n_power_iterations=2, dim=1), [n(1, 2, 4)])


def other():
    index, flat, offsets = torch.tensor([[1, 0, 4], [4, 2, 4]]), torch.tensor([1, 4, 0, 4, 2]), torch.tensor([0, 2, 2])
    for mode in ("mean", "sum", "max"):
        add(f"EmbeddingBag/{mode}", nn.EmbeddingBag, [index], [flat, offsets], num_embeddings=5, embedding_dim=3, mode=mode)
        add(f"EmbeddingBag/{mode}-padding", nn.EmbeddingBag, [index], [flat, offsets], num_embeddings=5, embedding_dim=2, mode=mode, padding_idx=-1)
    add("EmbeddingBag/weights", nn.EmbeddingBag, [flat, torch.tensor([0, 3, 5]), n(5)], num_embeddings=5, embedding_dim=2, mode="sum", include_last_offset=True)
    add("EmbeddingBag/freq", nn.EmbeddingBag, [index], num_embeddings=5, embedding_dim=2, max_norm=1.0, norm_type=1.0, scale_grad_by_freq=True)
    add("Embedding/freq", nn.Embedding, [index], num_embeddings=5, embedding_dim=2, max_norm=0.5, scale_grad_by_freq=True)
    for i, (make, shape) in enumerate(((nn.Dropout1d, (3, 4, 2)), (nn.Dropout1d, (6, 2)), (nn.Dropout2d, (2, 6, 2, 1)), (nn.Dropout3d, (8, 2, 1, 2)), (nn.AlphaDropout, (4, 5)), (nn.FeatureAlphaDropout, (3, 4, 2)))):
        add(f"{make.__name__}/{i}", make, ([n(*shape)], True, 50 + i), ([n(*shape)], False), p=0.3)


for group in (pairs, classes, ctc, norms, other):
    group()
golden.write(__file__, "losses2.json", NOTE, cases=cases)

"""Makes linear.onnx, and models.tar.bz2: small nets of PyTorch, exported to ONNX by both of its
exporters, with an input and PyTorch's output, and for the older exporter the
gradients of the sum of the output's squares with respect to the weights.

    python3 models.py DIR && python3 pack.py DIR models.tar.bz2 models

Made with PyTorch 2.15.0, onnx 1.22.0, onnxscript 0.7.2.
"""
import math
import os
import sys
import warnings

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

warnings.filterwarnings("ignore")


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c)
        self.conv2, self.bn2 = nn.Conv2d(c, c, 3, padding=1, groups=c, bias=False), nn.BatchNorm2d(c)

    def forward(self, x):
        return F.relu(x + self.bn2(self.conv2(F.relu6(self.bn1(self.conv1(x))))))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 5, stride=2, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.block, self.fc = Block(8), nn.Linear(8, 5)

    def forward(self, x):
        return F.log_softmax(self.fc(torch.flatten(F.adaptive_avg_pool2d(self.block(self.stem(x)), 1), 1)), 1)


class Attention(nn.Module):
    def __init__(self, c, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(c, 3 * c), nn.Linear(c, c)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        w = q @ k.transpose(-2, -1) / math.sqrt(c // self.heads)
        w = w.masked_fill(torch.ones(t, t, dtype=torch.bool).triu(1), float("-inf")).softmax(-1)
        return self.out((w @ v).transpose(1, 2).reshape(b, t, c))


class GPT(nn.Module):
    def __init__(self, words=17, c=16):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(words, c), nn.Embedding(12, c)
        self.ln1, self.attn, self.ln2 = nn.LayerNorm(c), Attention(c, 4), nn.LayerNorm(c)
        self.fc, self.proj, self.head = nn.Linear(c, 4 * c), nn.Linear(4 * c, c), nn.Linear(c, words, bias=False)

    def forward(self, i):
        x = self.wte(i) + self.wpe(torch.arange(i.shape[1]))
        x = x + self.attn(self.ln1(x))
        return self.head(x + self.proj(F.gelu(self.fc(self.ln2(x)), approximate="tanh")))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.mid = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=2, dilation=2)
        self.up, self.gn, self.out = nn.ConvTranspose2d(4, 4, 2, stride=2), nn.GroupNorm(2, 8), nn.Conv2d(8, 1, 1)

    def forward(self, x):
        a = F.silu(self.down(x))
        b = self.up(F.leaky_relu(self.mid(F.avg_pool2d(a, 2))))
        y = self.out(self.gn(torch.cat([a, b], 1)))
        return F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.net, self.fc = kind(3, 5, num_layers=2, bidirectional=True, batch_first=True), nn.Linear(10, 2)

    def forward(self, x):
        return self.fc(self.net(x)[0]).tanh()


class Odds(nn.Module):
    """Operators that nets use less often."""

    def forward(self, x):
        a = F.pad(x, (1, 2, 0, 1), mode="reflect")[:, :, 1:-1:2, ::3]
        b = torch.einsum("nchw,ndhw->ncd", x, x).topk(2, -1)[0]
        c = torch.where(x > 0, x.sqrt().nan_to_num(), x.exp()).cumsum(1).amax((2, 3))
        d = F.instance_norm(x).std((1, 2, 3)) + x.flatten(1).norm(dim=1) + x.logsumexp((1, 2, 3))
        e = F.pixel_shuffle(x.repeat(1, 4, 1, 1), 2).clamp(-1, 1).mean((2, 3))
        return torch.cat([a.flatten(1), b.flatten(1), c, d[:, None], e, F.hardswish(x).argmax(-1).flatten(1).float()], 1)


def save(path, array, name):
    with open(path, "wb") as f:
        f.write(numpy_helper.from_array(np.ascontiguousarray(array), name).SerializeToString())


def case(root, name, net, x, dynamo):
    net = net.eval()
    for p in net.parameters():  # also biases, lest the exporter finds two equal tensors and keeps one
        p.data.uniform_(-0.6, 0.6)
    folder = os.path.join(root, "models", f"{name}_{'dynamo' if dynamo else 'script'}")
    os.makedirs(os.path.join(folder, "test_data_set_0"), exist_ok=True)
    path = os.path.join(folder, "model.onnx")
    if dynamo:
        torch.onnx.export(net, (x,), path, dynamo=True, external_data=False, verbose=False)
    else:
        torch.onnx.export(net, (x,), path, dynamo=False, do_constant_folding=False, opset_version=17)
    y = net(x)
    save(os.path.join(folder, "test_data_set_0/input_0.pb"), x.numpy(), "input")
    save(os.path.join(folder, "test_data_set_0/output_0.pb"), y.detach().numpy(), "output")
    if dynamo:
        return  # this exporter folds constants into weights, which then are others
    kept = {t.name for t in onnx.load(path).graph.initializer}
    params = {k: p for k, p in net.named_parameters() if k in kept}
    if params:
        for i, (k, g) in enumerate(zip(params, torch.autograd.grad(y.square().sum(), params.values()))):
            save(os.path.join(folder, f"test_data_set_0/gradient_{i}.pb"), g.numpy(), k)


def linear(path):
    """The model of the package's example: y = ReLU(x·Wᵀ + b)."""
    h, floats = onnx.helper, onnx.TensorProto.FLOAT
    nodes = [h.make_node("Gemm", ["x", "weight", "bias"], ["z"], "fc", transB=1), h.make_node("Relu", ["z"], ["y"], "relu")]
    weights = [numpy_helper.from_array(np.array(v, np.float32), k) for k, v in (("weight", [[1, 2], [-1, 1]]), ("bias", [0.5, 0]))]
    info = [h.make_tensor_value_info(k, floats, ["batch", 2]) for k in "xy"]
    graph = h.make_graph(nodes, "linear", info[:1], info[1:], weights)
    onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8, producer_name="models.py"), path)


def main(root):
    linear(os.path.join(os.path.dirname(__file__), "linear.onnx"))
    torch.manual_seed(0)
    for dynamo in (False, True):
        case(root, "residual", Residual(), torch.randn(2, 3, 24, 24), dynamo)
        case(root, "gpt", GPT(), torch.randint(0, 17, (2, 9)), dynamo)
        case(root, "unet", UNet(), torch.randn(1, 2, 8, 12), dynamo)
        for kind in (nn.RNN, nn.LSTM, nn.GRU):
            case(root, kind.__name__.lower(), Recurrent(kind), torch.randn(2, 6, 3), dynamo)
        layer = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, dropout=0)
        case(root, "encoder", nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), torch.randn(2, 5, 8), dynamo)
        case(root, "odds", Odds(), torch.randn(2, 3, 7, 9), dynamo)


main(sys.argv[1])

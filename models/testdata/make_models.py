"""Makes names.json, forward.json, seeds.json and generate.json: what torchvision,
transformers and PyTorch make of the models in this folder's package.

    python models/testdata/make_models.py

It needs torchvision and transformers beside PyTorch. Weights are not stored: fill
makes them from names, in forward_test.go as well.
"""
import os
import sys
import zlib

import numpy as np
import torch
import torchvision
import transformers
from torch import nn
from torchvision.models import resnet, vgg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))
import golden  # noqa: E402

transformers.logging.set_verbosity_error()
NOTE = f"torchvision {torchvision.__version__}, transformers {transformers.__version__}"
PRIME = 10007


def fill(name, shape):
    """Numbers in ±1/2 that depend on the name and the place."""
    k = np.arange(int(np.prod(shape)), dtype=np.int64)
    v = (k * k % PRIME * 31 + k * 7919 + zlib.crc32(name.encode())) % PRIME
    return torch.from_numpy(v / PRIME - 0.5).reshape(tuple(shape))


def value(name, t):
    """The value of a tensor of the state dict, of a size that keeps results near 1."""
    v = fill(name, t.shape)
    if t.dim() > 1:
        return v * 5 / float(np.sqrt(t.numel() // t.shape[0]))
    if name.endswith("running_var"):
        return 1 + v
    if name.endswith("weight"):
        return 1 + 0.5 * v
    return 0.5 * v


def prepared(model):
    """The model in float64, filled, without dropout."""
    model = model.double()
    with torch.no_grad():
        for name, t in model.state_dict().items():
            if t.is_floating_point():
                t.copy_(value(name, t))
    for m in model.modules():
        if isinstance(m, (nn.Dropout, nn.LSTM)):
            m.p = m.dropout = 0.0
    if getattr(model, "tied", False):
        model.decoder.weight = model.encoder.weight
    return model


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = torch.max_pool2d(self.conv1(x).relu(), 2)
        x = torch.max_pool2d(self.conv2(x).relu(), 2).flatten(1)
        return self.fc3(self.fc2(self.fc1(x).relu()).relu())


class Named(nn.Module):
    """A module whose submodules are given by name."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)


def double_conv(a, b):
    layers = []
    for c in (a, b):
        layers += [nn.Conv2d(c, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
    return Named(double_conv=nn.Sequential(*layers))


class UNet(Named):
    def __init__(self, width=64, classes=2):
        w = width
        super().__init__(
            inc=double_conv(3, w),
            **{f"down{i + 1}": Named(maxpool_conv=nn.Sequential(nn.MaxPool2d(2), double_conv(w << i, w << i + 1))) for i in range(4)},
            **{f"up{i + 1}": Named(up=nn.ConvTranspose2d(w << 4 - i, w << 3 - i, 2, stride=2), conv=double_conv(w << 4 - i, w << 3 - i)) for i in range(4)},
            outc=Named(conv=nn.Conv2d(w, classes, 1)))

    def forward(self, x):
        way = [self.inc.double_conv(x)]
        for i in range(1, 5):
            pool, conv = getattr(self, f"down{i}").maxpool_conv
            way.append(conv.double_conv(pool(way[-1])))
        y = way.pop()
        for i in range(1, 5):
            l, skip = getattr(self, f"up{i}"), way.pop()
            y = l.up(y)
            dh, dw = skip.shape[2] - y.shape[2], skip.shape[3] - y.shape[3]
            y = nn.functional.pad(y, [dw // 2, dw - dw // 2, dh // 2, dh - dh // 2])
            y = l.conv.double_conv(torch.cat([skip, y], 1))
        return self.outc.conv(y)


class WordLM(nn.Module):
    """The RNNModel of pytorch/examples, with its order of random numbers."""

    def __init__(self, vocab=33278, embed=200, hidden=200, layers=2, dropout=0.2, tied=False):
        super().__init__()
        self.tied = tied
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(vocab, embed)
        self.rnn = nn.LSTM(embed, hidden, layers, dropout=dropout)
        self.decoder = nn.Linear(hidden, vocab)
        if tied:
            self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)
        nn.init.uniform_(self.decoder.weight, -0.1, 0.1)

    def forward(self, ids, state=None):
        y, state = self.rnn(self.drop(self.encoder(ids)), state)
        return self.decoder(self.drop(y)), *state


def small_vgg(batch_norm):
    m = vgg.VGG(vgg.make_layers([8, "M", 16, "M", 32, 32, "M", 64, 64, "M", 64, 64, "M"], batch_norm), init_weights=False)
    m.classifier = nn.Sequential(nn.Linear(64 * 49, 24), nn.ReLU(), nn.Dropout(), nn.Linear(24, 24), nn.ReLU(), nn.Dropout(), nn.Linear(24, 10))
    return m


def gpt2(**sizes):
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(
        embd_pdrop=0, attn_pdrop=0, resid_pdrop=0, attn_implementation="eager", bos_token_id=None, eos_token_id=None, pad_token_id=0, **sizes))


def bert(**sizes):
    return transformers.BertModel(transformers.BertConfig(hidden_dropout_prob=0, attention_probs_dropout_prob=0, attn_implementation="eager", **sizes))


TINY_GPT2 = dict(vocab_size=50, n_positions=16, n_embd=12, n_layer=2, n_head=3)
TINY_BERT = dict(vocab_size=40, max_position_embeddings=9, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20)
MINILM = dict(hidden_size=384, num_hidden_layers=6, intermediate_size=1536)


def names():
    models = {
        "mlp": lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)),
        "lenet": LeNet, "unet": UNet, "lstm": WordLM,
        **{n: getattr(torchvision.models, n) for n in
           "resnet18 resnet34 resnet50 mobilenet_v2 vgg11 vgg13 vgg16 vgg19 vgg11_bn vgg13_bn vgg16_bn vgg19_bn vit_b_16 vit_b_32".split()},
        "gpt2": gpt2, "gpt2-medium": lambda: gpt2(n_embd=1024, n_layer=24, n_head=16),
        "bert-base": bert, "minilm": lambda: bert(**MINILM),
    }
    for name, make in models.items():
        with torch.device("meta"):
            m = make()
        yield {"model": name, "params": sum(p.numel() for p in m.parameters()),
               "state": [f"{n} {list(t.shape)}" for n, t in m.state_dict().items()]}


def tokens(vocab, shape):
    k = torch.arange(int(np.prod(shape)))
    return ((k * k * 31 + k * 17 + 3) % vocab).reshape(shape)


def forward():
    image = {
        "mlp": (nn.Sequential(nn.Linear(12, 7), nn.ReLU(), nn.Linear(7, 6), nn.ReLU(), nn.Linear(6, 5)), [3, 12]),
        "lenet": (LeNet(), [2, 1, 28, 28]),
        "resnet18": (torchvision.models.resnet18(num_classes=10), [2, 3, 64, 64]),
        "resnet50": (torchvision.models.resnet50(num_classes=10), [2, 3, 64, 64]),
        "resnet_small": (resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], num_classes=10), [2, 3, 16, 16]),
        "mobilenet_v2": (torchvision.models.mobilenet_v2(num_classes=10), [2, 3, 64, 64]),
        "vgg": (small_vgg(False), [2, 3, 40, 40]),
        "vgg_bn": (small_vgg(True), [2, 3, 64, 64]),
        "unet": (UNet(4), [2, 3, 20, 34]),
        "vit": (torchvision.models.VisionTransformer(16, 4, 2, 3, 24, 40, num_classes=10), [2, 3, 16, 16]),
    }
    m = image["resnet_small"][0]
    m.conv1, m.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    for name, (m, shape) in image.items():
        prepared(m)
        x = 4 * fill("input", shape)
        yield case(name, m, lambda: m(x), x)
    for tied in False, True:
        m = prepared(WordLM(30, 12 if tied else 10, 12, 2, tied=tied))
        yield case("word_lm_tied" if tied else "word_lm", m, lambda: m(tokens(30, [5, 2])))
    m = prepared(gpt2(**TINY_GPT2))
    yield case("gpt2", m, lambda: m(tokens(50, [2, 7])).logits)
    m = prepared(bert(**TINY_BERT))
    mask, types = torch.tensor([[1] * 6, [1] * 4 + [0] * 2]), torch.tensor([[0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1]])
    ids = tokens(39, [2, 6]) + 1

    def encode():
        out = m(ids, attention_mask=mask, token_type_ids=types)
        hidden = m(ids, attention_mask=mask).last_hidden_state
        w = mask[..., None].double()
        mean = (hidden * w).sum(1) / w.sum(1).clamp(min=1e-9)
        return out.last_hidden_state, out.pooler_output, m(ids).last_hidden_state, nn.functional.normalize(mean, dim=1)
    yield case("bert", m, encode)


def case(name, m, run, x=None):
    """Results in evaluation mode; and in training mode a loss, its gradients and
    the running averages, of which each is summed with weights from fill."""
    many = lambda y: list(y) if isinstance(y, tuple) else [y]
    m.eval()
    with torch.no_grad():
        out = [golden.tensor(y) for y in many(run())]
    m.train()
    m.zero_grad()
    loss = sum((y * fill(f"seed{i}", y.shape)).sum() for i, y in enumerate(many(run())))
    loss.backward()
    grads = [(p.grad * fill("grad " + n, p.shape)).sum().item() for n, p in m.named_parameters()]
    running = [(b * fill(n, b.shape)).sum().item() for n, b in m.named_buffers() if "running" in n]
    return {"model": name, "out": out, "loss": loss.item(), "grads": grads, "running": running}


def seeds():
    models = {
        "resnet18": torchvision.models.resnet18, "resnet50": torchvision.models.resnet50,
        "mobilenet_v2": torchvision.models.mobilenet_v2, "vgg11_bn": torchvision.models.vgg11_bn,
        "word_lm": lambda: WordLM(300, 40, 40), "word_lm_tied": lambda: WordLM(300, 40, 40, tied=True),
        "lenet": LeNet, "unet": lambda: UNet(8),
    }
    for i, (name, make) in enumerate(models.items()):
        torch.manual_seed(40 + i)
        m = make()
        yield {"model": name, "seed": 40 + i, "next": golden.number(torch.rand(1).item(), torch.float32),
               "state": {n: zlib.crc32(t.detach().float().contiguous().numpy().tobytes()) for n, t in m.state_dict().items()}}


def generate():
    """Tokens of transformers' generate, in float32, and its probabilities."""
    from transformers.generation import logits_process as lp
    m = prepared(gpt2(**TINY_GPT2)).float().eval()
    prompt = tokens(50, [1, 4])
    for s in [{}, dict(temperature=0.7), dict(temperature=2.0, top_k=7), dict(temperature=3.0, top_p=0.8), dict(temperature=1.5, top_k=12, top_p=0.9)]:
        torch.manual_seed(11)
        args = dict(do_sample=True, top_k=0, top_p=1.0) | s if s else dict(do_sample=False)
        out = m.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=12, **args)
        logits = 8 * fill("logits", [2, 20])
        probs = None
        if s:
            scores = lp.TemperatureLogitsWarper(s["temperature"])(None, logits)
            if "top_k" in s:
                scores = lp.TopKLogitsWarper(s["top_k"])(None, scores)
            if "top_p" in s:
                scores = lp.TopPLogitsWarper(s["top_p"])(None, scores)
            probs = golden.tensor(scores.softmax(-1))
        yield {"temperature": s.get("temperature", 0), "topk": s.get("top_k", 0), "topp": s.get("top_p", 0), "seed": 11,
               "prompt": prompt[0].tolist(), "tokens": out[0, 4:].tolist(), "probs": probs}


golden.write(__file__, "names.json", NOTE, cases=list(names()))
golden.write(__file__, "forward.json", NOTE, cases=list(forward()))
golden.write(__file__, "seeds.json", NOTE, cases=list(seeds()))
golden.write(__file__, "generate.json", NOTE, cases=list(generate()))

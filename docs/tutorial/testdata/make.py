"""Makes the files that the chapters load, and prints what the chapters say that Python
says. Made with PyTorch 2.15.0, transformers 5.24.0 and the tokenizers of that.

    python docs/tutorial/testdata/make.py
"""
import json
import pathlib

import tokenizers
import torch
import transformers
from safetensors.torch import save_file
from torch import nn

here = pathlib.Path(__file__).parent
torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.bn1 = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(torch.relu(self.bn1(self.conv1(x))).mean((2, 3)))


class Wrapper(nn.Module):  # as a training framework has it
    def __init__(self, net):
        super().__init__()
        self.net = net


def net():
    torch.manual_seed(0)
    m = Net()
    opt = torch.optim.AdamW(m.parameters(), lr=0.01)
    x, y = torch.rand(8, 1, 8, 8), torch.arange(8) % 3
    for _ in range(3):
        opt.zero_grad()
        nn.functional.cross_entropy(m(x), y).backward()
        opt.step()
    torch.save(m.state_dict(), here / "net.pt")
    torch.save({"epoch": 3, "state_dict": Wrapper(m).state_dict(), "optimizer": opt.state_dict()}, here / "training.ckpt")
    torch.save({"weight": torch.ones(2), "extra": Greeting()}, here / "program.pt")
    m.eval()
    x = torch.arange(64.0).reshape(1, 1, 8, 8) / 64
    print("net:", [f"{v:.4f}" for v in m(x)[0].tolist()])


class Greeting:
    def __reduce__(self):
        return print, ("this program runs when Python loads the file",)


def gpt2():
    """A folder as the hub has for gpt2: names without "transformer.", and masks in the file."""
    torch.manual_seed(0)
    folder = here / "gpt2"
    folder.mkdir(exist_ok=True)
    bpe = tokenizers.ByteLevelBPETokenizer()
    bpe.train_from_iterator(["the cat and the dog, the hat and the band"], vocab_size=266, min_frequency=2, show_progress=False)
    bpe.save_model(str(folder))  # vocab.json and merges.txt
    c = transformers.GPT2Config(vocab_size=bpe.get_vocab_size(), n_positions=24, n_embd=16, n_layer=2, n_head=2)
    m = transformers.GPT2LMHeadModel(c).eval()
    for p in m.parameters():
        p.data.mul_(6)  # larger logits: first weights say nearly the same of every token
    names = {n: t.clone() for n, t in m.transformer.state_dict().items()}
    for i in range(c.n_layer):
        names[f"h.{i}.attn.bias"] = torch.ones(24, 24).tril().view(1, 1, 24, 24)
    save_file(names, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps({k: v for k, v in c.to_dict().items() if k in {
        "vocab_size", "n_positions", "n_embd", "n_layer", "n_head", "layer_norm_epsilon", "model_type"}}, indent=1))
    ids = bpe.encode("the cat and the dog").ids
    out = m.generate(torch.tensor([ids]), max_new_tokens=8, do_sample=False, pad_token_id=0)
    print("gpt2:", ids, out[0, len(ids):].tolist(), repr(bpe.decode(out[0, len(ids):].tolist())))


print("torch", torch.__version__, "transformers", transformers.__version__, "tokenizers", tokenizers.__version__)
net()
gpt2()

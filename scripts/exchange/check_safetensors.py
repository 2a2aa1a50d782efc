"""safetensors files of PyTorch, whole and in shards, with every dtype."""
import json
import os

import torch
from safetensors import __version__, safe_open
from safetensors.torch import save_file

import exchange

WIDER = {torch.uint16: torch.int32, torch.uint32: torch.int64}


def unsigned():
    return {str(d): exchange.make(d, (5, 3)) for d in WIDER}


def make(folder):
    t = exchange.tensors()
    save_file(t, os.path.join(folder, "in", "torch"), {"format": "pt", "ü": "é\n"})
    save_file(unsigned(), os.path.join(folder, "in", "unsigned"))
    save_file({}, os.path.join(folder, "in", "nothing"))
    shards, weights = {}, {}
    for i, (n, x) in enumerate(t.items()):
        file = f"shard-{i % 3}"
        shards.setdefault(file, {})[n] = x
        weights[n] = file
    os.mkdir(os.path.join(folder, "in", "sharded"))
    for file, part in shards.items():
        save_file(part, os.path.join(folder, "in", "sharded", file))
    with open(os.path.join(folder, "in", "sharded", "model.safetensors.index.json"), "w") as f:
        json.dump({"metadata": {"total_size": sum(x.nbytes for x in t.values())}, "weight_map": weights}, f, indent=2)


def check(folder):
    t = exchange.tensors()
    n = exchange.written(folder, "torch", t)
    n += exchange.written(folder, "sharded", t)
    n += exchange.written(folder, "unsigned", {k: x.to(WIDER[x.dtype]) for k, x in unsigned().items()})
    n += exchange.written(folder, "nothing", {})
    with safe_open(os.path.join(folder, "out", "torch.safetensors"), "pt") as f:
        assert f.metadata() == {"format": "pt"}, f.metadata()
    n += exchange.compare("shards of facula", shards_of(os.path.join(folder, "out", "torch.shards")), t)
    return f"{n} tensors equal, torch {torch.__version__}, safetensors {__version__}"


def shards_of(folder):
    with open(os.path.join(folder, "model.safetensors.index.json")) as f:
        index = json.load(f)
    out = {}
    for name, file in index["weight_map"].items():
        with safe_open(os.path.join(folder, file), "pt") as f:
            out[name] = f.get_tensor(name)
    assert index["metadata"]["total_size"] == sum(x.nbytes for x in out.values())
    assert len(set(index["weight_map"].values())) > 1
    return out


exchange.main(make, check)

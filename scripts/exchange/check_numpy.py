"""NumPy's .npy and .npz, stored and compressed, with every dtype, both byte orders and orders of elements."""
import os

import numpy as np
import torch

import exchange

WIDER = {"u2": np.int32, "u4": np.int64}


def native():
    return {n: t for n, t in exchange.tensors().items() if t.dtype != torch.bfloat16}


def odd():
    a = {f"{o}{c}": np.arange(-6, 6).reshape(3, 4).astype(o + c) for c in "f2 f4 f8 i2 i4 i8 u2 u4".split() for o in "<>"}
    return a | {"fortran " + n: np.asfortranarray(x) for n, x in a.items()} | {"strided": np.arange(24.0).reshape(4, 6)[::2, ::3].T}


def make(folder):
    path = os.path.join(folder, "in")
    arrays = {n: t.numpy() for n, t in native().items()}
    np.savez(os.path.join(path, "stored.npz"), **arrays)
    np.savez_compressed(os.path.join(path, "compressed.npz"), **arrays)
    np.savez(os.path.join(path, "odd.npz"), **odd())
    np.savez(os.path.join(path, "nothing.npz"))
    np.save(os.path.join(path, "one.npy"), arrays["float32.matrix"])
    np.save(os.path.join(path, "fortran.npy"), np.asfortranarray(arrays["float32.matrix"]))


def check(folder):
    t = native()
    n = exchange.written(folder, "stored.npz", t) + exchange.written(folder, "compressed.npz", t)
    wide = {k: a.astype(WIDER.get(a.dtype.str[1:], a.dtype.newbyteorder("="))) for k, a in odd().items()}
    n += exchange.written(folder, "odd.npz", exchange.from_numpy(wide))
    n += exchange.written(folder, "nothing.npz", {})
    for name in ("one.npy", "fortran.npy"):
        n += exchange.written(folder, name, {"arr_0": t["float32.matrix"]})
    for name, want in t.items():
        got = np.load(os.path.join(folder, "out", "stored.npz.arrays", name + ".npy"), allow_pickle=False)
        n += exchange.compare(name, exchange.from_numpy({name: got}), {name: want})
    return f"{n} arrays equal, numpy {np.__version__}"


exchange.main(make, check)

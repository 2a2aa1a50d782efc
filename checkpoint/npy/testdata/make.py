#!/usr/bin/env python3
"""Writes the golden files beside it with NumPy:

    python3 checkpoint/npy/testdata/make.py

native.npz has the dtypes that facula has, odd.npz (compressed) other byte
orders, orders of elements, versions and dtypes. What is in them is a formula
that the Go tests know too: element i of an array is i - 3, a quarter of that
for floats, i + 250 for unsigned integers, and whether i is even for bools.
"""
import io
import os
import zipfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def make(code, shape):
    dtype = np.dtype(code)
    i = np.arange(int(np.prod(shape)), dtype=np.float64)
    x = {"b": (i + 1) % 2, "u": i + 250, "i": i - 3, "f": (i - 3) / 4, "c": (i - 3) / 4}[dtype.kind]
    return x.reshape(shape).astype(dtype)


def npy(x, version):
    b = io.BytesIO()
    np.lib.format.write_array(b, x, version)
    return b.getvalue()


def main():
    native = "f4 f8 f2 i1 i2 i4 i8 u1 b1".split()
    shapes = {"matrix": (2, 3), "vector": (6,), "scalar": (), "empty": (2, 0, 3)}
    np.savez(os.path.join(HERE, "native.npz"), **{f"{c}.{n}": make(c, s) for c in native for n, s in shapes.items()})

    odd = {f"{o}{c}": make(o + c, (2, 3)) for c in "f4 f8 f2 i2 i4 i8 u2 u4".split() for o in "<>"}
    odd |= {f"fortran {c}": np.asfortranarray(make(c, (2, 3, 2))) for c in ("<f4", ">f8", "<u2", "b1")}
    odd |= {f"none {c}": make(c, (2, 3)) for c in ("u8", "c8", "c16", "f16")}
    odd |= {"none S": np.array([b"abc", b"d"]), "none U": np.array(["abc", "d"]), "none M": np.array(["2020-01-01"], "M8[ns]"),
            "none V": np.zeros(2, "V2"), "none fields": np.zeros(2, [("a", "<f4"), ("b", "<i2", (2,))]),
            "none O": np.array([{"a": 1}, None], dtype=object)}
    path = os.path.join(HERE, "odd.npz")
    np.savez_compressed(path, **odd)
    with zipfile.ZipFile(path, "a") as z:
        for major in (1, 2, 3):
            z.writestr(f"version {major}.npy", npy(make("f4", (2, 3)), (major, 0)))
    np.save(os.path.join(HERE, f"numpy-{np.__version__}.npy"), make("f4", (2, 3)))


main()

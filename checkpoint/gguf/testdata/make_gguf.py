#!/usr/bin/env python3
"""Writes golden.gguf with the official package (PyPI: gguf, numpy).

A tensor "q4_k" is quantised; "q4_k.want" is what the package makes of it. The
package quantises to the older kinds only, so blocks of the K kinds are random
bytes with scales of a usual size.
"""

import pathlib

import gguf
import numpy as np

rng = np.random.default_rng(5)
here = pathlib.Path(__file__).parent
w = gguf.GGUFWriter(here / "golden.gguf", "facula-test")
w.add_custom_alignment(64)
w.add_string("made.by", "gguf 0.19.0, numpy " + np.__version__)
for name, add, value in [
    ("uint8", w.add_uint8, 200), ("int8", w.add_int8, -100), ("uint16", w.add_uint16, 60000), ("int16", w.add_int16, -30000),
    ("uint32", w.add_uint32, 4000000000), ("int32", w.add_int32, -2000000000), ("uint64", w.add_uint64, 2**64 - 1),
    ("int64", w.add_int64, -2**63), ("float32", w.add_float32, 0.1), ("float64", w.add_float64, 0.1), ("bool", w.add_bool, True),
    ("string", w.add_string, "žluťoučký kůň"), ("empty", w.add_string, " "),
]:
    add("test." + name, value)
w.add_array("test.tokens", ["<s>", "a", "", "日本", "5", "6", "7", "8", "9", "10"])
w.add_array("test.floats", [0.5, -1.5])
w.add_array("test.bools", [True, False, True])
w.add_array("test.ints", [1, -2, 3])
w.add_array("test.nested", [[1, 2], [3]])

for d in (np.float32, np.float16, np.float64, np.int8, np.int16, np.int32, np.int64):
    w.add_tensor(np.dtype(d).name, (np.arange(24).reshape(2, 3, 4) - 5).astype(d))
bf16 = np.array([1.0, -2.5, 3.140625, 0.0], np.float32)
w.add_tensor("bfloat16", gguf.quantize(bf16, gguf.GGMLQuantizationType.BF16), raw_dtype=gguf.GGMLQuantizationType.BF16)
w.add_tensor("vector", np.array([7, 8, 9], np.float32))

K = gguf.GGMLQuantizationType
for kind in (K.Q4_0, K.Q4_1, K.Q5_0, K.Q5_1, K.Q8_0):
    raw = gguf.quantize(rng.normal(size=(3, 64)).astype(np.float32), kind)
    w.add_tensor(kind.name.lower(), raw, raw_dtype=kind)
    w.add_tensor(kind.name.lower() + ".want", gguf.dequantize(raw, kind))
scales = {K.Q2_K: (80, 82), K.Q3_K: (108,), K.Q4_K: (0, 2), K.Q5_K: (0, 2), K.Q6_K: (208,)}
for kind, at in scales.items():
    _, size = gguf.GGML_QUANT_SIZES[kind]
    raw = rng.integers(0, 256, size=(2, 2 * size), dtype=np.uint8)
    for block in raw.reshape(-1, size):
        for i in at:
            block[i:i + 2] = np.frombuffer(np.float16(rng.normal() / 16).tobytes(), np.uint8)
    w.add_tensor(kind.name.lower(), raw, raw_dtype=kind)
    w.add_tensor(kind.name.lower() + ".want", gguf.dequantize(raw, kind))
raw = rng.integers(0, 256, size=(1, 66), dtype=np.uint8)  # a kind that facula lists only
w.add_tensor("iq2_xxs", raw, raw_dtype=K.IQ2_XXS)

w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()

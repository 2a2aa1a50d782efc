"""Runs exported models in ONNX Runtime and compares with what facula computed.

The folder has ONNX's own layout of tests: NAME/model.onnx and, below NAME,
test_data_set_0/input_0.pb, output_0.pb, … Made with onnx 1.22.0, onnxruntime 1.32.0.
"""

import glob
import os
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper


def load(path):
    with open(path, "rb") as f:
        return numpy_helper.to_array(onnx.load_tensor(f))


def tensors(folder, name):
    return [load(os.path.join(folder, f"{name}_{i}.pb")) for i in range(len(glob.glob(os.path.join(folder, name + "_*.pb"))))]


def check(folder, tolerance):
    path = os.path.join(folder, "model.onnx")
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    worst = 0.0
    for data in sorted(glob.glob(os.path.join(folder, "test_data_set_*"))):
        inputs = {i.name: x for i, x in zip(session.get_inputs(), tensors(data, "input"))}
        got, want = session.run(None, inputs), tensors(data, "output")
        assert len(got) == len(want), f"{len(got)} outputs; want {len(want)}"
        for g, w in zip(got, want):
            assert g.shape == w.shape and g.dtype == w.dtype, f"{g.dtype} {g.shape}; want {w.dtype} {w.shape}"
            with np.errstate(all="ignore"):
                error = np.asarray(np.abs(g.astype(np.float64) - w) / np.maximum(1, np.abs(w)))
            error[(g == w) | (g != g) & (w != w)] = 0  # infinities and NaN too
            assert not np.isnan(error).any(), "NaN or infinity in one of the two"
            worst = max(worst, float(error.max(initial=0)))
    assert worst <= tolerance, f"differs by {worst:.1e}"
    return worst


def main():
    root, tolerance = sys.argv[1], 1e-5
    failed, worst = [], (0.0, "")
    names = sorted(os.listdir(root))
    for name in names:
        try:
            worst = max(worst, (check(os.path.join(root, name), tolerance), name))
        except Exception as e:  # of any library
            failed.append(name)
            print(f"{name}: {type(e).__name__}: {str(e)[:600]}")
    print(f"{len(names) - len(failed)} of {len(names)} models agree with ONNX Runtime {ort.__version__} to {tolerance}; the worst is {worst[1]} with {worst[0]:.1e}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()

r"""Packs ONNX's official backend test data into an archive.

    apt-get install libonnx-testdata            # onnx 1.12.0, /usr/share/libonnx-testdata/data
    python3 pack.py /usr/share/libonnx-testdata/data node.tar.bz2 node simple

packs the node cases and the simple models of onnx 1.12.0. Operators that are
newer come from the wheel onnx==1.22.0:

    python3 pack.py .../onnx/backend/test/data newer.tar.bz2 'node/test_attention*' \
        'node/test_rotary*' 'node/test_tensorscatter*' 'node/test_swish*' 'node/test_rms_normalization_3d*' \
        'node/test_l[12]normalization*' 'node/test_affine_grid*' 'node/test_bitwise*' 'node/test_center_crop_pad*' \
        'node/test_col2im*' 'node/test_cumprod*' 'node/test_gelu*' 'node/test_group_normalization*' \
        'node/test_lppool_[12]d*' 'node/test_mish*' 'node/test_split_to_sequence*' 'node/test_string_concat*' \
        'node/test_resize_*antialias*' 'node/test_resize_*not_*' 'node/test_reduce_*empty_set*' 'node/test_*int4*' 'node/test_dft' 'node/test_dft_[ao]*' \
        'node/test_roialign_mode_max*' 'node/test_quantizelinear_blocked*' 'node/test_dequantizelinear_blocked*'

The data is (c) ONNX Project Contributors, licensed under the Apache License 2.0
(before 1.12 also under MIT, which Debian calls Expat); see LICENSE.onnx. It is
packed unchanged. Files of equal content are stored once, others are hard links,
in the order of their names: the archive depends on the data alone.
"""
import glob
import hashlib
import io
import os
import sys
import tarfile


def files(root, patterns):
    folders = sorted({f for p in patterns for f in glob.glob(os.path.join(root, p))})
    for folder in folders:
        for dir, dirs, names in os.walk(folder):
            dirs.sort()
            for name in sorted(names):
                if name.endswith((".pb", ".onnx")):
                    yield os.path.join(dir, name)


def main(root, out, *patterns):
    first = {}
    with tarfile.open(out, "w:bz2", compresslevel=9, format=tarfile.USTAR_FORMAT) as tar:
        for path in files(root, patterns):
            with open(path, "rb") as f:
                data = f.read()
            info = tarfile.TarInfo(os.path.relpath(path, root))
            key = hashlib.sha256(data).digest()
            if len(first.get(key, 101 * "x")) <= 100:  # what a header has room for
                info.type, info.linkname = tarfile.LNKTYPE, first[key]
                tar.addfile(info)
                continue
            first[key] = info.name
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


main(*sys.argv[1:])

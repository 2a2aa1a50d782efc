"""Packs ONNX's official backend test data into node.tar.bz2 (or another file).

    apt-get install libonnx-testdata            # onnx 1.12.0, /usr/share/libonnx-testdata/data
    python3 pack.py /usr/share/libonnx-testdata/data node.tar.bz2 node simple

packs the node cases and the simple models of onnx 1.12.0, which is what is
committed here. The wheel onnx==1.22.0 has newer ones in onnx/backend/test/data.

The data is (c) ONNX Project Contributors, licensed under the Apache License 2.0
(before 1.12 also under MIT, which Debian calls Expat); see LICENSE.onnx. It is
packed unchanged. Files of equal content are
stored once, others are hard links, in the order of their names: the archive
depends on the data alone.
"""
import hashlib
import io
import os
import sys
import tarfile


def files(root, folders):
    for folder in folders:
        for dir, dirs, names in os.walk(os.path.join(root, folder)):
            dirs.sort()
            for name in sorted(names):
                if name.endswith((".pb", ".onnx")):
                    yield os.path.join(dir, name)


def main(root, out, *folders):
    first = {}
    with tarfile.open(out, "w:bz2", compresslevel=9, format=tarfile.USTAR_FORMAT) as tar:
        for path in files(root, folders):
            with open(path, "rb") as f:
                data = f.read()
            info = tarfile.TarInfo(os.path.relpath(path, root))
            key = hashlib.sha256(data).digest()
            if key in first:
                info.type, info.linkname = tarfile.LNKTYPE, first[key]
                tar.addfile(info)
                continue
            first[key] = info.name
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


main(*sys.argv[1:])

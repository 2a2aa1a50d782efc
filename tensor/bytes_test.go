package tensor_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Every dtype goes to bytes and back, views and empty tensors included.
func TestBytes(t *testing.T) {
	for d := device.Float32; d < device.NumDTypes; d++ {
		for _, shape := range [][]int{{}, {0, 3}, {7}, {3, 5}} {
			x := tensor.Arange(0.0, 15.0, 1.0).Narrow(0, 0, tensor.Empty(shape...).Len()).Reshape(shape...).Cast(d)
			if len(shape) == 2 {
				x = x.T()
			}
			raw := tensor.Bytes(x)
			for _, opts := range [][]tensor.SliceOption{nil, {tensor.Share}} {
				y := tensor.FromBytes(raw, d, x.Shape(), opts...)
				if y.DType() != d || !bytes.Equal(tensor.Bytes(y), raw) || !y.Cast(tensor.Float64).Equal(x.Cast(tensor.Float64)) {
					t.Errorf("%v %v: %v came back as %v", d, shape, x, y)
				}
			}
		}
	}
	raw := binary.NativeEndian.AppendUint32(nil, math.Float32bits(1.5))
	x := tensor.FromBytes(raw, tensor.Float32, nil, tensor.Share)
	copied := tensor.FromBytes(raw, tensor.Float32, nil)
	binary.NativeEndian.PutUint32(raw, math.Float32bits(-2))
	if x.Float() != -2 || copied.Float() != 1.5 {
		t.Errorf("shared %v and copied %v; want -2 and 1.5", x.Float(), copied.Float())
	}
	if got := tensor.Bytes(tensor.Scalar(float32(-2))); !bytes.Equal(got, raw) {
		t.Errorf("bytes of -2 are %x; want %x", got, raw)
	}
}

func TestFromBytesMisuse(t *testing.T) {
	raw := make([]byte, 33)
	for want, f := range map[string]func(){
		"tensor: from_bytes: 33 bytes do not fill [2] of float32": func() { tensor.FromBytes(raw, tensor.Float32, []int{2}) },
		"tensor: from_bytes: memory to be shared is not aligned to 4 bytes, the size of float32": func() {
			tensor.FromBytes(raw[1:9], tensor.Float32, []int{2}, tensor.Share)
		},
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
	}
}

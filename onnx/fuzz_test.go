package onnx

import (
	"path"
	"runtime"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/onnx/internal/official"
	"github.com/facula-ml/facula/tensor"
)

// FuzzRun reads and runs whatever it is given. Reading may allocate in
// proportion to the file; running must end in an error or in outputs, and the
// error must not be that of a mistake in an operator.
func FuzzRun(f *testing.F) {
	files, err := official.Read("testdata/node.tar.bz2")
	if err != nil {
		f.Fatal(err)
	}
	for name, data := range files {
		if path.Base(name) == "model.onnx" && len(data) < 600 {
			f.Add(data)
		}
	}
	cpu.SetMemoryLimit(64 << 20)
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := Read(data)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 80<<20+uint64(16*len(data)) {
			t.Fatalf("reading %d bytes allocates %d", len(data), n)
		}
		if err != nil {
			return
		}
		m.MaxCalls = 100
		in := map[string]*Value{}
		for _, info := range m.Inputs {
			in[info.Name] = example(info)
		}
		if _, err := m.RunValues(in); mistake(err) {
			t.Error(err)
		}
	})
}

// example is a small value of the type that a model declares, or nearly.
func example(info ValueInfo) *Value {
	d := storage(info.Elem)
	if d == 0 {
		return NewSequence(NewValue(tensor.Ones(2, 3)))
	}
	var shape []int
	for i, dim := range info.Shape {
		if i < 8 {
			shape = append(shape, min(max(dim.Size, 0), 4))
		}
	}
	t := tensor.Arange(0, product(shape), 1).RemainderScalar(3).Reshape(shape...).Cast(d)
	return &Value{Tensor: t, Elem: info.Elem}
}

package safetensors

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/facula-ml/facula/tensor"
)

// A mapped tensor can be written, outlives its file, and lets go of the memory
// in the end.
func TestMMap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	before := file(`{"x":{"dtype":"F32","shape":[1024],"data_offsets":[0,4096]},"b":{"dtype":"BOOL","shape":[1],"data_offsets":[4096,4097]}}`, 4097)
	os.WriteFile(path, before, 0o666)
	f, err := Open(path, MMap)
	if err != nil {
		t.Fatal(err)
	}
	m := f.pages
	if m == nil {
		t.Skip("no mmap here")
	}
	x, err := f.Tensor("x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Tensor("b"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	view := x.Narrow(0, 1000, 24).Reshape(2, 12).Detach()
	x = nil
	runtime.GC()
	runtime.GC()
	if !view.AddScalarInPlace(1).Equal(tensor.Ones(2, 12)) {
		t.Errorf("%v; want ones", view)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a write to a tensor changed the file")
	}
	if m.users.Load() == 0 {
		t.Error("the memory is gone while a view is there")
	}
	runtime.KeepAlive(view)
	view = nil
	for deadline := time.Now().Add(10 * time.Second); m.users.Load() > 0; time.Sleep(time.Millisecond) {
		runtime.GC()
		if time.Now().After(deadline) {
			t.Fatalf("%d users are left", m.users.Load())
		}
	}
}

// An address that does not suit the dtype is read, not mapped.
func TestMMapUnaligned(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	raw := file(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 9)
	copy(raw[len(raw)-4:], []byte{0, 0, 0x80, 0x3f})
	os.WriteFile(path, raw, 0o666)
	f := open1(t, path, MMap)
	x, err := f.Tensor("x")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "x", x, tensor.Of([]float32{0, 1}, 2))
}

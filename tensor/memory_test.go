package tensor_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// An op for which there is no memory panics with an error that can be caught,
// and the program goes on.
func TestOutOfMemory(t *testing.T) {
	if memoryIsCollected() {
		t.Skip("this build leaves all memory to the collector")
	}
	defer cpu.SetMemoryLimit(0)
	x := tensor.Ones(1, 1<<20)
	tensor.ReleaseMemory()
	cpu.SetMemoryLimit(tensor.MemoryStats().FromOS + 20<<20)
	for what, f := range map[string]func(){
		"one large result":  func() { x.Expand(64, 1<<20).AddScalar(1.0) },
		"a chain":           func() { hold(x, 64) },
		"a copy on a write": func() { all := hold(x, 5); all[4].Clone().Fill(1); runtime.KeepAlive(all) },
		"Empty":             func() { tensor.Zeros(1<<20, 1<<10) },
	} {
		err := tensor.Try(f)
		var e *tensor.Error
		if !errors.As(err, &e) || !errors.Is(err, device.ErrOutOfMemory) {
			t.Errorf("%s: %v; want an *Error that wraps ErrOutOfMemory", what, err)
		}
		if s := x.AddScalar(1.0).Sum().Float(); s != 2<<20 {
			t.Errorf("after %s: the sum is %v", what, s)
		}
	}
}

// hold makes n tensors of x's size.
func hold(x *tensor.Tensor, n int) []*tensor.Tensor {
	var all []*tensor.Tensor
	for range n {
		all = append(all, x.AddScalar(1.0))
	}
	return all
}

// With FACULA_POISON=1, what nobody wrote is NaN.
func TestPoison(t *testing.T) {
	if !cpu.Poisoned() {
		t.Skip("needs FACULA_POISON=1")
	}
	for _, n := range []int{3, 100, 10000} {
		x := tensor.Make{}.Empty(n)
		if y := x.Eq(x); tensor.Slice[int64](y.Cast(tensor.Int64).Sum())[0] != 0 {
			t.Errorf("%d elements: some of Empty are no NaN", n)
		}
	}
}

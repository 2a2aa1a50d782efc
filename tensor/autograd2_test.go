package tensor_test

import (
	"math"
	"runtime"
	"sync"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

func TestGradOfOneInputTwice(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	g := tensor.Grad([]*tensor.Tensor{x.Mul(x).Sum()}, []*tensor.Tensor{x, x})
	wantValues(t, "first", g[0], 2, 4)
	wantValues(t, "second", g[1], 2, 4)
}

// A hook that differentiates through nodes of the pass it is called from.
func TestNestedPass(t *testing.T) {
	x := f64(3).RequireGrad()
	h := x.Mul(x)
	a, b := h.MulScalar(2.0), h.MulScalar(5.0)
	hs := h.Sum()
	var inner *tensor.Tensor
	a.Hook(func(*tensor.Tensor) *tensor.Tensor {
		inner = tensor.Grad([]*tensor.Tensor{hs}, []*tensor.Tensor{x}, tensor.RetainGraph)[0]
		return nil
	})
	a.Add(b).Sum().Backward()
	wantValues(t, "inner gradient", inner, 6)
	wantValues(t, "outer gradient", x.Grad(), 42)
}

// Several goroutines go back through one inner node at once.
func TestConcurrentPassesShareNodes(t *testing.T) {
	w := f64(1, 2, 3).RequireGrad()
	shared := w.MulScalar(2.0)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				shared.Mul(f64(1, 1, 1)).Sum().Backward(tensor.RetainGraph)
			}
		})
	}
	wg.Wait()
	wantValues(t, "grad", w.Grad(), 800, 800, 800)
}

// What PyTorch does when a base or a plain tensor changes under a history.
func TestInPlaceCorners(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	y := x.MulScalar(2.0)
	v := y.Select(0, 0)
	y.Fill(0.0)
	v.Sum().Backward()
	wantValues(t, "through a view of an overwritten base", x.Grad(), 0, 0)

	x, b := f64(1, 4).RequireGrad(), scalar(0).RequireGrad()
	y = x.MulScalar(1.0)
	y.Select(0, 0).CopyFrom(b)
	y.Sqrt().Sum().Backward() // infinite at what was overwritten
	wantValues(t, "beside an infinite gradient", x.Grad(), 0, 0.25)
	if g := b.Grad().Float(); !math.IsInf(g, 1) {
		t.Errorf("gradient of the new value is %v; want +Inf", g)
	}

	u := f64(2, 3).RequireGrad()
	y = f64(5, 7)
	y.MulInPlace(u).Sum().Backward()
	wantValues(t, "of the factor of a plain tensor", u.Grad(), 5, 7)
}

func scalar(v float64) *tensor.Tensor { return tensor.Make{DType: tensor.Float64}.Scalar(v) }

// Goroutines may read a view whose base was changed.
func TestConcurrentReadsOfStaleView(t *testing.T) {
	w := tensor.Ones(8, 8).RequireGrad()
	v := w.T()
	w.Detach().AddScalarInPlace(1.0)
	x := tensor.Ones(2, 8)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { x.MatMul(v).Sum().Backward(tensor.RetainGraph) })
	}
	wg.Wait()
	if g := w.Grad().Sum().Float(); g != 8*2*64 {
		t.Errorf("sum of the gradient is %v; want %v", g, 8*2*64)
	}
}

// A graph does not keep the memory of tensors that no gradient reads.
func TestGraphFreesOverwrittenMemory(t *testing.T) {
	x := tensor.Ones(1).RequireGrad()
	const n = 4 << 20
	s := func() *tensor.Tensor {
		y := x.Expand(n).MulScalar(2.0)
		y.Select(0, 0).Fill(0.0)
		return y.Sum()
	}()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > n {
		t.Errorf("%d MB are alive; want less than 4", m.HeapAlloc>>20)
	}
	s.Backward()
	if g := x.Grad().Float(); g != 2*(n-1) {
		t.Errorf("gradient is %v; want %v", g, 2*(n-1))
	}
}

// Sizes that overflow are refused before memory is asked for.
func TestHugeShapes(t *testing.T) {
	a, b := tensor.Zeros(1, 1).Expand(1<<30, 1), tensor.Zeros(1, 1).Expand(1, 1<<30)
	wantPanic(t, "too many elements", func() { a.Add(b) })
	wantPanic(t, "too many elements", func() { a.MatMul(b) })
	u := tensor.Make{DType: tensor.UInt8}.Zeros(1 << 10)
	wantPanic(t, "is not within", func() { u.AsStrided([]int{1<<40 + 1}, []int{1 << 10}, 0) })
}

// CheckStep sets the step: one that is far too long makes a right gradient fail.
func TestCheckStep(t *testing.T) {
	f := func(in []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{in[0].Exp()} }
	in := []*tensor.Tensor{f64(0.5, 1).RequireGrad()}
	if err := tensor.GradCheck(f, in, tensor.CheckStep(1e-4)); err != nil {
		t.Error(err)
	}
	if err := tensor.GradCheck(f, in, tensor.CheckStep(0.5)); err == nil {
		t.Error("a step of 0.5 found nothing")
	}
}

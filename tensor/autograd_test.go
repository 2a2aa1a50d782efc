package tensor_test

import (
	"fmt"

	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

func f64(v ...float64) *tensor.Tensor { return tensor.Of(v, len(v)) }

// wantValues fails unless x holds exactly want.
func wantValues(t *testing.T, name string, x *tensor.Tensor, want ...float64) {
	t.Helper()
	if x == nil {
		t.Errorf("%s is nil; want %v", name, want)
		return
	}
	if got := tensor.Slice[float64](x); !slices.Equal(got, want) {
		t.Errorf("%s is %v; want %v", name, got, want)
	}
}

// wantPanic fails unless f panics with an *Error that contains text.
func wantPanic(t *testing.T, text string, f func()) {
	t.Helper()
	err := tensor.Try(f)
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v\nwant an error with %q", err, text)
	}
}

func TestBackwardAccumulatesAndZeroes(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	x.Mul(x).Sum().Backward()
	wantValues(t, "grad", x.Grad(), 2, 4)
	x.Mul(x).Sum().Backward()
	wantValues(t, "grad after two", x.Grad(), 4, 8)
	x.ZeroGrad()
	if x.Grad() != nil {
		t.Error("ZeroGrad left a gradient")
	}
	x.Mul(x).Backward(tensor.Seed(f64(10, 1)))
	wantValues(t, "grad with seed", x.Grad(), 20, 4)
}

// A leaf used many times, through every way the sum of gradients is built.
func TestManyUses(t *testing.T) {
	x := f64(3).RequireGrad()
	y := x.MulScalar(1.0)
	z := y
	for range 10 {
		z = z.Add(y).Add(x)
	}
	z.Sum().Backward()
	wantValues(t, "grad", x.Grad(), 21)
}

func TestRetainGraph(t *testing.T) {
	x := f64(2).RequireGrad()
	y := x.Mul(x).Sum()
	y.Backward(tensor.RetainGraph)
	y.Backward()
	wantValues(t, "grad", x.Grad(), 8)
	wantPanic(t, "the graph was freed by an earlier Backward; pass RetainGraph", func() { y.Backward() })
	wantValues(t, "grad after a refused pass", x.Grad(), 8)
}

func TestHigherOrder(t *testing.T) {
	x := f64(3).RequireGrad()
	y := x.Mul(x).Mul(x).Sum() // x³
	want := []float64{27, 18, 6}
	for i, w := range want {
		g := tensor.Grad([]*tensor.Tensor{y}, []*tensor.Tensor{x}, tensor.CreateGraph)[0]
		wantValues(t, fmt.Sprint("derivative ", i+1), g, w)
		y = g.Sum()
	}
	if x.Grad() != nil {
		t.Error("Grad touched x.Grad")
	}
}

func TestGradOfInnerTensor(t *testing.T) {
	x := f64(2).RequireGrad()
	h := x.MulScalar(3.0)
	y := h.Mul(h).Sum()
	g := tensor.Grad([]*tensor.Tensor{y}, []*tensor.Tensor{h, x}, tensor.RetainGraph)
	wantValues(t, "dh", g[0], 12)
	wantValues(t, "dx", g[1], 36)
	if g[0].RequiresGrad() {
		t.Error("without CreateGraph a gradient was recorded")
	}
	other := f64(1).RequireGrad()
	wantPanic(t, "no output depends on input 0", func() { tensor.Grad([]*tensor.Tensor{y}, []*tensor.Tensor{other}, tensor.RetainGraph) })
	if g := tensor.Grad([]*tensor.Tensor{y}, []*tensor.Tensor{other}, tensor.AllowUnused); g[0] != nil {
		t.Errorf("gradient of an unused input is %v; want nil", g[0])
	}
}

func TestNoGradTravels(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	y := x.NoGrad().Mul(x).Select(0, 0).Cast(tensor.Float32).Cast(tensor.Float64)
	if y.RequiresGrad() {
		t.Error("a result of a marked tensor requires a gradient")
	}
	wantPanic(t, "marked NoGrad", func() { y.Backward() })
	z := y.Detach().Mul(x) // Detach takes the mark off
	z.Sum().Backward()
	wantValues(t, "grad", x.Grad(), 1, 1)
}

func TestDetach(t *testing.T) {
	x := f64(3).RequireGrad()
	x.Mul(x.Detach()).Sum().Backward()
	wantValues(t, "grad", x.Grad(), 3)
}

func TestHooks(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	h := x.MulScalar(2.0)
	var seen []float64
	h.Hook(func(g *tensor.Tensor) *tensor.Tensor {
		seen = tensor.Slice[float64](g)
		return g.MulScalar(10.0)
	})
	calls := 0
	remove := x.Hook(func(g *tensor.Tensor) *tensor.Tensor { calls++; return nil })
	y := h.Sum().Add(x.Sum()) // x gets two contributions, its hook sees their sum
	y.Backward(tensor.RetainGraph)
	if !slices.Equal(seen, []float64{1, 1}) || calls != 1 {
		t.Errorf("hooks saw %v, %d calls; want [1 1], 1", seen, calls)
	}
	wantValues(t, "grad", x.Grad(), 21, 21)
	remove()
	y.Backward()
	if calls != 1 {
		t.Error("a removed hook was called")
	}
	z := x.MulScalar(1.0)
	z.Hook(func(g *tensor.Tensor) *tensor.Tensor { return f64(1) })
	wantPanic(t, "the hook returned float64 [1]; want float64 [2]", func() { z.Sum().Backward() })
}

// What the hook of a leaf returns is what the leaf collects, and Grad returns.
func TestLeafHookResult(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	x.Hook(func(g *tensor.Tensor) *tensor.Tensor { return g.MulScalar(10.0) })
	y := x.MulScalar(2.0).Add(x).Sum()
	y.Backward(tensor.RetainGraph)
	wantValues(t, "grad", x.Grad(), 30, 30)
	y.Backward(tensor.RetainGraph)
	wantValues(t, "grad of two calls", x.Grad(), 60, 60)
	wantValues(t, "Grad", tensor.Grad([]*tensor.Tensor{y}, []*tensor.Tensor{x})[0], 30, 30)
}

// A copy to a place that overlaps its source copies what was there before.
func TestCopyFromOverlap(t *testing.T) {
	const n = 1000
	make64 := tensor.Make{DType: tensor.Float64}
	up, down := make64.Arange(0, n, 1), make64.Arange(0, n, 1)
	up.Narrow(0, 1, n-1).CopyFrom(up.Narrow(0, 0, n-1))
	down.Narrow(0, 0, n-1).CopyFrom(down.Narrow(0, 1, n-1))
	back := f64(1, 2, 3, 4, 5)
	back.CopyFrom(back.Flip(0))
	wantValues(t, "reversed", back, 5, 4, 3, 2, 1)
	square := f64(1, 2, 3, 4).Reshape(2, 2)
	square.CopyFrom(square.T())
	wantValues(t, "transposed", square, 1, 3, 2, 4)
	for i, v := range tensor.Slice[float64](up) {
		if v != float64(max(0, i-1)) {
			t.Fatalf("x[1:] = x[:-1]: element %d is %v", i, v)
		}
	}
	for i, v := range tensor.Slice[float64](down) {
		if v != float64(min(n-1, i+1)) {
			t.Fatalf("x[:-1] = x[1:]: element %d is %v", i, v)
		}
	}
}

func TestRetainGrad(t *testing.T) {
	x := f64(2).RequireGrad()
	h := x.Mul(x).RetainGrad()
	h.MulScalar(5.0).Sum().Backward()
	wantValues(t, "inner grad", h.Grad(), 5)
	wantValues(t, "grad", x.Grad(), 20)
}

func TestChangeOfSavedTensor(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	h := x.MulScalar(2.0)
	y := h.Mul(h)
	h.AddScalarInPlace(1.0)
	wantPanic(t, "mul backward [2]: input 1 was changed in place after the op (version 1, saved at 0)", func() { y.Sum().Backward() })

	// The same change through a view is seen too.
	h = x.MulScalar(2.0)
	y = h.Mul(h)
	h.Select(0, 0).Fill(7.0)
	wantPanic(t, "was changed in place", func() { y.Sum().Backward() })

	// Add reads nothing, so it does not mind.
	h = x.MulScalar(2.0)
	y = h.Add(h)
	h.AddScalarInPlace(1.0)
	y.Sum().Backward()
	wantValues(t, "grad", x.Grad(), 4, 4)
}

func TestInPlaceHistory(t *testing.T) {
	x := f64(2, 3).RequireGrad()
	y := x.MulScalar(1.0)
	y.MulInPlace(x) // x², though mul reads the y that it overwrites
	y.Sum().Backward()
	wantValues(t, "grad", x.Grad(), 4, 6)

	wantPanic(t, "a leaf that requires a gradient cannot be changed in place", func() { x.AddScalarInPlace(1.0) })
	wantPanic(t, "a view of a leaf", func() { x.Select(0, 0).Fill(1.0) })
	x.Detach().Fill(9.0) // the way of optimizers
	wantValues(t, "x", x, 9, 9)

	w := x.MulScalar(1.0)
	wantPanic(t, "the other operand is marked NoGrad", func() { w.AddInPlace(f64(1, 1).NoGrad()) })
	w.CopyFrom(f64(1, 1).NoGrad()) // a constant
	x.ZeroGrad()
	w.MulScalar(2.0).Sum().Backward() // as PyTorch: it goes on to require a gradient, which is 0
	wantValues(t, "grad of what was overwritten", x.Grad(), 0, 0)

	z := tensor.Make{DType: tensor.Float64}.Zeros(2, 2) // needs no gradient until written
	z.Select(0, 1).CopyFrom(x)
	x.ZeroGrad()
	z.Mul(z).Sum().Backward()
	wantValues(t, "grad through a written base", x.Grad(), 18, 18)
}

func TestMisuseOfBackward(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	wantPanic(t, "more than one element; pass Seed", func() { x.MulScalar(2.0).Backward() })
	wantPanic(t, "requires no gradient", func() { f64(1).Sum().Backward() })
	wantPanic(t, "the seed must have the output's shape and dtype", func() { x.MulScalar(2.0).Backward(tensor.Seed(f64(1))) })
	wantPanic(t, "dtype int64 has no gradient", func() { tensor.Arange(0, 3, 1).RequireGrad() })
	wantPanic(t, "only a leaf can be asked", func() { x.MulScalar(2.0).RequireGrad() })
	wantPanic(t, "input 0 requires no gradient", func() { tensor.Grad([]*tensor.Tensor{x.Sum()}, []*tensor.Tensor{f64(1)}) })
	wantPanic(t, "input 1 is nil", func() { x.Add(nil) })
}

func TestAnomalyNamesOpAndLine(t *testing.T) {
	x := f64(0, 1).RequireGrad()
	y := x.DetectAnomaly().Div(x) // 0/0
	err := tensor.Try(func() { y.Sum().Backward() })
	if err == nil || !strings.Contains(err.Error(), "div backward") || !strings.Contains(err.Error(), "autograd_test.go:") ||
		!strings.Contains(err.Error(), "NaN") {
		t.Errorf("got %v; want the op, NaN and this file's line", err)
	}
}

// A user's own op: Grad is called instead of the parts' gradients, and can be
// differentiated again.
func TestFunction(t *testing.T) {
	cube := &tensor.Function{
		Name: "cube", Reads: tensor.In0,
		Forward: func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Mul(in[0]).Mul(in[0]) },
		Backward: func(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
			x := c.In(0)
			return tensor.Grads{dy.Mul(x).Mul(x).MulScalar(3.0)}
		},
	}
	f := func(in []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{cube.Apply(in[0])} }
	in := []*tensor.Tensor{f64(0.5, -1.5, 2).RequireGrad()}
	if err := tensor.GradCheck(f, in); err != nil {
		t.Error(err)
	}
	if err := tensor.GradGradCheck(f, in); err != nil {
		t.Error(err)
	}
	careless := *cube
	careless.Reads = tensor.Nothing
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), "which its Reads does not name") {
			t.Errorf("an undeclared read gave %v", r)
		}
	}()
	careless.Apply(in[0]).Sum().Backward()
}

func TestGradCheckFindsAWrongGradient(t *testing.T) {
	wrong := &tensor.Function{
		Name: "wrong", Reads: tensor.In0,
		Forward: func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Exp() },
		Backward: func(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
			return tensor.Grads{dy.Mul(c.In(0).Exp()).MulScalar(1.00001)}
		},
	}
	err := tensor.GradCheck(func(in []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{wrong.Apply(in[0])} },
		[]*tensor.Tensor{f64(1, 2).RequireGrad()})
	if err == nil || !strings.Contains(err.Error(), "gradient of input 0 at element 0") {
		t.Errorf("got %v; want an error for element 0", err)
	}
	if err := tensor.GradCheck(nil, []*tensor.Tensor{tensor.Ones(2).RequireGrad()}); err == nil {
		t.Error("gradcheck accepted float32")
	}
}

// Goroutines build graphs of their own on shared leaves and add to them at once.
func TestConcurrentGraphs(t *testing.T) {
	w := tensor.Make{DType: tensor.Float64}.Ones(16, 16).RequireGrad()
	const workers, steps = 8, 20
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			x := tensor.Make{DType: tensor.Float64}.Ones(4, 16)
			for range steps {
				x.MatMul(w.T()).Sum().Backward()
				if e := x.NoGrad().MatMul(w).Sum().Float(); e != 4*16*16 {
					t.Errorf("forward gave %v", e)
				}
			}
		})
	}
	wg.Wait()
	for _, g := range tensor.Slice[float64](w.Grad()) {
		if g != workers*steps*4 {
			t.Fatalf("gradient is %v; want %v", g, workers*steps*4)
		}
	}
}

// Backward frees what gradients read, so a graph that is kept holds no inputs.
func TestBackwardFreesSaved(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	h := x.Mul(x)
	y := h.Exp().Sum()
	if n := tensor.SavedCount(y); n != 3 {
		t.Errorf("before backward %d tensors are saved; want 3 (two inputs of mul, the result of exp)", n)
	}
	y.Backward()
	if n := tensor.SavedCount(y); n != 0 {
		t.Errorf("after backward %d tensors are saved; want 0", n)
	}
}

func TestSeveralOutputs(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	a, b := x.MulScalar(2.0), x.Mul(x)
	g := tensor.Grad([]*tensor.Tensor{a, b}, []*tensor.Tensor{x}, tensor.Seed(f64(1, 1), f64(1, 0)))
	wantValues(t, "grad of both", g[0], 4, 2)
}

func TestGraph(t *testing.T) {
	x := f64(1, 2).RequireGrad()
	got := x.Mul(x).Sum().Graph()
	want := "#1 sum []\n└─ #2 mul [2]\n   ├─ #3 leaf [2]\n   └─ #3\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := f64(1).Graph(); got != "no gradient is recorded\n" {
		t.Errorf("got %q", got)
	}
}

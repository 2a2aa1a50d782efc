package tensor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

const closed = "is of a scope that was closed; Keep it before"

// sizes of elements whose memory is the body's, the arena's and the pool's.
var scopeSizes = []int{4, 500, pooled}

// refuses fails unless f panics with an *Error that says want.
func refuses(t *testing.T, what, want string, f func()) {
	t.Helper()
	err := tensor.Try(f)
	var e *tensor.Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
		t.Errorf("%s gives %v; want an error that says: %s", what, err, want)
	}
}

// What was computed in a scope ends with it, and says so.
func TestScopeEnds(t *testing.T) {
	for _, n := range scopeSizes {
		s := tensor.NewScope()
		w := tensor.Ones(n).RequireGrad()
		x := s.In(tensor.Ones(n))
		y := x.Mul(w)
		loss, row, clone, list := y.Sum(), y.Narrow(0, 0, 1), y.Clone(), y.Split(2, 0)
		everyElementIs(t, "in the scope", y, 1)
		s.Close()
		for what, f := range map[string]func(){
			"an op": func() { y.ReLU() }, "a second input": func() { w.Add(y) }, "what entered": func() { x.ReLU() },
			"a view": func() { row.ReLU() }, "a clone": func() { clone.ReLU() }, "one of several results": func() { list[1].ReLU() },
			"Slice": func() { tensor.Slice[float32](y) }, "Data": func() { tensor.Data[float32](y) }, "Float": func() { loss.Float() },
			"Shape": func() { y.Shape() }, "Backward": func() { loss.Backward() }, "Detach": func() { y.Detach() }, "NoGrad": func() { y.NoGrad() },
			"Keep": func() { y.Keep() }, "In": func() { s.In(y) }, "CopyFrom": func() { tensor.Ones(n).CopyFrom(y) },
			"Grad": func() { y.Grad() }, "Fill": func() { y.Fill(2) }, "Free": func() { y.Free() },
		} {
			refuses(t, what, closed, f)
		}
		everyElementIs(t, "the parameter", w, 1)
	}
}

// A scope is used again and again: what left it stays as it was.
func TestScopeKeep(t *testing.T) {
	for _, n := range scopeSizes {
		s := tensor.NewScope()
		var kept []*tensor.Tensor
		var shared []float32
		w := tensor.Ones(n).RequireGrad()
		old := tensor.Zeros(n)
		for step := range 4 {
			v := float64(step)
			y := s.In(tensor.Ones(n)).Mul(w).MulScalar(v)
			kept = append(kept, y.Keep(), y.Reshape(n, 1).Keep(), y.Clone().Keep())
			if step == 1 {
				shared = tensor.Data[float32](y)
				old.CopyFrom(y.Detach())
			}
			w.ZeroGrad()
			y.Sum().Backward()
			if step == 2 {
				kept = append(kept, w.Grad())
			}
			s.Close()
		}
		want := []float32{0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3}
		for i, k := range kept {
			everyElementIs(t, "what was kept", k.Add(tensor.Zeros(1)), want[i])
			if k.RequiresGrad() {
				t.Error("what was kept has a history")
			}
		}
		everyElementIs(t, "the last gradient", w.Grad(), 3)
		everyElementIs(t, "what was copied", old, 1)
		for _, v := range shared {
			if v != 1 {
				t.Fatalf("a slice of %d elements holds %v; want what the tensor held, 1", n, v)
			}
		}
	}
}

// Of two scopes in one op one must be inner to the other, and the result is of
// that one. Inner scopes end with the outer.
func TestScopesNest(t *testing.T) {
	outer, other := tensor.NewScope(), tensor.NewScope()
	in := outer.Inner()
	x := tensor.Ones(500)
	a, b := outer.In(x), in.In(x)
	refuses(t, "an op of two scopes", "two scopes", func() { a.Add(other.In(x)) })
	refuses(t, "In of another scope", "two scopes", func() { other.In(a) })
	refuses(t, "In of an inner scope", "two scopes", func() { outer.In(b) })
	sum, view := a.Add(b), in.In(a).Reshape(5, 100)
	in.Close()
	refuses(t, "the sum", closed, func() { sum.ReLU() })
	refuses(t, "the view", closed, func() { view.ReLU() })
	everyElementIs(t, "the outer tensor", a, 1)
	sum = a.Add(in.In(x))
	outer.Close()
	refuses(t, "the sum", closed, func() { sum.ReLU() })
	refuses(t, "the outer tensor", closed, func() { a.ReLU() })
	refuses(t, "an op of a scope that was cut off", "two scopes", func() { in.In(x).Add(outer.In(x)) })
}

// A tensor outside cannot take a history from a scope, but it can take values.
func TestScopeInPlace(t *testing.T) {
	s := tensor.NewScope()
	w, total := tensor.Ones(3).RequireGrad(), tensor.Zeros(3)
	y := s.In(w).MulScalar(2)
	refuses(t, "AddInPlace", "its history would end before", func() { total.AddInPlace(y) })
	refuses(t, "through a view", "its history would end before", func() { total.Narrow(0, 0, 1).CopyFrom(y.Narrow(0, 0, 1)) })
	refuses(t, "through the scope", "its history would end before", func() { s.In(total).AddInPlace(y) })
	total.AddInPlace(y.Detach())
	total.AddInPlace(y.NoGrad())
	z := y.Clone()
	z.Narrow(0, 0, 2).MulInPlace(y.Narrow(0, 0, 2)) // within the scope: as always
	z.Sum().Backward()
	s.Close()
	everyElementIs(t, "the total", total, 4)
	if g := tensor.Slice[float64](w.Grad()); !slices.Equal(g, []float64{8, 8, 2}) {
		t.Errorf("the gradient is %v; want [8 8 2]", g)
	}
}

// SetData takes memory that outlives the scope.
func TestScopeSetData(t *testing.T) {
	for _, n := range scopeSizes {
		s := tensor.NewScope()
		p := tensor.Zeros(n)
		p.SetData(s.In(tensor.Ones(n)).MulScalar(3))
		s.Close()
		s.In(tensor.Ones(n)).MulScalar(5)
		everyElementIs(t, "the data", p, 3)
	}
}

// A scope cannot end under the feet of Backward.
func TestScopeCloseInBackward(t *testing.T) {
	s := tensor.NewScope()
	x := s.In(tensor.Ones(2).RequireGrad()).MulScalar(2)
	x.Hook(func(g *tensor.Tensor) *tensor.Tensor { s.Close(); return nil })
	refuses(t, "Close", "while Backward runs", func() { x.Sum().Backward() })
	x.Sum()
	s.Close()
}

// Second derivatives work in a scope.
func TestScopeCreateGraph(t *testing.T) {
	s := tensor.NewScope()
	for range 2 {
		x := tensor.Ones(4).MulScalar(3).RequireGrad()
		y := s.In(x).PowScalar(3)
		g := tensor.Grad([]*tensor.Tensor{y.Sum()}, []*tensor.Tensor{x}, tensor.CreateGraph)[0]
		h := tensor.Grad([]*tensor.Tensor{g.Sum()}, []*tensor.Tensor{x})[0].Keep()
		everyElementIs(t, "the first", g, 27)
		s.Close()
		everyElementIs(t, "the second", h, 18)
	}
}

// train returns the parameters after some steps; in says how data enters.
func train(in func(x *tensor.Tensor) *tensor.Tensor, end func()) [][]float32 {
	gen := nn.Gen(tensor.NewGenerator(1))
	model := nn.NewSequential(nn.NewConv2d(1, 6, 3, gen), nn.NewBatchNorm2d(6), nn.NewReLU(), nn.NewMaxPool2d(2), nn.NewFlatten(),
		nn.NewLinear(6*5*5, 40, gen), nn.NewGELU(), nn.NewLayerNorm([]int{40}), nn.NewLinear(40, 5, gen))
	data := tensor.Make{Gen: tensor.NewGenerator(2)}
	x, y := data.Randn(32, 1, 12, 12), data.RandInt(0, 5, 32)
	opt, loss := optim.NewAdam(nn.Params(model), 1e-2), nn.NewCrossEntropyLoss()
	for range 5 {
		opt.ZeroGrad()
		loss.Forward(model.Forward(in(x)), y).Backward()
		opt.Step()
		end()
	}
	var out [][]float32
	for _, p := range nn.Params(model) {
		out = append(out, tensor.Slice[float32](p))
	}
	return out
}

// A scope changes nothing but the memory, also where several goroutines have
// one each.
func TestScopeTrainsTheSame(t *testing.T) {
	want := train(func(x *tensor.Tensor) *tensor.Tensor { return x }, func() {})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			s := tensor.NewScope()
			if got := train(s.In, s.Close); !slices.EqualFunc(got, want, slices.Equal) {
				t.Error("other parameters than without a scope")
			}
		})
	}
	wg.Wait()
}

// Goroutines with a scope each run one model at once.
func TestScopesShareAModel(t *testing.T) {
	model := nn.NewSequential(nn.NewLinear(30, 80), nn.NewReLU(), nn.NewLinear(80, 3))
	x := tensor.Ones(64, 30)
	want := tensor.Slice[float32](model.Forward(x))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s := tensor.NewScope()
			for range 20 {
				y := model.Forward(s.In(x))
				if !slices.Equal(tensor.Slice[float32](y), want) {
					t.Error("another result")
				}
				y.Sum().Backward()
				s.Close()
			}
		})
	}
	wg.Wait()
}

// A step in a scope leaves the pool as it was.
func TestScopeGivesAllBack(t *testing.T) {
	if memoryIsCollected() {
		t.Skip("this build leaves all memory to the collector")
	}
	s := tensor.NewScope()
	model := nn.NewSequential(nn.NewLinear(300, 300), nn.NewGELU(), nn.NewLinear(300, 10))
	x, y := tensor.Ones(64, 300), tensor.Make{DType: tensor.Int64}.Zeros(64)
	opt, loss := optim.NewSGD(nn.Params(model), 1e-2), nn.NewCrossEntropyLoss()
	step := func() int {
		for _, p := range nn.Params(model) {
			if g := p.Grad(); g != nil {
				g.Free()
			}
		}
		opt.ZeroGrad()
		loss.Forward(model.Forward(s.In(x)), y).Backward()
		opt.Step()
		s.Close()
		return tensor.MemoryStats().InUse
	}
	step()
	first := step()
	for range 5 {
		if now := step(); now > first {
			t.Errorf("%d bytes are in use after a step; want %d as after the one before", now, first)
		}
	}
}

// Two goroutines in one scope are an error, not each other's numbers. The
// second is simulated: a real one could do harm before it is found.
func TestScopeOfTwoGoroutines(t *testing.T) {
	s := tensor.NewScope()
	x := s.In(tensor.Ones(2))
	tensor.Taking(s, true)
	refuses(t, "an op beside another", "two goroutines use one scope at once", func() { x.ReLU() })
	tensor.Taking(s, false)
	x.ReLU()
}

// A tensor that is gone says so where it is printed.
func TestPrintGone(t *testing.T) {
	s := tensor.NewScope()
	x, y := s.In(tensor.Ones(2)).ReLU(), tensor.Ones(1000)
	s.Close()
	y.Free()
	for _, f := range []string{"%v", "%s", "%+v", "%.2f"} {
		if got := fmt.Sprintf(f, x); got != "tensor(of a closed scope)" {
			t.Errorf("%s prints %q of a closed scope", f, got)
		}
		if got := fmt.Sprintf(f, y); got != "tensor(freed)" {
			t.Errorf("%s prints %q of a freed tensor", f, got)
		}
	}
	if x.String() != "tensor(of a closed scope)" || y.String() != "tensor(freed)" {
		t.Errorf("strings are %q and %q", x.String(), y.String())
	}
}

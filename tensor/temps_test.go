package tensor_test

import (
	"testing"

	"github.com/facula-ml/facula/tensor"
)

const (
	big      = 1 << 16 // elements of a pooled tensor
	bigBytes = 4 * big
)

// peakOf is the most memory that f takes on top of what is in use, and what is
// left of it, in tensors of big elements.
func peakOf(t *testing.T, f func()) (peak, left float64) {
	if memoryIsCollected() {
		t.Skip("this build leaves all memory to the collector")
	}
	tensor.ResetPeak()
	before := tensor.MemoryStats().InUse
	f()
	s := tensor.MemoryStats()
	return float64(s.Peak-before) / bigBytes, float64(s.InUse-before) / bigBytes
}

// Backward needs memory for the gradients at hand, not for all there have been.
func TestBackwardFreesGradients(t *testing.T) {
	x := tensor.Ones(big).RequireGrad()
	y := x
	for range 20 {
		y = y.Sigmoid().Mul(x).Add(x)
	}
	loss := y.Sum()
	if peak, left := peakOf(t, func() { loss.Backward() }); peak > 6 || left > 1 {
		t.Errorf("Backward takes %v buffers and leaves %v; want at most 6, and 1 for the gradient", peak, left)
	}
	loss = x.Exp().Sum()
	x.ZeroGrad()
	peak, left := peakOf(t, func() { tensor.Grad([]*tensor.Tensor{loss}, []*tensor.Tensor{x}) })
	if peak > 2 || left > 1 {
		t.Errorf("Grad takes %v buffers and leaves %v; want at most 2, and 1 for the result", peak, left)
	}
}

// A definition leaves its result and nothing else.
func TestDefinitionFreesItsWork(t *testing.T) {
	x := tensor.Rand(big)
	for name, f := range map[string]func() *tensor.Tensor{
		"square":     func() *tensor.Tensor { return x.Square() },
		"roll":       func() *tensor.Tensor { return x.Roll(3, 0) },
		"log_cumsum": func() *tensor.Tensor { return x.LogSumExp(tensor.Dims(0), tensor.KeepDim).Add(x) },
	} {
		if _, left := peakOf(t, func() { f() }); left > 1 {
			t.Errorf("%s leaves %v buffers; want the result alone", name, left)
		}
	}
}

// Who holds a gradient keeps it, however much is computed afterwards.
func TestHeldGradientsStay(t *testing.T) {
	churn := func() {
		for range 8 {
			tensor.Zeros(big).AddScalar(9)
		}
	}
	hold := &tensor.Function{
		Name: "hold", Reads: tensor.In0,
		Forward: func(in []*tensor.Tensor) *tensor.Tensor { return in[0].MulScalar(2) },
	}
	var seen, inner *tensor.Tensor
	hold.Backward = func(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
		seen, inner = dy, c.In(0).MulScalar(5)
		return tensor.Grads{dy.MulScalar(2)}
	}
	x := tensor.Ones(big).RequireGrad()
	a := x.MulScalar(3)
	var hooked []*tensor.Tensor
	a.Hook(func(g *tensor.Tensor) *tensor.Tensor { hooked = append(hooked, g); return nil })
	x.Hook(func(g *tensor.Tensor) *tensor.Tensor { hooked = append(hooked, g); return nil })
	b := hold.Apply(a.MulScalar(1)).RetainGrad()
	loss := b.MulScalar(4).Sum()
	got := tensor.Grad([]*tensor.Tensor{loss}, []*tensor.Tensor{a, x}, tensor.RetainGraph)
	loss.Backward()
	churn()
	for _, c := range []struct {
		what string
		g    *tensor.Tensor
		want float32
	}{
		{"Grad of a", got[0], 8}, {"Grad of x", got[1], 24}, {"the hook's", hooked[0], 8}, {"the hook's of the leaf", hooked[1], 24}, {"the Function's dy", seen, 4},
		{"what the Function computed", inner, 15}, {"RetainGrad, of both passes", b.Grad(), 8}, {"the leaf's", x.Grad(), 24},
	} {
		everyElementIs(t, c.what, c.g, c.want)
	}
}

// Two leaves never share the memory of a gradient, and pending gradients that
// show one memory are no trouble to each other.
func TestGradientsThatAlias(t *testing.T) {
	for _, n := range []int{4, 500, big} {
		a, b, c := tensor.Ones(n).RequireGrad(), tensor.Ones(n).RequireGrad(), tensor.Ones(n).RequireGrad()
		y := a.Add(b)                                        // one dy for both
		z := y.Reshape(n, 1).Add(c.Reshape(n, 1)).Reshape(n) // and views of it
		z.Add(z).Add(c).MulScalar(3).Sum().Backward()
		everyElementIs(t, "a's", a.Grad(), 6)
		everyElementIs(t, "c's", c.Grad(), 9)
		a.Grad().AddInPlace(tensor.Ones(n))
		c.Grad().Fill(0)
		everyElementIs(t, "b's", b.Grad(), 6)
		everyElementIs(t, "a's after a change", a.Grad(), 7)
		a.Mul(b).Sum().Backward() // goes on to add
		everyElementIs(t, "a's after another pass", a.Grad(), 8)

		a.ZeroGrad()
		b.ZeroGrad()
		f := b.MulScalar(1)
		sum := f.MulScalar(2).Add(a.MulScalar(5)) // which adds to a's while f's is pending
		sum.Add(f.Add(a)).MulScalar(1).Sum().Backward()
		everyElementIs(t, "a's of two", a.Grad(), 6)
		everyElementIs(t, "b's beside it", b.Grad(), 3)

		parts := a.Mul(c).Split(n/2, 0)
		tensor.Cat(0, parts[1], parts[0], parts[1]).Sum().Backward()
		everyElementIs(t, "c's half", c.Grad().Narrow(0, 0, n/2), 1)
		everyElementIs(t, "c's other half", c.Grad().Narrow(0, n/2, n/2), 2)
	}
}

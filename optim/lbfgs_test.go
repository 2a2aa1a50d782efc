package optim

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// losses is the problem of make_recent.py: ½·pᵀa·p - bᵀp + Σ p⁴/10.
func (q problem) loss(p *tensor.Tensor) *tensor.Tensor {
	n := len(q.B)
	flat := make([]float64, 0, n*n)
	for _, row := range q.A {
		flat = append(flat, row...)
	}
	x := p.Flatten(0, -1)
	quadratic := x.Mul(tensor.FromSlice(flat, []int{n, n}).MatMul(x)).Sum().MulScalar(0.5)
	return quadratic.Sub(tensor.Of(q.B).Mul(x).Sum()).Add(x.PowScalar(4).Sum().DivScalar(10))
}

// TestLBFGS holds losses and parameters of whole steps to PyTorch's.
func TestLBFGS(t *testing.T) {
	g := readGolden(t, "recent.json")
	if len(g.LBFGS) != 6 {
		t.Errorf("%d runs; want 6", len(g.LBFGS))
	}
	for _, run := range g.LBFGS {
		t.Run(run.Name, func(t *testing.T) {
			names := []string{"w", "m"}
			params := map[string]*tensor.Tensor{}
			var list []*tensor.Tensor
			for _, n := range names {
				params[n] = g.Problem[n].start(tensor.Zeros().Device())
				list = append(list, params[n])
			}
			opt := NewLBFGS(Tensors(list...), 1, options(run.Options)...)
			for i, want := range run.Losses {
				saved := opt.StateDict() // a step goes on from its state alone
				opt = NewLBFGS(Tensors(list...), 2, MaxIter(1))
				if err := opt.LoadStateDict(saved); err != nil {
					t.Fatal(err)
				}
				got := opt.Step(func() *tensor.Tensor {
					y := g.Problem["w"].loss(params["w"]).Add(g.Problem["m"].loss(params["m"]))
					if run.Options["maximize"] == true {
						y = y.Neg()
					}
					return y
				})
				if !(math.Abs(got-want) <= 1e-10*math.Max(1, math.Abs(want))) {
					t.Fatalf("step %d returns %.15g; PyTorch %.15g", i, got, want)
				}
				for _, n := range names {
					within(t, n, params[n], run.Params[i][n], 1e-9) // differences of near gradients are divided by
				}
			}
		})
	}
}

func TestLBFGSLoadErrors(t *testing.T) {
	p := leaf(1, 2)
	opt := NewLBFGS(Tensors(p), 1)
	opt.Step(func() *tensor.Tensor { return p.Mul(p).Sum() })
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"n_iter": {-1.0, "n_iter is -1; want 1 or more"},
		"t":      {"x", "t is x, a string; want a number"},
		"d":      {tensor.Ones(3), "d is a *tensor.Tensor; want a tensor of shape [2]"},
		"ro":     {nil, "ro is a <nil>; want a vector"},
	} {
		d := opt.StateDict()
		d.State[0][name] = c.value
		err := NewLBFGS(Tensors(leaf(1, 2)), 1).LoadStateDict(d)
		if want := "optim: LBFGS: state dict: " + c.want; err == nil || err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
	}
}

// The line search ends at a point that meets the strong Wolfe conditions, from
// first steps of every size: on a line with several valleys, and on one that
// begins flat and has one steep valley, whose sides are both lower than the start.
func TestWolfe(t *testing.T) {
	type line struct{ f, slope func(x float64) float64 }
	step := func(x float64) float64 { return 1 / (1 + math.Exp(-4*x)) }
	rise := func(x float64) float64 { return 4 * step(x) * (1 - step(x)) }
	for name, l := range map[string]line{
		"valleys": {func(x float64) float64 { return -x + x*x/2 - 0.3*math.Sin(6*x) }, func(x float64) float64 { return -1 + x - 1.8*math.Cos(6*x) }},
		"steep": {func(x float64) float64 { return -0.05*x - 2*step(x-3) + 1.8*step(x-5) + 0.001*x*x },
			func(x float64) float64 { return -0.05 - 2*rise(x-3) + 1.8*rise(x-5) + 0.002*x }},
	} {
		for first := 0.01; first < 100; first *= 1.1 {
			at := func(x float64) (float64, *tensor.Tensor) { return l.f(x), tensor.Of([]float64{l.slope(x)}) }
			f, g := at(0)
			w := wolfe{at: at, d: tensor.Of([]float64{1}), f: f, slope: l.slope(0), g: g, tolerance: 1e-9, most: 50}
			got, _, x, calls := w.search(first)
			if got > f+armijo*x*w.slope || math.Abs(l.slope(x)) > -curvature*w.slope || got != l.f(x) || calls > 20 {
				t.Errorf("%s, from %.3g: %v at %v, slope %v, after %d calls", name, first, got, x, l.slope(x), calls)
			}
		}
	}
}

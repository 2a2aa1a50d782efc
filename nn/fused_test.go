package nn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// networks have each kind of layer before a ReLU.
func networks() map[string]func() (*nn.Sequential, []int) {
	seq := func(shape []int, layers ...nn.Layer) (*nn.Sequential, []int) {
		return nn.NewSequential(layers...), shape
	}
	return map[string]func() (*nn.Sequential, []int){
		"linear": func() (*nn.Sequential, []int) {
			return seq([]int{6, 9}, nn.NewLinear(9, 20), nn.NewReLU(), nn.NewLinear(20, 1, nn.NoBias), nn.NewReLU())
		},
		"signals": func() (*nn.Sequential, []int) {
			return seq([]int{3, 2, 12}, nn.NewConv1d(2, 5, 3), nn.NewBatchNorm1d(5), nn.NewReLU(), nn.NewConv1d(5, 4, 2, nn.Padding(1)), nn.NewReLU())
		},
		"images": func() (*nn.Sequential, []int) {
			return seq([]int{2, 3, 24, 24}, nn.NewConv2d(3, 16, 3, nn.SamePadding), nn.NewBatchNorm2d(16), nn.NewReLU(), nn.NewConv2d(16, 32, 3, nn.Padding(1), nn.NoBias), nn.NewReLU(), nn.NewMaxPool2d(2))
		},
		"volumes": func() (*nn.Sequential, []int) {
			return seq([]int{2, 1, 5, 5, 5}, nn.NewConv3d(1, 3, 2), nn.NewReLU(), nn.NewReLU())
		},
		"vectors": func() (*nn.Sequential, []int) {
			return seq([]int{40, 30}, nn.NewBatchNorm1d(30, nn.NoRunningStats), nn.NewReLU(), nn.NewBatchNorm1d(30, nn.CumulativeAverage), nn.NewReLU())
		},
	}
}

// TestSequentialFuses holds a Sequential against its layers one by one: results,
// gradients and running statistics have the same bits.
func TestSequentialFuses(t *testing.T) {
	for name, network := range networks() {
		for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
			for _, train := range []bool{true, false} {
				t.Run(fmt.Sprint(name, d, train), func(t *testing.T) {
					run := func(forward func(m *nn.Sequential, x *tensor.Tensor) *tensor.Tensor) []*tensor.Tensor {
						tensor.ManualSeed(5)
						m, shape := network()
						if nn.Cast(m, d); !train {
							nn.Eval(m)
						}
						x := tensor.Randn(shape...).Cast(d).RequireGrad()
						y := forward(m, x)
						y.Backward(tensor.Seed(tensor.Randn(y.Shape()...).Cast(d)))
						out := []*tensor.Tensor{y, forward(m, x.NoGrad()), x.Grad()}
						for _, p := range nn.Params(m) {
							out = append(out, p.Grad())
						}
						for _, b := range nn.Buffers(m) {
							out = append(out, b)
						}
						return out
					}
					want := run(func(m *nn.Sequential, x *tensor.Tensor) *tensor.Tensor {
						for _, l := range m.Layers {
							x = l.Forward(x)
						}
						return x
					})
					for i, got := range run((*nn.Sequential).Forward) {
						x, y := tensor.Slice[float64](got), tensor.Slice[float64](want[i])
						for k := range y {
							if len(x) != len(y) || math.Float64bits(x[k]) != math.Float64bits(y[k]) {
								t.Fatalf("tensor %d: element %d is %v; layer by layer %v", i, k, x[k], y[k])
							}
						}
					}
				})
			}
		}
	}
}

// What runs as one op shows in the record, which has no op of the ReLU's own.
func TestSequentialIsFused(t *testing.T) {
	for name, network := range networks() {
		m, shape := network()
		y := m.Forward(tensor.Randn(shape...))
		if g := y.Graph(); strings.Contains(g, " relu ") && name != "volumes" {
			t.Errorf("%s: a ReLU runs alone:\n%s", name, g)
		}
	}
}

// An observer sees every layer, with the results that the layers have alone.
func TestObserverSeesFusedLayers(t *testing.T) {
	for name, network := range networks() {
		m, shape := network()
		var seen []any
		m.Forward(tensor.Randn(shape...).Observe(func(l any, in, out *tensor.Tensor) *tensor.Tensor {
			if _, ok := l.(*nn.ReLU); ok && in.Min().Float() >= 0 && name != "volumes" {
				t.Errorf("%s: a ReLU gets what is clamped already", name)
			}
			seen = append(seen, l)
			return out
		}))
		for i, l := range append(m.Layers[:len(m.Layers):len(m.Layers)], m) {
			if i >= len(seen) || seen[i] != any(l) {
				t.Fatalf("%s: layer %d is not observed in its turn", name, i)
			}
		}
		if s := nn.Summary(m, tensor.Randn(shape...)); strings.Contains(s, " - ") {
			t.Errorf("%s: the summary lacks a shape:\n%s", name, s)
		}
	}
}

// doubled embeds a layer and has a Forward of its own.
type doubled struct{ nn.Linear }

func (l *doubled) Forward(x *tensor.Tensor) *tensor.Tensor { return l.Linear.Forward(x).MulScalar(2) }

func TestEmbeddedLayerIsNotFused(t *testing.T) {
	l := &doubled{*nn.NewLinear(3, 4)}
	x := tensor.Randn(2, 3)
	got, want := nn.NewSequential(l, nn.NewReLU()).Forward(x), l.Forward(x).ReLU()
	if !tensor.Item[bool](got.Eq(want).All()) {
		t.Errorf("%v; want %v", got, want)
	}
}

// WithReLU is one op where it can be, and has the layer's own Forward and an
// observer's view of it elsewhere.
func TestWithReLU(t *testing.T) {
	linear, embeds := nn.NewLinear(3, 4), &doubled{*nn.NewLinear(3, 4)}
	x := tensor.Randn(2, 3)
	for _, l := range []nn.Layer{linear, embeds, nn.NewTanh()} {
		got, want := nn.WithReLU(l, x), l.Forward(x).ReLU()
		if !tensor.Item[bool](got.Eq(want).All()) {
			t.Errorf("%T: %v; want %v", l, got, want)
		}
	}
	if g := nn.WithReLU(linear, x).Graph(); strings.Contains(g, " relu ") {
		t.Errorf("the ReLU runs alone:\n%s", g)
	}
	seen := 0
	nn.WithReLU(linear, x.Observe(func(_ any, _, out *tensor.Tensor) *tensor.Tensor { seen++; return out }))
	if seen != 1 {
		t.Errorf("the observer saw %d layers; want 1", seen)
	}
}

// ForwardSum is the sum and its norm, whether or not it runs in one pass.
func TestForwardSum(t *testing.T) {
	l := nn.NewLayerNorm(5)
	x, dx := tensor.Randn(3, 5), tensor.Randn(3, 5)
	sum, y := l.ForwardSum(x, dx)
	seen := 0
	osum, oy := l.ForwardSum(x.Observe(func(_ any, _, out *tensor.Tensor) *tensor.Tensor { seen++; return out }), dx)
	for _, c := range [][2]*tensor.Tensor{{sum, x.Add(dx)}, {y, l.Forward(x.Add(dx))}, {osum, sum}, {oy, y}} {
		if !tensor.Item[bool](c[0].Eq(c[1]).All()) {
			t.Errorf("%v; want %v", c[0], c[1])
		}
	}
	if seen != 1 {
		t.Errorf("the observer saw %d layers; want 1", seen)
	}
}

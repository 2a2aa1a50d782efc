package tensor_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// A fusion is an op with its ReLU, in one pass and in two.
type fusion struct {
	name         string
	shapes       [][]int
	fused, plain func(x []*tensor.Tensor) *tensor.Tensor
}

// fusions reach every path of the kernels: those of a product by its sizes, with
// and without a bias, the three ways of a convolution, rows of a norm that are
// long, short and of the inner dim.
func fusions() []fusion {
	var all []fusion
	for _, s := range [][3]int{{1, 1, 1}, {1, 40, 700}, {3, 70, 90}, {700, 1, 40}, {2000, 1, 300}, {64, 300, 200}, {300, 40, 1100}, {5, 3, 2}, {4, 5, 0}} {
		x, w := []int{s[0], s[2]}, []int{s[1], s[2]}
		bare := func(f func(t, w, b *tensor.Tensor) *tensor.Tensor) func(x []*tensor.Tensor) *tensor.Tensor {
			return func(x []*tensor.Tensor) *tensor.Tensor {
				if len(x) == 2 {
					return f(x[0], x[1], nil)
				}
				return f(x[0], x[1], x[2])
			}
		}
		for _, shapes := range [][][]int{{x, w}, {x, w, {s[1]}}} {
			all = append(all, fusion{fmt.Sprint("linear ", shapes), shapes, bare((*tensor.Tensor).LinearReLU),
				bare(func(t, w, b *tensor.Tensor) *tensor.Tensor { return t.Linear(w, b).ReLU() })})
		}
	}
	conv := func(x, w []int, opts ...tensor.ConvOption) {
		for _, shapes := range [][][]int{{x, w}, {x, w, w[:1]}} {
			run := func(x []*tensor.Tensor, opts ...tensor.ConvOption) *tensor.Tensor {
				return x[0].Conv2d(x[1], append(x, nil)[2], opts...)
			}
			all = append(all, fusion{fmt.Sprint("conv ", shapes), shapes,
				func(x []*tensor.Tensor) *tensor.Tensor { return run(x, append(opts, tensor.WithReLU)...) },
				func(x []*tensor.Tensor) *tensor.Tensor { return run(x, opts...).ReLU() }})
		}
	}
	conv([]int{2, 16, 30, 41}, []int{32, 16, 3, 3}, tensor.Padding(1)) // tiles
	conv([]int{1, 16, 40, 40}, []int{16, 16, 3, 3}, tensor.Padding(1)) // whose rows lie end to end
	conv([]int{2, 6, 9, 8}, []int{12, 1, 3, 2}, tensor.Groups(6))      // cell by cell
	conv([]int{5, 8, 7, 7}, []int{6, 4, 3, 3}, tensor.Groups(2))       // a product of several images
	conv([]int{2, 3, 40, 41}, []int{5, 3, 3, 3}, tensor.Stride(1))     // of one
	conv([]int{2, 8, 12, 11}, []int{6, 4, 1, 1}, tensor.Groups(2))     // of the image as it lies
	norm := func(train bool, x ...int) {
		run := func(f func(t, m, v, w, b *tensor.Tensor, train bool, momentum, eps float64) *tensor.Tensor) func(x []*tensor.Tensor) *tensor.Tensor {
			return func(x []*tensor.Tensor) *tensor.Tensor {
				return f(x[0], x[3].Detach().Clone(), x[4].Detach().Abs(), x[1], x[2], train, 0.1, 1e-5)
			}
		}
		c := []int{x[1]}
		all = append(all, fusion{fmt.Sprint("norm ", x, train), [][]int{x, c, c, c, c}, run((*tensor.Tensor).BatchNormReLU),
			func(x []*tensor.Tensor) *tensor.Tensor { return run((*tensor.Tensor).BatchNorm)(x).ReLU() }})
	}
	for _, train := range []bool{true, false} {
		norm(train, 3, 5, 20, 21)
		norm(train, 300, 7)
		norm(train, 4, 3, 5)
	}
	sum := func(a, b []int) {
		all = append(all, fusion{fmt.Sprint("sum ", a, b), [][]int{a, b},
			func(x []*tensor.Tensor) *tensor.Tensor { return x[0].AddReLU(x[1]) },
			func(x []*tensor.Tensor) *tensor.Tensor { return x[0].Add(x[1]).ReLU() }})
	}
	sum([]int{70000}, []int{70000})
	sum([]int{4, 3, 40, 50}, []int{3, 1, 1})
	for _, s := range [][]int{{40, 300}, {700, 5}, {1, 3, 4000}} {
		n := s[len(s)-1:]
		both := func(sum, y *tensor.Tensor) *tensor.Tensor { return y.Mul(sum) }
		all = append(all, fusion{fmt.Sprint("layer norm ", s), [][]int{s, s, n, n},
			func(x []*tensor.Tensor) *tensor.Tensor { return both(x[0].AddLayerNorm(x[1], n, x[2], x[3], 1e-5)) },
			func(x []*tensor.Tensor) *tensor.Tensor {
				sum := x[0].Add(x[1])
				return both(sum, sum.LayerNorm(n, x[2], x[3], 1e-5))
			}})
	}
	return append(all, twoPasses()...)
}

func twoPasses() (all []fusion) {
	for _, s := range [][3][]int{{{3000}, {3000}, {3000}}, {{3, 700}, {700}, {3, 1}}, {{5, 7}, {5, 7}, {}}} {
		all = append(all,
			fusion{fmt.Sprint("addcmul ", s), s[:], func(x []*tensor.Tensor) *tensor.Tensor { return x[0].Addcmul(x[1], x[2], 0.3) },
				func(x []*tensor.Tensor) *tensor.Tensor { return x[0].Add(x[1].Mul(x[2]).MulScalar(0.3)) }},
			fusion{fmt.Sprint("addcdiv ", s), s[:], func(x []*tensor.Tensor) *tensor.Tensor { return x[0].Addcdiv(x[1], x[2], -2) },
				func(x []*tensor.Tensor) *tensor.Tensor { return x[0].Add(x[1].Div(x[2]).MulScalar(-2)) }})
	}
	return all
}

// TestFusedToTheBit holds each fused op against the ops that it joins: results
// and gradients have the same bits, where elements are NaN or infinite too.
func TestFusedToTheBit(t *testing.T) {
	for _, f := range fusions() {
		for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
			for _, special := range []bool{false, true} {
				t.Run(fmt.Sprint(f.name, d, special), func(t *testing.T) {
					var want []*tensor.Tensor
					for k, run := range []func([]*tensor.Tensor) *tensor.Tensor{f.plain, f.fused} {
						got := f.run(d, special, run)
						if k == 0 {
							want = got
							continue
						}
						for i := range got {
							wantBits(t, []string{"result", "result without a gradient", "gradient 0", "gradient 1", "gradient 2"}[i], got[i], want[i])
						}
					}
				})
			}
		}
	}
}

// run is the results and gradients of a call on random inputs, some of which may be special.
func (f *fusion) run(d tensor.DType, special bool, call func([]*tensor.Tensor) *tensor.Tensor) []*tensor.Tensor {
	g := tensor.NewGenerator(1)
	var in, leaves, bare []*tensor.Tensor
	for i, s := range f.shapes {
		v := tensor.Slice[float64](tensor.Make{Gen: g, DType: tensor.Float64}.Randn(s...))
		for k := 0; special && i == 0 && k < 4 && k < len(v); k++ {
			v[k*len(v)/4] = []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)}[k]
		}
		x := tensor.FromSlice(v, s).Cast(d)
		bare = append(bare, x)
		x = x.Clone().RequireGrad()
		if i < 3 {
			leaves = append(leaves, x)
		}
		in = append(in, x)
	}
	y := call(in)
	out := []*tensor.Tensor{y, call(bare)}
	seed := tensor.Make{Gen: g, DType: d}.Randn(y.Shape()...)
	return append(out, tensor.Grad([]*tensor.Tensor{y}, leaves, tensor.Seed(seed))...)
}

// wantBits fails unless two tensors are the same to the bit, all NaN alike.
func wantBits(t *testing.T, what string, got, want *tensor.Tensor) {
	t.Helper()
	x, y := tensor.Slice[float64](got), tensor.Slice[float64](want)
	if len(x) != len(y) {
		t.Fatalf("%s: %d elements; want %d", what, len(x), len(y))
	}
	for i := range x {
		if math.Float64bits(x[i]) != math.Float64bits(y[i]) && (x[i] == x[i] || y[i] == y[i]) {
			t.Fatalf("%s: element %d is %v; want %v", what, i, x[i], y[i])
		}
	}
}

// Lerp has the bits of its definition; its gradient has a formula of its own.
func TestLerpToTheBit(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		gen := tensor.Make{DType: d, Gen: tensor.NewGenerator(4)}
		a, b, w := gen.Randn(40, 70), gen.Randn(40, 70), gen.Rand(70)
		step := b.Sub(a)
		want := tensor.Where(w.LtScalar(0.5), a.Add(w.Mul(step)), b.Sub(step.Mul(w.RSubScalar(1))))
		if got := a.Lerp(b, w); got.Ne(want).Any().Int() != 0 {
			t.Errorf("%v: lerp differs from its definition", d)
		}
	}
}

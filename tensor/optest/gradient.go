package optest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// gradients are those of the sample's results, weighted by seeds that seed
// makes for each result's shape, at each of its floating-point inputs: nil
// where no result depends on an input.
func (r *runner) gradients(vals [][]float64, d tensor.DType, l layout, seed func(y *tensor.Tensor) []float64) (got [][]float64, err error) {
	in, f := r.function(vals, d, l)
	if len(in) == 0 {
		return nil, nil
	}
	e := tensor.Try(func() {
		var outs, seeds []*tensor.Tensor
		for _, y := range f(in) {
			if y.RequiresGrad() {
				outs = append(outs, y)
				seeds = append(seeds, tensor.FromSlice(seed(y), y.Shape()).Cast(y.DType()).To(r.dev))
			}
		}
		if len(outs) == 0 {
			return
		}
		for i, g := range tensor.Grad(outs, in, tensor.Seed(seeds...), tensor.AllowUnused) {
			if g == nil {
				g = tensor.ZerosLike(in[i])
			}
			if g.DType() != d || !slices.Equal(g.Shape(), in[i].Shape()) {
				err = fmt.Errorf("the gradient of input %d is %v %v; want %v %v", i, g.DType(), g.Shape(), d, in[i].Shape())
			}
			got = append(got, tensor.Slice[float64](g))
		}
	})
	if e != nil {
		return nil, e
	}
	return got, err
}

// analytic compares the gradients in one dtype and layout with those of the
// same values in float64 through the definitions. It takes no differences, so
// that every dtype, layout and size can be checked; that the definitions in
// float64 are right is for the differences to say. The bound is relative to 1, the
// size of the seeds, or to the input's largest gradient: a gradient is a sum
// whose terms may cancel, and so may its factors, such as 1 - y² of a rounded y.
// In half precision y and each step of a definition are rounded, as in a result.
func (r *runner) analytic(d tensor.DType, l layout) {
	r.Helper()
	what := fmt.Sprintf("gradient %v %v", d, l)
	vals := r.values(d, l, false)
	seed := func() func(y *tensor.Tensor) []float64 {
		rng := rand.New(rand.NewPCG(uint64(r.i)+1, 3))
		return func(y *tensor.Tensor) []float64 { return argValues(tensor.In(y.Shape()...), y.DType(), rng) }
	}
	got, err := r.gradients(vals, d, l, seed())
	if err != nil {
		r.fail(what, "%v", err)
		return
	}
	truth := *r
	truth.dev = r.plain
	want, err := truth.gradients(vals, tensor.Float64, contiguous, seed())
	if err != nil || len(got) != len(want) {
		r.fail(what, "%d gradients; in float64 %d, %v", len(got), len(want), err)
		return
	}
	for i := range want {
		largest := 1.0
		for _, w := range want[i] {
			if a := math.Abs(w); a > largest && a <= math.MaxFloat32 {
				largest = a
			}
		}
		for k, v := range got[i] {
			if w := rounded(want[i][k], d); !near(v, w, largest, r.s.GradTol, d) {
				r.fail(what, "input %d element %d is %v; in float64 %v", i, k, v, w)
				return
			}
		}
	}
}

// infinite seeds one element of one result at a time, with 1 and then with Inf
// and NaN. Where the first has no effect the others must not have one either: a
// gradient that multiplies by a mask makes NaN of 0·Inf.
func (r *runner) infinite() {
	r.Helper()
	vals := r.values(tensor.Float32, contiguous, false)
	for k := 0; k < 40; k++ {
		var rows [3][][]float64
		more := false
		for i, v := range []float64{1, math.Inf(1), math.NaN()} {
			n := k
			got, err := r.gradients(vals, tensor.Float32, contiguous, func(y *tensor.Tensor) []float64 {
				s := make([]float64, y.Len())
				if 0 <= n && n < len(s) {
					s[n], more = v, true
				}
				n -= len(s)
				return s
			})
			if err != nil {
				r.fail("infinite seed", "%v", err)
				return
			}
			rows[i] = got
		}
		if !more {
			return
		}
		for i, row := range rows[0] {
			for j, v := range row {
				for _, u := range []float64{rows[1][i][j], rows[2][i][j]} {
					if v == 0 && u != 0 {
						r.fail("infinite seed", "the gradient of input %d at %d is %v for Inf or NaN at result element %d, on which it does not depend", i, j, u, k)
						return
					}
				}
			}
		}
	}
}

package tensor

import (
	"errors"
	"math"
)

func cdistEntry() Entry {
	var samples []Sample
	for _, p := range []float64{0, 0.5, 1, 1.5, 2, 3, 2.5, math.Inf(1)} {
		samples = append(samples, Sample{Args: []any{In(2, 3).Distinct(), In(4, 3).Distinct(), p}},
			Sample{Args: []any{In(2, 20), In(3, 20), p}, NoGrad: true})
	}
	apart := In(3, 2).Within(3, 5)
	samples = append(samples, Sample{Args: []any{In(1, 1), In(1, 1)}}, Sample{Args: []any{In(2, 1, 2, 3), In(4, 1, 3), 1.0}},
		Sample{Args: []any{In(0, 2), In(3, 2)}}, Sample{Args: []any{In(2, 0), In(3, 0)}}, Sample{Args: []any{In(2, 2), In(0, 3, 2)}},
		Sample{Args: []any{In(3, 2), apart}, Kw: map[string]any{"compute_mode": "use_mm_for_euclid_dist"}},
		Sample{Args: []any{In(2, 2, 3), In(3, 3).Within(3, 5), 2.0, "use_mm_for_euclid_dist"}},
		Sample{Args: []any{In(30, 2), In(2, 2).Within(3, 5), 2.0}, NoGrad: true})
	return Entry{
		Name: "cdist", Sig: "cdist(x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary')", At: Here(), Go: []string{"CDist"},
		Ops: []any{distanceOp{}, distanceGradOp{}, euclideanOp{}},
		Call: func(a *Args) []*Tensor {
			mode, ok := map[string]DistanceMode{
				"": DistanceAuto, "use_mm_for_euclid_dist_if_necessary": DistanceAuto,
				"use_mm_for_euclid_dist": DistanceProduct, "donot_use_mm_for_euclid_dist": DistanceDirect,
			}[a.Str("compute_mode")]
			if !ok {
				misuse("cdist", errors.New("compute_mode is unknown"), a.Tensor("x1"), a.Tensor("x2"))
			}
			return one(CDist(a.OnlyTensor("x1"), a.OnlyTensor("x2"), a.Float("p"), mode))
		},
		Ref: func(a *Args) []Array {
			x, y := a.Array("x1"), a.Array("x2")
			i, j := len(x.Shape), len(y.Shape)
			outer := BroadcastShapes(x.Shape[:i-2], y.Shape[:j-2])
			out := NewArray(append(outer, x.Shape[i-2], y.Shape[j-2])...)
			for k := range out.V {
				at := out.Index(k)
				n := len(at)
				d := make([]float64, x.Shape[i-1])
				for e := range d {
					to := append(append([]int{}, at[:n-2]...), at[n-2], e)
					d[e] = x.At(to...)
					to[n-2] = at[n-1]
					d[e] -= y.At(to...)
				}
				out.V[k] = refDistance(d, a.Float("p"))
			}
			return []Array{out}
		},
		DTypes:  Floats,
		Samples: samples,
		Bad: []Bad{
			{Args: []any{In(3), In(2, 3)}, Want: "tensor: cdist [3], [2 3]: want at least 2 dims"},
			{Args: []any{In(2, 3), In(2, 4)}, Want: "tensor: cdist [2 3], [2 4]: rows of 3 and 4 elements; want equal"},
			{Args: []any{In(2, 3), In(2, 3), -1.0}, Want: "tensor: cdist [2 3], [2 3]: p is -1; want 0 or more"},
			{Args: []any{In(2, 3).As(Int64), In(2, 3).As(Int64)}, Want: "tensor: cdist [2 3], [2 3]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2, 3), In(2, 3), 2.0, "fast"}, Want: "tensor: cdist [2 3], [2 3]: compute_mode is unknown"},
		},
		Why: map[string]string{"0-d": "there are no rows", "special": "by a product, infinity less infinity is NaN where the difference has a sign",
			"tol": "a large sum of half-precision numbers loses digits where they are squared"},
		Abs: 1,
	}
}

// refDistance is the norm of a difference: 0 of no elements.
func refDistance(d []float64, p float64) float64 {
	if len(d) == 0 {
		return 0
	}
	return refNorm(d, p)
}

func pdistEntry() Entry {
	return Entry{
		Name: "nn.functional.pdist", Sig: "pdist(input, p=2.0)", At: Here(), Go: []string{"PDist"}, Ops: []any{distanceOp{}, distanceGradOp{}},
		Call: func(a *Args) []*Tensor { return one(a.Tensor("input").PDist(a.Float("p"))) },
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			n, m := x.Shape[0], x.Shape[1]
			out := []float64{}
			for i := range n {
				for j := i + 1; j < n; j++ {
					d := make([]float64, m)
					for e := range d {
						d[e] = x.V[i*m+e] - x.V[j*m+e]
					}
					out = append(out, refDistance(d, a.Float("p")))
				}
			}
			return []Array{{[]int{len(out)}, out}}
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(1, 1)}}, {Args: []any{In(4, 1).Distinct()}}, {Args: []any{In(0, 2)}}, {Args: []any{In(3, 0)}}, {Args: []any{In(4, 3).Distinct()}},
			{Args: []any{In(3, 2).Distinct(), 0}}, {Args: []any{In(3, 2).Distinct(), 1}}, {Args: []any{In(3, 2).Distinct(), 3.5}}, {Args: []any{In(3, 2).With(0.25, 2.5, 1.5, 0.5, -1, 4), math.Inf(1)}},
			{Args: []any{In(2, 2).With(1, 2, 1, 2)}, NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(3)}, Want: "tensor: pdist [3]: 1 dims; want 2"},
			{Args: []any{In(2, 3), -1}, Want: "tensor: pdist [2 3]: p is -1; want 0 or more"},
			{Args: []any{In(2, 3).As(Int64)}, Want: "tensor: pdist [2 3]: dtype int64; want a floating-point dtype"},
		},
		Why: map[string]string{"0-d": "there are no rows", "infinite": "the gradient of a distance of 0 is 0 by cancelling"},
	}
}

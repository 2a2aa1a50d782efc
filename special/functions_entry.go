package special

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

func logitEntry() tensor.Entry {
	s := samples(0, 1)
	s = append(s,
		tensor.Sample{Args: []any{tensor.In(9).Within(0.25, 0.75)}, Kw: map[string]any{"eps": 0.125}, Only: tensor.Floats},
		tensor.Sample{Args: []any{tensor.In(6).With(-1, 0.0625, 0.125, 0.5, 0.9375, 2), 0.125}, Only: tensor.Floats, NoGrad: true},
		tensor.Sample{Args: []any{tensor.In(3).With(0.25, 1, -0.5), -1.0}, Only: tensor.Floats, NoGrad: true})
	return tensor.Entry{
		Name: "logit", Sig: "logit(input, eps=None)", At: tensor.Here(), Ops: []any{unaryOp{f: device.Logit}}, Go: []string{"Logit", "LogitEps"},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			if a.Has("eps") {
				return []*tensor.Tensor{LogitEps(a.Tensor("input"), a.Float("eps"))}
			}
			return []*tensor.Tensor{Logit(a.Tensor("input"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x := a.Array("input")
			out := tensor.NewArray(x.Shape...)
			for i, v := range x.V {
				if a.Has("eps") && a.Float("eps") >= 0 {
					v = min(max(v, a.Float("eps")), 1-a.Float("eps"))
				}
				out.V[i] = math.Log(v) - math.Log1p(-v)
				if math.IsInf(v, 0) {
					out.V[i] = math.NaN()
				}
			}
			return []tensor.Array{out}
		},
		Out: tensor.OutFloat, DTypes: tensor.AllDTypes, Samples: s, Abs: 1, Grad2Tol: 10,
		Why: map[string]string{"errors": "every tensor has one", "tol": "near ½ it is a difference"},
	}
}

func polygammaEntry() tensor.Entry {
	var s []tensor.Sample
	for _, n := range []int{0, 1, 2, 3, 5} {
		lo := 0.75
		if n == 2 {
			lo = -1.75
		}
		s = append(s, tensor.Sample{Args: []any{tensor.In(3, 4).Within(lo, 5), n}}, tensor.Sample{Args: []any{tensor.In().Within(lo, 5), n}})
	}
	s = append(s, tensor.Sample{Args: []any{tensor.In(2, 0), 2}}, tensor.Sample{Args: []any{tensor.In(1).Within(1, 2), 4}})
	return tensor.Entry{
		// The corpus calls it as the method: input.polygamma(n).
		Name: "polygamma", Sig: "polygamma(input, n)", At: tensor.Here(), Ops: []any{polygammaOp{n: 2}, unaryOp{f: device.Trigamma}}, Go: []string{"Polygamma"},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{Polygamma(a.Int("n"), a.Tensor("input"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, n := a.Array("input"), a.Int("n")
			out := tensor.NewArray(x.Shape...)
			for i, v := range x.V {
				out.V[i] = refPolygammaEnds(n, v)
			}
			return []tensor.Array{out}
		},
		Out: tensor.OutFloat, DTypes: tensor.AllDTypes, Samples: s,
		Bad: []tensor.Bad{{Args: []any{tensor.In(2), -1}, Want: "tensor: polygamma [2]: a negative order"}},
		Abs: 10, GradTol: 1e3, Grad2Tol: 1e3,
		Why: map[string]string{"tol": "between negative poles terms cancel; derivatives there are up to 1e4"},
	}
}

// refPolygammaEnds is refPolygamma with PyTorch's values at infinity.
func refPolygammaEnds(n int, x float64) float64 {
	switch {
	case x != x:
		return x
	case math.IsInf(x, 1):
		return [3]float64{x, 0, math.NaN()}[min(n, 2)]
	case math.IsInf(x, -1) && n < 2:
		return math.NaN()
	case math.IsInf(x, -1):
		return math.Copysign(math.Inf(1), float64(n%2)-0.5)
	}
	return refPolygamma(n, x)
}

func mvlgammaEntry() tensor.Entry {
	var s []tensor.Sample
	for _, p := range []int{1, 2, 5} {
		for _, shape := range [][]int{{}, {1}, {3, 4}, {2, 0}} {
			s = append(s, tensor.Sample{Args: []any{tensor.In(shape...).Within(2.5, 6), p}})
		}
	}
	return tensor.Entry{
		Name: "mvlgamma", Sig: "mvlgamma(input, p)", At: tensor.Here(), Ops: nil, Go: []string{"MultiGammaLn"},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{MultiGammaLn(a.Tensor("input"), a.Int("p"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, p := a.Array("input"), a.Int("p")
			out := tensor.NewArray(x.Shape...)
			for i, v := range x.V {
				out.V[i] = float64(p*(p-1)) / 4 * math.Log(math.Pi)
				for j := range p {
					out.V[i] += refLgamma(v - float64(j)/2)
				}
			}
			return []tensor.Array{out}
		},
		Out: tensor.OutFloat, DTypes: tensor.Numbers, Samples: s, Abs: 10,
		Bad: []tensor.Bad{
			{Args: []any{tensor.In(2), 0}, Want: "tensor: mvlgamma [2]: p is less than 1"},
			{Args: []any{tensor.In(2).As(tensor.Bool), 1}, Want: "tensor: mvlgamma [2]: a bool tensor; cast it first"},
		},
		Why: map[string]string{"tol": "a sum whose terms have either sign"},
	}
}

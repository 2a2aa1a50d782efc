package nn

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

func klDivEntry() tensor.Entry {
	const op = "kl_div"
	in := func(shape ...int) []any {
		return []any{tensor.In(shape...).Within(-3, 0), tensor.In(shape...).Within(0, 1)}
	}
	samples := append(eachReduction(in), eachReduction(pair, "log_target", true)...)
	for _, shape := range [][]int{{}, {3}, {2, 3}} {
		samples = append(samples, tensor.Sample{Args: in(shape...), Kw: kws("reduction", "batchmean")})
	}
	return tensor.Entry{
		Name: "nn.functional.kl_div", At: tensor.Here(), Go: []string{"NewKLDivLoss"},
		Sig: "kl_div(input, target, size_average=None, reduce=None, reduction='mean', log_target=False)",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			opts := []KLDivOption{BatchMean}
			if a.Str("reduction") != "batchmean" {
				opts[0] = reductionOf(op, a)
			}
			if a.Bool("log_target") {
				opts = append(opts, LogTarget)
			}
			return []*tensor.Tensor{NewKLDivLoss(opts...).Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			y := tensor.RefMap(func(x ...float64) float64 {
				if a.Bool("log_target") {
					return math.Exp(x[1]) * (x[1] - x[0])
				} else if x[1] == 0 {
					return -x[1] * x[0]
				}
				return x[1]*math.Log(x[1]) - x[1]*x[0]
			})(a)[0]
			if a.Str("reduction") != "batchmean" {
				return refReduced(a, y)
			}
			sum, n := 0.0, 1
			if len(y.Shape) > 0 {
				n = y.Shape[0]
			}
			for _, v := range y.V {
				sum += v
			}
			return []tensor.Array{{V: []float64{sum / float64(n)}}}
		},
		DTypes: tensor.Floats, Samples: samples,
		Bad: []tensor.Bad{badReduction(op, tensor.In(2), tensor.In(2)),
			{Args: []any{tensor.In(2).As(tensor.Int64), tensor.In(2).As(tensor.Int64)}, Want: "tensor: kl_div [2], [2]: the input is int64 and the target int64; want floating point"}},
		Abs: 3,
		Why: map[string]string{"tol": "terms of different signs cancel", "infinite": cancels, "special": "targets are probabilities"},
	}
}

func poissonNLLEntry() tensor.Entry {
	const op = "poisson_nll_loss"
	in := func(shape ...int) []any {
		return []any{tensor.In(shape...).Within(0.25, 3), tensor.In(shape...).Within(0.25, 4)}
	}
	samples := append(eachReduction(in), eachReduction(in, "log_input", false)...)
	return tensor.Entry{
		Name: "nn.functional.poisson_nll_loss", At: tensor.Here(), Go: []string{"NewPoissonNLLLoss"},
		Sig: "poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			opts := []PoissonNLLOption{reductionOf(op, a), LogInput(a.Bool("log_input")), Eps(a.Float("eps"))}
			if a.Bool("full") {
				opts = append(opts, Full)
			}
			return []*tensor.Tensor{NewPoissonNLLLoss(opts...).Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: refLoss2("input", "target", func(a *tensor.Args, x, t float64) float64 {
			y := math.Exp(x) - t*x
			if !a.Bool("log_input") {
				y = x - t*math.Log(x+a.Float("eps"))
			}
			if a.Bool("full") && t > 1 {
				y += t*math.Log(t) - t + math.Log(2*math.Pi*t)/2
			}
			return y
		}),
		Out: tensor.OutFloat, DTypes: append([]tensor.DType{tensor.Int64}, tensor.Floats...),
		Samples: append(append(samples, eachReduction(in, "full", true)...), eachReduction(in, "full", true, "log_input", false, "eps", 0.5)...),
		Bad:     []tensor.Bad{badReduction(op, tensor.In(2), tensor.In(2)), {Args: []any{tensor.In(2, 3), tensor.In(2)}, Want: "tensor: mul [2], [2 3]: dim -1 is 3 and 2; want equal, or one of them 1"}},
		Abs:     10,
		Why:     map[string]string{"tol": "terms of different signs cancel", "special": "counts are finite", "infinite": cancels},
	}
}

// refLoss2 is refLoss for two arrays and arguments that f reads itself.
func refLoss2(x, t string, f func(a *tensor.Args, x, t float64) float64) func(*tensor.Args) []tensor.Array {
	return func(a *tensor.Args) []tensor.Array {
		p, q := a.Array(x), a.Array(t)
		y := tensor.NewArray(tensor.BroadcastShapes(p.Shape, q.Shape)...)
		for i := range y.V {
			at := y.Index(i)
			y.V[i] = f(a, p.At(at...), q.At(at...))
		}
		return refReduced(a, y)
	}
}

func gaussianNLLEntry() tensor.Entry {
	const op = "gaussian_nll_loss"
	v := func(shape ...int) tensor.Arg { return tensor.In(shape...).Within(0.25, 2) }
	in := func(shape ...int) []any { return []any{tensor.In(shape...), tensor.In(shape...), v(shape...)} }
	samples := append(eachReduction(in), eachReduction(in, "full", true)...)
	samples = append(samples, tensor.Sample{Args: []any{tensor.In(2, 3), tensor.In(2, 1), v(2, 1)}}, tensor.Sample{Args: []any{tensor.In(2, 3), tensor.In(3), v(2)}},
		tensor.Sample{Args: []any{tensor.In(3), tensor.In(), v()}, Kw: kws("reduction", "none")}, tensor.Sample{Args: in(3), Kw: kws("eps", 1), NoGrad: true})
	return tensor.Entry{
		Name: "nn.functional.gaussian_nll_loss", At: tensor.Here(), Go: []string{"NewGaussianNLLLoss"},
		Sig: "gaussian_nll_loss(input, target, var, full=False, eps=1e-06, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			opts := []GaussianNLLOption{reductionOf(op, a), Eps(a.Float("eps"))}
			if a.Bool("full") {
				opts = append(opts, Full)
			}
			return []*tensor.Tensor{NewGaussianNLLLoss(opts...).Forward(a.Tensor("input"), a.Tensor("target"), a.Tensor("var"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, t, w := a.Array("input"), a.Array("target"), a.Array("var")
			if len(w.Shape) < len(x.Shape) {
				w.Shape = append(append([]int{}, w.Shape...), 1)
			}
			y := tensor.NewArray(tensor.BroadcastShapes(x.Shape, t.Shape)...)
			for i := range y.V {
				at := y.Index(i)
				d, v := x.At(at...)-t.At(at...), math.Max(w.At(at...), a.Float("eps"))
				if y.V[i] = (math.Log(v) + d*d/v) / 2; a.Bool("full") {
					y.V[i] += math.Log(2*math.Pi) / 2
				}
			}
			return refReduced(a, y)
		},
		DTypes: tensor.Floats, Samples: samples,
		Bad: []tensor.Bad{badReduction(op, tensor.In(2), tensor.In(2), v(2)),
			{Args: []any{tensor.In(2, 3), tensor.In(2, 3), v(3)}, Want: "tensor: gaussian_nll_loss [2 3], [2 3], [3]: the variance has neither the input's shape, nor that with a last dim of 1, nor that without the last dim"},
			{Args: []any{tensor.In(2), tensor.In(2), tensor.In(2).With(1, -1)}, Want: "tensor: gaussian_nll_loss [2], [2], [2]: the variance has a negative element"}},
		Abs: 5,
		Why: map[string]string{"tol": "terms of different signs cancel", "infinite": cancels, "special": "a variance is not negative"},
	}
}

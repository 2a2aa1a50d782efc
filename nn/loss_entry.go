package nn

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// badShapes is a call with two shapes that are not the same.
func badShapes(op string, more ...any) tensor.Bad {
	return tensor.Bad{
		Args: append([]any{tensor.In(2, 3), tensor.In(3)}, more...),
		Want: "tensor: " + op + " [2 3], [3]: the input and the target have different shapes; want the same",
	}
}

func l1Entry() tensor.Entry {
	const op = "l1_loss"
	return tensor.Entry{
		Name: "nn.functional.l1_loss", Sig: "l1_loss(input, target, size_average=None, reduce=None, reduction='mean')", At: tensor.Here(), Go: []string{"NewL1Loss"}, Ops: []any{&l1Op{}},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{NewL1Loss(reductionOf(op, a)).Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref:     refLoss(func(x ...float64) float64 { return math.Abs(x[0] - x[1]) }),
		DTypes:  tensor.Floats,
		Samples: eachReduction(apartPair),
		Bad:     []tensor.Bad{badShapes(op), badReduction(op, tensor.In(2), tensor.In(2))},
		Why:     map[string]string{"infinite": cancels},
	}
}

// apartPair is two tensors that are nowhere equal.
func apartPair(shape ...int) []any {
	return []any{tensor.In(shape...), tensor.In(shape...).Within(3, 5)}
}

func smoothL1Entry() tensor.Entry {
	const op = "smooth_l1_loss"
	samples := append(eachReduction(apartPair), eachReduction(apartPair, "beta", 3)...)
	samples = append(samples, eachReduction(apartPair, "beta", 0)...)
	return tensor.Entry{
		Name: "nn.functional.smooth_l1_loss", At: tensor.Here(), Go: []string{"NewSmoothL1Loss"}, Ops: []any{&huberOp{}, &huberGradOp{}},
		Sig: "smooth_l1_loss(input, target, size_average=None, reduce=None, reduction='mean', beta=1.0)",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{NewSmoothL1Loss(reductionOf(op, a), Beta(a.Float("beta"))).Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			beta := a.Float("beta")
			return refLoss(func(x ...float64) float64 {
				if d := math.Abs(x[0] - x[1]); beta == 0 || d >= beta {
					return d - beta/2
				} else {
					return d * d / 2 / beta
				}
			})(a)
		},
		DTypes:  tensor.Floats,
		Samples: samples,
		Bad: []tensor.Bad{badShapes(op), badReduction(op, tensor.In(2), tensor.In(2)),
			{Args: pair(2), Kw: kws("beta", -1), Want: "tensor: smooth_l1_loss: beta is -1; want 0 or more"}},
		Why: map[string]string{"infinite": cancels},
	}
}

func huberEntry() tensor.Entry {
	const op = "huber_loss"
	return tensor.Entry{
		Name: "nn.functional.huber_loss", Sig: "huber_loss(input, target, reduction='mean', delta=1.0)", At: tensor.Here(), Go: []string{"NewHuberLoss"}, Ops: []any{&huberOp{}, &huberGradOp{}},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{NewHuberLoss(reductionOf(op, a), Delta(a.Float("delta"))).Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			delta := a.Float("delta")
			return refLoss(func(x ...float64) float64 {
				if d := math.Abs(x[0] - x[1]); d > delta {
					return delta * (d - delta/2)
				} else {
					return d * d / 2
				}
			})(a)
		},
		DTypes:  tensor.Floats,
		Samples: append(eachReduction(apartPair), eachReduction(apartPair, "delta", 3)...),
		Bad: []tensor.Bad{badShapes(op), badReduction(op, tensor.In(2), tensor.In(2)),
			{Args: pair(2), Kw: kws("delta", 0), Want: "tensor: huber_loss: delta is 0; want more than 0"}},
		Why: map[string]string{"infinite": cancels},
	}
}

// weighted is the values of a loss, each times its weight.
func weighted(a *tensor.Args, y tensor.Array) tensor.Array {
	if a.Has("weight") {
		w := a.Array("weight")
		for i := range y.V {
			y.V[i] *= w.At(y.Index(i)...)
		}
	}
	return y
}

func bceEntry() tensor.Entry {
	const op = "binary_cross_entropy"
	in := func(shape ...int) []any {
		return []any{tensor.In(shape...).Within(0.01, 0.99), tensor.In(shape...).Within(0, 1)}
	}
	w := tensor.In(3).Within(0.5, 2).As(tensor.Float32)
	return tensor.Entry{
		Name: "nn.functional.binary_cross_entropy", At: tensor.Here(), Go: []string{"NewBCELoss"}, Ops: []any{bceOp{}},
		Sig: "binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{NewBCELoss(reductionOf(op, a), Weight(a.OptTensor("weight"))).Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			log := func(x float64) float64 { return math.Max(math.Log(x), -100) }
			x, t := a.Array("input"), a.Array("target")
			y := tensor.NewArray(x.Shape...)
			for i := range y.V {
				y.V[i] = -t.V[i]*log(x.V[i]) - (1-t.V[i])*log(1-x.V[i])
			}
			return refReduced(a, weighted(a, y))
		},
		DTypes:  []tensor.DType{tensor.Float32, tensor.Float64},
		Samples: append(eachReduction(in), tensor.Sample{Args: in(2, 3), Kw: kws("weight", w), Out: nil}),
		Bad: []tensor.Bad{badShapes(op), badReduction(op, tensor.In(2), tensor.In(2)),
			{Args: []any{tensor.In(2).With(0, 1.5), tensor.In(2)}, Want: "tensor: binary_cross_entropy [2], [2]: the input has a value outside 0 to 1; BCEWithLogitsLoss takes any"}},
		Why: map[string]string{"infinite": cancels, "special": "probabilities are from 0 to 1"},
	}
}

func bceWithLogitsEntry() tensor.Entry {
	const op = "binary_cross_entropy_with_logits"
	in := func(shape ...int) []any {
		return []any{tensor.In(shape...).Within(-5, 5), tensor.In(shape...).Within(0, 1)}
	}
	w := tensor.In(3).Within(0.5, 2)
	return tensor.Entry{
		Name: "nn.functional.binary_cross_entropy_with_logits", At: tensor.Here(), Go: []string{"NewBCEWithLogitsLoss"}, Ops: []any{bceLogitsOp{}},
		Sig: "binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None)",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			l := NewBCEWithLogitsLoss(reductionOf(op, a), Weight(a.OptTensor("weight")), PosWeight(a.OptTensor("pos_weight")))
			return []*tensor.Tensor{l.Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, t := a.Array("input"), a.Array("target")
			y := tensor.NewArray(x.Shape...)
			for i := range y.V {
				p := 1.0
				if a.Has("pos_weight") {
					p = a.Array("pos_weight").At(y.Index(i)...)
				}
				y.V[i] = (1-t.V[i])*softplus(x.V[i]) + p*t.V[i]*softplus(-x.V[i])
			}
			return refReduced(a, weighted(a, y))
		},
		DTypes: []tensor.DType{tensor.Float32, tensor.Float64},
		Samples: append(eachReduction(in), tensor.Sample{Args: in(2, 3), Kw: kws("weight", w)}, tensor.Sample{Args: in(2, 3), Kw: kws("pos_weight", w, "reduction", "none")},
			tensor.Sample{Args: in(2, 3), Kw: kws("weight", w, "pos_weight", w, "reduction", "sum")}),
		Bad: []tensor.Bad{badShapes(op), badReduction(op, tensor.In(2), tensor.In(2)),
			{Args: []any{tensor.In(2).As(tensor.Int64), tensor.In(2)}, Want: "tensor: binary_cross_entropy_with_logits [2], [2]: the input is int64; want floating point"}},
		Why: map[string]string{"infinite": cancels, "special": "targets are from 0 to 1"},
	}
}

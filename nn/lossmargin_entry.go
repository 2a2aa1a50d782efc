package nn

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

func hingeEmbeddingEntry() tensor.Entry {
	const op = "hinge_embedding_loss"
	in := func(shape ...int) []any {
		x := tensor.In(shape...)
		return []any{x, signs(shape...)}
	}
	return tensor.Entry{
		Name: "nn.functional.hinge_embedding_loss", At: tensor.Here(), Go: []string{"NewHingeEmbeddingLoss"},
		Sig: "hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			l := NewHingeEmbeddingLoss(reductionOf(op, a), Margin(a.Float("margin")))
			return []*tensor.Tensor{l.Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: refLoss(func(x ...float64) float64 {
			y := 0.0
			if x[1] != 1 {
				y += math.Max(0, x[2]-x[0])
			}
			if x[1] != -1 {
				y += x[0]
			}
			return y
		}),
		DTypes: tensor.Floats,
		Samples: append(append(eachReduction(in), eachReduction(in, "margin", -0.5)...),
			tensor.Sample{Args: []any{tensor.In(2, 3), tensor.In(3).With(1, -1, 2).As(tensor.Int8)}}),
		Bad: []tensor.Bad{badReduction(op, tensor.In(2), tensor.In(2)), {Args: []any{tensor.In(2, 3), signs(2)}, Want: "tensor: where [2 3], [2 3], [2]: dim -1 is 3 and 2; want equal, or one of them 1"}},
		Why: map[string]string{"infinite": cancels},
	}
}

// signs is a tensor of 1 and -1, which promote to any other dtype.
func signs(shape ...int) tensor.Arg {
	n := 1
	for _, d := range shape {
		n *= d
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(1 - 2*(i%2))
	}
	return tensor.In(shape...).With(v...).As(tensor.Int8)
}

func marginRankingEntry() tensor.Entry {
	const op = "margin_ranking_loss"
	in := func(shape ...int) []any { return []any{tensor.In(shape...), tensor.In(shape...), signs(shape...)} }
	return tensor.Entry{
		Name: "nn.functional.margin_ranking_loss", At: tensor.Here(), Go: []string{"NewMarginRankingLoss"},
		Sig: "margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			l := NewMarginRankingLoss(reductionOf(op, a), Margin(a.Float("margin")))
			return []*tensor.Tensor{l.Forward(a.Tensor("input1"), a.Tensor("input2"), a.Tensor("target"))}
		},
		Ref:     refLoss(func(x ...float64) float64 { return math.Max(0, x[3]-x[2]*(x[0]-x[1])) }),
		Samples: append(eachReduction(in, "margin", 10), eachReduction(in)...),
		DTypes:  []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int64},
		Out:     tensor.OutFloat,
		Bad: []tensor.Bad{badReduction(op, tensor.In(2), tensor.In(2), tensor.In(2)),
			{Args: []any{tensor.In(2, 3), tensor.In(2, 3), signs(3)}, Want: "tensor: margin_ranking_loss [2 3], [2 3], [3]: the inputs have different numbers of dims; want the same"}},
		Why: map[string]string{"infinite": cancels},
	}
}

func softMarginEntry() tensor.Entry {
	const op = "soft_margin_loss"
	return tensor.Entry{
		Name: "nn.functional.soft_margin_loss", At: tensor.Here(), Go: []string{"NewSoftMarginLoss"},
		Sig: "soft_margin_loss(input, target, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{NewSoftMarginLoss(reductionOf(op, a)).Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref:     refLoss(func(x ...float64) float64 { return softplus(-x[0] * x[1]) }),
		DTypes:  tensor.Floats,
		Samples: eachReduction(pair),
		Bad:     []tensor.Bad{badShapes(op), badReduction(op, tensor.In(2), tensor.In(2))},
	}
}

// softplus is log(1 + eˣ).
func softplus(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.Max(x, 0)
	}
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}

func multiMarginEntry() tensor.Entry {
	const op = "multi_margin_loss"
	in := func(shape ...int) []any {
		switch len(shape) {
		case 0:
			return []any{tensor.In(), tensor.In().As(tensor.Int64).With(0)}
		case 1:
			return []any{tensor.In(shape[0]), tensor.In(1).As(tensor.Int64).With(0)}
		}
		return []any{tensor.In(shape[0], 4), tensor.In(shape[0]).As(tensor.Int64).Within(0, 4)}
	}
	label := func(shape ...int) tensor.Arg { return tensor.In(shape...).As(tensor.Int64).Within(0, 3) }
	samples := append(eachReduction(in), eachReduction(in, "p", 2, "margin", 0.75)...)
	return tensor.Entry{
		Name: "nn.functional.multi_margin_loss", At: tensor.Here(), Go: []string{"NewMultiMarginLoss"},
		Sig: "multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			l := NewMultiMarginLoss(reductionOf(op, a), P(a.Float("p")), Margin(a.Float("margin")), Weight(a.OptTensor("weight")))
			return []*tensor.Tensor{l.Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: refMultiMargin, DTypes: tensor.Floats,
		Samples: append(samples, tensor.Sample{Args: []any{tensor.In(2, 3), label(2)}, Kw: kws("weight", tensor.In(3).Within(0.5, 2).As(tensor.Float16))},
			tensor.Sample{Args: []any{tensor.In(3), label()}, Kw: kws("reduction", "none")}, tensor.Sample{Args: []any{tensor.In(3), label(1)}, Kw: kws("reduction", "none")}),
		Bad: []tensor.Bad{badReduction(op, tensor.In(2, 3), label(2)),
			{Args: []any{tensor.In(2, 3), label(2)}, Kw: kws("p", 3), Want: "tensor: multi_margin_loss: p is 3; want 1 or 2"},
			{Args: []any{tensor.In(2, 3), tensor.In(2)}, Want: "tensor: multi_margin_loss [2 3], [2]: the target is float32; want int64 or int32"},
			{Args: []any{tensor.In(2, 3), label(3)}, Want: "tensor: multi_margin_loss [2 3], [3]: the target has shape [3]; want [2]"},
			{Args: []any{tensor.In(2, 0), label(2)}, Want: "tensor: multi_margin_loss [2 0], [2]: want an input of shape [n, c] or [c], with at least one class"},
			{Args: []any{tensor.In(2, 3), label(2).With(0, 3)}, Want: "tensor: multi_margin_loss [2 3], [2]: the target has a class 3; want 0 to 2"},
			{Args: []any{tensor.In(2, 3), label(2)}, Kw: kws("weight", tensor.In(2)), Want: "tensor: multi_margin_loss [2 3], [2]: the class weight has shape [2]; want [3]"}},
		Why: map[string]string{"infinite": cancels},
	}
}

func refMultiMargin(a *tensor.Args) []tensor.Array {
	x, target := a.Array("input"), a.Array("target")
	n, c := len(target.V), 1
	if len(x.Shape) > 0 {
		c = x.Shape[len(x.Shape)-1]
	}
	y := tensor.NewArray(target.Shape...)
	for i := range n {
		t := int(target.V[i])
		for j := range c {
			if j == t {
				continue
			}
			v := math.Pow(math.Max(0, a.Float("margin")-x.V[i*c+t]+x.V[i*c+j]), a.Float("p")) / float64(c)
			if a.Has("weight") {
				v *= a.Array("weight").V[t]
			}
			y.V[i] += v
		}
	}
	return refReduced(a, y)
}

func multiLabelMarginEntry() tensor.Entry {
	const op = "multilabel_margin_loss"
	list := func(shape []int, v ...float64) tensor.Arg { return tensor.In(shape...).As(tensor.Int64).With(v...) }
	var samples []tensor.Sample
	for _, r := range []string{"mean", "sum", "none"} {
		samples = append(samples, tensor.Sample{Args: []any{tensor.In(3, 4), list([]int{3, 4}, 1, 3, -1, 0, -1, 2, 2, 2, 0, 0, 2, -1)}, Kw: kws("reduction", r)},
			tensor.Sample{Args: []any{tensor.In(3), list([]int{3}, 2, -1, 0)}, Kw: kws("reduction", r)},
			tensor.Sample{Args: []any{tensor.In(0, 3), list([]int{0, 3})}, Kw: kws("reduction", r), NoGrad: true})
	}
	return tensor.Entry{
		Name: "nn.functional.multilabel_margin_loss", At: tensor.Here(), Go: []string{"NewMultiLabelMarginLoss"},
		Sig: "multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{NewMultiLabelMarginLoss(reductionOf(op, a)).Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: refMultiLabelMargin, DTypes: tensor.Floats,
		Samples: append(samples, tensor.Sample{Args: []any{tensor.In(), list(nil, 0)}}, tensor.Sample{Args: []any{tensor.In(1), list([]int{1}, -1)}}),
		Bad: []tensor.Bad{badReduction(op, tensor.In(3), list([]int{3}, 1, 2, -1)),
			{Args: []any{tensor.In(3), list([]int{2}, 1, 2)}, Want: "tensor: multilabel_margin_loss [3], [2]: the input and the target have different shapes; want the same"},
			{Args: []any{tensor.In(2), list([]int{2}, 1, -2)}, Want: "tensor: multilabel_margin_loss [2], [2]: the target has a class -2; want -1 to 1"},
			{Args: []any{tensor.In(2), list([]int{2}, 1, 2)}, Want: "tensor: multilabel_margin_loss [2], [2]: the target has a class 2; want -1 to 1"}},
		Why: map[string]string{"infinite": cancels},
	}
}

func refMultiLabelMargin(a *tensor.Args) []tensor.Array {
	x, target := a.Array("input"), a.Array("target")
	shape, c := []int{}, 1
	if n := len(x.Shape); n > 0 {
		shape, c = x.Shape[:n-1], x.Shape[n-1]
	}
	y := tensor.NewArray(shape...)
	for i := range y.V {
		var right []int
		is := map[int]bool{}
		for _, t := range target.V[i*c : (i+1)*c] {
			if t < 0 {
				break
			}
			right, is[int(t)] = append(right, int(t)), true
		}
		for _, t := range right {
			for j := range c {
				if !is[j] {
					y.V[i] += math.Max(0, 1-(x.V[i*c+t]-x.V[i*c+j])) / float64(c)
				}
			}
		}
	}
	return refReduced(a, y)
}

func multiLabelSoftMarginEntry() tensor.Entry {
	const op = "multilabel_soft_margin_loss"
	in := func(shape ...int) []any {
		if len(shape) == 0 {
			return pair(2)
		}
		return pair(shape...)
	}
	return tensor.Entry{
		Name: "nn.functional.multilabel_soft_margin_loss", At: tensor.Here(), Go: []string{"NewMultiLabelSoftMarginLoss"},
		Sig: "multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			l := NewMultiLabelSoftMarginLoss(reductionOf(op, a), Weight(a.OptTensor("weight")))
			return []*tensor.Tensor{l.Forward(a.Tensor("input"), a.Tensor("target"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, t := a.Array("input"), a.Array("target")
			all := tensor.NewArray(x.Shape...)
			for i, v := range x.V {
				all.V[i] = t.V[i]*softplus(-v) + (1-t.V[i])*softplus(v)
			}
			n := len(x.Shape) - 1
			y := tensor.NewArray(x.Shape[:n]...)
			for i, v := range weighted(a, all).V {
				y.V[i/x.Shape[n]] += v / float64(x.Shape[n])
			}
			return refReduced(a, y)
		},
		DTypes:  tensor.Floats,
		Samples: append(eachReduction(in), tensor.Sample{Args: pair(2, 3), Kw: kws("weight", tensor.In(3))}),
		Bad: []tensor.Bad{badShapes(op), badReduction(op, tensor.In(2), tensor.In(2)),
			{Args: pair(), Want: "tensor: multilabel_soft_margin_loss [], []: the input has no dim of classes"}},
		Abs: 1,
		Why: map[string]string{"0-d": "there are no classes", "tol": "terms of different signs cancel", "special": "targets are from 0 to 1"},
	}
}

package nn

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

func cosineEmbeddingEntry() tensor.Entry {
	const op = "cosine_embedding_loss"
	var samples []tensor.Sample
	for _, r := range []string{"mean", "sum", "none"} {
		kw := kws("reduction", r, "margin", -0.5)
		samples = append(samples, tensor.Sample{Args: []any{tensor.In(4, 3), tensor.In(4, 3), signs(4)}, Kw: kw},
			tensor.Sample{Args: []any{tensor.In(3), tensor.In(3), signs()}, Kw: kw}, tensor.Sample{Args: []any{tensor.In(0, 3), tensor.In(0, 3), signs(0)}, Kw: kw, NoGrad: true})
	}
	return tensor.Entry{
		Name: "nn.functional.cosine_embedding_loss", At: tensor.Here(), Go: []string{"NewCosineEmbeddingLoss"},
		Sig: "cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			l := NewCosineEmbeddingLoss(reductionOf(op, a), Margin(a.Float("margin")))
			return []*tensor.Tensor{l.Forward(a.Tensor("input1"), a.Tensor("input2"), a.Tensor("target"))}
		},
		Ref: refCosineEmbedding, DTypes: append([]tensor.DType{tensor.Int64, tensor.Bool}, tensor.Floats...), Out: tensor.OutFloat,
		Samples: append(samples, tensor.Sample{Args: []any{tensor.In(1, 1), tensor.In(1, 1), signs(1)}}),
		Bad: []tensor.Bad{badReduction(op, tensor.In(2, 3), tensor.In(2, 3), signs(2)),
			{Args: []any{tensor.In(2, 3), tensor.In(2, 3), signs()}, Want: "tensor: cosine_embedding_loss [2 3], [2 3], []: want inputs of shape [n, d] and a target of shape [n], or [d] and []"},
			{Args: []any{tensor.In(2, 3), tensor.In(2, 3), signs(2, 1)}, Want: "tensor: cosine_embedding_loss [2 3], [2 3], [2 1]: want inputs of shape [n, d] and a target of shape [n], or [d] and []"}},
		Abs: 1,
		Why: map[string]string{"tol": "products of different signs cancel", "infinite": cancels},
	}
}

func refCosineEmbedding(a *tensor.Args) []tensor.Array {
	x, y, t := a.Array("input1"), a.Array("input2"), a.Array("target")
	d := x.Shape[len(x.Shape)-1]
	out := tensor.NewArray(t.Shape...)
	for i := range out.V {
		dot, m, n := 0.0, 1e-12, 1e-12
		for k := i * d; k < (i+1)*d; k++ {
			dot += x.V[k] * y.V[k]
			m += x.V[k] * x.V[k]
			n += y.V[k] * y.V[k]
		}
		cos := dot / math.Sqrt(m*n)
		switch t.V[i] {
		case 1:
			out.V[i] = 1 - cos
		case -1:
			out.V[i] = math.Max(0, cos-a.Float("margin"))
		}
	}
	return refReduced(a, out)
}

// triplets are calls of a loss of triplets.
func triplets(more ...any) []tensor.Sample {
	in := func(shape ...int) []any { return []any{tensor.In(shape...), tensor.In(shape...), tensor.In(shape...)} }
	s := append(eachReduction(in, more...), eachReduction(in, append([]any{"swap", true, "margin", 10.0}, more...)...)...)
	return append(s, tensor.Sample{Args: []any{tensor.In(4, 3), tensor.In(1, 3), tensor.In(4, 3)}, Kw: kws(append([]any{"reduction", "none"}, more...)...)})
}

func badTriplets(op string) []tensor.Bad {
	return []tensor.Bad{
		{Args: []any{tensor.In(2, 3), tensor.In(2, 3), tensor.In(3)}, Want: "tensor: " + op + " [2 3], [2 3], [3]: the inputs have different numbers of dims; want the same"},
		badReduction(op, tensor.In(2), tensor.In(2), tensor.In(2)),
	}
}

func tripletMarginEntry() tensor.Entry {
	const op = "triplet_margin_loss"
	return tensor.Entry{
		Name: "nn.functional.triplet_margin_loss", At: tensor.Here(), Go: []string{"NewTripletMarginLoss"},
		Sig: "triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, size_average=None, reduce=None, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			opts := []TripletMarginOption{reductionOf(op, a), Margin(a.Float("margin")), P(a.Float("p")), Eps(a.Float("eps"))}
			if a.Bool("swap") {
				opts = append(opts, Swap)
			}
			return []*tensor.Tensor{NewTripletMarginLoss(opts...).Forward(a.Tensor("anchor"), a.Tensor("positive"), a.Tensor("negative"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array { return refTriplet(a, a.Float("p"), a.Float("eps")) },
		Out: tensor.OutFloat, DTypes: append([]tensor.DType{tensor.Int64}, tensor.Floats...),
		Samples: append(triplets(), triplets("p", 3, "eps", 0.5)...), Bad: badTriplets(op),
		Abs: 10,
		Why: map[string]string{"tol": "differences of distances and the margin cancel", "infinite": cancels},
	}
}

func tripletMarginWithDistanceEntry() tensor.Entry {
	const op = "triplet_margin_with_distance_loss"
	return tensor.Entry{
		Name: "nn.functional.triplet_margin_with_distance_loss", At: tensor.Here(), Go: []string{"NewTripletMarginWithDistanceLoss"},
		Sig: "triplet_margin_with_distance_loss(anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction='mean')",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			opts := []TripletMarginWithDistanceOption{reductionOf(op, a), Margin(a.Float("margin"))}
			if a.Bool("swap") {
				opts = append(opts, Swap)
			}
			return []*tensor.Tensor{NewTripletMarginWithDistanceLoss(nil, opts...).Forward(a.Tensor("anchor"), a.Tensor("positive"), a.Tensor("negative"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array { return refTriplet(a, 2, 1e-6) },
		Out: tensor.OutFloat, DTypes: append([]tensor.DType{tensor.Int64}, tensor.Floats...),
		Samples: triplets(), Bad: badTriplets(op),
		Abs: 10,
		Why: map[string]string{"tol": "differences of distances and the margin cancel", "infinite": cancels},
	}
}

func refTriplet(a *tensor.Args, p, eps float64) []tensor.Array {
	x := [3]tensor.Array{a.Array("anchor"), a.Array("positive"), a.Array("negative")}
	shape := tensor.BroadcastShapes(x[0].Shape, x[1].Shape, x[2].Shape)
	d := 1
	if n := len(shape); n > 0 {
		d, shape = shape[n-1], shape[:n-1]
	}
	y := tensor.NewArray(shape...)
	distance := func(i, j int, at []int) float64 {
		sum := 0.0
		for k := range d {
			to := append(append([]int{}, at...), k)
			sum += math.Pow(math.Abs(x[i].At(to...)-x[j].At(to...)+eps), p)
		}
		return math.Pow(sum, 1/p)
	}
	for i := range y.V {
		at := y.Index(i)
		far := distance(0, 2, at)
		if a.Bool("swap") {
			far = math.Min(far, distance(1, 2, at))
		}
		y.V[i] = math.Max(0, distance(0, 1, at)-far+a.Float("margin"))
	}
	return refReduced(a, y)
}

package nn

import (
	"errors"

	"github.com/facula-ml/facula/tensor"
)

// Entries is the table of the ops that are layers here, most of them losses:
// PyTorch's functions, each by way of the layer that has its name. A test
// proves them as it does those of package tensor.
func Entries() []tensor.Entry {
	list := []func() tensor.Entry{
		bceEntry,
		bceWithLogitsEntry,
		cosineEmbeddingEntry,
		ctcEntry,
		gaussianNLLEntry,
		gruCellEntry,
		gruEntry,
		hingeEmbeddingEntry,
		huberEntry,
		klDivEntry,
		l1Entry,
		lstmCellEntry,
		lstmEntry,
		marginRankingEntry,
		multiLabelMarginEntry,
		multiLabelSoftMarginEntry,
		multiMarginEntry,
		poissonNLLEntry,
		func() tensor.Entry { return rnnCellEntry(false) },
		func() tensor.Entry { return rnnCellEntry(true) },
		func() tensor.Entry { return rnnEntry(false) },
		func() tensor.Entry { return rnnEntry(true) },
		smoothL1Entry,
		softMarginEntry,
		tripletMarginEntry,
		tripletMarginWithDistanceEntry,
	}
	out := make([]tensor.Entry, len(list))
	for i, f := range list {
		out[i] = f()
	}
	return out
}

// reductionOf reads PyTorch's argument of every loss; an unknown one is -1.
func reductionOf(op string, a *tensor.Args) Reduction {
	switch a.Str("reduction") {
	case "mean":
		return ReduceMean
	case "sum":
		return ReduceSum
	case "none":
		return ReduceNone
	}
	tensor.Misuse(op, errors.New("the reduction "+a.Str("reduction")+" is unknown; want mean, sum or none"))
	return -1
}

// refReduced is the reference of a loss by its values.
func refReduced(a *tensor.Args, y tensor.Array) []tensor.Array {
	if a.Str("reduction") == "none" {
		return []tensor.Array{y}
	}
	sum := 0.0
	for _, v := range y.V {
		sum += v
	}
	if a.Str("reduction") == "mean" {
		sum /= float64(len(y.V))
	}
	return []tensor.Array{{V: []float64{sum}}}
}

// refLoss is the reference of a loss of elements: of all arguments up to the
// first that is neither an array nor a number.
func refLoss(f func(x ...float64) float64) func(*tensor.Args) []tensor.Array {
	return func(a *tensor.Args) []tensor.Array { return refReduced(a, tensor.RefMap(f)(a)[0]) }
}

// kws makes named arguments of pairs.
func kws(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// eachReduction is calls with the given tensors for all reductions and some
// shapes, each with the further arguments.
func eachReduction(in func(shape ...int) []any, more ...any) []tensor.Sample {
	var s []tensor.Sample
	for _, r := range []string{"mean", "sum", "none"} {
		kw := kws(append([]any{"reduction", r}, more...)...)
		s = append(s, tensor.Sample{Args: in(2, 3), Kw: kw}, tensor.Sample{Args: in(0, 2), Kw: kw, NoGrad: r == "mean"}) // whose mean is NaN
	}
	kw := kws(more...)
	return append(s, tensor.Sample{Args: in(), Kw: kw}, tensor.Sample{Args: in(1), Kw: kw}, tensor.Sample{Args: in(4, 2, 3), Kw: kw, NoGrad: true})
}

// pair is two random tensors of a shape.
func pair(shape ...int) []any { return []any{tensor.In(shape...), tensor.In(shape...)} }

// cancels is why a gradient may be 0 for a finite factor only.
const cancels = "the gradient has a factor that is 0 or rounds to it"

// badReduction is a call with a reduction that there is not.
func badReduction(op string, args ...any) tensor.Bad {
	return tensor.Bad{Args: args, Kw: kws("reduction", "max"), Want: "tensor: " + op + ": the reduction max is unknown; want mean, sum or none"}
}

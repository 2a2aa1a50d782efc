package tensor

import (
	"errors"
	"math"
)

// lossOptions reads PyTorch's arguments of a loss of classes.
func (a *Args) lossOptions() []LossOption {
	o := []LossOption{ClassWeight(a.OptTensor("weight"))}
	if i := a.Int("ignore_index"); i != -100 {
		o = append(o, IgnoreIndex(i))
	}
	if a.Has("label_smoothing") {
		o = append(o, LabelSmoothing(a.Float("label_smoothing")))
	}
	return append(o, a.reduction("cross_entropy"))
}

// reduction reads PyTorch's argument of every loss; an unknown one is -1.
func (a *Args) reduction(op string) Reduction {
	if a.Has("size_average") || a.Has("reduce") {
		misuse(op, errors.New("size_average and reduce are not supported; use reduction"))
	}
	r, ok := map[string]Reduction{"mean": ReduceMean, "sum": ReduceSum, "none": ReduceNone}[a.Str("reduction")]
	if !ok {
		r = -1
	}
	return r
}

// refClassLoss is the loss of log-probabilities, element by element.
func refClassLoss(a *Args, logp Array, smoothing float64) []Array {
	target := a.Array("target")
	dim := min(1, len(logp.Shape)-1)
	count := logp.Shape[dim]
	shape := append(append([]int{}, logp.Shape[:dim]...), logp.Shape[dim+1:]...)
	weight := func(c int) float64 {
		if !a.Has("weight") {
			return 1
		}
		return a.Array("weight").V[c]
	}
	out, total := NewArray(shape...), 0.0
	for i := range out.V {
		at := out.Index(i)
		class := func(c int) []int {
			return append(append(append([]int{}, at[:dim]...), c), at[dim:]...)
		}
		label, given := -1, len(target.Shape) < len(logp.Shape)
		if given {
			if label = int(target.V[i]); label == a.Int("ignore_index") {
				continue
			}
			total += weight(label)
		} else {
			total++
		}
		for c := range count {
			p := float64(b2i(c == label))
			if !given {
				p = target.At(class(c)...)
			}
			if p = p*(1-smoothing) + smoothing/float64(count); p != 0 {
				out.V[i] -= weight(c) * p * logp.At(class(c)...)
			}
		}
	}
	if a.Str("reduction") == "none" {
		return []Array{out}
	}
	sum := 0.0
	for _, v := range out.V {
		sum += v
	}
	if a.Str("reduction") == "mean" {
		sum /= total
	}
	return []Array{{nil, []float64{sum}}}
}

// refLogSoftmax subtracts the logarithm of the sum of exp over dim.
func refLogSoftmax(x Array, dim int) Array {
	out := NewArray(x.Shape...)
	for i, v := range x.V {
		at, top, sum := x.Index(i), math.Inf(-1), 0.0
		for c := range x.Shape[dim] {
			at[dim] = c
			top = math.Max(top, x.At(at...)) // NaN wins
		}
		for c := range x.Shape[dim] {
			at[dim] = c
			sum += math.Exp(x.At(at...) - top)
		}
		out.V[i] = v - top - math.Log(sum)
	}
	return out
}

// classLossSamples are calls with five classes. All but the labels may have a gradient.
func classLossSamples() []Sample {
	label := func(shape ...int) Arg { return In(shape...).As(Int64).Within(0, 5) }
	kw := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	w := In(5).Within(0.5, 2)
	var s []Sample
	for _, r := range []string{"mean", "sum", "none"} {
		s = append(s, Sample{Args: []any{In(4, 5), label(4)}, Kw: kw("reduction", r)},
			Sample{Args: []any{In(4, 5), label(4)}, Kw: kw("reduction", r, "weight", w)},
			Sample{Args: []any{In(2, 5, 3), label(2, 3).With(0, 3, 4, 1, 3, 2)}, Kw: kw("reduction", r, "weight", w, "ignore_index", 3)},
			Sample{Args: []any{In(0, 5), label(0)}, Kw: kw("reduction", r), NoGrad: r == "mean"}) // whose mean is NaN
	}
	return append(s,
		Sample{Args: []any{In(5), label()}}, Sample{Args: []any{In(1, 1), label(1).With(0)}}, Sample{Args: []any{In(2, 5, 1, 2), label(2, 1, 2)}},
		Sample{Args: []any{In(3, 5), label(3).With(-100, 2, -100)}}, Sample{Args: []any{In(2, 5), label(2).With(-1, -1)}, Kw: kw("ignore_index", -1, "reduction", "sum")},
		Sample{Args: []any{In(2, 5), label(2).With(-100, -100)}, NoGrad: true}, // NaN
		Sample{Args: []any{In(70, 5), label(70)}, NoGrad: true}, Sample{Args: []any{In(2, 5, 4, 9), label(2, 4, 9)}, NoGrad: true})
}

func classLossBad(op string) []Bad {
	label := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	pre := "tensor: " + op
	return []Bad{
		{Args: []any{In(2, 3), label(0, 3)}, Want: pre + " [2 3], [2]: label 3 at [1] is out of range; want 0 to 2 (3 classes), or -100 to ignore the sample"},
		{Args: []any{In(2, 3), label(-1, 0)}, Want: pre + " [2 3], [2]: label -1 at [0] is out of range; want 0 to 2 (3 classes), or -100 to ignore the sample"},
		{Args: []any{In(2, 3), In(2)}, Want: pre + " [2 3], [2]: the target is float32; want class indices as int64 or int32 of shape [2]"},
		{Args: []any{In(2, 3), label(0)}, Want: pre + " [2 3], [1]: the target has shape [1]; want [2], a class index for each sample"},
		{Args: []any{In(3), label(0)}, Want: pre + " [3], [1]: the target has shape [1]; want [], a class index for each sample"},
		{Args: []any{In(), In().As(Int64)}, Want: pre + " [], []: the input has no dim of classes"},
		{Args: []any{In(2, 3).As(Int64), label(0, 1)}, Want: pre + " [2 3], [2]: dtype int64; want a floating-point dtype"},
		{Args: []any{In(2, 3), label(0, 1), In(2)}, Want: pre + " [2 3], [2]: the class weight has shape [2]; want [3]"},
		{Args: []any{In(2, 3), label(0, 1)}, Kw: map[string]any{"reduction": "max"}, Want: pre + " [2 3], [2]: reduction -1; want ReduceMean, ReduceSum or ReduceNone"},
	}
}

func crossEntropyEntry() Entry {
	smooth := func(args []any, more ...any) Sample {
		kw := map[string]any{"label_smoothing": 0.25}
		for i := 0; i < len(more); i += 2 {
			kw[more[i].(string)] = more[i+1]
		}
		return Sample{Args: args, Kw: kw}
	}
	label, p, w := In(3).As(Int64).With(0, 2, 1), In(3, 4).Within(0.1, 1), In(4).Within(0.5, 2)
	return Entry{
		Name: "nn.functional.cross_entropy", At: Here(), Ops: []any{&crossEntropyOp{}, &crossEntropyGradOp{}},
		Sig: "cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0)",
		Go:  []string{"CrossEntropy", "ClassWeight", "IgnoreIndex", "LabelSmoothing"},
		Call: func(a *Args) []*Tensor {
			return one(CrossEntropy(a.Tensor("input"), a.Tensor("target"), a.lossOptions()...))
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			return refClassLoss(a, refLogSoftmax(x, min(1, len(x.Shape)-1)), a.Float("label_smoothing"))
		},
		Why:    map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		DTypes: Floats,
		Samples: append(classLossSamples(), smooth([]any{In(3, 4), label}), smooth([]any{In(3, 4), label}, "weight", w),
			smooth([]any{In(3, 4), label}, "weight", w, "ignore_index", 2), smooth([]any{In(3, 4), label}, "reduction", "none", "ignore_index", 2),
			Sample{Args: []any{In(3, 4), p}}, Sample{Args: []any{In(4), w}}, Sample{Args: []any{In(2, 3, 2), In(2, 3, 2).Within(0, 1)}, Kw: map[string]any{"reduction": "sum"}},
			smooth([]any{In(3, 4), p}, "weight", w), smooth([]any{In(3, 4), p}, "weight", w, "reduction", "none")),
		Bad: append(classLossBad("cross_entropy"),
			Bad{Args: []any{In(2, 3), In(2, 3).As(Int64)}, Want: "tensor: cross_entropy [2 3], [2 3]: the target has the input's shape and is int64; want floating-point probabilities, or class indices of shape [2]"},
			Bad{Args: []any{In(2, 3), In(2, 3)}, Kw: map[string]any{"ignore_index": 1}, Want: "tensor: cross_entropy [2 3], [2 3]: ignore index 1 has no meaning for probabilities"},
			Bad{Args: []any{In(1, 3), In(1).As(Int64).With(0)}, Kw: map[string]any{"label_smoothing": 1.5}, Want: "tensor: cross_entropy [1 3], [1]: label smoothing is 1.5; want 0 to 1"}),
	}
}

func nllLossEntry() Entry {
	return Entry{
		Name: "nn.functional.nll_loss", At: Here(), Ops: []any{gatherOp{}, resolveOp{}}, Go: []string{"NLLLoss"},
		Sig: "nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean')",
		Call: func(a *Args) []*Tensor {
			return one(NLLLoss(a.Tensor("input"), a.Tensor("target"), a.lossOptions()...))
		},
		Ref:     func(a *Args) []Array { return refClassLoss(a, a.Array("input"), 0) },
		DTypes:  Floats,
		Samples: classLossSamples(),
		Bad:     classLossBad("nll_loss"),
	}
}

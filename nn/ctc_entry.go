package nn

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// intsOf reads a list of integers, or a tensor of them.
func intsOf(a *tensor.Args, name string) []int {
	if a.IsTensor(name) {
		return tensor.Slice[int](a.Tensor(name).Cast(tensor.Int64))
	}
	return a.Ints(name)
}

func ctcEntry() tensor.Entry {
	const op = "ctc_loss"
	label := func(shape []int, v ...float64) tensor.Arg { return tensor.In(shape...).As(tensor.Int64).With(v...) }
	logp := func(shape ...int) tensor.Arg { return tensor.In(shape...).Within(-3, 0) }
	var samples []tensor.Sample
	for _, r := range []string{"mean", "sum", "none"} {
		kw := kws("reduction", r)
		samples = append(samples, tensor.Sample{Args: []any{logp(5, 2, 4), label([]int{2, 3}, 1, 2, 2, 3, 1, 1), []int{5, 4}, []int{3, 2}}, Kw: kw},
			tensor.Sample{Args: []any{logp(4, 3), label([]int{2}, 2, 1), []int{4}, []int{2}}, Kw: kw},
			tensor.Sample{Args: []any{logp(3, 0, 2), label([]int{0, 1}), []int{}, []int{}}, Kw: kw})
	}
	samples = append(samples, tensor.Sample{Args: []any{logp(5, 2, 4), label([]int{3}, 0, 2, 3), []int{5, 3}, []int{1, 2}, 1}}, // one list
		tensor.Sample{Args: []any{logp(2, 1, 3), label([]int{1, 2}, 1, 1), []int{2}, []int{2}, 0, "sum", true}}, // impossible
		tensor.Sample{Args: []any{logp(3, 1, 2), label([]int{1, 1}, 1), []int{3}, []int{0}}}, tensor.Sample{Args: []any{logp(1, 1, 1), label([]int{1, 0}), []int{1}, []int{0}}})
	for i := range samples {
		samples[i].NoGrad = true // the gradient is on purpose another, see CTCLoss
	}
	bad := func(want string, targets tensor.Arg, in, out []int, kw ...any) tensor.Bad {
		return tensor.Bad{Args: []any{logp(4, 2, 3), targets, in, out}, Kw: kws(kw...), Want: "tensor: ctc_loss [4 2 3], " + want}
	}
	two := label([]int{2, 1}, 1, 2)
	return tensor.Entry{
		Name: "nn.functional.ctc_loss", At: tensor.Here(), Go: []string{"NewCTCLoss"}, Ops: []any{&ctcOp{}, &ctcGradOp{}},
		Sig: "ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False)",
		Call: func(a *tensor.Args) []*tensor.Tensor {
			opts := []CTCOption{Blank(a.Int("blank")), reductionOf(op, a)}
			if a.Bool("zero_infinity") {
				opts = append(opts, ZeroInfinity)
			}
			l := NewCTCLoss(opts...)
			return []*tensor.Tensor{l.Forward(a.Tensor("log_probs"), a.Tensor("targets"), intsOf(a, "input_lengths"), intsOf(a, "target_lengths"))}
		},
		Ref: refCTC, DTypes: tensor.Floats, Samples: samples,
		Bad: []tensor.Bad{
			bad("[2 1]: 1 and 2 lengths; want 2, one for each sample", two, []int{4}, []int{1, 1}),
			bad("[2 1]: an input has length 5; want 0 to 4", two, []int{4, 5}, []int{1, 1}),
			bad("[2 1]: the targets have shape [2 1]; want 2 of at least 2 labels", two, []int{4, 4}, []int{1, 2}),
			bad("[2]: the list of targets has 2 labels; want 3, the sum of their lengths", label([]int{2}, 1, 2), []int{4, 4}, []int{1, 2}),
			bad("[2 1]: the blank is class 3; want 0 to 2", two, []int{4, 4}, []int{1, 1}, "blank", 3),
			bad("[2 1]: the target has a class 3; want 0 to 2", label([]int{2, 1}, 1, 3), []int{4, 4}, []int{1, 1}),
			bad("[2 1]: the target is float32; want int64 or int32", tensor.In(2, 1), []int{4, 4}, []int{1, 1}),
		},
		Abs: 10,
		Why: map[string]string{"tol": "a loss is a sum over all times", "0-d": "there are no times", "special": "a path of probability NaN", "infinite": cancels},
	}
}

// refCTC adds up the probabilities of all paths: every sequence of a class at
// each time that is the target when repeats, and then blanks, are left out.
func refCTC(a *tensor.Args) []tensor.Array {
	x, targets := a.Array("log_probs"), a.Array("targets")
	in, out := a.Ints("input_lengths"), a.Ints("target_lengths")
	n, c := len(in), x.Shape[len(x.Shape)-1]
	y, start := tensor.NewArray(n), 0
	for i := range n {
		from := start
		if start += out[i]; len(targets.Shape) == 2 {
			from = i * targets.Shape[1]
		}
		want := targets.V[from : from+out[i]]
		var sum float64
		var walk func(t, matched, last int, logp float64)
		walk = func(t, matched, last int, logp float64) {
			if t == in[i] {
				if matched == len(want) {
					sum += math.Exp(logp)
				}
				return
			}
			for k := range c {
				next := matched
				if k != a.Int("blank") && k != last {
					if matched == len(want) || int(want[matched]) != k {
						continue
					}
					next++
				}
				walk(t+1, next, k, logp+x.V[(t*n+i)*c+k])
			}
		}
		walk(0, 0, -1, 0)
		if y.V[i] = -math.Log(sum); a.Bool("zero_infinity") && math.IsInf(y.V[i], 1) {
			y.V[i] = 0
		}
		if a.Str("reduction") == "mean" {
			y.V[i] /= math.Max(1, float64(out[i]))
		}
	}
	if len(x.Shape) == 2 {
		y.Shape = []int{}
	}
	return refReduced(a, y)
}

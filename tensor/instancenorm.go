package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// InstanceNorm normalises each channel of each sample of t to mean 0 and
// variance 1, then scales the channels by weight and shifts them by bias, which
// may be nil. Running statistics, if not nil, move towards the samples' mean by
// the share momentum, as in [Tensor.BatchNorm]. Unless useInput is set, they take
// the place of the samples' own, and are only read.
//
//	shape:  [n, c, ...] with at least one more dim; the others [c] → t's
//	dtype:  floating point; half precision computes in float32
//	panics: *Error for other shapes or dtypes, for one element a channel, and
//	running statistics that are missing where they are needed
//	source: torch.nn.functional.instance_norm; Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022
func (t *Tensor) InstanceNorm(runningMean, runningVar, weight, bias *Tensor, useInput bool, momentum, eps float64) *Tensor {
	const op = "instance_norm"
	if err := checkBatchNorm(t, false, orOnes(runningMean, t, useInput), orOnes(runningVar, t, useInput), weight, bias); err != nil {
		misuse(op, err, t)
	}
	if t.Dim() < 3 {
		misuse(op, fmt.Errorf("the input has %d dims; want at least 3", t.Dim()), t)
	}
	if !useInput {
		return t.batchNorm(op, runningMean, runningVar, weight, bias, false, 0, device.Normalization{Eps: eps})
	}
	n, c := t.shape()[0], t.shape()[1]
	size := volumeOf(t.shape()[2:])
	if size == 1 {
		misuse(op, errors.New("one element a channel; want more"), t)
	}
	if t.Len() == 0 {
		return t.Clone()
	}
	repeat := func(w *Tensor) *Tensor {
		if w == nil {
			return nil
		}
		return w.Repeat(n)
	}
	x := t.Reshape(1, n*c, size)
	o := normalizeTrainOp{device.Normalization{Eps: eps}}
	y := ApplyMulti(o, x, affine(repeat(weight), 1, t, n*c), affine(repeat(bias), 0, t, n*c))
	perChannel := func(s *Tensor) *Tensor { return s.Detach().Reshape(n, c).Mean(Dims(0)) }
	moveTo(runningMean, perChannel(y[1]), momentum)
	moveTo(runningVar, perChannel(y[2]).MulScalar(float64(size)/float64(size-1)), momentum)
	return y[0].Reshape(t.shape()...)
}

// orOnes is a running statistic, or one that checks if there is none and none
// is needed.
func orOnes(s, t *Tensor, optional bool) *Tensor {
	if s == nil && optional && t != nil && t.Dim() >= 2 {
		return Ones(t.shape()[1])
	}
	return s
}

func instanceNormEntry() Entry {
	kw := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	stat, scale := In(2).As(Float64).Within(0.5, 2), In(2)
	return Entry{
		Name: "nn.functional.instance_norm", At: Here(), Go: []string{"InstanceNorm"}, Ops: []any{normalizeTrainOp{}, normalizeOp{}, normalizeGradOp{}},
		Sig: "instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05)",
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").InstanceNorm(a.OptTensor("running_mean"), a.OptTensor("running_var"), a.OptTensor("weight"),
				a.OptTensor("bias"), a.Bool("use_input_stats"), a.Float("momentum"), a.Float("eps")))
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			if !a.Bool("use_input_stats") {
				b := *a
				b.values["training"] = false
				return refBatchNorm(&b)
			}
			return []Array{refNormed(a, x, func(at []int) int { return at[0]*x.Shape[1] + at[1] })}
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(1, 1, 3)}}, {Args: []any{In(2, 2, 3)}, Kw: kw("weight", scale, "bias", scale)}, {Args: []any{In(2, 2, 2, 2)}, Kw: kw("weight", scale, "eps", 0.5)},
			{Args: []any{In(0, 2, 3)}}, {Args: []any{In(2, 2, 3), stat, stat}, Kw: kw("use_input_stats", false, "bias", scale)}, {Args: []any{In(3, 2, 40)}, Kw: kw("weight", scale, "bias", scale)},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3)}, Want: "tensor: instance_norm [2 3]: the input has 2 dims; want at least 3"},
			{Args: []any{In(2, 3, 1)}, Want: "tensor: instance_norm [2 3 1]: one element a channel; want more"},
			{Args: []any{In(2, 3, 2)}, Kw: kw("use_input_stats", false), Want: "tensor: instance_norm [2 3 2]: there is no running mean; it is needed except in training"},
			{Args: []any{In(2, 3, 2)}, Kw: kw("weight", scale), Want: "tensor: instance_norm [2 3 2]: the weight has shape [2]; want [3]"},
			{Args: []any{In(2, 3, 2).As(Int64)}, Want: "tensor: instance_norm [2 3 2]: dtype int64; want a floating-point dtype"},
		},
		Abs: 1,
		Why: map[string]string{"tol": "differences to the mean cancel", "infinite": "the gradient of a constant line is 0 by cancelling", "0-d": "there are no channels", "size-1": "a channel has more than one element"},
	}
}

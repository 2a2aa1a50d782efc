package tensor

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/facula-ml/facula/device"
)

// BatchNorm normalises each channel of t, to mean 0 and variance 1, then scales
// it by weight and shifts it by bias, which may be nil:
//
//	y = (t - mean) / √(variance + eps) · weight + bias
//
// In training, mean and variance are those of the batch and of all spatial
// dims, and runningMean and runningVar, if not nil, are changed in place: they
// move towards those of the batch by the share momentum; the variance they see
// is the unbiased one. Otherwise mean and variance are runningMean and
// runningVar, which are only read, so that several goroutines may call it.
//
//	shape:  [n, c, ...]; the others [c] → t's
//	dtype:  floating point; half precision computes in float32
//	panics: *Error for other shapes or dtypes, training on one element a channel,
//	and running statistics that are missing where they are needed
//	source: torch.nn.functional.batch_norm; Ioffe & Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2
func (t *Tensor) BatchNorm(runningMean, runningVar, weight, bias *Tensor, training bool, momentum, eps float64) *Tensor {
	return t.batchNorm("batch_norm", runningMean, runningVar, weight, bias, training, momentum, device.Normalization{Eps: eps})
}

// BatchNormReLU returns max(y, 0), elementwise, for the result y of BatchNorm,
// in the same pass. NaN stays, as in ReLU.
//
//	shape:  as for BatchNorm
//	dtype:  as for BatchNorm
//	panics: *Error as BatchNorm does
//	source: torch.ao.nn.intrinsic.BNReLU2d
func (t *Tensor) BatchNormReLU(runningMean, runningVar, weight, bias *Tensor, training bool, momentum, eps float64) *Tensor {
	return t.batchNorm("batch_norm_relu", runningMean, runningVar, weight, bias, training, momentum, device.Normalization{Eps: eps, ReLU: true})
}

func (t *Tensor) batchNorm(op string, runningMean, runningVar, weight, bias *Tensor, training bool, momentum float64, o device.Normalization) *Tensor {
	if err := checkBatchNorm(t, training, runningMean, runningVar, weight, bias); err != nil {
		misuse(op, err, t)
	}
	if t.Len() == 0 {
		return t.Clone()
	}
	c := t.shape()[1]
	x := t.Reshape(t.shape()[0], c, -1)
	w, b := affine(weight, 1, t, c), affine(bias, 0, t, c)
	if !training {
		d := statDType(t.DType())
		return Apply(normalizeOp{Normalization: o}, x, runningMean.Cast(d), runningVar.Cast(d), w, b).Reshape(t.shape()...)
	}
	y := ApplyMulti(normalizeTrainOp{o}, x, w, b)
	n := float64(t.Len() / c)
	moveTo(runningMean, y[1].Detach(), momentum)
	moveTo(runningVar, y[2].Detach().MulScalar(n/(n-1)), momentum)
	return y[0].Reshape(t.shape()...)
}

// moveTo moves running statistics, if there are any, a share of the way.
func moveTo(running, now *Tensor, share float64) {
	if running != nil {
		running.Detach().MulScalarInPlace(1 - share).AddInPlace(now.MulScalar(share).Cast(running.DType()))
	}
}

func checkBatchNorm(t *Tensor, training bool, stats ...*Tensor) error {
	if t == nil {
		return errors.New("the input is nil")
	}
	if err := wantFloat(t.DType()); err != nil {
		return err
	}
	c := 0
	if t.Dim() >= 2 {
		c = t.shape()[1]
	} else if t.Len() > 0 || t.Dim() == 0 {
		return fmt.Errorf("the input has %d dims; want at least 2", t.Dim())
	}
	for i, s := range stats {
		name := [...]string{"running mean", "running variance", "weight", "bias"}[i]
		if s == nil && !training && i < 2 {
			return fmt.Errorf("there is no %s; it is needed except in training", name)
		}
		if s != nil && (s.Dim() != 1 || s.Len() != c) {
			return fmt.Errorf("the %s has shape %v; want [%d]", name, s.shape(), c)
		}
	}
	if training && t.Len() == c && c > 0 {
		return errors.New("one element a channel; training wants more")
	}
	return nil
}

func batchNormEntry() Entry {
	sample := func(x []int, c int, kw map[string]any) Sample {
		return Sample{Args: []any{In(x...), In(c).As(Float64), In(c).As(Float64).Within(0.5, 2), In(c), In(c)}, Kw: kw}
	}
	plain := func(x ...int) Sample { return Sample{Args: []any{In(x...), nil, nil}, Kw: train()} }
	train := train()
	return Entry{
		Name: "nn.functional.batch_norm", At: Here(), Go: []string{"BatchNorm"},
		Sig: "batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05)",
		Ops: []any{normalizeTrainOp{}, normalizeOp{}, normalizeGradOp{}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").BatchNorm(a.OptTensor("running_mean"), a.OptTensor("running_var"), a.OptTensor("weight"),
				a.OptTensor("bias"), a.Bool("training"), a.Float("momentum"), a.Float("eps")))
		},
		Ref:    refBatchNorm,
		DTypes: Floats,
		Samples: []Sample{
			plain(2, 1), plain(3, 2), plain(2, 3, 4), plain(2, 2, 2, 3), plain(0, 2, 3), plain(2, 2, 1, 1, 2), plain(2, 70), plain(5, 70), plain(9, 3, 40), plain(64, 20), plain(32, 10, 4),
			sample([]int{1, 1}, 1, nil), sample([]int{2, 3, 2}, 3, nil), sample([]int{1, 2, 2, 2}, 2, map[string]any{"eps": 0.5}),
			{Args: []any{In(3, 2, 2), nil, nil, In(2), In(2)}, Kw: train},
			{Args: []any{In(2, 3, 1, 2), nil, nil, In(3)}, Kw: map[string]any{"training": true, "eps": 0.1}},
			{Args: []any{In(2, 2, 2), In(2), In(2).Within(0.5, 2), nil, In(2)}},
		},
		Bad: []Bad{
			{Args: []any{In(1, 3), nil, nil}, Kw: train, Want: "tensor: batch_norm [1 3]: one element a channel; training wants more"},
			{Args: []any{In(2, 3), nil, nil}, Want: "tensor: batch_norm [2 3]: there is no running mean; it is needed except in training"},
			{Args: []any{In(2, 3), In(3), In(2)}, Want: "tensor: batch_norm [2 3]: the running variance has shape [2]; want [3]"},
			{Args: []any{In(2, 3), nil, nil, In(3, 1)}, Kw: train, Want: "tensor: batch_norm [2 3]: the weight has shape [3 1]; want [3]"},
			{Args: []any{In(3), nil, nil}, Kw: train, Want: "tensor: batch_norm [3]: the input has 1 dims; want at least 2"},
			{Args: []any{In(2, 3).As(Int64), nil, nil}, Kw: train, Want: "tensor: batch_norm [2 3]: dtype int64; want a floating-point dtype"},
		},
		Abs: 1,
		Why: map[string]string{"tol": "differences to the mean cancel", "infinite": "the gradient of a constant line is 0 by cancelling", "0-d": "there are no channels"},
	}
}

func batchNormReLUEntry() Entry {
	e := batchNormEntry().thenReLU("ao.nn.intrinsic.BNReLU2d", "BatchNormReLU", func(a *Args) []*Tensor {
		return one(a.Tensor("input").BatchNormReLU(a.OptTensor("running_mean"), a.OptTensor("running_var"), a.OptTensor("weight"),
			a.OptTensor("bias"), a.Bool("training"), a.Float("momentum"), a.Float("eps")))
	})
	e.Samples[2].Args = []any{In(2, 3, 4), nil, nil, nil, In(3)} // an element at its mean has no gradient
	for i := range e.Bad {
		e.Bad[i].Want = strings.Replace(e.Bad[i].Want, "batch_norm", "batch_norm_relu", 1)
	}
	e.At = Here()
	return e
}

func train() map[string]any { return map[string]any{"training": true} }

func refBatchNorm(a *Args) []Array {
	x := a.Array("input")
	y := NewArray(x.Shape...)
	for ch := range x.Shape[1] {
		var list []int
		for p := range x.V {
			if x.Index(p)[1] == ch {
				list = append(list, p)
			}
		}
		mean, variance := moments(x.V, list)
		if !a.Bool("training") {
			mean, variance = a.Array("running_mean").V[ch], a.Array("running_var").V[ch]
		}
		for _, p := range list {
			y.V[p] = refScaled(a, (x.V[p]-mean)/math.Sqrt(variance+a.Float("eps")), ch)
		}
	}
	return []Array{y}
}

// refScaled is v·weight + bias, for element i of those that are given.
func refScaled(a *Args, v float64, i int) float64 {
	if a.Has("weight") {
		v *= a.Array("weight").V[i]
	}
	if a.Has("bias") {
		v += a.Array("bias").V[i]
	}
	return v
}

// moments are mean and biased variance of some elements.
func moments(v []float64, list []int) (mean, variance float64) {
	for _, p := range list {
		mean += v[p] / float64(len(list))
	}
	for _, p := range list {
		variance += (v[p] - mean) * (v[p] - mean) / float64(len(list))
	}
	return mean, variance
}

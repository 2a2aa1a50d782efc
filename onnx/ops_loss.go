package onnx

import (
	"github.com/facula-ml/facula/tensor"
)

// lossOps compare scores of classes with labels.
func lossOps() map[string]opFunc {
	return map[string]opFunc{
		"NegativeLogLikelihoodLoss": same(func(c *call) *tensor.Tensor { return c.nll(c.x(0)) }),
		"SoftmaxCrossEntropyLoss": func(c *call) []*Value {
			logp := c.x(0).LogSoftmax(1)
			return []*Value{typed(c.nll(logp), c.elem(0)), typed(logp, c.elem(0))}
		},
	}
}

// nll is the loss of log-probabilities [n, classes, …] for labels [n, …].
func (c *call) nll(logp *tensor.Tensor) *tensor.Tensor {
	labels := c.x(1).Cast(tensor.Int64)
	weight := tensor.Make{DType: logp.DType()}.Ones(labels.Shape()...)
	if c.attrs["ignore_index"] != nil {
		counts := labels.NeScalar(c.intAttr("ignore_index", 0))
		weight = counts.Cast(logp.DType())
		labels = tensor.Where(counts, labels, tensor.ZerosLike(labels))
	}
	if w := c.opt(2); w != nil {
		weight = weight.Mul(w.IndexSelect(0, labels.Reshape(-1)).Reshape(labels.Shape()...))
	}
	loss := logp.Gather(1, labels.Unsqueeze(1)).Squeeze(1).Neg().Mul(weight)
	switch c.choice("reduction", "mean", "sum", "none") {
	case "none":
		return loss
	case "sum":
		return loss.Sum()
	}
	return loss.Sum().Div(weight.Sum())
}

package tensor

import "errors"

// NLLLoss returns -logp[label] for each sample, from log-probabilities of
// classes, and reduces it to the mean unless a [Reduction] says otherwise. The
// mean is weighted by the labels' class weights, and is NaN if no sample counts.
//
//	shape:  logp [n, classes, ...] or [classes]; labels without the classes
//	dtype:  logp floating point; labels int64 or int32
//	panics: *Error for other shapes and dtypes, for a label outside
//	0 … classes-1 that is not IgnoreIndex, and for LabelSmoothing
//	source: torch.nn.functional.nll_loss
func NLLLoss(logp, labels *Tensor, opts ...LossOption) *Tensor {
	l := newClassLoss("nll_loss", logp, labels, opts)
	if l.smoothing != 0 {
		misuse(l.op, errors.New("label smoothing is for CrossEntropy"), logp, labels)
	}
	idx, valid := l.labels(labels)
	return l.reduce(pickClass(l.x, l.dim, idx), nil, idx, valid)
}

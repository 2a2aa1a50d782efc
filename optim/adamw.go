package optim

// NewAdamW returns an optimizer that is [Adam] with decoupled weight decay: the
// gradient is left as it is, and p becomes (1 - lr·λ)·p before the step.
// Without options, λ is 0.01 and the others are as for NewAdam. It panics as
// that does.
//
// source: torch.optim.AdamW; Loshchilov & Hutter 2017, arXiv:1711.05101
func NewAdamW(params Params, lr float64, opts ...Option) *Adam {
	return &Adam{newCore(adam{decoupled: true}, params, lr, opts)}
}

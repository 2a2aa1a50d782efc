package tensor

import "github.com/facula-ml/facula/device"

// A Function is a differentiable function of the user's own, for where the
// gradient of its parts is not what is wanted, or slow. Its gradient is called
// instead of theirs.
//
//	source: torch.autograd.Function
type Function struct {
	// Name appears in error messages.
	Name string
	// Forward computes the result from other ops; they are not recorded.
	Forward func(in []*Tensor) *Tensor
	// Reads says which tensors Backward looks at; see [Reads].
	Reads Reads
	// Backward returns one gradient per input; see [Gradient]. Written in
	// tensor ops, it can be differentiated again.
	Backward func(c *Ctx, dy *Tensor) Grads
}

// Apply calls f on in and records it if one of them needs a gradient.
func (f *Function) Apply(in ...*Tensor) *Tensor { return Apply(functionOp{f}, in...) }

type functionOp struct{ f *Function }

func (o functionOp) Name() string                       { return o.f.Name }
func (functionOp) Kernel() device.Kernel                { return device.NoKernel }
func (functionOp) Infer([]*Tensor) (device.Spec, error) { return device.Spec{}, nil }
func (o functionOp) Reads() Reads                       { return o.f.Reads }
func (o functionOp) Grad(c *Ctx, dy *Tensor) Grads      { return o.f.Backward(c, dy) }
func (o functionOp) Body(in []*Tensor) *Tensor          { return o.f.Forward(in) }

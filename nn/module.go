package nn

import (
	"errors"
	"fmt"
	"iter"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// A Layer has one input and one output.
type Layer interface {
	Forward(x *tensor.Tensor) *tensor.Tensor
}

// Params yields the parameters of m with their names, each once, under its
// first name. Frozen ones are among them, as in PyTorch; RequiresGrad tells.
//
//	source: torch.nn.Module.named_parameters
func Params(m any) iter.Seq2[string, *tensor.Tensor] { return tensors(m, false) }

// Buffers yields the tensors of m that are saved but not trained, each once.
//
//	source: torch.nn.Module.named_buffers
func Buffers(m any) iter.Seq2[string, *tensor.Tensor] { return tensors(m, true) }

func tensors(m any, buffers bool) iter.Seq2[string, *tensor.Tensor] {
	return func(yield func(string, *tensor.Tensor) bool) {
		for _, s := range walk(m).slots {
			if s.buffer == buffers && !s.again && !yield(s.name, s.t) {
				return
			}
		}
	}
}

// Modules yields m and every layer in it with their paths, m itself as "",
// parents before children, each layer once. A layer comes as the pointer that
// the model holds.
//
//	source: torch.nn.Module.named_modules
func Modules(m any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, x := range walk(m).modules {
			if !yield(x.path, x.value()) {
				return
			}
		}
	}
}

// Apply calls f with every layer of m and then with m, children before
// parents; see [Modules].
//
//	panics: *tensor.Error if f is nil
//	source: torch.nn.Module.apply
func Apply(m any, f func(layer any)) {
	if f == nil {
		refuse(errors.New("Apply: the function is nil"))
	}
	for _, x := range walk(m).post {
		f(x.value())
	}
}

// Train puts m into training mode: it sets the field Training of m and of
// every layer in it. New layers are in training mode.
//
//	source: torch.nn.Module.train
func Train(m any) { setTraining(m, true) }

// Eval puts m into evaluation mode: it clears the field Training of m and of
// every layer in it. Dropout then does nothing, and BatchNorm uses its running
// statistics.
//
//	source: torch.nn.Module.eval
func Eval(m any) { setTraining(m, false) }

func setTraining(m any, on bool) {
	for _, x := range walk(m).structs {
		if x.plan.training < 0 {
			continue
		}
		f := x.v.Field(x.plan.training)
		if !f.CanSet() {
			refuse(fmt.Errorf("the %v at %q is held by value and cannot change its mode; hold a pointer", x.v.Type(), x.path))
		}
		f.SetBool(on)
	}
}

// Evaluating calls f with m in evaluation mode, see [Eval], and then puts every
// layer back into its own mode, whatever f did.
func Evaluating(m any, f func()) {
	var was []func()
	for _, x := range walk(m).structs {
		if x.plan.training < 0 {
			continue
		}
		if field := x.v.Field(x.plan.training); field.CanSet() { // Eval refuses the others
			on := field.Bool()
			was = append(was, func() { field.SetBool(on) })
		}
	}
	defer func() {
		for _, restore := range was {
			restore()
		}
	}()
	Eval(m)
	f()
}

// Freeze makes the parameters of m stop collecting gradients, and drops those
// they have.
//
//	source: torch.nn.Module.requires_grad_(False)
func Freeze(m any) {
	for _, p := range Params(m) {
		p.Freeze()
	}
}

// Unfreeze makes the parameters of m collect gradients.
//
//	source: torch.nn.Module.requires_grad_(True)
func Unfreeze(m any) {
	for _, p := range Params(m) {
		p.RequireGrad()
	}
}

// ZeroGrad drops the gradients of m's parameters.
//
//	source: torch.nn.Module.zero_grad
func ZeroGrad(m any) {
	for _, p := range Params(m) {
		p.ZeroGrad()
	}
}

// NumParams returns how many numbers m's parameters hold.
func NumParams(m any) int {
	n := 0
	for _, p := range Params(m) {
		n += p.Len()
	}
	return n
}

// To moves m's parameters, their gradients and buffers to a device. The
// tensors stay the same: an optimizer goes on with them, and its state follows
// in the next step.
//
//	panics: *tensor.Error if the device runs out of memory
//	source: torch.nn.Module.to(device)
func To(m any, dev device.Device) {
	convert(m, func(t *tensor.Tensor) *tensor.Tensor { return t.To(dev) })
}

// Cast gives m's floating-point parameters, their gradients and buffers
// another dtype. The tensors stay the same, as with [To]; those of integers
// are left alone.
//
//	panics: *tensor.Error unless d is floating point
//	source: torch.nn.Module.to(dtype)
func Cast(m any, d tensor.DType) {
	if !d.IsFloat() {
		refuse(fmt.Errorf("Cast to %v; want a floating-point dtype", d))
	}
	convert(m, func(t *tensor.Tensor) *tensor.Tensor {
		if !t.DType().IsFloat() {
			return t
		}
		return t.Cast(d)
	})
}

// convert swaps the data of every tensor in m for what f makes of it.
func convert(m any, f func(*tensor.Tensor) *tensor.Tensor) {
	for _, s := range walk(m).slots {
		if s.again {
			continue
		}
		old := s.t.Detach()
		data := f(old)
		if data == old {
			continue
		}
		g := s.t.Grad()
		s.t.SetData(data)
		if g != nil {
			s.t.SetGrad(f(g.Detach()))
		}
	}
}

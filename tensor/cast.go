package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Cast returns t with another dtype, or t itself if it has it already. Floats
// become integers by cutting towards zero; the gradient is cast back.
//
//	panics: *Error if d is no dtype
//	source: torch.Tensor.to(dtype)
func (t *Tensor) Cast(d DType) *Tensor {
	if t.known("cast").b.view.DType == d {
		return t
	}
	if d == 0 || d >= device.NumDTypes {
		misuse("cast", fmt.Errorf("dtype %d is none", d), t)
	}
	return Apply(castOp{d}, t)
}

type castOp struct{ to DType }

func (castOp) Name() string          { return "cast" }
func (castOp) Kernel() device.Kernel { return device.Cast }
func (o castOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	s.DType = o.to
	return s, nil
}
func (o castOp) Reads() Reads {
	if !o.to.IsFloat() {
		return NoGradient
	}
	return Nothing
}
func (castOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.Cast(c.DType(0))} }

// To returns t on another device, or t itself if it is there. The gradient
// goes back to t's device.
//
//	panics: *Error if the device runs out of memory, or is nil
//	source: torch.Tensor.to(device)
func (t *Tensor) To(dev device.Device) *Tensor {
	if dev == nil {
		misuse("to", errors.New("the device is nil"), t)
	}
	if t.known("to").b.dev == dev {
		return t
	}
	src := t.Contiguous()
	raw := make([]byte, src.Len()*src.DType().Size())
	if err := src.download(raw); err != nil {
		misuse("to", err, t)
	}
	out := emptyOf(dev, t.spec())
	if err := dev.Upload(out.b.own.Buffer, 0, raw); err != nil {
		misuse("to", err, t)
	}
	out.mode = t.mode
	if t.RequiresGrad() {
		record(toOp{t.b.dev}, nil, []*Tensor{t}, out)
	}
	return out
}

type toOp struct{ from device.Device }

func (toOp) Name() string                    { return "to" }
func (toOp) Reads() Reads                    { return Nothing }
func (o toOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{dy.To(o.from)} }

func toEntry() Entry {
	to := func(v any, d DType, only ...DType) Sample {
		return Sample{Args: []any{In(2, 3), v}, Only: only, Out: func(DType, int) DType { return d }, NoGrad: d != Float64}
	}
	return Entry{
		Name: "to", Sig: "to(input, *args=(), dtype=None, device=None, non_blocking=False, copy=False, memory_format=None)",
		At: Here(), Go: []string{"Cast", "To"}, Ops: []any{castOp{Float64}},
		Call:   callTo,
		Ref:    func(a *Args) []Array { return []Array{a.Array("input")} },
		DTypes: AllDTypes,
		Samples: append(UnarySamples(-2, 2),
			to(Float64, Float64, AllDTypes...), to(Float32, Float32, AllDTypes...), to(In(1).As(Float16), Float16, Ints...),
			to(BFloat16, BFloat16, Bool, Float64, UInt8), to(Int8, Int8, Ints...), to(UInt8, UInt8, Ints...), to(Int32, Int32, Ints...),
			to(Int16, Int16, Ints...), to(Int64, Int64, Bool, UInt8), to(Bool, Bool, AllDTypes...)),
		Bad: []Bad{bad("tensor: cast [2]: dtype 77 is none", []int{2}, DType(77))},
	}
}

// callTo takes what torch.Tensor.to does: a dtype, a device or both, or a
// tensor to be like; then whether it may go on in the background, and whether
// to copy in any case.
func callTo(a *Args) []*Tensor {
	t := a.Tensor("input")
	d, dev, again := a.DType("dtype"), a.device(), a.Bool("copy")
	args, _ := a.Any("args").([]any)
	flags := 0
	for _, v := range args {
		switch v := v.(type) {
		case DType:
			d = v
		case *Tensor:
			d, dev = v.DType(), v.Device()
		case bool:
			again = again || v && flags == 1
			flags++
		case string, nil:
			// The CPU, which is the device without one.
		default:
			a.wrong("args", "a dtype, a device or a tensor")
		}
	}
	y := t
	if dev != nil {
		y = y.To(dev)
	}
	if d != 0 {
		y = y.Cast(d)
	}
	if again && y == t {
		y = y.Clone()
	}
	return one(a.inFormat(y))
}

// castEntry is the entry of the methods that PyTorch names after a dtype.
func castEntry(name string, d DType) func() Entry {
	return func() Entry {
		e := toEntry().as(name)
		e.Sig, e.Bad = name+"(input, memory_format=None)", nil
		e.Call = func(a *Args) []*Tensor { return one(a.inFormat(a.Tensor("input").Cast(d))) }
		e.Out = func(DType, int) DType { return d }
		e.Samples = nil
		for _, s := range UnarySamples(-5, 5) {
			s.NoGrad = d != Float64 // finite differences do not see through rounding
			e.Samples = append(e.Samples, s)
		}
		e.Why = map[string]string{"errors": "takes every tensor"}
		if d.IsInt() {
			e.Why["special"] = "what NaN and infinity become is left open by PyTorch"
		}
		return e
	}
}

package tensor

import (
	"strings"

	"github.com/facula-ml/facula/device"
)

// Contiguous returns t if its elements lie in row-major order without gaps,
// and a copy that does otherwise.
//
//	source: torch.Tensor.contiguous
func (t *Tensor) Contiguous() *Tensor {
	if t.known("contiguous").IsContiguous() {
		return t
	}
	return t.copyOf()
}

// copyOf is a contiguous copy, with t's gradient.
func (t *Tensor) copyOf() *Tensor { return Apply(copyOp{}, t) }

type copyOp struct{}

func (copyOp) Name() string                            { return "clone" }
func (copyOp) Kernel() device.Kernel                   { return device.Copy }
func (copyOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (copyOp) Reads() Reads                            { return Nothing }
func (copyOp) Grad(c *Ctx, dy *Tensor) Grads           { return Grads{dy} }

// Clone returns a contiguous tensor with the same elements and memory of its
// own. Large memory is shared until one side is written, which nobody can see
// but as time saved. The gradient of a clone goes on to t.
//
//	source: torch.clone, with memory_format=torch.contiguous_format
func (t *Tensor) Clone() *Tensor {
	if !t.known("clone").sharable() {
		return t.copyOf()
	}
	return Apply(cloneOp{}, t)
}

// sharable reports whether a clone can share t's memory until a write.
func (t *Tensor) sharable() bool {
	s := t.b.store
	bytes := t.Len() * t.DType().Size()
	return !s.foreign.Load() && t.IsContiguous() && bytes == s.Bytes && bytes > 64 && (s.scope == nil || s.Hold != nil)
}

type cloneOp struct{}

func (cloneOp) Name() string                            { return "clone" }
func (cloneOp) Kernel() device.Kernel                   { return device.NoKernel }
func (cloneOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }
func (cloneOp) Reads() Reads                            { return Nothing }
func (cloneOp) Grad(c *Ctx, dy *Tensor) Grads           { return Grads{dy} }
func (cloneOp) Body(in []*Tensor) *Tensor               { return in[0].shared() }

// shared is a tensor of its own whose memory is t's until one is written.
func (t *Tensor) shared() *Tensor {
	b := t.mode.inScope().newBody()
	b.view, b.dev = t.b.view, t.b.dev
	t.b.store.share(&b.own)
	b.store, b.view.Buf = &b.own, &b.own.Buffer
	b.track(t.mode)
	return b.made(t.mode)
}

// owned is t's values in contiguous memory that no other tensor writes: what a
// leaf collects its gradient in.
func (t *Tensor) owned() *Tensor {
	if t.sharable() {
		return (&Tensor{b: t.b}).shared()
	}
	u := emptyOf(t.b.dev, t.spec())
	u.runInPlace("clone", device.Copy, t)
	return u
}

// Keep returns t's values as a tensor that is in no scope and has no history.
// Large memory is shared until one side is written.
func (t *Tensor) Keep() *Tensor { return t.known("keep").owned() }

// inFormat gives t the memory format of an argument: channels last puts dim 1
// innermost, and everything else leaves t as it is.
func (a *Args) inFormat(t *Tensor) *Tensor {
	format := a.Str("memory_format")
	if !strings.HasSuffix(format, "channels_last") && !strings.HasSuffix(format, "channels_last_3d") {
		return t
	}
	last := t.Dim() - 1
	return t.MoveDim(1, last).Contiguous().MoveDim(last, 1)
}

func cloneEntry() Entry {
	return Entry{
		Name: "clone", Sig: "clone(input, *, memory_format=None)", At: Here(), Go: []string{"Clone"}, Ops: []any{copyOp{}, cloneOp{}},
		Call:    func(a *Args) []*Tensor { return one(a.inFormat(a.Tensor("input").Clone())) },
		Ref:     func(a *Args) []Array { return []Array{a.Array("input")} },
		DTypes:  AllDTypes,
		Samples: UnarySamples(-2, 2),
		Why:     map[string]string{"errors": "takes every tensor"},
	}
}

func contiguousEntry() Entry {
	e := cloneEntry().as("contiguous")
	e.Sig, e.At, e.Go = "contiguous(input, memory_format=None)", Here(), []string{"Contiguous"}
	e.Call = func(a *Args) []*Tensor { return one(a.inFormat(a.Tensor("input").Contiguous())) }
	return e
}

package tensor

import "fmt"

// Autocast returns t with a mark that travels, under which products run in half
// precision d and what half precision is too coarse for in float32: PyTorch's
// automatic mixed precision. Mark the input of a model, and leave the
// parameters as they are:
//
//	loss := criterion.Forward(model.Forward(x.Autocast(tensor.BFloat16)), y)
//	loss.Backward() // the gradients have the parameters' dtypes
//
// Ops cast their floating-point inputs as their [CastRule] says; Linear,
// MatMul, convolutions and attention go to d; exponentials, logarithms, powers,
// sums, softmax and losses go to float32; all others take the widest dtype
// among their inputs. Float64 inputs are left alone, and so are backward
// passes, which run in the dtypes of the forward pass. [Tensor.Detach] takes
// the mark off again. Float16 needs [optim.GradScaler], BFloat16 does not.
//
//	panics: *Error unless d is BFloat16 or Float16
//	source: torch.autocast; Micikevicius et al. 2017, arXiv:1710.03740
//
// [optim.GradScaler]: https://pkg.go.dev/github.com/facula-ml/facula/optim#GradScaler
func (t *Tensor) Autocast(d DType) *Tensor {
	if d != BFloat16 && d != Float16 {
		misuse("autocast", fmt.Errorf("dtype %v; want bfloat16 or float16", d), t.known("autocast"))
	}
	return t.known("autocast").alias(merge(t.mode, &Mode{autocast: d}))
}

// A CastRule is what an op wants of its inputs under [Tensor.Autocast].
type CastRule uint8

// The rules. An op without one has CastWidest.
const (
	CastWidest  CastRule = iota // all inputs as the widest of them
	CastLower                   // half precision
	CastFloat32                 // at least float32
)

// A Caster is an op with a rule for Autocast.
type Caster interface{ CastRule() CastRule }

// autocast casts the floating-point inputs of op in their place.
func autocast(op any, lower DType, in []*Tensor) {
	if _, ok := op.(castOp); ok {
		return
	}
	rule := CastWidest
	if c, ok := op.(Caster); ok {
		rule = c.CastRule()
	}
	to := rule.to(lower, in)
	for i, t := range in {
		if d := t.DType(); d.IsFloat() && d != to {
			in[i] = t.Cast(to)
		}
	}
}

// to is what the rule makes of the inputs' dtypes.
func (r CastRule) to(lower DType, in []*Tensor) DType {
	widest := DType(0)
	for _, t := range in {
		if d := t.DType(); widest == 0 && d.IsFloat() {
			widest = d
		} else if d.IsFloat() {
			widest = PromoteTypes(widest, d)
		}
	}
	switch {
	case widest == Float64 || r == CastWidest:
		return widest
	case r == CastLower:
		return lower
	}
	return Float32
}

// CastFor returns tensors as an op with that rule would get them under
// [Tensor.Autocast], or in itself where none of them has the mark: for functions
// made of several ops that PyTorch lists as one. A nil tensor stays nil.
//
//	source: torch.cuda.amp.custom_fwd(cast_inputs=...)
func CastFor(rule CastRule, in ...*Tensor) []*Tensor {
	var m *Mode
	some := make([]*Tensor, 0, len(in))
	for _, t := range in {
		if t != nil {
			m, some = merge(m, t.mode), append(some, t)
		}
	}
	lower := m.casting()
	if lower == 0 {
		return in
	}
	to := rule.to(lower, some)
	out := make([]*Tensor, len(in))
	for i, t := range in {
		if out[i] = t; t != nil && t.DType().IsFloat() {
			out[i] = t.Cast(to)
		}
	}
	return out
}

// casting is the dtype of Autocast, 0 for none.
func (m *Mode) casting() DType {
	if m == nil {
		return 0
	}
	return m.autocast
}

// widened is t, in float32 if it is in half precision under Autocast: for
// methods that cast other inputs to t's dtype before there is an op.
func (t *Tensor) widened() *Tensor {
	if d := t.DType(); t.mode.casting() == 0 || d == Float64 {
		return t
	}
	return t.Cast(Float32)
}

// The rules, after PyTorch's lists for the CPU and for CUDA.

func (matmulOp) CastRule() CastRule    { return CastLower }
func (linearOp) CastRule() CastRule    { return CastLower }
func (convOp) CastRule() CastRule      { return CastLower }
func (attentionOp) CastRule() CastRule { return CastLower }

func (expOp) CastRule() CastRule          { return CastFloat32 }
func (expm1Op) CastRule() CastRule        { return CastFloat32 }
func (logOp) CastRule() CastRule          { return CastFloat32 }
func (log1pOp) CastRule() CastRule        { return CastFloat32 }
func (powOp) CastRule() CastRule          { return CastFloat32 }
func (powNumberOp) CastRule() CastRule    { return CastFloat32 }
func (reciprocalOp) CastRule() CastRule   { return CastFloat32 }
func (rsqrtOp) CastRule() CastRule        { return CastFloat32 }
func (softplusOp) CastRule() CastRule     { return CastFloat32 }
func (sumOp) CastRule() CastRule          { return CastFloat32 }
func (prodOp) CastRule() CastRule         { return CastFloat32 }
func (cumsumOp) CastRule() CastRule       { return CastFloat32 }
func (cumprodOp) CastRule() CastRule      { return CastFloat32 }
func (normOp) CastRule() CastRule         { return CastFloat32 }
func (softmaxOp) CastRule() CastRule      { return CastFloat32 }
func (logSoftmaxOp) CastRule() CastRule   { return CastFloat32 }
func (logSumExpOp) CastRule() CastRule    { return CastFloat32 }
func (crossEntropyOp) CastRule() CastRule { return CastFloat32 }
func (mseOp) CastRule() CastRule          { return CastFloat32 }
func (addNormOp) CastRule() CastRule      { return CastFloat32 }
func (distanceOp) CastRule() CastRule     { return CastFloat32 }
func (euclideanOp) CastRule() CastRule    { return CastFloat32 }

package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// Frexp takes each element of t apart, x = mantissa·2^exponent with a mantissa
// in ±[½, 1). 0, Inf and NaN are their own mantissa with the exponent 0.
//
//	dtype:  floating point → t's, int32
//	panics: *Error for another dtype
//	source: torch.frexp
func (t *Tensor) Frexp() (mantissa, exponent *Tensor) {
	out := ApplyMulti(frexpOp{}, t)
	return out[0], out[1]
}

type frexpOp struct{}

func (frexpOp) Name() string          { return "frexp" }
func (frexpOp) Kernel() device.Kernel { return device.NoKernel }
func (frexpOp) Reads() Reads          { return Out1 }
func (frexpOp) Infer(in []*Tensor) ([]device.Spec, error) {
	s := *in[0].spec()
	e := s
	e.DType = Int32
	return []device.Spec{s, e}, wantFloat(s.DType)
}
func (frexpOp) Body(in []*Tensor) []*Tensor {
	return []*Tensor{Apply(frexpPartOp{kernel: device.FrexpMantissa}, in[0]), Apply(frexpPartOp{kernel: device.FrexpExponent}, in[0])}
}

// The exponent counts as constant: d/dx x·2^-e = 2^-e
func (frexpOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{dy.Div(c.Out(1).Cast(dy.DType()).Exp2())}
}

// frexpPartOp is one of the two results.
type frexpPartOp struct {
	NotDifferentiable
	kernel device.Kernel
}

func (frexpPartOp) Name() string            { return "frexp" }
func (o frexpPartOp) Kernel() device.Kernel { return o.kernel }
func (o frexpPartOp) Infer(in []*Tensor) (device.Spec, error) {
	s := *in[0].spec()
	if o.kernel == device.FrexpExponent {
		s.DType = Int32
	}
	return s, nil
}

func frexpEntry() Entry {
	return Entry{
		Name: "frexp", Sig: "frexp(input)", At: Here(), Ops: []any{frexpOp{}}, Go: []string{"Frexp"},
		Call: func(a *Args) []*Tensor {
			m, e := a.Tensor("input").Frexp()
			return []*Tensor{m, e}
		},
		Ref: func(a *Args) []Array {
			x := a.Array("input")
			m, e := NewArray(x.Shape...), NewArray(x.Shape...)
			for i, v := range x.V {
				frac, exp := math.Frexp(v)
				m.V[i], e.V[i] = frac, float64(exp)
			}
			return []Array{m, e}
		},
		Out: func(d DType, i int) DType {
			if i == 1 {
				return Int32
			}
			return d
		},
		DTypes:  Floats,
		Samples: append(UnarySamples(4.25, 7.75), Sample{Args: []any{In(40).Within(-9, 9)}, NoGrad: true}), // no power of 2 within a finite difference
		Bad:     floatBad("frexp"),
	}
}

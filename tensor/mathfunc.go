package tensor

import "github.com/facula-ml/facula/device"

// mathOp is a function of one number that has a kernel; slope gives the
// gradient for the input x and dy.
type mathOp struct {
	Elementwise
	name   string
	kernel device.Kernel
	slope  func(x, dy *Tensor) *Tensor
}

func (o mathOp) Name() string                  { return o.name }
func (o mathOp) Kernel() device.Kernel         { return o.kernel }
func (mathOp) Reads() Reads                    { return In0 }
func (o mathOp) Grad(c *Ctx, dy *Tensor) Grads { return Grads{o.slope(c.In(0), dy)} }

// of is the function of t, in floating point.
func (o mathOp) of(t *Tensor) *Tensor { return Apply(o, t.floating()) }

// mathEntry is the entry of a function of one number, tried within lo…hi.
func mathEntry(o mathOp, method, at string, f func(*Tensor) *Tensor, ref func(float64) float64, lo, hi float64) Entry {
	return Entry{
		Name: o.name, Sig: o.name + "(input)", At: at, Ops: []any{o}, Go: []string{method},
		Call:    UnaryCall(f),
		Ref:     RefMap(func(x ...float64) float64 { return ref(x[0]) }),
		Out:     OutFloat,
		DTypes:  AllDTypes,
		Samples: UnarySamples(lo, hi),
		Why:     map[string]string{"errors": "takes every tensor"},
	}
}

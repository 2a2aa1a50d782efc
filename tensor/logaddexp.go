package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// LogAddExp returns ln(e^t + e^u), elementwise, without overflow on the way.
//
//	shape:  t and u broadcast
//	dtype:  promoted; floating point
//	panics: *Error for integers and bool
//	source: torch.logaddexp
func (t *Tensor) LogAddExp(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(logAddExpOp{name: "logaddexp", ln: 1}, t, u)
}

// LogAddExp2 returns log₂(2^t + 2^u), elementwise; see LogAddExp.
//
//	source: torch.logaddexp2
func (t *Tensor) LogAddExp2(u *Tensor) *Tensor {
	t, u = promote(t, u)
	return Apply(logAddExpOp{name: "logaddexp2", ln: math.Ln2}, t, u)
}

// logAddExpOp is that of the base whose logarithm is ln.
type logAddExpOp struct {
	Floatwise
	name string
	ln   float64
}

func (o logAddExpOp) Name() string { return o.name }
func (o logAddExpOp) Kernel() device.Kernel {
	if o.ln == 1 {
		return device.LogAddExp
	}
	return device.NoKernel
}
func (logAddExpOp) Reads() Reads { return In0 | In1 }

// max + ln(1 + e^-|t-u|), and the difference of equal infinities is 0.
func (o logAddExpOp) Body(in []*Tensor) *Tensor {
	t, u := in[0], in[1]
	d := t.Sub(u).Abs().MaskedFill(t.Eq(u), 0)
	return t.Maximum(u).Add(o.scaled(d, -o.ln).Exp().Log1p().MulScalar(1 / o.ln))
}

func (logAddExpOp) scaled(t *Tensor, by float64) *Tensor {
	if by == 1 {
		return t
	}
	return t.MulScalar(by)
}

// The gradient of t is e^t/(e^t + e^u) = σ(t-u).
func (o logAddExpOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	d := o.scaled(c.In(0).Sub(c.In(1)), o.ln)
	if c.Needs(0) {
		g[0] = dy.Mul(d.Sigmoid())
	}
	if c.Needs(1) {
		g[1] = dy.Mul(d.Neg().Sigmoid())
	}
	return g
}

func logAddExpEntry(name, method, at string, base float64, f func(t, u *Tensor) *Tensor) Entry {
	return Entry{
		Name: name, Sig: name + "(input, other)", At: at, Go: []string{method}, Ops: []any{logAddExpOp{name: name, ln: math.Log(base)}},
		Call: pairCall(f),
		Ref: RefMap(func(x ...float64) float64 {
			if x[0] == x[1] {
				return x[0] + 1/math.Log2(base)
			}
			return max(x[0], x[1]) + math.Log1p(math.Pow(base, -math.Abs(x[0]-x[1])))/math.Log(base)
		}),
		DTypes:  Floats,
		Abs:     1,
		Samples: append(BinarySamples(), Sample{Args: []any{In(3).With(800, -800, 3), In(3).With(-800, -801, 700)}}),
		Why:     map[string]string{"tol": "the sum of a term and the maximum may be small", "infinite": "the gradient has a factor that is 0 or rounds to it"},
		Bad:     append(BroadcastBad(name), Bad{Args: []any{In(2).As(Int64), In(2).As(Int64)}, Want: "tensor: " + name + " [2], [2]: dtype int64; want a floating-point dtype"}),
	}
}

func logAddExp1Entry() Entry {
	return logAddExpEntry("logaddexp", "LogAddExp", Here(), math.E, (*Tensor).LogAddExp)
}

func logAddExp2Entry() Entry {
	return logAddExpEntry("logaddexp2", "LogAddExp2", Here(), 2, (*Tensor).LogAddExp2)
}

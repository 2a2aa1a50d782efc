package optim

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// Adafactor is Adam for large matrices: it keeps the average squares of rows
// and of columns in the place of those of all elements, and no average of the
// gradient. In step t, for gradient g, -g if it maximizes:
//
//	β = 1 - t^γ
//	R = β·R + (1 - β)·mean(g², columns),  C = β·C + (1 - β)·mean(g², rows)
//	V = R·C / max(mean(R), ε₁)               (of g² itself, for vectors)
//	u = g / √max(V, ε₁²)
//	p = (1 - lr·λ)·p - α·u / max(1, rms(u)/d),  α = max(ε₂, rms(p))·min(lr, 1/√t)
//
// source: torch.optim.Adafactor (PyTorch 2.5 and later); Shazeer & Stern 2018, arXiv:1804.04235
type Adafactor struct{ core }

// AdafactorOptions are a group's settings; see [Adafactor].
type AdafactorOptions struct {
	Descent
	Beta2Decay float64 // γ
	Eps1, Eps2 float64 // Eps1 0 is the dtype's machine epsilon
	D          float64 // the clipping threshold
}

// NewAdafactor returns an optimizer of params; PyTorch's lr is 0.01. Without
// options, γ is -0.8, ε₁ the dtype's machine epsilon, ε₂ 1e-3 and d 1. It panics
// as NewSGD does.
func NewAdafactor(params Params, lr float64, opts ...Option) *Adafactor {
	return &Adafactor{newCore(adafactor{}, params, lr, opts)}
}

// Beta2Decay is Adafactor's γ.
func Beta2Decay(v float64) Option { return Option{"beta2_decay", v} }

// FactorEps are Adafactor's ε₁ and ε₂; an ε₁ of 0 is the dtype's machine epsilon.
func FactorEps(eps1, eps2 float64) Option { return Option{"eps", []float64{eps1, eps2}} }

// ClipThreshold is Adafactor's d.
func ClipThreshold(v float64) Option { return Option{"d", v} }

func (o *AdafactorOptions) fields() []field {
	return append(o.descent(), field{"beta2_decay", &o.Beta2Decay}, field{"eps", []*float64{&o.Eps1, &o.Eps2}}, field{"d", &o.D})
}

func (o *AdafactorOptions) check() error {
	switch {
	case !(o.Beta2Decay <= 0):
		return fmt.Errorf("the decay of beta 2 is %v; want 0 or less", o.Beta2Decay)
	case !(o.D >= 1):
		return fmt.Errorf("the clipping threshold is %v; want 1 or more", o.D)
	}
	if err := nonNegative([]string{"eps 1", "eps 2"}, o.Eps1, o.Eps2); err != nil {
		return err
	}
	return o.checkDecay()
}

type adafactor struct{}

func (adafactor) name() string { return "Adafactor" }
func (adafactor) defaults() Options {
	return &AdafactorOptions{Beta2Decay: -0.8, Eps2: 1e-3, D: 1}
}
func (adafactor) slots() (numbers, tensors []string, needed int) {
	return []string{"step"}, []string{"row_var", "col_var", "variance"}, 0
}

// shape is the parameter's, but 1 in the dim that a factor sums over.
func (adafactor) shape(slot string, p *tensor.Tensor) []int {
	s := p.Shape()
	switch slot {
	case "row_var":
		s[len(s)-1] = 1
	case "col_var":
		s[len(s)-2] = 1
	}
	return s
}

func (adafactor) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o, lr := group.Options.(*AdafactorOptions), group.LR
	g = direction(p, g.NoGrad(), o.Maximize, 0)
	t := s.n[0] + 1
	weight := math.Pow(t, o.Beta2Decay) // 1 - β
	alpha := max(o.Eps2, rms(p)) * min(lr, 1/math.Sqrt(t))
	eps := o.Eps1
	if eps == 0 {
		eps = machineEps[p.DType()]
	}
	kept, v := slices.Clone(s.t), (*tensor.Tensor)(nil)
	if p.Dim() > 1 {
		row := towardsMean(&kept[0], g.Square().Mean(tensor.Dims(-1), tensor.KeepDim), weight)
		col := towardsMean(&kept[1], g.Square().Mean(tensor.Dims(-2), tensor.KeepDim), weight)
		v = row.MatMul(col).Div(row.Mean(tensor.Dims(-2), tensor.KeepDim).ClampMin(eps))
	} else {
		v = towardsMean(&kept[2], g.Square(), weight)
	}
	u := v.ClampMin(eps * eps).Rsqrt().Mul(g)
	u = u.MulScalar(alpha / max(1, rms(u)/o.D))
	if o.WeightDecay != 0 {
		u = u.Add(p.MulScalar(lr * o.WeightDecay))
	}
	p.SubInPlace(u)
	s.t, s.n[0] = kept, t
}

// towardsMean moves an average, 0 at first, towards x by weight.
func towardsMean(kept **tensor.Tensor, x *tensor.Tensor, weight float64) *tensor.Tensor {
	if *kept == nil {
		*kept = tensor.ZerosLike(x)
	}
	*kept = (*kept).Add(x.Sub(*kept).MulScalar(weight)).Detach()
	return *kept
}

// rms is the root of the mean square of all elements.
func rms(x *tensor.Tensor) float64 { return math.Sqrt(x.Square().Mean().Float()) }

// machineEps is the distance of 1 to the next number.
var machineEps = map[tensor.DType]float64{tensor.Float64: 0x1p-52, tensor.Float32: 0x1p-23, tensor.Float16: 0x1p-10, tensor.BFloat16: 0x1p-7}

package optim

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// Muon makes the momentum of a matrix orthogonal before it steps, so that all
// its directions move alike. It is for the weights of hidden layers: give
// embeddings, heads, biases and norms to AdamW. For gradient g:
//
//	b = μ·b + (1 - μ)·g
//	u = orthogonal((1 - μ)·g + μ·b)           (of b without Nesterov)
//	p = (1 - lr·λ)·p - lr·√max(1, rows/cols)·u
//
// Orthogonal is five Newton-Schulz steps in bfloat16 towards U·Vᵀ of the
// singular value decomposition U·S·Vᵀ.
//
// source: torch.optim.Muon (PyTorch 2.9 and later); Jordan et al. 2024, kellerjordan.github.io/posts/muon
type Muon struct{ core }

// MuonOptions are a group's settings; see [Muon].
type MuonOptions struct {
	WeightDecay, Momentum, Eps float64
	Nesterov                   bool
	A, B, C                    float64 // of the Newton-Schulz steps: x ← A·x + (B·x·xᵀ + C·(x·xᵀ)²)·x
	Steps                      int
	AdjustLR                   string // "original", "match_rms_adamw" or "spectral_unclamped"; empty is the first
}

// NewMuon returns an optimizer of params, all of them matrices; PyTorch's lr is
// 1e-3. Without options, λ is 0.1, μ 0.95 with Nesterov, and ε 1e-7. It panics
// as NewSGD does, and for a parameter that is no matrix.
func NewMuon(params Params, lr float64, opts ...Option) *Muon {
	return &Muon{newCore(muon{}, params, lr, opts)}
}

// AdjustLR says how Muon's rate depends on a matrix's size: "original" is
// √max(1, rows/cols), "match_rms_adamw" 0.2·√max(rows, cols),
// "spectral_unclamped" √(rows/cols).
func AdjustLR(how string) Option { return Option{"adjust_lr_fn", how} }

// NSSteps is the number of Muon's Newton-Schulz steps.
func NSSteps(n int) Option { return Option{"ns_steps", n} }

func (o *MuonOptions) fields() []field {
	return []field{{"weight_decay", &o.WeightDecay}, {"momentum", &o.Momentum}, {"eps", &o.Eps}, {"nesterov", &o.Nesterov},
		{"ns_coefficients", []*float64{&o.A, &o.B, &o.C}}, {"ns_steps", &o.Steps}, {"adjust_lr_fn", &o.AdjustLR}}
}

func (o *MuonOptions) check() error {
	if o.Steps < 0 || o.Steps >= 100 {
		return fmt.Errorf("%d Newton-Schulz steps; want 0 to 99", o.Steps)
	}
	switch o.AdjustLR {
	case "", "original", "match_rms_adamw", "spectral_unclamped":
	default:
		return fmt.Errorf("the rate is adjusted by %q; want original, match_rms_adamw or spectral_unclamped", o.AdjustLR)
	}
	return nonNegative([]string{"the weight decay", "the momentum", "eps"}, o.WeightDecay, o.Momentum, o.Eps)
}

// MomentumRef is where a schedule changes the momentum.
func (o *MuonOptions) MomentumRef() *float64 { return &o.Momentum }

type muon struct{}

func (muon) name() string { return "Muon" }
func (muon) defaults() Options { // the coefficients of Jordan et al.
	return &MuonOptions{WeightDecay: 0.1, Momentum: 0.95, Eps: 1e-7, Nesterov: true, A: 3.4445, B: -4.775, C: 2.0315, Steps: 5}
}
func (muon) slots() (numbers, tensors []string, needed int) {
	return nil, []string{"momentum_buffer"}, 1
}

func (muon) takes(p *tensor.Tensor) error {
	if p.Dim() != 2 {
		return errors.New("it is no matrix; give it to AdamW")
	}
	return nil
}

func (muon) update(group *Group, p, g *tensor.Tensor, s *slots) {
	o := group.Options.(*MuonOptions)
	s.zero(0, p)
	g = g.NoGrad()
	u := s.t[0].AddInPlace(g.Sub(s.t[0]).MulScalar(1 - o.Momentum))
	if o.Nesterov {
		u = g.Add(u.Sub(g).MulScalar(o.Momentum))
	}
	p.MulScalarInPlace(1 - group.LR*o.WeightDecay)
	p.SubInPlace(o.orthogonal(u).Cast(p.DType()).MulScalar(group.LR * o.adjusted(p)))
}

// orthogonal brings all singular values of g near 1. Its numbers are bfloat16,
// its sums float32: each step is rounded once.
func (o *MuonOptions) orthogonal(g *tensor.Tensor) *tensor.Tensor {
	x := rounded(g)
	tall := g.Size(0) > g.Size(1)
	if tall {
		x = x.T()
	}
	x = rounded(x.Div(rounded(x.Norm(2)).ClampMin(o.Eps)))
	for range o.Steps {
		gram := rounded(x.MatMul(x.T()))
		poly := rounded(gram.MulScalar(o.B).Add(gram.MatMul(gram).MulScalar(o.C)))
		x = rounded(x.MulScalar(o.A).Add(poly.MatMul(x)))
	}
	if tall {
		x = x.T()
	}
	return x
}

// rounded is x in float32 with the digits of bfloat16.
func rounded(x *tensor.Tensor) *tensor.Tensor { return x.Cast(tensor.BFloat16).Cast(tensor.Float32) }

// adjusted is the factor of the rate for p's size.
func (o *MuonOptions) adjusted(p *tensor.Tensor) float64 {
	rows, cols := float64(p.Size(0)), float64(p.Size(1))
	switch o.AdjustLR {
	case "match_rms_adamw":
		return 0.2 * math.Sqrt(max(rows, cols))
	case "spectral_unclamped":
		return math.Sqrt(rows / cols)
	}
	return math.Sqrt(max(1, rows/cols))
}

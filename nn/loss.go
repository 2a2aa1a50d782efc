package nn

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// A Reduction is what a loss does with the values of the elements. It is an
// option of every loss; without it that is ReduceMean. It is no alias of
// tensor.Reduction because an option needs methods of this package.
type Reduction int

// The reductions.
const (
	ReduceMean Reduction = iota // their mean, a scalar
	ReduceSum                   // their sum, a scalar
	ReduceNone                  // nothing: the result has one value an element
)

// String is PyTorch's name for it.
func (r Reduction) String() string {
	switch r {
	case ReduceMean:
		return "mean"
	case ReduceSum:
		return "sum"
	case ReduceNone:
		return "none"
	}
	return fmt.Sprintf("Reduction(%d)", int(r))
}

// of reduces the values t.
func (r Reduction) of(op string, t *tensor.Tensor) *tensor.Tensor {
	switch r {
	case ReduceMean:
		if !t.DType().IsFloat() {
			tensor.Misuse(op, fmt.Errorf("the values are %v; want floating point", t.DType()), t)
		}
		return t.Mean()
	case ReduceSum:
		return t.Sum()
	case ReduceNone:
		return t
	}
	tensor.Misuse(op, fmt.Errorf("reduction %d is unknown; want ReduceMean, ReduceSum or ReduceNone", r), t)
	return nil
}

// wantSame refuses an input and a target of different shapes, which would
// broadcast and give a plausible loss that is wrong.
func wantSame(op string, x, target *tensor.Tensor) {
	wantTarget(op, x, target)
	if !sameShape(x, target) {
		tensor.Misuse(op, errors.New("the input and the target have different shapes; want the same"), x, target)
	}
}

func sameShape(a, b *tensor.Tensor) bool {
	if a.Dim() != b.Dim() {
		return false
	}
	for i := range a.Dim() {
		if a.Size(i) != b.Size(i) {
			return false
		}
	}
	return true
}

// MSELoss is the mean of (x - target)².
//
//	source: torch.nn.MSELoss
type MSELoss struct{ Reduction Reduction }

// An MSEOption changes [NewMSELoss]: a Reduction.
type MSEOption interface{ mse(*MSELoss) }

func (r Reduction) mse(l *MSELoss) { l.Reduction = r }

// NewMSELoss returns the loss.
func NewMSELoss(opts ...MSEOption) *MSELoss {
	l := &MSELoss{}
	for _, o := range opts {
		o.mse(l)
	}
	return l
}

// Forward returns the loss of x against target.
//
//	panics: *tensor.Error if their shapes differ
func (l *MSELoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	wantSame("mse_loss", x, target)
	if l.Reduction <= ReduceSum && (x.DType().IsFloat() || target.DType().IsFloat()) {
		return tensor.Observed(l, x, tensor.MSELoss(x, target, tensor.Reduction(l.Reduction)))
	}
	return tensor.Observed(l, x, l.Reduction.of("mse_loss", x.Sub(target).Square()))
}

// L1Loss is the mean of |x - target|. Its gradient is 0 where they are equal.
//
//	source: torch.nn.L1Loss
type L1Loss struct{ Reduction Reduction }

// An L1Option changes [NewL1Loss]: a Reduction.
type L1Option interface{ l1(*L1Loss) }

func (r Reduction) l1(l *L1Loss) { l.Reduction = r }

// NewL1Loss returns the loss.
func NewL1Loss(opts ...L1Option) *L1Loss {
	l := &L1Loss{}
	for _, o := range opts {
		o.l1(l)
	}
	return l
}

// Forward returns the loss of x against target.
//
//	panics: *tensor.Error if their shapes differ
func (l *L1Loss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	wantSame("l1_loss", x, target)
	in := tensor.CastFor(tensor.CastFloat32, x, target)
	x, target = in[0], in[1]
	d := tensor.ResultType(x, target)
	if !d.IsFloat() || x.Len() == 0 || l.Reduction != ReduceMean && l.Reduction != ReduceSum {
		return tensor.Observed(l, x, l.Reduction.of("l1_loss", x.Sub(target).Abs()))
	}
	o := &l1Op{MSE: device.MSE{Scale: 1}}
	if l.Reduction == ReduceMean {
		o.Scale = 1 / float64(x.Len())
	}
	return tensor.Observed(l, x, tensor.Apply(o, x.Cast(d), target.Cast(d)))
}

// l1Op is Scale·Σ|x-t|.
type l1Op struct {
	tensor.ThroughBody
	device.MSE
}

func (*l1Op) Name() string          { return "l1_loss" }
func (*l1Op) Kernel() device.Kernel { return device.L1Loss }
func (o *l1Op) Attr() any           { return &o.MSE }
func (*l1Op) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return device.Spec{DType: in[0].DType()}, nil
}
func (o *l1Op) Body(in []*tensor.Tensor) *tensor.Tensor {
	x, t := in[0], in[1]
	if x.DType().Size() == 2 {
		x, t = x.Cast(tensor.Float32), t.Cast(tensor.Float32)
	}
	d := x.Sub(t).Abs()
	if o.Scale != 1 {
		return d.Mean().Cast(in[0].DType())
	}
	return d.Sum().Cast(in[0].DType())
}

// HuberLoss is the mean of d²/2 where d = |x - target| is up to Delta, and of
// Delta·(d - Delta/2) beyond.
//
//	source: torch.nn.HuberLoss
type HuberLoss struct {
	Delta     float64
	Reduction Reduction
}

// A HuberOption changes [NewHuberLoss]: Delta, a Reduction.
type HuberOption interface{ huber(*HuberLoss) }

// Delta is where a HuberLoss turns from a square to a line, 1 without it.
func Delta(d float64) HuberOption { return delta(d) }

type delta float64

func (d delta) huber(l *HuberLoss)     { l.Delta = float64(d) }
func (r Reduction) huber(l *HuberLoss) { l.Reduction = r }

// NewHuberLoss returns the loss.
//
//	panics: *tensor.Error unless Delta > 0
func NewHuberLoss(opts ...HuberOption) *HuberLoss {
	l := &HuberLoss{Delta: 1}
	for _, o := range opts {
		o.huber(l)
	}
	if !(l.Delta > 0) {
		tensor.Misuse("huber_loss", fmt.Errorf("delta is %v; want more than 0", l.Delta))
	}
	return l
}

// Forward returns the loss of x against target.
//
//	panics: *tensor.Error if their shapes differ
func (l *HuberLoss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	wantSame("huber_loss", x, target)
	return tensor.Observed(l, x, huberLoss("huber_loss", l.Reduction, x, target, l.Delta, 1))
}

// SmoothL1Loss is the mean of d²/(2·Beta) where d = |x - target| is below Beta,
// and of d - Beta/2 beyond: HuberLoss divided by Beta. Beta 0 is L1Loss, but for the
// gradient where x equals the target, which is -1 as in PyTorch.
//
//	source: torch.nn.SmoothL1Loss
type SmoothL1Loss struct {
	Beta      float64
	Reduction Reduction
}

// A SmoothL1Option changes [NewSmoothL1Loss]: Beta, a Reduction.
type SmoothL1Option interface{ smoothL1(*SmoothL1Loss) }

func (b BetaOption) smoothL1(l *SmoothL1Loss) { l.Beta = float64(b) }
func (r Reduction) smoothL1(l *SmoothL1Loss)  { l.Reduction = r }

// NewSmoothL1Loss returns the loss; Beta is 1 unless given.
//
//	panics: *tensor.Error unless Beta >= 0
func NewSmoothL1Loss(opts ...SmoothL1Option) *SmoothL1Loss {
	l := &SmoothL1Loss{Beta: 1}
	for _, o := range opts {
		o.smoothL1(l)
	}
	if !(l.Beta >= 0) {
		tensor.Misuse("smooth_l1_loss", fmt.Errorf("beta is %v; want 0 or more", l.Beta))
	}
	return l
}

// Forward returns the loss of x against target.
//
//	panics: *tensor.Error if their shapes differ
func (l *SmoothL1Loss) Forward(x, target *tensor.Tensor) *tensor.Tensor {
	wantSame("smooth_l1_loss", x, target)
	if l.Beta > 0 {
		return tensor.Observed(l, x, huberLoss("smooth_l1_loss", l.Reduction, x, target, l.Beta, l.Beta))
	}
	in := tensor.CastFor(tensor.CastFloat32, x, target)
	d := in[0].Sub(in[1])
	y := tensor.Where(d.LeScalar(0), d.Neg(), d) // |d|, with PyTorch's gradient of -1 at 0
	return tensor.Observed(l, x, l.Reduction.of("smooth_l1_loss", y))
}

// wantDimsAlike refuses inputs of different numbers of dims.
func wantDimsAlike(op string, in ...*tensor.Tensor) {
	for _, t := range in[1:] {
		if t.Dim() != in[0].Dim() {
			tensor.Misuse(op, errors.New("the inputs have different numbers of dims; want the same"), in...)
		}
	}
}

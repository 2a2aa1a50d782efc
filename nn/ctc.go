package nn

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// CTCLoss is connectionist temporal classification: the negative logarithm of
// the probability of all ways to stretch a target over the times of the input,
// with blanks between its labels. ReduceMean divides the loss of each sample by
// the length of its target first. A target that is too long has the loss +Inf,
// or with ZeroInfinity 0.
//
// The gradient is PyTorch's, and takes the input to be a log-softmax: it is the
// one on what the log-softmax is of. There is no second gradient.
//
//	source: torch.nn.CTCLoss; Graves, Fernández, Gomez & Schmidhuber 2006,
//	"Connectionist temporal classification"
type CTCLoss struct {
	Blank        int // the class of the blank
	ZeroInfinity bool
	Reduction    Reduction
}

// A CTCOption changes [NewCTCLoss]: Blank, ZeroInfinity, a Reduction.
type CTCOption interface{ ctc(*CTCLoss) }

// Blank is the class that a CTCLoss takes as the blank, 0 without it.
func Blank(class int) CTCOption { return blank(class) }

// ZeroInfinity makes a CTCLoss 0, and its gradient too, where it is infinite.
var ZeroInfinity zeroInfinity

type (
	blank        int
	zeroInfinity struct{}
)

func (b blank) ctc(l *CTCLoss)      { l.Blank = int(b) }
func (zeroInfinity) ctc(l *CTCLoss) { l.ZeroInfinity = true }
func (r Reduction) ctc(l *CTCLoss)  { l.Reduction = r }

// NewCTCLoss returns the loss.
func NewCTCLoss(opts ...CTCOption) *CTCLoss {
	l := &CTCLoss{}
	for _, o := range opts {
		o.ctc(l)
	}
	return l
}

// Forward returns the loss of the log-probabilities logp against the targets.
// For each sample the lengths say how many times, and how many labels, count.
//
//	shape:  logp [t, n, c] and targets [n, s], or one list of all labels; for a
//	        single sample [t, c] and [s]
//	dtype:  logp floating point, targets int64 or int32
//	panics: *tensor.Error for other shapes and dtypes, and for lengths and
//	classes that are out of range
func (l *CTCLoss) Forward(logp, targets *tensor.Tensor, inputLengths, targetLengths []int) *tensor.Tensor {
	const op = "ctc_loss"
	wantTarget(op, logp, targets)
	x := logp
	if x.Dim() == 2 {
		x = x.Unsqueeze(1)
	}
	if err := l.check(x, targets, inputLengths, targetLengths); err != nil {
		tensor.Misuse(op, err, logp, targets)
	}
	labels, err := listTargets(targets, targetLengths)
	if err != nil {
		tensor.Misuse(op, err, logp, targets)
	}
	wantClasses(op, labels, 0, x.Size(2), logp, targets)
	n := x.Size(1)
	lengths := make([]int64, 2*n)
	for i := range n {
		lengths[i], lengths[n+i] = int64(inputLengths[i]), int64(targetLengths[i])
	}
	y := l.Reduction.loss(op, func(in []*tensor.Tensor) *tensor.Tensor {
		o := &ctcOp{device.CTCLoss{Blank: l.Blank, ZeroInfinity: l.ZeroInfinity}}
		y := tensor.ApplyMulti(o, in[0], labels, tensor.Of(lengths, 2, n).To(x.Device()))[0]
		if l.ZeroInfinity {
			y = y.MaskedFill(y.IsInf(), 0)
		}
		if l.Reduction == ReduceMean {
			div := make([]float64, n)
			for i, k := range targetLengths {
				div[i] = float64(max(k, 1))
			}
			y = y.Div(tensor.Of(div, n).Cast(y.DType()).To(x.Device()))
		}
		if logp.Dim() == 2 {
			y = y.Squeeze(0)
		}
		return y
	}, x)
	return tensor.Observed(l, logp, y)
}

// check refuses shapes and lengths that do not fit.
func (l *CTCLoss) check(x, targets *tensor.Tensor, inputLengths, targetLengths []int) error {
	switch d := targets.DType(); {
	case !x.DType().IsFloat():
		return fmt.Errorf("the input is %v; want floating point", x.DType())
	case d != tensor.Int64 && d != tensor.Int32:
		return fmt.Errorf("the target is %v; want int64 or int32", d)
	case x.Dim() != 3:
		return errors.New("want an input of shape [t, n, c] or [t, c]")
	case targets.Dim() != 1 && targets.Dim() != 2:
		return errors.New("want targets of shape [n, s], or one list of them")
	case l.Blank < 0 || l.Blank >= x.Size(2):
		return fmt.Errorf("the blank is class %d; want 0 to %d", l.Blank, x.Size(2)-1)
	case len(inputLengths) != x.Size(1) || len(targetLengths) != x.Size(1):
		return fmt.Errorf("%d and %d lengths; want %d, one for each sample", len(inputLengths), len(targetLengths), x.Size(1))
	}
	for _, n := range inputLengths {
		if n < 0 || n > x.Size(0) {
			return fmt.Errorf("an input has length %d; want 0 to %d", n, x.Size(0))
		}
	}
	return nil
}

// listTargets is targets as [n, s] int64, with 0 where there is no label.
func listTargets(targets *tensor.Tensor, lengths []int) (*tensor.Tensor, error) {
	n, longest, sum := len(lengths), 0, 0
	for _, k := range lengths {
		if k < 0 {
			return nil, fmt.Errorf("a target has length %d; want 0 or more", k)
		}
		longest = max(longest, k)
		sum += k
	}
	all, at := tensor.Slice[int64](targets.Cast(tensor.Int64)), 0
	switch step := targets.Size(-1); {
	case targets.Dim() == 2 && (targets.Size(0) != n || longest > step):
		return nil, fmt.Errorf("the targets have shape %v; want %d of at least %d labels", targets.Shape(), n, longest)
	case targets.Dim() == 1 && sum != len(all) && !(n == 1 && sum <= len(all)):
		return nil, fmt.Errorf("the list of targets has %d labels; want %d, the sum of their lengths", len(all), sum)
	}
	out := make([]int64, n*longest)
	for i, k := range lengths {
		from := at
		if targets.Dim() == 2 {
			from = i * targets.Size(1)
		}
		copy(out[i*longest:], all[from:from+k])
		at += k
	}
	return tensor.Of(out, n, longest).To(targets.Device()), nil
}

// ctcOp maps logp, targets and lengths to the loss of each sample and the
// forward variables.
type ctcOp struct{ device.CTCLoss }

func (*ctcOp) Name() string          { return "ctc_loss" }
func (*ctcOp) Kernel() device.Kernel { return device.CTC }
func (o *ctcOp) Attr() any           { return &o.CTCLoss }
func (*ctcOp) Reads() tensor.Reads   { return tensor.AllIn | tensor.AllOut }
func (*ctcOp) Infer(in []*tensor.Tensor) ([]device.Spec, error) {
	n := in[0].Size(1)
	loss := device.Spec{DType: in[0].DType(), Rank: 1}
	alpha := device.Spec{DType: tensor.Float64, Rank: 3}
	loss.Dim[0], alpha.Dim[0], alpha.Dim[1], alpha.Dim[2] = n, n, in[0].Size(0), 2*in[1].Size(1)+1
	return []device.Spec{loss, alpha}, nil
}
func (o *ctcOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads {
	return tensor.Grads{tensor.Apply(&ctcGradOp{o.CTCLoss}, dy, c.In(0), c.In(1), c.In(2), c.Out(0), c.Out(1))}
}

// ctcGradOp is the gradient of ctcOp.
type ctcGradOp struct{ device.CTCLoss }

func (*ctcGradOp) Name() string          { return "ctc_loss_backward" }
func (*ctcGradOp) Kernel() device.Kernel { return device.CTCGrad }
func (o *ctcGradOp) Attr() any           { return &o.CTCLoss }
func (*ctcGradOp) Reads() tensor.Reads   { return tensor.Nothing }
func (*ctcGradOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	s := device.Spec{DType: in[1].DType(), Rank: 3}
	copy(s.Dim[:], in[1].Shape())
	return s, nil
}
func (*ctcGradOp) Grad(*tensor.Ctx, *tensor.Tensor) tensor.Grads {
	tensor.Misuse("ctc_loss_backward", errors.New("there is no second gradient"))
	return tensor.Grads{}
}

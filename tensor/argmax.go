package tensor

import (
	"errors"
	"math/bits"

	"github.com/facula-ml/facula/device"
)

// ArgMax returns the index of the largest of all elements, in row-major order,
// or along one dim given by Dims. Of equal ones it is the first, and NaN counts
// as the largest.
//
//	shape:  [], or t's without the dim; KeepDim keeps what is gone as 1
//	dtype:  int64
//	panics: *Error if there are no elements to choose from, or for several dims
//	source: torch.argmax
func (t *Tensor) ArgMax(opts ...ReduceOption) *Tensor { return t.arg("argmax", device.ArgMax, opts) }

// ArgMin returns the index of the smallest element, as ArgMax does of the largest.
//
//	source: torch.argmin
func (t *Tensor) ArgMin(opts ...ReduceOption) *Tensor { return t.arg("argmin", device.ArgMin, opts) }

func (t *Tensor) arg(op string, k device.Kernel, opts []ReduceOption) *Tensor {
	r := t.reduceOver(op, opts)
	if n := bits.OnesCount8(uint8(r.dims)); n <= 1 {
		return Apply(argOp{reduction: r, name: op, kernel: k}, t)
	} else if n < t.Dim() {
		misuse(op, errors.New("several dims; want one, or all"), t)
	}
	if err := r.nonEmpty(t.spec()); err != nil {
		misuse(op, err, t)
	}
	y := Apply(argOp{reduction: reduction{dims: 1}, name: op, kernel: k}, t.Reshape(-1))
	s := r.spec(t.spec(), Int64)
	return y.Reshape(s.Shape()...)
}

type argOp struct {
	reduction
	NotDifferentiable
	name   string
	kernel device.Kernel
}

func (o argOp) Name() string          { return o.name }
func (o argOp) Kernel() device.Kernel { return o.kernel }
func (o argOp) Attr() any             { return device.Dim{Dim: o.dim()} }
func (o argOp) Infer(in []*Tensor) (device.Spec, error) {
	return o.spec(in[0].spec(), Int64), o.nonEmpty(in[0].spec())
}

func argEntry(name, method string, k device.Kernel, f func(*Tensor, ...ReduceOption) *Tensor, beats func(v, m float64) bool) Entry {
	empty := ": dim 0 has no elements; want at least one"
	return Entry{
		Name: name, Sig: name + "(input, dim=None, keepdim=False)", At: Here(), Go: []string{method},
		Ops:    []any{argOp{name: name, kernel: k}},
		Call:   func(a *Args) []*Tensor { return one(f(a.Tensor("input"), a.reduceOptions()...)) },
		Ref:    refReduce(func(x []float64) float64 { return float64(pickOf(x, beats)) }),
		Out:    OutInt64,
		DTypes: Numbers,
		Samples: append(pickSamples(), Sample{Args: []any{In(3, 4)}}, Sample{Args: []any{In(2, 3, 4)}, Kw: map[string]any{"keepdim": true}},
			Sample{Args: []any{In()}}, Sample{Args: []any{In(0, 3)}, Kw: map[string]any{"dim": 1}}),
		Bad: []Bad{
			{Args: []any{In(2, 3), 2}, Want: "tensor: " + name + " [2 3]: dim 2 is out of range; want -2 to 1"},
			{Args: []any{In(0, 3)}, Want: "tensor: " + name + " [0 3]" + empty},
			{Args: []any{In(0, 3), 0}, Want: "tensor: " + name + " [0 3]" + empty},
			{Args: []any{In(2, 3, 4), []int{0, 1}}, Want: "tensor: " + name + " [2 3 4]: several dims; want one, or all"},
		},
	}
}

func argmaxEntry() Entry {
	return argEntry("argmax", "ArgMax", device.ArgMax, (*Tensor).ArgMax, greater)
}

func argminEntry() Entry {
	return argEntry("argmin", "ArgMin", device.ArgMin, (*Tensor).ArgMin, less)
}

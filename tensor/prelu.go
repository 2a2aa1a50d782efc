package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// PReLU returns x for each element x > 0 of t, and w·x for the others. The
// weight has one element, or one for each channel: the elements of dim 1.
//
//	shape:  [batch, channels, ...] or any; weight [], [1] or [channels]
//	dtype:  floating point, the same for both
//	panics: *Error for other dtypes or shapes
//	source: torch.nn.functional.prelu; He et al. 2015, arXiv:1502.01852
func (t *Tensor) PReLU(weight *Tensor) *Tensor {
	n := weight.known("prelu").Len()
	switch {
	case weight.Dim() > 1:
		misuse("prelu", fmt.Errorf("the weight has %d dims; want at most one", weight.Dim()), t, weight)
	case n == 1:
		return Apply(preluOp{}, t, weight.Reshape())
	}
	channels := 1
	if t.known("prelu").Dim() > 1 {
		channels = t.Size(1)
	}
	if t.Dim() == 0 || channels != n {
		misuse("prelu", fmt.Errorf("the weight has %d elements; want one, or one for each channel in dim 1", n), t, weight)
	}
	shape := make([]int, t.Dim()-1)
	for i := range shape {
		shape[i] = 1
	}
	shape[0] = n
	return Apply(preluOp{}, t, weight.Reshape(shape...))
}

type preluOp struct{ Floatwise }

func (preluOp) Name() string              { return "prelu" }
func (preluOp) Kernel() device.Kernel     { return device.PReLU }
func (preluOp) Reads() Reads              { return In0 | In1 }
func (preluOp) Body(in []*Tensor) *Tensor { return Where(in[0].GtScalar(0), in[0], in[0].Mul(in[1])) }
func (preluOp) Grad(c *Ctx, dy *Tensor) (g Grads) {
	x := c.In(0)
	right := x.GtScalar(0)
	if c.Needs(0) {
		g[0] = Where(right, dy, dy.Mul(c.In(1)))
	}
	if c.Needs(1) {
		g[1] = dy.Mul(x).MaskedFill(right, 0)
	}
	return g
}

func preluEntry() Entry {
	pair := func(x, w []int) Sample { return Sample{Args: []any{In(x...), In(w...)}} }
	return Entry{
		Name: "nn.functional.prelu", Sig: "prelu(input, weight)", At: Here(), Ops: []any{preluOp{}}, Go: []string{"PReLU"},
		Call: func(a *Args) []*Tensor { return one(a.OnlyTensor("input").PReLU(a.OnlyTensor("weight"))) },
		Ref: func(a *Args) []Array {
			x, w := a.Array("input"), a.Array("weight")
			out := NewArray(x.Shape...)
			for p, v := range x.V {
				k := 0
				if len(w.V) > 1 {
					k = x.Index(p)[1]
				}
				if out.V[p] = v; !(v > 0) {
					out.V[p] = v * w.V[k]
				}
			}
			return []Array{out}
		},
		DTypes: Floats,
		Samples: []Sample{
			pair(nil, nil), pair(nil, []int{1}), pair([]int{1}, []int{1}), pair([]int{5}, nil), pair([]int{2, 3}, []int{3}), pair([]int{2, 3, 2}, []int{3}),
			pair([]int{2, 3}, []int{1}), pair([]int{0, 3}, []int{3}), pair([]int{2, 0}, []int{0}),
		},
		Why: map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		Bad: []Bad{
			{Args: []any{In(), In(2)}, Want: "tensor: prelu [], [2]: the weight has 2 elements; want one, or one for each channel in dim 1"},
			{Args: []any{In(2, 3), In(2)}, Want: "tensor: prelu [2 3], [2]: the weight has 2 elements; want one, or one for each channel in dim 1"},
			{Args: []any{In(2), In(1, 1)}, Want: "tensor: prelu [2], [1 1]: the weight has 2 dims; want at most one"},
			{Args: []any{In(2), In(1).As(Float64)}, Want: "tensor: prelu [2], []: dtypes float32 and float64 differ"},
			{Args: []any{In(2).As(Int64), In(1).As(Int64)}, Want: "tensor: prelu [2], []: dtype int64; want a floating-point dtype"},
		},
	}
}

// RReLU returns x for each element x > 0 of t, and r·x for the others, with an
// r of its own for each, uniform in [lower, upper). gen makes the choice; nil
// means the default generator. The same seed gives PyTorch's numbers. Outside of
// training use LeakyReLU((lower+upper)/2). PyTorch's bounds are 1/8 and 1/3
// where none are given.
//
//	dtype:  floating point
//	panics: *Error for another dtype, or lower > upper
//	source: torch.nn.functional.rrelu(training=True); Xu et al. 2015, arXiv:1505.00853
func (t *Tensor) RReLU(lower, upper float64, gen *Generator) *Tensor {
	checkRReLU(t, lower, upper)
	x := Slice[float64](t.Detach())
	left := 0
	for _, v := range x {
		left += b2i(v <= 0)
	}
	r := Slice[float64](Make{DType: Float64, Gen: gen}.Uniform(lower, upper, left))
	slope := make([]float64, len(x))
	for i, v := range x {
		if slope[i] = 1; v <= 0 {
			slope[i], r = r[0], r[1:]
		}
	}
	return t.Mul(FromSlice(slope, t.shape()).Cast(t.DType()).To(t.b.dev))
}

// checkRReLU refuses bounds that are the wrong way round, and other dtypes.
func checkRReLU(t *Tensor, lower, upper float64) {
	err := wantFloat(t.known("rrelu").DType())
	if err == nil && !(lower <= upper) {
		err = fmt.Errorf("the slopes are %v to %v; want lower <= upper", lower, upper)
	}
	if err != nil {
		misuse("rrelu", err, t)
	}
}

func rreluEntry() Entry {
	return Entry{
		Name: "nn.functional.rrelu", Sig: "rrelu(input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False)", At: Here(), Go: []string{"RReLU"},
		Call: func(a *Args) []*Tensor {
			t, lower, upper := a.Tensor("input"), a.Float("lower"), a.Float("upper")
			if a.Bool("training") {
				return one(t.RReLU(lower, upper, nil))
			}
			checkRReLU(t, lower, upper)
			return one(t.LeakyReLU((lower + upper) / 2))
		},
		// Where the bounds differ, training is tested against PyTorch's numbers in rrelu_test.go.
		Ref: RefMap(func(x ...float64) float64 {
			if x[0] > 0 {
				return x[0]
			}
			return x[0] * (x[1] + x[2]) / 2
		}),
		DTypes: Floats,
		Samples: append(UnarySamples(-2, 2), Sample{Args: []any{In(3, 4), 0.25, 0.75}},
			Sample{Args: []any{In(3, 4), 0.25, 0.25}, Kw: map[string]any{"training": true}}),
		Why: map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		Bad: append(floatBad("rrelu"), Bad{Args: []any{In(2), 0.5, 0.25}, Want: "tensor: rrelu [2]: the slopes are 0.5 to 0.25; want lower <= upper"}),
	}
}

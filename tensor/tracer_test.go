package tensor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// trace lists what a tracer saw, one op a word: name, kind, depth, and "'" for backward.
type trace struct{ events []tensor.OpEvent }

func (r *trace) see(e tensor.OpEvent) { r.events = append(r.events, e) }

func (r *trace) String() string {
	var words []string
	for _, e := range r.events {
		w := fmt.Sprintf("%s:%v%d", e.Name, e.Kind, e.Depth)
		if e.Backward {
			w += "'"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

func (r *trace) is(t *testing.T, what, want string) {
	t.Helper()
	if got := r.String(); got != want {
		t.Errorf("%s: the tracer saw\n%s\nwant\n%s", what, got, want)
	}
	r.events = nil
}

// half is a composite op: its definition is one product.
type half struct{ tensor.ThroughBody }

func (half) Name() string                                       { return "half" }
func (half) Kernel() device.Kernel                              { return device.NoKernel }
func (half) Infer(in []*tensor.Tensor) (s device.Spec, _ error) { return s, nil }
func (half) Body(in []*tensor.Tensor) *tensor.Tensor            { return in[0].T().MulScalar(0.5) }

func TestTraceOps(t *testing.T) {
	r := &trace{}
	plain := tensor.Rand(2, 2)
	x := plain.TraceOps(r.see)
	if !x.IsTraced() || plain.IsTraced() {
		t.Error("IsTraced does not tell which handle is marked")
	}
	plain.Add(plain)
	r.is(t, "no marked input", "")
	plain.Add(x).T().ReLU()
	r.is(t, "ops and a view", "add:kernel0 transpose:view0 relu:kernel0")
	y := tensor.Apply(half{}, x)
	y.Exp()
	r.is(t, "a definition", "transpose:view1 fill:write1 mul:kernel1 half:definition0 exp:kernel0")
	x.Clone().AddInPlace(plain)
	r.is(t, "in place", "clone:kernel0 add:write0")
	x.NoGrad().Detach().Neg()
	r.is(t, "other marks", "neg:kernel0")
	x.TraceOps(nil).Neg()
	r.is(t, "the mark taken off", "")
	x.Neg().TraceOps(nil).Neg()
	r.is(t, "taken off on the way", "neg:kernel0")
	s := tensor.NewScope()
	s.In(x).Neg()
	s.Close()
	r.is(t, "in a scope", "neg:kernel0")
	values, indices := x.Sort(1)
	values.Exp()
	indices.Neg()
	r.is(t, "several results", "sort:kernel0 exp:kernel0 neg:kernel0")
	x.Autocast(tensor.BFloat16).MatMul(plain)
	r.is(t, "casts of Autocast", "cast:kernel0 matmul:kernel0")
}

func TestTraceOpsBackward(t *testing.T) {
	r := &trace{}
	w := tensor.Rand(2, 2).RequireGrad()
	y := tensor.Apply(half{}, w.TraceOps(r.see)).Exp()
	r.is(t, "a definition that is recorded op by op", "transpose:view1 fill:write1 mul:kernel1 half:definition0 exp:kernel0")
	y.Sum().Backward()
	if s := r.String(); !strings.Contains(s, "'") || strings.Count(s, "'") != len(r.events)-1 {
		t.Errorf("Backward is not traced, or other than the sum is no gradient's:\n%s", s)
	}
	if w.Grad().IsTraced() {
		t.Error("the gradient of a leaf carries the tracer")
	}
}

// What an event holds besides.
func TestOpEvent(t *testing.T) {
	var e tensor.OpEvent
	plain := tensor.Rand(1, 2, 5, 5)
	y := plain.TraceOps(func(x tensor.OpEvent) { e = x }).Conv2d(tensor.Rand(3, 2, 3, 3), nil, tensor.Stride(2))
	attr, ok := e.Attr.(device.Conv)
	switch {
	case e.Kernel != device.ConvForward || !ok || attr.Stride[2] != 2 || attr.Groups != 1:
		t.Errorf("kernel %v with %+v; want a convolution of stride 2", e.Kernel, e.Attr)
	case len(e.In) != 2 || !e.In[0].SameStorage(plain) || !e.In[0].IsTraced() || e.In[1].IsTraced():
		t.Error("the inputs are not those of the op")
	case len(e.Out) != 1 || e.Out[0] != y:
		t.Error("the result is not that of the op")
	case e.Start.IsZero() || e.Duration <= 0:
		t.Errorf("started %v, took %v", e.Start, e.Duration)
	}
}

// Two tracers in one op: the second sees it, as with observers.
func TestTwoTracers(t *testing.T) {
	a, b := &trace{}, &trace{}
	x := tensor.Rand(2)
	x.TraceOps(a.see).Add(x.TraceOps(b.see)).Neg()
	a.is(t, "the first", "")
	b.is(t, "the second", "add:kernel0 neg:kernel0")
	x.TraceOps(a.see).TraceOps(b.see).Neg()
	b.is(t, "one over the other", "neg:kernel0")
}

// A model computes the same under a tracer, with a gradient and without.
func TestTracedModel(t *testing.T) {
	model := nn.NewSequential(nn.NewConv2d(1, 4, 3), nn.NewBatchNorm2d(4), nn.NewReLU(), nn.NewFlatten(), nn.NewLinear(4*36, 3))
	nn.Eval(model)
	x := tensor.Rand(2, 1, 8, 8)
	for _, in := range []*tensor.Tensor{x, x.NoGrad()} {
		r := &trace{}
		got, want := model.Forward(in.TraceOps(r.see)), model.Forward(in)
		if !slices.Equal(tensor.Slice[float32](got.TraceOps(nil)), tensor.Slice[float32](want)) {
			t.Error("the result differs under a tracer")
		}
		if len(r.events) < 4 {
			t.Errorf("the tracer saw %v", r)
		}
	}
}

func ExampleTensor_TraceOps() {
	x := tensor.Ones(2, 3).TraceOps(func(e tensor.OpEvent) {
		fmt.Println(e.Name, e.Kind, e.In[0].Shape(), "→", e.Out[0].Shape())
	})
	x.T().ReLU()
	// Output:
	// transpose view [2 3] → [3 2]
	// relu kernel [3 2] → [3 2]
}

package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// AddLayerNorm returns sum = t + u and y, the LayerNorm of sum, in one pass: the
// way around a layer of a transformer, and the norm behind it. weight and bias
// may be nil.
//
//	shape:  t and u alike, [..., shape]; weight and bias [shape] → t's
//	dtype:  floating point, the same for both; half precision computes in float32
//	panics: *Error for other shapes or dtypes, and for an empty shape
//	source: torch.add, torch.nn.functional.layer_norm
func (t *Tensor) AddLayerNorm(u *Tensor, shape []int, weight, bias *Tensor, eps float64) (sum, y *Tensor) {
	const op = "add_layer_norm"
	if err := checkLayerNorm(t, shape, weight, bias); err != nil {
		misuse(op, err, t)
	}
	if u != nil && t.mode.casting() != 0 {
		t, u = promote(t.widened(), u.widened())
	}
	if u == nil || *u.known(op).spec() != *t.spec() {
		misuse(op, fmt.Errorf("want two inputs of one dtype and shape"), t, u)
	}
	if t.Len() == 0 {
		return t.Add(u), t.Clone()
	}
	n := volumeOf(shape)
	o := addNormOp{device.Normalization{Eps: eps, Inner: true}}
	out := ApplyMulti(o, t.Reshape(1, -1, n), u.Reshape(1, -1, n), affine(weight, 1, t, n), affine(bias, 0, t, n))
	return out[0].Reshape(t.shape()...), out[3].Reshape(t.shape()...)
}

// addNormOp maps t, u, w and b to t + u, and mean, variance and result of
// normalizeTrainOp for it.
type addNormOp struct{ device.Normalization }

func (addNormOp) Name() string          { return "add_layer_norm" }
func (addNormOp) Kernel() device.Kernel { return device.AddNormalize }
func (o addNormOp) Attr() any           { return o.Normalization }
func (addNormOp) Reads() Reads          { return In2 | Out0 | Out1 | Out2 }
func (addNormOp) Infer(in []*Tensor) ([]device.Spec, error) {
	s, err := normalizeTrainOp{}.Infer(in)
	return []device.Spec{s[0], s[1], s[2], s[0]}, err
}

func (o addNormOp) Body(in []*Tensor) []*Tensor {
	sum := in[0].Add(in[1])
	y := normalizeTrainOp(o).Body([]*Tensor{sum, in[2], in[3]})
	return []*Tensor{sum, y[1], y[2], y[0]}
}

// Both inputs get the gradient of the sum: its own and the norm's.
func (o addNormOp) Grad(c *Ctx, dsum *Tensor) Grads {
	dy := c.Dy(3)
	if dy == nil {
		return Grads{dsum, dsum}
	}
	in := []*Tensor{dy, c.Out(0), c.Out(1), c.Out(2), c.In(2)}
	if dsum != nil {
		in = append(in, dsum)
	}
	d := ApplyMulti(normalizeGradOp{Normalization: o.Normalization}, in...)
	c.Set(3, d[2])
	return Grads{d[0], d[0], d[1]}
}

func addLayerNormEntry() Entry {
	e := layerNormEntry()
	e.Name, e.Sig, e.At, e.Go = "add_layer_norm", "add_layer_norm(input, other, normalized_shape, weight=None, bias=None, eps=1e-05)", Here(), []string{"AddLayerNorm"}
	e.Ops = []any{addNormOp{}, normalizeGradOp{}}
	e.Call = func(a *Args) []*Tensor {
		sum, y := a.Tensor("input").AddLayerNorm(a.Tensor("other"), a.Ints("normalized_shape"), a.OptTensor("weight"), a.OptTensor("bias"), a.Float("eps"))
		return []*Tensor{sum, y}
	}
	e.Ref = func(a *Args) []Array {
		t, u := a.Array("input"), a.Array("other")
		sum := NewArray(t.Shape...)
		for i := range sum.V {
			sum.V[i] = t.V[i] + u.V[i]
		}
		return []Array{sum, refLayerNormOf(a, sum)}
	}
	for i, s := range e.Samples { // other has the shape of the input
		e.Samples[i].Args = append([]any{s.Args[0], s.Args[0]}, s.Args[1:]...)
	}
	e.Bad = []Bad{
		{Args: []any{In(2, 3), In(2, 3), []int{2}}, Want: "tensor: add_layer_norm [2 3]: the last dims are not [2], of which there must be at least one"},
		{Args: []any{In(2, 3), In(3), []int{3}}, Want: "tensor: add_layer_norm [2 3], [3]: want two inputs of one dtype and shape"},
		{Args: []any{In(2, 3), In(2, 3).As(Float64), []int{3}}, Want: "tensor: add_layer_norm [2 3], [2 3]: want two inputs of one dtype and shape"},
	}
	return e
}

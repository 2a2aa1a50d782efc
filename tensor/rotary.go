package tensor

import (
	"fmt"

	"github.com/facula-ml/facula/device"
)

// Rotary turns pairs of elements of each row by the row's angles, one for each
// pair: (x, y) becomes (x·cos - y·sin, y·cos + x·sin). The pairs are elements i
// and i + E/2, or, if interleaved, 2i and 2i + 1.
//
//	shape:  [..., L, E], cos and sin [L, E/2] → t's
//	dtype:  floating point; cos and sin float64 for float64, and else float32
//	panics: *Error for other shapes or dtypes, and an odd E
//	source: Su et al. 2021, arXiv:2104.09864 (interleaved); the halves are those of
//	GPT-NeoX, and of transformers.models.llama
func (t *Tensor) Rotary(cos, sin *Tensor, interleaved bool) *Tensor {
	o := rotaryOp{device.Rotation{Interleaved: interleaved}}
	if err := checkRotary(t.known("rotary"), cos.known("rotary"), sin.known("rotary")); err != nil {
		misuse("rotary", err, t, cos, sin)
	}
	if cos.RequiresGrad() || sin.RequiresGrad() || t.Len() == 0 {
		return o.Body([]*Tensor{t, cos, sin})
	}
	x := t
	switch n := t.Dim(); {
	case n > 4:
		x = t.Flatten(0, n-4)
	case n < 4:
		x = t.Reshape(append([]int{1, 1}[:4-n], t.shape()...)...)
	}
	y := Apply(o, x, cos.Contiguous(), sin.Contiguous())
	if t.Dim() != 4 {
		y = y.Reshape(t.shape()...)
	}
	return y
}

func checkRotary(t, cos, sin *Tensor) error {
	if err := wantFloat(t.DType()); err != nil {
		return err
	}
	if t.Dim() < 2 || t.Size(-1)%2 != 0 {
		return fmt.Errorf("want rows of an even number of elements")
	}
	want := device.Spec{DType: statDType(t.DType()), Rank: 2, Dim: [device.MaxRank]int{t.Size(-2), t.Size(-1) / 2}}
	if *cos.spec() != want || *sin.spec() != want {
		return fmt.Errorf("cos and sin are %v and %v; want %v %v", cos.DType(), sin.DType(), want.DType, want.Shape())
	}
	return nil
}

type rotaryOp struct{ device.Rotation }

func (rotaryOp) Name() string                            { return "rotary" }
func (rotaryOp) Kernel() device.Kernel                   { return device.Rotary }
func (o rotaryOp) Attr() any                             { return o.Rotation }
func (rotaryOp) Reads() Reads                            { return In1 | In2 }
func (rotaryOp) Infer(in []*Tensor) (device.Spec, error) { return *in[0].spec(), nil }

// The gradient turns back.
func (o rotaryOp) Grad(c *Ctx, dy *Tensor) Grads {
	o.Back = !o.Back
	return Grads{Apply(o, dy, c.In(1), c.In(2))}
}

func (o rotaryOp) Body(in []*Tensor) *Tensor {
	t, cos, sin := in[0].wide(), in[1], in[2]
	if o.Back {
		sin = sin.Neg()
	}
	half := t.Size(-1) / 2
	if o.Interleaved {
		t = t.Unflatten(-1, half, 2).Transpose(-2, -1).Flatten(-2, -1)
	}
	x, y := t.Narrow(-1, 0, half), t.Narrow(-1, half, half)
	t = Cat(-1, x.Mul(cos).Sub(y.Mul(sin)), y.Mul(cos).Add(x.Mul(sin)))
	if o.Interleaved {
		t = t.Unflatten(-1, 2, half).Transpose(-2, -1).Flatten(-2, -1)
	}
	return t.Cast(in[0].DType())
}

func rotaryEntry() Entry {
	angles := func(shape ...int) Arg { return In(shape...).As(Float64) }
	return Entry{
		Name: "rotary", Sig: "rotary(input, cos, sin, interleaved=False)", At: Here(), Go: []string{"Rotary"}, Ops: []any{rotaryOp{}},
		Call: func(a *Args) []*Tensor {
			x := a.Tensor("input")
			d := statDType(x.DType())
			return one(x.Rotary(a.Tensor("cos").Cast(d), a.Tensor("sin").Cast(d), a.Bool("interleaved")))
		},
		Ref:    refRotary,
		DTypes: Floats,
		Samples: []Sample{ // angles of a dtype of their own need no gradient, and go through the op
			{Args: []any{In(3, 4), angles(3, 2), angles(3, 2)}}, {Args: []any{In(2, 3, 4), angles(3, 2), angles(3, 2), true}},
			{Args: []any{In(3, 4), In(3, 2), In(3, 2)}}, {Args: []any{In(3, 4), In(3, 2), In(3, 2), true}}, {Args: []any{In(1, 2), In(1, 1), In(1, 1)}},
			{Args: []any{In(2, 3, 2), In(3, 1), In(3, 1)}}, {Args: []any{In(2, 2, 1, 3, 4), In(3, 2), In(3, 2), true}},
			{Args: []any{In(2, 0, 4), In(0, 2), In(0, 2)}}, {Args: []any{In(2, 2, 40, 6), angles(40, 3), angles(40, 3)}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), In(2, 1), In(2, 1)}, Want: "tensor: rotary [2 3], [2 1], [2 1]: want rows of an even number of elements"},
			{Args: []any{In(4), In(2), In(2)}, Want: "tensor: rotary [4], [2], [2]: want rows of an even number of elements"},
			{Args: []any{In(2, 4), In(2, 2), In(2, 1)}, Want: "tensor: rotary [2 4], [2 2], [2 1]: cos and sin are float32 and float32; want float32 [2 2]"},
			{Args: []any{In(2, 4).As(Int64), In(2, 2), In(2, 2)}, Want: "tensor: rotary [2 4], [2 2], [2 2]: dtype int64; want a floating-point dtype"},
		},
		Abs: 4,
		Why: map[string]string{"0-d": "there are no rows", "tol": "a difference of products", "special": "0·inf", "infinite": "0·inf"},
	}
}

func refRotary(a *Args) []Array {
	x, cos, sin := a.Array("input"), a.Array("cos"), a.Array("sin")
	y := NewArray(x.Shape...)
	size := x.Shape[len(x.Shape)-1]
	for p := range y.V {
		row, e := p/size, p%size
		other, pair, sign := e+size/2, e, -1.0
		if e >= size/2 {
			other, pair, sign = e-size/2, e-size/2, 1
		}
		if a.Bool("interleaved") {
			other, pair, sign = e^1, e/2, float64(2*(e%2)-1)
		}
		r := row % cos.Shape[0]
		y.V[p] = x.V[p]*cos.At(r, pair) + sign*x.V[row*size+other]*sin.At(r, pair)
	}
	return []Array{y}
}

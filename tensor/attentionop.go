package tensor

import (
	"slices"

	"github.com/facula-ml/facula/device"
)

// fused is the call as one op of tensors with four dims.
func (a *attention) fused() *Tensor {
	heads := 1
	if n := len(a.batch); n > 0 {
		heads = a.batch[n-1]
	}
	o := attentionOp{device.Attention{Scale: a.scale, Causal: a.causal, Shift: a.shift(), RowsFirst: rowsFirst(a.q)}}
	in := []*Tensor{
		a.four(a.q, heads, a.rows, a.size),
		a.four(a.k, heads/a.group, a.keys, a.size),
		a.four(a.v, heads/a.group, a.keys, a.valueSize),
	}
	if a.mask != nil {
		in = append(in, a.four(a.additive(statDType(a.q.DType())), heads, a.rows, a.keys))
	}
	y := ApplyMulti(o, in...)[0]
	if o.RowsFirst {
		y = y.Transpose(1, 2)
	}
	if len(a.batch) != 2 {
		y = y.Reshape(a.full(a.rows, a.valueSize)...)
	}
	return y
}

// four is t as [batch, heads, rows, cols].
func (a *attention) four(t *Tensor, heads, rows, cols int) *Tensor {
	shape := a.full(rows, cols)
	if n := len(a.batch); n > 0 {
		shape[n-1] = heads
	}
	if !slices.Equal(t.shape(), shape) {
		t = t.Expand(shape...)
	}
	if len(shape) == 4 {
		return t
	}
	return t.Reshape(volumeOf(shape)/max(1, heads*rows*cols), heads, rows, cols)
}

// rowsFirst reports whether rows lie before heads in t's memory, as they do
// after a projection that was split into heads.
func rowsFirst(t *Tensor) bool {
	v := &t.b.view
	return v.Rank == 4 && v.Dim[1] > 1 && v.Dim[2] > 1 && v.Stride[1] < v.Stride[2]
}

// attentionOp maps q, k, v and perhaps a mask to the result and, for the
// gradient, the logarithm of the sum of exp(score) of each row.
type attentionOp struct{ device.Attention }

func (attentionOp) Name() string          { return "scaled_dot_product_attention" }
func (attentionOp) Kernel() device.Kernel { return device.ScaledDotProduct }
func (o attentionOp) Attr() any           { return o.Attention }
func (attentionOp) Reads() Reads          { return AllIn | Out0 | Out1 }
func (o attentionOp) Infer(in []*Tensor) ([]device.Spec, error) {
	q := in[0].spec()
	y, lse := *q, *q
	y.Dim[3] = in[2].spec().Dim[3]
	if o.RowsFirst {
		y.Dim[1], y.Dim[2] = y.Dim[2], y.Dim[1]
	}
	lse.Rank, lse.Dim[3], lse.DType = 3, 0, statDType(q.DType)
	return []device.Spec{y, lse}, nil
}

func (o attentionOp) Body(in []*Tensor) []*Tensor {
	s, w, v := o.weights(in[0], in[1], in[2], in[3:])
	y := w.MatMul(v)
	if o.RowsFirst {
		y = y.Transpose(1, 2)
	}
	return []*Tensor{y.Cast(in[0].DType()).Contiguous(), s.LogSumExp(Dims(-1))}
}

// weights are the scores, their softmax, and the value of each head, all wide.
func (o attentionOp) weights(q, k, v *Tensor, mask []*Tensor) (s, w, values *Tensor) {
	q, k, v = q.wide(), k.wide(), v.wide()
	if n := q.Size(1) / k.Size(1); n > 1 {
		k, v = repeatHeads(k, n), repeatHeads(v, n)
	}
	s = q.MulScalar(o.Scale).MatMul(k.Transpose(-2, -1))
	if o.Causal {
		s = s.Add(causalMask(s, o.Shift))
	}
	if len(mask) > 0 {
		s = s.Add(mask[0])
	}
	return s, safeSoftmax(s), v
}

func (o attentionOp) Grad(c *Ctx, dy *Tensor) Grads {
	in := []*Tensor{dy, c.In(0), c.In(1), c.In(2), c.Out(0), c.Out(1)}
	if c.Inputs() > 3 {
		in = append(in, c.In(3))
	}
	d := ApplyMulti(attentionGradOp{Attention: o.Attention}, in...)
	return Grads{d[0], d[1], d[2]}
}

// attentionGradOp maps dy, q, k, v, the two results of attentionOp and perhaps
// the mask to the gradients of q, k and v. Its definition takes the results
// from q, k and v again, so that it can be differentiated through them.
type attentionGradOp struct {
	device.Attention
	ThroughBody
}

func (attentionGradOp) Name() string          { return "scaled_dot_product_attention_backward" }
func (attentionGradOp) Kernel() device.Kernel { return device.ScaledDotProductGrad }
func (o attentionGradOp) Attr() any           { return o.Attention }
func (attentionGradOp) Infer(in []*Tensor) ([]device.Spec, error) {
	return []device.Spec{*in[1].spec(), *in[2].spec(), *in[3].spec()}, nil
}

// For weights w, and dw = dy·vᵀ: ds = w·(dw - Σ dw·w), dq = scale·ds·k,
// dk = scale·dsᵀ·q, dv = wᵀ·dy.
func (o attentionGradOp) Body(in []*Tensor) []*Tensor {
	q, k := in[1], in[2]
	_, w, v := attentionOp{o.Attention}.weights(q, k, in[3], in[6:])
	dy := in[0].wide()
	if o.RowsFirst {
		dy = dy.Transpose(1, 2)
	}
	dw := dy.MatMul(v.Transpose(-2, -1))
	ds := w.Mul(dw.Sub(dw.Mul(w).Sum(Dims(-1), KeepDim))).MulScalar(o.Scale)
	heads, groups := q.Size(1), k.Size(1)
	if heads > groups {
		k = repeatHeads(k, heads/groups)
	}
	each := func(t *Tensor, like *Tensor) *Tensor { // sums what served several heads
		if heads > groups {
			t = t.Unflatten(1, groups, heads/groups).Sum(Dims(2))
		}
		return t.Cast(like.DType())
	}
	dq := ds.MatMul(k.wide()).Cast(q.DType())
	return []*Tensor{dq, each(ds.Transpose(-2, -1).MatMul(q.wide()), in[2]), each(w.Transpose(-2, -1).MatMul(dy), in[3])}
}

package tensor_test

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A model under Autocast multiplies in half precision, sums in float32, and
// its parameters get gradients of their own dtype.
func TestAutocast(t *testing.T) {
	tensor.ManualSeed(3)
	conv, norm, fc := nn.NewConv2d(1, 4, 3), nn.NewBatchNorm2d(4), nn.NewLinear(4*4, 3)
	ln := nn.NewLayerNorm([]int{16})
	var params []*tensor.Tensor
	for _, m := range []any{conv, norm, ln, fc} {
		for _, p := range nn.Params(m) {
			params = append(params, p)
		}
	}
	x, y := tensor.Randn(5, 1, 4, 4), tensor.RandInt(0, 3, 5)
	var seen []tensor.DType
	run := func(x *tensor.Tensor) (float64, []*tensor.Tensor) {
		seen = nil
		see := func(h *tensor.Tensor) *tensor.Tensor { seen = append(seen, h.DType()); return h }
		h := see(conv.Forward(x))
		h = see(norm.Forward(h)).ReLU().Flatten(1, -1)
		h = see(ln.Forward(h))
		h = see(fc.Forward(h))
		loss := see(nn.NewCrossEntropyLoss().Forward(h, y))
		return loss.Float(), tensor.Grad([]*tensor.Tensor{loss}, params)
	}
	want, exact := run(x)
	for _, d := range []tensor.DType{tensor.BFloat16, tensor.Float16} {
		got, grads := run(x.Autocast(d))
		for i, w := range []tensor.DType{d, d, tensor.Float32, d, tensor.Float32} {
			if seen[i] != w {
				t.Errorf("%v: layer %d gives %v; want %v", d, i, seen[i], w)
			}
		}
		// Products of factors rounded to 8 bits, of sizes near 1.
		if math.Abs(got-want) > 0.03 || got == want {
			t.Errorf("%v: loss %v; want near %v, but not equal", d, got, want)
		}
		for i, g := range grads {
			if g.DType() != tensor.Float32 {
				t.Errorf("%v: gradient %d is %v; want float32", d, i, g.DType())
			}
			if diff := g.Sub(exact[i]).Abs().Max().Float(); !(diff < 0.05) {
				t.Errorf("%v: gradient %d differs by %v", d, i, diff)
			}
		}
	}
}

// The mark travels, casts what differs, leaves float64 and integers alone, and
// comes off with Detach.
func TestAutocastMark(t *testing.T) {
	x, w := tensor.Ones(2, 2), tensor.Ones(2, 2)
	h := x.Autocast(tensor.BFloat16).MatMul(w)
	x4 := func(t *tensor.Tensor) *tensor.Tensor {
		return t.Autocast(tensor.BFloat16).Reshape(1, 2, 2, 1).Expand(2, 2, 2, 1)
	}
	for _, c := range []struct {
		what string
		got  *tensor.Tensor
		want tensor.DType
	}{
		{"product", h, tensor.BFloat16},
		{"softmax", h.Softmax(0), tensor.Float32},
		{"relu", h.ReLU(), tensor.BFloat16},
		{"sum with float32", h.Add(w), tensor.Float32},
		{"cat with float32", tensor.Cat(0, h, w), tensor.Float32},
		{"next product", h.Softmax(0).MatMul(w), tensor.BFloat16},
		{"attention", tensor.ScaledDotProductAttention(x4(x), x4(w), x4(w)), tensor.BFloat16},
		{"transposed convolution", x4(x).ConvTranspose2d(x4(w), tensor.Ones(2)), tensor.BFloat16},
		{"addmm", w.Addmm(x.Autocast(tensor.BFloat16), w, 1, 1), tensor.BFloat16},
		{"baddbmm", w.Baddbmm(h.Unsqueeze(0), w.Unsqueeze(0), 1, 1), tensor.BFloat16},
		{"bilinear", tensor.Bilinear(x.Autocast(tensor.BFloat16), w, tensor.Ones(3, 2, 2), tensor.Ones(3)), tensor.BFloat16},
		{"distances", tensor.CDist(h, w, 1), tensor.Float32},
		{"distances by product", tensor.CDist(h, h, 2, tensor.DistanceProduct), tensor.Float32},
		{"distances of pairs", h.PDist(2), tensor.Float32},
		{"cosine", tensor.CosineSimilarity(h, h, 1, 1e-8), tensor.Float32},
		{"normalize", h.Normalize(2, 1, 1e-8), tensor.Float32},
		{"likelihood", tensor.NLLLoss(h, tensor.Zeros(2).Cast(tensor.Int64)), tensor.Float32},
		{"detached", h.Cast(tensor.Float32).Detach().MatMul(w), tensor.Float32},
		{"float64", x.Cast(tensor.Float64).Autocast(tensor.Float16).MatMul(w.Cast(tensor.Float64)), tensor.Float64},
		{"int64", x.Cast(tensor.Int64).Autocast(tensor.Float16).MatMul(w.Cast(tensor.Int64)), tensor.Int64},
	} {
		if c.got.DType() != c.want {
			t.Errorf("%s is %v; want %v", c.what, c.got.DType(), c.want)
		}
	}
	err := tensor.Try(func() { x.Autocast(tensor.Float64) })
	if want := "tensor: autocast [2 2]: dtype float64; want bfloat16 or float16"; err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
}

// The residual sum of a transformer's block joins a float32 stream and a half
// precision branch.
func TestAutocastAddLayerNorm(t *testing.T) {
	x, w := tensor.Randn(3, 4), tensor.Ones(4, 4)
	h := x.Autocast(tensor.BFloat16)
	sum, y := h.AddLayerNorm(h.MatMul(w), []int{4}, nil, nil, 1e-5)
	if sum.DType() != tensor.Float32 || y.DType() != tensor.Float32 {
		t.Errorf("sum %v and norm %v; want float32", sum.DType(), y.DType())
	}
}

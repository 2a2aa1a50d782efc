package nn_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// close64 compares float64 tensors to rounding.
func close64(t *testing.T, what string, got, want *tensor.Tensor) {
	t.Helper()
	if fmt.Sprint(got.Shape()) != fmt.Sprint(want.Shape()) {
		t.Fatalf("%s has shape %v; want %v", what, got.Shape(), want.Shape())
	}
	g, w := tensor.Slice[float64](got), tensor.Slice[float64](want)
	for i := range w {
		if !(math.Abs(g[i]-w[i]) <= relative*(1+math.Abs(w[i]))) {
			t.Fatalf("%s: element %d is %v; want %v", what, i, g[i], w[i])
		}
	}
}

// Attention over a cache, in pieces of any length, is causal attention of all.
func TestKVCache(t *testing.T) {
	for _, layout := range []string{"batch first", "length first"} {
		opts := []nn.AttentionOption{nn.Gen(tensor.NewGenerator(3))}
		dim := 0
		if layout == "batch first" {
			opts, dim = append(opts, nn.BatchFirst), 1
		}
		l := nn.NewMultiheadAttention(12, 3, opts...)
		nn.Cast(l, tensor.Float64)
		shape := []int{2, 9, 12}
		if dim == 0 {
			shape = []int{9, 2, 12}
		}
		x := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(4)}.Randn(shape...)
		want := l.Attend(x, x, x, nn.Masks{Causal: true})
		c := nn.NewKVCache(tensor.Make{DType: tensor.Float64}, 2, 3, 10, 4)
		for range 2 { // the second time over what a truncation left
			var parts []*tensor.Tensor
			at := 0
			for _, n := range []int{4, 1, 1, 3} {
				parts = append(parts, l.Cached(x.Narrow(dim, at, n).NoGrad(), c))
				at += n
			}
			close64(t, layout, tensor.Cat(dim, parts...), want)
			if c.Len() != 9 {
				t.Errorf("the cache holds %d tokens; want 9", c.Len())
			}
			c.Truncate(0)
		}
	}
}

func TestKVCacheSharesMemory(t *testing.T) {
	c := nn.NewKVCache(tensor.Make{}, 1, 1, 4, 2)
	k, v := c.Append(tensor.Ones(1, 1, 2, 2), tensor.Zeros(1, 1, 2, 2))
	k2, _ := c.Append(tensor.Ones(1, 1, 1, 2).MulScalar(2), tensor.Zeros(1, 1, 1, 2))
	if !k.SameStorage(k2) || k.SameStorage(v) || k2.Size(2) != 3 || k2.Stride()[1] != 8 {
		t.Errorf("keys %v of strides %v", k2.Shape(), k2.Stride())
	}
	if got := fmt.Sprint(tensor.Slice[float32](k2)); got != "[1 1 1 1 2 2]" {
		t.Errorf("keys %s", got)
	}
	one := tensor.Ones(1, 1, 2, 2)
	misused(t, func() { c.Append(one, one) }, "tensor: kv_cache [1 1 2 2], [1 1 2 2]: 2 keys and 2 values behind 3 tokens; want as many, and at most 4 in all")
	misused(t, func() { c.Append(one, one.Cast(tensor.Float64)) }, "tensor: kv_cache [1 1 2 2], [1 1 2 2]: want float32 keys and values of shape [1, 1, tokens, 2]")
	misused(t, func() { c.Truncate(4) }, "tensor: kv_cache: truncate to 4 tokens; it holds 3")
	misused(t, func() { nn.NewKVCache(tensor.Make{}, 1, -1, 2, 2) }, "tensor: kv_cache: batch, heads, tokens and size are [1 -1 2 2]; want 0 or more")
}

func misused(t *testing.T, f func(), want string) {
	t.Helper()
	if err := tensor.Try(f); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// The angles are those of the paper, in both orders of the pairs, and the
// product of a query and a key depends on their distance alone.
func TestRotaryEmbedding(t *testing.T) {
	x := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(5)}.Randn(2, 3, 6)
	for _, interleaved := range []bool{false, true} {
		opts := []nn.RotaryOption{nn.RotaryBase(100)}
		if interleaved {
			opts = append(opts, nn.Interleaved)
		}
		l := nn.NewRotaryEmbedding(6, 40, opts...)
		want := tensor.ZerosLike(x)
		in, out := tensor.Slice[float64](x), tensor.Data[float64](want)
		for i := range in {
			pos, e := i/6%3+7, i%6
			pair, other := e%3, (e+3)%6
			first := e < 3
			if interleaved {
				pair, other, first = e/2, e^1, e%2 == 0
			}
			a := float64(pos) * math.Pow(100, -2*float64(pair)/6)
			s := math.Sin(a)
			if first {
				s = -s
			}
			out[i] = in[i]*math.Cos(a) + in[i-e+other]*s
		}
		close64(t, "from 7", l.From(x, 7), want)
		close64(t, "first position", l.Forward(x).Narrow(1, 0, 1), x.Narrow(1, 0, 1))
		q, k := x.Narrow(1, 0, 1), x.Narrow(1, 1, 1)
		product := func(a, b int) *tensor.Tensor { return l.From(q, a).Mul(l.From(k, b)).Sum() }
		close64(t, "distance", product(3, 5), product(30, 32))
	}
	l := nn.NewRotaryEmbedding(4, 3)
	misused(t, func() { l.From(tensor.Ones(2, 4), 2) }, "tensor: rotary [2 4]: positions 2 to 3; the layer has 3")
	misused(t, func() { l.Forward(tensor.Ones(4)) }, "tensor: rotary [4]: want an input of shape [..., length, size]")
	misused(t, func() { new(nn.RotaryEmbedding).Forward(tensor.Ones(1, 4)) }, "tensor: rotary [1 4]: the layer has no angles; make it with its New function")
	misused(t, func() { nn.NewRotaryEmbedding(3, 4) }, "tensor: rotary: 3 features; want an even number")
	if y := l.Forward(tensor.Ones(2, 4).Cast(tensor.BFloat16)); y.DType() != tensor.BFloat16 {
		t.Errorf("bfloat16 gives %v", y.DType())
	}
}

func TestPositions(t *testing.T) {
	for _, features := range []int{4, 5} {
		l := nn.NewSinusoidalPositions(features, 7)
		pe := tensor.Slice[float32](l.Forward(tensor.Zeros(2, 6, features)).Select(0, 1))
		for i, v := range pe {
			pos, e := i/features, i%features
			a := float64(pos) * math.Pow(10000, -float64(e-e%2)/float64(features))
			want := math.Sin(a)
			if e%2 == 1 {
				want = math.Cos(a)
			}
			if math.Abs(float64(v)-want) > 1e-7 {
				t.Fatalf("position %d feature %d of %d is %v; want %v", pos, e, features, v, want)
			}
		}
		if names := nn.StateDict(l).Names(); fmt.Sprint(names) != "[pe]" || nn.NumParams(l) != 0 {
			t.Errorf("state %v and %d parameters", names, nn.NumParams(l))
		}
	}
	l := nn.NewLearnedPositions(3, 5, nn.Gen(tensor.NewGenerator(1)))
	equal(t, "from 2", l.From(tensor.Zeros(3, 3), 2), l.Weight.Narrow(0, 2, 3))
	equal(t, "weights", l.Weight, nn.NewEmbedding(5, 3, nn.Gen(tensor.NewGenerator(1))).Weight)
	misused(t, func() { l.From(tensor.Zeros(3, 3), 3) }, "tensor: learned_positions [3 3]: want an input of shape [..., length, 3], of at most 2 positions")
	misused(t, func() { l.From(tensor.Zeros(3, 3), 6) }, "tensor: learned_positions [3 3]: position 6; the layer has 5")
}

// Down(SiLU(Gate(x)) · Up(x)), a number at a time.
func TestSwiGLU(t *testing.T) {
	l := nn.NewSwiGLU(2, 3, nn.Gen(tensor.NewGenerator(2)), nn.NoBias)
	if got := fmt.Sprint(nn.StateDict(l).Names()); got != "[gate_proj.weight up_proj.weight down_proj.weight]" {
		t.Errorf("state %s", got)
	}
	nn.Cast(l, tensor.Float64)
	x := []float64{0.3, -1.2}
	gate, up, down := tensor.Slice[float64](l.Gate.Weight), tensor.Slice[float64](l.Up.Weight), tensor.Slice[float64](l.Down.Weight)
	want := make([]float64, 2)
	for h := range 3 {
		g, u := gate[2*h]*x[0]+gate[2*h+1]*x[1], up[2*h]*x[0]+up[2*h+1]*x[1]
		for o := range want {
			want[o] += down[3*o+h] * g / (1 + math.Exp(-g)) * u
		}
	}
	close64(t, "result", l.Forward(tensor.Of(x)), tensor.Of(want))
}

// The layers of a stack start alike and have memory of their own; an observer
// sees the parts that run as one op without it, and the result is the same.
func TestTransformerParts(t *testing.T) {
	g := nn.Gen(tensor.NewGenerator(9))
	for _, opts := range [][]nn.TransformerOption{{g, nn.FeedForward(6)}, {g, nn.FeedForward(6), nn.NormFirst, nn.NoBias}} {
		first := nn.NewTransformerEncoderLayer(4, 2, opts...)
		e := nn.NewTransformerEncoder(first, 2, nil)
		a, b := nn.StateDict(e.Layers[0]), nn.StateDict(e.Layers[1])
		for _, name := range a.Names() {
			equal(t, name, a.Get(name), b.Get(name))
		}
		e.Layers[0].Linear1.Weight.NoGrad().Zero()
		if e.Layers[1].Linear1.Weight.Norm(2).Float() == 0 || first.Linear1.Weight.Norm(2).Float() == 0 {
			t.Error("layers share memory")
		}
		nn.Eval(e)
		x := tensor.Randn(3, 2, 4).NoGrad()
		seen := map[string]int{}
		y := e.Forward(x.Observe(func(layer any, in, out *tensor.Tensor) *tensor.Tensor {
			seen[fmt.Sprintf("%T", layer)]++
			return out
		}))
		equal(t, "observed result", y, e.Forward(x))
		for what, n := range map[string]int{"*nn.LayerNorm": 4, "*nn.Linear": 4, "*nn.ReLU": 2, "*nn.MultiheadAttention": 2, "*nn.Dropout": 6} {
			if seen[what] != n {
				t.Errorf("the observer saw %d %s; want %d", seen[what], what, n)
			}
		}
	}
}

func TestAttentionMisuse(t *testing.T) {
	const op = "tensor: multi_head_attention "
	l := nn.NewMultiheadAttention(4, 2)
	x, k := tensor.Ones(3, 2, 4), tensor.Ones(5, 2, 4)
	misused(t, func() { nn.NewMultiheadAttention(4, 3) }, "tensor: multi_head_attention: 4 features of queries, 4 of keys, 4 of values, and 3 heads; want 1 or more, and heads that divide the first")
	misused(t, func() { nn.NewMultiheadAttention(4, 2, nn.DropoutP(2)) }, "tensor: multi_head_attention: the dropout probability is 2; want 0 to 1")
	misused(t, func() { l.Forward(x, nil, x) }, op+"[3 2 4], [3 2 4]: the query, key or value is nil")
	misused(t, func() { l.Forward(x, tensor.Ones(5, 2, 3), tensor.Ones(5, 2, 3)) }, op+"[3 2 4], [5 2 3], [5 2 3]: want keys and values with as many features as queries; see KDim and VDim")
	misused(t, func() { l.Forward(x, tensor.Ones(5, 3, 4), tensor.Ones(5, 3, 4)) }, op+"[3 2 4], [5 3 4], [5 3 4]: batches of 2, 3 and 3; want one size")
	misused(t, func() { l.Forward(x, x.Select(0, 0), x) }, op+"[3 2 4], [2 4], [3 2 4]: want 3 dims each, or 2 without a batch")
	misused(t, func() { l.Attend(x, k, k, nn.Masks{Attn: tensor.Ones(5, 3)}) },
		op+"[2 2 3 2], [2 2 5 2]: the attention mask is float32 [5 3]; want bool or floating point, and shape [[3 5] [4 3 5]]")
	misused(t, func() { l.Attend(x, k, k, nn.Masks{KeyPadding: tensor.Ones(2, 5).Cast(tensor.Int64)}) },
		op+"[2 2 3 2], [2 2 5 2]: the key padding mask is int64 [2 5]; want bool or floating point, and shape [[2 5]]")
	misused(t, func() { new(nn.MultiheadAttention).Forward(x, x, x) }, op+"[3 2 4], [3 2 4], [3 2 4]: the layer has no weights; make it with its New function")
	misused(t, func() { l.Cached(x, nil) }, op+"[3 2 4]: want a cache, an input of 3 dims, and a layer without keys of its own")
	misused(t, func() { nn.NewTransformerEncoder(nil, 2, nil) }, "tensor: transformer: 2 copies of a layer that is nil: true; want a layer, and 0 or more")
	misused(t, func() { new(nn.TransformerEncoderLayer).Forward(x) }, "tensor: transformer: the layer has no weights; make it with its New function")
	misused(t, func() { nn.NewTransformerEncoderLayer(4, 2).Forward(nil) }, "tensor: transformer: the input is nil")
}

// A causal mask of Masks and one made by hand are the same, alone and with others.
func TestCausalMasks(t *testing.T) {
	l := nn.NewMultiheadAttention(4, 2, nn.Gen(tensor.NewGenerator(1)))
	nn.Cast(l, tensor.Float64)
	x := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(2)}.Randn(5, 2, 4)
	hand := nn.GenerateSquareSubsequentMask(5)
	pad := tensor.Zeros(2, 5).Cast(tensor.Bool)
	pad.Select(1, 4).Fill(true)
	for _, c := range []nn.Masks{{}, {KeyPadding: pad}, {KeyPadding: pad.Cast(tensor.Float64)}} {
		byHand, flag := c, c
		byHand.Attn, flag.Causal = hand, true
		close64(t, "causal", l.Attend(x, x, x, flag), l.Attend(x, x, x, byHand))
		_, w := l.AttendWeights(x, x, x, flag, true)
		if w.Triu(1).Norm(1).Float() != 0 {
			t.Errorf("a query sees later keys: %v", w)
		}
	}
}

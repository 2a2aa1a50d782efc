package tensor

import (
	"math"
	"slices"
)

func attentionOptions(a *Args) []AttentionOption {
	var opts []AttentionOption
	if a.Has("attn_mask") {
		opts = append(opts, AttentionMask(a.Tensor("attn_mask")))
	}
	if a.Bool("is_causal") {
		opts = append(opts, Causal)
	}
	if p := a.Float("dropout_p"); p > 0 { // less is none, to PyTorch
		opts = append(opts, AttentionDropout(p, nil))
	}
	if a.Has("scale") {
		opts = append(opts, AttentionScale(a.Float("scale")))
	}
	if a.Bool("enable_gqa") {
		opts = append(opts, GroupedQuery)
	}
	return opts
}

func attentionEntry() Entry {
	const op = "tensor: scaled_dot_product_attention "
	kw := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	see := In(3, 4).As(Bool).With(1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1)
	return Entry{
		Name: "nn.functional.scaled_dot_product_attention", At: Here(),
		Sig: "scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False)",
		Go:  []string{"ScaledDotProductAttention"},
		Ops: []any{attentionOp{}, attentionGradOp{}},
		Call: func(a *Args) []*Tensor {
			return one(ScaledDotProductAttention(a.Tensor("query"), a.Tensor("key"), a.Tensor("value"), attentionOptions(a)...))
		},
		Ref:    func(a *Args) []Array { return refAttention(a, 0)[:1] },
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(3, 2), In(4, 2), In(4, 3)}},
			{Args: []any{In(3, 2), In(4, 2), In(4, 2)}, Kw: kw("is_causal", true, "scale", 0.3)},
			{Args: []any{In(2, 3, 2), In(1, 4, 2), In(4, 1)}},
			{Args: []any{In(1, 2, 3, 2), In(1, 2, 4, 2), In(1, 2, 4, 2), see}},
			{Args: []any{In(2, 1, 3, 2), In(2, 1, 4, 2), In(2, 1, 4, 2), In(2, 1, 1, 4).With(0, 1, -1, 2, -1, 0, 1, 0)}},
			{Args: []any{In(1, 4, 3, 2), In(1, 2, 3, 2), In(1, 2, 3, 2)}, Kw: kw("enable_gqa", true, "is_causal", true)},
			{Args: []any{In(1, 2, 1, 2, 3), In(2, 1, 1, 2, 3), In(1, 1, 1, 2, 2), In(1, 2).As(Float32)}, Kw: kw("scale", -1)},
			{Args: []any{In(2, 0, 3), In(2, 4, 3), In(2, 4, 3)}}, {Args: []any{In(2, 0), In(3, 0), In(3, 2)}}, {Args: []any{In(1, 2), In(0, 2), In(0, 2)}},
			{Args: []any{In(1, 2, 1, 3), In(1, 2, 9, 3), In(1, 2, 9, 3)}},
			{Args: []any{In(1, 1, 1), In(1, 1, 1), In(1, 1, 1)}},
		},
		Bad: []Bad{
			{Args: []any{In(2, 3), In(4, 2), In(4, 3)}, Want: op + "[2 3], [4 2], [4 3]: queries have 3 elements and keys 2; want as many"},
			{Args: []any{In(2, 3), In(4, 3), In(3, 3)}, Want: op + "[2 3], [4 3], [3 3]: 4 keys and 3 values; want as many"},
			{Args: []any{In(3), In(4, 3), In(4, 3)}, Want: op + "[3], [4 3], [4 3]: want at least 2 dims, rows and their elements"},
			{Args: []any{In(2, 3), In(4, 3), In(4, 3).As(Float64)}, Want: op + "[2 3], [4 3], [4 3]: query, key and value are float32, float32 and float64; want one dtype"},
			{Args: []any{In(2, 3).As(Int64), In(4, 3), In(4, 3)}, Want: op + "[2 3], [4 3], [4 3]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2, 2, 3), In(3, 4, 3), In(3, 4, 3)}, Want: op + "[2 2 3], [3 4 3], [3 4 3]: dim -3 is 2 and 3; want equal, or one of them 1"},
			{Args: []any{In(2, 3), In(4, 3), In(4, 3)}, Kw: kw("dropout_p", 1.5), Want: op + "[2 3], [4 3], [4 3]: the dropout probability is 1.5; want 0 to 1"},
			{Args: []any{In(2, 3), In(4, 3), In(4, 3), In(2, 4)}, Kw: kw("is_causal", true), Want: op + "[2 3], [4 3], [4 3], [2 4]: a mask and causal; want one of them"},
			{Args: []any{In(2, 3), In(4, 3), In(4, 3), In(2, 3)}, Want: op + "[2 3], [4 3], [4 3], [2 3]: dim -1 is 4 and 3; want equal, or one of them 1"},
			{Args: []any{In(2, 3), In(4, 3), In(4, 3), In(2, 2, 4)}, Want: op + "[2 3], [4 3], [4 3], [2 2 4]: the mask has shape [2 2 4]; want one that broadcasts to [2 4]"},
			{Args: []any{In(2, 3), In(4, 3), In(4, 3), In(4)}, Want: op + "[2 3], [4 3], [4 3], [4]: the mask has less than 2 dims; want rows and keys"},
			{Args: []any{In(2, 3), In(4, 3), In(4, 3), In(2, 4).As(Int64)}, Want: op + "[2 3], [4 3], [4 3], [2 4]: the mask is int64; want bool, float32 or float32"},
			{Args: []any{In(4, 2, 3), In(3, 4, 3), In(3, 4, 3)}, Kw: kw("enable_gqa", true),
				Want: op + "[4 2 3], [3 4 3], [3 4 3]: 4 heads of the query, 3 of the key, and 3 of the value; want as many keys as values, and a multiple of that of queries"},
		},
		Abs: 1,
		Why: map[string]string{"0-d": "there are no rows", "special": "0·inf depends on the order of the sum, and on what is left out",
			"infinite": "the gradient has a factor that is 0 or rounds to it", "tol": "a mean of values of both signs"},
	}
}

// attentionWeightsEntry is PyTorch 1.13's form, which gives the weights too.
func attentionWeightsEntry() Entry {
	e := attentionEntry()
	e.Name, e.At = "nn.functional._scaled_dot_product_attention", Here()
	e.Sig = "_scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, need_attn_weights=False, is_causal=False)"
	e.Go, e.Ops = []string{"AttentionWeights"}, nil
	e.Call = func(a *Args) []*Tensor {
		w := AttentionWeights(a.Tensor("query"), a.Tensor("key"), attentionOptions(a)...)
		return []*Tensor{w.MatMul(a.Tensor("value")), w}
	}
	e.Ref = func(a *Args) []Array { return refAttention(a, math.NaN()) }
	e.Samples = slices.DeleteFunc(e.Samples, func(s Sample) bool {
		return s.Kw["scale"] != nil || s.Kw["enable_gqa"] != nil || len(s.Args) > 3 && s.Args[3].(Arg).DType == Bool
	})
	e.Bad = []Bad{
		{Args: []any{In(2, 3), In(4, 2), In(4, 3)}, Want: "tensor: attention_weights [2 3], [4 2], [4 2]: queries have 3 elements and keys 2; want as many"},
		{Args: []any{In(2, 3), In(4, 3), In(3, 3)}, Want: "tensor: matmul [2 4], [3 3]: inner dims are 4 and 3, want equal"},
	}
	return e
}

// refAttention goes from the definition; a row without keys to see is dead.
func refAttention(a *Args, dead float64) []Array {
	q, k, v := a.Array("query"), a.Array("key"), a.Array("value")
	nq, nk := len(q.Shape), len(k.Shape)
	group := 1
	if a.Bool("enable_gqa") {
		group = q.Shape[nq-3] / k.Shape[nk-3]
	}
	shape := refBatch(group, q, k, v)
	n := len(shape)
	shape = append(shape, q.Shape[nq-2], k.Shape[nk-2])
	w := NewArray(shape...)
	shape[n+1] = v.Shape[len(v.Shape)-1]
	y := NewArray(shape...)
	keys := k.Shape[nk-2]
	for r := range w.len() / max(1, keys) {
		at := w.Index(r * keys)
		row := make([]float64, keys)
		for j := range row {
			row[j] = refScore(a, q, k, at, j, group)
			w.V[r*keys+j] = row[j]
		}
		alive := slices.ContainsFunc(row, func(x float64) bool { return !math.IsInf(x, -1) })
		for j, p := range refSoftmax(row) {
			if !alive {
				p = dead
			}
			w.V[r*keys+j] = p
			for f := range shape[n+1] {
				y.V[r*shape[n+1]+f] += p * v.At(refHead(at, j, f, group)...)
			}
		}
	}
	return []Array{y, w}
}

// refHead are the coordinates of an element of key j for the query at.
func refHead(at []int, j, e, group int) []int {
	to := append(slices.Clone(at[:len(at)-2]), j, e)
	if n := len(to) - 3; n >= 0 {
		to[n] /= group
	}
	return to
}

func refScore(a *Args, q, k Array, at []int, j, group int) float64 {
	n, size := len(at), q.Shape[len(q.Shape)-1]
	i, s, scale := at[n-2], 0.0, 1/math.Sqrt(float64(size))
	if a.Has("scale") {
		scale = a.Float("scale")
	}
	for e := range size {
		x := append(slices.Clone(at[:n-1]), e)
		s += scale * q.At(x...) * k.At(refHead(at, j, e, group)...)
	}
	if a.Bool("is_causal") && j > i {
		return math.Inf(-1)
	}
	if a.Has("attn_mask") {
		m := a.values["attn_mask"].(Array)
		v := m.At(append(slices.Clone(at[:n-1]), j)...)
		switch { // a reference sees no dtype: only a bool mask is all zeros and ones
		case !slices.ContainsFunc(m.V, func(x float64) bool { return x != 0 && x != 1 }):
			if v == 0 {
				return math.Inf(-1)
			}
		default:
			s += v
		}
	}
	return s
}

// refBatch broadcasts the leading dims.
func refBatch(group int, all ...Array) []int {
	var out []int
	for i, x := range all {
		s := slices.Clone(x.Shape[:len(x.Shape)-2])
		if i > 0 && len(s) > 0 {
			s[len(s)-1] *= group
		}
		out = BroadcastShapes(out, s)
	}
	return out
}

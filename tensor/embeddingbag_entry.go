package tensor

import (
	"errors"
	"math"
)

func embeddingBagEntry() Entry {
	idx := func(shape ...int) Arg { return In(shape...).As(Int64).Within(0, 5) }
	offsets := func(v ...float64) Arg { return In(len(v)).As(Int64).With(v...) }
	kw := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	var samples []Sample
	for _, mode := range []string{"mean", "sum", "max"} {
		w := In(5, 3).Distinct()
		samples = append(samples, Sample{Args: []any{idx(3, 2), w}, Kw: kw("mode", mode)}, Sample{Args: []any{idx(1, 1), In(5, 1)}, Kw: kw("mode", mode)},
			Sample{Args: []any{idx(5), w, offsets(0, 3)}, Kw: kw("mode", mode)}, Sample{Args: []any{idx(5), w, offsets(0, 0, 3)}, Kw: kw("mode", mode)},
			Sample{Args: []any{idx(4).With(4, 1, 4, 2), w, offsets(0, 1, 2)}, Kw: kw("mode", mode, "padding_idx", -1), NoGrad: true},
			Sample{Args: []any{idx(2, 0), w}, Kw: kw("mode", mode)}, Sample{Args: []any{idx(5), w, offsets(0, 2, 5)}, Kw: kw("mode", mode, "include_last_offset", true)})
	}
	samples = append(samples, Sample{Args: []any{idx(3, 2), In(5, 2)}, Kw: kw("mode", "sum", "per_sample_weights", In(3, 2))},
		Sample{Args: []any{idx(4).With(1, 3, 0, 2), In(5, 2), offsets(0, 3)}, Kw: kw("mode", "mean", "scale_grad_by_freq", true)})
	return Entry{
		Name: "nn.functional.embedding_bag", At: Here(), Go: []string{"EmbeddingBag", "Offsets", "SampleWeights"}, Ops: []any{&embeddingBagOp{}, embeddingOp{}, indexAddOp{}},
		Sig: "embedding_bag(input, weight, offsets=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None)",
		Call: func(a *Args) []*Tensor {
			w, i := a.weightAndIndex()
			mode, ok := map[string]BagMode{"mean": BagMean, "sum": BagSum, "max": BagMax}[a.Str("mode")]
			if !ok || a.Bool("sparse") && mode == BagMax {
				misuse("embedding_bag", errors.New("the mode is none of mean, sum and max, or sparse with max"), w, i)
			}
			opts := []EmbeddingBagOption{mode}
			if a.Has("offsets") {
				opts = append(opts, Offsets(a.Tensor("offsets"), a.Bool("include_last_offset")))
			}
			if a.Has("per_sample_weights") {
				opts = append(opts, SampleWeights(a.Tensor("per_sample_weights")))
			}
			for _, o := range a.lookupOptions(w, i) {
				opts = append(opts, o)
			}
			return one(EmbeddingBag(w, i, opts...))
		},
		Ref: refEmbeddingBag, DTypes: Floats, Samples: samples,
		Bad: []Bad{
			{Args: []any{idx(3), In(5, 2)}, Want: "tensor: embedding_bag [5 2], [3]: want indices of two dims, or of one with Offsets"},
			{Args: []any{idx(3), In(5, 2), offsets(1)}, Want: "tensor: embedding_bag [5 2], [3]: the first offset is 1; want 0"},
			{Args: []any{idx(3), In(5, 2), offsets(0, 4)}, Want: "tensor: embedding_bag [5 2], [3]: the offsets are not in order, or beyond the 3 indices"},
			{Args: []any{idx(2, 2), In(5, 2)}, Kw: kw("per_sample_weights", In(2, 2)), Want: "tensor: embedding_bag [5 2], [2 2]: SampleWeights is for BagSum"},
			{Args: []any{idx(2, 2), In(5, 2)}, Kw: kw("per_sample_weights", In(2), "mode", "sum"), Want: "tensor: embedding_bag [5 2], [2 2]: the sample weights have shape [2]; want [2 2]"},
			{Args: []any{idx(1, 1).With(5), In(5, 2)}, Want: "tensor: embedding_bag [5 2], [1], [2]: index 5 at [0] is out of range for dim 0 of size 5; want 0 to 4"},
			{Args: []any{idx(2, 2), In(5)}, Want: "tensor: embedding_bag [5], [2 2]: the weight has 1 dims; want 2"},
			{Args: []any{idx(2, 2), In(5, 2)}, Kw: kw("mode", "min"), Want: "tensor: embedding_bag [5 2], [2 2]: the mode is none of mean, sum and max, or sparse with max"},
		},
		Abs: 1,
		Why: map[string]string{"tol": "rows cancel", "0-d": "the indices have a dim", "special": "Inf - Inf depends on the order of the sums", "infinite": "the gradient has a factor that is 0 or rounds to it"},
	}
}

func refEmbeddingBag(a *Args) []Array {
	w, idx := a.Array("weight"), a.Array("input")
	var starts []int
	if a.Has("offsets") {
		for _, v := range a.Array("offsets").V {
			starts = append(starts, int(v))
		}
		if !a.Bool("include_last_offset") {
			starts = append(starts, len(idx.V))
		}
	} else {
		for b := range idx.Shape[0] + 1 {
			starts = append(starts, b*idx.Shape[1])
		}
	}
	d := w.Shape[1]
	y := NewArray(len(starts)-1, d)
	for b := range len(starts) - 1 {
		n := 0
		for k := starts[b]; k < starts[b+1]; k++ {
			i := int(idx.V[k])
			if a.Has("padding_idx") && i == (a.Int("padding_idx")+w.Shape[0])%w.Shape[0] {
				continue
			}
			for e := range d {
				v := w.V[i*d+e]
				if a.Has("per_sample_weights") {
					v *= a.Array("per_sample_weights").V[k]
				}
				if at := b*d + e; a.Str("mode") != "max" {
					y.V[at] += v
				} else if n == 0 {
					y.V[at] = v
				} else {
					y.V[at] = math.Max(y.V[at], v)
				}
			}
			n++
		}
		for e := b * d; e < (b+1)*d && a.Str("mode") == "mean" && n > 0; e++ {
			y.V[e] /= float64(n)
		}
	}
	return []Array{y}
}

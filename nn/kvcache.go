package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// A KVCache keeps the keys and values of one attention for the tokens seen so
// far, so that the next token costs one row of work. Its memory is made once;
// what is appended is written in place and read through views. It has no
// gradient, and is used by one goroutine at a time.
type KVCache struct {
	k, v *tensor.Tensor // [batch, heads, most, size]
	n    int
}

// NewKVCache returns an empty cache for so many tokens, of make's dtype and
// device.
//
//	panics: *tensor.Error for negative sizes
func NewKVCache(make tensor.Make, batch, heads, most, size int) *KVCache {
	wantSizes("kv_cache", "batch, heads, tokens and size are", batch, heads, most, size)
	return &KVCache{k: make.Empty(batch, heads, most, size), v: make.Empty(batch, heads, most, size)}
}

// Len is how many tokens the cache holds.
func (c *KVCache) Len() int { return c.n }

// Truncate forgets the tokens from the n-th on.
//
//	panics: *tensor.Error unless 0 <= n <= Len
func (c *KVCache) Truncate(n int) {
	if n < 0 || n > c.n {
		tensor.Misuse("kv_cache", fmt.Errorf("truncate to %d tokens; it holds %d", n, c.n))
	}
	c.n = n
}

// Append writes keys and values behind those that are there, and returns all of
// them: views of the cache, good until it is written to again.
//
//	shape:  [batch, heads, tokens, size] → [batch, heads, Len, size]
//	panics: *tensor.Error for other shapes or dtypes, and if there is no room
func (c *KVCache) Append(k, v *tensor.Tensor) (keys, values *tensor.Tensor) {
	b, h, most, size := c.k.Size(0), c.k.Size(1), c.k.Size(2), c.k.Size(3)
	for _, t := range []*tensor.Tensor{k, v} {
		if t == nil || t.Dim() != 4 || t.Size(0) != b || t.Size(1) != h || t.Size(3) != size || t.DType() != c.k.DType() {
			tensor.Misuse("kv_cache", fmt.Errorf("want %v keys and values of shape [%d, %d, tokens, %d]", c.k.DType(), b, h, size), k, v)
		}
	}
	n := k.Size(2)
	if v.Size(2) != n || c.n+n > most {
		tensor.Misuse("kv_cache", fmt.Errorf("%d keys and %d values behind %d tokens; want as many, and at most %d in all", n, v.Size(2), c.n, most), k, v)
	}
	c.k.Narrow(2, c.n, n).CopyFrom(k.Detach())
	c.v.Narrow(2, c.n, n).CopyFrom(v.Detach())
	c.n += n
	return c.k.Narrow(2, 0, c.n), c.v.Narrow(2, 0, c.n)
}

// Cached is causal self-attention of the next tokens with themselves and those
// in the cache, to which it appends them. There is no dropout.
//
//	shape:  as for x in Attend, with a batch
//	panics: *tensor.Error as Attend and Append do, and for a layer that adds keys
func (l *MultiheadAttention) Cached(x *tensor.Tensor, c *KVCache) *tensor.Tensor {
	if c == nil || x == nil || x.Dim() != 3 || l.BiasK != nil || l.ZeroAttn {
		tensor.Misuse("multi_head_attention", fmt.Errorf("want a cache, an input of 3 dims, and a layer without keys of its own"), x)
	}
	a := l.project(x, x, x, Masks{})
	a.k, a.v = c.Append(a.k, a.v)
	var opts []tensor.AttentionOption
	if a.q.Size(2) > 1 {
		opts = append(opts, tensor.CausalLowerRight)
	}
	return tensor.Observed(l, x, a.merge(tensor.ScaledDotProductAttention(a.q, a.k, a.v, opts...)))
}

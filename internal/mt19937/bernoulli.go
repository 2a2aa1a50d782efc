package mt19937

// Bernoulli sets each element to true with probability p, as
// tensor.bernoulli_(p) does for a number p and any dtype: two draws each. The
// mask of dropout with rate r is Bernoulli(mask, 1-r).
func (e *Engine) Bernoulli(dst []bool, p float64) {
	for i := range dst {
		dst[i] = e.unit64() < p
	}
}

// BernoulliF32 is Bernoulli with 1 for true and 0 for false.
func (e *Engine) BernoulliF32(dst []float32, p float64) {
	for i := range dst {
		dst[i] = 0
		if e.unit64() < p {
			dst[i] = 1
		}
	}
}

// BernoulliEachF32 sets dst[i] to true with probability p[i], as
// torch.bernoulli(p) does for a tensor p of float32 or, widened, of a half
// type: one draw each. It panics if dst is shorter than p.
func (e *Engine) BernoulliEachF32(dst []bool, p []float32) {
	dst = dst[:len(p):len(dst)]
	for i, q := range p {
		dst[i] = e.unit32() < q
	}
}

// BernoulliEachF64 is BernoulliEachF32 for a tensor p of float64: two draws each.
func (e *Engine) BernoulliEachF64(dst []bool, p []float64) {
	dst = dst[:len(p):len(dst)]
	for i, q := range p {
		dst[i] = e.unit64() < q
	}
}

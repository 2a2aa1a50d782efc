package simd

// Steps are steps of optimizers on whole slices, the formulas of package optim.
// d is sign·g, and decay·p more if decay is not 0.
type Steps[T any] struct {
	SGD      func(p, g []T, lr, decay, sign T)                // p -= lr·d
	Momentum func(p, buf, g []T, lr, decay, sign, mu, part T) // buf = mu·buf + part·d, p -= lr·buf
	// p = keep·p, m = b1·m + c1·d, v = b2·v + c2·d², p -= rate·m/(√v + eps)
	Adam func(p, m, v, g []T, rate, eps, decay, keep, sign, b1, c1, b2, c2 T)
}

package simd

// Lines are kernels of whole lines, for softmax, normalisation and losses of
// classes. Slices have the length of the first. Sums are in the type of the
// elements. A dst may be an input.
type Lines[T any] struct {
	SumExp         func(a []T, m T) T                  // Σ exp(a-m), where no a is more than m
	ExpSum         func(dst, a []T, m T) T             // SumExp, with the terms in dst
	ScaleExp       func(dst, a []T, m, k T)            // exp(a-m)·k, where no a is more than m
	Dot            func(a, b []T) T                    // Σ a·b
	SoftmaxGrad    func(dst, dy, y []T, sum T)         // y·(dy - sum)
	LogSoftmaxGrad func(dst, dy, y []T, sum T)         // dy - exp(y)·sum
	Standardize    func(dst, a []T, m, scale, shift T) // (a-m)·scale + shift
	StandardizeBy  func(dst, a, w, b []T, m, scale T)  // (a-m)·scale·w + b

	// Of lines side by side, one element of each at a time.
	ExpSumTo func(dst, a, m, sum []T) // dst = exp(a-m), sum += dst
	DotTo    func(sum, a, b []T)      // sum += a·b

	// The sums go to sums[0] and sums[1].
	Moments    func(a, sums []T, m T)        // Σ a-m, Σ (a-m)²
	GradSums   func(dy, x, sums []T, m T)    // Σ dy, Σ dy·(x-m)
	GradSumsBy func(dy, x, w, sums []T, m T) // Σ dy·w, Σ dy·w·(x-m)

	// dx = scale·(dy - c1 - (x-m)·c2)
	NormGrad func(dx, dy, x []T, m, scale, c1, c2 T)
	// dx = scale·(dy·w - c1 - (x-m)·c2), dw += dy·(x-m)·scale, db += dy
	NormGradBy func(dx, dw, db, dy, x, w []T, m, scale, c1, c2 T)
}

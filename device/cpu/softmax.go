package cpu

import (
	"math"

	"github.com/facula-ml/facula/device/cpu/internal/simd"
)

// rowKernels are what softmax, normalisation and the losses of classes do to
// lines: assembly, or the plain Go of this file and of norm.go, which says what
// is meant.
type rowKernels[T float] struct {
	simd.Lines[T]
	sum func(x []T) float64
	top func(x []T) T
	add func(acc []float64, x []T) // acc += x

	plus            func(dst, a, b []T)
	relu            func(dst, a []T)
	standardizeReLU func(dst, a []T, m, scale, shift T)

	parts  scratch[T]
	perRow scratch[float64]
}

func rowsOf[T float](k *simd.Kernels[T]) *rowKernels[T] {
	if k.Dot == nil {
		return plainLines[T]()
	}
	return &rowKernels[T]{Lines: k.Lines, sum: k.Reduce.Sum, top: k.Reduce.Max, add: func(acc []float64, x []T) {
		if len(acc) > 0 {
			k.AddRow(acc, &x[0])
		}
	}, plus: k.Arith.Add, relu: k.ReLU, standardizeReLU: k.StandardizeReLU}
}

func plainLines[T float]() *rowKernels[T] {
	wide := sums[T, float64]()
	return &rowKernels[T]{
		sum: func(x []T) float64 { return wide.row(0, x) },
		top: func(x []T) T { return top(T(math.Inf(-1)), x) },
		add: wide.cols,

		plus: add[T], relu: reluOf[T](), standardizeReLU: standardizeReLU[T],
		Lines: simd.Lines[T]{
			ExpSumTo: expSumTo[T], DotTo: dotTo[T],
			SumExp: sumExp[T], ExpSum: expSum[T], ScaleExp: scaleExp[T], Dot: dot[T],
			SoftmaxGrad: softmaxGradRow[T], LogSoftmaxGrad: logSoftmaxGradRow[T],
			Standardize: standardize[T], StandardizeBy: standardizeBy[T], Moments: momentsRow[T],
			GradSums: gradSums[T], GradSumsBy: gradSumsBy[T], NormGrad: normGrad[T], NormGradBy: normGradBy[T],
		},
	}
}

// softmax is exp(x-m) / Σ exp(x-m), where m is the largest x, so that nothing
// overflows.
func softmax[T float](k *rowKernels[T]) func(dst, x []T) {
	return func(dst, x []T) {
		sum := k.ExpSum(dst, x, k.top(x))
		k.Standardize(dst, dst, 0, 1/sum, 0)
	}
}

// logSoftmax is x - m - log Σ exp(x-m).
func logSoftmax[T float](k *rowKernels[T]) func(dst, x []T) {
	return func(dst, x []T) {
		m := k.top(x)
		k.Standardize(dst, x, m, 1, T(-math.Log(float64(k.SumExp(x, m)))))
	}
}

// softmaxGrad is y·(dy - Σ dy·y).
func softmaxGrad[T float](k *rowKernels[T]) func(dst, dy, y []T) {
	return func(dst, dy, y []T) { k.SoftmaxGrad(dst, dy, y, k.Dot(dy, y)) }
}

// logSoftmaxGrad is dy - exp(y)·Σ dy.
func logSoftmaxGrad[T float](k *rowKernels[T]) func(dst, dy, y []T) {
	return func(dst, dy, y []T) { k.LogSoftmaxGrad(dst, dy, y, T(k.sum(dy))) }
}

func sumExp[T float](x []T, m T) T {
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(float64(v - m))
	}
	return T(sum)
}

func expSum[T float](dst, x []T, m T) T {
	sum := 0.0
	for i, v := range x {
		e := math.Exp(float64(v - m))
		dst[i] = T(e)
		sum += e
	}
	return T(sum)
}

func scaleExp[T float](dst, x []T, m, k T) {
	for i, v := range x {
		dst[i] = T(math.Exp(float64(v-m)) * float64(k))
	}
}

func dot[T float](a, b []T) T {
	sum := 0.0
	for i, v := range a {
		sum += float64(v) * float64(b[i])
	}
	return T(sum)
}

func softmaxGradRow[T float](dst, dy, y []T, sum T) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = y[i] * (dy[i] - sum)
	}
}

func logSoftmaxGradRow[T float](dst, dy, y []T, sum T) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = T(float64(dy[i]) - math.Exp(float64(y[i]))*float64(sum))
	}
}

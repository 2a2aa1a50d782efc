package cpu

import "github.com/facula-ml/facula/device"

// linear is x·wᵀ + b.
func linear[T number](e *engine[T]) kernel {
	return func(c device.Call) error {
		x, w, out := c.In[0], c.In[1], c.Out[0]
		m, n, k := 1, w.Dim[0], w.Dim[1]
		for _, d := range x.Dim[:x.Rank-1] {
			m *= d
		}
		p := productOf(m, n, k, matrix[T]{x.Ptr(), k, 1}, matrix[T]{w.Ptr(), 1, k}, matrix[T]{out.Ptr(), n, 1})
		if b := c.In[2]; b != nil {
			p.add = matrix[T]{b.Ptr(), 0, 1}
		}
		e.run(&p, NumThreads())
		return nil
	}
}

func linearKernels() byDType {
	return denseFloats(linear(gemm32), linear(gemm64))
}

// tinyWork is how many multiplications are done in place, where to pack the
// operands would cost more than it saves.
const tinyWork = 1024

// tinyMatmul multiplies two small matrices, or returns false.
func tinyMatmul[T number](a, b, out *device.View) bool {
	if a.Rank != 2 || b.Rank != 2 || a.Dim[0]*a.Dim[1]*b.Dim[1] > tinyWork {
		return false
	}
	tinyGemm(a.Dim[0], b.Dim[1], a.Dim[1], matrix[T]{a.Ptr(), a.Stride[0], a.Stride[1]}, matrix[T]{b.Ptr(), b.Stride[0], b.Stride[1]},
		matrix[T]{out.Ptr(), out.Stride[0], 1}, false)
	return true
}

// tinyGemm is gemm, one element after another.
func tinyGemm[T number](m, n, k int, a, b, c matrix[T], accumulate bool) {
	for i := range m {
		row := window[T](c.at(i, 0), n)
		for j := range row {
			var sum T
			if accumulate {
				sum = row[j]
			}
			for l := range k {
				sum += *(*T)(a.at(i, l)) * *(*T)(b.at(l, j))
			}
			row[j] = sum
		}
	}
}

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
	t := denseFloats(linear(gemm32), linear(gemm64))
	if gemmBF16 != nil {
		t[device.BFloat16] = dense(gemmBF16.linear)
	}
	return t
}

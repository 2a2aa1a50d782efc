package cpu

import "github.com/facula-ml/facula/device"

// linear is x·wᵀ + b, or the relu of it.
func linear[T number](e *engine[T], relu func(dst, a []T)) kernel {
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
		if a, _ := c.Attr.(device.Affine); a.ReLU {
			p.done = clamp(p.c, relu)
		}
		e.run(&p, NumThreads())
		return nil
	}
}

// clamp is what a product does to each part of c: relu, row by row.
func clamp[T number](c matrix[T], relu func(dst, a []T)) func(i, j, m, n int) {
	return func(i, j, m, n int) {
		for r := i; r < i+m; r++ {
			row := window[T](c.at(r, j), n)
			relu(row, row)
		}
	}
}

func linearKernels() byDType {
	t := denseFloats(linear(gemm32, relu32), linear(gemm64, relu64))
	if gemmBF16 != nil {
		t[device.BFloat16] = dense(gemmBF16.linear)
	}
	return t
}

package linalg

import "github.com/facula-ml/facula/tensor"

func qrEntry() tensor.Entry {
	e := entry("linalg.qr", "qr(A, mode='reduced')", tensor.Here(), "linalg.QR")
	e.Ops = []any{qrOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		q, r := QR(first(a), a.Str("mode"))
		if q == nil {
			q = tensor.Make{DType: r.DType()}.Zeros(0)
		}
		return []*tensor.Tensor{q, r}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array { return refQR(firstArray(a), a.Str("mode")) }
	e.Samples = append(shapes(), sample(mat(2, 3), "complete"))
	e.Bad = append(matrixBad("linalg.qr"), bad(`tensor: linalg.qr [2 2]: mode is "full"; want reduced, complete or r`, mat(2, 2), "full"))
	return e
}

func refQR(x tensor.Array, mode string) []tensor.Array {
	d := len(x.Shape)
	m, n := x.Shape[d-2], x.Shape[d-1]
	k := min(m, n)
	if mode == "complete" {
		k = m
	}
	var qs, rs []rows
	for _, a := range refRows(x) {
		q, r, _, _ := refReflect(a, n)
		for i := range r {
			for j := range min(i, n) {
				r[i][j] = 0
			}
		}
		qs, rs = append(qs, q), append(rs, r)
	}
	return []tensor.Array{refArray(refLead(x), qs, m, k), refArray(refLead(x), rs, k, n)}
}

// oldQR is torch.qr, whose mode is a flag.
func oldQR(at string) tensor.Entry {
	e := alias(qrEntry(), "qr", "qr(input, some=True)", at)
	mode := func(a *tensor.Args) string {
		if a.Bool("some") {
			return "reduced"
		}
		return "complete"
	}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		q, r := QR(first(a), mode(a))
		return []*tensor.Tensor{q, r}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array { return refQR(firstArray(a), mode(a)) }
	e.Samples, e.Bad = append(shapes(), sample(mat(2, 3), false)), matrixBad("linalg.qr")
	return e
}

func householderEntry() tensor.Entry {
	e := entry("linalg.householder_product", "householder_product(input, tau)", tensor.Here(), "linalg.HouseholderProduct")
	e.Ops = []any{householderOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		return one(HouseholderProduct(a.Tensor("input"), a.Tensor("tau")))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := a.Array("input")
		n := x.Shape[len(x.Shape)-1]
		return []tensor.Array{refArray(refLead(x), refProducts(x, a.Array("tau")), x.Shape[len(x.Shape)-2], n)}
	}
	e.Samples = []tensor.Sample{sample(numbers(3, 3), numbers(3)), sample(numbers(3, 2), numbers(1)), sample(numbers(2, 3, 2), numbers(2, 2)), sample(numbers(1, 1), numbers(1)),
		sample(numbers(0, 0), numbers(0)), sample(numbers(3, 2), numbers(0))}
	e.Bad = []tensor.Bad{
		bad("tensor: linalg.householder_product [2 3], [2]: the matrix is 2×3 with 2 reflectors; want no more columns than rows, nor reflectors than columns", tensor.In(2, 3), tensor.In(2)),
		bad("tensor: linalg.householder_product [2 2], [2 2]: want tau of one dim less, with the batch []", tensor.In(2, 2), tensor.In(2, 2)),
		bad("tensor: linalg.householder_product [2 2], [3]: 3 reflectors; want at most 2", tensor.In(2, 2), tensor.In(3)),
	}
	return e
}

// refProducts are the m×m products of the reflectors of each matrix.
func refProducts(x, tau tensor.Array) []rows {
	list := refRows(x)
	k := tau.Shape[len(tau.Shape)-1]
	for i, a := range list {
		q := refEye(len(a))
		for j := range k {
			u := make([]float64, len(a))
			for r := j + 1; r < len(a); r++ {
				u[r] = a[r][j]
			}
			u[j] = 1
			q = refMul(q, refReflector(u, tau.V[i*k+j]))
		}
		list[i] = q
	}
	return list
}

func geqrfEntry() tensor.Entry {
	e := entry("geqrf", "geqrf(input)", tensor.Here(), "linalg.Geqrf")
	e.Ops = []any{geqrfOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		r, tau := Geqrf(first(a))
		return []*tensor.Tensor{r, tau}
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		x := firstArray(a)
		d := len(x.Shape)
		m, n := x.Shape[d-2], x.Shape[d-1]
		tau := tensor.NewArray(append(append([]int{}, refLead(x)...), min(m, n))...)
		tau.V = tau.V[:0]
		packed := refEach(x, m, n, func(b rows) rows {
			_, r, v, t := refReflect(b, n)
			tau.V = append(tau.V, t...)
			for i := range m {
				copy(r[i][:min(i, n)], v[i])
			}
			return r
		})
		return []tensor.Array{packed, tau}
	}
	e.Samples, e.Bad = fixed(shapes()...), matrixBad("geqrf")
	return e
}

func ormqrEntry() tensor.Entry {
	e := entry("ormqr", "ormqr(input, tau, other, left=True, transpose=False)", tensor.Here(), "linalg.Ormqr")
	e.Ops = []any{ormqrOp{}}
	e.Call = func(a *tensor.Args) []*tensor.Tensor {
		opts := append(leftFlag(a), flags(a, map[string]Option{"transpose": Adjoint})...)
		return one(Ormqr(a.Tensor("input"), a.Tensor("tau"), a.Tensor("other"), opts...))
	}
	e.Ref = func(a *tensor.Args) []tensor.Array {
		c := a.Array("other")
		list := refRows(c)
		for i, q := range refProducts(a.Array("input"), a.Array("tau")) {
			if a.Bool("transpose") {
				q = refFlip(q, len(q))
			}
			if a.Bool("left") {
				list[i] = refMul(q, list[i])
			} else {
				list[i] = refMul(list[i], q)
			}
		}
		k := len(c.Shape)
		return []tensor.Array{refArray(refLead(c), list, c.Shape[k-2], c.Shape[k-1])}
	}
	e.Samples = fixed(sample(numbers(3, 3), numbers(3), numbers(3, 2)), sample(numbers(3, 2), numbers(2), numbers(2, 3), false), sample(numbers(2, 2, 2), numbers(2, 1), numbers(2, 2, 2), true, true),
		sample(numbers(1, 1), numbers(1), numbers(1, 1)), sample(numbers(0, 2), numbers(0), numbers(0, 2)))
	e.Bad = []tensor.Bad{
		bad("tensor: ormqr [2 2], [2], [3 1]: the matrix has 3 on the side of Q; want 2", tensor.In(2, 2), tensor.In(2), tensor.In(3, 1)),
		bad("tensor: ormqr [2 2], [2], [2 2 1]: want a C with the batch []", tensor.In(2, 2), tensor.In(2), tensor.In(2, 2, 1)),
	}
	return e
}

package tensor

import (
	"errors"
	"fmt"
	"math"
)

// LocalResponseNorm divides each element by what its neighbours in size
// channels around it add up to:
//
//	y[n, c, …] = x[n, c, …] / (k + alpha/size · Σ x[n, i, …]²)^beta, i from c - ⌊size/2⌋ to c + ⌊(size-1)/2⌋
//
// without those beyond the first and the last channel.
//
//	shape:  [n, c, …] → t's, three dims at least
//	dtype:  floating point; int64 gives float32, from averages that are cut towards zero
//	panics: *Error for other shapes and dtypes, and a size less than 1
//	source: torch.nn.functional.local_response_norm; Krizhevsky et al., ImageNet
//	Classification with Deep Convolutional Neural Networks, 2012
func (t *Tensor) LocalResponseNorm(size int, alpha, beta, k float64) *Tensor {
	const name = "local_response_norm"
	switch err := wantFloat(t.known(name).DType()); {
	case err != nil && t.DType() != Int64:
		misuse(name, err, t)
	case t.Dim() < 3:
		misuse(name, errors.New("want [n, c, …], three dims at least"), t)
	case size < 1:
		misuse(name, fmt.Errorf("the size is %d; want at least 1", size), t)
	case t.Len() == 0:
		return t
	}
	// Channels are the rows of an image that has one channel.
	x := t.Square().Reshape(t.Size(0), 1, t.Size(1), -1)
	sums := x.Pad([]int{0, 0, size / 2, (size - 1) / 2}).AvgPool2d([]int{size, 1}, Stride(1))
	d := sums.Reshape(t.shape()...).MulScalar(alpha).AddScalar(k)
	if beta == 0.75 { // what everybody uses: two roots are several times as quick
		root := d.Sqrt()
		return t.Div(root.Mul(root.Sqrt())).laidOutAs(t, 2)
	}
	return t.Div(d.PowScalar(beta)).laidOutAs(t, 2)
}

func localResponseNormEntry() Entry {
	call := func(x Arg, size int, alpha, beta, k float64) Sample {
		return Sample{Args: []any{x, size}, Kw: map[string]any{"alpha": alpha, "beta": beta, "k": k}}
	}
	bad := func(x Arg, size int, want string) Bad {
		return Bad{Args: []any{x, size}, Want: "tensor: local_response_norm " + shapesText(x.Shape) + want}
	}
	return Entry{
		Name: "nn.functional.local_response_norm", Sig: "local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0)",
		At: Here(), Go: []string{"LocalResponseNorm"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").LocalResponseNorm(a.Int("size"), a.Float("alpha"), a.Float("beta"), a.Float("k")))
		},
		Ref:    refLocalResponseNorm,
		DTypes: Floats,
		Samples: []Sample{
			call(In(2, 4, 3), 3, 0.5, 0.75, 1), call(In(1, 5, 2, 2), 2, 1, 0.5, 2), call(In(1, 2, 2, 1, 2), 4, 0.1, 1, 1),
			call(In(1, 1, 1), 1, 1, 0.75, 1), call(In(0, 2, 3), 2, 1, 0.75, 1), {Args: []any{In(2, 3, 2), 5}},
			{Args: []any{In(1, 2, 3).As(Int64).Within(-5, 5), 1}, Only: []DType{Int64}, Out: OutFloat},
		},
		Bad: []Bad{
			bad(In(2, 3), 2, "want [n, c, …], three dims at least"), bad(In(2, 3, 4), 0, "the size is 0; want at least 1"),
			bad(In(2, 3, 4).As(Int32), 2, "dtype int32; want a floating-point dtype"),
		},
		Tol: 4, Why: map[string]string{"0-d": "channels are the second of three dims", "tol": "half precision is rounded between the steps",
			"special": "∞/∞ is not a number, and half precision overflows on the way", "infinite": "∞/∞ is not a number"},
	}
}

func refLocalResponseNorm(a *Args) []Array {
	x, size := a.Array("input"), a.Int("size")
	y := NewArray(x.Shape...)
	inner := volumeOf(x.Shape[2:])
	for p, v := range x.V {
		c, sum := p/inner%x.Shape[1], 0.0
		for i := max(0, c-size/2); i <= min(x.Shape[1]-1, c+(size-1)/2); i++ {
			u := x.V[p+(i-c)*inner]
			sum += u * u
		}
		y.V[p] = v / math.Pow(a.Float("k")+a.Float("alpha")/float64(size)*sum, a.Float("beta"))
	}
	return []Array{y}
}

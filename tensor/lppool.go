package tensor

import (
	"errors"
	"fmt"
	"math"
)

// LPPool1d is LPPool2d for signals [n, c, length].
//
//	shape:  [n, c, l] → [n, c, l']; without n for one signal
//	source: torch.nn.functional.lp_pool1d
func (t *Tensor) LPPool1d(p float64, kernel []int, opts ...PoolOption) *Tensor {
	return t.lpPool(1, p, kernel, opts)
}

// LPPool2d returns, of each window of each channel, (Σ xᵖ)^(1/p); of a negative
// sum it is the negative root's. At a sum of 0 the gradient is not a
// number unless p is 1. The options are [Stride] and [CeilMode].
//
//	shape:  [n, c, h, w] → [n, c, h', w'], sizes as for AvgPool2d; without n for one image
//	dtype:  floating point
//	panics: *Error for other shapes and dtypes, and windows larger than the input
//	source: torch.nn.functional.lp_pool2d
func (t *Tensor) LPPool2d(p float64, kernel []int, opts ...PoolOption) *Tensor {
	return t.lpPool(2, p, kernel, opts)
}

// LPPool3d is LPPool2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w] → [n, c, d', h', w']; without n for one volume
//	source: torch.nn.functional.lp_pool3d
func (t *Tensor) LPPool3d(p float64, kernel []int, opts ...PoolOption) *Tensor {
	return t.lpPool(3, p, kernel, opts)
}

func (t *Tensor) lpPool(dims int, p float64, kernel []int, opts []PoolOption) *Tensor {
	name := fmt.Sprintf("lp_pool%dd", dims)
	var c windowConfig
	for _, o := range opts {
		o.pool(&c)
	}
	if c.padding != nil || c.excludePad || c.divisor != nil || c.dilation != nil {
		misuse(name, errors.New("the options are Stride and CeilMode"), t)
	}
	if err := wantFloat(t.known(name).DType()); err != nil {
		misuse(name, err, t)
	}
	t.pooling(name, dims, kernel, opts) // checks the window
	s := volumeOf(perDim(kernel, dims))
	mean := t.PowScalar(p).avgPool(dims, kernel, opts)
	return mean.Sign().Mul(mean.Abs().ReLU()).MulScalar(s).PowScalar(1/p).laidOutAs(t, dims)
}

func lpPool1dEntry() Entry { e := lpPoolEntry(1); e.At = Here(); return e }
func lpPool2dEntry() Entry { e := lpPoolEntry(2); e.At = Here(); return e }
func lpPool3dEntry() Entry { e := lpPoolEntry(3); e.At = Here(); return e }

func lpPoolEntry(dims int) Entry {
	name := fmt.Sprintf("lp_pool%dd", dims)
	c := func(size int, before ...int) []int { return cube(dims, size, before...) }
	call := func(x Arg, p float64, k any, kw map[string]any) Sample {
		return Sample{Args: []any{x, p, k}, Kw: kw}
	}
	bad := func(x Arg, k any, kw map[string]any, want string) Bad {
		return Bad{Args: []any{x, 2.0, k}, Kw: kw, Want: "tensor: " + name + " " + shapesText(x.Shape) + want}
	}
	x := In(c(4, 1, 1)...).Within(0.5, 2)
	return Entry{
		Name: "nn.functional." + name, Sig: name + "(input, norm_type, kernel_size, stride=None, ceil_mode=False)",
		Go: []string{fmt.Sprintf("LPPool%dd", dims)},
		Call: func(a *Args) []*Tensor {
			opts := []PoolOption{Stride(a.Ints("stride")...)}
			if a.Bool("ceil_mode") {
				opts = append(opts, CeilMode)
			}
			return one(a.Tensor("input").lpPool(dims, a.Float("norm_type"), a.Ints("kernel_size"), opts))
		},
		Ref:    refLPPool(dims),
		DTypes: Floats,
		Samples: []Sample{
			call(x, 2, 2, nil), call(x, 1, []int{2}, nil), call(In(c(4, 2)...).Within(0.5, 2), 3, 2, map[string]any{"stride": 1}),
			call(In(c(4, 1, 1)...).Within(-2, -0.5), 2, 2, nil), call(x, 2, 3, map[string]any{"stride": 2, "ceil_mode": true}),
			call(In(c(1, 1, 1)...).Within(0.5, 2), 2.5, 1, nil), call(In(c(2, 0, 1)...), 2, 2, nil),
		},
		Bad: []Bad{
			bad(x, 0, nil, "kernel size is 0; want at least 1"), bad(x, 2, map[string]any{"stride": 0}, "stride is 0; want at least 1"),
			bad(x.As(Int64), 2, nil, "dtype int64; want a floating-point dtype"),
		},
		Tol: 4, Why: map[string]string{"0-d": "an image has at least two dims", "tol": "powers round, and half precision between them",
			"special": "at a sum of 0 the root has no derivative", "infinite": "as special"},
	}
}

func refLPPool(dims int) func(*Args) []Array {
	return func(a *Args) []Array {
		p := a.Float("norm_type")
		return []Array{refWindows(a, dims, func(out Array, w int, cells []refCell) {
			n, sum := 0.0, 0.0
			for _, c := range cells {
				if c.inside {
					n++
					sum += math.Pow(c.v, p)
				}
			}
			out.V[w] = math.Copysign(1, sum) * math.Pow(math.Abs(sum)/n*float64(len(cells)), 1/p)
		})}
	}
}

package vision

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// An AffineOption changes [AffineGrid]: AlignCorners.
type AffineOption interface{ affine(corners *bool) }

// AffineGrid is the grid by which [GridSample] turns, moves and scales images:
// the point of each element of the result is theta · (x, y, 1), or of volumes
// theta · (x, y, z, 1), for the place of the element between -1 and 1. size is the result's shape.
//
//	shape:  [n, 2, 3], size n, c, h, w → [n, h, w, 2]; [n, 3, 4], size n, c, d, h, w → [n, d, h, w, 3]
//	dtype:  floating point
//	panics: *tensor.Error for other shapes and dtypes, and a size less than 1
//	source: torch.nn.functional.affine_grid
func AffineGrid(theta *tensor.Tensor, size []int, opts ...AffineOption) *tensor.Tensor {
	corners := false
	for _, o := range opts {
		o.affine(&corners)
	}
	if err := checkTheta(theta, size); err != nil {
		tensor.Misuse("affine_grid", err, theta)
	}
	dims := len(size) - 2
	m := tensor.Make{DType: theta.DType(), Device: theta.Device()}
	axes := make([]*tensor.Tensor, 0, dims+1)
	for i := dims - 1; i >= 0; i-- {
		shape := slices.Repeat([]int{1}, dims)
		shape[i] = size[2+i]
		axes = append(axes, places(m, size[2+i], corners).Reshape(shape...).Expand(size[2:]...))
	}
	axes = append(axes, m.Ones(size[2:]...))
	points := tensor.Stack(-1, axes...).Reshape(1, -1, dims+1).Expand(size[0], -1, dims+1)
	return points.MatMul(theta.Transpose(1, 2)).Reshape(append([]int{size[0]}, append(size[2:len(size):len(size)], dims)...)...)
}

func checkTheta(theta *tensor.Tensor, size []int) error {
	dims := len(size) - 2
	switch {
	case theta == nil:
		return errors.New("theta is nil")
	case dims != 2 && dims != 3:
		return fmt.Errorf("the size %v has %d dims; want 4 or 5", size, len(size))
	case slices.Min(size) < 1:
		return fmt.Errorf("the size is %v; want at least 1 each", size)
	case !slices.Equal(theta.Shape(), []int{size[0], dims, dims + 1}):
		return fmt.Errorf("want theta of %v for the size %v", []int{size[0], dims, dims + 1}, size)
	case !theta.DType().IsFloat():
		return fmt.Errorf("dtype %v; want a floating-point dtype", theta.DType())
	}
	return nil
}

// places is where n elements lie between -1 and 1.
func places(m tensor.Make, n int, corners bool) *tensor.Tensor {
	if n == 1 {
		return m.Zeros(1)
	}
	x := m.Linspace(-1, 1, n)
	if !corners {
		x = x.MulScalar(float64(n - 1)).DivScalar(float64(n))
	}
	return x
}

func affineGridEntry() tensor.Entry {
	call := func(theta []int, size []int, corners bool) tensor.Sample {
		return tensor.Sample{Args: []any{tensor.In(theta...), size, corners}}
	}
	bad := func(theta tensor.Arg, size []int, want string) tensor.Bad {
		return tensor.Bad{Args: []any{theta, size}, Want: text("affine_grid", theta.Shape) + want}
	}
	return tensor.Entry{
		Name: "nn.functional.affine_grid", Sig: "affine_grid(theta, size, align_corners=None)", At: tensor.Here(), Go: []string{"AffineGrid"},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			if a.Bool("align_corners") {
				return one(AffineGrid(a.Tensor("theta"), a.Ints("size"), AlignCorners))
			}
			return one(AffineGrid(a.Tensor("theta"), a.Ints("size")))
		},
		Ref:    refAffineGrid,
		DTypes: tensor.Floats,
		Samples: []tensor.Sample{
			call([]int{2, 2, 3}, []int{2, 1, 3, 2}, false), call([]int{1, 2, 3}, []int{1, 1, 1, 4}, true),
			call([]int{2, 3, 4}, []int{2, 2, 2, 1, 3}, true), call([]int{1, 3, 4}, []int{1, 1, 1, 2, 2}, false),
		},
		Bad: []tensor.Bad{
			bad(tensor.In(2, 2, 3), []int{2, 1, 3}, "the size [2 1 3] has 3 dims; want 4 or 5"),
			bad(tensor.In(2, 2, 3), []int{2, 1, 0, 3}, "the size is [2 1 0 3]; want at least 1 each"),
			bad(tensor.In(2, 2, 3), []int{1, 1, 2, 3}, "want theta of [1 2 3] for the size [1 1 2 3]"),
			bad(tensor.In(2, 2, 3).As(tensor.Int64), []int{2, 1, 2, 3}, "dtype int64; want a floating-point dtype"),
		},
		Abs: 1, Why: map[string]string{"0-d": "theta is matrices", "empty": "the size is at least 1", "size-1": "theta is at least 2 by 3",
			"tol": "terms of size 1 cancel in the sum", "special": "0·∞ is not a number", "infinite": "0·∞ is not a number"},
	}
}

func refAffineGrid(a *tensor.Args) []tensor.Array {
	theta, size := a.Array("theta"), a.Ints("size")
	dims := len(size) - 2
	y := tensor.NewArray(append(append([]int{size[0]}, size[2:]...), dims)...)
	for p := range y.V {
		at := y.Index(p)
		for k := range dims + 1 {
			x := 1.0
			if k < dims {
				n, i := size[len(size)-1-k], at[dims-k]
				x = (2*float64(i)+1)/float64(n) - 1
				if a.Bool("align_corners") && n > 1 {
					x = 2*float64(i)/float64(n-1) - 1
				} else if n == 1 {
					x = 0
				}
			}
			y.V[p] += theta.At(at[0], at[dims+1], k) * x
		}
	}
	return []tensor.Array{y}
}

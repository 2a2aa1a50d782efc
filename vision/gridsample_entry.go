package vision

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

func gridSampleEntry() tensor.Entry {
	var samples []tensor.Sample
	call := func(x, grid tensor.Arg, mode, padding string, corners bool) *tensor.Sample {
		samples = append(samples, tensor.Sample{Args: []any{x, grid, mode, padding, corners}})
		return &samples[len(samples)-1]
	}
	for i, padding := range []string{"zeros", "border", "reflection"} {
		corners := i == 1
		// More than 60 numbers: a second gradient of the grid, which there is not, is not asked for.
		call(tensor.In(2, 2, 3, 4), tensor.In(2, 3, 2, 2), "bilinear", padding, corners)
		call(tensor.In(1, 4, 2, 2, 3), tensor.In(1, 2, 1, 3, 3), "bilinear", padding, !corners)
		call(tensor.In(2, 2, 4, 3), tensor.In(2, 3, 2, 2), "bicubic", padding, corners)
		call(tensor.In(1, 5, 4, 3), tensor.In(1, 3, 2, 2), "nearest", padding, !corners)
		call(tensor.In(1, 4, 2, 2, 4), tensor.In(1, 2, 1, 2, 3), "nearest", padding, corners)
	}
	for _, mode := range []string{"bilinear", "bicubic", "nearest"} { // second gradients of the image
		call(tensor.In(1, 2, 3, 2), tensor.In(1, 2, 2, 2).As(tensor.Float64), mode, "reflection", false).Only = []tensor.DType{tensor.Float64}
	}
	call(tensor.In(1, 1, 1, 1), tensor.In(1, 1, 1, 2), "bilinear", "reflection", true).NoGrad = true
	call(tensor.In(1, 2, 2, 2), tensor.In(1, 0, 2, 2), "bilinear", "zeros", true).NoGrad = true
	call(tensor.In(0, 2, 2, 2), tensor.In(0, 1, 2, 2), "bilinear", "zeros", true).NoGrad = true
	many := call(tensor.In(1, 3, 5, 4), tensor.In(1, 10, 9, 2), "bilinear", "border", false) // several blocks
	many.Only, many.NoGrad = []tensor.DType{tensor.Float32, tensor.Float64}, true
	bad := func(x, grid tensor.Arg, mode, want string) tensor.Bad {
		return tensor.Bad{Args: []any{x, grid, mode}, Want: text("grid_sample", x.Shape, grid.Shape) + want}
	}
	x, g := tensor.In(2, 1, 3, 3), tensor.In(2, 2, 2, 2)
	return tensor.Entry{
		Name: "nn.functional.grid_sample", Sig: "grid_sample(input, grid, mode='bilinear', padding_mode='zeros', align_corners=None)",
		At: tensor.Here(), Go: []string{"GridSample"}, Ops: []any{&gridSampleOp{}, &gridInputOp{}, &gridGridOp{}},
		Call:    callGridSample,
		Ref:     refGridSample,
		DTypes:  tensor.Floats,
		Samples: samples,
		Bad: []tensor.Bad{
			bad(x, tensor.In(1, 2, 2, 2), "bilinear", "want a grid of 4 dims, the first 2 and the last 2"), bad(x, tensor.In(2, 2, 2, 3), "bilinear", "want a grid of 4 dims, the first 2 and the last 2"),
			bad(tensor.In(2, 1, 3), g, "bilinear", "the input has 3 dims; want 4 or 5"), bad(tensor.In(2, 1, 0, 3), g, "bilinear", "an image has no elements"),
			bad(x, g.As(tensor.Float64), "bilinear", "the grid is float64; want float32"), bad(x.As(tensor.Int64), g.As(tensor.Int64), "bilinear", "dtype int64; want a floating-point dtype"),
			bad(tensor.In(2, 1, 2, 2, 2), tensor.In(2, 1, 1, 1, 3), "bicubic", "the mode Bicubic is for images"),
			bad(x, g, "area", "the mode is \"area\"; want Bilinear, Nearest or Bicubic"),
		},
		Abs: 1, Tol: 8, Why: map[string]string{"0-d": "an image has at least four dims", "tol": "terms of size 1 cancel in the sum, and a place in the image rounds",
			"special": "a coordinate that is no number has no place", "infinite": "0·∞ depends on which zeros are multiplied"},
	}
}

func callGridSample(a *tensor.Args) []*tensor.Tensor {
	padding, ok := map[string]GridPadding{"zeros": PadZeros, "border": PadBorder, "reflection": PadReflection}[a.Str("padding_mode")]
	if !ok {
		panic(&tensor.BindError{Sig: "padding_mode", Msg: "is " + a.Str("padding_mode")})
	}
	opts := []GridOption{Mode(a.Str("mode")), padding}
	if a.Bool("align_corners") {
		opts = append(opts, AlignCorners)
	}
	return one(GridSample(a.Tensor("input"), a.Tensor("grid"), opts...))
}

// refGridSample weighs elements by their distance, the padding included.
func refGridSample(a *tensor.Args) []tensor.Array {
	x, grid, mode := a.Array("input"), a.Array("grid"), Mode(a.Str("mode"))
	dims := len(x.Shape) - 2
	y := tensor.NewArray(append(append([]int{}, x.Shape[:2]...), grid.Shape[1:1+dims]...)...)
	for p := range y.V {
		at := y.Index(p)
		pos := make([]float64, dims)
		for d := range dims {
			v := grid.At(append(append([]int{at[0]}, at[2:]...), dims-1-d)...)
			n := float64(x.Shape[2+d])
			if pos[d] = ((v+1)*n - 1) / 2; a.Bool("align_corners") {
				pos[d] = (v + 1) / 2 * (n - 1)
			}
			if mode != Bicubic {
				pos[d] = refPlace(a, pos[d], n)
			}
			if mode == Nearest {
				pos[d] = math.RoundToEven(pos[d])
			}
		}
		y.V[p] = refLook(a, x, at, pos, make([]int, 0, dims), 1)
	}
	return []tensor.Array{y}
}

// refPlace moves a place into a dim of n elements, as the padding says.
func refPlace(a *tensor.Args, pos, n float64) float64 {
	switch a.Str("padding_mode") {
	case "zeros":
		return pos
	case "reflection":
		low, high := -0.5, n-0.5
		if a.Bool("align_corners") {
			low, high = 0, n-1
		}
		for low < high && (pos < low || pos > high) {
			if pos < low {
				pos = 2*low - pos
			} else {
				pos = 2*high - pos
			}
		}
	}
	return min(max(pos, 0), n-1)
}

// refLook adds the elements around pos; those of the first dims are chosen, with the weight w.
func refLook(a *tensor.Args, x tensor.Array, at []int, pos []float64, chosen []int, w float64) float64 {
	d := len(chosen)
	if d == len(pos) {
		return w * x.At(append([]int{at[0], at[1]}, chosen...)...)
	}
	sum, n := 0.0, x.Shape[2+d]
	for k := int(math.Floor(pos[d])) - 1; k <= int(math.Floor(pos[d]))+2; k++ {
		f, to := max(0, 1-math.Abs(pos[d]-float64(k))), k
		if Mode(a.Str("mode")) == Bicubic {
			f, to = keysAt(pos[d]-float64(k)), int(refPlace(a, float64(k), float64(n)))
		}
		if to >= 0 && to < n {
			sum += refLook(a, x, at, pos, append(chosen, to), w*f)
		}
	}
	return sum
}

// keysAt is the cubic filter with a = -3/4, as polynomials of the distance.
func keysAt(d float64) float64 {
	if d = math.Abs(d); d <= 1 {
		return 1.25*d*d*d - 2.25*d*d + 1
	}
	return -0.75*d*d*d + 3.75*d*d - 6*d + 3
}

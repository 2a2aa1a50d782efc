package vision

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

func interpolateEntry() tensor.Entry {
	call := func(x []int, size, scale any, mode string, kw ...any) tensor.Sample {
		s := tensor.Sample{Args: []any{tensor.In(x...), size, scale, mode}, Kw: map[string]any{}}
		for i := 0; i < len(kw); i += 2 {
			s.Kw[kw[i].(string)] = kw[i+1]
		}
		return s
	}
	bad := func(x tensor.Arg, size, scale any, mode string, kw map[string]any, want string) tensor.Bad {
		return tensor.Bad{Args: []any{x, size, scale, mode}, Kw: kw, Want: text("interpolate", x.Shape) + want}
	}
	x := tensor.In(1, 2, 3, 4)
	pixels := call([]int{1, 1, 3, 2}, []int{4, 1}, nil, "nearest")
	pixels.Only = []tensor.DType{tensor.UInt8}
	return tensor.Entry{
		Name: "nn.functional.interpolate", At: tensor.Here(), Go: []string{"Interpolate"}, Ops: []any{&resampleOp{}},
		Sig:    "interpolate(input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False)",
		Call:   callInterpolate,
		Ref:    refInterpolate,
		DTypes: tensor.Floats,
		Samples: []tensor.Sample{
			call([]int{1, 1, 1}, 3, nil, "nearest"), call([]int{2, 1, 4}, nil, 1.7, "nearest"), call([]int{0, 1, 4}, 2, nil, "nearest"), pixels,
			call([]int{1, 1, 3, 4}, []int{6, 2}, nil, "nearest"), call([]int{1, 1, 2, 2, 3}, nil, []any{1.0, 2.5, 0.5}, "nearest"),
			call([]int{2, 1, 5}, 3, nil, "nearest-exact"), call([]int{1, 1, 3, 3}, nil, 2.0, "nearest-exact"),
			call([]int{1, 2, 4}, 7, nil, "linear"), call([]int{1, 1, 5}, 3, nil, "linear", "align_corners", true), call([]int{1, 1, 3}, 1, nil, "linear", "align_corners", true),
			call([]int{1, 2, 3, 4}, []int{5, 2}, nil, "bilinear"), call([]int{1, 1, 4, 3}, nil, 1.7, "bilinear"), call([]int{1, 1, 3, 3}, 3, nil, "bilinear"),
			call([]int{1, 1, 4, 3}, nil, 1.7, "bilinear", "recompute_scale_factor", true), call([]int{1, 1, 3, 4}, []int{7, 6}, nil, "bilinear", "align_corners", true),
			call([]int{1, 1, 3, 4}, []int{5, 9}, nil, "bicubic"), call([]int{1, 1, 5, 4}, []int{2, 7}, nil, "bicubic", "align_corners", true),
			call([]int{1, 1, 3, 3}, nil, 1.2, "bicubic"), call([]int{1, 1, 2, 3, 2}, []int{3, 2, 4}, nil, "trilinear"),
			call([]int{1, 1, 2, 2, 2}, 3, nil, "trilinear", "align_corners", true),
			call([]int{1, 1, 7, 4}, []int{3, 5}, nil, "bilinear", "antialias", true), call([]int{1, 1, 9, 4}, []int{4, 3}, nil, "bicubic", "antialias", true),
			call([]int{1, 1, 5, 4}, []int{3, 2}, nil, "area"), call([]int{1, 1, 5}, nil, 0.5, "area"), call([]int{1, 1, 3, 2, 2}, 2, nil, "area"),
		},
		Bad: []tensor.Bad{
			bad(x, nil, nil, "nearest", nil, "want a size or a scale, and not both"), bad(x, 2, 2.0, "nearest", nil, "want a size or a scale, and not both"),
			bad(x, []int{1, 2, 3}, nil, "nearest", nil, "3 numbers for the size; want 1 or 2"), bad(x, []int{0, 2}, nil, "nearest", nil, "dim -2 of the result would be 0; want at least 1"),
			bad(x, nil, 0.3, "bilinear", nil, "dim -2 of the result would be 0; want at least 1"), bad(x, 2, nil, "linear", nil, "the input has 4 dims; want 3 for the mode linear"),
			bad(x, 2, nil, "area", map[string]any{"align_corners": true}, "want no AlignCorners but for weighted sums; the mode is area"),
			bad(x, 2, nil, "nearest", map[string]any{"antialias": true}, "want no Antialias but for Bilinear and Bicubic; the mode is nearest"),
			bad(x, 2, nil, "nearest", map[string]any{"recompute_scale_factor": true}, "want a scale with RecomputeScale, not a size"),
			bad(x, 2, nil, "cubic", nil, "the mode is \"cubic\"; want one of the constants"),
			bad(x.As(tensor.Int64), 2, nil, "nearest", nil, "dtype int64; want a floating-point dtype, or uint8 for the nearest element"),
			bad(tensor.In(1, 0, 2), 2, nil, "nearest", nil, "an image has no elements"), bad(tensor.In(2, 3), 2, nil, "nearest", nil, "the input has 2 dims; want 3 to 5 for the mode nearest"),
		},
		Abs: 1, Tol: 4, Why: map[string]string{"0-d": "an image has at least three dims", "tol": "terms of size 1 cancel in the sum, whose weights have places as float32 rounds them",
			"special": "0·∞ depends on which zeros are multiplied", "infinite": "0·∞ depends on which zeros are multiplied"},
	}
}

func callInterpolate(a *tensor.Args) []*tensor.Tensor {
	mode := Mode(a.Str("mode"))
	opts := []InterpolateOption{mode}
	if a.Has("size") {
		opts = append(opts, Size(a.Ints("size")...))
	}
	if a.Has("scale_factor") {
		opts = append(opts, Scale(numbers(a, "scale_factor")...))
	}
	if a.Bool("align_corners") || a.Has("align_corners") && modeDims[mode] == 0 { // PyTorch takes no answer there
		opts = append(opts, AlignCorners)
	}
	if a.Bool("recompute_scale_factor") {
		opts = append(opts, RecomputeScale)
	}
	if a.Bool("antialias") {
		opts = append(opts, Antialias)
	}
	return one(Interpolate(a.Tensor("input"), opts...))
}

// numbers is a list of numbers, or one.
func numbers(a *tensor.Args, name string) []float64 {
	list, ok := a.Any(name).([]any)
	if !ok {
		return []float64{a.Float(name)}
	}
	out := make([]float64, len(list))
	for i, v := range list {
		switch n := v.(type) {
		case float64:
			out[i] = n
		case int:
			out[i] = float64(n)
		}
	}
	return out
}

func upsampleNearestEntry() tensor.Entry {
	return upsampleEntry("upsample_nearest", "nearest", false)
}

func upsampleBilinearEntry() tensor.Entry {
	return upsampleEntry("upsample_bilinear", "bilinear", true)
}

// upsampleEntry is Interpolate by PyTorch's older names.
func upsampleEntry(name, mode string, corners bool) tensor.Entry {
	e := interpolateEntry()
	full, all, bads := e.Sig, e.Samples, e.Bad
	e.Name, e.Sig, e.At, e.Samples, e.Bad = "nn.functional."+name, name+"(input, size=None, scale_factor=None)", tensor.Here(), nil, nil
	whole := func(a *tensor.Args) *tensor.Args {
		kw := map[string]any{"mode": mode}
		if corners {
			kw["align_corners"] = true
		}
		b, err := tensor.Bind(full, []any{a.Any("input"), a.Any("size"), a.Any("scale_factor")}, kw)
		if err != nil {
			panic(err)
		}
		return b
	}
	e.Call = func(a *tensor.Args) []*tensor.Tensor { return callInterpolate(whole(a)) }
	e.Ref = func(a *tensor.Args) []tensor.Array { return refInterpolate(whole(a)) }
	for _, s := range all {
		if s.Args[3] == mode && (s.Kw["align_corners"] == true) == corners && s.Kw["recompute_scale_factor"] == nil && s.Kw["antialias"] == nil {
			s.Args, s.Kw = s.Args[:3], nil
			e.Samples = append(e.Samples, s)
		}
	}
	e.Bad = []tensor.Bad{{Args: bads[0].Args[:3], Want: bads[0].Want}}
	if corners {
		e.Samples = append(e.Samples, tensor.Sample{Args: []any{tensor.In(0, 1, 2, 2), 3}}, tensor.Sample{Args: []any{tensor.In(1, 1, 1, 1), 2}})
	}
	return e
}

// refInterpolate weighs all old elements for each new one, dim by dim, from the
// filter as a function of the distance.
func refInterpolate(a *tensor.Args) []tensor.Array {
	x, mode := a.Array("input"), Mode(a.Str("mode"))
	dims := len(x.Shape) - 2
	shape := append([]int{}, x.Shape...)
	weights := make([][][]float64, dims) // of each dim, new element and old one
	for i := range dims {
		n, scale := x.Shape[2+i], 0.0
		if a.Has("size") {
			s := a.Ints("size")
			shape[2+i] = s[i%len(s)]
			scale = float64(n) / float64(shape[2+i])
		} else {
			s := numbers(a, "scale_factor")
			shape[2+i] = int(float64(n) * s[i%len(s)])
			if scale = 1 / s[i%len(s)]; a.Bool("recompute_scale_factor") {
				scale = float64(n) / float64(shape[2+i])
			}
		}
		for k := range shape[2+i] {
			weights[i] = append(weights[i], refWeights(mode, k, n, shape[2+i], scale, a.Bool("align_corners"), a.Bool("antialias")))
		}
	}
	y := tensor.NewArray(shape...)
	old := tensor.NewArray(x.Shape[2:]...)
	for p := range y.V {
		to := y.Index(p)
		for q := range old.V {
			w := 1.0
			for i, k := range old.Index(q) {
				w *= weights[i][to[2+i]][k]
			}
			if w != 0 {
				y.V[p] += w * x.V[(to[0]*shape[1]+to[1])*len(old.V)+q]
			}
		}
	}
	return []tensor.Array{y}
}

// refWeights is what each of n old elements counts for new element k of m.
func refWeights(mode Mode, k, n, m int, scale float64, corners, antialias bool) []float64 {
	w := make([]float64, n)
	cubic := func(a, d float64) float64 {
		switch d = math.Abs(d); {
		case d < 1:
			return (a+2)*d*d*d - (a+3)*d*d + 1
		case d < 2:
			return a*d*d*d - 5*a*d*d + 8*a*d - 4*a
		}
		return 0
	}
	tent := func(d float64) float64 { return max(0, 1-math.Abs(d)) }
	at := scale*(float64(k)+0.5) - 0.5
	if corners {
		at = float64(k) * float64(n-1) / float64(max(m-1, 1))
	}
	edge := func(i int) *float64 { return &w[min(max(i, 0), n-1)] }
	switch {
	case mode == Area:
		lo, hi := k*n/m, (k*n+n+m-1)/m
		for i := lo; i < hi; i++ {
			w[i] = 1 / float64(hi-lo)
		}
	case mode == Nearest:
		*edge(int(scale * float64(k))) = 1
	case mode == NearestExact:
		*edge(int(math.Floor(at + 0.5))) = 1
	case antialias:
		total := 0.0
		for i := range w {
			if w[i] = tent((float64(i) - at) / max(scale, 1)); mode == Bicubic {
				w[i] = cubic(-0.5, (float64(i)-at)/max(scale, 1))
			}
			total += w[i]
		}
		for i := range w {
			w[i] /= total
		}
	case mode == Bicubic:
		for i := -3; i < n+3; i++ {
			*edge(i) += cubic(-0.75, at-float64(i))
		}
	default:
		if n == m {
			at = float64(k)
		}
		for i := -1; i <= n; i++ {
			*edge(i) += tent(at - float64(i))
		}
	}
	return w
}

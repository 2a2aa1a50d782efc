package onnx

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// maxLine is the most elements of a dim, times those that make one.
const maxLine = 1 << 26

// A resize is a call of Resize. It goes dim by dim; each new element is a
// weighted sum of old ones.
//
//	source: Resize in ONNX's Operators.md
type resize struct {
	*call
	mode, coords, nearest string
	cubic                 float64
	antialias, exclude    bool
	beyond                float64 // for tf_crop_and_resize: the value outside
}

func opResize(c *call) *tensor.Tensor {
	x := c.x(0)
	r := &resize{call: c, mode: c.choice("mode", "nearest", "linear", "cubic"), cubic: c.floatAttr("cubic_coeff_a", -0.75),
		coords: c.strAttr("coordinate_transformation_mode", "half_pixel"), nearest: c.strAttr("nearest_mode", "round_prefer_floor"),
		antialias: c.flag("antialias", false), exclude: c.flag("exclude_outside", false), beyond: c.floatAttr("extrapolation_value", 0)}
	scalesAt, sizesAt := 2, 3
	if c.version < 11 {
		r.coords, r.nearest, scalesAt = "asymmetric", "floor", 1
	}
	axes := c.axes(-1, x.Dim())
	if axes == nil {
		for i := range x.Dim() {
			axes = append(axes, i)
		}
	}
	scales, sizes := r.target(x, axes, scalesAt, sizesAt)
	roi := make([]float64, 2*len(axes))
	if r.coords == "tf_crop_and_resize" {
		if roi = floatsOf(c.x(1)); len(roi) != 2*len(axes) {
			c.failf("%d numbers of roi for %d axes", len(roi), len(axes))
		}
	}
	d := x.DType()
	if !d.IsFloat() && r.mode != "nearest" {
		x = x.Cast(tensor.Float32)
	}
	outside := make([][]bool, len(axes))
	for i, a := range axes {
		outside[i] = r.outside(x.Size(a), sizes[i], scales[i], roi[i], roi[len(axes)+i])
		x = r.axis(x, a, scales[i], sizes[i], roi[i], roi[len(axes)+i])
	}
	for i, a := range axes {
		if outside[i] == nil {
			continue
		}
		shape := repeat(1, x.Dim())
		shape[a] = len(outside[i])
		x = x.MaskedFill(tensor.FromSlice(outside[i], shape), r.beyond)
	}
	if !d.IsFloat() && d != x.DType() {
		lo, hi := limits(d)
		x = x.Round().Clamp(lo, hi)
	}
	return x.Cast(d)
}

// target are the factor and the new size of each of axes.
func (r *resize) target(x *tensor.Tensor, axes []int, scalesAt, sizesAt int) (scales []float64, sizes []int) {
	switch {
	case r.has(sizesAt) && r.x(sizesAt).Len() > 0:
		sizes = r.ints(sizesAt)
		if len(sizes) != len(axes) {
			r.failf("%d sizes for %d axes", len(sizes), len(axes))
		}
		scales = make([]float64, len(axes))
		for i, a := range axes {
			scales[i] = float64(sizes[i]) / float64(x.Size(a))
		}
		r.keepRatio(x, axes, scales, sizes)
	case r.has(scalesAt) && r.x(scalesAt).Len() == len(axes):
		scales = floatsOf(r.x(scalesAt))
		sizes = make([]int, len(axes))
		for i, a := range axes {
			sizes[i] = int(math.Floor(float64(x.Size(a)) * scales[i]))
		}
	default:
		r.failf("neither sizes nor scales for %d axes", len(axes))
	}
	for i := range sizes {
		if sizes[i] < 1 || sizes[i] > maxLine || !(scales[i] > 0) || x.Size(axes[i]) < 1 {
			r.failf("a new size of %d, a scale of %v, and an old size of %d", sizes[i], scales[i], x.Size(axes[i]))
		}
	}
	return scales, sizes
}

// keepRatio makes all factors the same, as the policy asks.
func (r *resize) keepRatio(x *tensor.Tensor, axes []int, scales []float64, sizes []int) {
	policy := r.choice("keep_aspect_ratio_policy", "stretch", "not_larger", "not_smaller")
	if policy == "stretch" {
		return
	}
	s := scales[0]
	for _, v := range scales {
		if (v < s) == (policy == "not_larger") {
			s = v
		}
	}
	for i, a := range axes {
		scales[i], sizes[i] = s, int(math.Floor(s*float64(x.Size(a))+0.5))
	}
}

// old is the place among n old elements of new element i, of m.
func (r *resize) old(i, n, m int, scale, start, end float64) float64 {
	x := float64(i)
	switch r.coords {
	case "half_pixel":
		return (x+0.5)/scale - 0.5
	case "half_pixel_symmetric":
		real := scale * float64(n)
		return float64(n)/2*(1-float64(m)/real) + (x+0.5)/scale - 0.5
	case "pytorch_half_pixel":
		if m == 1 {
			return 0
		}
		return (x+0.5)/scale - 0.5
	case "align_corners":
		if m == 1 {
			return 0
		}
		return x * float64(n-1) / float64(m-1)
	case "asymmetric":
		return x / scale
	case "tf_half_pixel_for_nn":
		return (x + 0.5) / scale
	case "tf_crop_and_resize":
		if m == 1 {
			return 0.5 * (start + end) * float64(n-1)
		}
		return start*float64(n-1) + x*(end-start)*float64(n-1)/float64(m-1)
	}
	r.failf("coordinate_transformation_mode %q is not supported", r.coords)
	return 0
}

// outside says which new elements lie outside of the image, where that matters.
func (r *resize) outside(n, m int, scale, start, end float64) []bool {
	if r.coords != "tf_crop_and_resize" {
		return nil
	}
	out := make([]bool, m)
	for i := range out {
		p := r.old(i, n, m, scale, start, end)
		out[i] = p < 0 || p > float64(n-1)
	}
	return out
}

// axis resizes one dim of x to m elements.
func (r *resize) axis(x *tensor.Tensor, dim int, scale float64, m int, start, end float64) *tensor.Tensor {
	n := x.Size(dim)
	if m == n && scale == 1 && r.coords != "tf_crop_and_resize" && r.coords != "tf_half_pixel_for_nn" {
		return x
	}
	if m < 1 || n < 1 || m > maxLine {
		r.failf("dim %d of %d elements becomes %d", dim, n, m)
	}
	if r.mode != "nearest" && float64(m)*r.reach(scale) > maxLine {
		r.failf("dim %d becomes %d elements of %v old ones each, which is too many", dim, m, r.reach(scale))
	}
	var taps [][]int64
	var weights [][]float64
	for i := range m {
		at, w := r.taps(r.old(i, n, m, scale, start, end), scale)
		if taps == nil {
			taps, weights = make([][]int64, len(at)), make([][]float64, len(at))
		}
		var sum float64
		for k := range at {
			if r.exclude && (at[k] < 0 || at[k] >= n) {
				w[k] = 0
			}
			sum += w[k]
		}
		for k := range at {
			taps[k] = append(taps[k], int64(min(max(at[k], 0), n-1)))
			weights[k] = append(weights[k], w[k]/sum)
		}
	}
	if r.mode == "nearest" {
		return x.IndexSelect(dim, tensor.FromSlice(taps[0], []int{m}))
	}
	shape := repeat(1, x.Dim())
	shape[dim] = m
	var y *tensor.Tensor
	for k := range taps {
		w := tensor.FromSlice(weights[k], shape).Cast(x.DType())
		part := x.IndexSelect(dim, tensor.FromSlice(taps[k], []int{m})).Mul(w)
		if y != nil {
			part = y.Add(part)
		}
		y = part
	}
	return y
}

// squeeze is how much narrower the filter of new elements is than that of old ones.
func (r *resize) squeeze(scale float64) float64 {
	if r.antialias && scale < 1 {
		return scale
	}
	return 1
}

// reach is how many old elements on each side of a place count.
func (r *resize) reach(scale float64) float64 {
	if r.mode == "cubic" {
		return math.Ceil(2 / r.squeeze(scale))
	}
	return math.Ceil(1 / r.squeeze(scale))
}

// taps are the old elements around p, always as many, and their weights.
func (r *resize) taps(p, scale float64) (at []int, w []float64) {
	if r.mode == "nearest" {
		return []int{r.round(p)}, []float64{1}
	}
	filter := linearFilter
	if r.mode == "cubic" {
		filter = r.cubicFilter
	}
	n := int(r.reach(scale))
	for i := range 2 * n {
		k := int(math.Floor(p)) - n + 1 + i
		at = append(at, k)
		w = append(w, filter((p-float64(k))*r.squeeze(scale)))
	}
	return at, w
}

func (r *resize) round(p float64) int {
	switch r.nearest {
	case "round_prefer_floor":
		return int(math.Ceil(p - 0.5))
	case "round_prefer_ceil":
		return int(math.Floor(p + 0.5))
	case "floor":
		return int(math.Floor(p))
	case "ceil":
		return int(math.Ceil(p))
	}
	r.failf("nearest_mode %q is not supported", r.nearest)
	return 0
}

func linearFilter(x float64) float64 { return math.Max(0, 1-math.Abs(x)) }

// cubicFilter is Keys' filter.
func (r *resize) cubicFilter(x float64) float64 {
	a := r.cubic
	switch x = math.Abs(x); {
	case x <= 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return ((a*x-5*a)*x+8*a)*x - 4*a
	}
	return 0
}

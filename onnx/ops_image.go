package onnx

import (
	"math"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// imageOps sample images. Resize is in resize.go.
func imageOps() map[string]opFunc {
	return map[string]opFunc{
		"Resize":     same(opResize),
		"Upsample":   same(opUpsample),
		"GridSample": same(opGridSample),
		"AffineGrid": same(func(c *call) *tensor.Tensor {
			var opts []vision.AffineOption
			if c.flag("align_corners", false) {
				opts = append(opts, vision.AlignCorners)
			}
			return vision.AffineGrid(c.x(0), c.ints(1), opts...)
		}),
		"RoiAlign": same(opRoiAlign),
	}
}

func opGridSample(c *call) *tensor.Tensor {
	var opts []vision.GridOption
	switch c.choice("mode", "bilinear", "linear", "nearest", "bicubic", "cubic") {
	case "nearest":
		opts = append(opts, vision.Nearest)
	case "bicubic", "cubic":
		opts = append(opts, vision.Bicubic)
	default:
		opts = append(opts, vision.Bilinear)
	}
	switch c.choice("padding_mode", "zeros", "border", "reflection") {
	case "border":
		opts = append(opts, vision.PadBorder)
	case "reflection":
		opts = append(opts, vision.PadReflection)
	}
	if c.flag("align_corners", false) {
		opts = append(opts, vision.AlignCorners)
	}
	return vision.GridSample(c.x(0), c.x(1), opts...)
}

// opRoiAlign samples regions of images. Sampling is linear along each dim, so
// that the samples of a region are Y·image·Xᵀ, where each row of Y and X holds
// the weights of the two elements around a place.
func opRoiAlign(c *call) *tensor.Tensor {
	x, rois, batch := c.x(0), c.x(1), c.ints(2)
	if x.Dim() != 4 || rois.Dim() != 2 || rois.Size(1) != 4 || len(batch) != rois.Size(0) {
		c.failf("images %v, regions %v and %d numbers of images", x.Shape(), rois.Shape(), len(batch))
	}
	h, w := c.intAttr("output_height", 1), c.intAttr("output_width", 1)
	scale := c.floatAttr("spatial_scale", 1)
	average := c.choice("mode", "avg", "max") == "avg"
	var out []*tensor.Tensor
	r := floatsOf(rois)
	for i, b := range batch {
		image := x.Select(0, c.place(b, x.Size(0)))
		y := c.roiAxis(r[4*i+1]*scale, r[4*i+3]*scale, h, x.Size(2), x.DType())
		z := c.roiAxis(r[4*i]*scale, r[4*i+2]*scale, w, x.Size(3), x.DType())
		bins := func(rows, cols *tensor.Tensor) *tensor.Tensor {
			return rows.MatMul(image).MatMul(cols.T()).Reshape(x.Size(1), h, y.each, w, z.each)
		}
		if average {
			out = append(out, bins(y.low.Add(y.high), z.low.Add(z.high)).Mean(tensor.Dims(2, 4)))
			continue
		}
		// ONNX takes the largest of the four parts of each sample, not of their sums.
		s := bins(y.low, z.low).Maximum(bins(y.low, z.high)).Maximum(bins(y.high, z.low)).Maximum(bins(y.high, z.high))
		out = append(out, s.Max(tensor.Dims(2, 4)))
	}
	if len(out) == 0 {
		return tensor.Make{DType: x.DType()}.Zeros(0, x.Size(1), h, w)
	}
	return tensor.Stack(0, out...)
}

// A roiAxis samples one dim: bins, each at the same number of places, which the
// rows of the matrices are. low has the weight of the element before the place,
// high that of the one after it.
type roiAxis struct {
	low, high *tensor.Tensor // [bins·each, size]
	each      int
}

// roiAxis splits the part from lo to hi of a dim of size elements into bins.
func (c *call) roiAxis(lo, hi float64, bins, size int, d tensor.DType) roiAxis {
	if c.version >= 16 && c.choice("coordinate_transformation_mode", "half_pixel", "output_half_pixel") == "half_pixel" {
		lo, hi = lo-0.5, hi-0.5
	} else {
		hi = lo + math.Max(hi-lo, 1)
	}
	bin := (hi - lo) / float64(bins)
	n := c.intAttr("sampling_ratio", 0)
	if n <= 0 {
		n = int(math.Ceil(math.Min(bin, 1<<20)))
	}
	if bins < 1 || n < 1 || n > 1<<16 || bins > 1<<14 || size < 1 || bins*n > 1<<28/size {
		c.failf("a region from %v to %v in %d bins of %d samples", lo, hi, bins, n)
	}
	low, high := make([]float64, bins*n*size), make([]float64, bins*n*size)
	for i := range bins * n {
		p := lo + float64(i/n)*bin + (float64(i%n)+0.5)*bin/float64(n)
		if p < -1 || p > float64(size) {
			continue // outside: 0
		}
		p = math.Min(math.Max(p, 0), float64(size-1))
		k := int(p)
		f := p - float64(k)
		low[i*size+k] = 1 - f
		if f > 0 {
			high[i*size+k+1] = f
		}
	}
	matrix := func(w []float64) *tensor.Tensor { return tensor.FromSlice(w, []int{bins * n, size}).Cast(d) }
	return roiAxis{matrix(low), matrix(high), n}
}

// opUpsample is the first form of Resize.
func opUpsample(c *call) *tensor.Tensor {
	scales := c.floatsAttr("scales")
	if c.version >= 9 {
		scales = floatsOf(c.x(1))
	}
	x := c.x(0)
	if len(scales) != x.Dim() {
		c.failf("%d scales of a %v", len(scales), c.in[0])
	}
	r := &resize{call: c, mode: c.choice("mode", "nearest", "linear", "bilinear"), coords: "asymmetric", nearest: "floor"}
	for i, s := range scales {
		x = r.axis(x, i, s, int(float64(x.Size(i))*s), 0, 1)
	}
	return x
}

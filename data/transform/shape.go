package transform

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// Resize makes pictures of height and width size, by weighted sums of the two
// next pixels of each dim, or of all that a new one covers (antialiased). One
// number is the size of the shorter side; the other keeps the ratio, cut to an
// integer.
func Resize(size ...int) Transform { return resize("Resize", vision.Bilinear, size) }

// ResizeBicubic is Resize by the cubic filter, which is sharper and may leave
// the range of the values.
func ResizeBicubic(size ...int) Transform { return resize("ResizeBicubic", vision.Bicubic, size) }

func resize(op string, mode vision.Mode, size []int) Transform {
	h, w := pair(op, size)
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check(op, x, 0)
		h, w := h, w
		if len(size) == 1 {
			if oldH, oldW := x.Size(-2), x.Size(-1); oldH < oldW {
				w = h * oldW / oldH
			} else {
				h = w * oldH / oldW
			}
		}
		return scaled(x, mode, h, w)
	}
}

func scaled(x *tensor.Tensor, mode vision.Mode, h, w int) *tensor.Tensor {
	if x.Size(-2) == h && x.Size(-1) == w {
		return x
	}
	return batched(x, func(x *tensor.Tensor) *tensor.Tensor {
		return vision.Interpolate(x, mode, vision.Size(h, w), vision.Antialias)
	})
}

// Crop cuts out h rows from row top on, and w columns from column left on.
// It refuses what reaches beyond the picture.
func Crop(top, left, h, w int) Transform {
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("Crop", x, 0)
		if top < 0 || left < 0 || h < 1 || w < 1 || top > x.Size(-2)-h || left > x.Size(-1)-w {
			tensor.Misuse("Crop", fmt.Errorf("%d×%d at (%d, %d) is not in a picture of %d×%d", h, w, top, left, x.Size(-2), x.Size(-1)), x)
		}
		return cut(x, top, left, h, w)
	}
}

func cut(x *tensor.Tensor, top, left, h, w int) *tensor.Tensor {
	return x.Narrow(-2, top, h).Narrow(-1, left, w).Contiguous()
}

// CenterCrop cuts out the middle, of height and width size, or of a square.
// What a picture lacks is 0.
func CenterCrop(size ...int) Transform {
	h, w := pair("CenterCrop", size)
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("CenterCrop", x, 0)
		if dh, dw := max(0, h-x.Size(-2)), max(0, w-x.Size(-1)); dh+dw > 0 {
			x = x.Pad([]int{dw / 2, (dw + 1) / 2, dh / 2, (dh + 1) / 2})
		}
		// Half a pixel goes to the even side, as in Python.
		top := int(math.RoundToEven(float64(x.Size(-2)-h) / 2))
		left := int(math.RoundToEven(float64(x.Size(-1)-w) / 2))
		return cut(x, top, left, h, w)
	}
}

// Pad adds columns and rows of zeros on the four sides, or what an option
// says: tensor.PadValue, tensor.PadReflect, tensor.PadReplicate or tensor.PadCircular.
func Pad(left, top, right, bottom int, opts ...tensor.PadOption) Transform {
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("Pad", x, 0)
		return batched(x, func(x *tensor.Tensor) *tensor.Tensor { return x.Pad([]int{left, right, top, bottom}, opts...) })
	}
}

// RandomCrop cuts out a part of height and width size, or a square, at a random
// place. Pad before it lets the part reach beyond the picture; it refuses
// smaller pictures.
func RandomCrop(size ...int) Transform {
	h, w := pair("RandomCrop", size)
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		check("RandomCrop", x, 0)
		if x.Size(-2) < h || x.Size(-1) < w {
			tensor.Misuse("RandomCrop", fmt.Errorf("the picture has %d×%d, less than %d×%d; Pad or Resize it before", x.Size(-2), x.Size(-1), h, w), x)
		}
		return cut(x, r.IntN(x.Size(-2)-h+1), r.IntN(x.Size(-1)-w+1), h, w)
	}
}

// RandomHFlip mirrors the picture with probability p, left to right.
func RandomHFlip(p float64) Transform { return flip("RandomHFlip", p, -1) }

// RandomVFlip mirrors the picture with probability p, top to bottom.
func RandomVFlip(p float64) Transform { return flip("RandomVFlip", p, -2) }

func flip(op string, p float64, dim int) Transform {
	return RandomApply(p, func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check(op, x, 0)
		return x.Flip(dim)
	})
}

// A CropOption changes [RandomResizedCrop].
type CropOption func(*cropConfig)

type cropConfig struct{ area, ratio [2]float64 }

// Area is the part of the picture's area that may be cut out: 0.08 to 1 unless
// this says otherwise.
func Area(lo, hi float64) CropOption { return func(c *cropConfig) { c.area = [2]float64{lo, hi} } }

// Ratio is the width of the part over its height, before it is resized: 3/4 to
// 4/3 unless this says otherwise.
func Ratio(lo, hi float64) CropOption { return func(c *cropConfig) { c.ratio = [2]float64{lo, hi} } }

// RandomResizedCrop cuts out a random part, of random area and ratio, and
// resizes it to h×w: what ImageNet models are trained with.
//
// source: Szegedy et al., Going deeper with convolutions, 2014;
// torchvision.transforms.RandomResizedCrop
func RandomResizedCrop(h, w int, opts ...CropOption) Transform {
	pair("RandomResizedCrop", []int{h, w})
	c := cropConfig{area: [2]float64{0.08, 1}, ratio: [2]float64{3. / 4, 4. / 3}}
	for _, o := range opts {
		o(&c)
	}
	if !(c.area[0] >= 0 && c.area[1] >= c.area[0] && c.ratio[0] > 0 && c.ratio[1] >= c.ratio[0]) {
		tensor.Misuse("RandomResizedCrop", fmt.Errorf("areas %v, ratios %v; want a range from at least 0, and one above 0", c.area, c.ratio))
	}
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		check("RandomResizedCrop", x, 0)
		top, left, ch, cw := c.draw(x.Size(-2), x.Size(-1), r)
		return scaled(cut(x, top, left, ch, cw), vision.Bilinear, h, w)
	}
}

// draw returns a part of a picture: the first of ten tries that lies in it, or
// else the middle, with the ratio brought into its range.
func (c cropConfig) draw(height, width int, r *rand.Rand) (top, left, h, w int) {
	for range 10 {
		area := uniform(r, c.area[0], c.area[1]) * float64(height) * float64(width)
		ratio := math.Exp(uniform(r, math.Log(c.ratio[0]), math.Log(c.ratio[1])))
		w, h = int(math.Round(math.Sqrt(area*ratio))), int(math.Round(math.Sqrt(area/ratio)))
		if w > 0 && w <= width && h > 0 && h <= height {
			return r.IntN(height - h + 1), r.IntN(width - w + 1), h, w
		}
	}
	w, h = width, height
	switch ratio := float64(width) / float64(height); {
	case ratio < c.ratio[0]:
		h = max(1, min(height, int(math.Round(float64(w)/c.ratio[0]))))
	case ratio > c.ratio[1]:
		w = max(1, min(width, int(math.Round(float64(h)*c.ratio[1]))))
	}
	return (height - h) / 2, (width - w) / 2, h, w
}

package transform

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/facula-ml/facula/tensor"
)

// GaussianBlur makes each pixel the weighted sum of those around it, by a
// normal curve of standard deviation sigma that is cut to kernel pixels, an odd
// number. Beyond its edges the picture is mirrored, so it must have more than
// kernel/2 pixels each way.
func GaussianBlur(kernel int, sigma float64) Transform {
	if kernel < 1 || kernel%2 == 0 || !(sigma > 0) {
		tensor.Misuse("GaussianBlur", fmt.Errorf("a kernel of %d and a deviation of %v; want an odd number, and more than 0", kernel, sigma))
	}
	weights, sum := make([]float64, kernel), 0.0
	for i := range weights {
		d := float64(i-kernel/2) / sigma
		weights[i] = math.Exp(-d * d / 2)
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("GaussianBlur", x, 0)
		return batched(x, func(x *tensor.Tensor) *tensor.Tensor {
			n, c, h, w := x.Size(0), x.Size(1), x.Size(2), x.Size(3)
			k := tensor.Of(weights, 1, 1, kernel, 1).Cast(x.DType()).To(x.Device())
			p := kernel / 2
			y := x.Reshape(n*c, 1, h, w).Pad([]int{p, p, p, p}, tensor.PadReflect)
			return y.Conv2d(k, nil).Conv2d(k.Transpose(2, 3), nil).Reshape(n, c, h, w)
		})
	}
}

// RandomBlur is GaussianBlur by a deviation from lo to hi.
func RandomBlur(kernel int, lo, hi float64) Transform {
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		return GaussianBlur(kernel, uniform(r, lo, hi))(x, nil)
	}
}

// RandomNoise adds normal noise of standard deviation sigma to each value, and
// cuts what leaves 0…1.
func RandomNoise(sigma float64) Transform {
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		check("RandomNoise", x, 0)
		noise := make([]float32, x.Len())
		for i := range noise {
			noise[i] = float32(sigma * r.NormFloat64())
		}
		u := tensor.FromSlice(noise, x.Shape(), tensor.Share).Cast(x.DType()).To(x.Device())
		return x.Add(u).Clamp(0.0, 1.0)
	}
}

// Erase sets h rows from row top on, and w columns from column left on, to v.
func Erase(top, left, h, w int, v float64) Transform {
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("Erase", x, 0)
		if top < 0 || left < 0 || h < 0 || w < 0 || top > x.Size(-2)-h || left > x.Size(-1)-w {
			tensor.Misuse("Erase", fmt.Errorf("%d×%d at (%d, %d) is not in a picture of %d×%d", h, w, top, left, x.Size(-2), x.Size(-1)), x)
		}
		y := x.Clone()
		y.Narrow(-2, top, h).Narrow(-1, left, w).Fill(v)
		return y
	}
}

// RandomErasing sets a random part to 0 with probability p: 0.02 to 0.33 of the
// area, with a ratio of 0.3 to 3.3. It leaves a picture in which ten tries find no
// place.
//
// source: Zhong et al., Random erasing data augmentation, 2017
func RandomErasing(p float64) Transform {
	return RandomApply(p, func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		check("RandomErasing", x, 0)
		height, width := x.Size(-2), x.Size(-1)
		for range 10 {
			area := uniform(r, 0.02, 0.33) * float64(height*width)
			ratio := math.Exp(uniform(r, math.Log(0.3), math.Log(3.3)))
			h, w := int(math.Round(math.Sqrt(area*ratio))), int(math.Round(math.Sqrt(area/ratio)))
			if h < height && w < width {
				return Erase(r.IntN(height-h+1), r.IntN(width-w+1), h, w, 0)(x, nil)
			}
		}
		return x
	})
}

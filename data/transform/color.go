package transform

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/facula-ml/facula/tensor"
)

// Normalize subtracts mean from each channel and divides it by std. Each has
// one number for all channels, or one for each. ImageNet models want means of
// 0.485, 0.456, 0.406 and deviations of 0.229, 0.224, 0.225.
func Normalize(mean, std []float64) Transform {
	for _, s := range std {
		if !(s > 0) {
			tensor.Misuse("Normalize", fmt.Errorf("a standard deviation of %v; want more than 0", s))
		}
	}
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("Normalize", x, 0)
		for _, list := range [][]float64{mean, std} {
			if n := len(list); n != 1 && n != x.Size(-3) {
				tensor.Misuse("Normalize", fmt.Errorf("%d numbers for %d channels", n, x.Size(-3)), x)
			}
		}
		return x.Sub(perChannel(x, mean)).Div(perChannel(x, std))
	}
}

func perChannel(x *tensor.Tensor, v []float64) *tensor.Tensor {
	return tensor.Of(v, len(v), 1, 1).Cast(x.DType()).To(x.Device())
}

// Grayscale makes gray pictures of 1 or 3 channels of color ones.
func Grayscale(channels int) Transform {
	if channels != 1 && channels != 3 {
		tensor.Misuse("Grayscale", fmt.Errorf("%d channels; want 1 or 3", channels))
	}
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("Grayscale", x, 3)
		g := gray(x)
		if channels == 3 {
			g = tensor.Cat(-3, g, g, g)
		}
		return g
	}
}

// gray is the weighted sum of the channels, by ITU-R BT.601; torchvision
// has 0.2989 for red.
func gray(x *tensor.Tensor) *tensor.Tensor {
	if x.Size(-3) == 1 {
		return x
	}
	return x.Mul(perChannel(x, []float64{0.2989, 0.587, 0.114})).Sum(tensor.Dims(-3), tensor.KeepDim)
}

// blend goes from u to x, and beyond x where f is above 1, within 0…1.
func blend(x, u *tensor.Tensor, f float64) *tensor.Tensor {
	return x.MulScalar(f).Add(u.MulScalar(1-f)).Clamp(0.0, 1.0)
}

// Brightness multiplies by f: 0 is black, 1 changes nothing.
func Brightness(f float64) Transform {
	return adjust("Brightness", f, func(x *tensor.Tensor) *tensor.Tensor { return x.MulScalar(f).Clamp(0.0, 1.0) })
}

// Contrast moves each value away from the average brightness of its picture: 0
// is gray all over, 1 changes nothing.
func Contrast(f float64) Transform {
	return adjust("Contrast", f, func(x *tensor.Tensor) *tensor.Tensor {
		return blend(x, gray(x).Mean(tensor.Dims(-3, -2, -1), tensor.KeepDim), f)
	})
}

// Saturation moves each color away from gray: 0 is gray, 1 changes nothing.
func Saturation(f float64) Transform {
	return adjust("Saturation", f, func(x *tensor.Tensor) *tensor.Tensor { return blend(x, gray(x), f) })
}

// adjust checks what a change of color takes: one or three channels, and a
// factor of at least 0.
func adjust(op string, f float64, change func(x *tensor.Tensor) *tensor.Tensor) Transform {
	if !(f >= 0) {
		tensor.Misuse(op, fmt.Errorf("a factor of %v; want at least 0", f))
	}
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		checkColor(op, x)
		return change(x)
	}
}

func checkColor(op string, x *tensor.Tensor) {
	check(op, x, 0)
	if c := x.Size(-3); c != 1 && c != 3 {
		tensor.Misuse(op, fmt.Errorf("%d channels; want 1 or 3", c), x)
	}
}

// Hue turns all colors around the color wheel, by shift of its length: from
// -0.5 to 0.5.
//
// source: Smith, Color gamut transform pairs, 1978 (HSV)
func Hue(shift float64) Transform {
	if !(shift >= -0.5 && shift <= 0.5) {
		tensor.Misuse("Hue", fmt.Errorf("a shift of %v; want -0.5 to 0.5", shift))
	}
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		checkColor("Hue", x)
		if x.Size(-3) == 1 {
			return x
		}
		y := tensor.Slice[float64](x.Cast(tensor.Float64))
		plane := x.Size(-2) * x.Size(-1)
		for start := 0; start < len(y); start += 3 * plane {
			for i := start; i < start+plane; i++ {
				y[i], y[i+plane], y[i+2*plane] = turnHue(y[i], y[i+plane], y[i+2*plane], shift)
			}
		}
		return tensor.FromSlice(y, x.Shape(), tensor.Share).Cast(x.DType()).To(x.Device())
	}
}

// turnHue changes the hue of one color. A color is its largest part v, less a
// share of the chroma that grows with its distance on the wheel.
func turnHue(r, g, b, shift float64) (float64, float64, float64) {
	v := max(r, g, b)
	chroma := v - min(r, g, b)
	if !(chroma > 0) { // gray has no hue
		return r, g, b
	}
	var h float64 // from 0 to 6
	switch v {
	case r:
		h = (g - b) / chroma
	case g:
		h = 2 + (b-r)/chroma
	default:
		h = 4 + (r-g)/chroma
	}
	h += 6 * shift
	part := func(offset float64) float64 {
		k := math.Mod(h+offset+12, 6)
		return v - chroma*max(0, min(k, 4-k, 1))
	}
	return part(5), part(3), part(1)
}

// ColorJitter changes brightness, contrast and saturation by factors from 1-v
// to 1+v, and the hue by a shift from -hue to hue, in a random order. A v of 0
// leaves that one out; hue is at most 0.5.
func ColorJitter(brightness, contrast, saturation, hue float64) Transform {
	changes := []struct {
		v      float64
		change func(float64) Transform
	}{{brightness, Brightness}, {contrast, Contrast}, {saturation, Saturation}}
	for _, c := range changes {
		if !(c.v >= 0) {
			tensor.Misuse("ColorJitter", fmt.Errorf("a change of %v; want at least 0", c.v))
		}
	}
	if !(hue >= 0 && hue <= 0.5) {
		tensor.Misuse("ColorJitter", fmt.Errorf("a hue of %v; want 0 to 0.5", hue))
	}
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		for _, i := range r.Perm(4) {
			switch {
			case i < 3 && changes[i].v > 0:
				v := changes[i].v
				x = changes[i].change(uniform(r, max(0, 1-v), 1+v))(x, nil)
			case i == 3 && hue > 0:
				x = Hue(uniform(r, -hue, hue))(x, nil)
			}
		}
		return x
	}
}

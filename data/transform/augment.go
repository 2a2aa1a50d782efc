package transform

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/facula-ml/facula/tensor"
)

// Posterize keeps the highest bits of 8 of each value: 2^bits steps.
func Posterize(bits int) Transform {
	if bits < 0 || bits > 8 {
		tensor.Misuse("Posterize", fmt.Errorf("%d bits; want 0 to 8", bits))
	}
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("Posterize", x, 0)
		levels := math.Pow(2, float64(bits))
		return x.MulScalar(levels).Floor().Clamp(0.0, levels-1).MulScalar(1 / levels)
	}
}

// Solarize makes v of 1-v where v is at least threshold.
func Solarize(threshold float64) Transform {
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("Solarize", x, 0)
		return tensor.Where(x.GeScalar(threshold), x.RSubScalar(1.0), x)
	}
}

// AutoContrast spreads the values of each channel over 0…1. A channel of one
// value stays.
func AutoContrast() Transform {
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("AutoContrast", x, 0)
		flat := x.Reshape(append(x.Shape()[:x.Dim()-2:x.Dim()-2], -1)...)
		least, _ := flat.MinDim(-1, tensor.KeepDim)
		most, _ := flat.MaxDim(-1, tensor.KeepDim)
		span := most.Sub(least)
		spread := flat.Sub(least).Div(span).Clamp(0.0, 1.0)
		return tensor.Where(span.EqScalar(0.0), flat, spread).Reshape(x.Shape()...)
	}
}

// Equalize changes the values of each channel so that all are about as
// frequent. They are cut to bytes before, as torchvision does.
//
// source: torchvision.transforms.functional.equalize
func Equalize() Transform {
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check("Equalize", x, 0)
		y := tensor.Slice[float32](x.Cast(tensor.Float32))
		plane := x.Size(-2) * x.Size(-1)
		for start := 0; start < len(y); start += plane {
			equalize(y[start : start+plane])
		}
		return tensor.FromSlice(y, x.Shape(), tensor.Share).Cast(x.DType()).To(x.Device())
	}
}

// equalize maps each byte to the number of values below it, in units of a 255th
// of all but those of the largest byte. Too few values for that stay.
func equalize(v []float32) {
	var count [256]int
	last := 0
	bin := func(f float32) int { return int(min(max(f, 0), 1) * 255.999) }
	for _, f := range v {
		count[bin(f)]++
		last = max(last, bin(f))
	}
	step := (len(v) - count[last]) / 255
	var table [256]float32
	below := 0
	for i, n := range count {
		table[i] = float32(i) / 255
		if step > 0 {
			table[i] = float32(min((below+step/2)/step, 255)) / 255
		}
		below += n
	}
	for i, f := range v {
		v[i] = table[bin(f)]
	}
}

// Sharpness moves each pixel away from the average of those around it: 0
// blurs, 1 changes nothing, 2 sharpens. The pixels at the edges stay.
func Sharpness(f float64) Transform {
	return adjust("Sharpness", f, func(x *tensor.Tensor) *tensor.Tensor {
		h, w := x.Size(-2), x.Size(-1)
		if h < 3 || w < 3 {
			return x
		}
		smooth := batched(x, func(x *tensor.Tensor) *tensor.Tensor {
			k := tensor.Of([]float64{1, 1, 1, 1, 5, 1, 1, 1, 1}, 1, 1, 3, 3).DivScalar(13.0).Cast(x.DType()).To(x.Device())
			y := x.Clone()
			inner := x.Reshape(x.Size(0)*x.Size(1), 1, h, w).Conv2d(k, nil).Reshape(x.Size(0), x.Size(1), h-2, w-2)
			y.Narrow(2, 1, h-2).Narrow(3, 1, w-2).CopyFrom(inner)
			return y
		})
		return blend(x, smooth, f)
	})
}

// augmentation is a change whose strength is a number from 0 to 1; sign is 1
// or -1.
type augmentation func(x *tensor.Tensor, strength, sign float64) Transform

// limits are the changes of full strength.
type limits struct {
	shear, moveX, moveY float64 // a slope, and parts of the width and the height
	turn, color, bits   float64 // degrees, the change of a factor, bits lost
}

func (l limits) augmentations() []augmentation {
	slope := func(v float64) float64 { return math.Atan(v) * 180 / math.Pi }
	affine := func(set func(m *Motion, x *tensor.Tensor, v float64)) augmentation {
		return func(x *tensor.Tensor, strength, sign float64) Transform {
			m := Motion{Scale: 1}
			set(&m, x, strength*sign)
			return Affine(m)
		}
	}
	factor := func(change func(float64) Transform) augmentation {
		return func(_ *tensor.Tensor, strength, sign float64) Transform { return change(1 + l.color*strength*sign) }
	}
	return []augmentation{
		func(*tensor.Tensor, float64, float64) Transform { return Compose() },
		affine(func(m *Motion, _ *tensor.Tensor, v float64) { m.ShearX = slope(l.shear * v) }),
		affine(func(m *Motion, _ *tensor.Tensor, v float64) { m.ShearY = slope(l.shear * v) }),
		affine(func(m *Motion, x *tensor.Tensor, v float64) { m.X = math.Trunc(l.moveX * float64(x.Size(-1)) * v) }),
		affine(func(m *Motion, x *tensor.Tensor, v float64) { m.Y = math.Trunc(l.moveY * float64(x.Size(-2)) * v) }),
		affine(func(m *Motion, _ *tensor.Tensor, v float64) { m.Degrees = -l.turn * v }),
		factor(Brightness), factor(Saturation), factor(Contrast), factor(Sharpness),
		func(_ *tensor.Tensor, strength, _ float64) Transform {
			return Posterize(8 - int(math.Round(l.bits*strength)))
		},
		func(_ *tensor.Tensor, strength, _ float64) Transform { return Solarize(1 - strength) },
		func(*tensor.Tensor, float64, float64) Transform { return AutoContrast() },
		func(*tensor.Tensor, float64, float64) Transform { return Equalize() },
	}
}

// RandAugment makes n changes that it draws anew each time from 14: shears,
// moves, turns, changes of color, and none. strength, from 0 to 1, says how much
// each does; the usual one is 0.3, with n of 2. Shears are about the middle.
//
// source: Cubuk et al., RandAugment, 2019; torchvision.transforms.RandAugment,
// whose magnitude of 0 to 30 is 30 times the strength
func RandAugment(n int, strength float64) Transform {
	if n < 0 || !(strength >= 0 && strength <= 1) {
		tensor.Misuse("RandAugment", fmt.Errorf("%d changes of strength %v; want at least 0, and 0 to 1", n, strength))
	}
	changes := limits{shear: 0.3, moveX: 150. / 331, moveY: 150. / 331, turn: 30, color: 0.9, bits: 4}.augmentations()
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		for range n {
			x = changes[r.IntN(len(changes))](x, strength, sign(r))(x, nil)
		}
		return x
	}
}

// TrivialAugment makes one change of those of RandAugment, of any strength:
// nothing to tune. The strongest are stronger than RandAugment's.
//
// source: Müller and Hutter, TrivialAugment, 2021; torchvision's
// TrivialAugmentWide, which moves by up to 32 pixels where this moves by a seventh
func TrivialAugment() Transform {
	changes := limits{shear: 0.99, moveX: 1. / 7, moveY: 1. / 7, turn: 135, color: 0.99, bits: 6}.augmentations()
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		return changes[r.IntN(len(changes))](x, r.Float64(), sign(r))(x, nil)
	}
}

func sign(r *rand.Rand) float64 { return float64(2*r.IntN(2) - 1) }

package transform

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// Rotate turns pictures about their middle, counterclockwise, by weighted sums
// of the four next pixels. What was beyond a picture is 0.
func Rotate(degrees float64) Transform {
	return warp("Rotate", Motion{Degrees: -degrees, Scale: 1})
}

// RandomRotation turns pictures by at most so many degrees, either way.
func RandomRotation(degrees float64) Transform {
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		return Rotate(uniform(r, -degrees, degrees))(x, nil)
	}
}

// Motion is an affine map of the plane about the middle of a picture: scale,
// shear and turn it, then move it.
type Motion struct {
	Degrees float64 // clockwise
	X, Y    float64 // pixels to the right, and down
	Scale   float64 // above 0; 1 keeps the size
	ShearX  float64 // degrees by which vertical lines lean
	ShearY  float64 // degrees by which horizontal lines lean
}

// Affine moves pictures, as Rotate does.
//
// source: torchvision.transforms.functional.affine
func Affine(m Motion) Transform {
	if !(m.Scale > 0) {
		tensor.Misuse("Affine", fmt.Errorf("a scale of %v; want more than 0", m.Scale))
	}
	return warp("Affine", m)
}

func warp(op string, m Motion) Transform {
	return func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor {
		check(op, x, 0)
		w, h := float64(x.Size(-1)), float64(x.Size(-2))
		v := m.inverse()
		// A picture reaches from -1 to 1 in the units of a grid.
		theta := tensor.Of([]float64{
			v[0], v[1] * h / w, v[2] * 2 / w,
			v[3] * w / h, v[4], v[5] * 2 / h,
		}, 1, 2, 3).Cast(x.DType()).To(x.Device())
		return batched(x, func(x *tensor.Tensor) *tensor.Tensor {
			grid := vision.AffineGrid(theta, []int{1, 1, x.Size(2), x.Size(3)})
			return vision.GridSample(x, grid.Expand(x.Size(0), x.Size(2), x.Size(3), 2))
		})
	}
}

// inverse maps a pixel of the result to its place in the picture, by two rows
// of three numbers; both are counted from the middle.
//
// Without the scale the map is the matrix of a, b, c and d below, which turns
// and shears, and whose determinant is 1; so its inverse is that of d, -b, -c and a.
func (m Motion) inverse() [6]float64 {
	const degree = math.Pi / 180
	turn, sx, sy := m.Degrees*degree, m.ShearX*degree, m.ShearY*degree
	a := math.Cos(turn-sy) / math.Cos(sy)
	b := -a*math.Tan(sx) - math.Sin(turn)
	c := math.Sin(turn-sy) / math.Cos(sy)
	d := -c*math.Tan(sx) + math.Cos(turn)
	v := [6]float64{d / m.Scale, -b / m.Scale, 0, -c / m.Scale, a / m.Scale, 0}
	v[2] = -v[0]*m.X - v[1]*m.Y
	v[5] = -v[3]*m.X - v[4]*m.Y
	return v
}

// An AffineOption changes [RandomAffine].
type AffineOption func(*affineConfig)

type affineConfig struct {
	x, y, shear float64
	scale       [2]float64
}

// Translate moves by at most so much of the width and of the height.
func Translate(x, y float64) AffineOption { return func(c *affineConfig) { c.x, c.y = x, y } }

// ScaleBy scales by a factor from lo to hi.
func ScaleBy(lo, hi float64) AffineOption {
	return func(c *affineConfig) { c.scale = [2]float64{lo, hi} }
}

// Shear leans vertical lines by at most so many degrees.
func Shear(degrees float64) AffineOption { return func(c *affineConfig) { c.shear = degrees } }

// RandomAffine turns by at most so many degrees, either way, and does what the
// options say.
func RandomAffine(degrees float64, opts ...AffineOption) Transform {
	c := affineConfig{scale: [2]float64{1, 1}}
	for _, o := range opts {
		o(&c)
	}
	if !(c.scale[0] > 0 && c.scale[1] >= c.scale[0]) {
		tensor.Misuse("RandomAffine", fmt.Errorf("scales %v; want a range above 0", c.scale))
	}
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		check("RandomAffine", x, 0)
		dx, dy := c.x*float64(x.Size(-1)), c.y*float64(x.Size(-2))
		return Affine(Motion{
			Degrees: uniform(r, -degrees, degrees),
			X:       math.Round(uniform(r, -dx, dx)),
			Y:       math.Round(uniform(r, -dy, dy)),
			Scale:   uniform(r, c.scale[0], c.scale[1]),
			ShearX:  uniform(r, -c.shear, c.shear),
		})(x, nil)
	}
}

package transform

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// MixUp blends each picture of a batch with the one before it (the first with
// the last), and so its labels, which become float32 of shape [n, classes]:
// targets that CrossEntropy takes as they are. The first picture's share is drawn from the
// distribution Beta(alpha, alpha): 1 makes all shares equally likely, less keeps
// pictures nearer to what they were.
//
//	b:      X [n, …] floating point, Y int64 [n]
//	panics: *tensor.Error for other batches, a class beyond classes, and an alpha not above 0
//	source: Zhang et al., mixup: beyond empirical risk minimization, 2017
func MixUp(b data.Batch, classes int, alpha float64, r *rand.Rand) data.Batch {
	checkBatch("MixUp", b, 2, alpha)
	return mixUp(b, classes, beta(r, alpha))
}

func mixUp(b data.Batch, classes int, share float64) data.Batch {
	b.X = mix(b.X, share)
	b.Y = mix(tensor.OneHot(b.Y, classes).Cast(tensor.Float32), share)
	return b
}

// mix blends each element of dim 0 with the one before it.
func mix(x *tensor.Tensor, share float64) *tensor.Tensor {
	return x.MulScalar(share).Add(x.Roll(1, 0).MulScalar(1 - share))
}

// CutMix replaces a part of each picture by that of the one before it (of the
// first by the last's), at the same random place, and blends the labels by the
// areas, as MixUp does. The area that is left is drawn from Beta(alpha, alpha), before
// the edges of the picture cut the part.
//
//	b:      X [n, c, h, w] floating point, Y int64 [n]
//	panics: *tensor.Error for other batches, a class beyond classes, and an alpha not above 0
//	source: Yun et al., CutMix, 2019
func CutMix(b data.Batch, classes int, alpha float64, r *rand.Rand) data.Batch {
	checkBatch("CutMix", b, 4, alpha)
	h, w := b.X.Size(2), b.X.Size(3)
	share := beta(r, alpha)
	return cutMix(b, classes, share, r.IntN(h), r.IntN(w))
}

// cutMix takes the part's middle.
func cutMix(b data.Batch, classes int, share float64, y, x int) data.Batch {
	h, w := b.X.Size(2), b.X.Size(3)
	half := math.Sqrt(1-share) / 2
	dy, dx := int(half*float64(h)), int(half*float64(w))
	top, bottom := max(0, y-dy), min(h, y+dy)
	left, right := max(0, x-dx), min(w, x+dx)
	part := func(t *tensor.Tensor) *tensor.Tensor { return t.Narrow(2, top, bottom-top).Narrow(3, left, right-left) }
	mixed := b.X.Clone()
	part(mixed).CopyFrom(part(b.X.Roll(1, 0)))
	b.X = mixed
	left0 := 1 - float64((bottom-top)*(right-left))/float64(h*w)
	b.Y = mix(tensor.OneHot(b.Y, classes).Cast(tensor.Float32), left0)
	return b
}

func checkBatch(op string, b data.Batch, least int, alpha float64) {
	switch {
	case b.X == nil || b.Y == nil:
		tensor.Misuse(op, errors.New("want a batch with labels"))
	case b.X.Dim() < least || !b.X.DType().IsFloat():
		tensor.Misuse(op, fmt.Errorf("the pictures are %v; want a floating-point dtype and at least %d dims", b.X.DType(), least), b.X)
	case b.Y.Dim() != 1 || b.Y.DType() != tensor.Int64 || b.Y.Size(0) != b.X.Size(0):
		tensor.Misuse(op, fmt.Errorf("labels are %v %v; want int64 of shape [%d]", b.Y.DType(), b.Y.Shape(), b.X.Size(0)), b.X)
	case !(alpha > 0):
		tensor.Misuse(op, fmt.Errorf("alpha is %v; want more than 0", alpha), b.X)
	}
}

// beta draws from Beta(a, a): one of two gamma variables over their sum.
func beta(r *rand.Rand, a float64) float64 {
	x, y := logGamma(r, a), logGamma(r, a)
	return 1 / (1 + math.Exp(y-x)) // in logarithms, as both round to 0 where a is small
}

// logGamma draws the logarithm of a gamma variable of shape a.
//
// source: Marsaglia and Tsang, A simple method for generating gamma variables, 2000
func logGamma(r *rand.Rand, a float64) float64 {
	boost := 0.0
	if a < 1 {
		boost = math.Log(1-r.Float64()) / a // of a uniform number above 0
		a++
	}
	d := a - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return boost + math.Log(d*v)
		}
	}
}

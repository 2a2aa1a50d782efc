package transform

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// A Transform makes a new picture of x, which it leaves as it is. It draws
// random numbers from r alone, and does not keep it; those whose names do not say
// Random or Jitter draw none, and take nil.
//
//	panics: *tensor.Error for a picture that it cannot change
type Transform func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor

// Compose runs transforms one after another.
func Compose(ts ...Transform) Transform {
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		for _, t := range ts {
			x = t(x, r)
		}
		return x
	}
}

// RandomApply runs t with probability p, and otherwise gives x back.
func RandomApply(p float64, t Transform) Transform {
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor {
		if r.Float64() >= p {
			return x
		}
		return t(x, r)
	}
}

// RandomChoice runs one of the transforms, each as likely as the others. It
// panics if there is none.
func RandomChoice(ts ...Transform) Transform {
	if len(ts) == 0 {
		tensor.Misuse("RandomChoice", errors.New("want at least one transform"))
	}
	return func(x *tensor.Tensor, r *rand.Rand) *tensor.Tensor { return ts[r.IntN(len(ts))](x, r) }
}

// Apply returns ds with transforms applied to X of each sample as it is read.
// A picture that a transform refuses comes as an error. It panics if ds is nil.
func Apply(ds data.Dataset[data.Sample], ts ...Transform) data.Dataset[data.Sample] {
	return data.MapRand(ds, Sample(ts...))
}

// Sample returns the transforms of X as a function of a sample, for
// data.MapRand and data.NewStreamLoaderFunc.
func Sample(ts ...Transform) func(data.Sample, *rand.Rand) (data.Sample, error) {
	all := Compose(ts...)
	return func(s data.Sample, r *rand.Rand) (data.Sample, error) {
		err := tensor.Try(func() { s.X = all(s.X, r) })
		return s, err
	}
}

// check panics unless x is pictures of some number of channels, 0 for any.
func check(op string, x *tensor.Tensor, channels int) {
	switch {
	case x == nil:
		tensor.Misuse(op, errors.New("the picture is nil"))
	case x.Dim() != 3 && x.Dim() != 4 || x.Len() == 0:
		tensor.Misuse(op, errors.New("want a picture [c, h, w], or [n, c, h, w]"), x)
	case !x.DType().IsFloat():
		tensor.Misuse(op, fmt.Errorf("dtype %v; want a floating-point dtype", x.DType()), x)
	case channels != 0 && x.Size(-3) != channels:
		tensor.Misuse(op, fmt.Errorf("%d channels; want %d", x.Size(-3), channels), x)
	}
}

// batched runs f on x as [n, c, h, w].
func batched(x *tensor.Tensor, f func(x *tensor.Tensor) *tensor.Tensor) *tensor.Tensor {
	if x.Dim() == 3 {
		return f(x.Unsqueeze(0)).Squeeze(0)
	}
	return f(x)
}

// uniform draws a number from lo to hi.
func uniform(r *rand.Rand, lo, hi float64) float64 { return lo + r.Float64()*(hi-lo) }

// pair reads a size of one or two numbers.
func pair(op string, size []int) (h, w int) {
	if len(size) < 1 || len(size) > 2 || size[0] < 1 || size[len(size)-1] < 1 {
		tensor.Misuse(op, fmt.Errorf("the size %v; want one or two numbers of at least 1", size))
	}
	return size[0], size[len(size)-1]
}

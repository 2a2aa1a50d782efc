package nninit

import (
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

const anyDims = 8

// write overwrites t with v.
func write(t, v *tensor.Tensor) *tensor.Tensor {
	t.Detach().CopyFrom(v)
	return t
}

// like is a Make for values that go into t.
func like(t *tensor.Tensor, g *tensor.Generator) tensor.Make {
	return tensor.Make{DType: t.DType(), Device: t.Device(), Gen: g}
}

func (c *config) apply(opts []Option) *config {
	for _, o := range opts {
		o.option(c)
	}
	return c
}

// Uniform fills t with numbers uniform in [lo, hi).
//
//	source: torch.nn.init.uniform_
func Uniform(t *tensor.Tensor, lo, hi float64, opts ...Option) *tensor.Tensor {
	wantDims("uniform", t, 0, anyDims)
	c := new(config).apply(opts)
	return write(t, like(t, c.gen).Uniform(lo, hi, t.Shape()...))
}

// Normal fills t with numbers of a normal distribution.
//
//	source: torch.nn.init.normal_
func Normal(t *tensor.Tensor, mean, std float64, opts ...Option) *tensor.Tensor {
	wantDims("normal", t, 0, anyDims)
	c := new(config).apply(opts)
	return write(t, like(t, c.gen).Normal(mean, std, t.Shape()...))
}

// Constant fills t with v.
//
//	source: torch.nn.init.constant_
func Constant(t *tensor.Tensor, v float64) *tensor.Tensor {
	wantDims("constant", t, 0, anyDims)
	t.Detach().Fill(v)
	return t
}

// TruncNormal fills t with numbers of a normal distribution cut to [lo, hi].
//
//	panics: *tensor.Error unless std > 0 and lo < hi
//	source: torch.nn.init.trunc_normal_, whose defaults are mean 0, std 1, lo -2, hi 2
func TruncNormal(t *tensor.Tensor, mean, std, lo, hi float64, opts ...Option) *tensor.Tensor {
	wantDims("trunc_normal", t, 0, anyDims)
	if !(std > 0) || !(lo < hi) {
		tensor.Misuse("trunc_normal", fmt.Errorf("std is %v and the range %v to %v; want std > 0 and lo < hi", std, lo, hi), t)
	}
	c := new(config).apply(opts)
	// Uniform numbers between the two values of the distribution function, put
	// through its inverse.
	cdf := func(x float64) float64 { return (1 + math.Erf(x/math.Sqrt2)) / 2 }
	a, b := cdf((lo-mean)/std), cdf((hi-mean)/std)
	u := tensor.Make{DType: t.DType(), Gen: c.gen}.Uniform(2*a-1, 2*b-1, t.Shape()...)
	v := tensor.Slice[float64](u)
	for i, x := range v {
		y := math.Erfinv(x) * (std * math.Sqrt2)
		v[i] = min(max(y+mean, lo), hi)
	}
	return write(t, tensor.FromSlice(v, t.Shape()).To(t.Device()))
}

// XavierUniform fills the weight t with numbers uniform in ±gain·√(6/(in+out)),
// where in and out are its numbers of inputs and outputs.
//
//	shape:  at least 2 dims, outputs first
//	source: torch.nn.init.xavier_uniform_
func XavierUniform(t *tensor.Tensor, opts ...GainOption) *tensor.Tensor {
	c, std := xavier("xavier_uniform", t, opts)
	bound := math.Sqrt(3) * std
	return write(t, like(t, c.gen).Uniform(-bound, bound, t.Shape()...))
}

// XavierNormal fills the weight t with normal numbers of standard deviation
// gain·√(2/(in+out)), where in and out are its numbers of inputs and outputs.
//
//	shape:  at least 2 dims, outputs first
//	source: torch.nn.init.xavier_normal_
func XavierNormal(t *tensor.Tensor, opts ...GainOption) *tensor.Tensor {
	c, std := xavier("xavier_normal", t, opts)
	return write(t, like(t, c.gen).Normal(0, std, t.Shape()...))
}

func xavier(op string, t *tensor.Tensor, opts []GainOption) (config, float64) {
	c := config{gain: Linear}
	for _, o := range opts {
		o.gainOption(&c)
	}
	wantDims(op, t, 0, anyDims)
	in, out := fans(op, t)
	if in+out == 0 {
		return c, 0
	}
	return c, float64(c.gain) * math.Sqrt(2/(in+out))
}

// KaimingUniform fills the weight t with numbers uniform in ±gain·√(3/in),
// where in is its number of inputs, or of outputs with FanOut. The gain is that
// of ReLU unless given.
//
//	shape:  at least 2 dims, outputs first
//	source: torch.nn.init.kaiming_uniform_
func KaimingUniform(t *tensor.Tensor, opts ...FanOption) *tensor.Tensor {
	c, std := kaiming("kaiming_uniform", t, opts)
	bound := math.Sqrt(3) * std
	return write(t, like(t, c.gen).Uniform(-bound, bound, t.Shape()...))
}

// KaimingNormal fills the weight t with normal numbers of standard deviation
// gain/√in, where in is its number of inputs, or of outputs with FanOut. The
// gain is that of ReLU unless given.
//
//	shape:  at least 2 dims, outputs first
//	source: torch.nn.init.kaiming_normal_
func KaimingNormal(t *tensor.Tensor, opts ...FanOption) *tensor.Tensor {
	c, std := kaiming("kaiming_normal", t, opts)
	return write(t, like(t, c.gen).Normal(0, std, t.Shape()...))
}

func kaiming(op string, t *tensor.Tensor, opts []FanOption) (config, float64) {
	c := config{gain: ReLU}
	for _, o := range opts {
		o.fanOption(&c)
	}
	wantDims(op, t, 0, anyDims)
	fan, out := fans(op, t)
	if c.fanOut {
		fan = out
	}
	if fan == 0 {
		return c, 0
	}
	return c, float64(c.gain) / math.Sqrt(fan)
}

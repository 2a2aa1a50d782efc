package onnx

import (
	"math"

	"github.com/facula-ml/facula/fft"
	"github.com/facula-ml/facula/onnx/internal/proto"
	"github.com/facula-ml/facula/tensor"
)

// signalOps are Fourier transforms and what goes with them. Complex numbers are
// pairs in a last dim.
func signalOps() map[string]opFunc {
	window := func(a ...float64) opFunc {
		return func(c *call) []*Value { return []*Value{c.cosineWindow(a)} }
	}
	return map[string]opFunc{
		"DFT":             same(opDFT),
		"STFT":            same(opSTFT),
		"HannWindow":      window(0.5, 0.5),
		"HammingWindow":   window(25.0/46, 21.0/46),
		"BlackmanWindow":  window(0.42, 0.5, 0.08),
		"MelWeightMatrix": func(c *call) []*Value { return []*Value{opMelWeights(c)} },
	}
}

// pairs are complex numbers of x, whose last dim holds one number or two.
func (c *call) pairs(x *tensor.Tensor) *tensor.Tensor {
	switch {
	case x.Dim() >= 2 && x.Size(-1) == 2:
		return x
	case x.Dim() >= 2 && x.Size(-1) == 1:
		return fft.Complex(x.Squeeze(-1), nil)
	}
	c.failf("a signal of shape %v; want a last dim of 1 or 2", x.Shape())
	return nil
}

func opDFT(c *call) *tensor.Tensor {
	x := c.x(0)
	axis := c.intAttr("axis", 1)
	if c.version >= 20 {
		axis = c.integer(2, -2)
	}
	axis = c.dim(axis, x.Dim())
	n := c.integer(1, 0)
	inverse, onesided := c.flag("inverse", false), c.flag("onesided", false)
	d := x.DType()
	z := c.pairs(x).Cast(tensor.Float64)
	opts := []fft.Option{fft.Dims(axis)}
	if n > 0 {
		opts = append(opts, fft.N(n))
	}
	switch {
	case inverse && onesided: // the other half are conjugates
		if n == 0 {
			n = 2 * (x.Size(axis) - 1)
		}
		return fft.IRFFT(z, fft.Dims(axis), fft.N(n)).Unsqueeze(-1).Cast(d)
	case inverse:
		return fft.IFFT(z, opts...).Cast(d)
	}
	y := fft.FFT(z, opts...).Cast(d)
	if onesided {
		y = y.Narrow(axis, 0, y.Size(axis)/2+1)
	}
	return y
}

func opSTFT(c *call) *tensor.Tensor {
	x, step := c.x(0), c.integer(1, 0)
	window := c.opt(2)
	if x.Dim() == 2 {
		x = x.Unsqueeze(-1)
	}
	length := c.integer(3, 0)
	if window != nil {
		length = window.Len()
	}
	if x.Dim() != 3 || length < 1 || step < 1 {
		c.failf("a signal %v, frames of %d every %d; want three dims, and at least 1", c.in[0], length, step)
	}
	frames := c.pairs(x).Cast(tensor.Float64).Unfold(1, length, step) // [batch, frames, 2, length]
	frames = frames.Transpose(2, 3)
	if window != nil {
		frames = frames.Mul(window.Cast(tensor.Float64).Unsqueeze(1))
	}
	y := fft.FFT(frames.Contiguous())
	if c.flag("onesided", true) {
		y = y.Narrow(2, 0, length/2+1)
	}
	return y.Cast(c.x(0).DType())
}

// cosineWindow is a[0] - a[1]·cos(2πi/n) + a[2]·cos(4πi/n) …
func (c *call) cosineWindow(a []float64) *Value {
	size := c.integer(0, 0)
	if size < 0 {
		c.failf("a window of %d", size)
	}
	n := float64(size)
	if !c.flag("periodic", true) {
		n--
	}
	i := tensor.Make{DType: tensor.Float64}.Arange(0, size, 1).MulScalar(2 * math.Pi / math.Max(n, 1))
	sum := tensor.Make{DType: tensor.Float64}.Full(a[0], size)
	sign := -1.0
	for k, f := range a[1:] {
		sum = sum.Add(i.MulScalar(k + 1).Cos().MulScalar(sign * f))
		sign = -sign
	}
	return c.cast(NewValue(sum), ElemType(c.intAttr("output_datatype", int(proto.Float))))
}

// opMelWeights is the matrix that sums a spectrum into bands of equal width on
// the mel scale, triangles that overlap by half.
//
//	source: MelWeightMatrix in ONNX's Operators.md
func opMelWeights(c *call) *Value {
	bands, length, rate := c.integer(0, 0), c.integer(1, 0), c.number(2, 0)
	lo, hi := c.number(3, 0), c.number(4, 0)
	rows := length/2 + 1
	if bands < 0 || length < 0 || bands > 1<<20 || rows*max(bands, 1) > 1<<30 {
		c.failf("%d bands of a spectrum of %d", bands, length)
	}
	mel := func(f float64) float64 { return 2595 * math.Log10(1+f/700) }
	low := mel(lo)
	width := (mel(hi) - low) / float64(bands+2)
	bin := make([]int, bands+2)
	for i := range bin {
		f := 700 * (math.Pow(10, (float64(i)*width+low)/2595) - 1)
		bin[i] = int(math.Floor(float64(length+1) * f / rate))
	}
	m := make([]float32, rows*bands)
	set := func(row, band int, v float64) {
		if row >= 0 && row < rows {
			m[row*bands+band] = float32(v)
		}
	}
	for i := range bands {
		from, mid, to := bin[i], bin[i+1], bin[i+2]
		if mid == from {
			set(mid, i, 1)
		}
		for j := max(from, 0); j <= min(mid, rows) && mid != from; j++ {
			set(j, i, float64(j-from)/float64(mid-from))
		}
		for j := max(mid, 0); j < min(to, rows); j++ {
			set(j, i, float64(to-j)/float64(to-mid))
		}
	}
	return c.cast(NewValue(tensor.FromSlice(m, []int{rows, bands})), ElemType(c.intAttr("output_datatype", int(proto.Float))))
}

package fft

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// Complex returns pairs of real and imaginary parts; a nil im is zeros.
//
//	shape:  [...] → [..., 2]
//	dtype:  the one that holds both
//	panics: *Error for two shapes, and without a real part
//	source: torch.complex, seen through torch.view_as_real
func Complex(re, im *tensor.Tensor) *tensor.Tensor {
	switch {
	case re == nil:
		tensor.Misuse("complex", errors.New("the real part is nil"))
	case im != nil && !slices.Equal(re.Shape(), im.Shape()):
		tensor.Misuse("complex", errors.New("real and imaginary part differ in shape"), re, im)
	}
	if im == nil {
		im = tensor.ZerosLike(re.Detach())
	}
	return tensor.Stack(-1, re, im)
}

// FFTFreq returns the frequencies of the numbers of an [FFT] of length n, for
// samples that are d apart: 0, 1, …, -2, -1, divided by n·d.
//
//	dtype:  float32
//	source: torch.fft.fftfreq
func FFTFreq(n int, d float64) *tensor.Tensor {
	wantLength("fft.fftfreq", n)
	k := tensor.Cat(0, tensor.Arange(0, (n+1)/2, 1), tensor.Arange(-(n/2), 0, 1))
	return k.Cast(tensor.Float32).MulScalar(1 / (float64(n) * d))
}

// RFFTFreq is [FFTFreq] for an [RFFT]: 0, 1, …, n/2, divided by n·d.
//
//	dtype:  float32
//	source: torch.fft.rfftfreq
func RFFTFreq(n int, d float64) *tensor.Tensor {
	wantLength("fft.rfftfreq", n)
	return tensor.Arange(0, n/2+1, 1).Cast(tensor.Float32).MulScalar(1 / (float64(n) * d))
}

func wantLength(op string, n int) {
	if n < 1 {
		tensor.Misuse(op, fmt.Errorf("n is %d; want at least 1", n))
	}
}

// FFTShift moves the frequency 0 from the first place to the middle one of each
// of the dims given, or of all. All dims count here, also one of pairs.
//
//	source: torch.fft.fftshift
func FFTShift(x *tensor.Tensor, dims ...int) *tensor.Tensor {
	return shifted("fft.fftshift", x, dims, 0)
}

// IFFTShift undoes [FFTShift].
//
//	source: torch.fft.ifftshift
func IFFTShift(x *tensor.Tensor, dims ...int) *tensor.Tensor {
	return shifted("fft.ifftshift", x, dims, 1)
}

func shifted(op string, x *tensor.Tensor, dims []int, up int) *tensor.Tensor {
	if x == nil {
		tensor.Misuse(op, errors.New("input 0 is nil"))
	}
	if len(dims) == 0 {
		for d := range x.Dim() {
			dims = append(dims, d)
		}
	}
	for _, d := range dims {
		if d < -x.Dim() || d >= x.Dim() {
			tensor.Misuse(op, fmt.Errorf("dim %d is out of range; want %d to %d", d, -x.Dim(), x.Dim()-1), x)
		}
		x = x.Roll((x.Size(d)+up)/2, d)
	}
	return x
}

package fft

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// STFTOptions are those of [STFT] and [ISTFT]. The zero value has PyTorch's
// defaults, but for NFFT, which must be given.
type STFTOptions struct {
	NFFT       int            // the length of each transform
	Hop        int            // between transforms; 0 is NFFT/4
	WinLength  int            // of the window, which zeros complete to NFFT; 0 is NFFT
	Window     *tensor.Tensor // [WinLength]; nil is ones
	NoCenter   bool           // the first transform starts at the signal, instead of being centered there
	PadMode    string         // of the signal where it is centered: "reflect" if empty, "constant", "replicate" or "circular"
	Normalized bool           // divide by √NFFT
	TwoSided   bool           // all NFFT frequencies, instead of NFFT/2+1
	Length     int            // of the result of ISTFT; 0 is what the frames give
}

// hop is the distance of frames.
func (o *STFTOptions) hop() int {
	if o.Hop == 0 {
		return o.NFFT / 4
	}
	return o.Hop
}

// window checks the options, and gives the window of NFFT elements; nil is ones.
func (o *STFTOptions) window(op string, x *tensor.Tensor) *tensor.Tensor {
	refuse := func(format string, v ...any) { tensor.Misuse(op, fmt.Errorf(format, v...), x) }
	if x == nil || !x.DType().IsFloat() {
		tensor.Misuse(op, errors.New("want a tensor of float32 or float64"))
	}
	realInput(op, x)
	length := o.WinLength
	if length == 0 {
		length = o.NFFT
	}
	switch {
	case o.NFFT < 1:
		refuse("NFFT is %d; want at least 1", o.NFFT)
	case o.hop() < 1:
		refuse("the hop is %d; want at least 1", o.hop())
	case length < 1 || length > o.NFFT:
		refuse("the window's length is %d; want 1 to %d", length, o.NFFT)
	case o.Window != nil && (o.Window.Dim() != 1 || o.Window.Size(0) != length):
		refuse("the window has shape %v; want [%d]", o.Window.Shape(), length)
	case o.Window == nil && length == o.NFFT:
		return nil
	}
	w := o.Window
	if w == nil {
		w = tensor.Make{DType: x.DType(), Device: x.Device()}.Ones(length)
	}
	left := (o.NFFT - length) / 2
	if length == o.NFFT {
		return w
	}
	return w.Pad([]int{left, o.NFFT - length - left})
}

// norm is the norm of the transforms.
func (o *STFTOptions) norm() Option {
	if o.Normalized {
		return Norm("ortho")
	}
	return Norm("backward")
}

// STFT returns the transforms of frames of a signal, each multiplied with the
// window: the short-time Fourier transform.
//
//	shape:  [n] or [batch, n] → [..., frequencies, frames, 2]
//	panics: *Error for options that do not fit, or a signal shorter than a frame
//	source: torch.stft
func STFT(x *tensor.Tensor, o STFTOptions) *tensor.Tensor {
	const op = "stft"
	w := o.window(op, x)
	if x.Dim() != 1 && x.Dim() != 2 {
		tensor.Misuse(op, errors.New("want one or two dims"), x)
	}
	y := x
	if !o.NoCenter {
		y = o.padded(x)
	}
	if y.Size(-1) < o.NFFT {
		tensor.Misuse(op, fmt.Errorf("NFFT is %d; want 1 to %d", o.NFFT, y.Size(-1)), x)
	}
	frames := y.Unfold(-1, o.NFFT, o.hop())
	if w != nil {
		frames = frames.Mul(w)
	}
	if o.TwoSided {
		y = FFT(Complex(frames, nil), o.norm())
	} else {
		y = RFFT(frames, o.norm())
	}
	return y.Transpose(-2, -3)
}

// padded adds half of a frame on both sides.
func (o *STFTOptions) padded(x *tensor.Tensor) *tensor.Tensor {
	modes := map[string][]tensor.PadOption{"constant": nil, "": {tensor.PadReflect}, "reflect": {tensor.PadReflect},
		"replicate": {tensor.PadReplicate}, "circular": {tensor.PadCircular}}
	opts, ok := modes[o.PadMode]
	if !ok {
		tensor.Misuse("stft", fmt.Errorf("pad mode is %q; want reflect, constant, replicate or circular", o.PadMode), x)
	}
	half := o.NFFT / 2
	wide := x.Reshape(append(make([]int, 0, 3), 1, x.Len()/max(x.Size(-1), 1), x.Size(-1))...)
	return wide.Pad([]int{half, half}, opts...).Reshape(append(x.Shape()[:x.Dim()-1], x.Size(-1)+2*half)...)
}

// tiniest is the sum of squares of windows below which a sample is lost.
const tiniest = 1e-11

// ISTFT returns the signal whose short-time transform is nearest to x: the
// frames, each multiplied with the window, are added up where they overlap, and
// divided by the sum of the squares of the windows. The options are those of
// [STFT]; of the frequencies of a two-sided one the first half is read.
//
//	shape:  [..., frequencies, frames, 2] → [..., n], with no or one dim in front
//	panics: *Error for options that do not fit, and where no window reaches a sample
//	source: torch.istft; Griffin and Lim 1984, "Signal estimation from modified
//	        short-time Fourier transform", equation 6
func ISTFT(x *tensor.Tensor, o STFTOptions) *tensor.Tensor {
	const op = "istft"
	w := o.window(op, x)
	complexInput(op, x)
	if x.Dim() != 3 && x.Dim() != 4 {
		tensor.Misuse(op, errors.New("want three or four dims"), x)
	}
	want, frames := o.NFFT/2+1, x.Size(-2)
	if o.TwoSided {
		want = o.NFFT
	}
	if x.Size(-3) != want || frames == 0 {
		tensor.Misuse(op, fmt.Errorf("%d frequencies and %d frames; want %d and at least one", x.Size(-3), frames, want), x)
	}
	half := x.Narrow(-3, 0, o.NFFT/2+1) // the others are the conjugates of these
	y := IRFFT(half.Transpose(-2, -3), N(o.NFFT), o.norm())
	if w == nil {
		w = tensor.Make{DType: x.DType(), Device: x.Device()}.Ones(o.NFFT)
	}
	signal := o.overlapped(y.Mul(w))
	envelope := o.overlapped(w.Square().Expand(frames, o.NFFT))
	return o.trimmed(op, x, signal, envelope)
}

// overlapped adds up frames [..., frames, NFFT] at their places.
func (o *STFTOptions) overlapped(x *tensor.Tensor) *tensor.Tensor {
	frames, lead := x.Size(-2), x.Shape()[:x.Dim()-2]
	m := tensor.Make{DType: tensor.Int64, Device: x.Device()}
	at := m.Arange(0, frames*o.hop(), o.hop()).Unsqueeze(1).Add(m.Arange(0, o.NFFT, 1)).Flatten(0, -1)
	total := o.NFFT + o.hop()*(frames-1)
	zeros := tensor.Make{DType: x.DType(), Device: x.Device()}.Zeros(append(append([]int{}, lead...), total)...)
	return zeros.IndexAdd(zeros.Dim()-1, at, x.Reshape(append(append([]int{}, lead...), frames*o.NFFT)...))
}

// trimmed divides what was asked for of the signal by the envelope.
func (o *STFTOptions) trimmed(op string, x, signal, envelope *tensor.Tensor) *tensor.Tensor {
	total := signal.Size(-1)
	start, end := 0, total
	if !o.NoCenter {
		start, end = o.NFFT/2, total-o.NFFT/2
	}
	if o.Length > 0 {
		end = start + o.Length
	}
	last := min(end, total)
	if last <= start {
		tensor.Misuse(op, errors.New("the frames are too few for a signal"), x)
	}
	signal, envelope = signal.Narrow(-1, start, last-start), envelope.Narrow(-1, start, last-start)
	if least := envelope.Detach().Abs().Min().Float(); least < tiniest || math.IsNaN(least) {
		tensor.Misuse(op, errors.New("the windows do not reach every sample"), x)
	}
	return resized(signal.Div(envelope), signal.Dim()-1, end-start)
}

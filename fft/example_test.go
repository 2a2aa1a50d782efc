package fft_test

import (
	"fmt"

	"github.com/facula-ml/facula/fft"
	"github.com/facula-ml/facula/tensor"
)

// A complex tensor is one of pairs, and dims are counted without that of the pairs.
func ExampleFFT() {
	re, im := tensor.Of([]float64{0, 1, 0, 0}), tensor.Of([]float64{0, 0, 0, 0})
	x := fft.Complex(re, im)
	y := fft.FFT(x)
	fmt.Println(x.Shape(), y.Shape())
	fmt.Println(y)
	// Output:
	// [4 2] [4 2]
	// tensor([[ 1.,  0.],
	//         [ 0., -1.],
	//         [-1.,  0.],
	//         [ 0.,  1.]], shape=[4 2], dtype=float64)
}

// The frequency of a tone is where the spectrum is largest.
func ExampleRFFT() {
	seconds := tensor.Linspace(0, 1, 101).Slice(0, 0, 100, 1) // 100 samples a second
	tone := seconds.MulScalar(2 * 3.141592653589793 * 12).Sin()
	power := fft.RFFT(tone).Square().Sum(tensor.Dims(-1))
	fmt.Println(fft.RFFTFreq(100, 0.01).Select(0, power.ArgMax().Int()).Float(), "Hz")
	// Output: 12 Hz
}

// Frames of a signal, and the signal again.
func ExampleSTFT() {
	x := tensor.Make{Gen: tensor.NewGenerator(0)}.Rand(64)
	o := fft.STFTOptions{NFFT: 16, Window: fft.HannWindow(16, true)}
	frames := fft.STFT(x, o)
	fmt.Println(frames.Shape()) // frequencies, frames, pairs
	o.Length = 64
	fmt.Println(fft.ISTFT(frames, o).AllClose(x, tensor.Closeness{ATol: 1e-5}))
	// Output:
	// [9 17 2]
	// true
}

// Package fft is the discrete Fourier transform on tensors: the functions of
// torch.fft, and the short-time transform of torch.stft.
//
// There are no complex dtypes. A complex tensor is one of pairs: its last dim
// has size 2 and holds the real and the imaginary part, as torch.view_as_real
// shows it. Dims are counted without that of the pairs: dim -1 of a complex
// tensor of shape [4, 8, 2] is the one of size 8. Complex makes pairs of parts.
//
// [FFT] and [IFFT] are along one dim, FFT2 along two, FFTN along all or those of
// [Dims]. [RFFT] takes real numbers and gives the half of the spectrum that says
// all, which [IRFFT] takes; [HFFT] takes the half of a conjugate symmetric signal
// and gives its spectrum, which is real. [STFT] transforms frames of a signal,
// under a window such as [HannWindow], and [ISTFT] joins them again. [FFTFreq] and
// [FFTShift] help to read a spectrum.
//
// A transform of length n takes O(n·log n) steps for every n, prime ones too.
// The dtype is float32 or float64, and all is computed in it. Everything
// differentiates, any number of times.
package fft

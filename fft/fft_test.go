package fft_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/fft"
	"github.com/facula-ml/facula/internal/fourier"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/tensor/optest"
)

func TestOps(t *testing.T) { optest.Run(t, &cpu.CPU{}, fft.Entries()...) }

// Long transforms, by all radices and by Bluestein's detour, undo each other,
// keep the sum of squares, and are those of a shifted impulse.
func TestLengths(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		tol := map[tensor.DType]float64{tensor.Float32: 2e-6, tensor.Float64: 5e-15}[d]
		m := tensor.Make{DType: d, Gen: tensor.NewGenerator(1)}
		for _, n := range []int{1, 2, 3, 4, 8, 1000, 1009, 1021 * 2, 2310, 4096, 7 * 11 * 13, 31 * 29, 37 * 41, 19683} {
			x := m.Randn(2, n, 2)
			y := fft.FFT(x, fft.Norm("ortho"))
			size := x.Norm(2).Float()
			if diff := y.Norm(2).Float() - size; math.Abs(diff) > tol*size {
				t.Errorf("%v %d: the norm changes by %v of %v", d, n, diff, size)
			}
			if diff := fft.IFFT(y, fft.Norm("ortho")).Sub(x).Norm(2).Float(); diff > tol*size {
				t.Errorf("%v %d: back and forth differs by %v of %v", d, n, diff, size)
			}
			re := x.Select(-1, 0)
			half := fft.RFFT(re)
			if diff := fft.IRFFT(half, fft.N(n)).Sub(re).Norm(2).Float(); diff > tol*size {
				t.Errorf("%v %d: real, back and forth differs by %v of %v", d, n, diff, size)
			}
			whole := fft.FFT(fft.Complex(re, nil)).Narrow(1, 0, n/2+1)
			if diff := whole.Sub(half).Norm(2).Float(); diff > tol*size*math.Sqrt(float64(n)) {
				t.Errorf("%v %d: the real transform differs by %v", d, n, diff)
			}
			impulse(t, d, n, tol)
			if testing.Short() && n >= 1009 {
				break
			}
		}
	}
}

// impulse transforms a 1 at place 1, whose transform is known.
func impulse(t *testing.T, d tensor.DType, n int, tol float64) {
	v := make([]float64, 2*n)
	v[2*(1%n)] = 1
	y := tensor.Slice[float64](fft.FFT(tensor.Of(v, n, 2).Cast(d)))
	for k := range n {
		s, c := math.Sincos(-2 * math.Pi * float64(k*(1%n)) / float64(n))
		if math.Hypot(y[2*k]-c, y[2*k+1]-s) > 4*tol {
			t.Errorf("%v %d: number %d of an impulse is %v, %v; want %v, %v", d, n, k, y[2*k], y[2*k+1], c, s)
			return
		}
	}
}

// Lines of all kinds of length, few and many, last or not, have the numbers that
// each has alone by the plain code.
func TestPlain(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		tol := map[tensor.DType]float64{tensor.Float32: 2e-6, tensor.Float64: 5e-15}[d]
		m := tensor.Make{DType: d, Gen: tensor.NewGenerator(1)}
		for _, n := range []int{1, 2, 6, 7, 16, 45, 74, 77, 81, 256, 300, 1001, 1021, 4099, 6000} {
			for _, lines := range []int{1, 3, 16, 21} {
				if testing.Short() && n*lines > 1<<14 {
					continue
				}
				x := m.Randn(lines, n, 2)
				got := fft.FFT(x, fft.Norm("ortho"))
				v, p := tensor.Slice[float64](x), fourier.New[float64](n, -1)
				for i := range lines {
					p.Transform(v[2*n*i:2*n*(i+1)], make([]float64, p.Scratch()), 1/math.Sqrt(float64(n)))
				}
				want := tensor.FromSlice(v, []int{lines, n, 2}).Cast(d)
				size := want.Norm(2).Float()
				compare := func(what string, got, want *tensor.Tensor) {
					t.Helper()
					if diff := got.Sub(want).Norm(2).Float(); !(diff <= tol*size) {
						t.Errorf("%v %d×%d %s: differs by %v of %v", d, lines, n, what, diff, size)
					}
				}
				compare("last", got, want)
				compare("first", fft.FFT(x.Transpose(0, 1), fft.Dims(0), fft.Norm("ortho")), want.Transpose(0, 1))
				compare("back", fft.IFFT(want.Transpose(0, 1), fft.Dims(0), fft.Norm("ortho")), x.Transpose(0, 1))
				conj := tensor.Stack(-1, x.Select(-1, 0), x.Select(-1, 1).Neg())
				compare("back, last", fft.IFFT(conj, fft.Norm("ortho")), tensor.Stack(-1, want.Select(-1, 0), want.Select(-1, 1).Neg()))
				re := x.Select(-1, 0)
				half := fft.RFFT(re, fft.Norm("ortho"))
				compare("real", half, fft.FFT(fft.Complex(re, nil), fft.Norm("ortho")).Narrow(1, 0, n/2+1))
				compare("half", fft.IRFFT(half, fft.N(n), fft.Norm("ortho")), re)
				compare("Hermitian", fft.HFFT(fft.IHFFT(re, fft.Norm("ortho")), fft.N(n), fft.Norm("ortho")), re)
			}
		}
	}
}

// The results do not depend on the number of threads.
func TestThreads(t *testing.T) {
	x := tensor.Make{Gen: tensor.NewGenerator(1)}.Randn(100, 1000, 2)
	old := tensor.NumThreads()
	defer tensor.SetNumThreads(old)
	tensor.SetNumThreads(1)
	want := tensor.Slice[float32](fft.FFT(x))
	tensor.SetNumThreads(3)
	if got := tensor.Slice[float32](fft.FFT(x)); !slices.Equal(got, want) {
		t.Error("3 threads give other numbers than 1")
	}
}

// A signal comes back from its short-time transform.
func TestSTFT(t *testing.T) {
	m := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(1)}
	x := m.Randn(2, 400)
	for _, o := range []fft.STFTOptions{
		{NFFT: 64}, {NFFT: 63, Hop: 20}, {NFFT: 64, Window: m.Rand(64).AddScalar(0.5)}, {NFFT: 64, WinLength: 40}, {NFFT: 32, TwoSided: true},
		{NFFT: 40, Normalized: true, PadMode: "constant"}, {NFFT: 40, Hop: 10, NoCenter: true},
	} {
		y := fft.STFT(x, o)
		o.Length = 400
		if diff := fft.ISTFT(y, o).Sub(x).Abs().Max().Float(); diff > 1e-13 {
			t.Errorf("%+v: differs by %v", o, diff)
		}
	}
}

func Example() {
	x := tensor.Of([]float64{1, 2, 3, 4})
	fmt.Println(fft.RFFT(x))
	fmt.Println(fft.IRFFT(fft.RFFT(x)))
	// Output:
	// tensor([[10.,  0.],
	//         [-2.,  2.],
	//         [-2.,  0.]], shape=[3 2], dtype=float64)
	// tensor([1., 2., 3., 4.], shape=[4], dtype=float64)
}

func BenchmarkFFT(b *testing.B) {
	for _, shape := range [][]int{{1 << 20, 2}, {1000, 1000, 2}, {100000, 10, 2}, {1000003, 2}} {
		x := tensor.Randn(shape...)
		b.Run(fmt.Sprint(shape), func(b *testing.B) {
			for b.Loop() {
				fft.FFT(x)
			}
		})
		re := x.Select(-1, 0).Contiguous()
		b.Run(fmt.Sprint("real ", shape), func(b *testing.B) {
			for b.Loop() {
				fft.RFFT(re)
			}
		})
	}
}

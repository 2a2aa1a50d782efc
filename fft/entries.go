package fft

import (
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// Entries is the table of this package's ops.
func Entries() []tensor.Entry {
	list := []tensor.Entry{shiftEntry("fft.fftshift", "fft.FFTShift", FFTShift, 0), shiftEntry("fft.ifftshift", "fft.IFFTShift", IFFTShift, 1),
		stftEntry(), istftEntry(), freqEntry("fft.fftfreq", "fft.FFTFreq", FFTFreq, 0), freqEntry("fft.rfftfreq", "fft.RFFTFreq", RFFTFreq, 1)}
	type transform = func(*tensor.Tensor, ...Option) *tensor.Tensor
	for _, e := range []struct {
		name, goName string
		f            transform
		kind         int
		sign         float64
	}{
		{"fft", "FFT", FFT, pairs, forward}, {"ifft", "IFFT", IFFT, pairs, backward}, {"rfft", "RFFT", RFFT, halving, forward},
		{"irfft", "IRFFT", IRFFT, doubling, backward}, {"hfft", "HFFT", HFFT, doubling, forward}, {"ihfft", "IHFFT", IHFFT, halving, backward},
		{"fft2", "FFT2", FFT2, pairs, forward}, {"ifft2", "IFFT2", IFFT2, pairs, backward}, {"rfft2", "RFFT2", RFFT2, halving, forward},
		{"irfft2", "IRFFT2", IRFFT2, doubling, backward}, {"hfft2", "HFFT2", HFFT2, doubling, forward}, {"ihfft2", "IHFFT2", IHFFT2, halving, backward},
		{"fftn", "FFTN", FFTN, pairs, forward}, {"ifftn", "IFFTN", IFFTN, pairs, backward}, {"rfftn", "RFFTN", RFFTN, halving, forward},
		{"irfftn", "IRFFTN", IRFFTN, doubling, backward}, {"hfftn", "HFFTN", HFFTN, doubling, forward}, {"ihfftn", "IHFFTN", IHFFTN, halving, backward},
	} {
		list = append(list, transformEntry(e.name, e.goName, e.f, e.kind, e.sign))
	}
	return append(list, windowEntries()...)
}

// What a transform's input and result are.
const (
	pairs    = iota // complex numbers both
	halving         // real numbers, half of a spectrum
	doubling        // half of a spectrum, real numbers
)

// transformEntry is the entry of one transform. PyTorch's samples give real
// tensors where complex ones are meant: the entry takes real numbers and adds
// the imaginary parts 0, or gives pairs as they are if the argument says so.
func transformEntry(name, goName string, f func(*tensor.Tensor, ...Option) *tensor.Tensor, kind int, sign float64) tensor.Entry {
	many := ", s=None, dim=None, norm=None, as_pairs=False)"
	switch name[len(name)-1] {
	case '2':
		many = ", s=None, dim=(-2, -1), norm=None, as_pairs=False)"
	case 't':
		many = ", n=None, dim=-1, norm=None, as_pairs=False)"
	}
	e := tensor.Entry{
		Name: "fft." + name, Sig: name + "(input" + many, At: tensor.Here(), Go: []string{"fft." + goName},
		Ops: []any{complexOp{}, forwardOp{}, backwardOp{}}, DTypes: []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int64, tensor.Bool},
		Out: tensor.OutFloat, Tol: 4, Abs: 64, GradTol: 4,
		Call: func(a *tensor.Args) []*tensor.Tensor {
			x := a.Tensor("input")
			if kind != halving && !a.Bool("as_pairs") {
				x = Complex(x, nil)
			}
			return []*tensor.Tensor{f(x, options(a)...)}
		},
		Ref: func(a *tensor.Args) []tensor.Array { return []tensor.Array{refTransform(a, kind, sign)} },
		Why: map[string]string{"special": "a sum of all elements", "infinite": "the numbers of a transform depend on all others",
			"tol": "sums of up to 60 terms, of integers up to 5 in float32"},
	}
	e.Why["0-d"] = "has no dim to transform"
	e.Why["empty"] = "a transform of no numbers is refused"
	if kind != halving {
		e.Why["size-1"] = "a pair has two"
	}
	e.Samples, e.Bad = transformSamples(name, kind), transformBad(name, kind)
	return e
}

// options are those of a call with PyTorch's names.
func options(a *tensor.Args) []Option {
	var opts []Option
	for _, n := range []string{"n", "s"} {
		if a.Has(n) {
			opts = append(opts, N(a.Ints(n)...))
		}
	}
	if a.Has("dim") {
		opts = append(opts, Dims(a.Ints("dim")...))
	}
	if a.Has("norm") {
		opts = append(opts, Norm(a.Str("norm")))
	}
	return opts
}

func transformSamples(name string, kind int) []tensor.Sample {
	with := func(shape []int, kw ...any) tensor.Sample {
		s := tensor.Sample{Args: []any{tensor.In(shape...)}, Kw: map[string]any{}, GradTol: 64}
		for i := 0; i < len(kw); i += 2 {
			s.Kw[kw[i].(string)] = kw[i+1]
		}
		if kind != halving {
			s.Kw["as_pairs"] = true
			s.Args = []any{tensor.In(append(slices.Clone(shape), 2)...)}
		}
		return s
	}
	if name[len(name)-1] == 't' {
		s := []tensor.Sample{with([]int{1}, "n", 1), with([]int{2, 3, 2}, "dim", 1, "norm", "ortho"), with([]int{5}, "n", 4, "norm", "forward"), with([]int{4}, "n", 7, "norm", "backward")}
		for _, n := range []int{2, 5, 6, 8, 9, 12, 16, 35, 37, 60} {
			s = append(s, with([]int{n}, "n", n))
		}
		plain := with([]int{3, 4})
		if kind != halving { // real numbers stand for complex ones
			plain = tensor.Sample{Args: []any{tensor.In(3, 4)}, GradTol: 64}
		}
		return append(s, plain)
	}
	return []tensor.Sample{with([]int{3, 4}), with([]int{2, 3, 4}, "s", []int{4, 3}, "dim", []int{2, 0}, "norm", "ortho"), with([]int{2, 4, 3}, "s", []int{-1, 5}, "dim", []int{-2, -1}, "norm", "forward"),
		with([]int{1, 1}, "s", []int{1, 1}, "dim", []int{0, 1})}
}

func transformBad(name string, kind int) []tensor.Bad {
	op := "tensor: fft." + name
	x, shape := tensor.In(3, 4), " [3 4]"
	if kind != halving {
		x, shape = tensor.In(3, 4, 2), " [3 4 2]"
	}
	call := func(want string, kw ...any) tensor.Bad {
		b := tensor.Bad{Args: []any{x}, Kw: map[string]any{"as_pairs": true}, Want: op + shape + ": " + want}
		for i := 0; i < len(kw); i += 2 {
			b.Kw[kw[i].(string)] = kw[i+1]
		}
		return b
	}
	size := "s"
	if name[len(name)-1] == 't' {
		size = "n"
	}
	bad := []tensor.Bad{
		call(`norm is "sqrt"; want backward, forward or ortho`, "norm", "sqrt"),
		call("dim 2 is out of range; want -2 to 1", "dim", []int{2}),
		call("a transform of length 0; want at least 1", size, []int{0}, "dim", []int{0}),
		{Args: []any{tensor.In(3, 2).As(tensor.Float16)}, Kw: map[string]any{"as_pairs": true}, Want: op + " [3 2]: dtype float16; want float32 or float64"},
	}
	if size == "s" {
		bad = append(bad, call("dim -2 is given twice", "dim", []int{0, -2}), call("1 sizes for 2 dims", "s", []int{3}, "dim", []int{0, 1}))
	} else {
		bad = append(bad, call("2 dims; want one", "dim", []int{0, 1}))
	}
	if kind != halving {
		bad = append(bad, tensor.Bad{Args: []any{tensor.In(3, 4)}, Kw: map[string]any{"as_pairs": true}, Want: op + " [3 4]: want pairs, a last dim of size 2; Complex(x, nil) makes them of real numbers"})
	}
	return bad
}

// refSpectrum is the definition along one dim of pairs, which are the last.
func refSpectrum(x tensor.Array, dim, n int, sign float64) tensor.Array {
	shape := slices.Clone(x.Shape)
	shape[dim] = n
	out := tensor.NewArray(shape...)
	for p := 0; p < len(out.V); p += 2 {
		i := out.Index(p)
		k := i[dim]
		for j := range min(x.Shape[dim], n) {
			i[dim] = j
			i[len(i)-1] = 0
			re := x.At(i...)
			i[len(i)-1] = 1
			im := x.At(i...)
			s, c := math.Sincos(sign * 2 * math.Pi * float64(j*k%n) / float64(n))
			out.V[p] += re*c - im*s
			out.V[p+1] += re*s + im*c
		}
	}
	return out
}

func refTransform(a *tensor.Args, kind int, sign float64) tensor.Array {
	x := a.Array("input")
	if kind == halving || !a.Bool("as_pairs") {
		y := tensor.NewArray(append(slices.Clone(x.Shape), 2)...)
		for i, v := range x.V {
			y.V[2*i] = v
		}
		x = y
	}
	rank := len(x.Shape) - 1
	dims, sizes := a.Ints("dim"), append(slices.Clone(a.Ints("n")), a.Ints("s")...)
	if dims == nil {
		for d := range rank {
			dims = append(dims, d)
		}
	}
	for i, d := range dims {
		d = (d + rank) % rank
		last := i == len(dims)-1
		n := x.Shape[d]
		if last && kind == doubling {
			n = 2 * (n - 1)
		}
		if sizes != nil && sizes[i] > 0 {
			n = sizes[i]
		}
		if last && kind == doubling {
			x = refMirrored(x, d, n)
		}
		x = refSpectrum(x, d, n, sign)
		scale := refScale(a.Str("norm"), sign, float64(n))
		for i := range x.V {
			x.V[i] *= scale
		}
		if last && kind == halving {
			x = refCut(x, d, n/2+1)
		}
	}
	if kind != doubling {
		return x
	}
	real := tensor.NewArray(x.Shape[:rank]...)
	for i := range real.V {
		real.V[i] = x.V[2*i]
	}
	return real
}

// refScale is the factor of a transform of n numbers.
func refScale(norm string, sign, n float64) float64 {
	switch {
	case norm == "ortho":
		return 1 / math.Sqrt(n)
	case (norm == "forward") == (sign == forward):
		return 1 / n
	}
	return 1
}

// refMirrored is the whole of n numbers of which x has the first half.
func refMirrored(x tensor.Array, dim, n int) tensor.Array {
	shape := slices.Clone(x.Shape)
	shape[dim] = n
	out := tensor.NewArray(shape...)
	for p := range out.V {
		i := out.Index(p)
		k, part, sign := i[dim], i[len(i)-1], 1.0
		if k > n/2 {
			i[dim], sign = n-k, 1-2*float64(part)
		}
		if i[dim] >= x.Shape[dim] || part == 1 && (k == 0 || 2*k == n) {
			continue
		}
		out.V[p] = sign * x.At(i...)
	}
	return out
}

func refCut(x tensor.Array, dim, n int) tensor.Array {
	shape := slices.Clone(x.Shape)
	shape[dim] = n
	out := tensor.NewArray(shape...)
	for p := range out.V {
		out.V[p] = x.V[refAt(x, out.Index(p))]
	}
	return out
}

func refAt(x tensor.Array, i []int) int {
	at := 0
	for d, s := range x.Strides() {
		at += i[d] * s
	}
	return at
}

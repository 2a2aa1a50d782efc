package fft

import (
	"math"
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// shiftEntry is the entry of both shifts; up rounds half of the dim up.
func shiftEntry(name, goName string, f func(*tensor.Tensor, ...int) *tensor.Tensor, up int) tensor.Entry {
	return tensor.Entry{
		Name: name, Sig: name[4:] + "(input, dim=None)", At: tensor.Here(), Go: []string{goName}, DTypes: tensor.AllDTypes,
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{f(a.Tensor("input"), a.Ints("dim")...)}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, dims := a.Array("input"), a.Ints("dim")
			for d := range x.Shape {
				if a.Ints("dim") == nil {
					dims = append(dims, d)
				}
			}
			out := tensor.NewArray(x.Shape...)
			for p := range out.V {
				i := out.Index(p)
				for _, d := range dims {
					d = (d + len(i)) % len(i)
					n := x.Shape[d]
					i[d] = (i[d] + n - (n+up)/2) % n
				}
				out.V[p] = x.V[refAt(x, i)]
			}
			return []tensor.Array{out}
		},
		Samples: []tensor.Sample{{Args: []any{tensor.In(4)}}, {Args: []any{tensor.In(3, 5)}}, {Args: []any{tensor.In(3, 4), 1}}, {Args: []any{tensor.In(2, 3, 4), []int{0, -1}}},
			{Args: []any{tensor.In(1)}}, {Args: []any{tensor.In(2, 0)}}, {Args: []any{tensor.In()}}},
		Bad: []tensor.Bad{{Args: []any{tensor.In(2, 3), 2}, Want: "tensor: " + name + " [2 3]: dim 2 is out of range; want -2 to 1"}},
	}
}

// freqEntry is the entry of the frequencies of all numbers, or of the first half.
func freqEntry(name, goName string, f func(int, float64) *tensor.Tensor, half int) tensor.Entry {
	none := "takes no tensor"
	return tensor.Entry{
		Name: name, Sig: name[4:] + "(n, d=1.0)", At: tensor.Here(), Go: []string{goName}, DTypes: []tensor.DType{tensor.Float32},
		Call: func(a *tensor.Args) []*tensor.Tensor { return []*tensor.Tensor{f(a.Int("n"), a.Float("d"))} },
		Ref: func(a *tensor.Args) []tensor.Array {
			n := a.Int("n")
			var v []float64
			for k := range n {
				if k < (n+1)/2 || half == 1 && k <= n/2 {
					v = append(v, float64(k)/(float64(n)*a.Float("d")))
				} else if half == 0 {
					v = append(v, float64(k-n)/(float64(n)*a.Float("d")))
				}
			}
			return []tensor.Array{{Shape: []int{len(v)}, V: v}}
		},
		Samples: []tensor.Sample{{Args: []any{1}}, {Args: []any{5}}, {Args: []any{8, 0.5}}},
		Bad:     []tensor.Bad{{Args: []any{0}, Want: "tensor: " + name + ": n is 0; want at least 1"}},
		Why:     map[string]string{"0-d": none, "empty": none, "size-1": none},
	}
}

// stftOptions reads what both transforms take.
func stftOptions(a *tensor.Args, frequencies int) STFTOptions {
	o := STFTOptions{NFFT: a.Int("n_fft"), Window: a.OptTensor("window"), NoCenter: !a.Bool("center"), Normalized: a.Bool("normalized")}
	for name, p := range map[string]*int{"hop_length": &o.Hop, "win_length": &o.WinLength} {
		if a.Has(name) {
			*p = a.Int(name)
		}
	}
	o.TwoSided = a.Has("onesided") && !a.Bool("onesided") || !a.Has("onesided") && frequencies == o.NFFT
	return o
}

func stftEntry() tensor.Entry {
	return tensor.Entry{
		Name: "stft", At: tensor.Here(), Go: []string{"fft.STFT"}, DTypes: []tensor.DType{tensor.Float32, tensor.Float64},
		Sig: "stft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect', normalized=False, onesided=None, return_complex=None)",
		Tol: 4, Abs: 16, GradTol: 4,
		Call: func(a *tensor.Args) []*tensor.Tensor {
			o := stftOptions(a, 0)
			o.PadMode = a.Str("pad_mode")
			return []*tensor.Tensor{STFT(a.Tensor("input"), o)}
		},
		Ref: refSTFT,
		Samples: []tensor.Sample{
			frame(tensor.In(12), 4), frame(tensor.In(2, 11), 5, 2), frame(tensor.In(1, 9), 4, 3, 3, tensor.In(3)), frame(tensor.In(10), 4, 2, nil, nil, false),
			frame(tensor.In(10), 4, 2, nil, nil, true, "constant", true, false), frame(tensor.In(1), 1, 1),
		},
		Bad: []tensor.Bad{
			{Args: []any{tensor.In(10), 0}, Want: "tensor: stft [10]: NFFT is 0; want at least 1"},
			{Args: []any{tensor.In(10), 4, 0}, Kw: map[string]any{"win_length": 5}, Want: "tensor: stft [10]: the window's length is 5; want 1 to 4"},
			{Args: []any{tensor.In(10), 4, -1}, Want: "tensor: stft [10]: the hop is -1; want at least 1"},
			{Args: []any{tensor.In(10), 4, 1, 3, tensor.In(4)}, Want: "tensor: stft [10]: the window has shape [4]; want [3]"},
			{Args: []any{tensor.In(3), 4}, Kw: map[string]any{"center": false, "hop_length": 1}, Want: "tensor: stft [3]: NFFT is 4; want 1 to 3"},
			{Args: []any{tensor.In(2, 2, 9), 4}, Want: "tensor: stft [2 2 9]: want one or two dims"},
			{Args: []any{tensor.In(9), 4}, Kw: map[string]any{"pad_mode": "mirror"}, Want: `tensor: stft [9]: pad mode is "mirror"; want reflect, constant, replicate or circular`},
		},
		Why: map[string]string{"0-d": "not a signal", "empty": "shorter than a frame", "special": "a sum of all elements", "infinite": "the numbers of a transform depend on all others",
			"tol": "sums of up to 10 terms"},
	}
}

func frame(args ...any) tensor.Sample { return tensor.Sample{Args: args, GradTol: 64} }

// refWindow is the window of n elements.
func refWindow(a *tensor.Args, n int) []float64 {
	w, length := make([]float64, n), n
	if a.Has("win_length") {
		length = a.Int("win_length")
	}
	for i := range length {
		w[(n-length)/2+i] = 1
		if a.Has("window") {
			w[(n-length)/2+i] = a.Array("window").V[i]
		}
	}
	return w
}

func refHop(a *tensor.Args) int {
	if a.Has("hop_length") {
		return a.Int("hop_length")
	}
	return a.Int("n_fft") / 4
}

func refSTFT(a *tensor.Args) []tensor.Array {
	x, n, hop := a.Array("input"), a.Int("n_fft"), refHop(a)
	length, w, shift, scale := x.Shape[len(x.Shape)-1], refWindow(a, n), 0, 1.0
	if a.Bool("center") {
		shift = n / 2
	}
	if a.Bool("normalized") {
		scale = 1 / math.Sqrt(float64(n))
	}
	frequencies, frames := n/2+1, (length+2*shift-n)/hop+1
	if a.Has("onesided") && !a.Bool("onesided") {
		frequencies = n
	}
	at := func(row, j int) float64 {
		if j < 0 || j >= length {
			if a.Str("pad_mode") == "constant" {
				return 0
			}
			j = max(j, -j)
			j = min(j, 2*(length-1)-j)
		}
		return x.V[row*length+j]
	}
	out := tensor.NewArray(append(slices.Clone(x.Shape[:len(x.Shape)-1]), frequencies, frames, 2)...)
	for p := 0; p < len(out.V); p += 2 {
		row, k, t := p/(2*frequencies*frames), p/(2*frames)%frequencies, p/2%frames
		for j := range n {
			v := scale * w[j] * at(row, t*hop+j-shift)
			s, c := math.Sincos(-2 * math.Pi * float64(j*k%n) / float64(n))
			out.V[p] += v * c
			out.V[p+1] += v * s
		}
	}
	return []tensor.Array{out}
}

func istftEntry() tensor.Entry {
	return tensor.Entry{
		Name: "istft", At: tensor.Here(), Go: []string{"fft.ISTFT"}, DTypes: []tensor.DType{tensor.Float32, tensor.Float64},
		Sig: "istft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, length=None, return_complex=False)",
		Tol: 16, Abs: 16, GradTol: 4,
		Call: func(a *tensor.Args) []*tensor.Tensor {
			x := a.Tensor("input")
			frequencies := 0
			if x.Dim() > 2 {
				frequencies = x.Size(-3)
			}
			o := stftOptions(a, frequencies)
			if a.Has("length") {
				o.Length = a.Int("length")
			}
			return []*tensor.Tensor{ISTFT(x, o)}
		},
		Ref: refISTFT,
		Samples: []tensor.Sample{
			frame(tensor.In(3, 4, 2), 4), frame(tensor.In(2, 3, 3, 2), 5, 2), frame(tensor.In(3, 4, 2), 4, 2, 3, tensor.In(3).Within(0.5, 1)), frame(tensor.In(4, 3, 2), 4, 2, nil, nil, false),
			frame(tensor.In(3, 4, 2), 4, 2, nil, nil, true, true, true, 9),
		},
		Bad: []tensor.Bad{
			{Args: []any{tensor.In(4, 3), 4}, Want: "tensor: istft [4 3]: want pairs, a last dim of size 2; Complex(x, nil) makes them of real numbers"},
			{Args: []any{tensor.In(2, 2), 4}, Want: "tensor: istft [2 2]: want three or four dims"},
			{Args: []any{tensor.In(5, 3, 2), 4}, Want: "tensor: istft [5 3 2]: 5 frequencies and 3 frames; want 3 and at least one"},
			{Args: []any{tensor.In(3, 3, 2), 4, 5}, Want: "tensor: istft [3 3 2]: the windows do not reach every sample"},
			{Args: []any{tensor.In(3, 1, 2), 4}, Want: "tensor: istft [3 1 2]: the frames are too few for a signal"},
		},
		Why: map[string]string{"0-d": "not a spectrum", "empty": "has no frames", "size-1": "a pair has two", "special": "a sum of all elements",
			"infinite": "the numbers of a transform depend on all others", "tol": "sums of up to 10 terms, divided by windows of 0.5"},
	}
}

func refISTFT(a *tensor.Args) []tensor.Array {
	x, n, hop := a.Array("input"), a.Int("n_fft"), refHop(a)
	d := len(x.Shape)
	frequencies, frames, w := x.Shape[d-3], x.Shape[d-2], refWindow(a, n)
	scale, total := 1/float64(n), n+hop*(frames-1)
	if a.Bool("normalized") {
		scale = 1 / math.Sqrt(float64(n))
	}
	start, end := 0, total
	if a.Bool("center") {
		start, end = n/2, total-n/2
	}
	if a.Has("length") {
		end = start + a.Int("length")
	}
	out := tensor.NewArray(append(slices.Clone(x.Shape[:d-3]), end-start)...)
	whole := make([]float64, n)
	for row := range len(x.V) / (2 * frequencies * frames) {
		sum, squares := make([]float64, max(total, end)), make([]float64, max(total, end))
		for t := range frames {
			for j := range n {
				whole[j] = 0
				for k := range n/2 + 1 {
					p := 2 * ((row*frequencies+k)*frames + t)
					s, c := math.Sincos(2 * math.Pi * float64(j*k%n) / float64(n))
					v := x.V[p]*c - x.V[p+1]*s
					if k > 0 && 2*k != n {
						v *= 2
					} else {
						v = x.V[p] * c
					}
					whole[j] += v * scale
				}
				sum[t*hop+j] += whole[j] * w[j]
				squares[t*hop+j] += w[j] * w[j]
			}
		}
		for j := start; j < min(end, total); j++ {
			out.V[row*(end-start)+j-start] = sum[j] / squares[j]
		}
	}
	return []tensor.Array{out}
}

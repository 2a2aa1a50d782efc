package fft

import (
	"math"

	"github.com/facula-ml/facula/tensor"
)

// windowEntries are those of the windows, whose references are polynomials in
// the cosine, or minima of lines.
func windowEntries() []tensor.Entry {
	return []tensor.Entry{
		windowEntry("hann_window", "fft.HannWindow", HannWindow, func(x float64) float64 { return math.Pow(math.Sin(math.Pi*x), 2) }),
		windowEntry("hamming_window", "fft.HammingWindow", HammingWindow, func(x float64) float64 { return 0.08 + 0.92*math.Pow(math.Sin(math.Pi*x), 2) }),
		windowEntry("blackman_window", "fft.BlackmanWindow", BlackmanWindow, func(x float64) float64 {
			c := math.Cos(2 * math.Pi * x)
			return 0.34 - 0.5*c + 0.16*c*c
		}),
		windowEntry("bartlett_window", "fft.BartlettWindow", BartlettWindow, func(x float64) float64 { return min(2*x, 2-2*x) }),
	}
}

func windowEntry(name, goName string, f func(int, bool) *tensor.Tensor, ref func(x float64) float64) tensor.Entry {
	none := "takes no tensor"
	return tensor.Entry{
		Name: name, Sig: name + "(window_length, periodic=True)", At: tensor.Here(), Go: []string{goName}, DTypes: []tensor.DType{tensor.Float32},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return []*tensor.Tensor{f(a.Int("window_length"), a.Bool("periodic"))}
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			n := a.Int("window_length")
			out, last := tensor.NewArray(n), float64(n)
			if !a.Bool("periodic") {
				last--
			}
			for i := range out.V {
				if out.V[i] = ref(float64(i) / last); n == 1 {
					out.V[i] = 1
				}
			}
			return []tensor.Array{out}
		},
		Abs:     1,
		Samples: []tensor.Sample{{Args: []any{0}}, {Args: []any{1}}, {Args: []any{7}}, {Args: []any{8, false}}},
		Bad:     []tensor.Bad{{Args: []any{-1}, Want: "tensor: " + name + ": n is -1; want at least 0"}},
		Why:     map[string]string{"0-d": none, "empty": none, "size-1": none, "tol": "the ends are differences near 0"},
	}
}

package linalg

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// Entries is the table of this package's ops: those of torch.linalg and their
// older names below torch.
func Entries() []tensor.Entry { return slices.Concat(ownEntries(), olderEntries()) }

func ownEntries() []tensor.Entry {
	return []tensor.Entry{
		choleskyEntry(),
		choleskyExEntry(),
		choleskyInverseEntry(),
		choleskySolveEntry(),
		condEntry(),
		crossEntry(),
		detEntry(),
		eighEntry(),
		eigvalshEntry(),
		geqrfEntry(),
		householderEntry(),
		invEntry(),
		invExEntry(),
		ldlFactorEntry(),
		ldlFactorExEntry(),
		ldlSolveEntry(),
		logdetEntry(),
		lstsqEntry(),
		luEntry(),
		luFactorEntry(),
		luFactorExEntry(),
		luSolveEntry(),
		luUnpackEntry(),
		matrixExpEntry(),
		matrixNormEntry(),
		matrixPowerEntry(),
		matrixRankEntry(),
		multiDotEntry(),
		normEntry(),
		oldNormEntry(),
		ormqrEntry(),
		pcaLowRankEntry(),
		pinvEntry(),
		qrEntry(),
		slogdetEntry(),
		solveEntry(),
		solveExEntry(),
		solveTriangularEntry(),
		svdEntry(),
		svdLowRankEntry(),
		svdvalsEntry(),
		symeigEntry(),
		tensorinvEntry(),
		tensorsolveEntry(),
		triangularSolveEntry(),
		vanderEntry(),
		vecdotEntry(),
	}
}

// olderEntries are names below torch of ops that have one below torch.linalg.
func olderEntries() []tensor.Entry {
	return []tensor.Entry{
		alias(choleskyEntry(), "cholesky", "cholesky(input, upper=False)", tensor.Here()),
		oldCross(tensor.Here()),
		alias(detEntry(), "det", "det(input)", tensor.Here()),
		alias(invEntry(), "inverse", "inverse(input)", tensor.Here()),
		oldLU(tensor.Here()),
		oldLUSolve(tensor.Here()),
		alias(matrixExpEntry(), "matrix_exp", "matrix_exp(input)", tensor.Here()),
		alias(matrixPowerEntry(), "matrix_power", "matrix_power(input, n)", tensor.Here()),
		pinverse(tensor.Here()),
		oldQR(tensor.Here()),
		alias(slogdetEntry(), "slogdet", "slogdet(input)", tensor.Here()),
		oldSVD(tensor.Here()),
	}
}

// alias is e under another name of PyTorch's.
func alias(e tensor.Entry, name, sig, at string) tensor.Entry {
	e.Name, e.Sig, e.At = name, sig, at
	return e
}

// entry is what the entries of this package share.
func entry(name, sig, at string, names ...string) tensor.Entry {
	return tensor.Entry{
		Name: name, Sig: sig, At: at, Go: names, DTypes: []tensor.DType{tensor.Float32, tensor.Float64},
		Tol: 200, Abs: 4, GradTol: 10,
		Why: map[string]string{
			"0-d":      "not a matrix",
			"special":  "LAPACK does not say what it makes of NaN and Inf",
			"infinite": "a gradient is a product of matrices, in which 0·Inf is NaN",
			"tol":      "the condition of the samples: up to about 100, and of gradients the square of that",
		},
	}
}

// with is e with more reasons.
func with(e tensor.Entry, why ...string) tensor.Entry {
	for i := 0; i < len(why); i += 2 {
		e.Why[why[i]] = why[i+1]
	}
	return e
}

// sample is a call; its gradients in float32 are those of float64 within the
// condition of the matrices.
func sample(args ...any) tensor.Sample { return tensor.Sample{Args: args, GradTol: 3000} }

func keyed(kw map[string]any, args ...any) tensor.Sample {
	s := sample(args...)
	s.Kw = kw
	return s
}

// fixed are samples at points where a difference of one element leaves the
// domain, such as symmetric matrices.
func fixed(samples ...tensor.Sample) []tensor.Sample {
	for i := range samples {
		samples[i].NoGrad = true
	}
	return samples
}

// mat is an argument of regular matrices: numbers in [-1, 1), and on the
// diagonal 2 more.
func mat(shape ...int) tensor.Arg {
	a := numbers(shape...)
	k := len(shape)
	m, n := shape[k-2], shape[k-1]
	for p := range a.Values {
		if r, c := p/n%m, p%n; r == c {
			a.Values[p] += 2
		}
	}
	return a
}

// numbers is an argument of fixed numbers in [-1, 1) without a pattern.
func numbers(shape ...int) tensor.Arg {
	v := make([]float64, size(shape))
	x := uint32(len(v)*7 + len(shape))
	for i := range v {
		x = x*1664525 + 1013904223 // Numerical Recipes' generator
		v[i] = float64(int32(x)>>16) / (1 << 15)
	}
	a := tensor.In(shape...)
	if len(v) > 0 {
		a = a.With(v...)
	}
	return a
}

// definite is an argument of symmetric positive definite matrices: 1 + M·Mᵀ.
func definite(shape ...int) tensor.Arg {
	a := numbers(shape...)
	n := shape[len(shape)-1]
	v := slices.Clone(a.Values)
	for p := range v {
		base, r, c := p-p%(n*n), p/n%n, p%n
		s := 0.0
		if r == c {
			s = 1
		}
		for k := range n {
			s += a.Values[base+r*n+k] * a.Values[base+c*n+k]
		}
		v[p] = s
	}
	a.Values = v
	return a
}

// flags are the options that the arguments of the given names ask for.
func flags(a *tensor.Args, list map[string]Option) []Option {
	var opts []Option
	for name, o := range list {
		if a.Bool(name) {
			opts = append(opts, o)
		}
	}
	return opts
}

func upperFlag(a *tensor.Args) []Option { return flags(a, map[string]Option{"upper": Upper}) }

// bad is a refused call.
func bad(want string, args ...any) tensor.Bad { return tensor.Bad{Args: args, Want: want} }

// squareBad are calls with what is not a square matrix.
func squareBad(op string) []tensor.Bad {
	return []tensor.Bad{
		bad("tensor: "+op+" [3]: want a matrix: at least two dims", tensor.In(3)),
		bad("tensor: "+op+" [2 3]: the matrix is 2×3; want a square one", tensor.In(2, 3)),
		bad("tensor: "+op+" [2 2]: dtype int64; want float32 or float64", tensor.In(2, 2).As(tensor.Int64)),
	}
}

// outInfo is the rule of results of which the last is LAPACK's info.
func outInfo(at ...int) func(tensor.DType, int) tensor.DType {
	return func(d tensor.DType, i int) tensor.DType {
		if slices.Contains(at, i) {
			return tensor.Int32
		}
		return d
	}
}

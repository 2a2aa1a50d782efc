package special

import (
	"math"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// pairs are two tensors that broadcast, with values in [lo, hi) and [lo2, hi2).
func pairs(lo, hi, lo2, hi2 float64) (s []tensor.Sample) {
	for _, p := range [][2][]int{{{}, {}}, {{1}, {1}}, {{2, 3}, {3}}, {{4, 1}, {1, 5}}, {{}, {2, 2}}, {{2, 2}, {}}, {{2, 0}, {1}}, {{70}, {70}}} {
		s = append(s, tensor.Sample{Args: []any{tensor.In(p[0]...).Within(lo, hi), tensor.In(p[1]...).Within(lo2, hi2)}})
	}
	return s
}

// twoTensors is Entry.Call of a function whose inputs are tensors, one of them
// maybe a number.
func twoTensors(f func(a, b *tensor.Tensor) *tensor.Tensor, first, second string) func(*tensor.Args) []*tensor.Tensor {
	return func(a *tensor.Args) []*tensor.Tensor {
		if !a.IsTensor(second) {
			a.OnlyTensor(first)
		}
		return []*tensor.Tensor{f(a.Tensor(first), a.Tensor(second))}
	}
}

func refPair(f func(a, b float64) float64) func(*tensor.Args) []tensor.Array {
	return tensor.RefMap(func(x ...float64) float64 { return f(x[0], x[1]) })
}

// half is f of its first input without a gradient, which binaryOp does not have.
func half(f func(a, b *tensor.Tensor) *tensor.Tensor) func(a, b *tensor.Tensor) *tensor.Tensor {
	return func(a, b *tensor.Tensor) *tensor.Tensor { return f(a.Detach(), b) }
}

// halfGrad is the pairs, whose gradients differences do not check, and pairs
// with a fixed first input where they do.
func halfGrad(lo, hi, lo2, hi2 float64, first ...float64) (s []tensor.Sample) {
	for _, p := range pairs(lo, hi, lo2, hi2) {
		p.NoGrad = true
		s = append(s, p)
	}
	fixed := tensor.In(len(first), 1).With(first...).As(tensor.Float64)
	return append(s, tensor.Sample{Args: []any{fixed, tensor.In(2, len(first), 5).Within(lo2, hi2)}, Only: []tensor.DType{tensor.Float64}})
}

func binaryEntries() []tensor.Entry {
	const tol = "P near 1 and Q near 1 are differences; derivatives are products of exponentials"
	gamma := func(name string, f device.Function, goName string, call func(a, x *tensor.Tensor) *tensor.Tensor, ref func(a, x float64) float64) tensor.Entry {
		return tensor.Entry{
			Name: name, Sig: name + "(input, other)", At: tensor.Here(), Ops: []any{binaryOp{f: f}}, Go: []string{goName},
			Call: func(a *tensor.Args) []*tensor.Tensor {
				return []*tensor.Tensor{half(call)(a.OnlyTensor("input"), a.OnlyTensor("other"))}
			},
			Ref: refPair(ref), DTypes: tensor.Floats, Samples: halfGrad(0.25, 6, 0.25, 8, 0.5, 1, 2.5),
			Bad: append(tensor.BroadcastBad(name), tensor.Bad{
				Args: []any{tensor.In(2).As(tensor.Int32), tensor.In(2).As(tensor.Int64)},
				Want: "tensor: " + name + " [2], [2]: integers; cast one to a floating-point dtype",
			}),
			Abs: 1, GradTol: 10, Grad2Tol: 100,
			Why: map[string]string{"tol": tol, "infinite": "the gradient may round to 0"},
		}
	}
	return []tensor.Entry{
		gamma("igamma", device.GammaP, "GammaInc", GammaInc, refGammaP),
		gamma("igammac", device.GammaQ, "GammaIncC", GammaIncC, refGammaQ),
		{
			Name: "special.zeta", Sig: "special.zeta(input, other)", At: tensor.Here(), Ops: []any{binaryOp{f: device.Zeta}}, Go: []string{"Zeta"},
			Call: twoTensors(half(Zeta), "input", "other"), Ref: refPair(refZeta), Out: tensor.OutFloat,
			DTypes: tensor.AllDTypes, Samples: halfGrad(1.5, 6, 0.5, 8, 1.5, 2, 4), Bad: tensor.BroadcastBad("special.zeta"),
			Abs: 1, GradTol: 10, Grad2Tol: 100,
			Why: map[string]string{"tol": tol, "infinite": "the gradient may round to 0"},
		},
		{
			Name: "special.xlog1py", Sig: "special.xlog1py(input, other)", At: tensor.Here(), Ops: []any{xlog1pyOp{}}, Go: []string{"XLog1PY"},
			Call: twoTensors(XLog1PY, "input", "other"),
			Ref: refPair(func(x, y float64) float64 {
				if x == 0 && y == y {
					return 0
				}
				return x * math.Log1p(y)
			}),
			Out: tensor.OutFloat, DTypes: tensor.AllDTypes,
			Samples: append(pairs(-2, 2, -0.75, 4), tensor.Sample{
				Args: []any{tensor.In(4).With(0, 0, 1, 0), tensor.In(4).With(-1, 2, 1, -3)}, NoGrad: true, Only: tensor.Floats,
			}),
			Bad: tensor.BroadcastBad("special.xlog1py"),
			Why: map[string]string{"infinite": "the gradient has a factor that is 0 or rounds to it"},
		},
	}
}

// polynomialEntries: terms of degree 6 at |x| < 2 are up to 1e4 for Hermite's,
// and less for others; in float32 the result may be off by as many roundings.
func polynomialEntries() (out []tensor.Entry) {
	for _, r := range []struct {
		f      device.Function
		goName string
		call   func(x, n *tensor.Tensor) *tensor.Tensor
		ref    func(x, n float64) float64
		size   float64
	}{
		{device.ChebyshevT, "ChebyshevPolynomialT", ChebyshevPolynomialT, refChebyshev(1, 0, false), 100},
		{device.ChebyshevU, "ChebyshevPolynomialU", ChebyshevPolynomialU, refChebyshev(2, 0, false), 100},
		{device.ChebyshevV, "ChebyshevPolynomialV", ChebyshevPolynomialV, refChebyshev(2, -1, false), 100},
		{device.ChebyshevW, "ChebyshevPolynomialW", ChebyshevPolynomialW, refChebyshev(2, 1, false), 100},
		{device.ShiftedT, "ShiftedChebyshevPolynomialT", ShiftedChebyshevPolynomialT, refChebyshev(1, 0, true), 100},
		{device.ShiftedU, "ShiftedChebyshevPolynomialU", ShiftedChebyshevPolynomialU, refChebyshev(2, 0, true), 100},
		{device.ShiftedV, "ShiftedChebyshevPolynomialV", ShiftedChebyshevPolynomialV, refChebyshev(2, -1, true), 100},
		{device.ShiftedW, "ShiftedChebyshevPolynomialW", ShiftedChebyshevPolynomialW, refChebyshev(2, 1, true), 100},
		{device.HermiteH, "HermitePolynomialH", HermitePolynomialH, refClimb(
			func(x float64) float64 { return 2 * x }, func(k, x, p, before float64) float64 { return 2*x*p - 2*k*before }), 1e4},
		{device.HermiteHe, "HermitePolynomialHe", HermitePolynomialHe, refClimb(
			func(x float64) float64 { return x }, func(k, x, p, before float64) float64 { return x*p - k*before }), 100},
		{device.LaguerreL, "LaguerrePolynomialL", LaguerrePolynomialL, refClimb(
			func(x float64) float64 { return 1 - x }, func(k, x, p, before float64) float64 { return ((2*k+1-x)*p - k*before) / (k + 1) }), 10},
		{device.LegendreP, "LegendrePolynomialP", LegendrePolynomialP, refClimb(
			func(x float64) float64 { return x }, func(k, x, p, before float64) float64 { return ((2*k+1)*x*p - k*before) / (k + 1) }), 10},
	} {
		name := names[r.f]
		s := pairs(-2, 2, -1, 6)
		for i := range s {
			s[i].NoGrad = true
		}
		s = append(s, tensor.Sample{
			Args: []any{tensor.In(2, 1).With(-0.5, 0.75), tensor.In(3).With(9, 12, 20).As(tensor.Float64)}, NoGrad: true, Only: []tensor.DType{tensor.Float64},
		})
		out = append(out, tensor.Entry{
			Name: name, Sig: name + "(input, n)", At: tensor.Here(), Ops: []any{polynomialOp{f: r.f}}, Go: []string{r.goName},
			Call: twoTensors(r.call, "input", "n"), Ref: refPair(r.ref), Out: tensor.OutFloat,
			DTypes: tensor.AllDTypes, Samples: s, Bad: tensor.BroadcastBad(name), Abs: r.size,
			Why: map[string]string{"tol": "terms cancel, and PyTorch's values in float32 are those of this rounding"},
		})
	}
	return out
}

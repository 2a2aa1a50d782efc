package optest

import (
	"fmt"
	"math"
	"slices"

	"github.com/facula-ml/facula/internal/half"
	"github.com/facula-ml/facula/tensor"
)

// tol is the largest error relative to |want|. Float32: 16 ulp at 1.
// Float64: about 500 ulp. Half precision: inputs are exact and kernels compute
// in float32, but a definition may round a few times: 8 half-ulps.
var tol = map[tensor.DType]float64{
	tensor.Float32: 16 * 0x1p-23, tensor.Float64: 1e-13,
	tensor.Float16: 8 * 0x1p-11, tensor.BFloat16: 8 * 0x1p-8,
}

// tiny is 8 of the dtype's smallest numbers: below the normal numbers there are
// fewer digits, which a definition may round away a few times.
var tiny = map[tensor.DType]float64{
	tensor.Float32: 8 * 0x1p-149, tensor.Float64: 8 * 0x1p-1074,
	tensor.Float16: 8 * 0x1p-24, tensor.BFloat16: 8 * 0x1p-133,
}

// near reports whether v is w but for rounding: size is what the error may be
// relative to where w is smaller, and loose what it is multiplied by.
func near(v, w, size, loose float64, d tensor.DType) bool {
	return v == w || v != v && w != w ||
		math.Abs(v-w) <= tiny[d]+tol[d]*max(1, loose)*max(size, math.Abs(w))
}

// value compares a call with the reference, and checks that it leaves its
// inputs alone.
func (r *runner) value(d tensor.DType, l layout, special bool) {
	r.Helper()
	what := fmt.Sprintf("%v %v", d, l)
	if special {
		what += " special values"
	}
	vals := r.values(d, l, special)
	var in []*tensor.Tensor
	args, err := r.bind(d, l, vals, func(x *tensor.Tensor) { in = append(in, x) })
	if err != nil {
		r.fail(what, "%v", err)
		return
	}
	versions := make([]int, len(in))
	for i, x := range in {
		versions[i] = x.Version()
	}
	var got []*tensor.Tensor
	if err := tensor.Try(func() { got = r.e.Call(args) }); err != nil {
		r.fail(what, "%v", err)
		return
	}
	for i, x := range in {
		if x.Version() != versions[i] || !sameValues(tensor.Slice[float64](x), vals[i]) {
			r.fail(what, "input %d was changed", i)
		}
	}
	ref, err := r.bindArrays(vals)
	if err != nil {
		r.fail(what, "%v", err)
		return
	}
	want := r.e.Ref(ref)
	if len(got) != len(want) {
		r.fail(what, "%d results; want %d", len(got), len(want))
		return
	}
	for i := range want {
		r.compare(what, i, d, got[i], want[i])
	}
}

func sameValues(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || x != x && y != y })
}

// compare checks one result's dtype, shape and elements.
func (r *runner) compare(what string, i int, d tensor.DType, got *tensor.Tensor, want tensor.Array) {
	r.Helper()
	out := d
	if r.s.Out != nil {
		out = r.s.Out(d, i)
	} else if r.e.Out != nil {
		out = r.e.Out(d, i)
	}
	if got.DType() != out {
		r.fail(what, "result %d is %v; want %v", i, got.DType(), out)
		return
	}
	if !slices.Equal(got.Shape(), want.Shape) {
		r.fail(what, "result %d has shape %v; want %v", i, got.Shape(), want.Shape)
		return
	}
	if r.e.Undefined {
		return
	}
	for k, v := range tensor.Slice[float64](got) {
		w := rounded(want.V[k], out)
		if !near(v, w, r.e.Abs, r.e.Tol, out) {
			r.fail(what, "result %d element %d is %v; want %v", i, k, v, w)
			return
		}
	}
}

// rounded is a reference value as the dtype holds it: truth for bool, and
// infinity beyond the largest number.
func rounded(v float64, d tensor.DType) float64 {
	switch {
	case d == tensor.Bool && v != 0:
		return 1
	case d == tensor.Float32:
		return float64(float32(v))
	case d == tensor.Float16:
		return float64(half.F16From64(v).Float32())
	case d == tensor.BFloat16:
		return float64(half.BF16From64(v).Float32())
	case d.IsInt():
		return wrapped(int64(v), d)
	}
	return v
}

// wrapped is what is left of an integer in the dtype's bits.
func wrapped(v int64, d tensor.DType) float64 {
	switch d {
	case tensor.Int8:
		return float64(int8(v))
	case tensor.Int16:
		return float64(int16(v))
	case tensor.Int32:
		return float64(int32(v))
	case tensor.UInt8:
		return float64(uint8(v))
	}
	return float64(v)
}

// gradient checks first and second derivatives in float64, through contiguous
// and transposed inputs, and that the no-grad mark keeps them from being recorded.
func (r *runner) gradient() {
	r.Helper()
	vals := r.values(tensor.Float64, contiguous, false)
	size := 0
	for _, v := range vals {
		size += len(v)
	}
	if size > 150 {
		return // the same code on more elements; the differences would take minutes
	}
	for _, l := range []layout{contiguous, transposed} {
		if l != contiguous && r.e.Why["layout"] != "" {
			continue
		}
		in, f := r.function(vals, tensor.Float64, l)
		if len(in) == 0 {
			return
		}
		h := max(r.e.GradTol, 1)
		if err := check(func() error { return tensor.GradCheck(f, in, tensor.CheckTol(1e-6*h, 1e-6*h)) }); err != nil {
			r.fail("gradient "+l.String(), "%v", err)
			return
		}
		if l != contiguous || size > 60 {
			continue
		}
		h = max(r.e.Grad2Tol, 1)
		if err := check(func() error { return tensor.GradGradCheck(f, in, tensor.CheckTol(1e-3*h, 1e-5*h)) }); err != nil {
			r.fail("second gradient", "%v", err)
			return
		}
		for i := range in {
			in[i] = in[i].NoGrad()
		}
		for i, y := range f(in) {
			if y.RequiresGrad() {
				r.fail("no grad", "result %d of marked inputs requires a gradient", i)
			}
		}
	}
}

// check turns an op's panic into an error.
func check(f func() error) (err error) {
	if e := tensor.Try(func() { err = f() }); e != nil {
		return e
	}
	return err
}

// function is the sample's call as a function of its floating-point inputs.
func (r *runner) function(vals [][]float64, d tensor.DType, l layout) ([]*tensor.Tensor, func([]*tensor.Tensor) []*tensor.Tensor) {
	var in []*tensor.Tensor
	args := tensorArgs(r.s)
	var which []int
	for k, a := range args {
		if a.DType == 0 {
			which = append(which, k)
			in = append(in, r.input(vals[k], a, d, l).RequireGrad())
		}
	}
	return in, func(x []*tensor.Tensor) []*tensor.Tensor {
		k := 0
		pos, kw := visit(r.s, func(a tensor.Arg) any {
			i := slices.Index(which, k)
			k++
			if i >= 0 {
				return x[i]
			}
			return r.input(vals[k-1], a, a.DType, contiguous)
		})
		bound, err := tensor.Bind(r.e.Sig, pos, kw)
		if err != nil {
			r.Fatal(err)
		}
		return r.e.Call(bound)
	}
}

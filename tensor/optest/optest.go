package optest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// Run tests every op of the table on dev, and every op that has both a kernel
// and a definition a second time through the definition. Without a table it is
// package tensor's.
func Run(t *testing.T, dev device.Device, table ...tensor.Entry) {
	if table == nil {
		table = tensor.Entries()
	}
	for _, e := range table {
		t.Run(e.Name, func(t *testing.T) {
			complete(t, e)
			each(t, e, dev, true)
			if hide := kernelsWithBody(e); len(hide) > 0 {
				t.Run("definition", func(t *testing.T) { each(t, e, &hidden{dev, hide}, false) })
			}
		})
	}
}

// hidden is a device that claims not to have some kernels.
type hidden struct {
	device.Device
	kernels map[device.Kernel]bool
}

func (h *hidden) Supports(k device.Kernel, d device.DType) bool {
	return !h.kernels[k] && h.Device.Supports(k, d)
}

// kernelsWithBody are the kernels of e's ops that also have a definition.
func kernelsWithBody(e tensor.Entry) map[device.Kernel]bool {
	hide := map[device.Kernel]bool{}
	for _, op := range e.Ops {
		_, single := op.(tensor.Composite)
		_, multi := op.(tensor.MultiComposite)
		if k := op.(interface{ Kernel() device.Kernel }).Kernel(); (single || multi) && k != device.NoKernel {
			hide[k] = true
		}
	}
	return hide
}

// each runs all samples of e on dev.
func each(t *testing.T, e tensor.Entry, dev device.Device, bad bool) {
	plain := dev
	if hide := kernelsWithBody(e); len(hide) > 0 {
		plain = &hidden{dev, hide}
	}
	for i, s := range e.Samples {
		r := &runner{T: t, e: e, s: s, i: i, dev: dev, plain: plain}
		dtypes := e.DTypes
		if s.Only != nil {
			dtypes = s.Only
		}
		for k, d := range dtypes {
			whole := !testing.Short() || k == i%len(dtypes)
			for _, layout := range layouts {
				if layout == contiguous || whole && e.Why["layout"] == "" {
					r.value(d, layout, false)
					if d.IsFloat() && !e.Undefined {
						r.analytic(d, layout)
					}
				}
			}
			if whole && d.IsFloat() && e.Why["special"] == "" {
				r.value(d, contiguous, true)
			}
		}
		whole := !testing.Short() || i == 0
		if whole && contains(dtypes, tensor.Float64) && !s.NoGrad {
			r.gradient()
		}
		if whole && contains(dtypes, tensor.Float32) && !e.Undefined && e.Why["infinite"] == "" {
			r.infinite()
		}
	}
	if bad {
		for i, b := range e.Bad {
			r := &runner{T: t, e: e, s: tensor.Sample{Args: b.Args, Kw: b.Kw}, i: i, dev: dev}
			r.refuse(b)
		}
	}
}

func contains(list []tensor.DType, d tensor.DType) bool {
	for _, x := range list {
		if x == d {
			return true
		}
	}
	return false
}

// complete fails if the entry leaves out a kind of input without a reason, or
// gives a reason for leaving out what it has.
func complete(t *testing.T, e tensor.Entry) {
	has := map[string]bool{"errors": len(e.Bad) > 0}
	for _, s := range e.Samples {
		for _, a := range tensorArgs(s) {
			n, ones := 1, len(a.Shape) > 0
			for _, d := range a.Shape {
				n *= d
				ones = ones && d == 1
			}
			has["0-d"] = has["0-d"] || len(a.Shape) == 0
			has["empty"] = has["empty"] || n == 0
			has["size-1"] = has["size-1"] || ones
		}
	}
	for _, word := range []string{"0-d", "empty", "size-1", "errors"} {
		switch {
		case !has[word] && e.Why[word] == "":
			t.Errorf("%s: no sample of kind %q, and no reason in Why", e.At, word)
		case has[word] && e.Why[word] != "":
			t.Errorf("%s: Why excuses %q, but the entry has it", e.At, word)
		}
	}
	if e.Undefined != (e.Why["values"] != "") {
		t.Errorf("%s: an entry is Undefined exactly if Why[\"values\"] says what tests its values", e.At)
	}
	loose := slices.ContainsFunc(e.Samples, func(s tensor.Sample) bool { return s.GradTol != 0 })
	if (loose || e.Abs != 0 || e.Tol != 0 || e.GradTol != 0 || e.Grad2Tol != 0) && e.Why["tol"] == "" {
		t.Errorf("%s: a bound is loosened without a reason in Why[\"tol\"]", e.At)
	}
}

// tensorArgs lists the tensor arguments of a sample, in order.
func tensorArgs(s tensor.Sample) []tensor.Arg {
	var out []tensor.Arg
	visit(s, func(a tensor.Arg) any { out = append(out, a); return nil })
	return out
}

// visit calls f for each tensor argument and returns the arguments with f's
// results in their place.
func visit(s tensor.Sample, f func(tensor.Arg) any) ([]any, map[string]any) {
	var walk func(v any) any
	walk = func(v any) any {
		switch x := v.(type) {
		case tensor.Arg:
			return f(x)
		case []any:
			list := make([]any, len(x))
			for i := range x {
				list[i] = walk(x[i])
			}
			return list
		}
		return v
	}
	pos := walk(append([]any{}, s.Args...)).([]any)
	kw := map[string]any{}
	for _, k := range sortedKeys(s.Kw) {
		kw[k] = walk(s.Kw[k])
	}
	return pos, kw
}

// A runner runs one sample.
type runner struct {
	*testing.T
	e   tensor.Entry
	s   tensor.Sample
	i   int
	dev device.Device
	// plain is dev without the kernels that a definition can stand in for.
	plain device.Device
}

func (r *runner) fail(what string, format string, v ...any) {
	r.Helper()
	r.Errorf("%s: %s: sample %d %s: %s", r.e.At, r.e.Name, r.i, what, fmt.Sprintf(format, v...))
}

// refuse checks the exact text of an error.
func (r *runner) refuse(b tensor.Bad) {
	r.Helper()
	vals := r.values(tensor.Float32, contiguous, false)
	args, err := r.bind(tensor.Float32, contiguous, vals, nil)
	if err != nil {
		r.fail("error case", "%v", err)
		return
	}
	err = tensor.Try(func() { r.e.Call(args) })
	if err == nil || err.Error() != b.Want {
		r.fail("error case", "%v %v\ngot  %v\nwant %s", b.Args, b.Kw, err, b.Want)
	}
}

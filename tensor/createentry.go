package tensor

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// The entries of what makes tensors.

const makeSig = "dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False"

// device is the argument of that name; nil for the CPU.
func (a *Args) device() device.Device {
	switch d := a.Any("device").(type) {
	case nil:
		return nil
	case device.Device:
		return d
	case string:
		if d == host.Name() {
			return nil
		}
	}
	a.wrong("device", "cpu, or a device that was opened")
	return nil
}

// maker is what a creation op is asked for.
func (a *Args) maker() Make { return Make{DType: a.DType("dtype"), Device: a.device()} }

// model is the tensor argument, or one of its shape and of the kind asked for.
func (a *Args) model() *Tensor {
	t, m := a.Tensor("input"), a.maker()
	if m == (Make{}) {
		return t
	}
	if m.DType == 0 {
		m.DType = t.DType()
	}
	if m.Device == nil {
		m.Device = t.Device()
	}
	return m.Empty(t.shape()...)
}

// made is the result of a creation op.
func (a *Args) made(t *Tensor) []*Tensor {
	if a.Bool("requires_grad") {
		t.RequireGrad()
	}
	return one(t)
}

// refFill is the reference of an op that gives the i-th element of a shape.
func refFill(shape func(a *Args) []int, v func(a *Args, idx []int) float64) func(*Args) []Array {
	return func(a *Args) []Array {
		out := NewArray(shape(a)...)
		for i := range out.V {
			out.V[i] = v(a, out.Index(i))
		}
		return []Array{out}
	}
}

func constant(v float64) func(*Args, []int) float64 {
	return func(*Args, []int) float64 { return v }
}

func sizeOf(a *Args) []int     { return a.Ints("size") }
func inputShape(a *Args) []int { return a.Array("input").Shape }
func whySource(more ...string) map[string]string {
	w := map[string]string{"0-d": "no tensor argument", "empty": "no tensor argument", "size-1": "no tensor argument"}
	for i := 0; i < len(more); i += 2 {
		w[more[i]] = more[i+1]
	}
	return w
}

// typed is a sample without tensors whose result is of dtype d.
func typed(d DType, args ...any) Sample {
	return Sample{Args: args, Kw: map[string]any{"dtype": d}, Only: []DType{d}}
}

// untyped is a sample that gives d by default.
func untyped(d DType, args ...any) Sample { return Sample{Args: args, Only: []DType{d}} }

// sizeSamples are shapes in every form.
func sizeSamples() []Sample {
	s := []Sample{typed(BFloat16, 2, 2)}
	for _, size := range [][]any{{[]int{}}, {3}, {2, 3}, {[]int{2, 0, 2}}} {
		s = append(s, untyped(Float32, size...), typed(Float64, size...))
	}
	return s
}

// sizeBad are shapes that nothing has.
func sizeBad(op string) []Bad {
	return []Bad{
		{Args: []any{2, -3}, Want: "tensor: " + op + ": dim 1 is -3; want 0 or more"},
		{Args: []any{1, 1, 1, 1, 1, 1, 1, 1, 1}, Want: "tensor: " + op + ": 9 dims; want at most 8"},
		{Args: []any{math.MaxInt>>23 + 1, math.MaxInt>>23 + 1}, Want: "tensor: " + op + ": shape [1099511627776 1099511627776] has too many elements"},
	}
}

// sized is the entry of a creation op that takes a shape.
func sized(name, method, at string, v float64, f func(m Make, shape ...int) *Tensor) Entry {
	return Entry{
		Name: name, Sig: name + "(*size, " + makeSig + ")", At: at, Go: []string{method},
		Call:    func(a *Args) []*Tensor { return a.made(f(a.maker(), a.Ints("size")...)) },
		Ref:     refFill(sizeOf, constant(v)),
		Samples: sizeSamples(), Bad: sizeBad(name), Why: whySource(),
	}
}

// alike is the entry of a form that takes shape and kind from a tensor. more
// are the parameters beyond those of all.
func alike(name, method, more, at string, v func(*Args, []int) float64, f func(t *Tensor, a *Args) *Tensor) Entry {
	e := Entry{
		Name: name, Sig: name + "(input, " + more + makeSig + ", memory_format=None)", At: at, Go: []string{method},
		Call:   func(a *Args) []*Tensor { return a.made(f(a.model(), a)) },
		Ref:    refFill(inputShape, v),
		DTypes: AllDTypes,
		Why:    map[string]string{"errors": "takes every tensor"},
	}
	for _, s := range UnarySamples(-2, 2) {
		s.NoGrad = true // the result does not depend on the elements
		e.Samples = append(e.Samples, s)
	}
	e.Samples = append(e.Samples, Sample{
		Args: []any{In(2, 3)}, Kw: map[string]any{"dtype": Float64}, NoGrad: true, Out: func(DType, int) DType { return Float64 },
	})
	return e
}

// fresh is the entry of a form that takes only the kind from a tensor.
func fresh(name, more, at string, v func(*Args, []int) float64, f func(m Make, a *Args) *Tensor) Entry {
	sample := func(args ...any) Sample { return Sample{Args: append([]any{In(2)}, args...), NoGrad: true} }
	e := Entry{
		Name: name, Sig: name + "(input, " + more + makeSig + ")", At: at,
		Call:   func(a *Args) []*Tensor { return a.made(f(like(a.model()), a)) },
		Ref:    refFill(sizeOf, v),
		DTypes: AllDTypes,
		Why:    map[string]string{"0-d": "the tensor only says the dtype", "empty": "the tensor only says the dtype", "size-1": "the tensor only says the dtype"},
	}
	if more == "*size, " {
		e.Samples = []Sample{sample([]int{}), sample(3, 1), sample([]int{2, 0})}
	}
	return e
}

// undefined is e without a claim about the values.
func (e Entry) undefined(why string) Entry {
	e.Undefined = true
	if e.Why == nil {
		e.Why = map[string]string{}
	}
	e.Why["values"] = why
	return e
}

const uninitialised = "memory is not initialised"

func zerosEntry() Entry { return sized("zeros", "Zeros", Here(), 0, Make.Zeros) }
func onesEntry() Entry  { return sized("ones", "Ones", Here(), 1, Make.Ones) }
func emptyEntry() Entry {
	return sized("empty", "Empty", Here(), 0, Make.Empty).undefined(uninitialised)
}

func zerosLikeEntry() Entry {
	return alike("zeros_like", "ZerosLike", "", Here(), constant(0), func(t *Tensor, a *Args) *Tensor { return ZerosLike(t) })
}

func onesLikeEntry() Entry {
	return alike("ones_like", "OnesLike", "", Here(), constant(1), func(t *Tensor, a *Args) *Tensor { return OnesLike(t) })
}

func emptyLikeEntry() Entry {
	e := alike("empty_like", "EmptyLike", "", Here(), constant(0), func(t *Tensor, a *Args) *Tensor { return EmptyLike(t) })
	return e.undefined(uninitialised)
}

func fillValue(a *Args, _ []int) float64 { return a.Float("fill_value") }

func fullLikeEntry() Entry {
	e := alike("full_like", "FullLike", "fill_value, ", Here(), fillValue, func(t *Tensor, a *Args) *Tensor {
		return FullLike(t, a.Any("fill_value"))
	})
	values := []any{3, 2.5, true, -1, 0, 1.0, 7, 0.25}
	for i := range e.Samples {
		e.Samples[i].Args = append(e.Samples[i].Args, values[i%len(values)])
	}
	return e
}

func newZerosEntry() Entry {
	return fresh("new_zeros", "*size, ", Here(), constant(0), func(m Make, a *Args) *Tensor { return m.Zeros(a.Ints("size")...) }).noErrors()
}

func newOnesEntry() Entry {
	return fresh("new_ones", "*size, ", Here(), constant(1), func(m Make, a *Args) *Tensor { return m.Ones(a.Ints("size")...) }).noErrors()
}

func newEmptyEntry() Entry {
	e := fresh("new_empty", "*size, ", Here(), constant(0), func(m Make, a *Args) *Tensor { return m.Empty(a.Ints("size")...) })
	return e.noErrors().undefined(uninitialised)
}

func newFullEntry() Entry {
	e := fresh("new_full", "size, fill_value, ", Here(), fillValue, func(m Make, a *Args) *Tensor {
		return m.Full(a.Any("fill_value"), a.Ints("size")...)
	})
	e.Samples = []Sample{{Args: []any{In(2), []int{}, 2.5}, NoGrad: true}, {Args: []any{In(2), []int{2, 3}, -1}, NoGrad: true}}
	return e.noErrors()
}

func (e Entry) noErrors() Entry {
	e.Why["errors"] = "those of zeros, ones, empty and full"
	return e
}

func fullEntry() Entry {
	return Entry{
		Name: "full", Sig: "full(size, fill_value, *, " + makeSig + ")", At: Here(), Go: []string{"Full"},
		Call: func(a *Args) []*Tensor { return a.made(a.maker().Full(a.Any("fill_value"), a.Ints("size")...)) },
		Ref:  refFill(sizeOf, fillValue),
		Samples: []Sample{
			untyped(Float32, []int{}, 2.5), untyped(Int64, []int{2, 3}, -7), untyped(Bool, []int{2}, true), typed(Float64, []int{0, 2}, 1),
			typed(Int8, []int{3}, 2.7), typed(Float16, []int{3}, 0.1), typed(UInt8, []int{2}, -1), typed(Bool, []int{2}, 0.5), typed(Int64, []int{2}, math.MaxInt>>10+1),
		},
		Bad: []Bad{
			{Args: []any{[]int{-1}, 2}, Want: "tensor: full: dim 0 is -1; want 0 or more"},
			{Args: []any{[]int{1}, "x"}, Want: "tensor: full: string is not a number; want a Go int, float or bool"},
		},
		Why: whySource(),
	}
}

func scalarEntry() Entry {
	return Entry{
		Name: "tensor", Sig: "tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False)", At: Here(), Go: []string{"Scalar"},
		Call: func(a *Args) []*Tensor {
			if isList(a.Any("data")) {
				a.wrong("data", "a number")
			}
			return a.made(a.maker().Scalar(a.Any("data")))
		},
		Ref:     refFill(func(*Args) []int { return nil }, func(a *Args, _ []int) float64 { return a.Float("data") }),
		Samples: []Sample{untyped(Float32, 2.5), untyped(Int64, 3), untyped(Bool, false), typed(Float64, 1), typed(Int32, 2.9)},
		Bad:     []Bad{{Args: []any{nil}, Want: "tensor: scalar: <nil> is not a number; want a Go int, float or bool"}},
		Why:     whySource(),
	}
}

func arangeEntry() Entry {
	// bounds reads the three forms: (end), (start, end), (start, end, step).
	bounds := func(a *Args) (start, end, step any) {
		if a.Has("end") {
			return a.Any("start"), a.Any("end"), a.Any("step")
		}
		return 0, a.Any("start"), a.Any("step")
	}
	return Entry{
		Name: "arange", Sig: "arange(start, end=None, step=1, *, " + makeSig + ")", At: Here(), Go: []string{"Arange"},
		Call: func(a *Args) []*Tensor { return a.made(a.maker().Arange(bounds(a))) },
		Ref: func(a *Args) []Array {
			s, e, st := bounds(a)
			x, y, z := toFloat(s), toFloat(e), toFloat(st)
			if a.DType("dtype").IsInt() {
				x, z = math.Trunc(x), math.Trunc(z)
			}
			if a.DType("dtype") == Int64 {
				y = math.Trunc(y)
			}
			out := Array{Shape: []int{0}}
			for v, i := x, 1.0; z > 0 && v < y || z < 0 && v > y; v, i = x+i*z, i+1 {
				out.V = append(out.V, v)
			}
			out.Shape[0] = len(out.V)
			return []Array{out}
		},
		Samples: []Sample{
			untyped(Int64, 5), untyped(Int64, 0), untyped(Int64, 2, 9, 3), untyped(Int64, 5, -3, -2), untyped(Float32, 3.5), untyped(Float32, 0, 1, 0.25),
			untyped(Float32, 2.0, -1, -0.5), untyped(Int64, false, true), typed(Float64, -1, 2, 2), typed(Float16, 0, 3, 0.5), typed(Int64, 3.1), typed(Int32, 3.1),
			typed(Int64, -1.7, 4.2, 1.5), typed(UInt8, 250, 256), typed(Int64, 4, 4), typed(Float64, 1000),
		},
		Bad: []Bad{
			{Args: []any{0, 3, 0}, Want: "tensor: arange: step is 0"},
			{Args: []any{0, 3, 0.5}, Kw: map[string]any{"dtype": Int64}, Want: "tensor: arange: step is 0"},
			{Args: []any{0, 3, -2}, Want: "tensor: arange: step -2 leads from 0 away from 3"},
			{Args: []any{math.Inf(-1), 1, 2}, Want: "tensor: arange: the range from -Inf to 1 by 2 is not finite"},
			{Args: []any{0, 1, math.NaN()}, Want: "tensor: arange: the range from 0 to 1 by NaN is not finite"},
			{Args: []any{0, 1e300}, Want: "tensor: arange: the range from 0 to 1e+300 by 1 has too many elements"},
		},
		Why: whySource(),
	}
}

// toFloat is a number argument of a reference.
func toFloat(v any) float64 {
	x, _ := toArray(v)
	return x.V[0]
}

func linspaceEntry() Entry {
	return Entry{
		Name: "linspace", Sig: "linspace(start, end, steps, *, " + makeSig + ")", At: Here(), Go: []string{"Linspace"},
		Call: func(a *Args) []*Tensor {
			return a.made(a.maker().Linspace(a.Float("start"), a.Float("end"), a.Int("steps")))
		},
		Ref: refFill(func(a *Args) []int { return []int{a.Int("steps")} }, func(a *Args, i []int) float64 {
			x, y, n := a.Float("start"), a.Float("end"), float64(max(a.Int("steps")-1, 1))
			if a.DType("dtype").IsInt() {
				x, y = math.Trunc(x), math.Trunc(y)
			}
			return (x*(n-float64(i[0])) + y*float64(i[0])) / n
		}),
		Samples: []Sample{
			untyped(Float32, 0, 1, 5), untyped(Float32, 3, -2.5, 50), typed(Float64, -1, 1, 7), untyped(Float32, 2, 9, 1), untyped(Float32, 2, 9, 0),
			typed(Float64, 0.1, 0.7, 1000), typed(Int64, 0, 10, 4), typed(Int64, 0.9, 10.9, 11), typed(Int64, 4.3, 1, 7), typed(Int32, -3, 4, 6), typed(BFloat16, 0, 1, 5),
		},
		Bad: []Bad{{Args: []any{0, 3, -1}, Want: "tensor: linspace: -1 steps; want 0 or more, and fewer than there is memory"}},
		Why: whySource(),
	}
}

func eyeEntry() Entry {
	cols := func(a *Args) []int {
		if a.Has("m") {
			return []int{a.Int("m")}
		}
		return nil
	}
	return Entry{
		Name: "eye", Sig: "eye(n, m=None, *, " + makeSig + ")", At: Here(), Go: []string{"Eye"},
		Call: func(a *Args) []*Tensor { return a.made(a.maker().Eye(a.Int("n"), cols(a)...)) },
		Ref: refFill(func(a *Args) []int { return append([]int{a.Int("n")}, append(cols(a), a.Int("n"))[0]) },
			func(_ *Args, i []int) float64 { return float64(b2i(i[0] == i[1])) }),
		Samples: []Sample{
			untyped(Float32, 3), untyped(Float32, 2, 5), typed(Float64, 5, 2), untyped(Float32, 0), typed(Int64, 3, 0), typed(Bool, 4), typed(Float16, 1, 1),
		},
		Bad: []Bad{
			{Args: []any{-1}, Want: "tensor: eye: dim 0 is -1; want 0 or more"},
			{Args: []any{0, -3}, Want: "tensor: eye: dim 1 is -3; want 0 or more"},
		},
		Why: whySource(),
	}
}

package tensor_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// argument is a value for a parameter of any method; tensors are x.
func argument(p reflect.Type, x *tensor.Tensor) reflect.Value {
	for _, v := range []any{x, []*tensor.Tensor{x}, 0, 1.0, []int{1}, tensor.Float32, true} {
		if reflect.TypeOf(v) == p {
			return reflect.ValueOf(v)
		}
	}
	switch {
	case p.Kind() == reflect.Interface && p.NumMethod() == 0:
		return reflect.ValueOf(1)
	case reflect.TypeOf(x).AssignableTo(p):
		return reflect.ValueOf(x)
	case reflect.TypeOf(x.Device).Out(0) == p && x != nil:
		return reflect.ValueOf(x.Device())
	}
	return reflect.Zero(p)
}

// calls runs every method of t with tensors x as arguments, and gives visit
// what it panicked with.
func calls(t, x *tensor.Tensor, visit func(name string, takes bool, panicked any)) {
	v := reflect.ValueOf(t)
	for i := range v.NumMethod() {
		m := v.Type().Method(i)
		if m.Name == "Format" {
			continue // fmt calls it
		}
		f, takes := v.Method(i), false
		var in []reflect.Value
		for k := range f.Type().NumIn() {
			p := f.Type().In(k)
			if f.Type().IsVariadic() && k == f.Type().NumIn()-1 {
				break
			}
			takes = takes || p == v.Type()
			in = append(in, argument(p, x))
		}
		func() {
			defer func() { visit(m.Name, takes, recover()) }()
			f.Call(in)
		}()
	}
}

// A nil tensor is reported by every method, as the receiver and as an argument.
func TestNilTensor(t *testing.T) {
	for _, none := range []*tensor.Tensor{nil, {}} {
		calls(none, tensor.Ones(1), func(name string, _ bool, p any) {
			if _, ok := p.(*tensor.Error); !ok && name != "String" {
				t.Errorf("%s of %#v: panic %v; want an *Error", name, none, p)
			}
		})
	}
	calls(tensor.Ones(1).Cast(tensor.Float64), nil, func(name string, takes bool, p any) {
		if _, ok := p.(*tensor.Error); takes && p != nil && !ok {
			t.Errorf("%s of a nil argument: panic %v; want an *Error", name, p)
		}
	})
	x := tensor.Ones(2)
	for want, f := range map[string]func(){
		"tensor: mul: the tensor is nil":        func() { x.Grad().MulScalar(2) },
		"tensor: shape: the tensor is nil":      func() { x.Grad().Shape() },
		"tensor: reshape: the tensor is nil":    func() { x.Grad().Reshape(1) },
		"tensor: select: the tensor is nil":     func() { x.Grad().Select(0, 0) },
		"tensor: item: the tensor is nil":       func() { x.Grad().Float() },
		"tensor: slice: the tensor is nil":      func() { tensor.Slice[float32](nil) },
		"tensor: data: the tensor is nil":       func() { tensor.Data[float32](nil) },
		"tensor: add [2]: input 1 is nil":       func() { x.AddInPlace(nil) },
		"tensor: add: the tensor is nil":        func() { x.Grad().AddInPlace(x) },
		"tensor: copy: the tensor is nil":       func() { x.CopyFrom(nil) },
		"tensor: set_data: the tensor is nil":   func() { x.SetData(nil) },
		"tensor: fill: the tensor is nil":       func() { x.Grad().Fill(1) },
		"tensor: exp: input 0 is nil":           func() { x.Grad().Exp() },
		"tensor: zeros_like: the tensor is nil": func() { tensor.ZerosLike(nil) },
		"tensor: stack [2]: input 1 is nil":     func() { tensor.Stack(0, x, nil) },
	} {
		refusedWith(t, want, f)
	}
}

// Numbers at the ends of int are refused or right, never wrapped around. What
// the results must be is PyTorch's.
func TestExtremeNumbers(t *testing.T) {
	for _, n := range []int{math.MinInt, math.MinInt + 1, -1 << 62, 1 << 40, 1 << 57, 1 << 62, math.MaxInt} {
		x := tensor.Arange(0, 6, 1).Cast(tensor.Float32).Reshape(2, 3)
		for name, f := range map[string]func() *tensor.Tensor{
			"diagonal": func() *tensor.Tensor { return x.Diagonal(n, 0, 1) },
			"diag":     func() *tensor.Tensor { return x.Diag(n) },
		} {
			if y := f(); y.Len() != 0 {
				t.Errorf("%s %d is %v; want no element", name, n, y)
			}
		}
		some, none := x.Tril(n), x.Triu(n)
		if n < 0 {
			some, none = none, some
		}
		valuesAre(t, fmt.Sprint("the triangle beyond ", n), none, 0, 0, 0, 0, 0, 0)
		valuesAre(t, fmt.Sprint("the triangle within ", n), some, 0, 1, 2, 3, 4, 5)
		img := x.Reshape(1, 1, 2, 3)
		for name, f := range map[string]func(){
			"conv2d dilation":  func() { img.Conv2d(tensor.Ones(1, 1, 2, 2), nil, tensor.Dilation(n)) },
			"conv2d padding":   func() { img.Conv2d(tensor.Ones(1, 1, 2, 2), nil, tensor.Padding(n)) },
			"max_pool2d":       func() { img.MaxPool2d([]int{n}, tensor.Padding(n/2), tensor.CeilMode) },
			"avg_pool2d":       func() { img.AvgPool2d([]int{n}, tensor.Padding(n/2), tensor.CeilMode) },
			"max_pool2d, wide": func() { img.MaxPool2d([]int{2}, tensor.Dilation(n)) },
			"pad":              func() { x.Pad([]int{n, n}) },
			"repeat":           func() { x.Repeat(n, n) },
			"expand":           func() { x.Unsqueeze(0).Expand(n, n, n) },
			"reshape":          func() { x.Reshape(n, 4, -1) },
			"zeros":            func() { tensor.Zeros(n) },
			"eye":              func() { tensor.Eye(n) },
			"linspace":         func() { tensor.Linspace(0, 1, n) },
			"diag_embed":       func() { x.DiagEmbed(n, 0, 1) },
			"unfold":           func() { x.Unfold(0, n, 1) },
			"select":           func() { x.Select(0, n) },
			"flip":             func() { x.Flip(n) },
		} {
			if err := tensor.Try(f); err == nil {
				t.Errorf("%s %d is taken; want an *Error", name, n)
			}
		}
	}
	err := tensor.Try(func() { tensor.Zeros(1 << 42) })
	if !errors.Is(err, device.ErrOutOfMemory) {
		t.Errorf("16 TB: got %v; want ErrOutOfMemory", err)
	}
	if err := tensor.Try(func() { tensor.Arange(0, 1<<42, 1) }); !errors.Is(err, device.ErrOutOfMemory) {
		t.Errorf("a range of 32 TB: got %v; want ErrOutOfMemory", err)
	}
}

// A named type counts as the number it is made of.
func TestNumberTypes(t *testing.T) {
	type loss float32
	type flag bool
	x := tensor.Of([]float64{1, 2})
	for _, v := range []any{uint(3), uint16(3), uint32(3), uint64(3), 3 * time.Nanosecond, loss(3)} {
		valuesAre(t, fmt.Sprintf("the sum with %T", v), x.AddScalar(v), 4, 5)
	}
	valuesAre(t, "the sum with a named bool", x.AddScalar(flag(true)), 2, 3)
	if d := tensor.Scalar(3 * time.Second).DType(); d != tensor.Int64 {
		t.Errorf("a duration is %v; want int64", d)
	}
	refusedWith(t, "tensor: add: 18446744073709551615 is larger than an int64", func() { x.AddScalar(uint64(math.MaxUint64)) })
	refusedWith(t, "tensor: add: string is not a number; want a Go int, float or bool", func() { x.AddScalar("3") })
	refusedWith(t, "tensor: add: <nil> is not a number; want a Go int, float or bool", func() { x.AddScalar(nil) })
}

// Which numbers fit a dtype is as in PyTorch's fill_ and full.
func TestFillFits(t *testing.T) {
	u8 := tensor.Make{DType: tensor.UInt8}
	for v, want := range map[any]float64{255: 255, -1: 255, -255: 1, 3.7: 3, true: 1} {
		valuesAre(t, fmt.Sprint("uint8 of ", v), u8.Zeros(1).Fill(v), want)
		valuesAre(t, fmt.Sprint("uint8 of ", v), u8.Full(v, 1), want)
	}
	refusedWith(t, "tensor: fill [2]: 300 does not fit uint8", func() { u8.Zeros(2).Fill(300) })
	refusedWith(t, "tensor: fill [2]: -256 does not fit uint8", func() { u8.Zeros(2).Fill(-256) })
	refusedWith(t, "tensor: full: 300 does not fit uint8", func() { u8.Full(300, 2) })
	refusedWith(t, "tensor: fill [1]: 1e+39 does not fit float32", func() { tensor.Zeros(1).Fill(1e39) })
	refusedWith(t, "tensor: fill [1]: 2147483648 does not fit int32", func() { tensor.Make{DType: tensor.Int32}.Zeros(1).Fill(1 << 31) })
	tensor.Zeros(1).Fill(math.Inf(1))
	valuesAre(t, "the median of no int64", tensor.Make{DType: tensor.Int64}.Zeros(0).Median(), math.MinInt64)
}

// Errors name the op that was called.
func TestNamesOfMisuse(t *testing.T) {
	x := tensor.Ones(2, 2)
	b := x.Cast(tensor.Bool)
	refusedWith(t, "tensor: copy [2 2], [3]: shape [3] does not broadcast to [2 2]", func() { x.CopyFrom(tensor.Ones(3)) })
	refusedWith(t, "tensor: copy [2 2], [1 2 2]: shape [1 2 2] does not broadcast to [2 2]", func() { x.CopyFrom(tensor.Ones(1, 2, 2)) })
	refusedWith(t, "tensor: eye: 3 sizes; want one or two", func() { tensor.Eye(1, 2, 3) })
	refusedWith(t, "tensor: zeros: dtype 99 is none", func() { tensor.Make{DType: 99}.Zeros(2) })
	refusedWith(t, "tensor: sub [2 2], [2 2]: a difference of bools; use LogicalXor, or Cast them to numbers", func() { b.SubInPlace(b.Clone()) })
	for _, sig := range []string{"", "f", "f(", "f)", ")("} {
		if _, err := tensor.Bind(sig, nil, nil); err == nil {
			t.Errorf("Bind takes the signature %q", sig)
		}
	}
}

func TestGradCheckWantsSomethingToCheck(t *testing.T) {
	same := func(in []*tensor.Tensor) []*tensor.Tensor { return in }
	x := tensor.Ones(2).Cast(tensor.Float64)
	leaf := []*tensor.Tensor{x.Clone().RequireGrad()}
	for want, got := range map[string]error{
		"tensor: gradcheck: no input requires a gradient; want at least one":     tensor.GradCheck(same, []*tensor.Tensor{x}),
		"tensor: gradgradcheck: no input requires a gradient; want at least one": tensor.GradGradCheck(same, []*tensor.Tensor{x}),
		"tensor: gradcheck: the function has no outputs to check":                tensor.GradCheck(func([]*tensor.Tensor) []*tensor.Tensor { return nil }, leaf),
		"tensor: gradcheck: input 0 is nil":                                      tensor.GradCheck(same, []*tensor.Tensor{nil}),
	} {
		if got == nil || got.Error() != want {
			t.Errorf("got %v; want %s", got, want)
		}
	}
	if err := tensor.GradCheck(same, leaf); err != nil {
		t.Error(err)
	}
}

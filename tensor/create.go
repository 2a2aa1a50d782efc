package tensor

import (
	"errors"
	"fmt"
	"math"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// Make says of what kind new tensors are; the zero Make gives float32 on the
// CPU. The functions of the same names use it: Zeros(2, 3) is Make{}.Zeros(2, 3).
type Make struct {
	DType  DType         // 0 means float32, or what the values suggest
	Device device.Device // nil means the CPU
	Gen    *Generator    // for random fills; nil means the default one
}

func (m Make) dtype(otherwise DType) DType {
	if m.DType != 0 {
		return m.DType
	}
	return otherwise
}

func (m Make) device() device.Device {
	if m.Device != nil {
		return m.Device
	}
	return host
}

// Empty returns a tensor of uninitialised memory.
//
//	panics: *Error for a negative dim, more than 8 dims, or when memory runs out
func (m Make) Empty(shape ...int) *Tensor {
	spec, err := shapeSpec(m.dtype(Float32), shape)
	if err != nil {
		misuse("empty", err)
	}
	return emptyOf(m.device(), &spec)
}

func emptyOf(dev device.Device, spec *device.Spec) *Tensor {
	t, err := newTensor(dev, spec)
	if err != nil {
		misuse("empty", err)
	}
	return t
}

// fresh is a tensor of uninitialised memory beside t: on its device, with its mode.
func (t *Tensor) fresh(spec *device.Spec) *Tensor {
	b := t.mode.inScope().newBody()
	b.view.Spec = *spec
	out, err := b.allocate(t.b.dev, t.mode)
	if err != nil {
		misuse("empty", err)
	}
	return out
}

func zerosOf(dev device.Device, spec *device.Spec) *Tensor {
	return emptyOf(dev, spec).fill(device.Number{})
}

// fill writes v everywhere in a tensor that nobody else has seen yet.
func (t *Tensor) fill(v device.Number) *Tensor {
	span := t.mode.begin()
	c := device.Call{Kernel: device.Fill, Attr: v}
	c.Out[0] = &t.b.view
	if err := exec(t.b.dev, &c); err != nil {
		misuse("fill", err, t)
	}
	if span != nil {
		span.end(OpWrite, filled{v}, device.Fill, nil, t)
	}
	return t
}

// filled tells a tracer of a fill.
type filled struct{ v device.Number }

func (filled) Name() string { return "fill" }
func (f filled) Attr() any  { return f.v }

// scalarOf returns a tensor without dims.
func scalarOf(dev device.Device, d DType, v device.Number) *Tensor {
	return emptyOf(dev, &device.Spec{DType: d}).fill(v)
}

func onesLike(t *Tensor) *Tensor { return emptyOf(t.b.dev, t.spec()).fill(device.Number{I: 1}) }

// Zeros returns a tensor of zeros.
func (m Make) Zeros(shape ...int) *Tensor { return m.full("zeros", 0.0, shape) }

// Ones returns a tensor of ones.
func (m Make) Ones(shape ...int) *Tensor { return m.full("ones", 1.0, shape) }

// Full returns a tensor whose elements are all v. Without a DType, an integer v
// gives int64 and a bool gives bool, as torch.full does.
func (m Make) Full(v any, shape ...int) *Tensor { return m.full("full", v, shape) }

func (m Make) full(op string, v any, shape []int) *Tensor {
	n, d := number(op, v)
	spec, err := shapeSpec(m.dtype(d), shape)
	if err == nil && !fits(n, spec.DType) {
		err = fmt.Errorf("%v does not fit %v", v, spec.DType)
	}
	if err != nil {
		misuse(op, err)
	}
	return emptyOf(m.device(), &spec).fill(n)
}

// Scalar returns a tensor without dims that holds v.
//
//	source: torch.tensor(v)
func (m Make) Scalar(v any) *Tensor { return m.full("scalar", v, nil) }

// Arange returns start, start+step, … before end. Without a DType it is int64
// if all three are integers, and float32 otherwise. For an integer dtype the
// three are cut towards zero first.
//
//	panics: *Error if step is 0 or leads away from end, or a bound is not finite
//	source: torch.arange
func (m Make) Arange(start, end, step any) *Tensor {
	a, da := number("arange", start)
	b, db := number("arange", end)
	s, ds := number("arange", step)
	d := Float32
	if da != Float32 && db != Float32 && ds != Float32 {
		d = Int64
	}
	d = m.dtype(d)
	span, by := b.Float64()-a.Float64(), s.Float64()
	if x, y := a.Int64(), b.Int64(); d == Int64 && math.Abs(span) < 1<<62 {
		span = float64(y - x) // exact beyond 2⁵³
	}
	if d.IsInt() {
		by = float64(s.Int64())
	}
	steps := math.Ceil(span / by)
	if d.IsInt() && d != Int64 {
		steps = math.Ceil(span / s.Float64()) // so does PyTorch
	}
	switch {
	case by == 0:
		misuse("arange", errors.New("step is 0"))
	case math.IsInf(span, 0) || span != span || by != by:
		misuse("arange", fmt.Errorf("the range from %v to %v by %v is not finite", start, end, step))
	case steps < 0:
		misuse("arange", fmt.Errorf("step %v leads from %v away from %v", step, start, end))
	case steps > maxElements:
		misuse("arange", fmt.Errorf("the range from %v to %v by %v has too many elements", start, end, step))
	}
	n := int(steps)
	if d.IsFloat() {
		return m.computed(n, func(i int) float64 { return a.Float64() + float64(i)*by })
	}
	t := Make{DType: Int64}.Empty(n)
	v := memory[int64](t, n)
	for i := range v {
		v[i] = a.Int64() + int64(i)*s.Int64()
	}
	return t.To(m.device()).Cast(d)
}

// computed is a vector of n numbers, rounded to m's dtype.
func (m Make) computed(n int, f func(i int) float64) *Tensor {
	t := Make{DType: Float64}.Empty(n)
	v := memory[float64](t, n)
	for i := range v {
		v[i] = f(i)
	}
	return t.To(m.device()).Cast(m.dtype(Float32))
}

// Linspace returns steps values from start to end, both included, evenly apart.
// For an integer dtype the two are cut towards zero first, and so is each value.
//
//	panics: *Error if steps < 0
//	source: torch.linspace
func (m Make) Linspace(start, end float64, steps int) *Tensor {
	if steps < 0 || steps > maxElements {
		misuse("linspace", fmt.Errorf("%d steps; want 0 or more, and fewer than there is memory", steps))
	}
	if m.DType.IsInt() {
		start, end = math.Trunc(start), math.Trunc(end)
	}
	step := (end - start) / float64(max(steps-1, 1))
	if m.DType.IsInt() {
		return m.computed(steps, func(i int) float64 { return intSpace(start, end, step, steps, i, m.DType.Size()) })
	}
	if m.dtype(Float32) == Float32 {
		t := Make{DType: Float32}.Empty(steps)
		spaced(memory[float32](t, steps), start, end, step)
		return t.To(m.device())
	}
	t := Make{DType: Float64}.Empty(steps)
	spaced(memory[float64](t, steps), start, end, step)
	return t.To(m.device()).Cast(m.dtype(Float32))
}

// spaced counts from both ends, so that both are exact.
func spaced[T float32 | float64](v []T, start, end, step float64) {
	half := (len(v) + 1) / 2
	for i := range v[:half] {
		v[i] = T(start + float64(float64(i)*step))
	}
	right := v[half:]
	for i := range right {
		right[i] = T(end - float64(float64(len(right)-1-i)*step))
	}
}

// intSpace is number i of an integer Linspace as PyTorch has it on the CPU: of
// each vector of 32 bytes, as long as two fit, only the first number is cut from
// the exact one, and the others go on from there.
func intSpace(start, end, step float64, steps, i, size int) float64 {
	lanes, first := 32/size, i
	if pair := 2 * lanes; i < steps/pair*pair {
		first = i / lanes * lanes
	}
	at := start + step*float64(first)
	if first >= steps/2 && steps > 1 {
		at = end - step*float64(steps-1-first)
	}
	return math.Trunc(math.Trunc(at) + step*float64(i-first))
}

// Eye returns the n×n identity matrix, or n×cols with ones on the diagonal.
//
//	panics: *Error for a negative size, or more than one cols
//	source: torch.eye
func (m Make) Eye(n int, cols ...int) *Tensor {
	k := n
	switch len(cols) {
	case 0:
	case 1:
		k = cols[0]
	default:
		misuse("eye", fmt.Errorf("%d sizes; want one or two", 1+len(cols)))
	}
	z := m.full("eye", 0.0, []int{n, k})
	z.Diagonal(0, 0, 1).fill(device.Number{I: 1})
	return z
}

// An Element is a Go type that a tensor can be made from: bool for Bool, and
// the numbers of the same names; int is Int64, and Int32 on 32-bit machines.
// Half precision comes by Cast.
type Element interface {
	float32 | float64 | int | int8 | int16 | int32 | int64 | uint8 | bool
}

// dtypeOf is the dtype that holds T.
func dtypeOf[T Element]() DType {
	var z T
	switch any(z).(type) {
	case float32:
		return Float32
	case float64:
		return Float64
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case uint8:
		return UInt8
	case int:
		if intBits == 32 {
			return Int32
		}
		return Int64
	}
	return Bool
}

// bytesOf is a slice's memory.
func bytesOf[T any](s []T) []byte {
	var z T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(z)))
}

// Of returns a tensor with a copy of data, in row-major order. Without a shape
// it has one dim. So Of(data, x.Shape()...) has one too where x is a scalar:
// FromSlice takes a shape as it is.
//
//	panics: *Error if the shape does not hold len(data) elements
func Of[T Element](data []T, shape ...int) *Tensor {
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	return FromSlice(data, shape)
}

func fromHost[T Element](dev device.Device, data []T, shape ...int) *Tensor {
	spec, err := shapeSpec(dtypeOf[T](), shape)
	if err == nil && spec.Len() != len(data) {
		err = fmt.Errorf("%d elements do not fill %v", len(data), shape)
	}
	if err != nil {
		misuse("of", err)
	}
	t := emptyOf(dev, &spec)
	if err := dev.Upload(t.b.own.Buffer, 0, bytesOf(data)); err != nil {
		misuse("of", err)
	}
	return t
}

// A SliceOption changes FromSlice.
type SliceOption func(*sliceConfig)

type sliceConfig struct {
	share  bool
	stride []int
}

// Share makes the tensor use the slice's own memory: a write to either shows
// in the other.
func Share(c *sliceConfig) { c.share = true }

// Strides says how many elements apart in the slice the neighbours along each
// dim are: Strides(1, rows) for a column-major matrix, as in Fortran or BLAS.
// With Share nothing is copied.
func Strides(stride ...int) SliceOption {
	return func(c *sliceConfig) { c.stride = stride }
}

// FromSlice returns a tensor of the given shape with a copy of data, which is
// row-major unless Strides says otherwise. [Share] avoids the copy.
//
//	panics: *Error if the shape and strides do not fit len(data)
func FromSlice[T Element](data []T, shape []int, opts ...SliceOption) *Tensor {
	var c sliceConfig
	for _, o := range opts {
		o(&c)
	}
	if !c.share && c.stride == nil {
		return fromHost(host, data, shape...)
	}
	spec, err := shapeSpec(dtypeOf[T](), shape)
	v := device.View{Spec: spec}
	v.SetContiguous()
	if err == nil {
		err = c.strides(&v, len(data))
	}
	if err != nil {
		misuse("from_slice", err)
	}
	t := shared(bytesOf(data), v)
	if !c.share {
		return t.copyOf()
	}
	return t
}

// strides puts c's strides into v and checks that they stay within n elements.
func (c *sliceConfig) strides(v *device.View, n int) error {
	if c.stride == nil {
		if v.Len() != n {
			return fmt.Errorf("%d elements do not fill %v", n, v.Shape())
		}
		return nil
	}
	return setStrides(v, c.stride, n)
}

// like is a Make for the kind of t.
func like(t *Tensor) Make { return Make{DType: t.DType(), Device: t.b.dev} }

// ZerosLike returns zeros of t's shape, dtype and device.
func ZerosLike(t *Tensor) *Tensor { return like(t.known("zeros_like")).Zeros(t.shape()...) }

// OnesLike returns ones of t's shape, dtype and device.
func OnesLike(t *Tensor) *Tensor { return like(t.known("ones_like")).Ones(t.shape()...) }

// EmptyLike returns uninitialised memory of t's shape, dtype and device.
func EmptyLike(t *Tensor) *Tensor { return like(t.known("empty_like")).Empty(t.shape()...) }

// FullLike returns a tensor of t's shape, dtype and device, all elements v.
func FullLike(t *Tensor, v any) *Tensor { return like(t.known("full_like")).Full(v, t.shape()...) }

// Empty is Make{}.Empty.
func Empty(shape ...int) *Tensor { return Make{}.Empty(shape...) }

// Zeros returns a float32 tensor of zeros.
func Zeros(shape ...int) *Tensor { return Make{}.Zeros(shape...) }

// Ones returns a float32 tensor of ones.
func Ones(shape ...int) *Tensor { return Make{}.Ones(shape...) }

// Full is Make{}.Full: the dtype follows v.
func Full(v any, shape ...int) *Tensor { return Make{}.Full(v, shape...) }

// Scalar is Make{}.Scalar: a tensor without dims whose dtype follows v.
func Scalar(v any) *Tensor { return Make{}.Scalar(v) }

// Arange is Make{}.Arange.
func Arange(start, end, step any) *Tensor { return Make{}.Arange(start, end, step) }

// Linspace is Make{}.Linspace.
func Linspace(start, end float64, steps int) *Tensor { return Make{}.Linspace(start, end, steps) }

// Eye is Make{}.Eye.
func Eye(n int, cols ...int) *Tensor { return Make{}.Eye(n, cols...) }

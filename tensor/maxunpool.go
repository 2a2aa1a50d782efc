package tensor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
)

// OutputSize is the size of the images that an unpooling or a fractional
// pooling makes: one number for all spatial dims, or one each.
func OutputSize(n ...int) PoolOption { return poolOption(func(c *windowConfig) { c.outputSize = n }) }

// MaxUnpool1d is MaxUnpool2d for signals [n, c, length].
//
//	shape:  [n, c, l], index of t's shape → [n, c, l']; without n for one signal
//	source: torch.nn.functional.max_unpool1d
func (t *Tensor) MaxUnpool1d(index *Tensor, kernel []int, opts ...PoolOption) *Tensor {
	return t.maxUnpool(1, index, kernel, opts)
}

// MaxUnpool2d puts t's elements where [Tensor.MaxPool2dWithIndices] found
// them, into zeros; of two with one index the later wins. The options are
// [Stride] and [Padding], which are the pooling's, and [OutputSize].
//
//	shape:  [n, c, h, w], index of t's shape → [n, c, h', w'], where h' = (h-1)·stride - 2·padding + k or
//	        differs from that by less than a stride; without n for one image
//	dtype:  t's: floating point; index int64
//	panics: *Error for other shapes, dtypes and sizes, images without elements,
//	and an index beyond the result's image
//	source: torch.nn.functional.max_unpool2d
func (t *Tensor) MaxUnpool2d(index *Tensor, kernel []int, opts ...PoolOption) *Tensor {
	return t.maxUnpool(2, index, kernel, opts)
}

// MaxUnpool3d is MaxUnpool2d for volumes [n, c, depth, height, width].
//
//	shape:  [n, c, d, h, w], index of t's shape → [n, c, d', h', w']; without n for one volume
//	source: torch.nn.functional.max_unpool3d
func (t *Tensor) MaxUnpool3d(index *Tensor, kernel []int, opts ...PoolOption) *Tensor {
	return t.maxUnpool(3, index, kernel, opts)
}

func (t *Tensor) maxUnpool(dims int, index *Tensor, kernel []int, opts []PoolOption) *Tensor {
	name := fmt.Sprintf("max_unpool%dd", dims)
	shape, err := unpooled(t, index, dims, kernel, opts)
	if err != nil {
		misuse(name, err, t, index)
	}
	out := shape[len(shape)-dims:]
	var y *Tensor
	err = Try(func() {
		y = t.batched(dims, func(t *Tensor) []*Tensor {
			o := &maxUnpoolOp{dims, [3]int(append(slices.Clone(out), 0, 0)[:3])}
			return one(Apply(o, t, index.Reshape(t.shape()...)))
		})[0]
	})
	var bad *device.IndexError
	if errors.As(err, &bad) {
		misuse(name, fmt.Errorf("index %d lies beyond images of %v", bad.Value, out), t, index)
	} else if err != nil {
		misuse(name, err, t, index)
	}
	if dims == 1 {
		return y
	}
	return y.laidOutAs(t, dims)
}

// unpooled is the shape of the result.
func unpooled(t, index *Tensor, dims int, kernel []int, opts []PoolOption) ([]int, error) {
	if t == nil || index == nil {
		return nil, errors.New("the input or the index is nil")
	}
	var c windowConfig
	for _, o := range opts {
		o.pool(&c)
	}
	given := c.outputSize
	c.outputSize = nil
	if c.dilation != nil || c.ceil || c.excludePad || c.divisor != nil || c.ratio != nil || c.samples != nil {
		return nil, errors.New("the options are Stride, Padding and OutputSize")
	}
	if len(c.stride) == 0 {
		c.stride = kernel
	}
	s, err := c.sliding(dims, kernel)
	lead := t.Dim() - dims
	switch {
	case err != nil:
		return nil, err
	case lead != 1 && lead != 2:
		return nil, wantImages(t.spec(), dims)
	case !slices.Equal(t.shape(), index.shape()):
		return nil, errors.New("want an index for each element")
	case index.DType() != Int64:
		return nil, fmt.Errorf("the index is %v; want int64", index.DType())
	case !t.DType().IsFloat():
		return nil, wantFloat(t.DType())
	case slices.Contains(t.shape()[lead-1:], 0):
		return nil, errors.New("an image has no elements")
	case len(given) > 1 && len(given) != dims:
		return nil, fmt.Errorf("output size %v has %d numbers; want 1 or %d", given, len(given), dims)
	}
	shape := t.Shape()
	for i := range dims {
		k := 3 - dims + i
		if shape[lead+i] > maxElements/s.Stride[k] {
			return nil, fmt.Errorf("%d windows with stride %d reach too far", shape[lead+i], s.Stride[k])
		}
		n := (shape[lead+i]-1)*s.Stride[k] - 2*s.Padding[k] + s.Size[k]
		if len(given) > 0 {
			want := given[i%len(given)]
			if want <= n-s.Stride[k] || want >= n+s.Stride[k] {
				return nil, fmt.Errorf("output size is %d in dim %d; want more than %d and less than %d", want, i-dims, n-s.Stride[k], n+s.Stride[k])
			}
			n = want
		}
		if n <= 0 {
			return nil, fmt.Errorf("dim %d of the result would be %d", i-dims, n)
		}
		shape[lead+i] = n
	}
	_, err = shapeSpec(t.DType(), shape)
	return shape, err
}

// maxUnpoolOp puts elements into images of the given size. It is linear in x;
// maxUnpoolGradOp takes the elements back.
type maxUnpoolOp struct {
	dims int
	size [3]int // dims of them
}

func (o *maxUnpoolOp) Name() string        { return fmt.Sprintf("max_unpool%dd", o.dims) }
func (*maxUnpoolOp) Kernel() device.Kernel { return device.MaxUnpool }
func (*maxUnpoolOp) Reads() Reads          { return In1 }
func (o *maxUnpoolOp) Infer(in []*Tensor) (device.Spec, error) {
	x := in[0].spec()
	return shapeSpec(x.DType, append([]int{x.Dim[0], x.Dim[1]}, o.size[:o.dims]...))
}
func (o *maxUnpoolOp) Grad(c *Ctx, dy *Tensor) Grads {
	return Grads{Apply(&maxUnpoolGradOp{*c.spec(0)}, dy, c.In(1))}
}
func (o *maxUnpoolOp) Body(in []*Tensor) *Tensor {
	spec, _ := o.Infer(in)
	planes, image, windows := spec.Dim[0]*spec.Dim[1], volume(image(&spec)), volume(image(in[0].spec()))
	y := like(in[0]).Zeros(planes, image).Scatter(1, in[1].Reshape(planes, windows), in[0].Reshape(planes, windows))
	return y.Reshape(spec.Shape()...)
}

type maxUnpoolGradOp struct{ x device.Spec }

func (*maxUnpoolGradOp) Name() string                              { return "max_unpool_backward" }
func (*maxUnpoolGradOp) Kernel() device.Kernel                     { return device.MaxUnpoolGrad }
func (*maxUnpoolGradOp) Reads() Reads                              { return In1 }
func (o *maxUnpoolGradOp) Infer(in []*Tensor) (device.Spec, error) { return o.x, nil }
func (o *maxUnpoolGradOp) Body(in []*Tensor) *Tensor {
	planes, windows := o.x.Dim[0]*o.x.Dim[1], volume(image(&o.x))
	return in[0].Reshape(planes, volume(image(in[0].spec()))).Gather(1, in[1].Reshape(planes, windows)).Reshape(o.x.Shape()...)
}
func (o *maxUnpoolGradOp) Grad(c *Ctx, dx *Tensor) Grads {
	return Grads{Apply(&maxPoolGradOp{*c.spec(0)}, dx, c.In(1))}
}

func maxUnpool1dEntry() Entry { e := maxUnpoolEntry(1); e.At = Here(); return e }
func maxUnpool2dEntry() Entry { e := maxUnpoolEntry(2); e.At = Here(); return e }
func maxUnpool3dEntry() Entry { e := maxUnpoolEntry(3); e.At = Here(); return e }

func maxUnpoolEntry(dims int) Entry {
	name := fmt.Sprintf("max_unpool%dd", dims)
	c := func(size int, before ...int) []int { return cube(dims, size, before...) }
	cells := 1 << dims
	spread := make([]float64, 2*cells) // one in each window of two
	for i := range spread {
		at, k := NewArray(c(2)...).Index(i%cells), 0
		for _, v := range at {
			k = k*4 + 2*v + i%2
		}
		spread[i] = float64(k)
	}
	call := func(x []int, index []float64, kw map[string]any) Sample {
		return Sample{Args: []any{In(x...), In(x...).As(Int64).With(index...), 2}, Kw: kw}
	}
	bad := func(x, index Arg, kw map[string]any, want string) Bad {
		return Bad{Args: []any{x, index, 2}, Kw: kw, Want: "tensor: " + name + " " + shapesText(x.Shape, index.Shape) + want}
	}
	x := c(2, 1, 2)
	in, index := In(x...), In(x...).As(Int64).With(spread...)
	far := slices.Clone(spread)
	far[0] = float64(volumeOf(c(4)))
	return Entry{
		Name: "nn.functional." + name, Sig: name + "(input, indices, kernel_size, stride=None, padding=0, output_size=None)",
		Go: []string{fmt.Sprintf("MaxUnpool%dd", dims), "OutputSize"}, Ops: []any{&maxUnpoolOp{}, &maxUnpoolGradOp{}},
		Call: func(a *Args) []*Tensor {
			opts := []PoolOption{Stride(a.Ints("stride")...), Padding(a.Ints("padding")...)}
			if size := a.Ints("output_size"); size != nil {
				if len(size) == dims+2 { // the whole shape
					size = size[2:]
				}
				opts = append(opts, OutputSize(size...))
			}
			return one(a.Tensor("input").maxUnpool(dims, a.OnlyTensor("indices"), a.Ints("kernel_size"), opts))
		},
		Ref:    refMaxUnpool(dims),
		DTypes: Floats,
		Samples: []Sample{
			call(x, spread, nil), call(c(2, 2), spread, nil), call(c(1, 1, 1), []float64{0}, nil), call(c(2, 0, 2), []float64{}, nil),
			call(x, spread, map[string]any{"stride": 3, "output_size": c(4)}),
			call(x, spread, map[string]any{"stride": 2, "output_size": c(5, 1, 2)}),
			{Args: []any{In(c(2, 1, 1)...), In(c(2, 1, 1)...).As(Int64).With(make([]float64, cells)...), 2},
				Kw: map[string]any{"stride": 3, "padding": 1}, NoGrad: true}, // the last of several with one index
		},
		Bad: []Bad{
			bad(in, index, map[string]any{"output_size": c(6)}, fmt.Sprintf("output size is 6 in dim %d; want more than 2 and less than 6", -dims)),
			bad(in, index, map[string]any{"output_size": []int{4, 4, 4, 4, 4, 4}}, fmt.Sprintf("output size [4 4 4 4 4 4] has 6 numbers; want 1 or %d", dims)),
			bad(in, index, map[string]any{"stride": 0}, "stride is 0; want at least 1"),
			bad(in, index, map[string]any{"padding": 2}, fmt.Sprintf("dim %d of the result would be 0", -dims)),
			bad(in, index.With(far...), nil, fmt.Sprintf("index %v lies beyond images of %v", far[0], c(4))),
			bad(in, In(c(2, 1, 1)...).As(Int64), nil, "want an index for each element"),
			bad(in, in, nil, "the index is float32; want int64"),
			bad(in.As(Int32), index, nil, "dtype int32; want a floating-point dtype"),
			bad(In(c(0, 1, 2)...), In(c(0, 1, 2)...).As(Int64), nil, "an image has no elements"),
			bad(In(4), In(4).As(Int64), nil, fmt.Sprintf("the input has 1 dims; want %d, or %d for one image", dims+2, dims+1)),
		},
		Why: map[string]string{"0-d": "an image has at least two dims"},
	}
}

func refMaxUnpool(dims int) func(*Args) []Array {
	return func(a *Args) []Array {
		x, index := a.Array("input"), a.Array("indices")
		size, pad := perDim(a.Ints("kernel_size"), dims), perDim(a.Ints("padding"), dims)
		stride := size
		if a.Has("stride") {
			stride = perDim(a.Ints("stride"), dims)
		}
		lead := len(x.Shape) - dims
		shape := append([]int{}, x.Shape...)
		for i := range dims {
			shape[lead+i] = (x.Shape[lead+i]-1)*stride[i] - 2*pad[i] + size[i]
			if given := a.Ints("output_size"); given != nil {
				shape[lead+i] = given[len(given)-dims+i]
			}
		}
		y := NewArray(shape...)
		from, to := volumeOf(x.Shape[lead:]), volumeOf(shape[lead:])
		for p, v := range x.V {
			y.V[p/from*to+int(index.V[p])] = v
		}
		return []Array{y}
	}
}

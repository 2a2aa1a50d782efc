package vision

import (
	"errors"
	"fmt"
	"slices"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// A GridOption changes [GridSample]: Bilinear, Nearest or Bicubic; a GridPadding; AlignCorners.
type GridOption interface{ gridSample(*gridSampleConfig) }

type gridSampleConfig struct {
	grid device.Grid
	err  error
}

func (m Mode) gridSample(c *gridSampleConfig) {
	kinds := map[Mode]device.GridMode{Bilinear: device.GridLinear, Nearest: device.GridNearest, Bicubic: device.GridCubic}
	kind, ok := kinds[m]
	if c.grid.Mode = kind; !ok {
		c.err = fmt.Errorf("the mode is %q; want Bilinear, Nearest or Bicubic", string(m))
	}
}

// A GridPadding says what GridSample sees beyond the image.
type GridPadding device.GridPadding

// The paddings.
const (
	PadZeros      = GridPadding(device.GridZeros)
	PadBorder     = GridPadding(device.GridBorder)  // the element at the edge
	PadReflection = GridPadding(device.GridReflect) // the image, mirrored at its ends
)

func (p GridPadding) gridSample(c *gridSampleConfig) { c.grid.Padding = device.GridPadding(p) }

// GridSample looks at images, or volumes, at the points of a grid. The last dim
// of the grid holds a point: its x and y, or x, y and z, where the image
// reaches from -1 to 1. An element of the result is the weighted sum of the
// elements around its point: Bilinear without a [Mode] (of volumes eight of
// them), with zeros beyond the image without a [GridPadding]. A coordinate that is
// not a number is a point beyond the image.
//
// The gradient for x differentiates again; that for the grid does not, as in PyTorch.
//
//	shape:  [n, c, h, w], [n, h', w', 2] → [n, c, h', w'];
//	        [n, c, d, h, w], [n, d', h', w', 3] → [n, c, d', h', w']
//	dtype:  floating point, both the same; half precision computes in float32
//	panics: *tensor.Error for other shapes and dtypes, images without elements, and Bicubic of volumes
//	source: torch.nn.functional.grid_sample; Jaderberg et al., Spatial Transformer Networks, 2015
func GridSample(x, grid *tensor.Tensor, opts ...GridOption) *tensor.Tensor {
	var c gridSampleConfig
	for _, o := range opts {
		o.gridSample(&c)
	}
	if c.err == nil {
		c.err = checkGrid(x, grid, c.grid.Mode)
	}
	if c.err != nil {
		tensor.Misuse("grid_sample", c.err, x, grid)
	}
	return tensor.Apply(&gridSampleOp{c.grid}, x, grid)
}

func checkGrid(x, grid *tensor.Tensor, mode device.GridMode) error {
	if x == nil || grid == nil {
		return errors.New("the input or the grid is nil")
	}
	dims := x.Dim() - 2
	switch {
	case dims != 2 && dims != 3:
		return fmt.Errorf("the input has %d dims; want 4 or 5", x.Dim())
	case grid.Dim() != x.Dim() || grid.Size(0) != x.Size(0) || grid.Size(-1) != dims:
		return fmt.Errorf("want a grid of %d dims, the first %d and the last %d", x.Dim(), x.Size(0), dims)
	case !x.DType().IsFloat():
		return fmt.Errorf("dtype %v; want a floating-point dtype", x.DType())
	case grid.DType() != x.DType():
		return fmt.Errorf("the grid is %v; want %v", grid.DType(), x.DType())
	case slices.Contains(x.Shape()[1:], 0):
		return errors.New("an image has no elements")
	case mode == device.GridCubic && dims != 2:
		return errors.New("the mode Bicubic is for images")
	}
	return nil
}

type gridSampleOp struct{ grid device.Grid }

func (*gridSampleOp) Name() string          { return "grid_sample" }
func (*gridSampleOp) Kernel() device.Kernel { return device.GridSample }
func (*gridSampleOp) Reads() tensor.Reads   { return tensor.In0 | tensor.In1 }
func (o *gridSampleOp) Attr() any           { return o.grid }
func (o *gridSampleOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	x, grid := in[0].Shape(), in[1].Shape()
	return specOf(in[0].DType(), append(x[:2:2], grid[1:len(grid)-1]...)), nil
}
func (o *gridSampleOp) Grad(c *tensor.Ctx, dy *tensor.Tensor) (g tensor.Grads) {
	if c.Needs(0) {
		g[0] = tensor.Apply(&gridInputOp{*o, specOf(c.DType(0), c.Shape(0))}, dy, c.In(1))
	}
	if c.Needs(1) {
		g[1] = tensor.Apply(&gridGridOp{*o}, dy, c.In(0), c.In(1))
	}
	return g
}

// gridInputOp maps dy and the grid to the gradient of x, linearly in dy.
type gridInputOp struct {
	gridSampleOp
	x device.Spec
}

func (*gridInputOp) Name() string                                  { return "grid_sample_input" }
func (*gridInputOp) Kernel() device.Kernel                         { return device.GridSampleGradInput }
func (o *gridInputOp) Infer([]*tensor.Tensor) (device.Spec, error) { return o.x, nil }
func (o *gridInputOp) Grad(c *tensor.Ctx, dx *tensor.Tensor) (g tensor.Grads) {
	if c.Needs(0) {
		g[0] = tensor.Apply(&o.gridSampleOp, dx, c.In(1))
	}
	if c.Needs(1) {
		g[1] = tensor.Apply(&gridGridOp{o.gridSampleOp}, c.In(0), dx, c.In(1))
	}
	return g
}

// gridGridOp maps dy, x and the grid to the gradient of the grid.
type gridGridOp struct{ gridSampleOp }

func (*gridGridOp) Name() string          { return "grid_sample_grid" }
func (*gridGridOp) Kernel() device.Kernel { return device.GridSampleGradGrid }
func (*gridGridOp) Reads() tensor.Reads   { return tensor.Nothing }
func (*gridGridOp) Infer(in []*tensor.Tensor) (device.Spec, error) {
	return specOf(in[2].DType(), in[2].Shape()), nil
}
func (o *gridGridOp) Grad(*tensor.Ctx, *tensor.Tensor) tensor.Grads {
	tensor.Misuse(o.Name(), errors.New("the gradient of the grid has no gradient"))
	return tensor.Grads{}
}

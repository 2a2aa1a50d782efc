package images

import (
	"errors"
	"fmt"
	"math"

	"github.com/facula-ml/facula/tensor"
)

// A GridOption changes [MakeGrid].
type GridOption func(*gridConfig)

type gridConfig struct {
	columns, gap  int
	value         float64
	rescale, each bool
}

// Columns is the number of pictures in a row, 8 unless this says otherwise.
func Columns(n int) GridOption { return func(c *gridConfig) { c.columns = n } }

// Gap is the width of the lines between pictures and of the frame, 2 unless
// this says otherwise.
func Gap(pixels int) GridOption { return func(c *gridConfig) { c.gap = pixels } }

// GapValue is the value of these lines, 0 unless this says otherwise.
func GapValue(v float64) GridOption { return func(c *gridConfig) { c.value = v } }

// Rescale moves all values to 0…1, the smallest to 0 and the largest to 1.
func Rescale(c *gridConfig) { c.rescale = true }

// RescaleEach is Rescale for each picture alone.
func RescaleEach(c *gridConfig) { c.rescale, c.each = true, true }

// MakeGrid lays the pictures of a batch out as one picture, row by row. Pictures
// of one channel become gray ones of three. The result of a single picture is
// that picture, without a frame.
//
//	shape:  [n, 3, h, w] or [n, 1, h, w] → [3, height, width]
//	dtype:  floating point
//	panics: *tensor.Error for other shapes and dtypes, less than one column and a negative gap
//	source: torchvision.utils.make_grid
func MakeGrid(batch *tensor.Tensor, opts ...GridOption) *tensor.Tensor {
	c := gridConfig{columns: 8, gap: 2}
	for _, o := range opts {
		o(&c)
	}
	if err := c.check(batch); err != nil {
		tensor.Misuse("MakeGrid", err, batch)
	}
	x := batch.Detach()
	if c.rescale {
		x = c.scaled(x)
	}
	n, h, w := x.Size(0), x.Size(2), x.Size(3)
	x = x.Expand(n, 3, h, w)
	if n == 1 {
		return x.Select(0, 0).Contiguous()
	}
	columns := min(c.columns, n)
	rows := (n + columns - 1) / columns
	h, w = h+c.gap, w+c.gap
	grid := tensor.Make{DType: x.DType(), Device: x.Device()}.Full(c.value, 3, h*rows+c.gap, w*columns+c.gap)
	for i := range n {
		top, left := i/columns*h+c.gap, i%columns*w+c.gap
		grid.Narrow(1, top, h-c.gap).Narrow(2, left, w-c.gap).CopyFrom(x.Select(0, i))
	}
	return grid
}

func (c *gridConfig) check(batch *tensor.Tensor) error {
	switch {
	case batch == nil:
		return errors.New("the batch is nil")
	case batch.Dim() != 4 || batch.Size(1) != 1 && batch.Size(1) != 3 || batch.Len() == 0:
		return fmt.Errorf("shape %v; want [n, 3, h, w] or [n, 1, h, w]", batch.Shape())
	case !batch.DType().IsFloat():
		return fmt.Errorf("dtype %v; want a floating-point dtype", batch.DType())
	case c.columns < 1 || c.gap < 0:
		return fmt.Errorf("%d columns, a gap of %d; want at least 1 and 0", c.columns, c.gap)
	}
	return nil
}

// scaled moves the values of all pictures, or of each, to 0…1.
func (c *gridConfig) scaled(x *tensor.Tensor) *tensor.Tensor {
	if c.each {
		pictures := x.Unbind(0)
		for i, p := range pictures {
			pictures[i] = toUnit(p)
		}
		return tensor.Stack(0, pictures...)
	}
	return toUnit(x)
}

// toUnit divides by at least 1e-5, as torchvision does, so that a picture of
// one value becomes black.
func toUnit(x *tensor.Tensor) *tensor.Tensor {
	least, most := x.Min().Float(), x.Max().Float()
	return x.SubScalar(least).DivScalar(math.Max(most-least, 1e-5))
}

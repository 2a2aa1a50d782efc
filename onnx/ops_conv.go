package onnx

import (
	"slices"

	"github.com/facula-ml/facula/tensor"
)

// convOps are convolutions.
func convOps() map[string]opFunc {
	return map[string]opFunc{
		"Conv":          same(func(c *call) *tensor.Tensor { return c.conv(c.x(0), c.x(1), c.opt(2)) }),
		"ConvTranspose": same(opConvTranspose),
		"Col2Im":        same(opCol2Im),
	}
}

// conv is a convolution with the attributes of c.
func (c *call) conv(x, w, bias *tensor.Tensor) *tensor.Tensor {
	size := c.spatial(x)
	win := c.window(size, c.kernelOf(w))
	c.auto(win, size)
	pad := win.before
	if !win.even() {
		x, pad = padded(x, win.before, win.after, 0), repeat(0, len(size))
	}
	opts := []tensor.ConvOption{tensor.Stride(win.stride...), tensor.Padding(pad...), tensor.Dilation(win.dilation...),
		tensor.Groups(c.intAttr("group", 1))}
	switch len(size) {
	case 1:
		return x.Conv1d(w, bias, opts...)
	case 2:
		return x.Conv2d(w, bias, opts...)
	}
	return x.Conv3d(w, bias, opts...)
}

// kernelOf is the size of the filters w, which the attribute kernel_shape repeats.
func (c *call) kernelOf(w *tensor.Tensor) []int {
	kernel := c.spatial(w)
	if want := c.intsAttr("kernel_shape"); want != nil && !slices.Equal(want, kernel) {
		c.failf("kernel_shape %v of filters %v", want, w.Shape())
	}
	return kernel
}

func opConvTranspose(c *call) *tensor.Tensor {
	x, w, bias := c.x(0), c.x(1), c.opt(2)
	size := c.spatial(x)
	win := c.window(size, c.kernelOf(w))
	extra := c.intsAttr("output_padding")
	if extra == nil {
		extra = repeat(0, len(size))
	}
	mode := c.choice("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
	want := c.intsAttr("output_shape")
	if want != nil && len(want) < len(size) {
		c.failf("output_shape %v of %d spatial dims", want, len(size))
	}
	for i, n := range size {
		whole := win.stride[i]*(n-1) + win.reach(i)
		switch {
		case want != nil:
			cut := whole + extra[i] - want[len(want)-len(size)+i]
			if win.share(i, max(cut, 0), mode == "SAME_UPPER"); cut < 0 {
				win.after[i] = cut
			}
		case mode == "SAME_UPPER" || mode == "SAME_LOWER":
			win.share(i, whole+extra[i]-n*win.stride[i], mode == "SAME_UPPER")
		case mode == "VALID":
			win.before[i], win.after[i] = 0, 0
		}
		win.before[i], win.after[i] = -win.before[i], extra[i]-win.after[i]
	}
	// The whole result is made and cut: paddings may differ at both ends.
	y := padded(convTransposed(x, w, win, c.intAttr("group", 1)), win.before, win.after, 0)
	if bias != nil {
		y = y.Add(channels(bias, y.Dim()))
	}
	return y
}

func convTransposed(x, w *tensor.Tensor, win *window, groups int) *tensor.Tensor {
	opts := []tensor.ConvOption{tensor.Stride(win.stride...), tensor.Dilation(win.dilation...), tensor.Groups(groups)}
	switch len(win.kernel) {
	case 1:
		return x.ConvTranspose1d(w, nil, opts...)
	case 2:
		return x.ConvTranspose2d(w, nil, opts...)
	}
	return x.ConvTranspose3d(w, nil, opts...)
}

// channels is a tensor of one number for each channel, so that it broadcasts
// with images of rank dims.
func channels(t *tensor.Tensor, rank int) *tensor.Tensor {
	return t.Reshape(append([]int{t.Len()}, repeat(1, rank-2)...)...)
}

// opCol2Im adds columns of windows up to images of any number of dims.
func opCol2Im(c *call) *tensor.Tensor {
	x, size, kernel := c.x(0), c.ints(1), c.ints(2)
	w := c.window(size, kernel)
	steps, wide := make([]int, len(size)), make([]int, len(size))
	for i, n := range size {
		wide[i] = n + w.before[i] + w.after[i]
		if steps[i] = (wide[i]-w.reach(i))/w.stride[i] + 1; wide[i] < w.reach(i) {
			c.failf("a window of %d along a padded dim of %d", w.reach(i), wide[i])
		}
	}
	cells := product(kernel)
	if cells < 1 || x.Dim() != 3 || x.Size(1)%cells != 0 || x.Size(2) != product(steps) {
		c.failf("columns %v; want [n, channels·%d, %d]", x.Shape(), cells, product(steps))
	}
	at := tensor.Make{DType: tensor.Int64}.Zeros(1, 1)
	for i := range size { // the place of each cell of each window
		cell := tensor.Arange(0, kernel[i], 1).MulScalar(w.dilation[i]).Unsqueeze(1)
		line := cell.Add(tensor.Arange(0, steps[i], 1).MulScalar(w.stride[i]).Unsqueeze(0))
		k, l := at.Size(0), at.Size(1)
		at = at.MulScalar(wide[i]).Reshape(k, 1, l, 1).Add(line.Reshape(1, kernel[i], 1, steps[i])).Reshape(k*kernel[i], l*steps[i])
	}
	n, ch := x.Size(0), x.Size(1)/cells
	y := tensor.Make{DType: x.DType()}.Zeros(n, ch, product(wide)).IndexAdd(2, at.Reshape(-1), x.Reshape(n, ch, -1))
	for i := range size {
		w.before[i], w.after[i] = -w.before[i], -w.after[i]
	}
	return padded(y.Reshape(append([]int{n, ch}, wide...)...), w.before, w.after, 0)
}

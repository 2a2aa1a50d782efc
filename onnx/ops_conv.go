package onnx

import (
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
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
	kernel := c.intsAttr("kernel_shape")
	if kernel == nil {
		kernel = c.spatial(w)
	}
	win := c.window(size, kernel)
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

func opConvTranspose(c *call) *tensor.Tensor {
	x, w, bias := c.x(0), c.x(1), c.opt(2)
	size := c.spatial(x)
	kernel := c.intsAttr("kernel_shape")
	if kernel == nil {
		kernel = c.spatial(w)
	}
	win := c.window(size, kernel)
	extra := c.intsAttr("output_padding")
	if extra == nil {
		extra = repeat(0, len(size))
	}
	mode := c.choice("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
	want := c.intsAttr("output_shape")
	for i, n := range size {
		whole := win.stride[i]*(n-1) + win.reach(i)
		switch {
		case want != nil:
			win.share(i, whole+extra[i]-want[len(want)-len(size)+i], mode == "SAME_UPPER")
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

func opCol2Im(c *call) *tensor.Tensor {
	size, kernel := c.ints(1), c.ints(2)
	win := c.window(size, kernel)
	if len(size) != 2 || !win.even() {
		c.failf("images of size %v with pads %v and %v; facula has those of two dims, padded evenly", size, win.before, win.after)
	}
	return vision.Fold(c.x(0), size, vision.Window{Kernel: kernel, Stride: win.stride, Padding: win.before, Dilation: win.dilation})
}

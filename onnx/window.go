package onnx

import (
	"github.com/facula-ml/facula/tensor"
)

// A window is what slides over the spatial dims of an image: for each dim its
// size, step and spacing, and the padding before and after.
type window struct {
	kernel, stride, dilation, before, after []int
}

// window reads the attributes that convolutions and pools share, for an image
// of the given spatial dims. The padding of auto_pad follows from them.
func (c *call) window(size, kernel []int) *window {
	n := len(size)
	w := &window{kernel: kernel, stride: c.intsAttr("strides"), dilation: c.intsAttr("dilations"), before: repeat(0, n), after: repeat(0, n)}
	if w.stride == nil {
		w.stride = repeat(1, n)
	}
	if w.dilation == nil {
		w.dilation = repeat(1, n)
	}
	if n < 1 || n > 3 || len(w.kernel) != n || len(w.stride) != n || len(w.dilation) != n {
		c.failf("kernel %v, strides %v and dilations %v of images with %d spatial dims, of which facula has 1 to 3",
			w.kernel, w.stride, w.dilation, n)
	}
	for i := range n {
		if w.kernel[i] < 1 || w.stride[i] < 1 || w.dilation[i] < 1 || max(w.kernel[i], w.stride[i], w.dilation[i]) > 1<<30 {
			c.failf("kernel %v, strides %v, dilations %v; want numbers of at least 1", w.kernel, w.stride, w.dilation)
		}
	}
	if pads := c.intsAttr("pads"); pads != nil {
		if len(pads) != 2*n {
			c.failf("%d numbers of padding for %d spatial dims", len(pads), n)
		}
		copy(w.before, pads[:n])
		copy(w.after, pads[n:])
	}
	return w
}

// reach is how many elements one window spans along dim i.
func (w *window) reach(i int) int { return (w.kernel[i]-1)*w.dilation[i] + 1 }

// auto sets the padding that auto_pad asks for.
func (c *call) auto(w *window, size []int) {
	mode := c.choice("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
	for i, n := range size {
		switch mode {
		case "VALID":
			w.before[i], w.after[i] = 0, 0
		case "SAME_UPPER", "SAME_LOWER":
			steps := (n + w.stride[i] - 1) / w.stride[i]
			w.share(i, max((steps-1)*w.stride[i]+w.reach(i)-n, 0), mode == "SAME_UPPER")
		}
	}
}

// share splits a padding; upper has the odd one at the end.
func (w *window) share(i, total int, upper bool) {
	w.before[i] = total / 2
	if !upper {
		w.before[i] = total - total/2
	}
	w.after[i] = total - w.before[i]
}

// even reports whether the padding is the same on both sides.
func (w *window) even() bool {
	for i := range w.before {
		if w.before[i] != w.after[i] || w.before[i] < 0 {
			return false
		}
	}
	return true
}

// padded is x with the padding around it.
func padded(x *tensor.Tensor, before, after []int, value any) *tensor.Tensor {
	var pairs []int
	zero := true
	for i := len(before) - 1; i >= 0; i-- {
		pairs = append(pairs, before[i], after[i])
		zero = zero && before[i] == 0 && after[i] == 0
	}
	if zero {
		return x
	}
	return x.Pad(pairs, tensor.PadValue(value))
}

// spatial are the dims of x after batch and channels.
func (c *call) spatial(x *tensor.Tensor) []int {
	if x.Dim() < 3 {
		c.failf("input 0 is a %v; want three dims at least", c.in[0])
	}
	return x.Shape()[2:]
}

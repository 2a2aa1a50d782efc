package nn

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// padding is how much to pad: one number for all ends, or those before and
// after the last dim, then the one before it, and so on.
func padding[P any](dims int, pad P) []int {
	var list []int
	switch p := any(pad).(type) {
	case int:
		list = make([]int, 2*dims)
		for i := range list {
			list[i] = p
		}
	case [2]int:
		list = p[:]
	case [4]int:
		list = p[:]
	case [6]int:
		list = p[:]
	}
	return list
}

// pad is Pad of signals, images or volumes.
func pad(op string, x *tensor.Tensor, pad []int, how tensor.PadOption) *tensor.Tensor {
	dims := len(pad) / 2
	wantInput(op, x)
	if x.Dim() != dims+1 && x.Dim() != dims+2 {
		tensor.Misuse(op, fmt.Errorf("the input has %d dims; want %d, or %d without a batch", x.Dim(), dims+2, dims+1), x)
	}
	return x.Pad(pad, how)
}

// A Pads1 is how much to pad signals: one number for both ends, or before and after.
type Pads1 interface{ int | [2]int }

// A Pads2 is how much to pad images: one number for all ends, or left, right, top, bottom.
type Pads2 interface{ int | [4]int }

// A Pads3 is how much to pad volumes: one number for all ends, or left, right, top, bottom, front, back.
type Pads3 interface{ int | [6]int }

// ZeroPad1d makes signals larger, with zeros. Negative numbers cut off.
//
//	source: torch.nn.ZeroPad1d
type ZeroPad1d struct{ Pad []int }

// NewZeroPad1d returns a padding by pad, such as 1 or [2]int{1, 2}.
func NewZeroPad1d[P Pads1](pad P) *ZeroPad1d {
	return &ZeroPad1d{padding(1, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of signals, and more padding than there is to pad with
func (l *ZeroPad1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("zero_pad1d", x, l.Pad, tensor.PadValue(0)))
}

// ZeroPad2d makes images larger, with zeros. Negative numbers cut off.
//
//	source: torch.nn.ZeroPad2d
type ZeroPad2d struct{ Pad []int }

// NewZeroPad2d returns a padding by pad, such as 1 or [4]int{1, 2, 0, 0}.
func NewZeroPad2d[P Pads2](pad P) *ZeroPad2d {
	return &ZeroPad2d{padding(2, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of images, and more padding than there is to pad with
func (l *ZeroPad2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("zero_pad2d", x, l.Pad, tensor.PadValue(0)))
}

// ZeroPad3d makes volumes larger, with zeros. Negative numbers cut off.
//
//	source: torch.nn.ZeroPad3d
type ZeroPad3d struct{ Pad []int }

// NewZeroPad3d returns a padding by pad, such as 1 or [6]int{1, 2, 0, 0, 1, 1}.
func NewZeroPad3d[P Pads3](pad P) *ZeroPad3d {
	return &ZeroPad3d{padding(3, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of volumes, and more padding than there is to pad with
func (l *ZeroPad3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("zero_pad3d", x, l.Pad, tensor.PadValue(0)))
}

// ConstantPad1d makes signals larger, with the number Value. Negative numbers cut off.
//
//	source: torch.nn.ConstantPad1d
type ConstantPad1d struct {
	Pad   []int
	Value float64
}

// NewConstantPad1d returns a padding by pad, such as 1 or [2]int{1, 2}.
func NewConstantPad1d[P Pads1](pad P, value float64) *ConstantPad1d {
	return &ConstantPad1d{padding(1, pad), value}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of signals, and more padding than there is to pad with
func (l *ConstantPad1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("constant_pad1d", x, l.Pad, tensor.PadValue(l.Value)))
}

// ConstantPad2d makes images larger, with the number Value. Negative numbers cut off.
//
//	source: torch.nn.ConstantPad2d
type ConstantPad2d struct {
	Pad   []int
	Value float64
}

// NewConstantPad2d returns a padding by pad, such as 1 or [4]int{1, 2, 0, 0}.
func NewConstantPad2d[P Pads2](pad P, value float64) *ConstantPad2d {
	return &ConstantPad2d{padding(2, pad), value}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of images, and more padding than there is to pad with
func (l *ConstantPad2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("constant_pad2d", x, l.Pad, tensor.PadValue(l.Value)))
}

// ConstantPad3d makes volumes larger, with the number Value. Negative numbers cut off.
//
//	source: torch.nn.ConstantPad3d
type ConstantPad3d struct {
	Pad   []int
	Value float64
}

// NewConstantPad3d returns a padding by pad, such as 1 or [6]int{1, 2, 0, 0, 1, 1}.
func NewConstantPad3d[P Pads3](pad P, value float64) *ConstantPad3d {
	return &ConstantPad3d{padding(3, pad), value}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of volumes, and more padding than there is to pad with
func (l *ConstantPad3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("constant_pad3d", x, l.Pad, tensor.PadValue(l.Value)))
}

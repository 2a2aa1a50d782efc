package nn

import "github.com/facula-ml/facula/tensor"

// ReflectionPad1d makes signals larger, with the elements next to the edge, mirrored at it. Negative numbers cut off.
//
//	source: torch.nn.ReflectionPad1d
type ReflectionPad1d struct{ Pad []int }

// NewReflectionPad1d returns a padding by pad, such as 1 or [2]int{1, 2}.
func NewReflectionPad1d[P Pads1](pad P) *ReflectionPad1d {
	return &ReflectionPad1d{padding(1, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of signals, and more padding than there is to pad with
func (l *ReflectionPad1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("reflection_pad1d", x, l.Pad, tensor.PadReflect))
}

// ReflectionPad2d makes images larger, with the elements next to the edge, mirrored at it. Negative numbers cut off.
//
//	source: torch.nn.ReflectionPad2d
type ReflectionPad2d struct{ Pad []int }

// NewReflectionPad2d returns a padding by pad, such as 1 or [4]int{1, 2, 0, 0}.
func NewReflectionPad2d[P Pads2](pad P) *ReflectionPad2d {
	return &ReflectionPad2d{padding(2, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of images, and more padding than there is to pad with
func (l *ReflectionPad2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("reflection_pad2d", x, l.Pad, tensor.PadReflect))
}

// ReflectionPad3d makes volumes larger, with the elements next to the edge, mirrored at it. Negative numbers cut off.
//
//	source: torch.nn.ReflectionPad3d
type ReflectionPad3d struct{ Pad []int }

// NewReflectionPad3d returns a padding by pad, such as 1 or [6]int{1, 2, 0, 0, 1, 1}.
func NewReflectionPad3d[P Pads3](pad P) *ReflectionPad3d {
	return &ReflectionPad3d{padding(3, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of volumes, and more padding than there is to pad with
func (l *ReflectionPad3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("reflection_pad3d", x, l.Pad, tensor.PadReflect))
}

// ReplicationPad1d makes signals larger, with the element at the edge. Negative numbers cut off.
//
//	source: torch.nn.ReplicationPad1d
type ReplicationPad1d struct{ Pad []int }

// NewReplicationPad1d returns a padding by pad, such as 1 or [2]int{1, 2}.
func NewReplicationPad1d[P Pads1](pad P) *ReplicationPad1d {
	return &ReplicationPad1d{padding(1, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of signals, and more padding than there is to pad with
func (l *ReplicationPad1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("replication_pad1d", x, l.Pad, tensor.PadReplicate))
}

// ReplicationPad2d makes images larger, with the element at the edge. Negative numbers cut off.
//
//	source: torch.nn.ReplicationPad2d
type ReplicationPad2d struct{ Pad []int }

// NewReplicationPad2d returns a padding by pad, such as 1 or [4]int{1, 2, 0, 0}.
func NewReplicationPad2d[P Pads2](pad P) *ReplicationPad2d {
	return &ReplicationPad2d{padding(2, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of images, and more padding than there is to pad with
func (l *ReplicationPad2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("replication_pad2d", x, l.Pad, tensor.PadReplicate))
}

// ReplicationPad3d makes volumes larger, with the element at the edge. Negative numbers cut off.
//
//	source: torch.nn.ReplicationPad3d
type ReplicationPad3d struct{ Pad []int }

// NewReplicationPad3d returns a padding by pad, such as 1 or [6]int{1, 2, 0, 0, 1, 1}.
func NewReplicationPad3d[P Pads3](pad P) *ReplicationPad3d {
	return &ReplicationPad3d{padding(3, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of volumes, and more padding than there is to pad with
func (l *ReplicationPad3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("replication_pad3d", x, l.Pad, tensor.PadReplicate))
}

// CircularPad1d makes signals larger, with the elements from the other end. Negative numbers cut off.
//
//	source: torch.nn.CircularPad1d
type CircularPad1d struct{ Pad []int }

// NewCircularPad1d returns a padding by pad, such as 1 or [2]int{1, 2}.
func NewCircularPad1d[P Pads1](pad P) *CircularPad1d {
	return &CircularPad1d{padding(1, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of signals, and more padding than there is to pad with
func (l *CircularPad1d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("circular_pad1d", x, l.Pad, tensor.PadCircular))
}

// CircularPad2d makes images larger, with the elements from the other end. Negative numbers cut off.
//
//	source: torch.nn.CircularPad2d
type CircularPad2d struct{ Pad []int }

// NewCircularPad2d returns a padding by pad, such as 1 or [4]int{1, 2, 0, 0}.
func NewCircularPad2d[P Pads2](pad P) *CircularPad2d {
	return &CircularPad2d{padding(2, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of images, and more padding than there is to pad with
func (l *CircularPad2d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("circular_pad2d", x, l.Pad, tensor.PadCircular))
}

// CircularPad3d makes volumes larger, with the elements from the other end. Negative numbers cut off.
//
//	source: torch.nn.CircularPad3d
type CircularPad3d struct{ Pad []int }

// NewCircularPad3d returns a padding by pad, such as 1 or [6]int{1, 2, 0, 0, 1, 1}.
func NewCircularPad3d[P Pads3](pad P) *CircularPad3d {
	return &CircularPad3d{padding(3, pad)}
}

// Forward returns a tensor that is larger than x by Pad.
//
//	panics: *tensor.Error for other dims than those of volumes, and more padding than there is to pad with
func (l *CircularPad3d) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, pad("circular_pad3d", x, l.Pad, tensor.PadCircular))
}

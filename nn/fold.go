package nn

import (
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/vision"
)

// A FoldOption changes a Fold or an Unfold: Stride, Padding, Dilation.
type FoldOption interface{ fold(*vision.Window) }

func (o strideOption) fold(w *vision.Window)   { w.Stride = o }
func (o paddingOption) fold(w *vision.Window)  { w.Padding = o }
func (o dilationOption) fold(w *vision.Window) { w.Dilation = o }

func newWindow(op string, kernel []int, opts []FoldOption) vision.Window {
	w := vision.Window{Kernel: kernel}
	for _, o := range opts {
		o.fold(&w)
	}
	wantWindow(op, kernel, w.Stride, w.Padding, w.Dilation)
	return w
}

// Unfold makes columns of the windows over images, see [vision.Unfold].
//
//	source: torch.nn.Unfold
type Unfold struct{ vision.Window }

// NewUnfold returns an Unfold by windows of size kernel, such as 2 or [2]int{2, 3}.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewUnfold[K Size2](kernel K, opts ...FoldOption) *Unfold {
	return &Unfold{newWindow("unfold", size2(kernel), opts)}
}

// Forward returns a tensor of shape [n, c·kh·kw, windows] for x of shape
// [n, c, h, w], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *Unfold) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, vision.Unfold(x, l.Window))
}

// Fold adds columns up to images, see [vision.Fold].
//
//	source: torch.nn.Fold
type Fold struct {
	Size []int // of the image
	vision.Window
}

// NewFold returns a Fold of windows of size kernel to images of the given size,
// both such as 2 or [2]int{2, 3}.
//
//	panics: *tensor.Error for sizes by which no window slides
func NewFold[S, K Size2](size S, kernel K, opts ...FoldOption) *Fold {
	return &Fold{size2(size), newWindow("fold", size2(kernel), opts)}
}

// Forward returns a tensor of shape [n, c, h, w] for x of shape
// [n, c·kh·kw, windows], or both without n.
//
//	panics: *tensor.Error for other shapes
func (l *Fold) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, vision.Fold(x, l.Size, l.Window))
}

// PixelShuffle makes pixels of channels, see [vision.PixelShuffle].
//
//	source: torch.nn.PixelShuffle
type PixelShuffle struct{ Factor int }

// NewPixelShuffle returns a layer whose output is factor times as high and as wide.
func NewPixelShuffle(factor int) *PixelShuffle { return &PixelShuffle{factor} }

// Forward returns a tensor of shape [n, c, h·factor, w·factor] for x of shape [n, c·factor², h, w].
//
//	panics: *tensor.Error for other shapes
func (l *PixelShuffle) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, vision.PixelShuffle(x, l.Factor))
}

// PixelUnshuffle makes channels of pixels, see [vision.PixelUnshuffle].
//
//	source: torch.nn.PixelUnshuffle
type PixelUnshuffle struct{ Factor int }

// NewPixelUnshuffle returns a layer that undoes a PixelShuffle by factor.
func NewPixelUnshuffle(factor int) *PixelUnshuffle { return &PixelUnshuffle{factor} }

// Forward returns a tensor of shape [n, c·factor², h, w] for x of shape [n, c, h·factor, w·factor].
//
//	panics: *tensor.Error for other shapes
func (l *PixelUnshuffle) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, vision.PixelUnshuffle(x, l.Factor))
}

// ChannelShuffle mixes the groups of channels, see [vision.ChannelShuffle].
//
//	source: torch.nn.ChannelShuffle
type ChannelShuffle struct{ Groups int }

// NewChannelShuffle returns a layer that takes channels from groups in turns.
func NewChannelShuffle(groups int) *ChannelShuffle { return &ChannelShuffle{groups} }

// Forward returns a tensor of x's shape, [n, c, …].
//
//	panics: *tensor.Error for other shapes
func (l *ChannelShuffle) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Observed(l, x, vision.ChannelShuffle(x, l.Groups))
}

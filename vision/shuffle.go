package vision

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/tensor"
)

// PixelShuffle makes of r² channels one that is r times as high and as wide:
//
//	y[…, c, h·r + i, w·r + j] = x[…, c·r² + i·r + j, h, w]
//
//	shape:  […, c·r², h, w] → […, c, h·r, w·r]
//	dtype:  x's
//	panics: *tensor.Error for fewer than three dims, r less than 1, and channels that r² does not divide
//	source: torch.nn.functional.pixel_shuffle; Shi et al., Real-Time Single Image and
//	Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network, 2016
func PixelShuffle(x *tensor.Tensor, r int) *tensor.Tensor {
	n, c, h, w := planes("pixel_shuffle", x, r)
	if c%r != 0 || c/r%r != 0 {
		tensor.Misuse("pixel_shuffle", fmt.Errorf("%d channels do not divide by %d²", c, r), x)
	}
	y := x.Reshape(n, c/r/r, r, r, h, w).Permute(0, 1, 4, 2, 5, 3)
	return laidOutAs(y.Reshape(append(lead(x), c/r/r, h*r, w*r)...), x)
}

// PixelUnshuffle makes of each channel r² that are an r-th as high and as
// wide, as [PixelShuffle] joins them.
//
//	shape:  […, c, h·r, w·r] → […, c·r², h, w]
//	dtype:  x's
//	panics: *tensor.Error for fewer than three dims, r less than 1, and images that r does not divide
//	source: torch.nn.functional.pixel_unshuffle
func PixelUnshuffle(x *tensor.Tensor, r int) *tensor.Tensor {
	n, c, h, w := planes("pixel_unshuffle", x, r)
	if h%r != 0 || w%r != 0 {
		tensor.Misuse("pixel_unshuffle", fmt.Errorf("images of %d by %d do not divide by %d", h, w, r), x)
	}
	y := x.Reshape(n, c, h/r, r, w/r, r).Permute(0, 1, 3, 5, 2, 4)
	return laidOutAs(y.Reshape(append(lead(x), c*r*r, h/r, w/r)...), x)
}

// ChannelShuffle takes the channels in turns from the groups that they lie in.
//
//	shape:  [n, c, …] → x's, three dims at least
//	dtype:  x's
//	panics: *tensor.Error for fewer dims, and channels that do not divide into the groups
//	source: torch.nn.functional.channel_shuffle; Zhang et al., ShuffleNet, 2017
func ChannelShuffle(x *tensor.Tensor, groups int) *tensor.Tensor {
	switch {
	case x == nil:
		tensor.Misuse("channel_shuffle", errors.New("the input is nil"))
	case x.Dim() < 3:
		tensor.Misuse("channel_shuffle", errors.New("want [n, c, …], three dims at least"), x)
	case groups < 1 || x.Size(1)%groups != 0:
		tensor.Misuse("channel_shuffle", fmt.Errorf("%d channels do not divide into %d groups", x.Size(1), groups), x)
	case x.Len() == 0:
		return x.Clone()
	}
	y := x.Reshape(x.Size(0), groups, x.Size(1)/groups, -1).Transpose(1, 2)
	return laidOutAs(y.Reshape(x.Shape()...), x)
}

// lead is x's dims before the channels.
func lead(x *tensor.Tensor) []int { return x.Shape()[:x.Dim()-3] }

// planes is x's shape, with the dims before the channels as one.
func planes(op string, x *tensor.Tensor, r int) (n, c, h, w int) {
	switch {
	case x == nil:
		tensor.Misuse(op, errors.New("the input is nil"))
	case x.Dim() < 3:
		tensor.Misuse(op, errors.New("want […, c, h, w], three dims at least"), x)
	case r < 1:
		tensor.Misuse(op, fmt.Errorf("the factor is %d; want at least 1", r), x)
	}
	n = 1
	for _, d := range lead(x) {
		n *= d
	}
	return n, x.Size(-3), x.Size(-2), x.Size(-1)
}

// laidOutAs is y, contiguous or, if the channels of the images x are last, with those last.
func laidOutAs(y, x *tensor.Tensor) *tensor.Tensor {
	if x.Dim() == 4 && x.IsChannelsLast() {
		return y.ChannelsLast()
	}
	return y.Contiguous()
}

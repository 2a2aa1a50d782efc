// Package vision has the functions of PyTorch's nn.functional for images that
// are not layers' own: resizing ([Interpolate]), sampling at the points of a
// grid ([GridSample], [AffineGrid]), windows as columns ([Unfold], [Fold]),
// channels as pixels ([PixelShuffle], [PixelUnshuffle], [ChannelShuffle]); and,
// of torchvision, [NMS].
//
// Images are [n, c, h, w], signals [n, c, length], volumes [n, c, depth, height, width].
package vision

// Package vision has the functions of PyTorch's nn.functional for images that
// are not layers' own: resizing ([Interpolate]), sampling at the points of a
// grid ([GridSample], [AffineGrid]), windows as columns ([Unfold], [Fold]),
// channels as pixels ([PixelShuffle], [PixelUnshuffle], [ChannelShuffle]); and,
// of torchvision, [NMS].
//
// Layers of these, such as Upsample and PixelShuffle, are in package nn;
// convolution, pooling and padding are methods in package tensor.
//
// Images are [n, c, h, w], signals [n, c, length], volumes [n, c, depth, height, width].
package vision

package tensor

import "errors"

// ChannelsLast returns t with its channels as neighbours in memory: [n, c, h, w]
// laid out as [n, h, w, c], and [n, c, d, h, w] as [n, d, h, w, c]. The shape and
// the elements stay; t itself is returned if it lies so already.
//
//	panics: *Error unless t has four or five dims
//	source: torch.Tensor.contiguous with memory_format=torch.channels_last and torch.channels_last_3d
func (t *Tensor) ChannelsLast() *Tensor {
	n := t.known("channels_last").Dim()
	if n != 4 && n != 5 {
		misuse("channels_last", errors.New("want images [n, c, h, w] or volumes [n, c, d, h, w]"), t)
	}
	if v := t.MoveDim(1, -1); !v.IsContiguous() {
		return v.Contiguous().MoveDim(-1, 1)
	}
	return t
}

// IsChannelsLast reports whether t's strides say that its channels are
// neighbours in memory, as those of [Tensor.ChannelsLast]. Strides that
// could be those of contiguous images as well, such as of [1, 1, h, w], do not.
//
//	source: torch.Tensor.suggest_memory_format
func (t *Tensor) IsChannelsLast() bool {
	n := t.known("is_channels_last").Dim()
	if n != 4 && n != 5 {
		return false
	}
	v := &t.b.view
	least := 0 // the stride that the next dim must at least have
	for i := range n {
		d := n - i // channels, then the spatial dims from the last, then images
		if i == 0 {
			d = 1
		} else if d == 1 {
			d = 0
		}
		size, stride := v.Dim[d], v.Stride[d]
		if size == 0 || stride < least || i == 0 && stride == 0 || d == 0 && least == v.Stride[1] {
			return false
		}
		least = stride * max(size, 1)
	}
	return true
}

// laidOutAs is t, a result of pooling x over so many dims, with its channels last
// where PyTorch has them there: if those of images or of signals are, which it
// takes for images of one row. Volumes come out contiguous.
func (t *Tensor) laidOutAs(x *Tensor, dims int) *Tensor {
	switch {
	case x.Dim() != dims+2:
	case dims == 1 && x.Unsqueeze(2).IsChannelsLast():
		return t.Unsqueeze(2).ChannelsLast().Select(2, 0)
	case dims == 2 && x.IsChannelsLast():
		return t.ChannelsLast()
	}
	return t
}

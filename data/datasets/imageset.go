package datasets

// ImageSet is grey images with labels, held in memory as bytes.
type ImageSet struct {
	rows, cols int
	pixels     []byte // of all images, one after another
	labels     []byte
	value      [256]float32 // of a pixel in a sample
}

func newImageSet(images, labels idx, o options) *ImageSet {
	s := &ImageSet{rows: images.shape[1], cols: images.shape[2], pixels: images.data, labels: labels.data}
	for i := range s.value { // the float32 steps of ToTensor and Normalize in torchvision
		s.value[i] = (float32(i)/255 - o.mean) / o.std
	}
	return s
}

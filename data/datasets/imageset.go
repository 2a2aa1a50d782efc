package datasets

import (
	"fmt"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// ImageSet is a data.Dataset of images with labels, held in memory as bytes
// and converted as they are read. X of a sample is the image, float32 of shape
// [channels, rows, cols] with values from 0 to 1 unless Normalize says otherwise;
// Y is the label, int64 without dims. Reading is safe for several goroutines at
// once.
type ImageSet struct {
	channels, rows, cols int
	pixels               []byte // of all images, one after another
	labels               []byte
	value                [][256]float32 // of each pixel in a sample, for each channel
}

// newImageSet returns gray images.
func newImageSet(images, labels idx, o options) *ImageSet {
	s := &ImageSet{channels: 1, rows: images.shape[1], cols: images.shape[2], pixels: images.data, labels: labels.data}
	s.convertBy(o)
	return s
}

// convertBy makes the table of values.
func (s *ImageSet) convertBy(o options) {
	s.value = make([][256]float32, s.channels)
	for c := range s.value {
		mean, std := o.mean[c%len(o.mean)], o.std[c%len(o.std)]
		for i := range s.value[c] { // in the float32 steps of torchvision's ToTensor and Normalize
			s.value[c][i] = (float32(i)/255 - mean) / std
		}
	}
}

// Len returns the number of images.
func (s *ImageSet) Len() int { return len(s.labels) }

// At returns an image and its label, or an error when there is none.
func (s *ImageSet) At(i int) (data.Sample, error) {
	b, err := s.Batch([]int{i})
	if err != nil {
		return data.Sample{}, err
	}
	return data.Sample{X: b.X.Select(0, 0), Y: b.Y.Select(0, 0)}, nil
}

// Batch returns the images at indices, of shape [n, channels, rows, cols], and their
// labels, of shape [n], or an error when one of them does not exist.
func (s *ImageSet) Batch(indices []int) (data.Batch, error) {
	size := s.channels * s.rows * s.cols
	images := tensor.Empty(len(indices), s.channels, s.rows, s.cols)
	labels := tensor.Make{DType: tensor.Int64}.Empty(len(indices))
	x, y := tensor.Data[float32](images), tensor.Data[int64](labels)
	for k, i := range indices {
		if i < 0 || i >= len(s.labels) {
			return data.Batch{}, fmt.Errorf("datasets: index %d is outside a dataset of %d images", i, len(s.labels))
		}
		s.convert(x[k*size:], s.pixels[i*size:][:size])
		y[k] = int64(s.labels[i])
	}
	return data.Batch{X: images, Y: labels}, nil
}

// convert writes the values of the pixels of whole images to dst.
func (s *ImageSet) convert(dst []float32, pixels []byte) {
	plane := s.rows * s.cols
	for c := 0; len(pixels) >= plane && plane > 0; c = (c + 1) % s.channels {
		value := &s.value[c]
		to := dst[:plane] // one bounds check
		for i, p := range pixels[:plane] {
			to[i] = value[p]
		}
		dst, pixels = dst[plane:], pixels[plane:]
	}
}

// Images returns all images as Batch does, 4 bytes a pixel: 188 MB for the
// training split of MNIST.
func (s *ImageSet) Images() *tensor.Tensor {
	images := tensor.Empty(len(s.labels), s.channels, s.rows, s.cols)
	s.convert(tensor.Data[float32](images), s.pixels)
	return images
}

// Labels returns all labels, int64 of shape [Len()].
func (s *ImageSet) Labels() *tensor.Tensor {
	wide := make([]int64, len(s.labels))
	for i, label := range s.labels {
		wide[i] = int64(label)
	}
	return tensor.Of(wide)
}

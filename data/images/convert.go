package images

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"

	"github.com/facula-ml/facula/tensor"
)

// FromImage returns a picture as a tensor, float32 of shape [3, height, width]
// with values from 0 to 1; with Gray [1, height, width]. Transparency is left
// out, with the color kept.
//
//	panics: *tensor.Error for a picture without pixels
func FromImage(img image.Image, opts ...Option) *tensor.Tensor {
	if img.Bounds().Empty() {
		tensor.Misuse("FromImage", errors.New("the picture has no pixels"))
	}
	return fromImage(img, newOptions(opts).gray)
}

// level is the value of each byte.
func level() (v [256]float32) {
	for i := range v {
		v[i] = float32(i) / 255
	}
	return v
}

func fromImage(img image.Image, gray bool) *tensor.Tensor {
	b := img.Bounds()
	t := tensor.Empty(3, b.Dy(), b.Dx())
	v, n, value := tensor.Data[float32](t), b.Dx()*b.Dy(), level()
	bytes := bytesOf(img)
	i := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if bytes != nil {
				r, g, b := bytes(x, y)
				v[i], v[n+i], v[2*n+i] = value[r], value[g], value[b]
			} else { // of 8 bits too, 257·v/65535 is v/255
				c := color.NRGBA64Model.Convert(img.At(x, y)).(color.NRGBA64)
				v[i], v[n+i], v[2*n+i] = float32(c.R)/65535, float32(c.G)/65535, float32(c.B)/65535
			}
			i++
		}
	}
	if gray {
		return brightness(img, t)
	}
	return t
}

// bytesOf returns what reads a pixel of the usual kinds of pictures, all of 8
// bits, or nil for other kinds.
func bytesOf(img image.Image) func(x, y int) (r, g, b uint8) {
	switch img := img.(type) {
	case *image.NRGBA:
		return func(x, y int) (r, g, b uint8) {
			p := img.Pix[img.PixOffset(x, y):][:3]
			return p[0], p[1], p[2]
		}
	case *image.RGBA:
		if !img.Opaque() {
			return nil
		}
		return func(x, y int) (r, g, b uint8) {
			p := img.Pix[img.PixOffset(x, y):][:3]
			return p[0], p[1], p[2]
		}
	case *image.Gray:
		return func(x, y int) (r, g, b uint8) {
			p := img.Pix[img.PixOffset(x, y)]
			return p, p, p
		}
	case *image.YCbCr:
		return func(x, y int) (r, g, b uint8) {
			c := img.COffset(x, y)
			return color.YCbCrToRGB(img.Y[img.YOffset(x, y)], img.Cb[c], img.Cr[c])
		}
	case video:
		return img.rgb
	}
	return nil
}

// brightness is one channel of a picture whose three are t: gray as it is
// stored, and otherwise the weighted sum of ITU-R BT.601, as in Pillow.
func brightness(img image.Image, t *tensor.Tensor) *tensor.Tensor {
	switch img.ColorModel() {
	case color.GrayModel, color.Gray16Model:
		return t.Narrow(0, 0, 1).Contiguous()
	}
	w := tensor.Of([]float32{0.299, 0.587, 0.114}, 3, 1, 1)
	return t.Mul(w).Sum(tensor.Dims(0), tensor.KeepDim)
}

// ToImage returns the picture that a tensor holds: [3, height, width] in
// color, [1, height, width] or [height, width] in gray. Floating-point values are
// cut to 0…1 and rounded to the next of 255 steps, NaN is black; uint8 values are
// taken as they are. It returns an error for other shapes and dtypes.
func ToImage(t *tensor.Tensor) (image.Image, error) {
	if t.Dim() == 2 {
		t = t.Unsqueeze(0)
	}
	switch {
	case t.Dim() != 3 || t.Size(0) != 1 && t.Size(0) != 3 || t.Len() == 0:
		return nil, fmt.Errorf("images: a tensor of %v is no picture; want [3, height, width], [1, height, width] or [height, width]", t.Shape())
	case !t.DType().IsFloat() && t.DType() != tensor.UInt8:
		return nil, fmt.Errorf("images: a tensor of %v is no picture; want a floating-point dtype or uint8", t.DType())
	}
	pixels := steps(t)
	h, w := t.Size(1), t.Size(2)
	frame := image.Rect(0, 0, w, h)
	if t.Size(0) == 1 {
		return &image.Gray{Pix: pixels, Stride: w, Rect: frame}, nil
	}
	img := image.NewNRGBA(frame)
	for i, n := 0, w*h; i < n; i++ {
		img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], img.Pix[4*i+3] = pixels[i], pixels[n+i], pixels[2*n+i], 255
	}
	return img, nil
}

// steps returns the values as bytes.
func steps(t *tensor.Tensor) []uint8 {
	if t.DType() == tensor.UInt8 {
		return tensor.Slice[uint8](t.Detach())
	}
	values := tensor.Slice[float32](t.Detach().Cast(tensor.Float32))
	pixels := make([]uint8, len(values))
	for i, v := range values {
		if v == v {
			pixels[i] = uint8(math.Floor(float64(min(max(v, 0), 1)*255 + 0.5)))
		}
	}
	return pixels
}

// SavePNG writes a picture as ToImage makes it of t. It returns an error when
// t is no picture or the file cannot be written.
func SavePNG(path string, t *tensor.Tensor) error {
	img, err := ToImage(t)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("images: %w", err)
	}
	if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
		return fmt.Errorf("images: %s: %w", path, err)
	}
	return nil
}

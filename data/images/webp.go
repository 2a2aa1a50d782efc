package images

import (
	"image"
	"io"
	"math"

	"golang.org/x/image/webp"
)

// video is a picture whose brightness lies from 16 to 235 and whose color lies
// from 16 to 240, as in video and in lossy WebP. The webp package gives such
// values in an image.YCbCr, for which Go takes the whole range of JPEG: white
// would become light gray.
type video struct{ *image.YCbCr }

func decodeWebP(r io.Reader) (image.Image, error) {
	img, err := webp.Decode(r)
	if err != nil {
		return nil, err
	}
	switch img := img.(type) {
	case *image.YCbCr:
		return video{img}, nil
	case *image.NYCbCrA:
		return video{&img.YCbCr}, nil
	}
	return img, nil
}

// rgb returns a pixel.
//
// source: ITU-R BT.601-7, 2.5.1 to 2.5.4, solved for red, green and blue
func (v video) rgb(x, y int) (r, g, b uint8) {
	const (
		kr, kb = 0.299, 0.114 // what red and blue add to the brightness
		kg     = 1 - kr - kb
	)
	c := v.COffset(x, y)
	light := (float64(v.Y[v.YOffset(x, y)]) - 16) * 255 / 219
	blue := (float64(v.Cb[c]) - 128) * 255 / 112 * (1 - kb) // less the brightness
	red := (float64(v.Cr[c]) - 128) * 255 / 112 * (1 - kr)
	return toByte(light + red), toByte(light - (kr*red+kb*blue)/kg), toByte(light + blue)
}

func toByte(v float64) uint8 { return uint8(math.Round(min(max(v, 0), 255))) }

package images

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"github.com/facula-ml/facula/tensor"
)

// An Option changes how pictures are read.
type Option func(*options)

type options struct {
	gray      bool
	keepTurn  bool
	maxPixels int
}

func newOptions(opts []Option) options {
	o := options{maxPixels: 64 << 20}
	for _, f := range opts {
		f(&o)
	}
	return o
}

// Gray reads pictures with one channel, their brightness.
func Gray(o *options) { o.gray = true }

// IgnoreOrientation leaves JPEG pictures as they are stored. Without it they are
// turned upright, as the camera says in their EXIF data.
func IgnoreOrientation(o *options) { o.keepTurn = true }

// MaxPixels is the most that a picture may have, 64·2²⁰ unless this says
// otherwise. Reading one takes up to some 20 bytes a pixel.
func MaxPixels(n int) Option { return func(o *options) { o.maxPixels = n } }

// ErrFormat is in the error of a file that is no picture of a known format.
var ErrFormat = errors.New("not a PNG, JPEG, GIF, WebP, BMP or TIFF picture")

// ErrTooLarge is in the error of a picture of more than MaxPixels.
var ErrTooLarge = errors.New("too many pixels")

// A format is one kind of file.
type format struct {
	name       string
	magic      string // ? is any byte
	extensions []string
	config     func(io.Reader) (image.Config, error)
	decode     func(io.Reader) (image.Image, error)
}

// formats is a function, and not the image package's global list, which only
// imports for their side effect can fill.
func formats() []format {
	return []format{
		{"PNG", "\x89PNG\r\n\x1a\n", []string{".png"}, png.DecodeConfig, png.Decode},
		{"JPEG", "\xff\xd8", []string{".jpg", ".jpeg"}, jpeg.DecodeConfig, jpeg.Decode},
		{"GIF", "GIF8?a", []string{".gif"}, gif.DecodeConfig, gif.Decode},
		{"WebP", "RIFF????WEBPVP8", []string{".webp"}, webp.DecodeConfig, decodeWebP},
		{"BMP", "BM????\x00\x00\x00\x00", []string{".bmp"}, bmp.DecodeConfig, bmp.Decode},
		{"TIFF", "II\x2a\x00", []string{".tif", ".tiff"}, tiff.DecodeConfig, tiff.Decode},
		{"TIFF", "MM\x00\x2a", nil, tiff.DecodeConfig, tiff.Decode},
	}
}

// maxScans bounds the passes over a JPEG picture: each takes a dozen bytes of
// the file, and as much time as the picture has pixels. Programs write 10 or so.
const maxScans = 500

// sniff finds the format of a file by its first bytes.
func sniff(file []byte) (format, bool) {
	for _, f := range formats() {
		if len(file) < len(f.magic) {
			continue
		}
		same := true
		for i := range len(f.magic) {
			same = same && (f.magic[i] == '?' || f.magic[i] == file[i])
		}
		if same {
			return f, true
		}
	}
	return format{}, false
}

// Open returns the picture in a file as a tensor, float32 with values from 0
// to 1, of shape [3, height, width] or, with Gray, [1, height, width]. What is
// transparent shows the color that is stored there. It returns an error that names
// the file when it cannot be read, is no picture (ErrFormat), is damaged, or is too
// large (ErrTooLarge).
//
// Values of PNG, BMP, GIF and lossless WebP are exact. Those of JPEG may differ
// from other programs' by a few of 255: the standard leaves the last bits open,
// and Go repeats color between its samples where others blend it.
func Open(path string, opts ...Option) (*tensor.Tensor, error) {
	t, err := open(path, newOptions(opts))
	if err != nil {
		return nil, fmt.Errorf("images: %s: %w", path, err)
	}
	return t, nil
}

func open(path string, o options) (*tensor.Tensor, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() { // a pipe would block, a device would not end
		return nil, errors.New("not a regular file")
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, reason(err)
	}
	return decode(file, o)
}

// reason is an error without the path, which the caller names.
func reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Decode is Open for the bytes of a file.
func Decode(file []byte, opts ...Option) (*tensor.Tensor, error) {
	t, err := decode(file, newOptions(opts))
	if err != nil {
		return nil, fmt.Errorf("images: %w", err)
	}
	return t, nil
}

func decode(file []byte, o options) (t *tensor.Tensor, err error) {
	f, ok := sniff(file)
	if !ok {
		return nil, ErrFormat
	}
	defer func() { // a bug of a decoder must not end a training run
		if p := recover(); p != nil {
			t, err = nil, fmt.Errorf("damaged %s: %v", f.name, p)
		}
	}()
	config, err := f.config(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("damaged %s: %w", f.name, err)
	}
	w, h := config.Width, config.Height
	if w < 1 || h < 1 {
		return nil, fmt.Errorf("damaged %s: a picture of %d×%d", f.name, w, h)
	}
	if w > o.maxPixels/h {
		return nil, fmt.Errorf("%w: %s of %d×%d, want at most %d (images.MaxPixels)", ErrTooLarge, f.name, w, h, o.maxPixels)
	}
	if n := bytes.Count(file, []byte("\xff\xda")); f.name == "JPEG" && n > maxScans {
		return nil, fmt.Errorf("damaged JPEG: %d passes over the picture, want at most %d", n, maxScans)
	}
	img, err := f.decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("damaged %s: %w", f.name, err)
	}
	t = fromImage(img, o.gray)
	if f.name == "JPEG" && !o.keepTurn {
		t = upright(t, orientation(file))
	}
	return t, nil
}

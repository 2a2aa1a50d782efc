package images

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/tensor"
)

// Every format gives the pixels that Pillow finds in it: exactly, but for what
// JPEG and lossy WebP leave open.
func TestOpenGolden(t *testing.T) {
	var file struct {
		Cases []struct {
			File      string
			Tolerance float64
			Gray      bool
			Pixels    golden.Tensor
		}
	}
	golden.Read(t, "testdata/images.json", &file)
	if len(file.Cases) < 25 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		var opts []Option
		if c.Gray {
			opts = append(opts, Gray)
		}
		got, err := Open(filepath.Join("testdata", c.File), opts...)
		if err != nil {
			t.Error(err)
			continue
		}
		if !slices.Equal(got.Shape(), c.Pixels.Shape) || got.DType() != tensor.Float32 || !got.IsContiguous() {
			t.Errorf("%s: %v %v, want %v", c.File, got.DType(), got.Shape(), c.Pixels.Shape)
			continue
		}
		most := 255.0
		if c.File == "gray16.png" {
			most = 65535
		}
		worst := 0.0
		for i, v := range tensor.Slice[float32](got) {
			if want := float32(c.Pixels.Data[i]) / float32(most); c.Tolerance > 0 {
				worst = max(worst, math.Abs(float64(v-want))*255)
			} else if v != want {
				t.Errorf("%s: element %d is %v, want %v", c.File, i, v, want)
				break
			}
		}
		if worst > c.Tolerance+1e-3 {
			t.Errorf("%s: differs by %.2f of 255, want %v", c.File, worst, c.Tolerance)
		}
	}
}

func TestIgnoreOrientation(t *testing.T) {
	got, err := Open("testdata/turn6.jpg", IgnoreOrientation)
	if err != nil || !slices.Equal(got.Shape(), []int{3, 16, 24}) {
		t.Errorf("%v, %v", got.Shape(), err)
	}
}

// declared is a PNG file whose header declares a size, with no pixels.
func declared(w, h uint32) []byte {
	head := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	head = append(head, 8, 2, 0, 0, 0)
	file := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(head))
}

func TestDecodeErrors(t *testing.T) {
	good, err := os.ReadFile("testdata/rgb.png")
	if err != nil {
		t.Fatal(err)
	}
	scans, err := os.ReadFile("testdata/progressive.jpg")
	if err != nil {
		t.Fatal(err)
	}
	scans = append(scans, bytes.Repeat([]byte("\xff\xda"), maxScans)...)
	cases := []struct {
		name string
		file []byte
		is   error
		want string
	}{
		{"empty", nil, ErrFormat, ""},
		{"text", []byte("<svg>"), ErrFormat, ""},
		{"cut magic", []byte("\x89PNG"), ErrFormat, ""},
		{"bomb", declared(60_000, 60_000), ErrTooLarge, "PNG of 60000×60000, want at most 67108864 (images.MaxPixels)"},
		{"largest bomb", declared(math.MaxInt32, math.MaxInt32), nil, ""},
		{"no width", declared(0, 5), nil, "damaged PNG"},
		{"cut", good[:len(good)-20], nil, "damaged PNG"},
		{"only a header", declared(5, 5), nil, "damaged PNG"},
		{"many scans", scans, nil, "passes over the picture, want at most 500"},
		{"cut JPEG", []byte("\xff\xd8\xff\xe1"), nil, "damaged JPEG"},
		{"cut GIF", []byte("GIF89a\x01"), nil, "damaged GIF"},
		{"cut WebP", []byte("RIFF\x20\x00\x00\x00WEBPVP8 "), nil, "damaged WebP"},
		{"cut BMP", []byte("BM\x20\x00\x00\x00\x00\x00\x00\x00"), nil, "damaged BMP"},
		{"cut TIFF", []byte("II\x2a\x00"), nil, "damaged TIFF"},
	}
	for _, c := range cases {
		_, err := Decode(c.file)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := Decode(good, MaxPixels(13*9-1)); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if _, err := Decode(good, MaxPixels(13*9)); err != nil {
		t.Error(err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.png")
	if err := os.WriteFile(bad, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, is := range map[string]error{bad: ErrFormat, dir: nil, bad + "?": fs.ErrNotExist} {
		_, err := Open(path)
		if err == nil || is != nil && !errors.Is(err, is) || strings.Count(err.Error(), path) != 1 {
			t.Errorf("%v", err)
		}
	}
}

// Kinds of pictures that decoders do not give, and a picture that is a part.
func TestFromImage(t *testing.T) {
	deep := image.NewRGBA64(image.Rect(-1, 2, 1, 3))
	deep.SetRGBA64(-1, 2, color.RGBA64{1, 65535, 300, 65535})
	glass := image.NewRGBA(image.Rect(0, 0, 1, 1))
	glass.SetRGBA(0, 0, color.RGBA{100, 50, 0, 100}) // premultiplied: 255, 127.5, 0
	part := image.NewGray(image.Rect(0, 0, 3, 3))
	part.SetGray(2, 1, color.Gray{51})
	cases := []struct {
		img  image.Image
		want []float32
	}{
		{deep, []float32{1.0 / 65535, 0, 1, 0, 300.0 / 65535, 0}},
		{glass, []float32{1, 0.5, 0}},
		{part.SubImage(image.Rect(2, 1, 3, 2)), []float32{0.2, 0.2, 0.2}},
	}
	for _, c := range cases {
		for i, v := range tensor.Slice[float32](FromImage(c.img)) {
			if math.Abs(float64(v-c.want[i])) > 1.0/65535 {
				t.Errorf("%T: element %d is %v, want %v", c.img, i, v, c.want[i])
			}
		}
	}
	if err := tensor.Try(func() { FromImage(image.NewGray(image.Rectangle{})) }); err == nil {
		t.Error("a picture without pixels")
	}
}

func TestToImage(t *testing.T) {
	x := tensor.Of([]float32{0, 1, 0.5, -3, 7, 0.0019, float32(math.NaN()), 0.4, 0.6, 1, 1, 1}, 3, 2, 2)
	img, err := ToImage(x)
	if err != nil {
		t.Fatal(err)
	}
	want := [][3]uint8{{0, 255, 153}, {255, 0, 255}, {128, 0, 255}, {0, 102, 255}}
	for i, w := range want {
		if c := img.(*image.NRGBA).NRGBAAt(i%2, i/2); c != (color.NRGBA{w[0], w[1], w[2], 255}) {
			t.Errorf("pixel %d is %v, want %v", i, c, w)
		}
	}
	for _, gray := range []*tensor.Tensor{tensor.Of([]uint8{1, 2}, 1, 2), tensor.Of([]uint8{1, 2}, 1, 1, 2)} {
		if img, err := ToImage(gray); err != nil || !bytes.Equal(img.(*image.Gray).Pix, []byte{1, 2}) {
			t.Errorf("%v, %v", img, err)
		}
	}
	for _, bad := range []*tensor.Tensor{tensor.Zeros(3), tensor.Zeros(2, 4, 4), tensor.Zeros(3, 0, 4), tensor.Zeros(1, 3, 4, 4), tensor.Of([]int64{1}, 1, 1, 1)} {
		if _, err := ToImage(bad); err == nil {
			t.Errorf("%v %v is a picture", bad.DType(), bad.Shape())
		}
	}
}

// What SavePNG writes, Open reads.
func TestSavePNG(t *testing.T) {
	x, err := Open("testdata/rgb.png")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.png")
	if err := SavePNG(path, x); err != nil {
		t.Fatal(err)
	}
	y, err := Open(path)
	if err != nil || !slices.Equal(tensor.Slice[float32](x), tensor.Slice[float32](y)) {
		t.Errorf("comes back as %v, %v", y, err)
	}
	if err := SavePNG(filepath.Join(path, "below"), x); err == nil {
		t.Error("a file below a file")
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		if err := SavePNG("/dev/full", x); err == nil || !strings.Contains(err.Error(), "/dev/full") {
			t.Errorf("a full disk: %v", err)
		}
	}
}

func TestMakeGrid(t *testing.T) {
	var file struct {
		Cases []struct {
			X, Y    golden.Tensor
			Options struct {
				NRow, Padding *int
				PadValue      float64 `json:"pad_value"`
				Normalize     bool
				ScaleEach     bool `json:"scale_each"`
			}
		}
	}
	golden.Read(t, "testdata/grid.json", &file)
	for i, c := range file.Cases {
		opts := []GridOption{GapValue(c.Options.PadValue)}
		if n := c.Options.NRow; n != nil {
			opts = append(opts, Columns(*n))
		}
		if n := c.Options.Padding; n != nil {
			opts = append(opts, Gap(*n))
		}
		if c.Options.ScaleEach {
			opts = append(opts, RescaleEach)
		} else if c.Options.Normalize {
			opts = append(opts, Rescale)
		}
		x := tensor.Of(c.X.Data, c.X.Shape...).Cast(tensor.Float32)
		got := MakeGrid(x, opts...)
		want := tensor.Of(c.Y.Data, c.Y.Shape...).Cast(tensor.Float32)
		// Rescaling is a subtraction and a division in float32.
		if !slices.Equal(got.Shape(), c.Y.Shape) || !got.AllClose(want, tensor.Closeness{ATol: 2e-7}) {
			t.Errorf("case %d: %v, want %v", i, got, want)
		}
	}
	for _, f := range []func(){
		func() { MakeGrid(nil) }, func() { MakeGrid(tensor.Zeros(3, 2, 2)) }, func() { MakeGrid(tensor.Zeros(1, 2, 2, 2)) },
		func() { MakeGrid(tensor.Zeros(2, 3, 2, 2), Columns(0)) }, func() { MakeGrid(tensor.Of([]uint8{1}, 1, 1, 1, 1)) },
	} {
		if tensor.Try(f) == nil {
			t.Error("misuse is not refused")
		}
	}
}

func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		if file, err := os.ReadFile(path); err == nil && len(file) < 4000 {
			f.Add(file)
		}
	}
	f.Add(declared(1<<30, 1<<30))
	f.Fuzz(func(t *testing.T, file []byte) {
		x, err := Decode(file, MaxPixels(1<<16))
		if err != nil {
			return
		}
		if x.Size(1)*x.Size(2) > 1<<16 {
			t.Errorf("a picture of %v", x.Shape())
		}
		img, err := ToImage(x)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(new(bytes.Buffer), img); err != nil {
			t.Error(err)
		}
	})
}

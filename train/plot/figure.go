package plot

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Figure is a drawing that can be written in several forms.
type Figure struct {
	width, height vg.Length
	draw          func(draw.Canvas)
}

// dpi makes letters of 10 points sharp on today's screens.
const dpi = 144

func (f *Figure) canvas() *vgimg.Canvas {
	c := vgimg.NewWith(vgimg.UseWH(f.width, f.height), vgimg.UseDPI(dpi))
	f.draw(draw.NewCanvas(c, f.width, f.height))
	return c
}

// Image returns the figure as an image, 2 pixels a point.
func (f *Figure) Image() image.Image { return f.canvas().Image() }

// WritePNG writes the figure as a PNG file, 2 pixels a point.
func (f *Figure) WritePNG(w io.Writer) error {
	return wrote(vgimg.PngCanvas{Canvas: f.canvas()}.WriteTo(w))
}

// WriteSVG writes the figure as an SVG file. Its letters are text, in a font
// without serifs that the viewer has.
func (f *Figure) WriteSVG(w io.Writer) error {
	c := vgsvg.New(f.width, f.height)
	f.draw(draw.NewCanvas(c, f.width, f.height))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return wrote(0, err)
	}
	text := strings.ReplaceAll(b.String(), "font-family:Liberation Sans", "font-family:Liberation Sans,Arial,Helvetica,sans-serif")
	return wrote(io.WriteString(w, text))
}

func wrote[N int | int64](_ N, err error) error {
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	return nil
}

// Save writes a file whose name ends in .png or .svg.
func (f *Figure) Save(path string) (err error) {
	write := f.WritePNG
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
	case ".svg":
		write = f.WriteSVG
	default:
		return fmt.Errorf("plot: %s: the ending is %q; want .png or .svg", path, ext)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = wrote(0, e)
		}
	}()
	return write(file)
}

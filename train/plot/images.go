package plot

import (
	"errors"
	"image"
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Images draws pictures in rows of so many columns, each with a caption below it,
// or none. Small pictures are enlarged, with their pixels as squares.
//
//	errors: there is no picture, one is empty, columns is less than 1, or there are
//	captions but not one for each
func Images(o Options, columns int, pictures []image.Image, captions ...string) (*Figure, error) {
	if len(pictures) == 0 || columns < 1 || len(captions) != 0 && len(captions) != len(pictures) {
		return nil, errors.New("plot: no picture, no column, or captions that are not one for each picture")
	}
	columns = min(columns, len(pictures))
	rows := (len(pictures) + columns - 1) / columns
	for i, m := range pictures {
		if m == nil || m.Bounds().Empty() {
			return nil, errors.New("plot: a picture is nil or empty")
		}
		pictures[i] = enlarged(m)
	}
	below := vg.Length(0)
	if len(captions) > 0 {
		below = letters + 6
	}
	head := vg.Length(0)
	if o.Title != "" {
		head = letters + 10
	}
	const gap = vg.Length(6)
	w := or(o.Width, max(width, vg.Length(columns)*52))
	side := (w - 2*margin + gap) / vg.Length(columns)
	h := or(o.Height, vg.Length(rows)*(side+below)+head+2*margin)
	return &Figure{w, h, func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		c = header(draw.Crop(c, margin, -margin, margin, -margin), o.Title, nil)
		for i, m := range pictures {
			x, y := c.Min.X+vg.Length(i%columns)*side, c.Max.Y-vg.Length(i/columns)*(side+below)
			box := vg.Rectangle{Min: vg.Point{X: x, Y: y - side + gap}, Max: vg.Point{X: x + side - gap, Y: y}}
			c.DrawImage(fit(box, m), m)
			if len(captions) > 0 {
				s := style(letters-1, pale, false)
				s.XAlign, s.YAlign = draw.XCenter, draw.YTop
				c.FillText(s, vg.Point{X: (box.Min.X + box.Max.X) / 2, Y: box.Min.Y - 3}, shortened(captions[i]))
			}
		}
	}}, nil
}

// fit is the largest rectangle of the picture's form in the middle of box.
func fit(box vg.Rectangle, m image.Image) vg.Rectangle {
	size := box.Size()
	w, h := vg.Length(m.Bounds().Dx()), vg.Length(m.Bounds().Dy())
	f := min(size.X/w, size.Y/h)
	x, y := (size.X-w*f)/2, (size.Y-h*f)/2
	return vg.Rectangle{Min: vg.Point{X: box.Min.X + x, Y: box.Min.Y + y}, Max: vg.Point{X: box.Max.X - x, Y: box.Max.Y - y}}
}

// enlarged repeats the pixels of a small picture, so that scaling leaves them sharp.
func enlarged(m image.Image) image.Image {
	const enough = 256
	b := m.Bounds()
	f := enough / max(b.Dx(), b.Dy())
	if f < 2 {
		return m
	}
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx()*f, b.Dy()*f))
	for y := range b.Dy() * f {
		for x := range b.Dx() * f {
			out.Set(x, y, m.At(b.Min.X+x/f, b.Min.Y+y/f))
		}
	}
	return out
}

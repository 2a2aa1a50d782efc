package plot

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes in points.
const (
	width   = vg.Length(480)
	height  = vg.Length(300)
	margin  = vg.Length(12)
	letters = vg.Length(10)
)

// colours of curves.
//
// source: Okabe & Ito 2008, "Color Universal Design", without yellow, which
// white hides
var colours = []color.NRGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0xe6, 0x9f, 0x00, 0xff}, {0x56, 0xb4, 0xe9, 0xff}, {0x4d, 0x4d, 0x4d, 0xff},
}

var (
	ink  = color.NRGBA{0x22, 0x22, 0x22, 0xff}
	pale = color.NRGBA{0x66, 0x66, 0x66, 0xff} // of labels
	rule = color.NRGBA{0xe4, 0xe4, 0xe4, 0xff} // of the grid
	line = color.NRGBA{0xa0, 0xa0, 0xa0, 0xff} // of axes
)

func colour(i int) color.NRGBA { return colours[i%len(colours)] }

// faded is a colour for what lies behind.
func faded(c color.NRGBA, alpha uint8) color.NRGBA {
	c.A = alpha
	return c
}

// style is that of a text.
func style(size vg.Length, c color.Color, bold bool) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if bold {
		f.Weight = 3 // golang.org/x/image/font.WeightBold
	}
	return text.Style{Color: c, Font: font.From(f, size), Handler: plot.DefaultTextHandler}
}

// newPlot returns an empty plot with axes and, in the options' way, a grid.
func newPlot(o Options) *plot.Plot {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = o.X, o.Y
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		t := a.Tick.Label
		l := a.Label.TextStyle
		a.Tick.Label = style(letters-1, pale, false)
		a.Tick.Label.XAlign, a.Tick.Label.YAlign, a.Tick.Label.Rotation = t.XAlign, t.YAlign, t.Rotation
		a.Label.TextStyle = style(letters, ink, false)
		a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign, a.Label.TextStyle.Rotation = l.XAlign, l.YAlign, l.Rotation
		a.Label.Padding = 4
		a.LineStyle = draw.LineStyle{Color: line, Width: 0.75}
		a.Tick.LineStyle = draw.LineStyle{Color: line, Width: 0.75}
		a.Tick.Length = 3
		a.Padding = 0
		a.Tick.Marker = plot.TickerFunc(majors)
	}
	if o.LogX {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(powers)
	}
	if o.LogY {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.TickerFunc(powers)
	}
	return p
}

func grid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical = draw.LineStyle{Color: rule, Width: 0.5}
	g.Horizontal = g.Vertical
	return g
}

// majors are some five to eight ticks at round numbers.
func majors(low, high float64) []plot.Tick {
	const most = 8
	size := (high - low) / most
	if !(size > 0) || math.IsInf(size, 0) {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10(size)))
	for _, f := range []float64{1, 2, 5, 10} {
		if f*step >= size {
			step *= f
			break
		}
	}
	var ticks []plot.Tick
	for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9 && len(ticks) <= most; i++ {
		v := i*step + 0 // of -0, 0
		ticks = append(ticks, plot.Tick{Value: v, Label: short(v)})
	}
	return ticks
}

// short is a number as people write it: 20k for 20000.
func short(v float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if a := math.Abs(v); a >= u.size*0.99999 && (u.size > 1e3 || a > 9.9999e3) {
			return strconv.FormatFloat(v/u.size, 'g', 6, 64) + u.name
		}
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// powers are ticks at the powers of ten, thinned out, and between them where
// there is less than one and a half.
func powers(low, high float64) []plot.Tick {
	first, last := math.Floor(math.Log10(low)+1e-9), math.Ceil(math.Log10(high)-1e-9)
	step := math.Max(1, math.Ceil((last-first)/8))
	factors := []float64{1}
	if math.Log10(high/low) < 1.5 {
		factors = []float64{1, 2, 5}
	}
	var ticks []plot.Tick
	for e := first; e <= last; e += step {
		for _, f := range factors {
			v := f * math.Pow(10, e)
			ticks = append(ticks, plot.Tick{Value: v, Label: power(v, e)})
		}
	}
	return ticks
}

// entry is a name in the legend.
type entry struct {
	name string
	c    color.Color
}

// power is the label of v, whose power of ten is e.
func power(v, e float64) string {
	switch {
	case e < -3:
		return fmt.Sprintf("%.0fe%.0f", v/math.Pow(10, e), e)
	case e > 11:
		return fmt.Sprintf("%.0fe+%.0f", v/math.Pow(10, e), e)
	}
	return short(v)
}

// figure puts a plot below its title and its legend.
func figure(p *plot.Plot, o Options, legend []entry) *Figure {
	return &Figure{or(o.Width, width), or(o.Height, height), func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		c = draw.Crop(c, margin, -margin-4, margin, -margin)
		c = header(c, o.Title, legend)
		p.Draw(c)
	}}
}

func or(points float64, otherwise vg.Length) vg.Length {
	if points > 0 {
		return vg.Length(points)
	}
	return otherwise
}

// header draws the title and the legend, in as many rows as it needs, and
// returns what is left of the canvas.
func header(c draw.Canvas, title string, legend []entry) draw.Canvas {
	if title != "" {
		s := style(letters+2, ink, true)
		s.YAlign = draw.YTop
		c.FillText(s, vg.Point{X: c.Min.X, Y: c.Max.Y}, title)
		c = draw.Crop(c, 0, 0, 0, -(s.Font.Size + 8))
	}
	if len(legend) == 0 {
		return c
	}
	const thumb, gap = vg.Length(14), vg.Length(5)
	s := style(letters, ink, false)
	s.YAlign = draw.YCenter
	row := s.Font.Size + 5
	x, y := c.Min.X, c.Max.Y-row/2
	for _, e := range legend {
		w := thumb + gap + s.Width(e.name)
		if x+w > c.Max.X && x > c.Min.X {
			x, y = c.Min.X, y-row
		}
		c.StrokeLine2(draw.LineStyle{Color: e.c, Width: 3}, x, y-1, x+thumb, y-1)
		c.FillText(s, vg.Point{X: x + thumb + gap, Y: y}, e.name)
		x += w + 14
	}
	return draw.Crop(c, 0, 0, 0, -(c.Max.Y - y + row/2 + 6))
}

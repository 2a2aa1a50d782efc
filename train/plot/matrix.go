package plot

import (
	"errors"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/facula-ml/facula/train/runlog"
)

// maxNumbers is the most classes whose counts are written into the cells.
const maxNumbers = 20

// Confusion draws a confusion matrix: the darker a cell, the larger its part of
// the row. Up to 20 classes have their counts written in. Without labels the
// classes are numbers.
//
//	errors: the matrix is nil, empty or not square, or has not a label for each row
func Confusion(o Options, m *runlog.Matrix) (*Figure, error) {
	if m == nil || len(m.Rows) == 0 || len(m.Labels) != 0 && len(m.Labels) != len(m.Rows) {
		return nil, errors.New("plot: the matrix is nil or empty, or has not a label for each row")
	}
	for _, r := range m.Rows {
		if len(r) != len(m.Rows) {
			return nil, errors.New("plot: the matrix is not square")
		}
	}
	if o.X == "" {
		o.X = "predicted"
	}
	if o.Y == "" {
		o.Y = "true"
	}
	o.LogX, o.LogY = false, false
	n := len(m.Rows)
	side := 60 + 34*float64(min(n, 16)) + longest(m.Labels)
	if o.Width == 0 {
		o.Width = max(side, 260)
	}
	if o.Height == 0 {
		o.Height = max(side, 260)
	}
	p := newPlot(o)
	p.Add(&cells{m.Rows})
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(n)-0.5, -0.5, float64(n)-0.5
	ticks := make(plot.ConstantTicks, n)
	for i := range n {
		ticks[i] = plot.Tick{Value: float64(i), Label: label(m.Labels, i)}
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = thinTicks(ticks), reversed(thinTicks(ticks), n)
	p.Y.Tick.Label.YAlign = draw.YCenter
	if wide := longest(m.Labels); wide > (o.Width-wide-60)/float64(n) { // they would run into each other
		p.X.Tick.Label.Rotation = math.Pi / 4
		p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YTop
	}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Tick.Length, a.LineStyle.Width = 0, 0
	}
	return figure(p, o, nil), nil
}

// longest is the width of the longest label in points, about.
func longest(labels []string) float64 {
	w := 0.0
	for _, l := range labels {
		w = max(w, float64(style(letters-1, ink, false).Width(shortened(l))))
	}
	return w
}

func label(labels []string, i int) string {
	if len(labels) == 0 {
		return strconv.Itoa(i)
	}
	return shortened(labels[i])
}

// shortened is a label of 20 letters at most.
func shortened(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:19]) + "…"
	}
	return s
}

// thinTicks leaves some 40 at most, at round numbers.
func thinTicks(ticks plot.ConstantTicks) plot.ConstantTicks {
	step := 1
	for _, s := range []int{2, 5, 10, 20, 50, 100} {
		if len(ticks)/step > 40 {
			step = s
		}
	}
	var out plot.ConstantTicks
	for i := 0; i < len(ticks); i += step {
		out = append(out, ticks[i])
	}
	return out
}

// reversed has the first of n classes at the top.
func reversed(ticks plot.ConstantTicks, n int) plot.ConstantTicks {
	out := make(plot.ConstantTicks, len(ticks))
	for i, t := range ticks {
		out[i] = plot.Tick{Value: float64(n-1) - t.Value, Label: t.Label}
	}
	return out
}

// cells draws the rows of a matrix.
type cells struct{ rows [][]float64 }

// Plot draws them; plot.Plotter asks for it.
func (m *cells) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	n := len(m.rows)
	gap := vg.Length(0.75)
	if n > maxNumbers {
		gap = 0
	}
	size := min(letters, (x(1)-x(0))/3.2)
	for i, row := range m.rows {
		sum := 0.0
		for _, v := range row {
			if finite(v) {
				sum += math.Abs(v)
			}
		}
		for j, v := range row {
			part := 0.0
			if sum > 0 && finite(v) {
				part = math.Abs(v) / sum
			}
			at, up := float64(j), float64(n-1-i)
			r := vg.Rectangle{Min: vg.Point{X: x(at-0.5) + gap, Y: y(up-0.5) + gap}, Max: vg.Point{X: x(at+0.5) - gap, Y: y(up+0.5) - gap}}
			c.SetColor(shade(part))
			c.Fill(r.Path())
			if n > maxNumbers || v == 0 {
				continue
			}
			s := style(size, ink, false)
			if part > 0.5 {
				s.Color = color.White
			}
			s.XAlign, s.YAlign = draw.XCenter, draw.YCenter
			c.FillText(s, vg.Point{X: x(at), Y: y(up)}, short(math.Round(v*1000)/1000))
		}
	}
}

// shade goes from almost white to the first colour, darkened.
func shade(part float64) color.NRGBA {
	low, high := color.NRGBA{0xf2, 0xf6, 0xfa, 0xff}, color.NRGBA{0x08, 0x45, 0x7e, 0xff}
	f := math.Sqrt(part) // small parts are the ones to see
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*f + 0.5) }
	return color.NRGBA{mix(low.R, high.R), mix(low.G, high.G), mix(low.B, high.B), 0xff}
}

// Histogram draws a histogram, as how many lie in each bin.
//
//	errors: it is nil, or has not one edge more than counts
func Histogram(o Options, h *runlog.Histogram) (*Figure, error) {
	if h == nil || len(h.Counts) == 0 || len(h.Edges) != len(h.Counts)+1 {
		return nil, errors.New("plot: the histogram is nil, or has not one edge more than counts")
	}
	if o.Y == "" {
		o.Y = "count"
	}
	o.LogX, o.LogY = false, false
	b := &bars{}
	for i, n := range h.Counts {
		low, high := h.Edges[i], h.Edges[i+1]
		if !finite(low) || !finite(high) || !finite(n) || n < 0 || low > high {
			return nil, errors.New("plot: an edge or count of the histogram is not finite, or they do not rise")
		}
		b.edges, b.counts = append(b.edges, [2]float64{low, high}), append(b.counts, n)
	}
	p := newPlot(o)
	p.Add(grid(), b)
	p.X.Min, p.X.Max = h.Edges[0], h.Edges[len(h.Edges)-1]
	p.Y.Min = 0
	for _, n := range b.counts {
		p.Y.Max = max(p.Y.Max, n)
	}
	if p.Y.Max == 0 {
		p.Y.Max = 1
	}
	if p.X.Min == p.X.Max {
		d := max(math.Abs(p.X.Min)/10, 0.5)
		p.X.Min, p.X.Max = p.X.Min-d, p.X.Max+d
		b.edges[0] = [2]float64{h.Edges[0] - d/4, h.Edges[0] + d/4}
	}
	p.Y.Max *= 1.05
	return figure(p, o, nil), nil
}

// bars draws the bins of a histogram.
type bars struct {
	edges  [][2]float64
	counts []float64
}

// Plot draws them; plot.Plotter asks for it.
func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, e := range b.edges {
		r := vg.Rectangle{Min: vg.Point{X: x(e[0]), Y: y(0)}, Max: vg.Point{X: x(e[1]), Y: y(b.counts[i])}}
		if gap := (r.Max.X - r.Min.X) / 12; gap > 0.15 {
			r.Min.X, r.Max.X = r.Min.X+min(gap, 1), r.Max.X-min(gap, 1)
		}
		c.SetColor(colour(0))
		c.Fill(r.Path())
	}
}

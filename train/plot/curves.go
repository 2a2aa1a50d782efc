package plot

import (
	"errors"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/runlog"
)

// Options say how a figure looks. The zero is fine.
type Options struct {
	Title         string
	X, Y          string  // what the axes show
	LogX, LogY    bool    // logarithmic; points that are not above 0 are left out
	Smooth        float64 // of curves: how much of the last value is in the next, 0 to below 1
	Width, Height float64 // in points; 0 is 480 and 300
}

// A Curve is points from left to right. Those with a NaN or an infinity make gaps.
type Curve struct {
	Name string
	X, Y []float64
}

// Scalars returns the curve of a tag over the steps of a run.
func Scalars(name string, events []runlog.Event, tag string) Curve {
	c := Curve{Name: name}
	for _, e := range events {
		if e.Kind == runlog.KindScalar && e.Tag == tag {
			c.X, c.Y = append(c.X, float64(e.Step)), append(c.Y, e.Value)
		}
	}
	return c
}

// History returns the curve of a tag, such as val/loss, over epochs.
func History(name string, epochs []train.Epoch, tag string) Curve {
	c := Curve{Name: name}
	for _, e := range epochs {
		if v, ok := e.Value(tag); ok {
			c.X, c.Y = append(c.X, float64(e.Epoch)), append(c.Y, v)
		}
	}
	return c
}

// Curves draws curves in one figure, each in a colour of its own. With Smooth, the
// values as they are lie pale behind their average. Names make a legend.
//
//	errors: a curve has not as many X as Y, no curve has a point, or Smooth is
//	not from 0 to below 1
func Curves(o Options, curves ...Curve) (*Figure, error) {
	if !(o.Smooth >= 0 && o.Smooth < 1) {
		return nil, fmt.Errorf("plot: Smooth is %v; want 0 to below 1", o.Smooth)
	}
	p := newPlot(o)
	p.Add(grid())
	var legend []entry
	n := 0
	for i, c := range curves {
		if len(c.X) != len(c.Y) {
			return nil, fmt.Errorf("plot: the curve %q has %d X and %d Y", c.Name, len(c.X), len(c.Y))
		}
		if c.Name != "" {
			legend = append(legend, entry{c.Name, colour(i)})
		}
		lines := [][]float64{c.Y}
		if o.Smooth > 0 {
			lines = append(lines, smooth(c.Y, o.Smooth))
		}
		for j, y := range lines {
			col, w := colour(i), vg.Length(1.75)
			if j < len(lines)-1 {
				col, w = faded(col, 0x40), 1
			}
			n += addLine(p, o, c.X, y, col, w)
		}
	}
	if n == 0 {
		return nil, errors.New("plot: no curve has a point that can be shown")
	}
	widen(p, o)
	return figure(p, o, legend), nil
}

// smooth is an exponential average without the bias to 0 at its start; values that
// are not finite stay, and do not count.
//
//	source: TensorBoard's smoothing of scalars
func smooth(y []float64, keep float64) []float64 {
	out := make([]float64, len(y))
	mean, weight := 0.0, 0.0
	for i, v := range y {
		if out[i] = v; !finite(v) {
			continue
		}
		mean = keep*mean + (1-keep)*v
		weight = keep*weight + (1 - keep)
		out[i] = mean / weight
	}
	return out
}

func finite(v float64) bool { return !math.IsNaN(v) && math.Abs(v) < 1e300 }

// addLine draws the parts of a line between gaps, and returns how many points it has.
func addLine(p *plot.Plot, o Options, x, y []float64, c color.Color, w vg.Length) int {
	n := 0
	var part plotter.XYs
	flush := func() {
		switch s := thin(part); {
		case len(s) == 1:
			p.Add(&plotter.Scatter{XYs: s, GlyphStyle: draw.GlyphStyle{Color: c, Radius: w, Shape: draw.CircleGlyph{}}})
		case len(s) > 1:
			p.Add(&plotter.Line{XYs: s, LineStyle: draw.LineStyle{Color: c, Width: w}})
		}
		n += len(part)
		part = nil
	}
	for i := range x {
		if !finite(x[i]) || !finite(y[i]) || o.LogX && x[i] <= 0 || o.LogY && y[i] <= 0 {
			flush()
			continue
		}
		part = append(part, plotter.XY{X: x[i], Y: y[i]})
	}
	flush()
	return n
}

// thin leaves the lowest and the highest of neighbours where there are more points
// than can be seen.
func thin(s plotter.XYs) plotter.XYs {
	const most = 2000
	if len(s) <= most {
		return s
	}
	out := plotter.XYs{s[0]}
	size := (len(s) + most/2 - 1) / (most / 2)
	for i := 0; i < len(s); i += size {
		block := s[i:min(i+size, len(s))]
		low, high := 0, 0
		for j, v := range block {
			if v.Y < block[low].Y {
				low = j
			}
			if v.Y > block[high].Y {
				high = j
			}
		}
		out = append(out, block[min(low, high)], block[max(low, high)])
	}
	return append(out, s[len(s)-1])
}

// widen gives the axes some air, and a width where all values are the same.
func widen(p *plot.Plot, o Options) {
	for _, a := range []struct {
		axis *plot.Axis
		log  bool
		air  float64
	}{{&p.X, o.LogX, 0.02}, {&p.Y, o.LogY, 0.05}} {
		low, high := a.axis.Min, a.axis.Max
		switch {
		case a.log && low == high:
			low, high = low/2, high*2
		case a.log:
			f := math.Pow(high/low, a.air)
			low, high = low/f, high*f
		case low == high:
			d := math.Max(math.Abs(low)/10, 1e-9)
			low, high = low-d, high+d
		default:
			d := (high - low) * a.air
			low, high = low-d, high+d
		}
		a.axis.Min, a.axis.Max = low, high
	}
}

// LRCurve draws what train.FindLR saw, with its suggestion.
func LRCurve(o Options, c *train.LRCurve) (*Figure, error) {
	if o.X == "" {
		o.X = "learning rate"
	}
	if o.Y == "" {
		o.Y = "loss"
	}
	o.LogX, o.Smooth = true, 0
	if c == nil || len(c.LR) != len(c.Loss) {
		return nil, errors.New("plot: the curve is nil, or has not as many rates as losses")
	}
	p := newPlot(o)
	p.Add(grid())
	if addLine(p, o, c.LR, c.Loss, colour(0), 1.75) == 0 {
		return nil, errors.New("plot: the curve has no point that can be shown")
	}
	if p.Y.Max > 1.5*c.Loss[0]-0.5*p.Y.Min { // what explodes in the end would hide the rest
		p.Y.Max = max(1.5*c.Loss[0]-0.5*p.Y.Min, p.Y.Min)
	}
	widen(p, o)
	var legend []entry
	if c.Suggestion > 0 {
		at := plotter.XYs{{X: c.Suggestion, Y: p.Y.Min}, {X: c.Suggestion, Y: p.Y.Max}}
		p.Add(&plotter.Line{XYs: at, LineStyle: draw.LineStyle{Color: colour(1), Width: 1.25, Dashes: []vg.Length{4, 3}}})
		legend = []entry{{"loss", colour(0)}, {fmt.Sprintf("suggestion: %.2g", c.Suggestion), colour(1)}}
	}
	return figure(p, o, legend), nil
}

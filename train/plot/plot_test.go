package plot_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facula-ml/facula/data/images"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/plot"
	"github.com/facula-ml/facula/train/runlog"
)

var pictures = flag.String("pictures", "", "a folder to save the pictures of TestFigures in, to look at")

// noisy is a falling curve of n points.
func noisy(name string, n int, start, end float64, seed uint64) plot.Curve {
	g := tensor.NewGenerator(seed)
	noise := tensor.Slice[float32](tensor.Make{Gen: g}.Randn(n))
	c := plot.Curve{Name: name}
	for i := range n {
		v := end + (start-end)*math.Exp(-6*float64(i)/float64(n))
		c.X, c.Y = append(c.X, float64(i*10)), append(c.Y, v*(1+0.08*float64(noise[i])))
	}
	return c
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// confusion is of n classes.
func confusion(n int, labels ...string) *runlog.Matrix {
	m := &runlog.Matrix{Labels: labels, Rows: make([][]float64, n)}
	for i := range n {
		m.Rows[i] = make([]float64, n)
		for j := range n {
			m.Rows[i][j] = float64((i*7 + j*3) % 11)
		}
		m.Rows[i][i] = 900 + float64(i*13%90)
	}
	return m
}

func figures() map[string]*plot.Figure {
	weights := train.Histogram(tensor.Make{Gen: tensor.NewGenerator(1)}.Randn(5000), 50)
	digits := tensor.Make{Gen: tensor.NewGenerator(2)}.Rand(12, 1, 8, 8)
	var samples []image.Image
	var captions []string
	for i := range 12 {
		samples = append(samples, must(images.ToImage(digits.Select(0, i))))
		captions = append(captions, fmt.Sprintf("a %d, 9%d %%", i%10, i%10))
	}
	lr := &train.LRCurve{Suggestion: 0.01}
	for i := range 80 {
		x := math.Pow(10, -6+6*float64(i)/79)
		lr.LR, lr.Loss = append(lr.LR, x), append(lr.Loss, 2.3-1.7/(1+math.Pow(0.01/x, 1.5))+math.Pow(x/0.4, 4))
	}
	return map[string]*plot.Figure{
		"curves": must(plot.Curves(plot.Options{Title: "Loss of three runs", X: "step", Y: "loss", Smooth: 0.9},
			noisy("first, lr 0.1", 500, 2.3, 0.2, 1), noisy("second, lr 0.01", 500, 2.3, 0.5, 2), noisy("third, lr 0.001", 500, 2.4, 1.1, 3))),
		"accuracy": must(plot.Curves(plot.Options{Title: "Accuracy", X: "epoch"},
			plot.Curve{Name: "train", X: []float64{1, 2, 3, 4, 5}, Y: []float64{0.91, 0.951, 0.967, 0.975, 0.981}},
			plot.Curve{Name: "validation", X: []float64{1, 2, 3, 4, 5}, Y: []float64{0.93, 0.955, math.NaN(), 0.971, 0.972}})),
		"log":           must(plot.Curves(plot.Options{X: "step", Y: "loss", LogX: true, LogY: true}, noisy("", 5000, 40, 0.003, 4))),
		"confusion10":   must(plot.Confusion(plot.Options{Title: "MNIST, validation"}, confusion(10))),
		"confusion3":    must(plot.Confusion(plot.Options{Title: "Iris"}, confusion(3, "setosa", "versicolor", "virginica"))),
		"confusionlong": must(plot.Confusion(plot.Options{Title: "Long names"}, confusion(6, "aeroplane", "automobile", "bird", "a cat in the house of a dog", "deer", "golden retriever"))),
		"confusion100":  must(plot.Confusion(plot.Options{Title: "A hundred classes"}, confusion(100))),
		"histogram":     must(plot.Histogram(plot.Options{Title: "weights/fc1", X: "weight"}, weights)),
		"lr":            must(plot.LRCurve(plot.Options{Title: "Learning-rate range test"}, lr)),
		"images":        must(plot.Images(plot.Options{Title: "Samples"}, 6, samples, captions...)),
	}
}

// Each figure is a PNG of twice its size in points, and an SVG with its texts.
func TestFigures(t *testing.T) {
	texts := map[string][]string{
		"curves":      {"0", "Loss of three runs", "first, lr 0.1", "third, lr 0.001", "step", "loss", "2.5", "5000", "1000"},
		"accuracy":    {"Accuracy", "train", "validation", "epoch"},
		"log":         {"step", "10", "100", "1000", "10k", "0.1"},
		"confusion10": {"MNIST, validation", "predicted", "true", "900"},
		"confusion3":  {"setosa", "versicolor", "virginica"},
		"histogram":   {"weights/fc1", "count", "weight"},
		"lr":          {"learning rate", "suggestion: 0.01"},
		"images":      {"Samples", "a 3, 93 %"},
	}
	for name, f := range figures() {
		if *pictures != "" {
			for _, ext := range []string{".png", ".svg"} {
				if err := f.Save(filepath.Join(*pictures, name+ext)); err != nil {
					t.Fatal(err)
				}
			}
		}
		var b bytes.Buffer
		if err := f.WritePNG(&b); err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(&b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if s := m.Bounds().Size(); s.X < 400 || s.Y < 300 {
			t.Errorf("%s: %v pixels", name, s)
		}
		if distance(m.At(0, 0), color.White) != 0 {
			t.Errorf("%s: the corner is %v", name, m.At(0, 0))
		}
		b.Reset()
		if err := f.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		found := svgTexts(t, b.String())
		for _, want := range texts[name] {
			if !found[want] {
				t.Errorf("%s: the SVG has no text %q; it has %v", name, want, found)
			}
		}
	}
}

// svgTexts reads an SVG.
func svgTexts(t *testing.T, svg string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := tok.(xml.CharData); ok {
			found[strings.TrimSpace(string(s))] = true
		}
	}
}

func distance(a, b color.Color) int {
	r, g, bl, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	d := func(x, y uint32) int { return max(int(x>>8)-int(y>>8), int(y>>8)-int(x>>8)) }
	return d(r, r2) + d(g, g2) + d(bl, b2)
}

// count says how many pixels have nearly a colour.
func count(m image.Image, c color.Color) (n int) {
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if distance(m.At(x, y), c) < 12 {
				n++
			}
		}
	}
	return n
}

var blue, vermilion = color.NRGBA{0x00, 0x72, 0xb2, 0xff}, color.NRGBA{0xd5, 0x5e, 0x00, 0xff}

// What is drawn depends on the data: a second curve brings its colour, a gap takes
// away from the first.
func TestInk(t *testing.T) {
	y := []float64{1, 2, 1, 2, 1, 2, 1, 2}
	gap := []float64{1, 2, 1, math.NaN(), math.Inf(1), math.NaN(), 1, 2}
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	one := must(plot.Curves(plot.Options{}, plot.Curve{X: x, Y: y})).Image()
	holes := must(plot.Curves(plot.Options{}, plot.Curve{X: x, Y: gap})).Image()
	two := must(plot.Curves(plot.Options{}, plot.Curve{X: x, Y: y}, plot.Curve{X: x, Y: []float64{2, 1, 2, 1, 2, 1, 2, 1}})).Image()
	if count(one, vermilion) != 0 || count(two, vermilion) < 1000 || count(one, blue) < 1000 {
		t.Errorf("one curve has %d and %d pixels, two have %d", count(one, blue), count(one, vermilion), count(two, vermilion))
	}
	if a, b := count(holes, blue), count(one, blue); a < b/4 || a > b*3/4 {
		t.Errorf("with a gap of five parts in seven there are %d pixels of %d", a, b)
	}
	full := must(plot.Confusion(plot.Options{}, &runlog.Matrix{Rows: [][]float64{{5, 0}, {0, 5}}})).Image()
	if n := count(full, color.NRGBA{0x08, 0x45, 0x7e, 0xff}); n < 10000 {
		t.Errorf("the diagonal has %d dark pixels", n)
	}
}

func TestErrors(t *testing.T) {
	dot := image.NewGray(image.Rect(0, 0, 1, 1))
	for name, f := range map[string]func() (*plot.Figure, error){
		"no curve": func() (*plot.Figure, error) { return plot.Curves(plot.Options{}) },
		"no point": func() (*plot.Figure, error) {
			return plot.Curves(plot.Options{LogY: true}, plot.Curve{X: []float64{1}, Y: []float64{-1}})
		},
		"lengths": func() (*plot.Figure, error) { return plot.Curves(plot.Options{}, plot.Curve{X: []float64{1}}) },
		"smooth": func() (*plot.Figure, error) {
			return plot.Curves(plot.Options{Smooth: 1}, plot.Curve{X: []float64{1}, Y: []float64{1}})
		},
		"no matrix": func() (*plot.Figure, error) { return plot.Confusion(plot.Options{}, nil) },
		"labels":    func() (*plot.Figure, error) { return plot.Confusion(plot.Options{}, confusion(2, "a")) },
		"not square": func() (*plot.Figure, error) {
			return plot.Confusion(plot.Options{}, &runlog.Matrix{Rows: [][]float64{{1, 2}}})
		},
		"no histogram": func() (*plot.Figure, error) { return plot.Histogram(plot.Options{}, nil) },
		"edges": func() (*plot.Figure, error) {
			return plot.Histogram(plot.Options{}, &runlog.Histogram{Edges: []float64{1, 2}, Counts: []float64{1, 2}})
		},
		"NaN edge": func() (*plot.Figure, error) {
			return plot.Histogram(plot.Options{}, &runlog.Histogram{Edges: []float64{1, math.NaN()}, Counts: []float64{1}})
		},
		"no range": func() (*plot.Figure, error) { return plot.LRCurve(plot.Options{}, nil) },
		"range of NaN": func() (*plot.Figure, error) {
			return plot.LRCurve(plot.Options{}, &train.LRCurve{LR: []float64{1}, Loss: []float64{math.NaN()}})
		},
		"no picture":  func() (*plot.Figure, error) { return plot.Images(plot.Options{}, 1, nil) },
		"nil picture": func() (*plot.Figure, error) { return plot.Images(plot.Options{}, 1, []image.Image{nil}) },
		"captions":    func() (*plot.Figure, error) { return plot.Images(plot.Options{}, 1, []image.Image{dot}, "a", "b") },
	} {
		if _, err := f(); err == nil || !strings.HasPrefix(err.Error(), "plot: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := must(plot.Images(plot.Options{}, 1, []image.Image{dot}))
	if err := f.Save(filepath.Join(t.TempDir(), "x.gif")); err == nil || !strings.Contains(err.Error(), "want .png or .svg") {
		t.Error(err)
	}
	if err := f.Save(filepath.Join(t.TempDir(), "none", "x.png")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := f.WriteSVG(full{}); err == nil || f.WritePNG(full{}) == nil {
		t.Error("a full disk is no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

// Data that is odd but finite, or not, draws something or is refused; nothing panics.
func TestOddData(t *testing.T) {
	huge := math.MaxFloat64
	for _, v := range [][]float64{{0}, {5, 5, 5}, {huge, -huge}, {1e-320, 1e-310}, {math.Inf(1), 1}, {-1, 0, 1}, {1e299, -1e299}} {
		x := make([]float64, len(v))
		for i := range x {
			x[i] = float64(i)
		}
		for _, o := range []plot.Options{{}, {LogY: true}, {LogX: true}, {Smooth: 0.5}, {Width: 30, Height: 20, Title: "small"}} {
			if o.Width == 0 {
				o.Width, o.Height = 120, 90 // which is fast
			}
			if f, err := plot.Curves(o, plot.Curve{Name: "x", X: x, Y: v}); err == nil {
				f.Image()
			}
			if f, err := plot.Curves(o, plot.Curve{Name: "x", X: v, Y: x}); err == nil {
				f.Image()
			}
		}
	}
	for _, m := range [][][]float64{{{0}}, {{-1, math.NaN()}, {math.Inf(1), huge}}} {
		must(plot.Confusion(plot.Options{}, &runlog.Matrix{Rows: m})).Image()
	}
	must(plot.Histogram(plot.Options{}, train.Histogram(tensor.Of([]float64{3, 3}), 4))).Image()
	must(plot.Histogram(plot.Options{}, train.Histogram(tensor.Zeros(0), 4))).Image()
}

func TestSources(t *testing.T) {
	events := []runlog.Event{runlog.Scalar(1, 1, "a", 5), runlog.Scalar(2, 1, "b", 6), runlog.Scalar(3, 1, "a", 7)}
	if c := plot.Scalars("run", events, "a"); fmt.Sprint(c) != "{run [1 3] [5 7]}" {
		t.Errorf("%v", c)
	}
	epochs := []train.Epoch{{Epoch: 1, Train: train.Result{Loss: 2}}, {Epoch: 2, Train: train.Result{Loss: 1}, Val: &train.Result{Loss: 3}}}
	if c := plot.History("run", epochs, "val/loss"); fmt.Sprint(c) != "{run [2] [3]}" {
		t.Errorf("%v", c)
	}
}

package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/facula-ml/facula/train/runlog"
)

// demo writes two runs with an event of every kind, as a training would.
func demo(dir string) error {
	for i, name := range []string{"lenet-adam", "lenet-sgd"} {
		info := runlog.Info{Name: name, Created: time.Now().Add(-time.Hour).Add(time.Duration(i) * time.Minute), Argv: []string{"facula", "train", name + ".toml"},
			HParams: map[string]any{"optimizer.lr": 0.003 * float64(1+9*i), "optimizer.kind": []string{"adam", "sgd"}[i], "data.batch": 64}, Version: "demo", Device: "cpu", Threads: 2}
		w, err := runlog.Create(filepath.Join(dir, name), info)
		if err != nil {
			return err
		}
		for _, e := range events(i) {
			if err := w.Write(e); err != nil {
				return err
			}
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return nil
}

// events are those of a run of three epochs of 200 steps.
func events(i int) []runlog.Event {
	const perEpoch, epochs = 200, 3
	r := rand.New(rand.NewPCG(1, uint64(i)))
	start := float64(time.Now().Add(-time.Hour).Unix())
	var all []runlog.Event
	add := func(e runlog.Event) {
		e.Time = start + float64(e.Step)*0.25
		all = append(all, e)
	}
	for step := 1; step <= perEpoch*epochs; step++ {
		epoch := 1 + (step-1)/perEpoch
		x := float64(step) / perEpoch
		add(runlog.Scalar(step, epoch, "train/loss", 2.3*math.Exp(-x*(2.5-float64(i)))+0.05+0.04*r.NormFloat64()*math.Exp(-x/2)))
		if step%10 == 0 {
			add(runlog.Scalar(step, epoch, "lr", 0.003*math.Sin(math.Pi*x/epochs)))
			add(runlog.Scalar(step, epoch, "samples_per_second", 5200-600*float64(i)+80*r.NormFloat64()))
			add(runlog.Scalar(step, epoch, "memory_bytes", 61e6+2e6*r.Float64()))
		}
		if step%(perEpoch/2) == 0 {
			add(histogram(r, step, epoch))
		}
		if step%perEpoch == 0 {
			add(runlog.Scalar(step, epoch, "val/loss", 0.3*math.Exp(-x)+0.03))
			add(runlog.Scalar(step, epoch, "val/accuracy", 1-0.08*math.Exp(-x*(1.2-0.3*float64(i)))))
			add(confusion(r, step, epoch))
			add(runlog.Event{Step: step, Epoch: epoch, Kind: runlog.KindImage, Tag: "samples", Image: &runlog.Image{Picture: rings(epoch), Caption: "rings"}})
		}
	}
	add(runlog.Event{Step: 1, Epoch: 1, Kind: runlog.KindText, Tag: "note", Text: "a <b>demo</b> that is no page"})
	return all
}

func histogram(r *rand.Rand, step, epoch int) runlog.Event {
	h := &runlog.Histogram{Min: -1, Max: 1, Std: 0.1 + float64(step)/3000}
	h.Counts = make([]float64, 40)
	for i := range 41 {
		h.Edges = append(h.Edges, -1+float64(i)/20)
	}
	for range 4000 {
		if v := h.Std * r.NormFloat64(); math.Abs(v) < 1 {
			h.Counts[int((v+1)*20)]++
		}
	}
	return runlog.Event{Step: step, Epoch: epoch, Kind: runlog.KindHistogram, Tag: "weights/fc1.weight", Histogram: h}
}

func confusion(r *rand.Rand, step, epoch int) runlog.Event {
	m := &runlog.Matrix{}
	for i := range 10 {
		m.Labels = append(m.Labels, fmt.Sprint(i))
		row := make([]float64, 10)
		for j := range row {
			row[j] = float64(r.IntN(60/step*4 + 4))
		}
		row[i] = 960
		m.Rows = append(m.Rows, row)
	}
	return runlog.Event{Step: step, Epoch: epoch, Kind: runlog.KindMatrix, Tag: "confusion", Matrix: m}
}

func rings(n int) image.Image {
	p := image.NewGray(image.Rect(0, 0, 112, 112))
	for y := range 112 {
		for x := range 112 {
			d := math.Hypot(float64(x-56), float64(y-56))
			p.SetGray(x, y, color.Gray{uint8(127 + 127*math.Cos(d/float64(2+n)))})
		}
	}
	return p
}

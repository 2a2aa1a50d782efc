package train

import (
	"fmt"

	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train/runlog"
)

// A Logger takes what happens in a training: a [*runlog.Writer], a
// [*runlog.CSV], a writer of package tensorboard. Who made it closes it.
type Logger interface {
	Write(runlog.Event) error
}

// logging is the callback that tells the loggers what every training has.
type logging struct {
	none
	every int

	epoch int // of the last value of train/loss, and samples and sum of losses then
	n     int
	sum   float64
}

// OnStep logs the mean loss since the last time, the learning rates, samples a
// second and memory.
func (l *logging) OnStep(r *Run) error {
	if r.Step%l.every != 0 {
		return nil
	}
	m := r.f.meter
	if err := l.loss(r, m.n, m.total()); err != nil {
		return err
	}
	var values []runlog.Event
	for i, g := range r.Optimizer.Groups() {
		tag := "lr"
		if i > 0 {
			tag = fmt.Sprintf("lr/%d", i)
		}
		values = append(values, runlog.Event{Tag: tag, Value: g.LR})
	}
	return scalars(r, append(values,
		runlog.Event{Tag: "samples_per_second", Value: m.rate()},
		runlog.Event{Tag: "memory_bytes", Value: float64(tensor.MemoryStats().InUse)}))
}

// loss logs the mean over the samples since the last time, of n in the epoch
// with that sum.
func (l *logging) loss(r *Run, n int, sum float64) error {
	if l.epoch != r.Epoch {
		l.epoch, l.n, l.sum = r.Epoch, 0, 0
		if from := r.f.From; r.Epoch == from.Epoch+1 {
			l.n, l.sum = from.Samples, from.LossSum
		}
	}
	if n == l.n {
		return nil
	}
	mean := (sum - l.sum) / float64(n-l.n)
	l.n, l.sum = n, sum
	return scalars(r, []runlog.Event{{Tag: "train/loss", Value: mean}})
}

func scalars(r *Run, values []runlog.Event) error {
	for _, e := range values {
		e.Kind = runlog.KindScalar
		if err := r.Log(e); err != nil {
			return err
		}
	}
	return nil
}

// OnEpoch logs the loss of the last steps, the metrics, and those that are
// matrices, of Val where there is one.
func (l *logging) OnEpoch(r *Run) error {
	e := r.History[len(r.History)-1]
	if err := l.loss(r, e.Train.Samples, e.Train.Loss*float64(e.Train.Samples)); err != nil {
		return err
	}
	var values []runlog.Event
	for _, tag := range e.tags() {
		if v, _ := e.Value(tag); tag != "train/loss" {
			values = append(values, runlog.Event{Tag: tag, Value: v})
		}
	}
	if err := scalars(r, values); err != nil {
		return err
	}
	part := "train/"
	if e.Val != nil {
		part = "val/"
	}
	for _, m := range r.f.Metrics {
		x, ok := m.(interface{ Matrix() *runlog.Matrix })
		if !ok {
			continue
		}
		if err := r.Log(runlog.Event{Kind: runlog.KindMatrix, Tag: part + m.Name(), Matrix: x.Matrix()}); err != nil {
			return err
		}
	}
	return nil
}

package train

import (
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// group is the batches of a step so far. Their gradients are summed, each with
// the weight of its samples; the first has weight 1.
type group struct {
	batches, first int
	weight         float64
}

// train takes a batch into the step, and makes the step with the last of them.
func (f *fitter) train(b data.Batch) error {
	if f.group.batches == 0 {
		f.Optimizer.ZeroGrad()
	}
	var guard *guard
	if f.NaNGuard {
		guard = newGuard(f, b)
	}
	out := f.Model.Forward(b.X)
	loss := f.Loss.Forward(out, b.Y)
	f.backward(loss, b.Len())
	if guard != nil {
		if err := guard.check(loss); err != nil {
			return err
		}
	}
	f.meter.add(out, loss, b)
	f.done++
	if len(f.all) > 0 {
		f.run.Loss = loss.NoGrad().Keep()
	}
	if f.group.batches < f.Accumulate && f.meter.n != f.meter.want {
		return nil
	}
	return f.step()
}

// backward adds a batch's gradient to that of the step.
func (f *fitter) backward(loss *tensor.Tensor, samples int) {
	g := &f.group
	w := 1.0
	if g.batches == 0 {
		g.first = max(samples, 1)
	} else {
		w = float64(samples) / float64(g.first)
	}
	g.batches++
	g.weight += w
	if w != 1 {
		loss = loss.MulScalar(w)
	}
	if f.Scaler != nil {
		loss = f.Scaler.Scale(loss)
	}
	loss.Backward()
}

// step makes the step of a group, and what follows it.
func (f *fitter) step() error {
	if f.Scaler != nil {
		f.Scaler.Unscale(f.Optimizer)
	}
	if w := f.group.weight; w != 1 {
		f.scaleGrads(1 / w)
	}
	f.group = group{}
	if f.ClipValue > 0 {
		optim.ClipGradValue(nn.Params(f.Model), f.ClipValue)
	}
	if f.ClipNorm > 0 {
		optim.ClipGradNorm(nn.Params(f.Model), f.ClipNorm, 2)
	}
	if f.Scaler != nil {
		f.Scaler.Step(f.Optimizer)
		f.Scaler.Update()
	} else {
		f.Optimizer.Step()
	}
	if f.Average != nil {
		f.Average.Update()
	}
	f.run.Step++
	if f.StepSchedule != nil {
		f.StepSchedule.Step()
	}
	f.between = true
	for _, cb := range f.all {
		if err := cb.OnStep(&f.run); err != nil {
			return err
		}
	}
	return nil
}

// flush makes the step of the batches that are left at the end of a pass, where
// the number of samples was not known before.
func (f *fitter) flush() error {
	if f.group.batches == 0 {
		return nil
	}
	var stop error
	err := tensor.Try(func() {
		defer f.scope.Close()
		stop = f.step()
	})
	f.between = false
	if err == nil {
		err = stop
	}
	return err
}

func (f *fitter) scaleGrads(by float64) {
	for _, g := range f.Optimizer.Groups() {
		for _, p := range g.Params {
			if d := p.Grad(); d != nil {
				d.NoGrad().MulScalarInPlace(by)
			}
		}
	}
}

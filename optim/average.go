package optim

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/tensor"
)

// An Average keeps averages of parameters, which often do better on new data
// than the parameters themselves:
//
//	ema := optim.NewEMA(nn.Params(model), 0.999)
//	for batch := range batches {
//		…
//		opt.Step()
//		ema.Update()
//	}
//	ema.Swap() // evaluate with the averages
//	…
//	ema.Swap() // and train on
//
// Buffers are left as they are: the running statistics of batch normalisation
// are of the parameters, so give them a pass over the data after the first Swap.
//
// source: torch.optim.swa_utils.AveragedModel
type Average struct {
	params   []*tensor.Tensor
	averages []*tensor.Tensor // nil before the first Update
	decay    float64          // of an EMA; negative for an SWA
	updates  int
	swapped  bool
}

// NewSWA returns equal averages over all updates: stochastic weight averaging.
// Update once an epoch, under a constant or cyclic rate.
//
//	panics: with an error if params is empty or holds nil or one twice
//	source: Izmailov et al. 2018, arXiv:1803.05407
func NewSWA(params Params) *Average { return newAverage(params, -1) }

// NewEMA returns averages that forget: a = decay·a + (1 - decay)·p with each
// update, of which the first one copies.
//
//	panics: with an error if params is empty or holds nil or one twice, or
//	unless 0 <= decay <= 1
//	source: torch.optim.swa_utils.get_ema_avg_fn; Polyak & Juditsky 1992
func NewEMA(params Params, decay float64) *Average {
	if !(decay >= 0 && decay <= 1) {
		panic(fmt.Errorf("optim: EMA: the decay is %v; want 0 to 1", decay))
	}
	return newAverage(params, decay)
}

func newAverage(params Params, decay float64) *Average {
	g, c := &Group{}, core{state: map[*tensor.Tensor]*slots{}}
	if err := c.fill(g, params); err != nil {
		panic(fmt.Errorf("optim: average: %w", err))
	}
	return &Average{params: g.Params, averages: make([]*tensor.Tensor, len(g.Params)), decay: decay}
}

// Update takes the parameters as they are into the averages.
//
//	panics: with an error between two Swaps, where the parameters are the averages
func (a *Average) Update() {
	if a.swapped {
		panic(errors.New("optim: average: the parameters are the averages now; Swap them back before Update"))
	}
	weight := 1 - a.decay
	if a.decay < 0 {
		weight = 1 / float64(a.updates+1)
	}
	for i, p := range a.params {
		if a.updates == 0 {
			a.averages[i] = p.Detach().Clone()
			continue
		}
		avg := a.averages[i].Cast(p.DType()).To(p.Device())
		tensor.Update(&step{"average", device.Rows{
			F32: func(t [][]float32) { averageRow(t, float32(weight)) },
			F64: func(t [][]float64) { averageRow(t, weight) },
		}, func(t []*tensor.Tensor) { t[0].AddInPlace(t[1].Sub(t[0]).MulScalar(weight)) }}, 1, avg, p.NoGrad())
		a.averages[i] = avg
	}
	a.updates++
}

func averageRow[T float](t [][]T, weight T) {
	avg, p := t[0], t[1]
	for i := range avg {
		avg[i] += weight * (p[i] - avg[i])
	}
}

// Swap exchanges parameters and averages. Before the first Update it does
// nothing.
func (a *Average) Swap() {
	if a.updates == 0 {
		return
	}
	for i, p := range a.params {
		now := p.Detach().Clone()
		p.NoGrad().CopyFrom(a.averages[i])
		a.averages[i] = now
	}
	a.swapped = !a.swapped
}

// Updates is how often Update was called.
func (a *Average) Updates() int { return a.updates }

// An AverageState is what an Average needs to go on; tensors in the order of
// the parameters.
type AverageState struct {
	Updates  int
	Averages []*tensor.Tensor
	Swapped  bool // Averages are the parameters, between two Swaps
}

// StateDict returns a copy of the averages.
func (a *Average) StateDict() AverageState {
	s := AverageState{Updates: a.updates, Swapped: a.swapped}
	for _, t := range a.averages {
		if t != nil {
			s.Averages = append(s.Averages, t.Clone())
		}
	}
	return s
}

// LoadStateDict puts the averages where StateDict was called. It returns an
// error, and changes nothing, if they are of other parameters.
func (a *Average) LoadStateDict(s AverageState) error {
	n := len(a.params)
	if s.Updates == 0 {
		n = 0
	}
	if s.Updates < 0 || len(s.Averages) != n {
		return fmt.Errorf("optim: average: state of %d parameters after %d updates; want %d", len(s.Averages), s.Updates, len(a.params))
	}
	averages := make([]*tensor.Tensor, len(a.params))
	for i, t := range s.Averages {
		if t == nil {
			return errors.New("optim: average: the state holds nil")
		}
		if got, want := fmt.Sprint(t.Shape()), fmt.Sprint(a.params[i].Shape()); got != want {
			return fmt.Errorf("optim: average: state %d has shape %s; want %s", i, got, want)
		}
		averages[i] = t.Detach().Cast(a.params[i].DType()).To(a.params[i].Device()).Clone()
	}
	a.averages, a.updates, a.swapped = averages, s.Updates, s.Swapped && s.Updates > 0
	return nil
}

package run_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
)

// training is a small training with everything that has a state: dropout from
// the default generator and from one of its own, batch normalisation, shuffled
// and noisy data read ahead, a scaler, an average, a schedule and a plateau.
type training struct {
	state  *run.State
	model  *nn.Sequential
	loader *data.Loader[data.Batch]
	step   func(data.Batch) float64 // returns the loss
	epoch  func()                   // what follows an epoch
	losses []float64
	parts  []interface{ StateDict() optim.StateDict }
	ema    *optim.Average
	more   func() any // that the training ends with
}

const epochs, batches = 3, 7

// newTraining starts from a seed. Two of another seed differ in everything but
// the data.
func newTraining(seed uint64, newOptimizer func(optim.Params) optim.Optimizer) *training {
	t := newLoop(seed)
	opt := newOptimizer(nn.Params(t.model))
	sched := schedule.New(opt, schedule.Cosine(epochs*batches, 0))
	plateau := schedule.NewPlateau(opt, schedule.Patience(0), schedule.Factor(0.5))
	scaler := optim.NewGradScaler(optim.InitScale(1000), optim.ScaleFactors(3, 0.5), optim.GrowthInterval(4))
	t.ema = optim.NewEMA(nn.Params(t.model), 0.9)
	noise := tensor.NewGenerator(seed)
	loss := nn.NewCrossEntropyLoss()

	t.step = func(b data.Batch) float64 {
		opt.ZeroGrad()
		x := b.X.Add(tensor.Make{Gen: noise}.Randn(b.X.Shape()...).MulScalar(0.01))
		l := loss.Forward(t.model.Forward(x), b.Y)
		scaler.Scale(l).Backward()
		scaler.Step(opt)
		scaler.Update()
		t.ema.Update()
		sched.Step()
		return l.Float()
	}
	t.epoch = func() { plateau.Step(t.losses[len(t.losses)-1]) }
	t.parts = append(t.parts, opt)
	t.more = func() any { // the schedule's rates hide what the plateau does
		p := plateau.StateDict()
		return fmt.Sprint(p.Steps, *p.Best, p.Bad, p.Cooldown)
	}
	t.state.Parts = append(t.state.Parts, run.StateDict("optim", opt), run.StateDict("schedule", sched), run.StateDict("plateau", plateau),
		run.StateDict("scaler", scaler), run.StateDict("ema", t.ema), run.Position("noise", noise))
	return t
}

// newLoop is a training without an optimizer.
func newLoop(seed uint64) *training {
	tensor.ManualSeed(seed)
	t := &training{state: &run.State{}}
	t.model = nn.NewSequential(nn.NewLinear(5, 12), nn.NewBatchNorm1d(12), nn.NewDropout(0.2),
		nn.NewLinear(12, 8), nn.NewTanh(), nn.NewDropout(0.1, nn.Gen(tensor.NewGenerator(seed+1))), nn.NewLinear(8, 3))
	gen := tensor.NewGenerator(5)
	x, y := tensor.Make{Gen: gen}.Randn(40, 5), tensor.Make{Gen: gen, DType: tensor.Int64}.RandInt(0, 3, 40)
	noisy := data.MapRand(data.NewTensors(x, y), func(s data.Sample, r *rand.Rand) (data.Sample, error) {
		s.X = s.X.AddScalar(r.NormFloat64() / 10)
		return s, nil
	})
	t.loader = data.NewLoader(noisy, data.Config{BatchSize: 6, Shuffle: true, Seed: 7, Workers: 2})
	t.state.Parts = []run.Part{run.Module("model", t.model), run.Position("loader", t.loader), run.Value("losses", &t.losses)}
	return t
}

var errStop = errors.New("stop")

// run goes on to the end, or until after returns an error: it is called after
// each step and each epoch.
func (t *training) run(after func() error) error {
	for epoch := t.state.Epoch; epoch < epochs; epoch++ {
		for b, err := range t.loader.All(context.Background()) {
			if err != nil {
				return err
			}
			t.losses = append(t.losses, t.step(b))
			t.state.Step++
			if err := after(); err != nil {
				return err
			}
		}
		t.epoch()
		t.state.Epoch = epoch + 1
		t.state.Metrics = map[string]float64{"loss": t.losses[len(t.losses)-1]}
		if err := after(); err != nil {
			return err
		}
	}
	return nil
}

// print is a hash of all numbers that the training ended with.
func (t *training) print() string {
	h := sha256.New()
	for n, x := range nn.StateDict(t.model).All() {
		fmt.Fprintf(h, "%s %x\n", n, tensor.Bytes(x))
	}
	for _, p := range t.parts {
		d := p.StateDict()
		for i := range 100 {
			for _, n := range sorted(d.State[i]) {
				if x, ok := d.State[i][n].(*tensor.Tensor); ok {
					fmt.Fprintf(h, "%d %s %x\n", i, n, tensor.Bytes(x))
				} else {
					fmt.Fprintf(h, "%d %s %v\n", i, n, d.State[i][n])
				}
			}
		}
		fmt.Fprintln(h, d.Groups)
	}
	if t.ema != nil {
		for _, x := range t.ema.StateDict().Averages {
			fmt.Fprintf(h, "%x\n", tensor.Bytes(x))
		}
		fmt.Fprintln(h, t.more())
	}
	for _, l := range t.losses {
		fmt.Fprintf(h, "%b\n", l)
	}
	fmt.Fprintf(h, "%d %d %x\n", t.state.Step, t.state.Epoch, tensor.DefaultGenerator().State())
	return fmt.Sprintf("%x", h.Sum(nil))
}

// without leaves a part out of the state.
func (t *training) without(name string) {
	for i, p := range t.state.Parts {
		if p.Name() == name {
			t.state.Parts = append(t.state.Parts[:i:i], t.state.Parts[i+1:]...)
			return
		}
	}
}

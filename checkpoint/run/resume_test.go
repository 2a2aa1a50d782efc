package run_test

import (
	"errors"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func openFolder(t *testing.T, dir string, opts ...run.Option) *run.Folder {
	t.Helper()
	f, err := run.Open(dir, append([]run.Option{run.Output(io.Discard)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// resumed runs until the n-th time that something could be saved, saves, and
// goes on in a training that was made anew from another seed.
func resumed(t *testing.T, n int, fresh func(seed uint64) *training) *training {
	t.Helper()
	dir := t.TempDir()
	first := fresh(1)
	folder := openFolder(t, dir)
	err := first.run(func() error {
		if n--; n > 0 {
			return nil
		}
		if err := folder.Save(first.state); err != nil {
			return err
		}
		return errStop
	})
	if !errors.Is(err, errStop) {
		t.Fatalf("the run ends with %v", err)
	}
	again := fresh(2)
	if found, err := openFolder(t, dir).Restore(again.state); !found || err != nil {
		t.Fatalf("restored: %v, %v", found, err)
	}
	if err := again.run(func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	return again
}

func whole(t *testing.T, fresh func(seed uint64) *training) *training {
	t.Helper()
	w := fresh(1)
	if err := w.run(func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	return w
}

// matrices are the parameters that Muon takes.
func matrices(params optim.Params) optim.Params {
	return func(yield func(string, *tensor.Tensor) bool) {
		for n, p := range params {
			if p.Dim() == 2 && !yield(n, p) {
				return
			}
		}
	}
}

var optimizers = map[string]func(optim.Params) optim.Optimizer{
	"SGD":          func(p optim.Params) optim.Optimizer { return optim.NewSGD(p, 0.1) },
	"SGD momentum": func(p optim.Params) optim.Optimizer { return optim.NewSGD(p, 0.1, optim.Momentum(0.9)) },
	"Adam":         func(p optim.Params) optim.Optimizer { return optim.NewAdam(p, 0.01, optim.AMSGrad(true)) },
	"AdamW":        adamW,
	"NAdam":        func(p optim.Params) optim.Optimizer { return optim.NewNAdam(p, 0.01) },
	"RAdam":        func(p optim.Params) optim.Optimizer { return optim.NewRAdam(p, 0.01) },
	"Adamax":       func(p optim.Params) optim.Optimizer { return optim.NewAdamax(p, 0.01) },
	"Adadelta":     func(p optim.Params) optim.Optimizer { return optim.NewAdadelta(p, 1) },
	"Adagrad":      func(p optim.Params) optim.Optimizer { return optim.NewAdagrad(p, 0.01) },
	"Adafactor":    func(p optim.Params) optim.Optimizer { return optim.NewAdafactor(p, 0.01) },
	"ASGD":         func(p optim.Params) optim.Optimizer { return optim.NewASGD(p, 0.01) },
	"Lion":         func(p optim.Params) optim.Optimizer { return optim.NewLion(p, 0.001) },
	"Muon":         func(p optim.Params) optim.Optimizer { return optim.NewMuon(matrices(p), 0.01) },
	"RMSprop":      func(p optim.Params) optim.Optimizer { return optim.NewRMSprop(p, 0.01, optim.Momentum(0.5)) },
	"Rprop":        func(p optim.Params) optim.Optimizer { return optim.NewRprop(p, 0.01) },
}

func adamW(p optim.Params) optim.Optimizer { return optim.NewAdamW(p, 0.01) }

// A training that was stopped and restored ends as one that was not, to the bit.
func TestResumeOptimizers(t *testing.T) {
	for name, newOptimizer := range optimizers {
		t.Run(name, func(t *testing.T) {
			fresh := func(seed uint64) *training { return newTraining(seed, newOptimizer) }
			want := whole(t, fresh).print()
			if got := resumed(t, batches+4, fresh).print(); got != want { // in the second epoch
				t.Errorf("the resumed run ends in %s; want %s", got, want)
			}
		})
	}
}

// It may stop after each of its steps, and between epochs.
func TestResumeEverywhere(t *testing.T) {
	fresh := func(seed uint64) *training { return newTraining(seed, adamW) }
	want := whole(t, fresh).print()
	each := 1
	if testing.Short() {
		each = 5
	}
	for n := 1; n <= epochs*(batches+1); n += each {
		if got := resumed(t, n, fresh).print(); got != want {
			t.Errorf("stopped at %d, the run ends in %s; want %s", n, got, want)
		}
	}
}

// Each part is needed: without it, the run ends in other numbers.
func TestResumeNeedsEachPart(t *testing.T) {
	fresh := func(seed uint64) *training { return newTraining(seed, adamW) }
	want := whole(t, fresh).print()
	for _, part := range fresh(1).state.Parts {
		got := resumed(t, batches+4, func(seed uint64) *training {
			x := fresh(seed)
			x.without(part.Name())
			if part.Name() == "losses" { // the plateau looks at the last one
				x.losses = []float64{1}
			}
			return x
		})
		if got.print() == want {
			t.Errorf("without %s, the run ends in the same numbers", part.Name())
		}
	}
}

// LBFGS keeps vectors of all parameters, and its step takes the loss as a function.
func TestResumeLBFGS(t *testing.T) {
	fresh := func(seed uint64) *training {
		x := newLoop(seed)
		opt := optim.NewLBFGS(nn.Params(x.model), 0.1, optim.MaxIter(3), optim.History(2))
		loss := nn.NewCrossEntropyLoss()
		x.step = func(b data.Batch) float64 {
			return opt.Step(func() *tensor.Tensor { return loss.Forward(x.model.Forward(b.X), b.Y) })
		}
		x.epoch = func() {}
		x.parts = append(x.parts, opt)
		x.state.Parts = append(x.state.Parts, run.StateDict("optim", opt))
		return x
	}
	want := whole(t, fresh).print()
	for _, n := range []int{1, 2, batches + 5} {
		if got := resumed(t, n, fresh).print(); got != want {
			t.Errorf("stopped at %d, the run ends in %s; want %s", n, got, want)
		}
	}
}

// Half precision is saved as it is.
func TestResumeBFloat16(t *testing.T) {
	fresh := func(seed uint64) *training {
		x := newLoop(seed)
		nn.Cast(x.model, tensor.BFloat16)
		opt := optim.NewAdam(nn.Params(x.model), 0.01)
		loss := nn.NewCrossEntropyLoss()
		x.step = func(b data.Batch) float64 {
			opt.ZeroGrad()
			l := loss.Forward(x.model.Forward(b.X.Cast(tensor.BFloat16)), b.Y)
			l.Backward()
			opt.Step()
			return l.Float()
		}
		x.epoch = func() {}
		x.parts = append(x.parts, opt)
		x.state.Parts = append(x.state.Parts, run.StateDict("optim", opt))
		return x
	}
	want := whole(t, fresh).print()
	if got := resumed(t, batches+3, fresh).print(); got != want {
		t.Errorf("the resumed run ends in %s; want %s", got, want)
	}
}

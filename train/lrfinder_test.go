package train_test

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// On f(w) = c·w²/2, gradient descent multiplies w by (1 - lr·c) in each step, so
// the whole curve is known.
type bowl struct{ W *tensor.Tensor }

func (b *bowl) Forward(x *tensor.Tensor) *tensor.Tensor { return b.W.Square().MulScalar(0.5) }

type itself struct{}

func (itself) Forward(x, _ *tensor.Tensor) *tensor.Tensor { return x }

func TestFindLR(t *testing.T) {
	m := &bowl{tensor.Scalar(3.0).Cast(tensor.Float64).RequireGrad()}
	c := config()
	opt := optim.NewSGD(nn.Params(m), 0.123, optim.Momentum(0))
	c.Model, c.Loss, c.Optimizer = m, itself{}, opt
	over := train.LRRange{Min: 1e-4, Max: 100, Steps: 60}
	curve, err := train.FindLR(t.Context(), c, over)
	if err != nil {
		t.Fatal(err)
	}
	w, mean, low := 3.0, 0.0, math.Inf(1)
	for i := range 60 {
		lr := 1e-4 * math.Pow(1e6, float64(i)/59)
		mean = 0.95*mean + 0.05*w*w/2
		loss := mean / (1 - math.Pow(0.95, float64(i+1)))
		if i >= len(curve.LR) {
			t.Fatalf("the curve ends after %d steps", i)
		}
		if math.Abs(curve.LR[i]/lr-1) > 1e-12 || math.Abs(curve.Loss[i]/loss-1) > 1e-9 {
			t.Fatalf("step %d: rate %v, loss %v; want %v, %v", i, curve.LR[i], curve.Loss[i], lr, loss)
		}
		w *= 1 - lr
		if low = min(low, loss); loss > 4*low {
			if len(curve.LR) != i+1 {
				t.Errorf("the curve has %d steps; want %d", len(curve.LR), i+1)
			}
			break
		}
	}
	if !(curve.Suggestion > 1e-3 && curve.Suggestion < 2) { // beyond 2 it diverges
		t.Errorf("the suggestion is %v", curve.Suggestion)
	}
	if m.W.Float() != 3 || opt.Groups()[0].LR != 0.123 || m.W.Grad() != nil {
		t.Errorf("it left w at %v, the rate at %v", m.W.Float(), opt.Groups()[0].LR)
	}
}

// All that a training changes is put back: the training after it has the same bits.
func TestFindLRLeavesNothing(t *testing.T) {
	a, b := newProgram(), newProgram()
	tensor.ManualSeed(11)
	if curve, err := train.FindLR(t.Context(), b.cfg, train.LRRange{}); err != nil || len(curve.LR) < 10 {
		t.Fatalf("%+v, %v", curve, err)
	}
	if len(b.losses) != 0 {
		t.Error("it called OnStep")
	}
	if _, err := train.Fit(t.Context(), b.cfg); err != nil {
		t.Fatal(err)
	}
	tensor.ManualSeed(11)
	if _, err := train.Fit(t.Context(), a.cfg); err != nil {
		t.Fatal(err)
	}
	if weights(a.model) != weights(b.model) {
		t.Error("a training after FindLR differs")
	}
}

func TestFindLRErrors(t *testing.T) {
	for _, r := range []train.LRRange{{Min: 1, Max: 0.5}, {Min: -1}, {Steps: 1}, {Max: math.Inf(1)}, {Min: math.NaN()}} {
		if _, err := train.FindLR(t.Context(), config(), r); err == nil {
			t.Errorf("%+v passes", r)
		}
	}
	c := config()
	c.Loss = many{}
	if _, err := train.FindLR(t.Context(), c, train.LRRange{}); err == nil {
		t.Error("a loss of many passes")
	}
}

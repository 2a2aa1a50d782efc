package optim

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

// A scaler keeps gradients that float16 loses, skips a step with Inf, halves
// the scale there, and doubles it after good ones.
func TestGradScaler(t *testing.T) {
	p := tensor.Of([]float32{1}).RequireGrad()
	opt := NewSGD(Tensors(p), 1e7)
	s := NewGradScaler(GrowthInterval(2), InitScale(1024))
	small := tensor.Of([]float32{1e-8})
	loss := func() *tensor.Tensor {
		return p.Cast(tensor.Float16).Mul(tensor.Ones(1).Cast(tensor.Float16)).Cast(tensor.Float32).Mul(small).Sum()
	}

	loss().Backward()
	if g := p.Grad().Float(); g != 0 {
		t.Errorf("without a scale the gradient is %v; the test wants one that vanishes", g)
	}
	for i, want := range []float64{1024, 2048} {
		opt.ZeroGrad()
		before := p.Float()
		s.Scale(loss()).Backward()
		if !s.Step(opt) {
			t.Fatal("a good step was skipped")
		}
		if got := before - p.Float(); math.Abs(got-0.1) > 1e-3 { // 1e7·1e-8 in float16's digits
			t.Errorf("step %d is by %v; want 0.1", i, got)
		}
		s.Update()
		if got := s.StateDict().Scale; got != want {
			t.Errorf("the scale is %v after good step %d; want %v", got, i+1, want)
		}
	}
	before := p.Float()
	p.SetGrad(tensor.Of([]float32{float32(math.Inf(1))}))
	s.Unscale(opt)
	if s.Step(opt) || p.Float() != before {
		t.Error("a step with an infinite gradient was made")
	}
	s.Update()
	if st := s.StateDict(); st.Scale != 1024 || st.Good != 0 {
		t.Errorf("after an infinite gradient: %+v; want half the scale", st)
	}
}

func TestGradScalerErrors(t *testing.T) {
	opt := NewSGD(Tensors(leaf(1)), 1)
	s := NewGradScaler()
	s.Unscale(opt)
	for want, f := range map[string]func(){
		"optim: GradScaler: the gradients are unscaled already; call Update after Step": func() { s.Unscale(opt) },
		"optim: GradScaler: there was no Step since the last Update":                    func() { NewGradScaler().Update() },
		"optim: GradScaler: the scale is 0; want more than 0":                           func() { NewGradScaler(InitScale(0)) },
		"optim: GradScaler: the growth factor is 1; want more than 1":                   func() { NewGradScaler(ScaleFactors(1, 0.5)) },
		"optim: GradScaler: the backoff factor is 1; want between 0 and 1":              func() { NewGradScaler(ScaleFactors(2, 1)) },
	} {
		if got := panicOf(f); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if err := s.LoadStateDict(ScalerState{}); err == nil {
		t.Error("an empty state was loaded")
	}
	st := ScalerState{Scale: 8, Growth: 3, Backoff: 0.1, Interval: 5, Good: 2}
	if err := s.LoadStateDict(st); err != nil || s.StateDict() != st {
		t.Errorf("%v, %+v", err, s.StateDict())
	}
}

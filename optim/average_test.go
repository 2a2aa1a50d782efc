package optim

import (
	"strings"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

// The averages of 1, 2, 6 by hand, through the kernel and the definition, and
// after saving and loading.
func TestAverage(t *testing.T) {
	for _, dev := range []device.Device{tensor.Zeros().Device(), definitions{&cpu.CPU{}}} {
		for name, c := range map[string]struct {
			make func(Params) *Average
			want float64
		}{
			"SWA": {NewSWA, 3},
			"EMA": {func(p Params) *Average { return NewEMA(p, 0.75) }, 0.75*(0.75*1+0.25*2) + 0.25*6},
		} {
			p := leaf(0).Detach().To(dev).RequireGrad()
			a := c.make(Tensors(p))
			a.Swap() // nothing yet
			for _, v := range []float64{1, 2, 6} {
				p.NoGrad().Fill(v)
				b := c.make(Tensors(p))
				if err := b.LoadStateDict(a.StateDict()); err != nil {
					t.Fatal(err)
				}
				a = b
				a.Update()
			}
			a.Swap()
			if got := p.Float(); got != c.want || a.Updates() != 3 {
				t.Errorf("%s is %v after %d updates; want %v after 3", name, got, a.Updates(), c.want)
			}
			if got := panicOf(a.Update); got != "optim: average: the parameters are the averages now; Swap them back before Update" {
				t.Errorf("%s: an update of averages: %s", name, got)
			}
			a.Swap()
			if got := p.Float(); got != 6 {
				t.Errorf("%s: the parameter is %v after two swaps; want 6", name, got)
			}
		}
	}
}

// A state from between two Swaps goes on there: the second one gives the
// parameters back.
func TestAverageStateSwapped(t *testing.T) {
	p := leaf(1)
	a := NewEMA(Tensors(p), 0.5)
	a.Update()
	p.NoGrad().Fill(3)
	a.Update()
	a.Swap()
	q := leaf(p.Float())
	b := NewEMA(Tensors(q), 0.5)
	if err := b.LoadStateDict(a.StateDict()); err != nil {
		t.Fatal(err)
	}
	if got := panicOf(b.Update); !strings.Contains(got, "Swap them back") {
		t.Errorf("an update of averages: %q", got)
	}
	if b.Swap(); q.Float() != 3 {
		t.Errorf("swapped back, the parameter is %v; want 3", q.Float())
	}
	if b.Swap(); q.Float() != 2 {
		t.Errorf("the average is %v; want 2", q.Float())
	}
}

func TestAverageErrors(t *testing.T) {
	a := NewSWA(Tensors(leaf(1, 2)))
	a.Update()
	for want, s := range map[string]AverageState{
		"optim: average: state of 0 parameters after 1 updates; want 1": {Updates: 1},
		"optim: average: the state holds nil":                           {Updates: 1, Averages: []*tensor.Tensor{nil}},
		"optim: average: state 0 has shape [3]; want [2]":               {Updates: 1, Averages: []*tensor.Tensor{leaf(1, 2, 3)}},
	} {
		if err := a.LoadStateDict(s); err == nil || err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
	}
	if got := panicOf(func() { NewEMA(Tensors(leaf(1)), 2) }); got != "optim: EMA: the decay is 2; want 0 to 1" {
		t.Error(got)
	}
}

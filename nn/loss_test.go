package nn_test

import (
	"encoding/json"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

type loss interface {
	Forward(x, target *tensor.Tensor) *tensor.Tensor
}

type lossCase struct {
	Name, Loss string
	Args       struct {
		Reduction, Weight, Pos_Weight json.RawMessage
		Delta, Beta, Label_Smoothing  *float64
		Ignore_Index                  *int
	}
	Input, Target, Value, Cotangent, Grad_Input *golden.Tensor
}

func TestLosses(t *testing.T) {
	var file struct{ Cases []lossCase }
	golden.Read(t, "testdata/losses.json", &file)
	if len(file.Cases) < 80 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			x := toTensor(c.Input).RequireGrad()
			y := c.build(t).Forward(x, toTensor(c.Target))
			near(t, "value", y, c.Value, relative)
			y.Backward(tensor.Seed(toTensor(c.Cotangent)))
			near(t, "gradient", x.Grad(), c.Grad_Input, relative)
		})
	}
}

func (c *lossCase) build(t *testing.T) loss {
	var r nn.Reduction
	switch string(c.Args.Reduction) {
	case `"sum"`:
		r = nn.ReduceSum
	case `"none"`:
		r = nn.ReduceNone
	}
	optional := func(raw json.RawMessage) *tensor.Tensor {
		if raw == nil {
			return nil
		}
		var g golden.Tensor
		if err := json.Unmarshal(raw, &g); err != nil {
			t.Fatal(err)
		}
		return toTensor(&g)
	}
	w, pos := nn.Weight(optional(c.Args.Weight)), nn.PosWeight(optional(c.Args.Pos_Weight))
	switch c.Loss {
	case "MSELoss":
		return nn.NewMSELoss(r)
	case "L1Loss":
		return nn.NewL1Loss(r)
	case "HuberLoss":
		opts := []nn.HuberOption{r}
		if d := c.Args.Delta; d != nil {
			opts = append(opts, nn.Delta(*d))
		}
		return nn.NewHuberLoss(opts...)
	case "SmoothL1Loss":
		opts := []nn.SmoothL1Option{r}
		if b := c.Args.Beta; b != nil {
			opts = append(opts, nn.Beta(*b))
		}
		return nn.NewSmoothL1Loss(opts...)
	case "BCELoss":
		return nn.NewBCELoss(r, w)
	case "BCEWithLogitsLoss":
		return nn.NewBCEWithLogitsLoss(r, w, pos)
	case "NLLLoss":
		opts := []nn.NLLOption{r, w}
		if i := c.Args.Ignore_Index; i != nil {
			opts = append(opts, nn.IgnoreIndex(*i))
		}
		return nn.NewNLLLoss(opts...)
	case "CrossEntropyLoss":
		opts := []nn.CrossEntropyOption{r, w}
		if i := c.Args.Ignore_Index; i != nil {
			opts = append(opts, nn.IgnoreIndex(*i))
		}
		if s := c.Args.Label_Smoothing; s != nil {
			opts = append(opts, nn.LabelSmoothing(*s))
		}
		return nn.NewCrossEntropyLoss(opts...)
	}
	t.Fatalf("unknown loss %s", c.Loss)
	return nil
}

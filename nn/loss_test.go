package nn_test

import (
	"encoding/json"
	"math"
	"slices"
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

func TestLossMisuse(t *testing.T) {
	x, other, i := tensor.Zeros(2, 3), tensor.Zeros(3), tensor.Of([]int64{1, 2})
	for want, f := range map[string]func(){
		"tensor: mse_loss [2 3], [3]: the input and the target have different shapes; want the same":             func() { nn.NewMSELoss().Forward(x, other) },
		"tensor: l1_loss [2 3], [3]: the input and the target have different shapes; want the same":              func() { nn.NewL1Loss().Forward(x, other) },
		"tensor: huber_loss [2 3], [3]: the input and the target have different shapes; want the same":           func() { nn.NewHuberLoss().Forward(x, other) },
		"tensor: smooth_l1_loss [2 3], [3]: the input and the target have different shapes; want the same":       func() { nn.NewSmoothL1Loss().Forward(x, other) },
		"tensor: binary_cross_entropy [2 3], [3]: the input and the target have different shapes; want the same": func() { nn.NewBCELoss().Forward(x, other) },
		"tensor: binary_cross_entropy_with_logits [2 3], [3]: the input and the target have different shapes; want the same": func() {
			nn.NewBCEWithLogitsLoss().Forward(x, other)
		},
		"tensor: binary_cross_entropy_with_logits [2], [2]: the input is int64; want floating point": func() { nn.NewBCEWithLogitsLoss().Forward(i, i) },
		"tensor: mse_loss [2 3]: the input or the target is nil":                                     func() { nn.NewMSELoss().Forward(x, nil) },
		"tensor: mse_loss [2 3]: reduction 7 is unknown; want ReduceMean, ReduceSum or ReduceNone":   func() { nn.NewMSELoss(nn.Reduction(7)).Forward(x, x) },
		"tensor: huber_loss: delta is 0; want more than 0":                                           func() { nn.NewHuberLoss(nn.Delta(0)) },
		"tensor: smooth_l1_loss: beta is -1; want 0 or more":                                         func() { nn.NewSmoothL1Loss(nn.Beta(-1)) },
		"tensor: mse_loss [2]: the values are int64; want floating point":                            func() { nn.NewMSELoss().Forward(i, i) },
		"tensor: binary_cross_entropy [2 3], [2 3]: the input has a value outside 0 to 1; BCEWithLogitsLoss takes any": func() {
			nn.NewBCELoss().Forward(x.AddScalar(1.5), x)
		},
		"tensor: binary_cross_entropy [2 3]: the weight has shape [4 2 3]; want one that broadcasts to the input's": func() {
			nn.NewBCELoss(nn.Weight(tensor.Ones(4, 2, 3))).Forward(x, x)
		},
		"tensor: cross_entropy: label smoothing is 1.5; want 0 to 1": func() { nn.NewCrossEntropyLoss(nn.LabelSmoothing(1.5)) },
		"tensor: cross_entropy [2 3], [2]: label 3 at [1] is out of range; want 0 to 2 (3 classes), or -100 to ignore the sample": func() {
			nn.NewCrossEntropyLoss().Forward(x, tensor.Of([]int64{1, 3}))
		},
		"tensor: nll_loss [2 3], [2]: label -1 at [0] is out of range; want 0 to 2 (3 classes), or -100 to ignore the sample": func() {
			nn.NewNLLLoss(nn.Weight(other)).Forward(x, tensor.Of([]int64{-1, 2}))
		},
		"tensor: cross_entropy [2 3], [2]: the target is float32; want class indices as int64 or int32 of shape [2]": func() {
			nn.NewCrossEntropyLoss().Forward(x, tensor.Zeros(2))
		},
		"tensor: cross_entropy [2 3], [3]: the target has shape [3]; want [2], a class index for each sample": func() {
			nn.NewCrossEntropyLoss().Forward(x, tensor.Of([]int64{0, 1, 2}))
		},
		"tensor: cross_entropy [2 3], [2 3]: the target has the input's shape and is int64; want floating-point probabilities, or class indices of shape [2]": func() {
			nn.NewCrossEntropyLoss().Forward(x, x.Cast(tensor.Int64))
		},
		"tensor: cross_entropy [2 3], [2]: the class weight has shape [4]; want [3]": func() {
			nn.NewCrossEntropyLoss(nn.Weight(tensor.Ones(4))).Forward(x, i)
		},
		"tensor: nll_loss [], [2]: the input has no dim of classes": func() { nn.NewNLLLoss().Forward(tensor.Scalar(1.0), i) },
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// The losses that are ops of their own have right gradients, for the target too.
func TestLossGradients(t *testing.T) {
	g := tensor.Make{DType: tensor.Float64, Gen: tensor.NewGenerator(5)}
	x, p, q := g.Randn(3, 4), g.Uniform(0.1, 0.9, 3, 4), g.Uniform(0.1, 0.9, 3, 4)
	for name, f := range map[string]struct {
		l    loss
		x, y *tensor.Tensor
	}{
		"bce":        {nn.NewBCELoss(), p, q},
		"bce logits": {nn.NewBCEWithLogitsLoss(), x, p},
		"weighted":   {nn.NewBCEWithLogitsLoss(nn.PosWeight(q)), x, p},
		"soft":       {nn.NewCrossEntropyLoss(nn.LabelSmoothing(0.1)), x, p},
		"huber":      {nn.NewHuberLoss(), x, p},
	} {
		check := func(in []*tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{f.l.Forward(in[0], in[1])} }
		in := []*tensor.Tensor{f.x.Clone().RequireGrad(), f.y.Clone().RequireGrad()}
		if err := tensor.GradCheck(check, in); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := tensor.GradGradCheck(check, in); err != nil {
			t.Errorf("%s, second order: %v", name, err)
		}
	}
}

// In the tails the loss and its gradient are those of the formula in 50 digits.
// PyTorch is off there: its float32 has the loss 3.58e-7 at the first point,
// where its float64 has 9 digits, and the gradient 0 at x = 20 for t = 1.
func TestBCEWithLogitsTails(t *testing.T) {
	// Ten roundings of float32 and of bfloat16, relative.
	for d, tol := range map[tensor.DType]float64{tensor.Float64: 1e-14, tensor.Float32: 6e-7, tensor.BFloat16: 4e-2} {
		for _, c := range []struct{ x, t, p, loss, grad float64 }{
			{-15, 0, 1, 3.059022737137205e-07, 3.059022269256247e-07},
			{-20, 0, 1, 2.061153620314381e-09, 2.0611536181902037e-09},
			{-40, 0, 1, 4.248354255291589e-18, 4.248354255291589e-18},
			{15, 1, 1, 3.059022737137205e-07, -3.059022269256247e-07},
			{20, 1, 1, 2.061153620314381e-09, -2.0611536181902037e-09},
			{-15, 0, 2.5, 3.059022737137205e-07, 3.059022269256247e-07},
			{20, 1, 2.5, 5.152884050785952e-09, -5.152884045475509e-09},
			{-20, 0.5, 1, 10.000000002061153, -0.49999999793884636},
			{30, 0.25, 3, 22.500000000000142, 0.7499999999998597},
			{0.5, 0.5, 1, 0.7240769841801067, 0.12245933120185457},
			{-80, 1, 1, 80, -1},
		} {
			m := tensor.Make{DType: d}
			x := m.Full(c.x, 1).RequireGrad()
			l := nn.NewBCEWithLogitsLoss()
			if c.p != 1 {
				l.PosWeight = m.Full(c.p, 1)
			}
			y := l.Forward(x, m.Full(c.t, 1))
			y.Backward()
			for what, v := range map[string][2]float64{"loss": {y.Float(), c.loss}, "gradient": {x.Grad().Float(), c.grad}} {
				if !(math.Abs(v[0]-v[1]) <= tol*math.Abs(v[1])) {
					t.Errorf("%v, x = %v, t = %v, p = %v: %s %v; want %v", d, c.x, c.t, c.p, what, v[0], v[1])
				}
			}
		}
	}
}

// Far away the gradient is that of the line, in infinity too. The values are PyTorch's.
func TestHuberFarAway(t *testing.T) {
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		l           loss
		value, grad []float64
	}{
		"huber":     {nn.NewHuberLoss(nn.ReduceNone, nn.Delta(0.5)), []float64{inf, inf, 5e149, 0.125, 0.125, 0}, []float64{0.5, -0.5, 0.5, 0.5, -0.5, 0}},
		"smooth l1": {nn.NewSmoothL1Loss(nn.ReduceNone, nn.Beta(0.5)), []float64{inf, inf, 1e150, 0.25, 0.25, 0}, []float64{1, -1, 1, 1, -1, 0}},
		"beta 0":    {nn.NewSmoothL1Loss(nn.ReduceNone, nn.Beta(0)), []float64{inf, inf, 1e150, 0.5, 0.5, 0}, []float64{1, -1, 1, 1, -1, -1}},
	} {
		x := tensor.Of([]float64{inf, -inf, 1e150, 0.5, -0.5, 0}).RequireGrad()
		y := c.l.Forward(x, tensor.Make{DType: tensor.Float64}.Zeros(6))
		y.Sum().Backward()
		if v, g := tensor.Slice[float64](y), tensor.Slice[float64](x.Grad()); !slices.Equal(v, c.value) || !slices.Equal(g, c.grad) {
			t.Errorf("%s: %v, gradient %v; PyTorch has %v, %v", name, v, g, c.value, c.grad)
		}
	}
}

// Ignored samples may have any score, and cost nothing.
func TestIgnoredInfinity(t *testing.T) {
	inf := float32(math.Inf(1))
	x := tensor.Of([]float32{0, 0, inf, -inf}, 2, 2).RequireGrad()
	y := nn.NewNLLLoss().Forward(x, tensor.Of([]int64{1, -100}))
	y.Backward()
	if y.Float() != 0 || tensor.Slice[float32](x.Grad())[1] != -1 || tensor.Slice[float32](x.Grad())[2] != 0 {
		t.Errorf("loss %v, gradient %v", y.Float(), tensor.Slice[float32](x.Grad()))
	}
}

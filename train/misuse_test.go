package train_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// A target that would broadcast is refused.
func TestAccuracyMisuse(t *testing.T) {
	out, ints := tensor.Zeros(6, 3), tensor.Make{DType: tensor.Int64}
	for want, f := range map[string]func(a *train.Accuracy){
		"tensor: accuracy [6 3], [1]: want a target of shape [6], a class index for each sample":     func(a *train.Accuracy) { a.Add(out, ints.Zeros(1)) },
		"tensor: accuracy [6 3], [6 1]: want a target of shape [6], a class index for each sample":   func(a *train.Accuracy) { a.Add(out, ints.Zeros(6, 1)) },
		"tensor: accuracy [6 3], []: want a target of shape [6], a class index for each sample":      func(a *train.Accuracy) { a.Add(out, tensor.Scalar(0)) },
		"tensor: accuracy [6 1], [6]: want an output of shape [..., classes] with 2 classes or more": func(a *train.Accuracy) { a.Add(tensor.Zeros(6, 1), ints.Zeros(6)) },
		"tensor: accuracy [], []: want an output of shape [..., classes] with 2 classes or more":     func(a *train.Accuracy) { a.Add(tensor.Scalar(1.0), tensor.Scalar(0)) },
		"tensor: accuracy [6 3], [6]: the target is float32; want class indices as integers":         func(a *train.Accuracy) { a.Add(out, tensor.Zeros(6)) },
		"tensor: accuracy [6 3]: the output or the target is nil":                                    func(a *train.Accuracy) { a.Add(out, nil) },
	} {
		a := train.NewAccuracy()
		if err := tensor.Try(func() { f(a) }); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if a.Value() != 0 {
			t.Errorf("%s: the batch counts", want)
		}
	}
	a := train.NewAccuracy()
	a.Add(tensor.Of([]float32{1, 2, 3, 0, 5, 0}, 1, 2, 3), tensor.Of([]int32{2, 0}, 1, 2))
	if a.Value() != 0.5 {
		t.Errorf("the accuracy is %v; want 0.5", a.Value())
	}
}

// An optimizer of another model would train nothing.
func TestForeignOptimizer(t *testing.T) {
	c := config()
	c.Optimizer = optim.NewSGD(nn.Params(nn.NewLinear(3, 1)), 0.1)
	history, err := train.Fit(t.Context(), c)
	const want = "train: epoch 1, batch 0, step 0: the optimizer has none of the model's 2 trainable parameters; make it from nn.Params(model)"
	if err == nil || err.Error() != want || len(history) != 0 {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	c = config()
	c.Optimizer = optim.NewSGD(optim.Tensors(c.Model.(*nn.Linear).Bias), 0.1) // a part is enough
	if _, err := train.Fit(t.Context(), c); err != nil {
		t.Error(err)
	}
}

// scaled is a mean of squared errors times a number that may be none.
type scaled struct{ by float64 }

func (s scaled) Forward(x, y *tensor.Tensor) *tensor.Tensor {
	return squared{}.Forward(x, y).MulScalar(s.by)
}

// A loss that is no number ends the training, in the epoch at the latest; the
// loss of a validation does not.
func TestLossOfNoNumber(t *testing.T) {
	for _, x := range []struct {
		by    float64
		every time.Duration
		batch int
		text  string
	}{{math.NaN(), time.Hour, 4, "NaN"}, {math.NaN(), time.Nanosecond, 1, "NaN"}, {math.Inf(1), time.Nanosecond, 1, "+Inf"}} {
		c := config()
		c.Loss, c.LogEvery = scaled{x.by}, x.every
		history, err := train.Fit(t.Context(), c)
		want := fmt.Sprintf("train: epoch 1, batch %d, step %[1]d: the mean training loss is %s; a lower learning rate or clipping may help", x.batch, x.text)
		if err == nil || err.Error() != want || len(history) != 0 {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	c := config()
	nan := tensor.Zeros(2, 1).DivScalar(0)
	c.Val = data.NewLoader(data.NewTensors(tensor.Zeros(2, 3), nan), data.Config{})
	if history, err := train.Fit(t.Context(), c); err != nil || len(history) != 2 || !math.IsNaN(history[1].Val.Loss) {
		t.Errorf("%d epochs, %v", len(history), err)
	}
}

package models_test

import (
	"hash/crc32"
	"math"
	"strings"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// fill has the numbers of make_models.py: in ±1/2, by the name and the place.
func fill(name string, shape ...int) *tensor.Tensor {
	const prime = 10007
	t := tensor.Make{DType: tensor.Float64}.Empty(shape...)
	h := int64(crc32.ChecksumIEEE([]byte(name)))
	data := tensor.Data[float64](t)
	for i := range data {
		k := int64(i)
		data[i] = float64((k*k%prime*31+k*7919+h)%prime)/prime - 0.5
	}
	return t
}

// value is what a tensor of the state is set to.
func value(name string, shape []int) *tensor.Tensor {
	v := fill(name, shape...)
	switch {
	case len(shape) > 1:
		return v.MulScalar(5.0).DivScalar(math.Sqrt(float64(v.Len() / shape[0])))
	case strings.HasSuffix(name, "running_var"):
		return v.AddScalar(1.0)
	case strings.HasSuffix(name, "weight"):
		return v.MulScalar(0.5).AddScalar(1.0)
	}
	return v.MulScalar(0.5)
}

// prepare gives m the values, in d, and takes its dropout away.
func prepare(m any, d tensor.DType) {
	nn.Cast(m, d)
	for name, t := range nn.StateDict(m).All() {
		if t.DType().IsFloat() {
			t.CopyFrom(value(name, t.Shape()))
		}
	}
	nn.Apply(m, func(l any) {
		switch l := l.(type) {
		case *nn.Dropout:
			l.P = 0
		case *nn.LSTM:
			l.Dropout = 0
		}
	})
}

// tokens has the numbers of make_models.py.
func tokens(vocab int, shape ...int) *tensor.Tensor {
	t := tensor.Make{DType: tensor.Int64}.Empty(shape...)
	data := tensor.Data[int64](t)
	for i := range data {
		k := int64(i)
		data[i] = (k*k*31 + k*17 + 3) % int64(vocab)
	}
	return t
}

// A subject is a model of forward.json and a call of it; the call gets what
// marks inputs, such as NoGrad.
type subject struct {
	m    any
	call func(mark func(*tensor.Tensor) *tensor.Tensor) []*tensor.Tensor
}

func ofImages(m nn.Layer, d tensor.DType, shape ...int) subject {
	x := fill("input", shape...).MulScalar(4.0).Cast(d)
	return subject{m, func(mark func(*tensor.Tensor) *tensor.Tensor) []*tensor.Tensor {
		return []*tensor.Tensor{m.Forward(mark(x))}
	}}
}

func ofBERT() subject {
	m := models.NewBERT(models.BERTConfig{Vocab: 40, Positions: 9, Types: 2, Hidden: 12, Layers: 2, Heads: 3, Between: 20, Eps: 1e-12})
	mask := tensor.Of([]int64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0}, 2, 6)
	types := tensor.Of([]int64{0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1}, 2, 6)
	return subject{m, func(mark func(*tensor.Tensor) *tensor.Tensor) []*tensor.Tensor {
		ids := mark(tokens(39, 2, 6).AddScalar(1))
		hidden, pooled := m.Encode(ids, mask, types)
		return []*tensor.Tensor{hidden, pooled, m.Forward(ids), m.Embed(ids, mask)}
	}}
}

func ofWordLM(c models.WordLMConfig) subject {
	m := models.NewWordLM(c)
	return subject{m, func(mark func(*tensor.Tensor) *tensor.Tensor) []*tensor.Tensor {
		logits, h, c := m.Step(mark(tokens(30, 5, 2)), nil, nil)
		return []*tensor.Tensor{logits, h, c}
	}}
}

var tinyGPT2 = models.GPT2Config{Vocab: 50, Positions: 16, Embed: 12, Layers: 2, Heads: 3, Eps: 1e-5}

func subjects(name string, d tensor.DType) subject {
	switch name {
	case "mlp":
		return ofImages(models.NewMLP([]int{12, 7, 6, 5}), d, 3, 3, 2, 2)
	case "lenet":
		return ofImages(models.NewLeNet(10), d, 2, 1, 28, 28)
	case "resnet18":
		return ofImages(models.NewResNet18(10), d, 2, 3, 64, 64)
	case "resnet50":
		return ofImages(models.NewResNet50(10), d, 2, 3, 64, 64)
	case "resnet_small":
		return ofImages(models.NewResNet(10, [4]int{1, 1, 1, 1}, false, models.SmallImages), d, 2, 3, 16, 16)
	case "mobilenet_v2":
		return ofImages(models.NewMobileNetV2(10), d, 2, 3, 64, 64)
	case "vgg":
		return ofImages(models.NewVGGOf([5]int{1, 1, 2, 2, 2}, 8, 24, 10, nil), d, 2, 3, 40, 40)
	case "vgg_bn":
		return ofImages(models.NewVGGOf([5]int{1, 1, 2, 2, 2}, 8, 24, 10, []models.VGGOption{models.BatchNorm}), d, 2, 3, 64, 64)
	case "unet":
		return ofImages(models.NewUNet(2, models.Width(4)), d, 2, 3, 20, 34)
	case "vit":
		return ofImages(models.NewViT(models.ViTConfig{Image: 16, Patch: 4, Channels: 3, Classes: 10, Layers: 2, Heads: 3, Hidden: 24, Between: 40}), d, 2, 3, 16, 16)
	case "word_lm":
		return ofWordLM(models.WordLMConfig{Vocab: 30, Embed: 10, Hidden: 12, Layers: 2})
	case "word_lm_tied":
		return ofWordLM(models.WordLMConfig{Vocab: 30, Embed: 12, Hidden: 12, Layers: 2, Tied: true})
	case "gpt2":
		m := models.NewGPT2(tinyGPT2)
		return subject{m, func(mark func(*tensor.Tensor) *tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{m.Forward(mark(tokens(50, 2, 7)))}
		}}
	case "bert":
		return ofBERT()
	}
	return subject{}
}

// A forwardCase is one of forward.json.
type forwardCase struct {
	Model          string
	Out            []golden.Tensor // in evaluation mode
	Loss           float64         // in training mode, as what follows
	Grads, Running []float64
}

// Each model gives what its original gives, from weights that are filled in by
// name: to 1e-10 of the largest result in float64, where both sum in another
// order, and to 1e-5 in float32.
func TestForward(t *testing.T) {
	var file struct{ Cases []forwardCase }
	golden.Read(t, "testdata/forward.json", &file)
	if len(file.Cases) != 14 {
		t.Errorf("%d cases; want 14", len(file.Cases))
	}
	for _, c := range file.Cases {
		if testing.Short() && (c.Model == "resnet18" || c.Model == "resnet50") {
			continue // seconds each; resnet_small has the same layers
		}
		t.Run(c.Model, func(t *testing.T) {
			for d, bound := range map[tensor.DType]float64{tensor.Float32: 1e-5, tensor.Float64: 1e-10} {
				s := subjects(c.Model, d)
				prepare(s.m, d)
				nn.Eval(s.m)
				for i, y := range s.call((*tensor.Tensor).NoGrad) {
					near(t, d.String(), tensor.Slice[float64](y), c.Out[i].Data, bound)
				}
				if d == tensor.Float64 {
					c.train(t, s)
				}
			}
		})
	}
}

// train holds a loss in training mode against PyTorch's, with its gradients and
// running averages.
func (c *forwardCase) train(t *testing.T, s subject) {
	nn.Train(s.m)
	loss := tensor.Make{DType: tensor.Float64}.Zeros()
	for i, y := range s.call(func(x *tensor.Tensor) *tensor.Tensor { return x }) {
		loss = loss.Add(y.Mul(fill("seed"+string(rune('0'+i)), y.Shape()...)).Sum())
	}
	loss.Backward()
	var grads, running []float64
	for name, p := range nn.Params(s.m) {
		grads = append(grads, p.Grad().Mul(fill("grad "+name, p.Shape()...)).Sum().Float())
	}
	for name, b := range nn.Buffers(s.m) {
		if strings.Contains(name, "running") {
			running = append(running, b.Mul(fill(name, b.Shape()...)).Sum().Float())
		}
	}
	near(t, "loss", []float64{loss.Float()}, []float64{c.Loss}, 1e-9)
	near(t, "gradients", grads, c.Grads, 1e-9)
	near(t, "running averages", running, c.Running, 1e-9)
}

// near holds got against want, within bound of the largest.
func near(t *testing.T, what string, got, want []float64, bound float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers; want %d", what, len(got), len(want))
	}
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	for i, w := range want {
		if d := math.Abs(got[i] - w); !(d <= bound*largest) {
			t.Errorf("%s: number %d of %d is %v; want %v, which is %.2g of the largest away", what, i, len(want), got[i], w, d/largest)
			return
		}
	}
}

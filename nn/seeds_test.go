package nn_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// seeded are the layers of make_seeds.py.
var seeded = map[string]func() any{
	"Linear":          func() any { return nn.NewLinear(70, 33) },
	"Bilinear":        func() any { return nn.NewBilinear(5, 7, 9) },
	"Conv1d":          func() any { return nn.NewConv1d(6, 10, 3, nn.Groups(2)) },
	"Conv2d":          func() any { return nn.NewConv2d(6, 10, [2]int{3, 5}) },
	"Conv3d":          func() any { return nn.NewConv3d(3, 5, 3, nn.NoBias) },
	"ConvTranspose1d": func() any { return nn.NewConvTranspose1d(6, 10, 3, nn.Groups(2)) },
	"ConvTranspose2d": func() any { return nn.NewConvTranspose2d(6, 10, [2]int{3, 5}) },
	"ConvTranspose3d": func() any { return nn.NewConvTranspose3d(3, 5, 3) },
	"Embedding":       func() any { return nn.NewEmbedding(31, 13, nn.PaddingIndex(3)) },
	"EmbeddingBag":    func() any { return nn.NewEmbeddingBag(31, 13) },
	"RNN":             func() any { return nn.NewRNN(11, 13, nn.NumLayers(2)) },
	"LSTM":            func() any { return nn.NewLSTM(11, 13, nn.NumLayers(2), nn.Bidirectional, nn.ProjSize(5)) },
	"GRU":             func() any { return nn.NewGRU(11, 13, nn.Bidirectional) },
	"RNNCell":         func() any { return nn.NewRNNCell(11, 13) },
	"LSTMCell":        func() any { return nn.NewLSTMCell(11, 13) },
	"GRUCell":         func() any { return nn.NewGRUCell(11, 13) },

	"MultiheadAttention":      func() any { return nn.NewMultiheadAttention(24, 4, nn.AddBiasKV) },
	"MultiheadAttentionKV":    func() any { return nn.NewMultiheadAttention(24, 4, nn.KDim(10), nn.VDim(14)) },
	"TransformerEncoderLayer": func() any { return nn.NewTransformerEncoderLayer(12, 3) },
	"Transformer":             func() any { return nn.NewTransformer(12, 3, 2, 2, nn.FeedForward(17)) },
	"AdaptiveLogSoftmaxWithLoss": func() any {
		return nn.NewAdaptiveLogSoftmaxWithLoss(20, 30, []int{7, 15}, nn.DivValue(2))
	},
	"PReLU":          func() any { return nn.NewPReLU(nn.NumParameters(3)) },
	"BatchNorm2d":    func() any { return nn.NewBatchNorm2d(5) },
	"LayerNorm":      func() any { return nn.NewLayerNorm([]int{2, 5}) },
	"GroupNorm":      func() any { return nn.NewGroupNorm(2, 6) },
	"InstanceNorm1d": func() any { return nn.NewInstanceNorm1d(5, nn.Affine, nn.RunningStats) },
}

// From the same seed come PyTorch's initial values to the bit, also of layers
// so large that PyTorch draws by vectors, and the generator goes on alike.
func TestSeeds(t *testing.T) {
	var file struct {
		Cases []struct {
			Name  string
			Seed  uint64
			State map[string]uint32
			Next  float64
		}
	}
	golden.Read(t, "testdata/seeds.json", &file)
	if len(file.Cases) != len(seeded) {
		t.Fatalf("%d cases for %d layers", len(file.Cases), len(seeded))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			tensor.ManualSeed(c.Seed)
			state := nn.StateDict(seeded[c.Name]())
			if got := tensor.Slice[float32](tensor.Rand(1))[0]; got != float32(c.Next) {
				t.Errorf("the next number is %v; PyTorch has %v", got, c.Next)
			}
			if state.Len() != len(c.State) {
				t.Errorf("the state has %v", state.Names())
			}
			for name, x := range state.All() {
				var b bytes.Buffer
				if err := binary.Write(&b, binary.LittleEndian, tensor.Slice[float32](x.Cast(tensor.Float32))); err != nil {
					t.Fatal(err)
				}
				if got := crc32.ChecksumIEEE(b.Bytes()); got != c.State[name] {
					t.Errorf("%s differs from PyTorch's", name)
				}
			}
		})
	}
}

package models_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func wordLM(tied bool) models.WordLMConfig {
	return models.WordLMConfig{Vocab: 300, Embed: 40, Hidden: 40, Layers: 2, Dropout: 0.2, Tied: tied}
}

// seeded are the models of seeds.json.
var seeded = map[string]func() any{
	"resnet18":     func() any { return models.NewResNet18(1000) },
	"resnet50":     func() any { return models.NewResNet50(1000) },
	"mobilenet_v2": func() any { return models.NewMobileNetV2(1000) },
	"vgg11_bn":     func() any { return models.NewVGG(11, 1000, models.BatchNorm) },
	"word_lm":      func() any { return models.NewWordLM(wordLM(false)) },
	"word_lm_tied": func() any { return models.NewWordLM(wordLM(true)) },
	"lenet":        func() any { return models.NewLeNet(10) },
	"unet":         func() any { return models.NewUNet(2, models.Width(8)) },
}

// From the same seed come the first weights of torchvision and PyTorch's example
// to the bit, and the generator goes on alike.
func TestSeeds(t *testing.T) {
	var file struct {
		Cases []struct {
			Model string
			Seed  uint64
			State map[string]uint32
			Next  float64
		}
	}
	golden.Read(t, "testdata/seeds.json", &file)
	if len(file.Cases) != len(seeded) {
		t.Fatalf("%d cases for %d models", len(file.Cases), len(seeded))
	}
	for _, c := range file.Cases {
		if testing.Short() && c.Model == "vgg11_bn" {
			continue // 133 million numbers, twice
		}
		t.Run(c.Model, func(t *testing.T) {
			tensor.ManualSeed(c.Seed)
			m := seeded[c.Model]()
			if got := tensor.Slice[float32](tensor.Rand(1))[0]; got != float32(c.Next) {
				t.Errorf("the next number is %v; PyTorch has %v", got, c.Next)
			}
			if n := nn.StateDict(m).Len(); n != len(c.State) {
				t.Errorf("the state has %d tensors; want %d", n, len(c.State))
			}
			for name, x := range nn.StateDict(m).All() {
				if got := checksum(t, x.Cast(tensor.Float32)); got != c.State[name] {
					t.Errorf("%s differs from PyTorch's", name)
				}
			}
			free(m)
		})
	}
}

func checksum(t *testing.T, x *tensor.Tensor) uint32 {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, tensor.Slice[float32](x)); err != nil {
		t.Fatal(err)
	}
	return crc32.ChecksumIEEE(b.Bytes())
}

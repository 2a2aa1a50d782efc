package models_test

import (
	"encoding/json"
	"fmt"

	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// Another head, and only that is trained.
func Example() {
	m := models.NewResNet18(1000) // here nn.LoadStateDict(m, …) puts in trained weights
	nn.Freeze(m)
	m.FC = nn.NewLinear(512, 10)

	logits := m.Forward(tensor.Randn(2, 3, 64, 64))
	fmt.Println(logits.Shape(), nn.NumParams(m))
	for name, p := range nn.Params(m) {
		if p.RequiresGrad() {
			fmt.Println(name, p.Shape())
		}
	}
	// Output:
	// [2 10] 11181642
	// fc.weight [10 512]
	// fc.bias [10]
}

func ExampleByName() {
	m, err := models.ByName("lenet", 26, models.Gen(tensor.NewGenerator(1)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, p := range nn.Params(m) {
		fmt.Println(name, p.Shape())
	}
	// Output:
	// conv1.weight [6 1 5 5]
	// conv1.bias [6]
	// conv2.weight [16 6 5 5]
	// conv2.bias [16]
	// fc1.weight [120 400]
	// fc1.bias [120]
	// fc2.weight [84 120]
	// fc2.bias [84]
	// fc3.weight [26 84]
	// fc3.bias [26]
}

// A text goes on until the loop breaks. The same generator gives the same text.
func ExampleGPT2_Generate() {
	m := models.NewGPT2(models.GPT2Config{Vocab: 100, Positions: 32, Embed: 16, Layers: 2, Heads: 2, Eps: 1e-5})
	nn.Eval(m)
	write := func() (text []int) {
		s := models.Sampling{Temperature: 0.8, TopK: 40, TopP: 0.95, Gen: tensor.NewGenerator(7)}
		for token := range m.Generate([]int{1, 2, 3}, s) {
			if text = append(text, token); len(text) == 5 {
				break
			}
		}
		return text
	}
	first, second := write(), write()
	fmt.Println(len(first), fmt.Sprint(first) == fmt.Sprint(second))
	// Output: 5 true
}

// Sizes come from a config.json, texts of several lengths with a mask.
func ExampleBERT_Embed() {
	c := models.BERTBase()
	if err := json.Unmarshal([]byte(`{"vocab_size": 100, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 48}`), &c); err != nil {
		fmt.Println(err)
		return
	}
	m := models.NewBERT(c)
	nn.Eval(m)
	ids := tensor.Of([]int64{5, 6, 7, 8, 5, 6, 0, 0}, 2, 4)
	mask := tensor.Of([]int64{1, 1, 1, 1, 1, 1, 0, 0}, 2, 4)
	v := m.Embed(ids.NoGrad(), mask)
	fmt.Printf("%v %.3f\n", v.Shape(), v.Select(0, 0).Norm(2).Float())
	// Output: [2 24] 1.000
}

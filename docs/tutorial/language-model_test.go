package tutorial

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/text"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// verses are the first of Shakespeare's 18th sonnet.
const verses = `Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date.
`

func Example_chars() {
	tok := text.NewChars(verses)
	ids, err := tok.Encode("summer")
	if err != nil {
		log.Fatal(err)
	}
	back, err := tok.Decode(ids)
	fmt.Println(tok.Size(), ids, back, err)

	_, err = tok.Encode("autumn!")
	fmt.Println(err)
	// Output:
	// 35 [29 31 24 24 17 28] summer <nil>
	// text: not in the vocabulary: character '!' at byte 6
}

// tokenLoss is cross-entropy over every token of every text.
type tokenLoss struct{ *nn.CrossEntropyLoss }

func (l tokenLoss) Forward(logits, next *tensor.Tensor) *tensor.Tensor {
	return l.CrossEntropyLoss.Forward(logits.Flatten(0, 1), next.Flatten(0, 1))
}

// small has the sizes of a very small GPT-2.
func small(vocab int) models.GPT2Config {
	return models.GPT2Config{Vocab: vocab, Positions: 48, Embed: 32, Layers: 2, Heads: 2, Eps: 1e-5, Gen: tensor.NewGenerator(1)}
}

// learn trains a model to say each next character of verses.
func learn() (*models.GPT2, *text.Chars, error) {
	tok := text.NewChars(verses)
	ids, err := tok.Encode(verses)
	if err != nil {
		return nil, nil, err
	}
	blocks, err := text.Blocks(ids, 48, 4) // 48 characters, and the same one further; a block begins at every fourth
	if err != nil {
		return nil, nil, err
	}
	const epochs = 30
	model := models.NewGPT2(small(tok.Size()))
	loader := data.NewLoader(blocks, data.Config{BatchSize: 8, Shuffle: true, Seed: 1})
	opt := optim.NewAdamW(nn.Params(model), 0.01)
	history, err := train.Fit(context.Background(), train.Config{
		Model:        model,
		Loss:         tokenLoss{nn.NewCrossEntropyLoss()},
		Optimizer:    opt,
		StepSchedule: schedule.New(opt, schedule.Cosine(epochs*loader.Len(), 0)),
		Train:        loader,
		Epochs:       epochs,
		ClipNorm:     1,
		Metrics:      []train.Metric{train.NewPerplexity()},
		Output:       io.Discard, // no progress bar on this page
	})
	if err != nil {
		return nil, nil, err
	}
	fmt.Println(blocks.Len(), "blocks,", nn.NumParams(model), "parameters")
	for _, e := range []train.Epoch{history[0], history[epochs-1]} {
		p, _ := e.Value("train/perplexity")
		fmt.Printf("epoch %2d: perplexity below 1.5: %v\n", e.Epoch, p < 1.5)
	}
	return model, tok, nil
}

func Example_languageModel() {
	model, tok, err := learn()
	if err != nil {
		log.Fatal(err)
	}
	nn.Eval(model)
	prompt, err := tok.Encode("Shall I")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print("Shall I")
	for id := range model.Generate(prompt, models.Sampling{}) { // the likeliest character each time
		fmt.Print(tok.Token(id))
		if tok.Token(id) == "\n" {
			break
		}
	}

	write := func(seed uint64) string {
		s := models.Sampling{Temperature: 1.5, TopK: 10, Gen: tensor.NewGenerator(seed)}
		verse, err := tok.Decode(slices.Collect(model.Generate(prompt, s))) // until all positions are used
		if err != nil {
			log.Fatal(err)
		}
		return verse
	}
	first := write(1)
	fmt.Println("the same seed, the same text:", first == write(1))
	fmt.Println("another seed, another text:", first != write(2))

	dir, err := os.MkdirTemp("", "poet")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")
	if err := checkpoint.Save(path, model); err != nil {
		log.Fatal(err)
	}
	other := models.NewGPT2(small(tok.Size())) // of the same sizes, with other numbers
	report, err := checkpoint.LoadInto(other, path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report)
	nn.Eval(other)
	a, b := slices.Collect(model.Generate(prompt, models.Sampling{})), slices.Collect(other.Generate(prompt, models.Sampling{}))
	fmt.Println("the same text after loading:", slices.Equal(a, b))
	// Output:
	// 32 blocks, 28128 parameters
	// epoch  1: perplexity below 1.5: false
	// epoch 30: perplexity below 1.5: true
	// Shall I compare thee to a summer's day?
	// the same seed, the same text: true
	// another seed, another text: true
	// 29 loaded, 0 missing, 0 extra, 0 different
	// the same text after loading: true
}

func Example_bpe() {
	tok, err := text.TrainBPE(strings.Lines(verses), 300, "<|endoftext|>")
	if err != nil {
		log.Fatal(err)
	}
	ids, err := tok.Encode("summer's darling")
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range ids {
		fmt.Printf("%q ", tok.Token(id))
	}
	back, err := tok.Decode(ids)
	fmt.Println(back, err)

	var vocabulary, merges bytes.Buffer // vocab.json and merges.txt, for OpenGPT2 and for Python
	fmt.Println(tok.WriteGPT2(&vocabulary, &merges), tok.Size())
	// Output:
	// "s" "umm" "er" "'s" "Ġd" "ar" "l" "i" "n" "g" summer's darling <nil>
	// <nil> 284
}

// openGPT2 opens a folder of GPT-2 as the hub has it.
func openGPT2(folder string) (*models.GPT2, *text.Pipeline, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "config.json"))
	if err != nil {
		return nil, nil, err
	}
	sizes := models.GPT2Small()
	if err := json.Unmarshal(raw, &sizes); err != nil {
		return nil, nil, err
	}
	model := models.NewGPT2(sizes)
	report, err := checkpoint.LoadInto(model, filepath.Join(folder, "model.safetensors"),
		checkpoint.Rename("", "transformer."), checkpoint.NonStrict)
	if err != nil {
		return nil, nil, err
	}
	if len(report.Missing) > 0 {
		return nil, nil, fmt.Errorf("%s: %v", folder, report)
	}
	fmt.Println("not needed:", report.Extra) // masks that old versions stored
	tok, err := text.OpenGPT2(filepath.Join(folder, "vocab.json"), filepath.Join(folder, "merges.txt"))
	nn.Eval(model)
	return model, tok, err
}

func Example_gpt2() {
	model, tok, err := openGPT2("testdata/gpt2")
	if err != nil {
		log.Fatal(err)
	}
	prompt, err := tok.Encode("the cat and the dog")
	if err != nil {
		log.Fatal(err)
	}
	var out []int
	for id := range model.Generate(prompt, models.Sampling{}) {
		if out = append(out, id); len(out) == 8 {
			break
		}
	}
	fmt.Println(prompt)
	fmt.Println(out) // what transformers' generate gives: see testdata/make.py
	// Output:
	// not needed: [transformer.h.0.attn.bias transformer.h.1.attn.bias]
	// [257 220 66 261 262 259 220 67 78 70]
	// [162 175 123 149 247 166 51 162]
}

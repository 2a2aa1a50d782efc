package models_test

import (
	"slices"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// newTinyGPT2 is the model of generate.json.
func newTinyGPT2() *models.GPT2 {
	m := models.NewGPT2(tinyGPT2)
	prepare(m, tensor.Float32)
	nn.Eval(m)
	return m
}

// The tokens are those of transformers' generate, from the same seed, and so are
// the probabilities.
func TestGenerate(t *testing.T) {
	var file struct {
		Cases []struct {
			Temperature, TopP float64
			TopK              int
			Seed              uint64
			Prompt, Tokens    []int
			Probs             *golden.Tensor
		}
	}
	golden.Read(t, "testdata/generate.json", &file)
	m := newTinyGPT2()
	for i, c := range file.Cases {
		s := models.Sampling{Temperature: c.Temperature, TopK: c.TopK, TopP: c.TopP, Gen: tensor.NewGenerator(c.Seed)}
		got := slices.Collect(m.Generate(c.Prompt, s))
		// After the last position comes one more token, which nothing can go on.
		if want := tinyGPT2.Positions - len(c.Prompt) + 1; len(got) != want || !slices.Equal(got[:len(c.Tokens)], c.Tokens) {
			t.Errorf("case %d: tokens %v; want %d, of which the first %v", i, got, want, c.Tokens)
		}
		if c.Probs != nil {
			near(t, "probabilities", tensor.Slice[float64](s.Probs(fill("logits", 2, 20).MulScalar(8.0))), c.Probs.Data, 1e-12)
		}
	}
	if len(file.Cases) != 5 {
		t.Errorf("%d cases; want 5", len(file.Cases))
	}
}

// A cache in pieces of any length gives what all tokens at once give, also after
// it forgot some.
func TestGPT2Cache(t *testing.T) {
	m := models.NewGPT2(tinyGPT2)
	prepare(m, tensor.Float64)
	nn.Eval(m)
	ids := tokens(50, 2, 9).NoGrad()
	want := tensor.Slice[float64](m.Forward(ids))
	c := m.NewCache(2, 12)
	m.Cached(ids, c)
	for _, from := range []int{0, 3} {
		c.Truncate(from)
		parts := []*tensor.Tensor{m.Forward(ids).Narrow(1, 0, from)}
		for n := 1; c.Len() < 9; n = 3 - n { // one, two, one, …
			n = min(n, 9-c.Len())
			parts = append(parts, m.Cached(ids.Narrow(1, c.Len(), n), c))
		}
		near(t, "logits", tensor.Slice[float64](tensor.Cat(1, parts...)), want, 1e-13)
	}
}

// The likeliest token is left, however little may be.
func TestLeastTopP(t *testing.T) {
	s := models.Sampling{Temperature: 1, TopP: 1e-20}
	near(t, "probabilities", tensor.Slice[float64](s.Probs(tensor.Of([]float64{1, 3, 2}))), []float64{0, 1, 0}, 0)
}

func TestGenerateStops(t *testing.T) {
	m := newTinyGPT2()
	n := 0
	for range m.Generate([]int{1}, models.Sampling{}) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d tokens; want 3", n)
	}
	full := make([]int, tinyGPT2.Positions)
	if got := len(slices.Collect(m.Generate(full, models.Sampling{}))); got != 1 {
		t.Errorf("%d tokens after a prompt of all positions; want 1", got)
	}
}

package text

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// golden is what testdata/make_golden.py wrote.
type golden struct {
	Texts      []string
	Tokenizers map[string]struct {
		JSON         json.RawMessage
		IDs, Bare    [][]int
		Decoded, All []string
		Odd          [][]int
		OddText      []string
		Pairs, Kinds [][]int
	}
}

func readGolden(t testing.TB) (g golden) {
	t.Helper()
	f, err := os.Open("testdata/golden.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g
}

// Tokens and texts are those of Hugging Face's tokenizers 0.23.3, for every kind.
func TestGolden(t *testing.T) {
	g := readGolden(t)
	if len(g.Tokenizers) < 9 || len(g.Texts) < 33 {
		t.Fatalf("%d tokenizers and %d texts", len(g.Tokenizers), len(g.Texts))
	}
	for name, want := range g.Tokenizers {
		p, err := Parse(want.JSON)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, ids := range want.Odd {
			if got, err := p.DecodeAll(ids); err != nil || got != want.OddText[i] {
				t.Errorf("%s: decoded %v is %q, %v; want %q", name, ids, got, err, want.OddText[i])
			}
		}
		for i, s := range g.Texts {
			same := func(what string, got, want []int, err error) {
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%s: %s of %q are %v, %v; want %v", name, what, s, got, err, want)
				}
			}
			ids, err := p.Encode(s)
			same("tokens", ids, want.IDs[i], err)
			bare, err := p.EncodeBare(s)
			same("bare tokens", bare, want.Bare[i], err)
			if i+1 < len(g.Texts) {
				pair, kinds, err := p.EncodePair(s, g.Texts[i+1])
				same("tokens of a pair", pair, want.Pairs[i], err)
				same("kinds of a pair", kinds, want.Kinds[i], err)
			}
			text := func(what, got, want string, err error) {
				if err != nil || got != want {
					t.Errorf("%s: %s of %q is %q, %v; want %q", name, what, s, got, err, want)
				}
			}
			got, err := p.Decode(want.IDs[i])
			text("decoded", got, want.Decoded[i], err)
			got, err = p.DecodeAll(want.IDs[i])
			text("all decoded", got, want.All[i], err)
		}
	}
}

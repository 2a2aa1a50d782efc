package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/facula-ml/facula/tensor"
)

func TestChars(t *testing.T) {
	c := NewChars("hello wörld")
	ids, err := c.Encode("hello")
	if err != nil || !slices.Equal(ids, []int{3, 2, 4, 4, 5}) || c.Size() != 9 {
		t.Errorf("tokens %v, %v, of %d", ids, err, c.Size())
	}
	if s, err := c.Decode(ids); s != "hello" || err != nil {
		t.Errorf("decoded %q, %v", s, err)
	}
	if _, err := c.Encode("hex"); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), `'x' at byte 2`) {
		t.Errorf("an unknown character: %v", err)
	}
	u := c.WithUnknown()
	ids, err = u.Encode("hex")
	if err != nil || !slices.Equal(ids, []int{3, 2, 9}) || u.Size() != 10 || u.Token(9) != "\uFFFD" || u.WithUnknown() != u {
		t.Errorf("with a token for the unknown: %v, %v", ids, err)
	}
	for _, bad := range []int{-1, 9} {
		if _, err := c.Decode([]int{bad}); err == nil {
			t.Errorf("token %d is decoded", bad)
		}
	}
}

// The same tokens and merges as Hugging Face's trainer makes of the same corpus.
func TestTrainBPE(t *testing.T) {
	var want struct {
		Model struct {
			Vocab  map[string]int
			Merges [][2]string
		}
	}
	if err := json.Unmarshal(readGolden(t).Tokenizers["gpt2"].JSON, &want); err != nil {
		t.Fatal(err)
	}
	corpus, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := func(yield func(string) bool) {
		for l := range strings.SplitSeq(string(corpus), "\n") {
			if l != "" && !yield(l) {
				return
			}
		}
	}
	p, err := TrainBPE(lines, 500, "<|endoftext|>")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p.ids, want.Model.Vocab) {
		t.Error("the vocabulary is another than the one of tokenizers 0.23.3")
	}
	dir := t.TempDir()
	var vocabulary, merges bytes.Buffer
	if err := p.WriteGPT2(&vocabulary, &merges); err != nil {
		t.Fatal(err)
	}
	list, err := readMerges(merges.Bytes())
	if err != nil || !slices.Equal(list, want.Model.Merges) {
		t.Errorf("the merges are others than those of tokenizers 0.23.3 (%v)", err)
	}
	for name, b := range map[string][]byte{"vocab.json": vocabulary.Bytes(), "merges.txt": merges.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again, err := OpenGPT2(filepath.Join(dir, "vocab.json"), filepath.Join(dir, "merges.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range readGolden(t).Texts {
		a, _ := p.Encode(s)
		b, err := again.Encode(s)
		if err != nil || !slices.Equal(a, b) {
			t.Errorf("%q: %v before and %v (%v) after the files", s, a, b, err)
		}
		if back, err := again.Decode(b); err != nil || back != s {
			t.Errorf("%q comes back as %q, %v", s, back, err)
		}
	}
	if _, err := TrainBPE(lines, 256, "<|endoftext|>"); err == nil {
		t.Error("a vocabulary of 256 and a special token is not refused")
	}
}

// A special token is found in the text, and not decoded.
func TestSpecial(t *testing.T) {
	p, err := TrainBPE(slices.Values([]string{"abab"}), 300, "<|endoftext|>")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := p.Encode("ab<|endoftext|>ab")
	id, ok := p.ID("<|endoftext|>")
	if err != nil || !ok || len(ids) != 3 || ids[1] != id || !p.Special(id) {
		t.Errorf("tokens %v, %v", ids, err)
	}
	if s, _ := p.Decode(ids); s != "abab" {
		t.Errorf("decoded %q; want abab", s)
	}
	if s, _ := p.DecodeAll(ids); s != "ab<|endoftext|>ab" {
		t.Errorf("all decoded %q", s)
	}
}

// A word of any length takes no more than n·log n, and many goroutines may encode.
func TestLongWord(t *testing.T) {
	p, err := TrainBPE(slices.Values([]string{strings.Repeat("ab", 100)}), 262)
	if err != nil {
		t.Fatal(err)
	}
	word := strings.Repeat("ab", 100_000)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			ids, err := p.Encode(word)
			if err != nil || len(ids) > 100_000 {
				t.Errorf("%d tokens, %v", len(ids), err)
			}
			if s, err := p.Decode(ids); s != word || err != nil {
				t.Error("a long word does not come back")
			}
		})
	}
	wg.Wait()
}

func TestBlocks(t *testing.T) {
	b, err := Blocks([]int{0, 1, 2, 3, 4, 5, 6}, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for i := range b.Len() {
		s, err := b.At(i)
		if err != nil {
			t.Fatal(err)
		}
		got = append(append(got, tensor.Slice[int64](s.X)...), tensor.Slice[int64](s.Y)...)
	}
	if want := []int64{0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("blocks %v; want %v", got, want)
	}
	if _, err := b.At(2); err == nil {
		t.Error("block 2 of 2 is there")
	}
	if whole, err := Blocks([]int{1, 2, 3}, 2, 9); err != nil || whole.Len() != 1 {
		t.Errorf("three tokens make %v, %v", whole, err)
	}
	for _, c := range [][3]int{{3, 3, 1}, {3, 0, 1}, {3, 1, 0}} {
		if _, err := Blocks(make([]int, c[0]), c[1], c[2]); err == nil {
			t.Errorf("%d tokens in blocks of %d every %d are not refused", c[0], c[1], c[2])
		}
	}
}

// What contradicts itself, or is not here, is an error that says so.
func TestHostile(t *testing.T) {
	const bpe = `{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}`
	good := func(parts string) string { return `{"model":` + bpe + parts + `}` }
	if _, err := Parse([]byte(good(""))); err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat(`{"type":"Sequence","normalizers":[`, 100) + strings.Repeat(`]}`, 100)
	for text, want := range map[string]string{
		"":                                    "no tokenizer.json",
		"{}":                                  "it has no model",
		`{"model":null}`:                      "there is no model",
		`{"model":{"type":"WordLevel"}}`:      `there is no model "WordLevel"`,
		`{"model":{"type":"BPE","vocab":[]}}`: "cannot unmarshal",
		`{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}}`:                                   "have the same number 0",
		`{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}`:                                        `has the number -1`,
		`{"model":{"type":"BPE","vocab":{"a":1000000000},"merges":[]}}`:                                "in a vocabulary of 1",
		`{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}`:                                    "is not in the vocabulary",
		`{"model":{"type":"BPE","vocab":{"a":0},"merges":["a"]}}`:                                      "want two tokens",
		`{"model":{"type":"BPE","vocab":{"a":0},"merges":[["a","a","a"]]}}`:                            "want two tokens",
		`{"model":{"type":"BPE","vocab":{"a":0},"merges":[7]}}`:                                        "want two tokens",
		`{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":"u"}}`:                         "for what is unknown",
		`{"model":{"type":"WordPiece","vocab":{"a":0}}}`:                                               "for what is unknown",
		`{"model":{"type":"Unigram","vocab":[["a"]]}}`:                                                 "no pair of a text and a score",
		`{"model":{"type":"Unigram","vocab":[["a",0],["a",0]]}}`:                                       "is there twice",
		`{"model":{"type":"Unigram","vocab":[["a",0]],"unk_id":5}}`:                                    "out of range",
		good(`,"added_tokens":[{"id":3,"content":""}]`):                                                "added token 3 is empty",
		good(`,"added_tokens":[{"id":999999999,"content":"x"}]`):                                       "has the number 999999999",
		good(`,"added_tokens":[{"id":0,"content":"x"}]`):                                               "have the same number 0",
		good(`,"normalizer":{"type":"Precompiled"}`):                                                   `no normalizer "Precompiled"`,
		good(`,"normalizer":` + deep):                                                                  "nest more than 8 deep",
		good(`,"normalizer":{"type":"Replace","pattern":{},"content":""}`):                             "neither String nor Regex",
		good(`,"normalizer":{"type":"Replace","pattern":{"Regex":"("},"content":""}`):                  "missing closing )",
		good(`,"pre_tokenizer":{"type":"UnicodeScripts"}`):                                             `no pre_tokenizer "UnicodeScripts"`,
		good(`,"pre_tokenizer":{"type":"Split","pattern":{"Regex":"["},"behavior":"Isolated"}`):        "unterminated",
		good(`,"decoder":{"type":"CTC"}`):                                                              `no decoder "CTC"`,
		good(`,"decoder":{"type":"WordPiece","prefix":3}`):                                             "cannot unmarshal",
		good(`,"post_processor":{"type":"BertProcessing","sep":["x",3],"cls":["y",0]}`):                "there is no token 3",
		good(`,"post_processor":{"type":"BertProcessing"}`):                                            "want a text and a number",
		good(`,"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x"}}]}`): "is not among its special_tokens",
		good(`,"post_processor":{"type":"TemplateProcessing","single":[{}]}`):                          "neither a token nor text A or B",
		good(`,"post_processor":{"type":"TemplateProcessing","single":[` + strings.Repeat(`{"Sequence":{"id":"A"}},`, 99) + `{"Sequence":{"id":"A"}}]}`): "want at most 64",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.120s: error %v; want %q", text, err, want)
		}
	}
	p, err := Parse([]byte(good(`,"pre_tokenizer":{"type":"Split","pattern":{"String":"a"},"behavior":"Nonsense"}`)))
	if err == nil {
		_, err = p.Encode("aa")
	}
	if err == nil || !strings.Contains(err.Error(), `no behavior "Nonsense"`) {
		t.Errorf("a behavior that is none: %v", err)
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a folder is opened")
	}
}

// Whatever a file says, parsing takes no more memory than some times its size,
// and encoding does not panic.
func FuzzParse(f *testing.F) {
	g := readGolden(f)
	for _, want := range g.Tokenizers {
		f.Add([]byte(want.JSON), "Hello, wörld 12")
	}
	f.Add([]byte(`{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}`), "a\xffa")
	f.Fuzz(func(t *testing.T, raw []byte, text string) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p, err := Parse(raw)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > uint64(40*len(raw))+1<<20 {
			t.Errorf("%d bytes allocated for a file of %d", n, len(raw))
		}
		if err != nil {
			return
		}
		if ids, err := p.Encode(text); err == nil {
			if _, err := p.DecodeAll(ids); err != nil {
				t.Error(err)
			}
		}
	})
}

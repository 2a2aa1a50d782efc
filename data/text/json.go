package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// maxFile is the largest tokenizer.json that is read: the largest ones in use have
// some 20 MB.
const maxFile = 256 << 20

// Open reads a tokenizer.json, the format of Hugging Face's tokenizers.
//
//	errors: those of the file; one that names the part of a tokenizer that facula
//	does not have, or that contradicts another
//	source: https://github.com/huggingface/tokenizers
func Open(path string) (*Pipeline, error) {
	raw, err := readFile(path)
	if err != nil {
		return nil, err
	}
	p, err := Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", path)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s has %d bytes; want at most %d", path, info.Size(), maxFile)
	}
	return os.ReadFile(path)
}

// Parse reads the content of a tokenizer.json.
func Parse(raw []byte) (*Pipeline, error) {
	var f struct {
		Added         []addedJSON     `json:"added_tokens"`
		Normalizer    json.RawMessage `json:"normalizer"`
		PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
		PostProcessor json.RawMessage `json:"post_processor"`
		Decoder       json.RawMessage `json:"decoder"`
		Model         json.RawMessage `json:"model"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("text: no tokenizer.json: %w", err)
	}
	if len(f.Model) == 0 {
		return nil, errors.New("text: no tokenizer.json: it has no model")
	}
	p := &Pipeline{special: map[int]bool{}}
	ids, m, err := parseModel(f.Model)
	if err == nil {
		p.model = m
		err = p.addAll(ids, f.Added)
	}
	if err == nil {
		p.normalize, err = parseNormalizer(f.Normalizer, 0)
	}
	if err == nil && p.normalize != nil {
		for i, a := range p.added {
			if a.normalized {
				p.added[i].content = p.normalize(a.content)
			}
		}
	}
	if err == nil {
		p.split, err = parseSplitter(f.PreTokenizer, 0)
	}
	if err == nil {
		p.template, err = parseTemplate(f.PostProcessor, &p.vocab, 0)
	}
	if err == nil {
		p.decode, err = parseDecoder(f.Decoder, 0)
	}
	if err != nil {
		return nil, fmt.Errorf("text: tokenizer.json: %w", err)
	}
	return p, nil
}

type addedJSON struct {
	ID         int    `json:"id"`
	Content    string `json:"content"`
	Word       bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// maxAdded bounds the added tokens: each is looked for at every place of a text.
const maxAdded = 20_000

func (p *Pipeline) addAll(ids map[string]int, list []addedJSON) (err error) {
	if len(list) > maxAdded {
		return fmt.Errorf("%d added tokens; want at most %d", len(list), maxAdded)
	}
	all := make(map[string]int, len(ids)+len(list))
	for t, id := range ids {
		all[t] = id
	}
	for _, a := range list {
		if a.Content == "" {
			return fmt.Errorf("added token %d is empty", a.ID)
		}
		all[a.Content] = a.ID
	}
	if p.vocab, err = newVocab(all); err != nil {
		return err
	}
	for _, a := range list {
		p.added = append(p.added, added{a.Content, a.ID, a.Normalized, a.Word, a.LStrip, a.RStrip})
		if a.Special {
			p.special[a.ID] = true
		}
	}
	slices.SortStableFunc(p.added, func(a, b added) int { return len(b.content) - len(a.content) })
	return nil
}

// absent reports whether a part is left out.
func absent(raw json.RawMessage) bool { return len(raw) == 0 || bytes.Equal(raw, []byte("null")) }

// typeOf is what a part calls itself.
func typeOf(raw json.RawMessage) (string, error) {
	var t struct {
		Type string `json:"type"`
	}
	err := json.Unmarshal(raw, &t)
	return t.Type, err
}

// read fills v, which holds the defaults.
func read[T any](raw json.RawMessage, v T) (T, error) {
	err := json.Unmarshal(raw, &v)
	return v, err
}

// maxDepth is how deep sequences of parts may nest.
const maxDepth = 8

// part reads what a part calls itself, and its settings into v, which holds the
// defaults.
func part[T any](raw json.RawMessage, depth int, v T) (kind string, settings T, err error) {
	if depth > maxDepth {
		return "", v, fmt.Errorf("parts nest more than %d deep", maxDepth)
	}
	if kind, err = typeOf(raw); err == nil {
		v, err = read(raw, v)
	}
	return kind, v, err
}

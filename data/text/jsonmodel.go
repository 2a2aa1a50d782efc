package text

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// parseModel reads the part that has the vocabulary.
func parseModel(raw json.RawMessage) (map[string]int, model, error) {
	kind, err := typeOf(raw)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case kind == "BPE":
		return parseBPE(raw)
	case kind == "WordPiece":
		return parseWordPiece(raw)
	case kind == "Unigram":
		return parseUnigram(raw)
	case kind == "" && strings.Contains(string(raw[:min(len(raw), 1<<20)]), `"merges"`):
		return parseBPE(raw) // old files do not say
	case kind == "" && strings.Contains(string(raw[:min(len(raw), 1<<20)]), `"max_input_chars_per_word"`):
		return parseWordPiece(raw)
	}
	return nil, nil, fmt.Errorf("there is no model %.40q here; want BPE, WordPiece or Unigram", kind)
}

func parseBPE(raw json.RawMessage) (map[string]int, model, error) {
	f, err := read(raw, struct {
		Vocab   map[string]int    `json:"vocab"`
		Merges  []json.RawMessage `json:"merges"`
		Unknown *string           `json:"unk_token"`
		Prefix  *string           `json:"continuing_subword_prefix"`
		Suffix  *string           `json:"end_of_word_suffix"`
		Fuse    bool              `json:"fuse_unk"`
		Bytes   bool              `json:"byte_fallback"`
		Whole   bool              `json:"ignore_merges"`
	}{})
	if err != nil {
		return nil, nil, err
	}
	m := &bpe{ids: f.Vocab, unknown: -1, fuse: f.Fuse, whole: f.Whole}
	if f.Prefix != nil {
		m.prefix = *f.Prefix
	}
	if f.Suffix != nil {
		m.suffix = *f.Suffix
	}
	if f.Unknown != nil {
		id, ok := f.Vocab[*f.Unknown]
		if !ok {
			return nil, nil, fmt.Errorf("the token %.40q for what is unknown is not in the vocabulary", *f.Unknown)
		}
		m.unknown = id
	}
	if f.Bytes {
		m.bytes = byteTokens(f.Vocab)
	}
	merges := make([][2]string, len(f.Merges))
	for i, r := range f.Merges {
		if merges[i], err = parseMerge(r); err != nil {
			return nil, nil, fmt.Errorf("merge %d: %w", i+1, err)
		}
	}
	return f.Vocab, m, m.rank(merges)
}

// parseMerge reads "a b", or ["a", "b"] as newer files have.
func parseMerge(raw json.RawMessage) (pair [2]string, err error) {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		a, b, ok := strings.Cut(s, " ")
		if !ok || a == "" || b == "" {
			return pair, fmt.Errorf("%.40q; want two tokens with a space between them", s)
		}
		return [2]string{a, b}, nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil || len(list) != 2 {
		return pair, fmt.Errorf("%.40s; want two tokens", raw)
	}
	return [2]string{list[0], list[1]}, nil
}

// byteTokens are the numbers of <0x00> to <0xFF>, or nil if one is missing.
func byteTokens(ids map[string]int) []int {
	out := make([]int, 256)
	for b := range out {
		id, ok := ids[fmt.Sprintf("<0x%02X>", b)]
		if !ok {
			return nil
		}
		out[b] = id
	}
	return out
}

func parseWordPiece(raw json.RawMessage) (map[string]int, model, error) {
	f, err := read(raw, struct {
		Vocab   map[string]int `json:"vocab"`
		Unknown string         `json:"unk_token"`
		Prefix  string         `json:"continuing_subword_prefix"`
		Most    int            `json:"max_input_chars_per_word"`
	}{Unknown: "[UNK]", Prefix: "##", Most: 100})
	if err != nil {
		return nil, nil, err
	}
	id, ok := f.Vocab[f.Unknown]
	if !ok {
		return nil, nil, fmt.Errorf("the token %.40q for what is unknown is not in the vocabulary", f.Unknown)
	}
	m := &wordPiece{ids: f.Vocab, prefix: f.Prefix, unknown: id, most: f.Most}
	for t := range f.Vocab {
		m.longest = max(m.longest, len(t))
	}
	return f.Vocab, m, nil
}

func parseUnigram(raw json.RawMessage) (map[string]int, model, error) {
	f, err := read(raw, struct {
		Unknown *int                `json:"unk_id"`
		Vocab   [][]json.RawMessage `json:"vocab"`
		Bytes   bool                `json:"byte_fallback"`
	}{})
	if err != nil {
		return nil, nil, err
	}
	m := &unigram{ids: make(map[string]int, len(f.Vocab)), unknown: -1}
	for id, pair := range f.Vocab {
		var token string
		var score float64
		if len(pair) != 2 || json.Unmarshal(pair[0], &token) != nil || json.Unmarshal(pair[1], &score) != nil {
			return nil, nil, fmt.Errorf("token %d is no pair of a text and a score", id)
		}
		if _, twice := m.ids[token]; twice {
			return nil, nil, fmt.Errorf("token %.40q is there twice", token)
		}
		m.ids[token] = id
		m.scores = append(m.scores, score)
		m.least = min(m.least, score)
		m.longest = max(m.longest, len(token))
	}
	if f.Unknown != nil {
		if m.unknown = *f.Unknown; m.unknown < 0 || m.unknown >= len(f.Vocab) {
			return nil, nil, errors.New("the number of the token for what is unknown is out of range")
		}
	}
	if f.Bytes {
		m.bytes = byteTokens(m.ids)
	}
	return m.ids, m, nil
}

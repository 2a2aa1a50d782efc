package text

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// OpenGPT2 reads GPT-2's files: the vocabulary, vocab.json or encoder.json, and
// the list of merges, merges.txt or vocab.bpe. <|endoftext|>, if the vocabulary
// has it, is special.
func OpenGPT2(vocabPath, mergesPath string) (*Pipeline, error) {
	rawVocab, err := readFile(vocabPath)
	if err != nil {
		return nil, err
	}
	rawMerges, err := readFile(mergesPath)
	if err != nil {
		return nil, err
	}
	var ids map[string]int
	if err := json.Unmarshal(rawVocab, &ids); err != nil {
		return nil, fmt.Errorf("%s: text: no vocabulary: %w", vocabPath, err)
	}
	merges, err := readMerges(rawMerges)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", mergesPath, err)
	}
	p, err := newByteLevel(ids, merges, "<|endoftext|>")
	if err != nil {
		return nil, fmt.Errorf("%s, %s: text: %w", vocabPath, mergesPath, err)
	}
	return p, nil
}

// readMerges reads a merge a line: two tokens with a space between them. The
// first line may be a comment.
func readMerges(raw []byte) ([][2]string, error) {
	var list [][2]string
	s := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; s.Scan(); n++ {
		if line := s.Text(); line != "" && !strings.HasPrefix(line, "#version") {
			a, b, ok := strings.Cut(line, " ")
			if !ok || a == "" || b == "" {
				return nil, fmt.Errorf("line %d is %.40q; want two tokens with a space between them", n, line)
			}
			list = append(list, [2]string{a, b})
		}
	}
	return list, s.Err()
}

// newByteLevel is a tokenizer like GPT-2's.
func newByteLevel(ids map[string]int, merges [][2]string, specials ...string) (*Pipeline, error) {
	v, err := newVocab(ids)
	if err != nil {
		return nil, err
	}
	for _, r := range byteRunes {
		if _, ok := ids[string(r)]; !ok {
			return nil, errors.New("the vocabulary has not all 256 bytes; is it one of byte-level BPE?")
		}
	}
	m := &bpe{ids: ids, unknown: -1}
	if err := m.rank(merges); err != nil {
		return nil, err
	}
	p := &Pipeline{vocab: v, special: map[int]bool{}, model: m, split: byteLevel(false, true), decode: decodeByteLevel}
	for _, s := range specials {
		if id, ok := ids[s]; ok {
			p.added = append(p.added, added{content: s, id: id})
			p.special[id] = true
		}
	}
	return p, nil
}

// writeVocab writes the tokens as JSON, in the order of their numbers.
func writeVocab(w io.Writer, tokens []string) error {
	if _, err := io.WriteString(w, "{"); err != nil {
		return err
	}
	sep := ""
	for id, t := range tokens {
		name, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s%s:%d", sep, name, id); err != nil {
			return err
		}
		sep = ",\n"
	}
	_, err := io.WriteString(w, "}\n")
	return err
}

package text

import (
	"errors"
	"fmt"
)

// A Tokenizer cuts text into numbered tokens. Several goroutines may use it.
type Tokenizer interface {
	// Encode returns the numbers of a text's tokens, with the special tokens
	// that the tokenizer's template puts around a text.
	Encode(text string) ([]int, error)
	// Decode returns the text of numbers, without special tokens.
	Decode(ids []int) (string, error)
	// Size is the number of tokens: numbers are below it.
	Size() int
	// Token is the token of a number as the vocabulary spells it, or "".
	Token(id int) string
	// ID is the number of a token, as the vocabulary spells it.
	ID(token string) (id int, ok bool)
}

// ErrUnknown is the error of a text with something that the vocabulary lacks,
// where the tokenizer has no token for the unknown.
var ErrUnknown = errors.New("text: not in the vocabulary")

// vocab has tokens by number and numbers by token.
type vocab struct {
	tokens []string
	ids    map[string]int
}

// newVocab checks that numbers are used once, and leaves no great holes: a file
// of a few bytes must not ask for a table of millions.
func newVocab(ids map[string]int) (vocab, error) {
	most := 0
	for token, id := range ids {
		if id < 0 || id > 4*len(ids)+1000 {
			return vocab{}, fmt.Errorf("token %.40q has the number %d in a vocabulary of %d", token, id, len(ids))
		}
		most = max(most, id+1)
	}
	v := vocab{make([]string, most), ids}
	used := make([]bool, most)
	for token, id := range ids {
		if used[id] {
			return vocab{}, fmt.Errorf("tokens %.40q and %.40q have the same number %d", v.tokens[id], token, id)
		}
		used[id], v.tokens[id] = true, token
	}
	return v, nil
}

// Size is the number of tokens, holes among them included.
func (v *vocab) Size() int { return len(v.tokens) }

// Token is the token of a number, or "".
func (v *vocab) Token(id int) string {
	if id < 0 || id >= len(v.tokens) {
		return ""
	}
	return v.tokens[id]
}

// ID is the number of a token.
func (v *vocab) ID(token string) (int, bool) {
	id, ok := v.ids[token]
	return id, ok
}

func (v *vocab) check(ids []int) error {
	for _, id := range ids {
		if id < 0 || id >= len(v.tokens) {
			return fmt.Errorf("text: there is no token %d; want 0 to %d", id, len(v.tokens)-1)
		}
	}
	return nil
}

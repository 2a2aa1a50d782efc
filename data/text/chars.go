package text

import (
	"fmt"
	"slices"
	"strings"
)

// Chars is a tokenizer whose tokens are characters (Unicode code points).
type Chars struct {
	vocab
	unknown int // the token for others; -1 if they are errors
}

// NewChars returns a tokenizer of the characters of corpus, numbered in the order
// of their code points: the same corpus gives the same numbers.
func NewChars(corpus string) *Chars {
	seen := map[rune]bool{}
	for _, r := range corpus {
		seen[r] = true
	}
	var runes []rune
	for r := range seen {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	c := &Chars{vocab{ids: map[string]int{}}, -1}
	for i, r := range runes {
		c.tokens = append(c.tokens, string(r))
		c.ids[string(r)] = i
	}
	return c
}

// WithUnknown returns a tokenizer with one more token, the last one, for
// characters that the corpus did not have. Its text is U+FFFD.
func (c *Chars) WithUnknown() *Chars {
	if c.unknown >= 0 {
		return c
	}
	u := NewChars(strings.Join(c.tokens, ""))
	u.unknown = len(u.tokens)
	u.tokens = append(u.tokens, "\uFFFD")
	u.ids["\uFFFD"] = u.unknown
	return u
}

// Encode returns a number for each character. Without [Chars.WithUnknown] a
// character that the corpus did not have is an [ErrUnknown].
func (c *Chars) Encode(text string) ([]int, error) {
	ids := make([]int, 0, len(text))
	for at, r := range text {
		id, ok := c.ids[string(r)]
		switch {
		case ok:
		case c.unknown >= 0:
			id = c.unknown
		default:
			return nil, fmt.Errorf("%w: character %q at byte %d", ErrUnknown, r, at)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// Decode returns the characters of the numbers.
func (c *Chars) Decode(ids []int) (string, error) {
	if err := c.check(ids); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(c.tokens[id])
	}
	return b.String(), nil
}

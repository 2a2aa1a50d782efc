package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Pipeline is a tokenizer made of parts, as a tokenizer.json says: added tokens
// are taken out first; what is between them is normalised, cut into words, and
// the words into tokens; a template puts special tokens around.
type Pipeline struct {
	vocab
	added     []added // longest first
	special   map[int]bool
	normalize normalizer // or nil
	split     splitter   // or nil: a text is one word
	model     model
	template  template
	decode    decoder // or nil: tokens with spaces between them
}

// added is a token that is found in the text as it stands.
type added struct {
	content        string
	id             int
	normalized     bool // it is looked for in the normalised text
	word           bool // only where no letter is beside it
	lstrip, rstrip bool // spaces on that side are part of it
}

// A template says what is put around one text, and around two.
type template struct{ single, pair []slot }

// slot is a special token, or the place of text 0 or 1.
type slot struct {
	id   int
	text int // -1: none, a special token
	kind int // which of two texts it counts to
}

// Encode returns a text's tokens, in the template for one text.
func (p *Pipeline) Encode(text string) ([]int, error) {
	ids, err := p.bare(text)
	if err != nil || p.template.single == nil {
		return ids, err
	}
	ids, _ = p.template.fill(p.template.single, ids, nil)
	return ids, nil
}

// EncodePair returns two texts' tokens in the template for two, as BERT wants for
// a question and an answer, and for each token to which text it counts: 0 or 1.
func (p *Pipeline) EncodePair(a, b string) (ids, kinds []int, err error) {
	first, err := p.bare(a)
	if err != nil {
		return nil, nil, err
	}
	second, err := p.bare(b)
	if err != nil {
		return nil, nil, err
	}
	slots := p.template.pair
	if slots == nil {
		slots = []slot{{text: 0}, {text: 1, kind: 1}}
	}
	ids, kinds = p.template.fill(slots, first, second)
	return ids, kinds, nil
}

// EncodeBare returns a text's tokens without a template.
func (p *Pipeline) EncodeBare(text string) ([]int, error) { return p.bare(text) }

func (template) fill(slots []slot, texts ...[]int) (ids, kinds []int) {
	for _, s := range slots {
		add := []int{s.id}
		if s.text >= 0 {
			add = texts[s.text]
		}
		ids = append(ids, add...)
		for range add {
			kinds = append(kinds, s.kind)
		}
	}
	return ids, kinds
}

// bare cuts a text at added tokens, and what is between them by the model.
func (p *Pipeline) bare(text string) ([]int, error) {
	var ids []int
	first := true
	err := p.outside(text, false, &ids, func(part string) error {
		if p.normalize != nil {
			part = p.normalize(part)
		}
		return p.outside(part, true, &ids, func(part string) error {
			var err error
			ids, err = p.words(ids, piece{part, first})
			first = false
			return err
		}, &first)
	}, &first)
	return ids, err
}

// outside calls f for what is between the added tokens of a kind, and appends
// their numbers.
func (p *Pipeline) outside(text string, normalized bool, ids *[]int, f func(string) error, first *bool) error {
	from := 0
	for at := 0; at < len(text); {
		a := p.addedAt(text, at, normalized)
		if a == nil {
			_, n := utf8.DecodeRuneInString(text[at:])
			at += n
			continue
		}
		start, end := at, at+len(a.content)
		if a.lstrip {
			start = from + len(strings.TrimRightFunc(text[from:start], unicode.IsSpace))
		}
		if a.rstrip {
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		if start > from {
			if err := f(text[from:start]); err != nil {
				return err
			}
		}
		*ids = append(*ids, a.id)
		*first = false
		from, at = end, end
	}
	if from < len(text) {
		return f(text[from:])
	}
	return nil
}

// addedAt is the longest added token at a place, or nil.
func (p *Pipeline) addedAt(text string, at int, normalized bool) *added {
	for i := range p.added {
		a := &p.added[i]
		if a.content == "" || a.normalized != normalized || !strings.HasPrefix(text[at:], a.content) {
			continue
		}
		if a.word {
			before, _ := utf8.DecodeLastRuneInString(text[:at])
			after, _ := utf8.DecodeRuneInString(text[at+len(a.content):])
			if isWord(before) || isWord(after) {
				continue
			}
		}
		return a
	}
	return nil
}

// isWord reports whether r can be within a word.
//
//	source: \w of Unicode Technical Standard 18, annex C
func isWord(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Join_Control, unicode.Other_Alphabetic)
}

// words cuts a normalised text into words, and those into tokens.
func (p *Pipeline) words(ids []int, text piece) ([]int, error) {
	pieces := []piece{text}
	var err error
	if p.split != nil {
		if pieces, err = p.split(pieces); err != nil {
			return nil, err
		}
	}
	for _, w := range pieces {
		if ids, err = p.model.encode(ids, w.text); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Decode returns the text of tokens, without special ones.
func (p *Pipeline) Decode(ids []int) (string, error) { return p.text(ids, true) }

// DecodeAll returns the text of tokens, special ones included.
func (p *Pipeline) DecodeAll(ids []int) (string, error) { return p.text(ids, false) }

func (p *Pipeline) text(ids []int, skip bool) (string, error) {
	if err := p.check(ids); err != nil {
		return "", err
	}
	var tokens []string
	for _, id := range ids {
		if !skip || !p.special[id] {
			tokens = append(tokens, p.tokens[id])
		}
	}
	if p.decode == nil {
		return strings.Join(tokens, " "), nil
	}
	return strings.Join(p.decode(tokens), ""), nil
}

// Special reports whether a token is special: it stands for no text.
func (p *Pipeline) Special(id int) bool { return p.special[id] }

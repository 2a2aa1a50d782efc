package text

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// A piece is a part of the text. first says that it starts the text.
type piece struct {
	text  string
	first bool
}

// A splitter cuts pieces into smaller ones, and may rewrite them.
type splitter func([]piece) ([]piece, error)

// each applies f to every piece; f yields its parts.
func each(f func(p piece, yield func(string)) error) splitter {
	return func(in []piece) ([]piece, error) {
		var out []piece
		for _, p := range in {
			first := p.first
			err := f(p, func(s string) {
				if s != "" {
					out = append(out, piece{s, first})
				}
				first = false
			})
			if err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

// byteLevel spells bytes as characters; with the pattern, of each of its words.
func byteLevel(prefixSpace, pattern bool) splitter {
	return each(func(p piece, yield func(string)) error {
		s := p.text
		if prefixSpace && !strings.HasPrefix(s, " ") {
			s = " " + s
		}
		if !pattern {
			yield(spellBytes(s))
			return nil
		}
		splitGPT2(s, func(w string) { yield(spellBytes(w)) })
		return nil
	})
}

// metaspace writes spaces as a visible mark, and cuts before each.
func metaspace(mark, scheme string, cut bool) splitter {
	return each(func(p piece, yield func(string)) error {
		s := strings.ReplaceAll(p.text, " ", mark)
		if (scheme == "always" || scheme == "first" && p.first) && !strings.HasPrefix(s, mark) {
			s = mark + s
		}
		if !cut {
			yield(s)
			return nil
		}
		for s != "" {
			end := strings.Index(s[1:], mark)
			if end < 0 {
				break
			}
			yield(s[:end+1])
			s = s[end+1:]
		}
		yield(s)
		return nil
	})
}

// The ways to deal with what a pattern finds: take it out, keep it alone, join
// it with what is before or after, or with those of its kind.
const (
	removed    = "Removed"
	isolated   = "Isolated"
	withBefore = "MergedWithPrevious"
	withNext   = "MergedWithNext"
	contiguous = "Contiguous"
)

// A span is a part of a text, found by a pattern or between two that were.
type span struct {
	from, to int
	found    bool
}

// cutAt yields the parts of s for spans that cover it.
func cutAt(s string, spans []span, behaviour string, yield func(string)) error {
	switch behaviour {
	case removed:
		for _, p := range spans {
			if !p.found {
				yield(s[p.from:p.to])
			}
		}
	case isolated:
		for _, p := range spans {
			yield(s[p.from:p.to])
		}
	case contiguous, withBefore, withNext:
		from := 0
		for i, p := range spans {
			if i+1 < len(spans) && joins(p, spans[i+1], behaviour) {
				continue
			}
			yield(s[from:p.to])
			from = p.to
		}
	default:
		return fmt.Errorf("there is no behavior %.40q", behaviour)
	}
	return nil
}

func joins(a, b span, behaviour string) bool {
	switch behaviour {
	case contiguous:
		return a.found == b.found
	case withBefore:
		return !a.found && b.found
	}
	return a.found && !b.found
}

// byRune makes spans of single characters for which is holds, and of the runs
// between them.
func byRune(s string, is func(rune) bool) []span {
	var spans []span
	for at, r := range s {
		n := len(string(r))
		if r == utf8.RuneError {
			_, n = utf8.DecodeRuneInString(s[at:])
		}
		found := is(r)
		if k := len(spans) - 1; !found && k >= 0 && !spans[k].found {
			spans[k].to = at + n
			continue
		}
		spans = append(spans, span{at, at + n, found})
	}
	return spans
}

// splitRunes cuts at characters.
func splitRunes(is func(rune) bool, behaviour string) splitter {
	return each(func(p piece, yield func(string)) error {
		return cutAt(p.text, byRune(p.text, is), behaviour, yield)
	})
}

// isPunctuation is BERT's idea of it: ASCII signs, and what Unicode calls so.
func isPunctuation(r rune) bool {
	return r >= '!' && r <= '/' || r >= ':' && r <= '@' || r >= '[' && r <= '`' || r >= '{' && r <= '~' || unicode.IsPunct(r)
}

// splitWords cuts at spaces, which go, and between words and other signs.
func splitWords() splitter {
	return each(func(p piece, yield func(string)) error {
		word := func(r rune) int {
			switch {
			case unicode.IsSpace(r):
				return 0
			case isWord(r):
				return 1
			}
			return 2
		}
		from, last := 0, 0
		for at, r := range p.text {
			if k := word(r); k != last {
				if last != 0 {
					yield(p.text[from:at])
				}
				from, last = at, k
			}
		}
		if last != 0 {
			yield(p.text[from:])
		}
		return nil
	})
}

// patternTime is how long a pattern may look at one piece: some take time without
// end on some texts.
const patternTime = 5 * time.Second

// splitPattern cuts at what a regular expression finds, or, inverted, between.
func splitPattern(pattern, behaviour string, invert bool) (splitter, error) {
	re, err := regexp2.Compile(pattern, regexp2.None)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternTime
	return each(func(p piece, yield func(string)) error {
		spans, err := find(re, p.text)
		if err != nil {
			return err
		}
		if invert {
			for i := range spans {
				spans[i].found = !spans[i].found
			}
		}
		return cutAt(p.text, spans, behaviour, yield)
	}), nil
}

// find returns the spans of a text: found ones, and those between.
func find(re *regexp2.Regexp, s string) ([]span, error) {
	runes := []rune(s)
	at := make([]int, len(runes)+1) // byte of each rune
	for i, r := range runes {
		n := len(string(r))
		if r == utf8.RuneError {
			_, n = utf8.DecodeRuneInString(s[at[i]:])
		}
		at[i+1] = at[i] + n
	}
	var spans []span
	last := 0
	m, err := re.FindRunesMatch(runes)
	for ; m != nil && err == nil; m, err = re.FindNextMatch(m) {
		from, to := at[m.Index], at[m.Index+m.Length]
		if from == to {
			continue
		}
		if from > last {
			spans = append(spans, span{last, from, false})
		}
		spans = append(spans, span{from, to, true})
		last = to
	}
	if err != nil {
		return nil, fmt.Errorf("text: the tokenizer's pattern: %w", err)
	}
	if last < len(s) {
		spans = append(spans, span{last, len(s), false})
	}
	return spans, nil
}

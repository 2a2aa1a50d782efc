package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A normalizer rewrites a text before it is cut.
type normalizer func(string) string

// sequence does one after another.
func sequence(list []normalizer) normalizer {
	return func(s string) string {
		for _, n := range list {
			s = n(s)
		}
		return s
	}
}

// without removes the characters of a class.
func without(class *unicode.RangeTable) normalizer {
	return func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.Is(class, r) {
				return -1
			}
			return r
		}, s)
	}
}

// lower is Unicode's lower case of each letter, whatever is around it. Go's lacks
// the one whose lower case is two characters.
func lower(s string) string { return strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307")) }

// strip removes spaces at the ends.
func strip(left, right bool) normalizer {
	return func(s string) string {
		if left {
			s = strings.TrimLeftFunc(s, unicode.IsSpace)
		}
		if right {
			s = strings.TrimRightFunc(s, unicode.IsSpace)
		}
		return s
	}
}

// bertNormalizer is BERT's.
//
//	source: google-research/bert, tokenization.py, BasicTokenizer
type bertNormalizer struct{ clean, chinese, accents, lower bool }

func (n bertNormalizer) apply(s string) string {
	if n.clean {
		s = strings.Map(cleanRune, s)
	}
	if n.chinese {
		var b strings.Builder
		for _, r := range s {
			if isChinese(r) {
				b.WriteByte(' ')
				b.WriteRune(r)
				b.WriteByte(' ')
			} else {
				b.WriteRune(r)
			}
		}
		s = b.String()
	}
	if n.accents {
		s = without(unicode.Mn)(norm.NFD.String(s)) // the accents that take no room
	}
	if n.lower {
		s = lower(s)
	}
	return s
}

// cleanRune drops control characters, and makes every space a plain one.
func cleanRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return ' '
	case r == 0 || r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
		return -1
	case unicode.IsSpace(r): // after control characters, of which some are spaces
		return ' '
	}
	return r
}

// isChinese reports whether r is in the blocks of CJK ideographs.
func isChinese(r rune) bool {
	for _, block := range [][2]rune{{0x4E00, 0x9FFF}, {0x3400, 0x4DBF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0xF900, 0xFAFF}, {0x2F800, 0x2FA1F}} {
		if r >= block[0] && r <= block[1] {
			return true
		}
	}
	return false
}

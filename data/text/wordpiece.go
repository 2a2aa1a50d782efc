package text

import "unicode/utf8"

// wordPiece takes the longest token that a word starts with, then the longest
// that the rest starts with, and so on.
//
//	source: Devlin et al. 2018, BERT, arXiv:1810.04805
type wordPiece struct {
	ids     map[string]int
	prefix  string // of tokens within a word: "##"
	unknown int
	most    int // characters of a word; a longer one is unknown
	longest int // bytes of a token
}

func (m *wordPiece) encode(ids []int, word string) ([]int, error) {
	if utf8.RuneCountInString(word) > m.most {
		return append(ids, m.unknown), nil
	}
	start := len(ids)
	for at := 0; at < len(word); {
		id, n := m.longestAt(word, at)
		if n == 0 {
			return append(ids[:start], m.unknown), nil
		}
		ids = append(ids, id)
		at += n
	}
	return ids, nil
}

// longestAt is the longest token at a place of a word, and its length there.
func (m *wordPiece) longestAt(word string, at int) (id, n int) {
	prefix := ""
	if at > 0 {
		prefix = m.prefix
	}
	for end := min(len(word), at+m.longest); end > at; end-- {
		if end < len(word) && !utf8.RuneStart(word[end]) {
			continue
		}
		if id, ok := m.ids[prefix+word[at:end]]; ok {
			return id, end - at
		}
	}
	return 0, 0
}

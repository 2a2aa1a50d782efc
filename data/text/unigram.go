package text

import (
	"math"
	"unicode/utf8"
)

// unigram cuts a text into the tokens whose scores have the largest sum, by
// Viterbi's algorithm.
//
//	source: Kudo 2018, arXiv:1804.10959, as in SentencePiece
type unigram struct {
	ids     map[string]int
	scores  []float64 // logarithms of probabilities
	unknown int       // -1 if there is none
	bytes   []int     // as in bpe
	longest int       // bytes of a token
	least   float64   // the smallest score
}

// unknownPenalty is how much worse than the worst token an unknown character is.
const unknownPenalty = 10

func (m *unigram) encode(ids []int, word string) ([]int, error) {
	type step struct {
		score float64
		from  int
		id    int
	}
	best := make([]step, len(word)+1)
	for i := range best[1:] {
		best[i+1].score = math.Inf(-1)
	}
	for at := range word {
		_, size := utf8.DecodeRuneInString(word[at:])
		single := false
		for end := at + 1; end <= min(len(word), at+m.longest); end++ {
			id, ok := m.ids[word[at:end]]
			if !ok {
				continue
			}
			single = single || end == at+size
			if s := best[at].score + m.scores[id]; s > best[end].score {
				best[end] = step{s, at, id}
			}
		}
		if s := best[at].score + m.least - unknownPenalty; !single && s > best[at+size].score {
			best[at+size] = step{s, at, -1}
		}
	}
	var path []step
	var ends []int
	for end := len(word); end > 0; end = best[end].from {
		path, ends = append(path, best[end]), append(ends, end)
	}
	last := false // the token before is unknown; neighbours that are become one
	for i := len(path) - 1; i >= 0; i-- {
		if path[i].id >= 0 {
			ids, last = append(ids, path[i].id), false
			continue
		}
		if m.bytes != nil {
			for _, b := range []byte(word[path[i].from:ends[i]]) {
				ids = append(ids, m.bytes[b])
			}
			continue
		}
		if m.unknown < 0 {
			return nil, ErrUnknown
		}
		if !last {
			ids = append(ids, m.unknown)
		}
		last = true
	}
	return ids, nil
}

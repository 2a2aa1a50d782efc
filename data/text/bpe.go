package text

import (
	"container/heap"
	"fmt"
	"sync"
	"unicode/utf8"
)

// A model cuts a word, which a splitter made, into tokens.
type model interface {
	// encode appends the numbers of a word's tokens.
	encode(ids []int, word string) ([]int, error)
}

// bpe is byte pair encoding: neighbours are joined, those that were joined first
// in training first.
//
//	source: Sennrich, Haddow & Birch 2016, arXiv:1508.07909, with the options of
//	Hugging Face's tokenizers
type bpe struct {
	ids            map[string]int
	merges         map[[2]int]merge
	prefix, suffix string // of a symbol that continues a word; of one that ends it
	unknown        int    // -1 if there is none: what is unknown is left out
	fuse           bool   // neighbours that are unknown are one
	bytes          []int  // number of each byte's token "<0x00>"…, for what is unknown; nil without
	whole          bool   // a word that is a token is not merged at all

	mu    sync.RWMutex
	cache map[string][]int // of short words
}

// A merge is the rank of a pair, and the token that it becomes.
type merge struct{ rank, id int }

const (
	cachedWords = 1 << 16
	cachedBytes = 64 // longer words hardly come again
)

// encode looks a word up, or cuts it and remembers that.
func (m *bpe) encode(ids []int, word string) ([]int, error) {
	if m.whole {
		if id, ok := m.ids[word]; ok {
			return append(ids, id), nil
		}
	}
	if len(word) > cachedBytes {
		return append(ids, m.cut(word)...), nil
	}
	m.mu.RLock()
	known, ok := m.cache[word]
	m.mu.RUnlock()
	if !ok {
		known = m.cut(word)
		m.mu.Lock()
		if len(m.cache) >= cachedWords || m.cache == nil {
			m.cache = map[string][]int{}
		}
		m.cache[word] = known
		m.mu.Unlock()
	}
	return append(ids, known...), nil
}

// symbols are the characters of a word as tokens.
func (m *bpe) symbols(word string) []int {
	var ids []int
	last := false // the symbol before is unknown
	for at, r := range word {
		n := utf8.RuneLen(r)
		if n < 0 || r == utf8.RuneError {
			_, n = utf8.DecodeRuneInString(word[at:])
		}
		s := word[at : at+n]
		if at > 0 {
			s = m.prefix + s
		}
		if at+n == len(word) {
			s += m.suffix
		}
		id, ok := m.ids[s]
		if ok {
			ids, last = append(ids, id), false
			continue
		}
		if m.bytes != nil {
			for _, b := range []byte(s) {
				ids = append(ids, m.bytes[b])
			}
			last = false
			continue
		}
		if m.unknown >= 0 && !(last && m.fuse) {
			ids = append(ids, m.unknown)
		}
		last = true
	}
	return ids
}

// cut joins symbols until no pair is in the list. Symbols are a linked list, and
// the pairs wait in a heap, so that a word of any length takes n·log n.
func (m *bpe) cut(word string) []int {
	ids := m.symbols(word)
	if len(ids) < 2 {
		return ids
	}
	next, prev := make([]int, len(ids)), make([]int, len(ids))
	for i := range ids {
		next[i], prev[i] = i+1, i-1
	}
	next[len(ids)-1] = -1
	var q pairs
	push := func(i int) {
		if i < 0 || next[i] < 0 {
			return
		}
		if j, ok := m.merges[[2]int{ids[i], ids[next[i]]}]; ok {
			heap.Push(&q, pair{j, i, ids[i], ids[next[i]]})
		}
	}
	for i := range ids {
		push(i)
	}
	for len(q) > 0 {
		p := heap.Pop(&q).(pair)
		if ids[p.at] != p.left || next[p.at] < 0 || ids[next[p.at]] != p.right {
			continue // one of the two was joined since
		}
		gone := next[p.at]
		ids[p.at], ids[gone] = p.id, -1
		if next[p.at] = next[gone]; next[gone] >= 0 {
			prev[next[gone]] = p.at
		}
		push(prev[p.at])
		push(p.at)
	}
	out := ids[:0:0]
	for _, id := range ids {
		if id >= 0 {
			out = append(out, id)
		}
	}
	return out
}

// A pair is two neighbours that may be joined, as they were when it was made.
type pair struct {
	merge
	at, left, right int
}

// pairs is a heap: the lowest rank first, then the leftmost.
type pairs []pair

func (q pairs) Len() int { return len(q) }
func (q pairs) Less(i, j int) bool {
	return q[i].rank < q[j].rank || q[i].rank == q[j].rank && q[i].at < q[j].at
}
func (q pairs) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *pairs) Push(x any)   { *q = append(*q, x.(pair)) }
func (q *pairs) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// rank puts the merges of a list into m; each of the two and their union must be
// tokens.
func (m *bpe) rank(list [][2]string) error {
	m.merges = make(map[[2]int]merge, len(list))
	for i, p := range list {
		right := p[1]
		if m.prefix != "" && len(right) > len(m.prefix) && right[:len(m.prefix)] == m.prefix {
			right = right[len(m.prefix):]
		}
		a, okA := m.ids[p[0]]
		b, okB := m.ids[p[1]]
		ab, ok := m.ids[p[0]+right]
		if !okA || !okB || !ok {
			return fmt.Errorf("merge %d joins %.40q and %.40q, but one of them or %.80q is not in the vocabulary", i+1, p[0], p[1], p[0]+right)
		}
		if _, twice := m.merges[[2]int{a, b}]; !twice { // the first one counts
			m.merges[[2]int{a, b}] = merge{i, ab}
		}
	}
	return nil
}

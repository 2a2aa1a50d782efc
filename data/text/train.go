package text

import (
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// TrainBPE learns a byte-level BPE of size tokens from texts: the special tokens
// first, then the 256 bytes, then the pair of neighbours that is most frequent
// within GPT-2's words, again and again. Fewer tokens come out if no pair is left
// that comes twice. The result depends on the texts alone, not on their order.
//
//	source: Radford et al. 2019 (GPT-2)
func TrainBPE(texts iter.Seq[string], size int, specials ...string) (*Pipeline, error) {
	if size < 256+len(specials) {
		return nil, fmt.Errorf("text: TrainBPE of %d tokens; want at least %d: 256 bytes and %d special tokens", size, 256+len(specials), len(specials))
	}
	t := &trainer{ids: map[string]int{}, counts: map[[2]int]int{}, where: map[[2]int]map[int]bool{}}
	for _, s := range specials {
		if _, twice := t.ids[s]; twice || s == "" {
			return nil, fmt.Errorf("text: TrainBPE: the special token %q is empty or given twice", s)
		}
		t.token(s)
	}
	alphabet := byteRunes[:]
	for _, r := range slices.Sorted(slices.Values(alphabet)) {
		t.token(string(r))
	}
	t.read(texts)
	for len(t.tokens) < size && t.join() {
	}
	return newByteLevel(t.ids, t.merges, specials...)
}

// trainer is the state of TrainBPE.
type trainer struct {
	tokens []string
	ids    map[string]int
	merges [][2]string
	words  []trainWord
	counts map[[2]int]int          // of pairs
	where  map[[2]int]map[int]bool // words that may have a pair
	queue  countedPairs
}

type trainWord struct {
	symbols []int
	count   int
}

func (t *trainer) token(s string) int {
	id := len(t.tokens)
	t.tokens, t.ids[s] = append(t.tokens, s), id
	return id
}

// read counts words, and the pairs in them.
func (t *trainer) read(texts iter.Seq[string]) {
	counts := map[string]int{}
	for text := range texts {
		splitGPT2(text, func(w string) { counts[w]++ })
	}
	for word, n := range counts {
		w := trainWord{count: n}
		for _, r := range spellBytes(word) {
			w.symbols = append(w.symbols, t.ids[string(r)])
		}
		t.words = append(t.words, w)
		for i := range w.symbols[1:] {
			t.count([2]int{w.symbols[i], w.symbols[i+1]}, n, len(t.words)-1)
		}
	}
	for p, n := range t.counts {
		t.queue = append(t.queue, counted{p, n})
	}
	heap.Init(&t.queue)
}

// count adds n to a pair's count. A positive n is a pair that word has now.
func (t *trainer) count(p [2]int, n, word int) {
	t.counts[p] += n
	if n < 0 {
		return
	}
	if t.where[p] == nil {
		t.where[p] = map[int]bool{}
	}
	t.where[p][word] = true
}

// join makes the most frequent pair a token. It returns false if none comes twice.
func (t *trainer) join() bool {
	for len(t.queue) > 0 {
		top := heap.Pop(&t.queue).(counted)
		if now := t.counts[top.pair]; now != top.n { // it has changed since
			if now > 0 {
				heap.Push(&t.queue, counted{top.pair, now})
			}
			continue
		}
		if top.n < 2 {
			return false
		}
		t.replace(top.pair)
		return true
	}
	return false
}

func (t *trainer) replace(p [2]int) {
	t.merges = append(t.merges, [2]string{t.tokens[p[0]], t.tokens[p[1]]})
	joined := t.tokens[p[0]] + t.tokens[p[1]]
	id, ok := t.ids[joined]
	if !ok {
		id = t.token(joined)
	}
	changed := map[[2]int]bool{}
	for word := range t.where[p] {
		w := &t.words[word]
		for i := 0; i+1 < len(w.symbols); i++ {
			if w.symbols[i] != p[0] || w.symbols[i+1] != p[1] {
				continue
			}
			if i > 0 {
				t.count([2]int{w.symbols[i-1], p[0]}, -w.count, word)
				t.count([2]int{w.symbols[i-1], id}, w.count, word)
				changed[[2]int{w.symbols[i-1], id}] = true
			}
			if i+2 < len(w.symbols) {
				t.count([2]int{p[1], w.symbols[i+2]}, -w.count, word)
				t.count([2]int{id, w.symbols[i+2]}, w.count, word)
				changed[[2]int{id, w.symbols[i+2]}] = true
			}
			w.symbols[i] = id
			w.symbols = slices.Delete(w.symbols, i+1, i+2)
		}
	}
	delete(t.counts, p)
	delete(t.where, p)
	for q := range changed {
		if n := t.counts[q]; n > 0 {
			heap.Push(&t.queue, counted{q, n})
		}
	}
}

// counted is a pair and how often it came when it was put into the queue.
type counted struct {
	pair [2]int
	n    int
}

// countedPairs is a heap: the most frequent first, then the one of the smaller numbers.
type countedPairs []counted

func (q countedPairs) Len() int { return len(q) }
func (q countedPairs) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[j].n, q[i].n), cmp.Compare(q[i].pair[0], q[j].pair[0]), cmp.Compare(q[i].pair[1], q[j].pair[1])) < 0
}
func (q countedPairs) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *countedPairs) Push(x any)   { *q = append(*q, x.(counted)) }
func (q *countedPairs) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// ErrNotBPE is the error of [Pipeline.WriteGPT2] for another kind of tokenizer.
var ErrNotBPE = errors.New("text: no byte-level BPE")

// WriteGPT2 writes the vocabulary and the merges in the form that [OpenGPT2]
// reads.
func (p *Pipeline) WriteGPT2(vocabulary, merges io.Writer) error {
	m, ok := p.model.(*bpe)
	if !ok || m.prefix != "" || m.suffix != "" || m.unknown >= 0 {
		return ErrNotBPE
	}
	if err := writeVocab(vocabulary, p.tokens); err != nil {
		return err
	}
	list := make([][2]int, len(m.merges))
	for pair, to := range m.merges {
		if to.rank >= len(list) {
			return ErrNotBPE // a merge was there twice
		}
		list[to.rank] = pair
	}
	if _, err := fmt.Fprintln(merges, "#version: 0.2"); err != nil {
		return err
	}
	for _, pair := range list {
		if _, err := fmt.Fprintln(merges, p.tokens[pair[0]], p.tokens[pair[1]]); err != nil {
			return err
		}
	}
	return nil
}

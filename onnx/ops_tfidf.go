package onnx

import (
	"fmt"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

// opTfIdf counts n-grams of a pool in each line, with gaps of up to
// max_skip_count elements between theirs.
//
//	source: TfIdfVectorizer in ONNX's Operators.md
func opTfIdf(c *call) *tensor.Tensor {
	v := c.value(0)
	shape := shapeOf(v)
	words := v.Strings
	if v.Tensor != nil {
		for _, i := range intsOf(v.Tensor) {
			words = append(words, fmt.Sprint(i))
		}
	}
	lines, width := 1, len(words)
	if len(shape) == 2 {
		lines, width = shape[0], shape[1]
	}
	grams, columns := c.grams()
	if lines*columns > 1<<28 {
		c.failf("%d lines of %d columns", lines, columns)
	}
	weights := c.floatsAttr("weights")
	mode := c.choice("mode", "TF", "IDF", "TFIDF")
	lo, hi, skip := c.intAttr("min_gram_length", 1), c.intAttr("max_gram_length", 1), c.intAttr("max_skip_count", 0)
	out := make([]float32, lines*columns)
	for l := range lines {
		line := words[l*width:][:width]
		row := out[l*columns:][:columns]
		count(line, lo, hi, skip, func(gram string) {
			if at, ok := grams[gram]; ok {
				row[at.column]++
			}
		})
		for _, at := range grams {
			if w := row[at.column]; w > 0 && mode != "TF" {
				f := float32(1)
				if at.index < len(weights) {
					f = float32(weights[at.index])
				}
				if mode == "IDF" {
					w = 1
				}
				row[at.column] = w * f
			}
		}
	}
	if len(shape) == 2 {
		return tensor.FromSlice(out, []int{lines, columns})
	}
	return tensor.FromSlice(out, []int{columns})
}

// A gram is the number of an n-gram and the column that counts it.
type gram struct{ index, column int }

// grams are those of the pool, which holds all of length 1, then 2, and so on.
func (c *call) grams() (grams map[string]gram, columns int) {
	pool := c.strsAttr("pool_strings")
	for _, i := range c.intsAttr("pool_int64s") {
		pool = append(pool, fmt.Sprint(i))
	}
	starts, cols := c.intsAttr("ngram_counts"), c.intsAttr("ngram_indexes")
	grams = map[string]gram{}
	for i, start := range starts {
		end := len(pool)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		if start < 0 || start > end || end > len(pool) || (end-start)%(i+1) != 0 {
			c.failf("ngram_counts %v of a pool of %d", starts, len(pool))
		}
		for ; start < end; start += i + 1 {
			k := len(grams)
			if k >= len(cols) || cols[k] < 0 || cols[k] > 1<<24 {
				c.failf("ngram_indexes has no column for n-gram %d", k)
			}
			grams[strings.Join(pool[start:start+i+1], "\x00")] = gram{k, cols[k]}
			columns = max(columns, cols[k]+1)
		}
	}
	return grams, columns
}

// count calls f with every n-gram of a line; single words have no gaps.
func count(line []string, lo, hi, skip int, f func(gram string)) {
	for n := lo; n <= hi && n <= len(line); n++ {
		for gap := 1; gap <= skip+1; gap++ {
			for i := 0; i+(n-1)*gap < len(line); i++ {
				var g []string
				for k := range n {
					g = append(g, line[i+k*gap])
				}
				f(strings.Join(g, "\x00"))
			}
			if n == 1 {
				break
			}
		}
	}
}

package text

import (
	"fmt"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

// Blocks is a data set for language models: each sample is length tokens, and as
// its target the same tokens one further, so that the model learns to say the next.
// Blocks start stride tokens apart. What is left at the end is not used.
//
// X and Y have the shape [length] and the dtype int64.
func Blocks(tokens []int, length, stride int) (data.Dataset[data.Sample], error) {
	if length < 1 || stride < 1 {
		return nil, fmt.Errorf("text: Blocks of length %d and stride %d; want 1 or more", length, stride)
	}
	if len(tokens) <= length {
		return nil, fmt.Errorf("text: %d tokens make no block of %d and the token after it", len(tokens), length)
	}
	wide := make([]int64, len(tokens))
	for i, t := range tokens {
		wide[i] = int64(t)
	}
	return &blocks{wide, length, stride}, nil
}

type blocks struct {
	tokens         []int64
	length, stride int
}

// Len is the number of blocks.
func (b *blocks) Len() int { return (len(b.tokens)-1-b.length)/b.stride + 1 }

// At returns block i.
func (b *blocks) At(i int) (data.Sample, error) {
	if i < 0 || i >= b.Len() {
		return data.Sample{}, fmt.Errorf("text: block %d; want 0 to %d", i, b.Len()-1)
	}
	at := i * b.stride
	return data.Sample{X: tensor.Of(b.tokens[at : at+b.length]), Y: tensor.Of(b.tokens[at+1 : at+1+b.length])}, nil
}

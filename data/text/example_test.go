package text_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/facula-ml/facula/data/text"
)

// A tokenizer is learned from a corpus, and cuts a text.
func Example() {
	corpus := slices.Values([]string{"low lower lowest", "new newer newest", "wide wider widest"})
	tok, err := text.TrainBPE(corpus, 270, "<|endoftext|>")
	if err != nil {
		fmt.Println(err)
		return
	}
	ids, err := tok.Encode("the newest and widest")
	if err != nil {
		fmt.Println(err)
		return
	}
	var tokens []string
	for _, id := range ids {
		tokens = append(tokens, tok.Token(id))
	}
	fmt.Println(strings.Join(tokens, " "))
	s, err := tok.Decode(ids)
	fmt.Printf("%q %v\n", s, err)
	// Output:
	// t h e Ġne west Ġ a n d Ġwide st
	// "the newest and widest" <nil>
}

// The characters of a text as tokens, and blocks of them for a language model.
func ExampleBlocks() {
	tok := text.NewChars("to be or not to be")
	ids, _ := tok.Encode("to be or not to be")
	blocks, err := text.Blocks(ids, 4, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	first, _ := blocks.At(0)
	fmt.Println(blocks.Len(), first.X, first.Y)
	// Output: 4 tensor([6, 4, 0, 1], shape=[4], dtype=int64) tensor([4, 0, 1, 2], shape=[4], dtype=int64)
}

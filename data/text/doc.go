// Package text turns text into numbers for language models, and back.
//
// A [Tokenizer] cuts text into tokens and gives each its number. [Open] reads a
// tokenizer.json as Hugging Face's library writes it: byte-level BPE (GPT-2 and
// its kin), WordPiece (BERT), Unigram, with their normalisers, splitters and
// templates. [OpenGPT2] reads GPT-2's own vocab.json and merges.txt, [TrainBPE]
// learns a byte-level BPE from a corpus, and [NewChars] takes the characters of a
// text as they are.
//
//	tok, err := text.Open("tokenizer.json")
//	ids, err := tok.Encode("Hello, world")
//	s, err := tok.Decode(ids)
//
// [Blocks] cuts a long list of tokens into the samples of a language model.
package text

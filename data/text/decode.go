package text

import (
	"strconv"
	"strings"
)

// A decoder rewrites tokens, at the end into the parts of a text.
type decoder func([]string) []string

func decodeByteLevel(tokens []string) []string {
	return []string{readBytes(strings.Join(tokens, ""))}
}

// decodeWordPiece joins tokens with the prefix to those before them, and puts
// spaces between the others; tidy removes those that English does not have.
func decodeWordPiece(prefix string, tidy bool) decoder {
	return func(tokens []string) []string {
		out := make([]string, len(tokens))
		for i, t := range tokens {
			if i > 0 {
				rest, within := strings.CutPrefix(t, prefix)
				if within {
					t = rest
				} else {
					t = " " + t
				}
			}
			if tidy {
				t = tidyEnglish.Replace(t)
			}
			out[i] = t
		}
		return out
	}
}

// tidyEnglish is the clean-up of Hugging Face's library.
var tidyEnglish = strings.NewReplacer(" .", ".", " ?", "?", " !", "!", " ,", ",", " ' ", "'", " n't", "n't", " 'm", "'m",
	" do not", " don't", " 's", "'s", " 've", "'ve", " 're", "'re")

// decodeMetaspace makes marks spaces; those of the first token, where one was put
// before the text, go.
func decodeMetaspace(mark, scheme string) decoder {
	return func(tokens []string) []string {
		out := make([]string, len(tokens))
		for i, t := range tokens {
			space := " "
			if i == 0 && scheme != "never" {
				space = ""
			}
			out[i] = strings.ReplaceAll(t, mark, space)
		}
		return out
	}
}

// decodeSuffix is BPE's without byte level: the suffix of a word's end is a space.
func decodeSuffix(suffix string) decoder {
	return func(tokens []string) []string {
		out := make([]string, len(tokens))
		for i, t := range tokens {
			with := " "
			if i == len(tokens)-1 {
				with = ""
			}
			out[i] = strings.ReplaceAll(t, suffix, with)
		}
		return out
	}
}

// decodeBytes joins neighbours such as <0xE2> to the text of their bytes; those
// that are none become U+FFFD, one each.
func decodeBytes(tokens []string) []string {
	var out []string
	var pending []byte
	flush := func() {
		if s := string(pending); strings.ToValidUTF8(s, "") == s {
			if s != "" {
				out = append(out, s)
			}
		} else {
			for range pending {
				out = append(out, "\uFFFD")
			}
		}
		pending = nil
	}
	for _, t := range tokens {
		if b, ok := byteToken(t); ok {
			pending = append(pending, b)
			continue
		}
		flush()
		out = append(out, t)
	}
	flush()
	return out
}

// byteToken reads <0x00> to <0xFF>.
func byteToken(t string) (byte, bool) {
	if len(t) != 6 || !strings.HasPrefix(t, "<0x") || t[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(t[3:5], 16, 8)
	return byte(b), err == nil
}

// decodeStrip removes up to so many copies of a text from each token's ends.
func decodeStrip(content string, start, stop int) decoder {
	return func(tokens []string) []string {
		out := make([]string, len(tokens))
		for i, t := range tokens {
			for n := 0; n < start && strings.HasPrefix(t, content) && content != ""; n++ {
				t = t[len(content):]
			}
			for n := 0; n < stop && strings.HasSuffix(t, content) && content != ""; n++ {
				t = t[:len(t)-len(content)]
			}
			out[i] = t
		}
		return out
	}
}

func fuse(tokens []string) []string { return []string{strings.Join(tokens, "")} }

// onEach rewrites each token.
func onEach(f func(string) string) decoder {
	return func(tokens []string) []string {
		out := make([]string, len(tokens))
		for i, t := range tokens {
			out[i] = f(t)
		}
		return out
	}
}

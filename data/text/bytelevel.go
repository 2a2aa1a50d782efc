package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// byteRunes spells each byte as a printable character, as GPT-2's vocabulary
// does: those that are printable as they are, the others from U+0100 on.
//
//	source: Radford et al. 2019, GPT-2, encoder.py, bytes_to_unicode
var byteRunes = func() (table [256]rune) {
	next := rune(0x100)
	for b := range table {
		if b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE {
			table[b] = rune(b)
			continue
		}
		table[b] = next
		next++
	}
	return table
}()

// runeBytes is the way back.
var runeBytes = func() map[rune]byte {
	m := make(map[rune]byte, 256)
	for b, r := range byteRunes {
		m[r] = byte(b)
	}
	return m
}()

// spellBytes writes each byte of s as its character.
func spellBytes(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for i := range len(s) {
		b.WriteRune(byteRunes[s[i]])
	}
	return b.String()
}

// readBytes is the way back; what is no byte's character stays, and bytes that
// are no text become U+FFFD.
func readBytes(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if c, ok := runeBytes[r]; ok {
			b = append(b, c)
		} else {
			b = utf8.AppendRune(b, r)
		}
	}
	return validText(b)
}

// validText puts one U+FFFD for each beginning of a character that does not go on,
// and for each byte that begins none.
//
//	source: The Unicode Standard, 3.9, U+FFFD Substitution of Maximal Subparts
func validText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out []byte
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			for n < len(b) && !utf8.FullRune(b[:n+1]) {
				n++
			}
		}
		out, b = utf8.AppendRune(out, r), b[n:]
	}
	return string(out)
}

// splitGPT2 cuts text as GPT-2's pattern does:
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// The pattern looks ahead, which Go's regexp cannot; by hand it is also faster.
func splitGPT2(text string, yield func(string)) {
	for len(text) > 0 {
		n := wordGPT2(text)
		yield(text[:n])
		text = text[n:]
	}
}

// wordGPT2 is the length of the first word.
func wordGPT2(s string) int {
	for _, c := range []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
		if strings.HasPrefix(s, c) {
			return len(c)
		}
	}
	at := 0
	if s[0] == ' ' && len(s) > 1 {
		at = 1
	}
	first, _ := utf8.DecodeRuneInString(s[at:])
	if k := kindOf(first); k != space {
		return at + spanOf(s[at:], k)
	}
	n := spanOf(s, space)
	if n == len(s) {
		return n
	}
	_, last := utf8.DecodeLastRuneInString(s[:n])
	if n > last {
		return n - last // the last space belongs to the word after it
	}
	return n
}

type kind int

const (
	space kind = iota
	letter
	digit
	other
)

func kindOf(r rune) kind {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return digit
	}
	return other
}

// spanOf is how many bytes from the start are of one kind.
func spanOf(s string, k kind) int {
	for i, r := range s {
		if kindOf(r) != k {
			return i
		}
	}
	return len(s)
}

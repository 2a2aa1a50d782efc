package safetensors

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A scanner reads the JSON of headers and indexes. encoding/json would take
// duplicate keys and keys of another case without a word, and its tokens take
// many times the memory of the text. After the first error it reads no further.
type scanner struct {
	b   []byte // valid UTF-8
	i   int
	err error
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("byte %d of the JSON: %s", s.i, fmt.Sprintf(format, args...))
	}
}

// peek returns the next byte that is no white space, or 0 at the end.
func (s *scanner) peek() byte {
	for ; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take skips c, if that comes next.
func (s *scanner) take(c byte) bool {
	if s.err != nil || s.peek() != c {
		return false
	}
	s.i++
	return true
}

func (s *scanner) want(c byte) {
	if s.err == nil && !s.take(c) {
		s.fail("%s; want %q", s.found(), c)
	}
}

// found says what comes next.
func (s *scanner) found() string {
	if s.peek(); s.i == len(s.b) {
		return "the end"
	}
	return fmt.Sprintf("%q", s.b[s.i])
}

// end makes sure that nothing follows.
func (s *scanner) end() {
	if s.peek(); s.i < len(s.b) {
		s.fail("%s after the last brace", s.found())
	}
}

// first begins an object or a list, and reports whether there is something in
// it; next goes on to what follows:
//
//	for ok := s.first('[', ']'); ok; ok = s.next(']') {
//		s.number()
//	}
func (s *scanner) first(open, end byte) bool {
	s.want(open)
	return s.err == nil && !s.take(end)
}

func (s *scanner) next(end byte) bool {
	if s.take(',') {
		return true
	}
	s.want(end)
	return false
}

// key reads the name of what follows in an object.
func (s *scanner) key() []byte {
	k := s.text()
	s.want(':')
	return k
}

// text reads a string. It lies in s.b.
func (s *scanner) text() []byte {
	s.want('"')
	if s.err != nil {
		return nil
	}
	start, escaped := s.i, false
	for ; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			if escaped {
				return s.unescape(s.b[start : s.i-1])
			}
			return s.b[start : s.i-1]
		case c == '\\':
			escaped = true
			s.i++
		case c < ' ':
			s.fail("%q in a string", c)
			return nil
		}
	}
	s.i = min(s.i, len(s.b))
	s.fail("the end, in a string")
	return nil
}

// unescape takes the escapes out of b in place: each is longer than what it
// stands for.
func (s *scanner) unescape(b []byte) []byte {
	out := b[:0]
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			out = append(out, b[i])
			i++
			continue
		}
		if b[i+1] == 'u' {
			r, n := unicodeEscape(b[i:])
			if n == 0 {
				s.fail("an escape that is not \\u and four hexadecimal digits")
				return nil
			}
			out = utf8.AppendRune(out, r)
			i += n
			continue
		}
		c := strings.IndexByte(`"\/bfnrt`, b[i+1])
		if c < 0 {
			s.fail("an unknown escape, \\%c", b[i+1])
			return nil
		}
		out = append(out, "\"\\/\b\f\n\r\t"[c])
		i += 2
	}
	return out
}

// unicodeEscape reads one \uXXXX, or two that make a surrogate pair, and
// returns how long it is, 0 if it is none. Half a pair becomes U+FFFD.
func unicodeEscape(b []byte) (rune, int) {
	unit := func(b []byte) (rune, bool) {
		if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
			return 0, false
		}
		var v [2]byte
		_, err := hex.Decode(v[:], b[2:6])
		return rune(v[0])<<8 | rune(v[1]), err == nil
	}
	r, ok := unit(b)
	if !ok {
		return 0, 0
	}
	if low, ok := unit(b[6:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return r, 6 // AppendRune writes U+FFFD for half a pair
}

// number reads an integer that is not negative.
func (s *scanner) number() int64 {
	c := s.peek()
	if s.err != nil || c < '0' || c > '9' {
		s.fail("%s; want a number that is not negative", s.found())
		return 0
	}
	start, n := s.i, int64(0)
	for ; s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9'; s.i++ {
		d := int64(s.b[s.i] - '0')
		if n > (1<<62-d)/10 {
			s.fail("a number larger than any file")
			return 0
		}
		n = n*10 + d
	}
	if c == '0' && s.i > start+1 {
		s.fail("a number with a leading zero")
	}
	if s.i < len(s.b) && (s.b[s.i] == '.' || s.b[s.i]|' ' == 'e') {
		s.fail("a number with a fraction; want an integer")
	}
	return n
}

// scalar reads a value of any kind that has no parts, as text.
func (s *scanner) scalar() string {
	if s.peek() == '"' {
		return string(s.text())
	}
	start := s.i
	for s.i < len(s.b) && s.b[s.i] > ' ' && s.b[s.i] != ',' && s.b[s.i] != '}' {
		s.i++
	}
	raw := s.b[start:s.i]
	if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || !json.Valid(raw) {
		s.i = start
		s.fail("%s; want a text, a number, true, false or null", s.found())
	}
	return string(raw)
}

// numbers reads a list of numbers, not more than into has room for, and
// returns how many there were.
func (s *scanner) numbers(into []int64) int {
	n := 0
	for ok := s.first('[', ']'); ok; ok = s.next(']') {
		v := s.number()
		if n == len(into) {
			s.fail("more than %d numbers", n)
			break
		}
		into[n] = v
		n++
	}
	return n
}

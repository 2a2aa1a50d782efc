package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/checkpoint/archive"
)

const magic = "\x93NUMPY"

// maxHeader is the limit that NumPy itself sets for files it does not trust.
const maxHeader = 10_000

// A header is what the start of an array says.
type header struct {
	kind
	descr   string // the dtype in NumPy's words
	fortran bool
	shape   []int
	start   int64 // where the elements begin
	bytes   int64
}

// readHeader reads the header of an array that has size bytes with it.
func readHeader(r io.Reader, size int64) (*header, error) {
	var prefix [12]byte
	n := 10
	_, err := io.ReadFull(r, prefix[:n])
	if err == nil && string(prefix[:6]) != magic {
		return nil, fmt.Errorf("%w: it begins with %q; want %q", archive.ErrFormat, prefix[:6], magic)
	}
	length := int64(binary.LittleEndian.Uint16(prefix[8:]))
	switch major := prefix[6]; {
	case err != nil:
	case major == 0 || major > 3 || prefix[7] != 0:
		return nil, fmt.Errorf("version %d.%d of the format; want 1.0 to 3.0", major, prefix[7])
	case major > 1:
		n = 12
		_, err = io.ReadFull(r, prefix[10:])
		length = int64(binary.LittleEndian.Uint32(prefix[8:]))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the header is cut off: %v", archive.ErrFormat, err)
	}
	h := &header{start: int64(n) + length}
	if length > maxHeader || h.start > size {
		return nil, fmt.Errorf("a header of %d bytes in an array of %d; want at most %d", length, size, maxHeader)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, fmt.Errorf("the header is cut off: %w", err)
	}
	if err := h.parse(string(text)); err != nil {
		return nil, fmt.Errorf("header %s: %w", quote(string(text)), err)
	}
	return h, h.check(size - h.start)
}

// check holds the shape against the bytes that are there.
func (h *header) check(size int64) error {
	if h.size == 0 { // nobody knows the size of an object
		h.bytes = size
		return nil
	}
	var err error
	if h.bytes, err = archive.Bytes(h.shape, h.size); err != nil {
		return err
	}
	if h.bytes != size {
		return fmt.Errorf("%v of %s are %d bytes, and %d are there", h.shape, h.descr, h.bytes, size)
	}
	if int64(int(h.bytes)) != h.bytes {
		return fmt.Errorf("%d bytes are more than this machine can address", h.bytes)
	}
	return nil
}

// parse reads a Python dict of three keys.
func (h *header) parse(text string) error {
	p := &parser{s: text}
	seen := map[string]bool{}
	p.want('{')
	for p.err == nil && !p.take('}') {
		key := p.quoted()
		p.want(':')
		if seen[key] {
			p.fail("a second %s", quote(key))
		}
		seen[key] = true
		switch key {
		case "descr":
			h.descr = p.descr()
		case "fortran_order":
			h.fortran = p.bool()
		case "shape":
			h.shape = p.tuple()
		default:
			p.fail("unknown key %s", quote(key))
		}
		if !p.take(',') {
			p.want('}')
			break
		}
	}
	if p.peek(); p.err == nil && p.s != "" {
		p.fail("%.20q after the dict", p.s)
	}
	if p.err == nil && len(seen) != 3 {
		p.fail("want descr, fortran_order and shape")
	}
	if p.err == nil {
		h.kind, p.err = kindOf(h.descr)
	}
	return p.err
}

// A parser reads the little of Python that headers use. After the first error
// it reads no further.
type parser struct {
	s   string
	err error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// peek skips white space and returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	p.s = strings.TrimLeft(p.s, " \t\r\n")
	if p.s == "" {
		return 0
	}
	return p.s[0]
}

func (p *parser) take(c byte) bool {
	if p.err != nil || p.peek() != c || p.s == "" {
		return false
	}
	p.s = p.s[1:]
	return true
}

func (p *parser) want(c byte) {
	if p.err == nil && !p.take(c) {
		p.fail("%.20q; want %q", p.s, c)
	}
}

// quoted reads a text in quotes of either kind, without escapes.
func (p *parser) quoted() string {
	q := p.peek()
	if p.err != nil || q != '\'' && q != '"' {
		p.fail("%.20q; want a text in quotes", p.s)
		return ""
	}
	text, rest, ok := strings.Cut(p.s[1:], string(q))
	if !ok || strings.Contains(text, `\`) {
		p.fail("%.20q; want a text in quotes, without a backslash", p.s)
		return ""
	}
	p.s = rest
	return text
}

// descr reads the dtype. One with fields is a list, which is kept as it is.
func (p *parser) descr() string {
	if p.peek() != '[' {
		return p.quoted()
	}
	whole, depth := p.s, 0
	for p.err == nil && p.s != "" {
		switch p.s[0] {
		case '\'', '"':
			p.quoted()
			continue
		case '[':
			depth++
		case ']':
			depth--
		}
		p.s = p.s[1:]
		if depth == 0 {
			return whole[:len(whole)-len(p.s)]
		}
	}
	p.fail("a list without an end")
	return ""
}

func (p *parser) bool() bool {
	p.peek()
	for _, word := range []string{"True", "False"} {
		if rest, ok := strings.CutPrefix(p.s, word); ok && p.err == nil {
			p.s = rest
			return word == "True"
		}
	}
	p.fail("%.20q; want True or False", p.s)
	return false
}

// tuple reads a shape. NumPy of Python 2 wrote 3L for 3.
func (p *parser) tuple() []int {
	var shape []int
	p.want('(')
	for p.err == nil && !p.take(')') {
		p.peek()
		digits := p.s[:len(p.s)-len(strings.TrimLeft(p.s, "0123456789"))]
		d, err := strconv.Atoi(digits)
		if err != nil {
			p.fail("%.20q; want a dim that is not negative: %v", p.s, errors.Unwrap(err))
		}
		p.s = p.s[len(digits):]
		p.take('L')
		if shape = append(shape, d); len(shape) > archive.MaxRank {
			p.fail("more than %d dims", archive.MaxRank)
		}
		if !p.take(',') {
			if p.want(')'); len(shape) == 1 {
				p.fail("a number in brackets; want (%d,)", d)
			}
			break
		}
	}
	return shape
}

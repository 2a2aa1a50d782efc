package torch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
)

// allowance is what a pickle may make Go allocate beyond four times the size of
// its file. An opcode of one byte makes an object of up to a hundred.
const allowance = 64 << 20

// A budget counts down the bytes that are allocated for a file.
type budget int64

func budgetFor(size int64) budget { return budget(4*min(size, math.MaxInt64/8) + allowance) }

func (b *budget) spend(n int) error {
	if *b -= budget(n); *b < 0 {
		return errors.New("more objects than a file of this size may make")
	}
	return nil
}

// A machine reads pickles. Values are those of the package doc, but *list for
// a list, *tensorRef for a tensor, and *storageRef and *function, which are
// parts of tensors.
type machine struct {
	in      *bufio.Reader
	at, end int64 // where in the file the next byte lies, and the file's end

	stack []any
	marks []int // lengths of stack
	memo  []any
	done  bool
	err   error // the first; nothing counts after it

	left       *budget
	persistent func(id Tuple) (any, error)
}

func newMachine(r io.ReaderAt, at, end int64, left *budget, persistent func(Tuple) (any, error)) *machine {
	return &machine{in: bufio.NewReader(io.NewSectionReader(r, at, end-at)), at: at, end: end, left: left, persistent: persistent}
}

// load reads one pickle and stops behind it.
func (m *machine) load() (any, error) {
	m.stack, m.marks, m.memo, m.done = nil, nil, nil, false
	for first := true; !m.done; first = false {
		at, code := m.at, m.byte()
		op := &opcodes[code]
		switch {
		case m.err != nil:
		case first != (code == opProto):
			m.fail("a pickle starts with its protocol, and only there")
		case op.run == nil:
			m.fail("opcode %#02x is not one that PyTorch writes", code)
		default:
			m.spend(slotCost)
			if op.run(m); m.err != nil {
				m.err = fmt.Errorf("%s: %w", op.name, m.err)
			}
		}
		if m.err != nil {
			return nil, fmt.Errorf("pickle, byte %d: %w", at, m.err)
		}
	}
	return m.stack[0], nil
}

func (m *machine) fail(format string, args ...any) {
	if m.err == nil {
		m.err = fmt.Errorf(format, args...)
	}
}

func (m *machine) spend(n int) {
	if err := m.left.spend(n); err != nil && m.err == nil {
		m.err = err
	}
}

// bytes reads n bytes, which must be there before memory is made for them.
func (m *machine) bytes(n int) []byte {
	if int64(n) > m.end-m.at {
		m.fail("%d bytes wanted where %d are left", n, m.end-m.at)
	}
	m.spend(2 * n)
	if m.err != nil {
		return make([]byte, min(n, 8)) // enough for numbers
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(m.in, b); err != nil {
		m.fail("%w", err)
	}
	m.at += int64(n)
	return b
}

func (m *machine) byte() byte {
	b, err := m.in.ReadByte()
	if err != nil {
		m.fail("the pickle ends without STOP")
	}
	m.at++
	return b
}

// line reads up to a newline: a part of a name.
func (m *machine) line() string {
	const longest = 200
	var b []byte
	for m.err == nil && len(b) <= longest {
		c := m.byte()
		if c == '\n' {
			return string(b)
		}
		b = append(b, c)
	}
	m.fail("a name of more than %d bytes", longest)
	return ""
}

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

// floor is where the stack began at the last mark.
func (m *machine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

// popN takes the last n values, which stay valid until the next push.
func (m *machine) popN(n int) []any {
	if len(m.stack)-m.floor() < n {
		m.fail("the stack has too few values")
		return make([]any, n)
	}
	k := len(m.stack) - n
	v := m.stack[k:]
	m.stack = m.stack[:k]
	return v
}

func (m *machine) pop() any { return m.popN(1)[0] }

// top is the last value, which stays on the stack.
func (m *machine) top() any {
	v := m.pop()
	if m.err == nil {
		m.push(v)
	}
	return v
}

// popMark takes all values since the last mark, and the mark.
func (m *machine) popMark() []any {
	if len(m.marks) == 0 {
		m.fail("no MARK")
		return nil
	}
	v := m.popN(len(m.stack) - m.floor())
	m.marks = m.marks[:len(m.marks)-1]
	return v
}

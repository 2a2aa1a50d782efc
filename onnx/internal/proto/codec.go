package proto

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"
)

// Caps on what a file may make us do. Protobuf's own readers stop at the same depth.
const (
	maxDepth = 100
	// A message of two bytes becomes a struct of hundreds, so decoding counts
	// what it allocates: spare is granted to every file, and grow bytes more for each byte of it.
	spare = 64 << 20
	grow  = 4
)

// A message says what its fields are, once for reading and writing.
type message interface {
	fields(c *codec)
}

// direction is what a codec does with the fields that a message shows it.
type direction int

const (
	reading direction = iota
	sizing
	writing
)

// A codec walks messages. When reading, it shows each message one field of the
// file at a time, and the message's line for that number takes it.
type codec struct {
	dir    direction
	num    protowire.Number // the field being read
	typ    protowire.Type
	val    uint64 // of a varint or a fixed number
	raw    []byte // of a field with bytes
	depth  int
	budget int
	err    error
	size   int
	out    []byte
}

// unmarshal reads data into m.
func unmarshal(data []byte, m message) error {
	c := &codec{budget: spare + grow*len(data)}
	c.read(m, data)
	return c.err
}

// marshal returns m as bytes.
func marshal(m message) []byte {
	c := &codec{dir: writing, out: make([]byte, 0, sizeOf(m))}
	m.fields(c)
	return c.out
}

func sizeOf(m message) int {
	c := codec{dir: sizing}
	m.fields(&c)
	return c.size
}

// read shows m the fields in b.
func (c *codec) read(m message, b []byte) {
	if c.depth++; c.depth > maxDepth {
		c.fail(fmt.Errorf("messages are nested deeper than %d", maxDepth))
	}
	for len(b) > 0 && c.err == nil {
		n, err := c.next(b)
		if err != nil {
			c.fail(err)
			break
		}
		b = b[n:]
		m.fields(c)
	}
	if c.err != nil {
		name := strings.TrimPrefix(fmt.Sprintf("%T", m), "*proto.")
		c.err = fmt.Errorf("%s: %w", name, c.err)
	}
	c.depth--
}

var errCut = errors.New("cut short or not protobuf")

// next reads one field, and returns its length.
func (c *codec) next(b []byte) (int, error) {
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 {
		return 0, errCut
	}
	c.num, c.typ, c.raw = num, typ, nil
	k := -1
	switch typ {
	case protowire.VarintType:
		c.val, k = protowire.ConsumeVarint(b[n:])
	case protowire.Fixed32Type:
		var v uint32
		v, k = protowire.ConsumeFixed32(b[n:])
		c.val = uint64(v)
	case protowire.Fixed64Type:
		c.val, k = protowire.ConsumeFixed64(b[n:])
	case protowire.BytesType:
		c.raw, k = protowire.ConsumeBytes(b[n:])
	default:
		return 0, fmt.Errorf("field %d has wire type %d, which ONNX does not use", num, typ)
	}
	if k < 0 {
		return 0, fmt.Errorf("field %d: %w", num, errCut)
	}
	return n + k, nil
}

func (c *codec) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// spend counts n bytes that decoding is about to allocate.
func (c *codec) spend(n int) bool {
	if c.budget -= n; c.budget < 0 {
		c.fail(errors.New("too many small messages for a file of its size"))
	}
	return c.err == nil
}

// takes reports whether the field being read is num, and of type typ.
func (c *codec) takes(num protowire.Number, typ protowire.Type) bool {
	if c.num != num || c.err != nil {
		return false
	}
	if c.typ != typ {
		c.fail(fmt.Errorf("field %d has wire type %d; want %d", num, c.typ, typ))
		return false
	}
	return true
}

// put writes a field whose content has n bytes.
func (c *codec) put(num protowire.Number, typ protowire.Type, n int, content func(b []byte) []byte) {
	if c.dir == sizing {
		c.size += protowire.SizeTag(num) + n
		return
	}
	c.out = content(protowire.AppendTag(c.out, num, typ))
}

// putBytes writes a field with a length.
func (c *codec) putBytes(num protowire.Number, n int, content func(b []byte) []byte) {
	c.put(num, protowire.BytesType, protowire.SizeBytes(n), func(b []byte) []byte {
		return content(protowire.AppendVarint(b, uint64(n)))
	})
}

// varint is a number; zero is not written.
func varint[T int32 | int64 | bool](c *codec, num protowire.Number, v *T) {
	if c.dir == reading {
		if c.takes(num, protowire.VarintType) {
			*v = fromVarint[T](c.val)
		}
		return
	}
	if u := toVarint(*v); u != 0 {
		varintAlways(c, num, v)
	}
}

// varintAlways is varint that writes zero too, for a field whose presence counts.
func varintAlways[T int32 | int64 | bool](c *codec, num protowire.Number, v *T) {
	if c.dir == reading {
		varint(c, num, v)
		return
	}
	u := toVarint(*v)
	c.put(num, protowire.VarintType, protowire.SizeVarint(u), func(b []byte) []byte {
		return protowire.AppendVarint(b, u)
	})
}

func fromVarint[T int32 | int64 | uint64 | bool](u uint64) (v T) {
	switch p := any(&v).(type) {
	case *int32:
		*p = int32(u)
	case *int64:
		*p = int64(u)
	case *uint64:
		*p = u
	case *bool:
		*p = u != 0
	}
	return v
}

func toVarint[T int32 | int64 | uint64 | bool](v T) uint64 {
	switch v := any(v).(type) {
	case int32:
		return uint64(int64(v)) // negative numbers take ten bytes, as protobuf has it
	case int64:
		return uint64(v)
	case uint64:
		return v
	case bool:
		if v {
			return 1
		}
	}
	return 0
}

// float is a float32 that is always written.
func (c *codec) float(num protowire.Number, v *float32) {
	if c.dir == reading {
		if c.takes(num, protowire.Fixed32Type) {
			*v = math.Float32frombits(uint32(c.val))
		}
		return
	}
	c.put(num, protowire.Fixed32Type, 4, func(b []byte) []byte {
		return protowire.AppendFixed32(b, math.Float32bits(*v))
	})
}

// text is a string; the empty one is not written.
func (c *codec) text(num protowire.Number, v *string) {
	if c.dir == reading {
		if c.takes(num, protowire.BytesType) && c.spend(len(c.raw)) {
			*v = string(c.raw)
		}
		return
	}
	if *v != "" {
		c.textAlways(num, v)
	}
}

func (c *codec) textAlways(num protowire.Number, v *string) {
	if c.dir == reading {
		c.text(num, v)
		return
	}
	c.putBytes(num, len(*v), func(b []byte) []byte { return append(b, *v...) })
}

// texts is a list of strings.
func (c *codec) texts(num protowire.Number, v *[]string) {
	if c.dir == reading {
		if c.takes(num, protowire.BytesType) && c.spend(len(c.raw)+int(unsafe.Sizeof(""))) {
			*v = append(*v, string(c.raw))
		}
		return
	}
	for i := range *v {
		c.textAlways(num, &(*v)[i])
	}
}

// bytes is a block of bytes, nil if there is none. Reading does not copy it.
func (c *codec) bytes(num protowire.Number, v *[]byte) {
	if c.dir == reading {
		if c.takes(num, protowire.BytesType) {
			*v = c.raw[:len(c.raw):len(c.raw)]
		}
		return
	}
	if *v != nil {
		c.putBytes(num, len(*v), func(b []byte) []byte { return append(b, *v...) })
	}
}

// single is a message, nil if there is none.
func single[T any, P interface {
	*T
	message
}](c *codec, num protowire.Number, v *P) {
	if c.dir == reading {
		if !c.takes(num, protowire.BytesType) {
			return
		}
		if *v == nil {
			if !c.spend(int(unsafe.Sizeof(*new(T)))) {
				return
			}
			*v = new(T)
		}
		c.read(*v, c.raw)
		c.num = 0 // the field is taken
		return
	}
	if *v == nil {
		return
	}
	c.putBytes(num, sizeOf(*v), func(b []byte) []byte {
		c.out = b
		(*v).fields(c)
		return c.out
	})
}

// many is a list of messages.
func many[T any, P interface {
	*T
	message
}](c *codec, num protowire.Number, v *[]P) {
	if c.dir == reading {
		if c.takes(num, protowire.BytesType) && c.spend(int(unsafe.Sizeof(P(nil)))) {
			*v = append(*v, nil)
			single(c, num, &(*v)[len(*v)-1])
		}
		return
	}
	for i := range *v {
		single(c, num, &(*v)[i])
	}
}

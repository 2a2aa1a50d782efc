package torch

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
	"unicode/utf8"
)

// Opcodes that are named outside the table; those of the writer among them.
const (
	opProto      = 0x80
	opStop       = '.'
	opGlobal     = 'c'
	opReduce     = 'R'
	opBuild      = 'b'
	opMark       = '('
	opAppends    = 'e'
	opSetItems   = 'u'
	opTuple      = 't'
	opTuple1     = 0x85
	opNone       = 'N'
	opTrue       = 0x88
	opFalse      = 0x89
	opEmptyTuple = ')'
	opEmptyList  = ']'
	opEmptyDict  = '}'
	opInt        = 'J'
	opByte       = 'K'
	opUint16     = 'M'
	opFloat      = 'G'
	opUnicode    = 'X'
	opPersistent = 'Q'
	opGet        = 'h'
	opLongGet    = 'j'
	opPut        = 'q'
	opLongPut    = 'r'
	opLong       = 0x8a
)

// What values cost in bytes, rounded up. Slices and maps that grow copy
// themselves, so an entry of a dict costs several times its size.
const (
	opCost    = 32 // a number or the head of a tuple
	markCost  = 48
	listCost  = 32
	dictCost  = 128
	entryCost = 192
	longCost  = 1024 // three big.Ints of up to 255 bytes
	callCost  = 384  // most make a tensor
)

type opcode struct {
	name string
	run  func(*machine)
}

// opcodes are the 34 of torch's weights-only unpickler: those of protocol 2 that
// torch.save uses.
var opcodes = [256]opcode{
	opProto:      {"PROTO", (*machine).proto},
	opStop:       {"STOP", (*machine).stop},
	opGlobal:     {"GLOBAL", func(m *machine) { m.global(m.line(), m.line()) }},
	opReduce:     {"REDUCE", (*machine).call},
	0x81:         {"NEWOBJ", (*machine).call},
	opBuild:      {"BUILD", (*machine).build},
	opPersistent: {"BINPERSID", (*machine).persist},

	opMark:       {"MARK", func(m *machine) { m.spend(markCost); m.marks = append(m.marks, len(m.stack)) }},
	opTuple:      {"TUPLE", func(m *machine) { m.tuple(m.popMark()) }},
	opTuple1:     {"TUPLE1", func(m *machine) { m.tuple(m.popN(1)) }},
	opTuple1 + 1: {"TUPLE2", func(m *machine) { m.tuple(m.popN(2)) }},
	opTuple1 + 2: {"TUPLE3", func(m *machine) { m.tuple(m.popN(3)) }},
	opEmptyTuple: {"EMPTY_TUPLE", func(m *machine) { m.push(Tuple{}) }},
	opEmptyList:  {"EMPTY_LIST", func(m *machine) { m.spend(listCost); m.push(&list{}) }},
	opEmptyDict:  {"EMPTY_DICT", func(m *machine) { m.spend(dictCost); m.push(&Dict{}) }},
	0x8f:         {"EMPTY_SET", func(m *machine) { m.push(Set{}) }},
	'a':          {"APPEND", func(m *machine) { m.extend(m.popN(1)) }},
	opAppends:    {"APPENDS", func(m *machine) { m.extend(m.popMark()) }},
	's':          {"SETITEM", func(m *machine) { m.setItems(m.popN(2)) }},
	opSetItems:   {"SETITEMS", func(m *machine) { m.setItems(m.popMark()) }},

	opNone:    {"NONE", func(m *machine) { m.push(nil) }},
	opTrue:    {"NEWTRUE", func(m *machine) { m.push(true) }},
	opFalse:   {"NEWFALSE", func(m *machine) { m.push(false) }},
	opInt:     {"BININT", func(m *machine) { m.push(int64(int32(m.uint32()))) }},
	opByte:    {"BININT1", func(m *machine) { m.push(int64(m.byte())) }},
	opUint16:  {"BININT2", func(m *machine) { m.push(int64(binary.LittleEndian.Uint16(m.bytes(2)))) }},
	opLong:    {"LONG1", (*machine).long},
	opFloat:   {"BINFLOAT", func(m *machine) { m.push(math.Float64frombits(binary.BigEndian.Uint64(m.bytes(8)))) }},
	opUnicode: {"BINUNICODE", func(m *machine) { m.text(m.uint32()) }},
	'U':       {"SHORT_BINSTRING", func(m *machine) { m.text(uint32(m.byte())) }},

	opGet:     {"BINGET", func(m *machine) { m.recall(uint32(m.byte())) }},
	opLongGet: {"LONG_BINGET", func(m *machine) { m.recall(m.uint32()) }},
	opPut:     {"BINPUT", func(m *machine) { m.store(uint32(m.byte())) }},
	opLongPut: {"LONG_BINPUT", func(m *machine) { m.store(m.uint32()) }},
}

func (m *machine) proto() {
	if v := m.byte(); v != 2 && m.err == nil {
		m.fail("protocol %d; want 2, the default of torch.save (leave pickle_protocol away)", v)
	}
}

func (m *machine) stop() {
	if m.done = len(m.stack) == 1 && len(m.marks) == 0; !m.done {
		m.fail("%d values and %d marks are left; want one value", len(m.stack), len(m.marks))
	}
}

func (m *machine) uint32() uint32 { return binary.LittleEndian.Uint32(m.bytes(4)) }

// text reads a string: str of Python 3 or, in old files, of Python 2.
func (m *machine) text(n uint32) {
	if int64(n) > m.end-m.at {
		m.fail("a string of %d bytes where %d are left", n, m.end-m.at)
		return
	}
	b := m.bytes(int(n))
	if !utf8.Valid(b) {
		m.fail("a string that is not UTF-8")
	}
	m.push(string(b))
}

func (m *machine) long() {
	b := m.bytes(int(m.byte()))
	if len(b) > 8 {
		m.spend(longCost)
	}
	m.push(long(b))
}

// long is an integer of any size, in two's complement.
func long(b []byte) any {
	negative := len(b) > 0 && b[len(b)-1] >= 0x80
	if len(b) <= 8 {
		var v uint64
		if negative {
			v = math.MaxUint64
		}
		for _, x := range slices.Backward(b) {
			v = v<<8 | uint64(x)
		}
		return int64(v)
	}
	slices.Reverse(b)
	v := new(big.Int).SetBytes(b)
	if negative {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if v.IsInt64() {
		return v.Int64()
	}
	return v
}

func (m *machine) tuple(items []any) {
	m.spend(20 * len(items))
	if m.err == nil {
		m.push(Tuple(slices.Clone(items)))
	}
}

func (m *machine) extend(items []any) {
	l, ok := m.top().(*list)
	if !ok {
		m.fail("it adds to something that is not a list")
		return
	}
	if room := m.grown(l.items, len(items)); m.err == nil {
		l.items = append(room, items...)
	}
}

func (m *machine) setItems(items []any) {
	d, ok := m.top().(*Dict)
	if !ok {
		m.fail("it sets keys of something that is not a dict")
	}
	if len(items)%2 != 0 {
		m.fail("a key without a value")
	}
	m.spend(entryCost / 2 * len(items))
	for i := 0; i < len(items) && m.err == nil; i += 2 {
		m.set(d, items[i], items[i+1])
	}
}

func (m *machine) set(d *Dict, k, v any) {
	if !isKey(k) {
		m.fail("a key of a dict is a %s; want a string, a number, a bool or None", typeName(k))
		return
	}
	d.Set(k, v)
}

func (m *machine) recall(i uint32) {
	if int64(i) >= int64(len(m.memo)) || m.memo[i] == (hole{}) {
		m.fail("nothing was stored under %d", i)
		return
	}
	m.push(m.memo[i])
}

// hole stands for what the memo lacks: Python 2 counts from 1.
type hole struct{}

// store takes the numbers that picklers give: each is the next one.
func (m *machine) store(i uint32) {
	v := m.top()
	if int64(i) > int64(len(m.memo))+1 {
		m.fail("it stores under %d where %d is next", i, len(m.memo))
	}
	if m.err != nil {
		return
	}
	for int64(i) >= int64(len(m.memo)) && m.err == nil {
		m.memo = append(m.grown(m.memo, 1), hole{})
	}
	if m.err != nil {
		return
	}
	m.memo[i] = v
}

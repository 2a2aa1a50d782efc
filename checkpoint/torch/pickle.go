package torch

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// A pickler writes a pickle of protocol 2, in the order of Python's pickler.
type pickler struct {
	out  []byte
	memo map[any]uint32 // strings, globals, tensors: what is written once
}

// pickled is the pickle of a tree that a converter made.
func pickled(v any) []byte {
	p := pickler{out: []byte{opProto, 2}, memo: map[any]uint32{}}
	p.value(v)
	return append(p.out, opStop)
}

// classNames are the storage classes of facula's dtypes.
var classNames = map[string]string{
	"float32": "FloatStorage", "float64": "DoubleStorage", "float16": "HalfStorage", "bfloat16": "BFloat16Storage", "int8": "CharStorage",
	"int16": "ShortStorage", "int32": "IntStorage", "int64": "LongStorage", "uint8": "ByteStorage", "bool": "BoolStorage",
}

func (p *pickler) op(code byte, data ...byte) { p.out = append(append(p.out, code), data...) }

func (p *pickler) uint32(code byte, v uint32) {
	p.out = binary.LittleEndian.AppendUint32(append(p.out, code), v)
}

// once writes what has the key, the first time, and later that it is the same.
func (p *pickler) once(key any, write func()) {
	i, ok := p.memo[key]
	get, longGet := byte(opGet), byte(opLongGet)
	if !ok {
		write()
		i = uint32(len(p.memo))
		p.memo[key] = i
		get, longGet = opPut, opLongPut
	}
	if i < 256 {
		p.op(get, byte(i))
	} else {
		p.uint32(longGet, i)
	}
}

func (p *pickler) value(v any) {
	switch v := v.(type) {
	case nil:
		p.op(opNone)
	case bool:
		if v {
			p.op(opTrue)
		} else {
			p.op(opFalse)
		}
	case int64:
		p.int(v)
	case *big.Int:
		p.long(v)
	case float64:
		p.out = binary.BigEndian.AppendUint64(append(p.out, opFloat), math.Float64bits(v))
	case string:
		p.string(v)
	case complex128:
		p.call("builtins.complex", real(v), imag(v))
	case []byte:
		p.bytes(v)
	case Device:
		p.device(v)
	case Global:
		if layouts[string(v)] {
			p.call("torch.serialization._get_layout", string(v))
		} else {
			p.global(string(v))
		}
	case []any:
		p.list(v)
	case Tuple:
		p.tuple(v)
	case Set:
		p.call("builtins.set", []any(v))
	case *Dict:
		p.dict(v)
	case *saved:
		p.once(v, func() { p.tensor(v) })
	}
}

func (p *pickler) int(v int64) {
	switch {
	case 0 <= v && v < 1<<8:
		p.op(opByte, byte(v))
	case 0 <= v && v < 1<<16:
		p.op(opUint16, byte(v), byte(v>>8))
	case int64(int32(v)) == v:
		p.uint32(opInt, uint32(v))
	default:
		p.long(big.NewInt(v))
	}
}

// long writes two's complement, the lowest byte first.
func (p *pickler) long(v *big.Int) {
	n := v.BitLen()/8 + 1
	u := new(big.Int).Set(v)
	if v.Sign() < 0 {
		u.Add(u, new(big.Int).Lsh(big.NewInt(1), uint(8*n)))
	}
	b := u.FillBytes(make([]byte, n))
	slices.Reverse(b)
	p.op(opLong, append([]byte{byte(n)}, b...)...)
}

func (p *pickler) string(s string) {
	p.once(s, func() {
		p.uint32(opUnicode, uint32(len(s)))
		p.out = append(p.out, s...)
	})
}

// bytes writes a string of the code points 0 to 255, since protocol 2 has no bytes.
func (p *pickler) bytes(b []byte) {
	if len(b) == 0 {
		p.call("builtins.bytearray")
		return
	}
	runes := make([]rune, len(b))
	for i, x := range b {
		runes[i] = rune(x)
	}
	p.call("_codecs.encode", string(runes), "latin1")
}

func (p *pickler) device(d Device) {
	kind, index, ok := strings.Cut(string(d), ":")
	if i, err := strconv.ParseInt(index, 10, 32); ok && err == nil {
		p.call("torch.device", kind, i)
		return
	}
	p.call("torch.device", kind)
}

func (p *pickler) call(name string, args ...any) {
	p.global(name)
	p.tuple(args)
	p.op(opReduce)
}

// A globalKey is a name in the memo, where a string is another thing.
type globalKey string

func (p *pickler) global(name string) {
	p.once(globalKey(name), func() {
		module, short := splitGlobal(Global(name))
		if module == "builtins" {
			module = "__builtin__"
		}
		p.out = append(p.out, string(rune(opGlobal))+module+"\n"+short+"\n"...)
	})
}

func splitGlobal(g Global) (module, name string) {
	i := strings.LastIndexByte(string(g), '.')
	if i < 0 {
		return "", string(g)
	}
	return string(g[:i]), string(g[i+1:])
}

func (p *pickler) tuple(items []any) {
	switch n := len(items); n {
	case 0:
		p.op(opEmptyTuple)
	case 1, 2, 3:
		p.values(items)
		p.op(opTuple1 + byte(n) - 1)
	default:
		p.op(opMark)
		p.values(items)
		p.op(opTuple)
	}
}

func (p *pickler) values(items []any) {
	for _, v := range items {
		p.value(v)
	}
}

func (p *pickler) list(items []any) {
	p.op(opEmptyList)
	if len(items) > 0 {
		p.op(opMark)
		p.values(items)
		p.op(opAppends)
	}
}

func (p *pickler) dict(d *Dict) {
	if d.Ordered {
		p.call("collections.OrderedDict")
	} else {
		p.op(opEmptyDict)
	}
	if d.Len() > 0 {
		p.op(opMark)
		for k, v := range d.All() {
			p.value(k)
			p.value(v)
		}
		p.op(opSetItems)
	}
	if d.Attrs != nil {
		p.dict(d.Attrs)
		p.op(opBuild)
	}
}

func (p *pickler) tensor(s *saved) {
	kind := s.in.dtype().String()
	p.global("torch._utils._rebuild_tensor_v2")
	p.op(opMark)
	p.tuple([]any{"storage", Global("torch." + classNames[kind]), strconv.Itoa(s.in.key), "cpu", int64(s.in.hi - s.in.lo)})
	p.op(opPersistent)
	shape, stride := s.t.Shape(), s.t.Stride()
	at := int64(0)
	if s.t.Len() > 0 {
		at = int64(s.t.Offset() - s.in.lo)
	}
	p.value(at)
	p.tuple(anys(shape))
	p.tuple(anys(stride))
	p.value(s.grad)
	p.call("collections.OrderedDict")
	p.op(opTuple)
	p.op(opReduce)
}

func anys(v []int) []any {
	out := make([]any, len(v))
	for i, x := range v {
		out[i] = int64(x)
	}
	return out
}

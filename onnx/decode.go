package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/onnx/internal/proto"
)

// decode makes a value of a constant. ext reads the data of another file; nil
// refuses it.
func decode(p *proto.Tensor, ext *external) (*Value, error) {
	v, err := decodeTensor(p, ext)
	if err != nil {
		return nil, fmt.Errorf("tensor %q (%v%v): %w", p.Name, p.DataType, p.Dims, err)
	}
	return v, nil
}

func decodeTensor(p *proto.Tensor, ext *external) (*Value, error) {
	shape := make([]int, len(p.Dims))
	for i, d := range p.Dims {
		if shape[i] = int(d); int64(shape[i]) != d {
			return nil, fmt.Errorf("dim %d is too large", d)
		}
	}
	n, err := archive.Elements(shape)
	if err != nil {
		return nil, err
	}
	if p.DataType == proto.String {
		if len(p.StringData) != n {
			return nil, fmt.Errorf("%d strings; want %d", len(p.StringData), n)
		}
		return &Value{Kind: KindStrings, Elem: proto.String, Strings: p.StringData, Shape: shape}, nil
	}
	d := storage(p.DataType)
	if d == 0 {
		return nil, fmt.Errorf("facula has no elements of type %v", p.DataType)
	}
	raw := p.RawData
	switch {
	case p.DataLocation == proto.External:
		raw, err = ext.read(p, rawSize(p.DataType, n))
	case raw == nil:
		raw, err = fromList(p, n)
	}
	if err != nil {
		return nil, err
	}
	if want := rawSize(p.DataType, n); len(raw) != want {
		return nil, fmt.Errorf("%d bytes of data; want %d", len(raw), want)
	}
	t, err := archive.FromBytes(widened(raw, p.DataType, n), d, shape)
	if err != nil {
		return nil, err
	}
	return &Value{Tensor: t, Elem: p.DataType}, nil
}

// bits is how many bits an element takes in raw data.
func bits(e ElemType) int {
	switch e {
	case proto.Uint2, proto.Int2:
		return 2
	case proto.Uint4, proto.Int4:
		return 4
	case proto.Uint8, proto.Int8, proto.Bool:
		return 8
	case proto.Uint16, proto.Int16, proto.Float16, proto.BFloat16:
		return 16
	case proto.Double, proto.Int64, proto.Uint64:
		return 64
	}
	return 32
}

// rawSize is how many bytes n elements take in raw data, at most the largest int.
func rawSize(e ElemType, n int) int {
	b := bits(e)
	if n > math.MaxInt/b-8 {
		return math.MaxInt
	}
	return (n*b + 7) / 8
}

// fromList is the typed list of p as raw data.
func fromList(p *proto.Tensor, n int) ([]byte, error) {
	b := bits(p.DataType)
	var count int
	var put func(raw []byte, i int) []byte
	switch p.DataType {
	case proto.Float:
		count = len(p.FloatData)
		put = func(raw []byte, i int) []byte {
			return binary.LittleEndian.AppendUint32(raw, math.Float32bits(p.FloatData[i]))
		}
	case proto.Double:
		count = len(p.DoubleData)
		put = func(raw []byte, i int) []byte {
			return binary.LittleEndian.AppendUint64(raw, math.Float64bits(p.DoubleData[i]))
		}
	case proto.Int64:
		count = len(p.Int64Data)
		put = func(raw []byte, i int) []byte { return binary.LittleEndian.AppendUint64(raw, uint64(p.Int64Data[i])) }
	case proto.Uint32, proto.Uint64:
		count = len(p.Uint64Data)
		put = func(raw []byte, i int) []byte { return appendBits(raw, p.Uint64Data[i], b) }
	default:
		count = len(p.Int32Data)
		put = func(raw []byte, i int) []byte { return appendBits(raw, uint64(p.Int32Data[i]), b) }
		if b < 8 { // several elements share an entry
			n, b = rawSize(p.DataType, n), 8
		}
	}
	if count != n {
		return nil, fmt.Errorf("%d elements in the list of its type; want %d", count, n)
	}
	raw := make([]byte, 0, n*b/8)
	for i := range n {
		raw = put(raw, i)
	}
	return raw, nil
}

func appendBits(raw []byte, u uint64, bits int) []byte {
	for ; bits > 0; bits -= 8 {
		raw, u = append(raw, byte(u)), u>>8
	}
	return raw
}

// widened is raw in the form that the dtype for e has in a file of its own.
func widened(raw []byte, e ElemType, n int) []byte {
	out := archive.Alloc(n * storage(e).Size())
	switch b := bits(e); e {
	case proto.Uint16, proto.Uint32:
		for from, to := raw, out; len(from) > 0; from, to = from[b/8:], to[b/4:] {
			copy(to, from[:b/8])
		}
	case proto.Bool:
		for i, b := range raw {
			out[i] = min(b, 1)
		}
	case proto.Uint4, proto.Int4, proto.Uint2, proto.Int2:
		for i := range out {
			u := raw[i*b/8] >> (i * b % 8) & (1<<b - 1)
			if (e == proto.Int4 || e == proto.Int2) && u >= 1<<(b-1) {
				u -= 1 << b // a negative number
			}
			out[i] = u
		}
	default:
		copy(out, raw)
	}
	return out
}

package proto

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"
)

// packed and loose are the two ways to write a list of numbers: as one field, or
// a field for each. Readers accept both; onnx.proto says which one is written.
const (
	packed = true
	loose  = false
)

// varints is a list of whole numbers.
func varints[T int32 | int64 | uint64](c *codec, num protowire.Number, v *[]T, pack bool) {
	switch {
	case c.dir == reading:
		readVarints(c, num, v)
	case pack && len(*v) > 0:
		n := 0
		for _, x := range *v {
			n += protowire.SizeVarint(toVarint(x))
		}
		c.putBytes(num, n, func(b []byte) []byte {
			for _, x := range *v {
				b = protowire.AppendVarint(b, toVarint(x))
			}
			return b
		})
	default:
		for _, x := range *v {
			u := toVarint(x)
			c.put(num, protowire.VarintType, protowire.SizeVarint(u), func(b []byte) []byte {
				return protowire.AppendVarint(b, u)
			})
		}
	}
}

func readVarints[T int32 | int64 | uint64](c *codec, num protowire.Number, v *[]T) {
	if c.num != num || c.err != nil {
		return
	}
	size := int(unsafe.Sizeof(T(0)))
	if c.typ == protowire.VarintType {
		if c.spend(size) {
			*v = append(*v, fromVarint[T](c.val))
		}
		return
	}
	if !c.takes(num, protowire.BytesType) {
		return
	}
	count := 0
	for _, b := range c.raw { // the last byte of a varint is below 0x80
		if b < 0x80 {
			count++
		}
	}
	if !c.spend(size * count) {
		return
	}
	*v = slices.Grow(*v, count)
	for b := c.raw; len(b) > 0; {
		u, n := protowire.ConsumeVarint(b)
		if n < 0 {
			c.fail(fmt.Errorf("field %d: %w", num, errCut))
			return
		}
		*v, b = append(*v, fromVarint[T](u)), b[n:]
	}
}

// float32s is a list of float32.
func float32s(c *codec, num protowire.Number, v *[]float32, pack bool) {
	switch {
	case c.dir == reading && c.typ == protowire.Fixed32Type:
		if c.takes(num, protowire.Fixed32Type) && c.spend(4) {
			*v = append(*v, math.Float32frombits(uint32(c.val)))
		}
	case c.dir == reading:
		if b := c.block(num, 4); b != nil {
			*v = slices.Grow(*v, len(b)/4)
			for ; len(b) > 0; b = b[4:] {
				u, _ := protowire.ConsumeFixed32(b)
				*v = append(*v, math.Float32frombits(u))
			}
		}
	case pack && len(*v) > 0:
		c.putBytes(num, 4*len(*v), func(b []byte) []byte {
			for _, x := range *v {
				b = protowire.AppendFixed32(b, math.Float32bits(x))
			}
			return b
		})
	default:
		for i := range *v {
			c.float(num, &(*v)[i])
		}
	}
}

// float64s is a list of float64, packed.
func float64s(c *codec, num protowire.Number, v *[]float64) {
	switch {
	case c.dir == reading && c.typ == protowire.Fixed64Type:
		if c.takes(num, protowire.Fixed64Type) && c.spend(8) {
			*v = append(*v, math.Float64frombits(c.val))
		}
	case c.dir == reading:
		if b := c.block(num, 8); b != nil {
			*v = slices.Grow(*v, len(b)/8)
			for ; len(b) > 0; b = b[8:] {
				u, _ := protowire.ConsumeFixed64(b)
				*v = append(*v, math.Float64frombits(u))
			}
		}
	case len(*v) > 0:
		c.putBytes(num, 8*len(*v), func(b []byte) []byte {
			for _, x := range *v {
				b = protowire.AppendFixed64(b, math.Float64bits(x))
			}
			return b
		})
	}
}

// block is the content of a packed list of numbers of size bytes each, or nil.
func (c *codec) block(num protowire.Number, size int) []byte {
	if !c.takes(num, protowire.BytesType) || !c.spend(len(c.raw)) {
		return nil
	}
	if len(c.raw)%size != 0 {
		c.fail(fmt.Errorf("field %d has %d bytes, not a multiple of %d", num, len(c.raw), size))
		return nil
	}
	return c.raw
}

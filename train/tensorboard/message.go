package tensorboard

import (
	"encoding/binary"
	"hash/crc32"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a protobuf message that is being written. As protobuf's version 3
// does, it leaves out numbers that are 0.
type message []byte

func (m message) bytes(field protowire.Number, b []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, field, protowire.BytesType), b)
}

func (m message) text(field protowire.Number, s string) message {
	return protowire.AppendString(protowire.AppendTag(m, field, protowire.BytesType), s)
}

func (m message) integer(field protowire.Number, v int64) message {
	if v == 0 {
		return m
	}
	return m.always(field, protowire.VarintType, uint64(v))
}

func (m message) double(field protowire.Number, v float64) message {
	if math.Float64bits(v) == 0 {
		return m
	}
	return m.always(field, protowire.Fixed64Type, math.Float64bits(v))
}

// always is a number that is written as 0 too: a field of a oneof.
func (m message) always(field protowire.Number, t protowire.Type, bits uint64) message {
	m = protowire.AppendTag(m, field, t)
	switch t {
	case protowire.Fixed64Type:
		return protowire.AppendFixed64(m, bits)
	case protowire.Fixed32Type:
		return protowire.AppendFixed32(m, uint32(bits))
	}
	return protowire.AppendVarint(m, bits)
}

// doubles is a packed list.
func (m message) doubles(field protowire.Number, list []float64) message {
	if len(list) == 0 {
		return m
	}
	var b []byte
	for _, v := range list {
		b = protowire.AppendFixed64(b, math.Float64bits(v))
	}
	return m.bytes(field, b)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is a CRC32C, masked so that a checksum of data with checksums is sound.
func checksum(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8 // tensorflow/core/lib/hash/crc32c.h
}

// frame is what a record has before and after its data:
// tensorflow/core/lib/io/record_writer.h.
func frame(data []byte) (before, after []byte) {
	before = binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	before = binary.LittleEndian.AppendUint32(before, checksum(before))
	return before, binary.LittleEndian.AppendUint32(nil, checksum(data))
}

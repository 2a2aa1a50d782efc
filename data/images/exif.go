package images

import (
	"bytes"
	"encoding/binary"

	"github.com/facula-ml/facula/tensor"
)

// orientation returns how a JPEG file says that its picture is turned, from 1
// (upright) to 8. What it cannot read is 1.
//
// source: CIPA DC-008 (Exif 2.32), 4.5 and tag 274
func orientation(file []byte) int {
	const (
		startOfScan  = 0xda
		application1 = 0xe1
	)
	for rest := file[2:]; len(rest) >= 4 && rest[0] == 0xff; { // segments: mark, length, content
		mark, size := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if mark == startOfScan || size < 2 || 2+size > len(rest) {
			return 1
		}
		if content, ok := bytes.CutPrefix(rest[4:2+size], []byte("Exif\x00\x00")); ok && mark == application1 {
			return orientationTag(content)
		}
		rest = rest[2+size:]
	}
	return 1
}

// orientationTag looks for the tag in the first directory of TIFF data.
func orientationTag(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	const (
		entry = 12 // bytes: tag, type, count, value
		tag   = 274
		short = 3
	)
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 1
	}
	n := int(order.Uint16(b[at:]))
	entries := b[at+2:]
	for ; n > 0 && len(entries) >= entry; n-- {
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[entry:]
	}
	return 1
}

// upright turns a picture as its orientation asks. The number says which side
// of the picture row 0 and column 0 of the file are.
func upright(t *tensor.Tensor, orientation int) *tensor.Tensor {
	switch orientation {
	case 2:
		t = t.Flip(2)
	case 3:
		t = t.Flip(1, 2)
	case 4:
		t = t.Flip(1)
	case 5:
		t = t.Transpose(1, 2)
	case 6:
		t = t.Transpose(1, 2).Flip(2)
	case 7:
		t = t.Transpose(1, 2).Flip(1, 2)
	case 8:
		t = t.Transpose(1, 2).Flip(1)
	}
	return t.Contiguous()
}

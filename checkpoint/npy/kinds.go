package npy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

// codes are NumPy's dtypes that facula can hold, in the byte order of most
// machines.
var codes = []struct {
	descr string
	dtype tensor.DType
	wide  bool // dtype is twice as large
}{
	{"<f4", tensor.Float32, false}, {"<f8", tensor.Float64, false}, {"<f2", tensor.Float16, false},
	{"|i1", tensor.Int8, false}, {"<i2", tensor.Int16, false}, {"<i4", tensor.Int32, false}, {"<i8", tensor.Int64, false},
	{"|u1", tensor.UInt8, false}, {"|b1", tensor.Bool, false},
	{"<u2", tensor.Int32, true}, {"<u4", tensor.Int64, true},
}

// descrOf returns NumPy's word for d.
func descrOf(d tensor.DType) (string, error) {
	for _, c := range codes {
		if c.dtype == d && !c.wide {
			return c.descr, nil
		}
	}
	return "", fmt.Errorf("NumPy has no %v; cast to float32, which holds every value of it", d)
}

// A kind is an element type.
type kind struct {
	dtype tensor.DType // 0 if facula has none
	size  int          // of an element in the file; 0 if nobody knows
	wide  bool         // dtype is twice as large
	big   bool         // the other byte order
	why   string       // there is no dtype
}

// kindOf reads a byte order, a letter and a size, such as "<f4".
func kindOf(descr string) (kind, error) {
	if strings.HasPrefix(descr, "[") {
		return kind{why: ": elements with fields; save each field as an array"}, nil
	}
	if len(descr) < 2 || !strings.Contains("<>|=", descr[:1]) {
		return kind{}, fmt.Errorf("dtype %s; want one such as \"<f4\"", quote(descr))
	}
	for _, c := range codes {
		if c.descr[1:] != descr[1:] {
			continue
		}
		k := kind{dtype: c.dtype, size: c.dtype.Size(), wide: c.wide, big: descr[0] == '>'}
		if k.wide {
			k.size /= 2
		}
		return k, nil
	}
	return otherKind(descr[1:])
}

// otherKind says why facula has no dtype for code.
func otherKind(code string) (kind, error) {
	if code == "O" {
		return kind{why: ": Python objects, which only Python can make, by running what the file says"}, nil
	}
	digits, unit, _ := strings.Cut(code[1:], "[") // a date has a unit: M8[ns]
	size, err := strconv.ParseUint(digits, 10, 28)
	if err != nil || !strings.Contains("fciuSUVMm", code[:1]) || unit != "" && !strings.Contains("Mm", code[:1]) {
		return kind{}, fmt.Errorf("unknown dtype %s", quote(code))
	}
	k := kind{size: int(size)}
	switch code[0] {
	case 'U': // characters of 4 bytes
		k.size *= 4
	case 'u':
		k.why = ": save it as int64"
	case 'c':
		k.why = ": save the real and the imaginary part"
	case 'V':
		k.why = ": if it is bfloat16, save it as float32"
	}
	return k, nil
}

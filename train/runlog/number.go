package runlog

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// number is a float64 whose JSON is a string where JSON has no number for it.
type number float64

// MarshalJSON writes the number, or the name of NaN or of an infinity.
func (n number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Infinity"`), nil
	default:
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	}
}

// UnmarshalJSON reads what MarshalJSON writes. A number beyond float64 is an error.
func (n *number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"NaN"`:
		*n = number(math.NaN())
	case `"Infinity"`:
		*n = number(math.Inf(1))
	case `"-Infinity"`:
		*n = number(math.Inf(-1))
	default:
		var v *float64 // nil for null, which is no number
		if err := json.Unmarshal(b, &v); err != nil || v == nil {
			return fmt.Errorf("%.20q is not a number", b)
		}
		*n = number(*v)
	}
	return nil
}

func numbers(v []float64) []number {
	n := make([]number, len(v))
	for i, x := range v {
		n[i] = number(x)
	}
	return n
}

func floats(n []number) []float64 {
	v := make([]float64, len(n))
	for i, x := range n {
		v[i] = float64(x)
	}
	return v
}

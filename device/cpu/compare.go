package cpu

import "github.com/facula-ml/facula/device"

// comparisons is a kernel of two inputs of any dtype with a bool result.
func comparisons(f func(a, b float64) bool, i func(a, b int64) bool) byDType {
	rf := map2(func(a, b float64) uint8 { return b2u(f(a, b)) })
	ri := map2(func(a, b int64) uint8 { return b2u(i(a, b)) })
	var t byDType
	for d := device.Float32; d < device.NumDTypes; d++ {
		if d.IsFloat() {
			t[d] = elementwise(row2(float64Codec(d), native[uint8](), rf))
		} else {
			t[d] = elementwise(row2(int64Codec(d), native[uint8](), ri))
		}
	}
	return t
}

func eq[T number](a, b T) bool { return a == b }
func ne[T number](a, b T) bool { return a != b }
func lt[T number](a, b T) bool { return a < b }
func le[T number](a, b T) bool { return a <= b }
func gt[T number](a, b T) bool { return a > b }
func ge[T number](a, b T) bool { return a >= b }

func and[T number](a, b T) bool { return a != 0 && b != 0 }
func or[T number](a, b T) bool  { return a != 0 || b != 0 }
func xor[T number](a, b T) bool { return (a != 0) != (b != 0) }

package cpu

import (
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// spatial returns the dims after batch and channels, with 1 in front for those
// that are missing.
func spatial(v *device.View) [3]int {
	s := [3]int{1, 1, 1}
	n := int(v.Rank) - 2
	copy(s[3-n:], v.Dim[2:2+n])
	return s
}

func volume(d [3]int) int { return d[0] * d[1] * d[2] }

// dense runs a kernel that wants contiguous inputs: others are copied.
func dense(k kernel) kernel {
	return copying(k, func(v *device.View) bool { return v.Contig })
}

// denseRows runs a kernel that wants inputs whose last dim is contiguous.
func denseRows(k kernel) kernel {
	return copying(k, func(v *device.View) bool { return v.Dim[v.Rank-1] == 1 || v.Stride[v.Rank-1] == 1 })
}

// copying runs a kernel with copies of those inputs that are not good as they are.
func copying(k kernel, good func(*device.View) bool) kernel {
	copies := copyKernels()
	return func(c device.Call) error {
		var tmp temporaries
		defer tmp.free()
		for i, v := range c.In {
			if v == nil || good(v) {
				continue
			}
			u, err := tmp.like(v, v.DType)
			if err != nil {
				return err
			}
			if err := copies[v.DType](device.Call{Out: [device.MaxOut]*device.View{u}, In: [device.MaxIn]*device.View{v}}); err != nil {
				return err
			}
			c.In[i] = u
		}
		return k(c)
	}
}

// denseFloats is a kernel that wants contiguous inputs, for the floating dtypes.
func denseFloats(f32, f64 kernel) byDType {
	return byDType{
		device.Float32: dense(f32), device.Float64: dense(f64),
		device.Float16: widened(dense(f32), f16as32), device.BFloat16: widened(dense(f32), bf16as32),
	}
}

// elements are those of a contiguous view.
func elements[T any](v *device.View) []T { return window[T](v.Ptr(), v.Len()) }

// fillBlock is how many bytes are filled at once: what they are copied from stays
// in the first-level cache.
const fillBlock = 4096

// fillRow fills a few elements one by one, and copies what is filled: Go copies
// by vectors, but does not fill by them.
func fillRow[T any](dst []T, v T) {
	few := min(len(dst), 32)
	if few < len(dst) && zeroBits(&v) {
		clear(dst)
		return
	}
	for i := range few {
		dst[i] = v
	}
	n, most := few, fillBlock/int(unsafe.Sizeof(v))
	for n < len(dst) {
		n += copy(dst[n:], dst[:min(n, most)])
	}
}

// zeroBits reports whether v is 0, and not -0.
func zeroBits[T any](v *T) bool {
	for _, b := range window[uint8](unsafe.Pointer(v), int(unsafe.Sizeof(*v))) {
		if b != 0 {
			return false
		}
	}
	return true
}

func pieces(n, size int) int { return (n + size - 1) / size }

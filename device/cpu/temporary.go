package cpu

import "github.com/facula-ml/facula/device"

// temporaries are buffers that a kernel needs while it runs.
type temporaries []device.Buffer

// like returns a contiguous view of v's shape with memory of its own.
func (t *temporaries) like(v *device.View, d device.DType) (*device.View, error) {
	u := *v
	u.DType, u.Offset = d, 0
	u.SetContiguous()
	buf, err := new(CPU).Alloc(u.Len() * d.Size())
	if err != nil {
		return nil, err
	}
	*t = append(*t, buf)
	u.Buf = &buf
	return &u, nil
}

// free gives all of them back.
func (t *temporaries) free() {
	for _, buf := range *t {
		new(CPU).Free(buf)
	}
}

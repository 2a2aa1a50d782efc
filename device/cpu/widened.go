package cpu

import "github.com/facula-ml/facula/device"

// widened runs a float32 kernel on half-precision tensors: inputs of the first
// input's dtype are converted as a whole, outputs of that dtype narrowed.
func widened(k kernel, cd codec[float32]) kernel {
	load, store := elementwise(moved(cd, native[float32]())), elementwise(moved(native[float32](), cd))
	return func(c device.Call) error {
		d := c.In[0].DType
		var tmp temporaries
		defer tmp.free()
		call := c
		for i, v := range c.In {
			if v == nil || v.DType != d {
				continue
			}
			u, err := tmp.widen(v, load)
			if err != nil {
				return err
			}
			call.In[i] = u
		}
		for i, v := range c.Out {
			if v != nil && v.DType == d {
				u, err := tmp.like(v, device.Float32)
				if err != nil {
					return err
				}
				call.Out[i] = u
			}
		}
		if err := k(call); err != nil {
			return err
		}
		for i, v := range c.Out {
			if v != nil && v.DType == d {
				if err := store(device.Call{Out: [device.MaxOut]*device.View{v}, In: [device.MaxIn]*device.View{call.Out[i]}}); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// widen is v as float32. Where v's elements fill the memory they lie in, or
// repeat, that memory is converted as one row and the strides stay.
func (t *temporaries) widen(v *device.View, load kernel) (*device.View, error) {
	from := *v
	n := reach(v)
	whole := !v.Contig && 0 < n && n <= v.Len()
	if whole {
		from.Rank, from.Dim[0] = 1, n
		from.SetContiguous()
	}
	u, err := t.like(&from, device.Float32)
	if err != nil {
		return nil, err
	}
	if whole {
		defer func() { u.Rank, u.Dim, u.Stride, u.Contig = v.Rank, v.Dim, v.Stride, false }()
	}
	return u, load(device.Call{Out: [device.MaxOut]*device.View{u}, In: [device.MaxIn]*device.View{&from}})
}

// reach is how many elements lie from v's first to its last one; 0 if v is
// empty or walks backwards.
func reach(v *device.View) int {
	n := 1
	for i := range int(v.Rank) {
		if v.Dim[i] == 0 || v.Stride[i] < 0 {
			return 0
		}
		n += (v.Dim[i] - 1) * v.Stride[i]
	}
	return n
}

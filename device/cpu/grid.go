package cpu

import "github.com/facula-ml/facula/device"

// A grid says which element of an image each cell of each window looks at. It
// is made once a call and serves every image and channel.
type grid struct {
	windows, cells, image int
	at                    []int32 // flat position of cell k of window p at p*cells+k; -1 in the padding
	buf                   *[]int32
}

// newGrid lays windows over an image of the size in; there are out of them.
// The caller gives the memory back with put.
func newGrid(w *device.Window, in, out [3]int, pool *scratch[int32]) grid {
	g := grid{windows: volume(out), cells: volume(w.Size), image: volume(in)}
	g.buf = pool.get(g.windows * g.cells)
	g.at = (*g.buf)[:0]
	start := func(dim, i int) int { return i*w.Stride[dim] - w.Padding[dim] }
	for d := range out[0] {
		for h := range out[1] {
			for x := range out[2] {
				g.window(w, in, start(0, d), start(1, h), start(2, x))
			}
		}
	}
	return g
}

// window appends the cells of the window that starts at d, h, x.
func (g *grid) window(w *device.Window, in [3]int, d, h, x int) {
	for a := range w.Size[0] {
		for b := range w.Size[1] {
			i, j := d+a*w.Dilation[0], h+b*w.Dilation[1]
			outside := i < 0 || i >= in[0] || j < 0 || j >= in[1]
			row := (i*in[1] + j) * in[2]
			for c := range w.Size[2] {
				k := x + c*w.Dilation[2]
				if outside || k < 0 || k >= in[2] {
					g.at = append(g.at, -1)
				} else {
					g.at = append(g.at, int32(row+k))
				}
			}
		}
	}
}

// window p's cells.
func (g *grid) cellsOf(p int) []int32 { return g.at[p*g.cells : (p+1)*g.cells] }

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
	copies := copyKernels()
	return func(c device.Call) error {
		var tmp temporaries
		defer tmp.free()
		for i, v := range c.In {
			if v == nil || v.Contig {
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

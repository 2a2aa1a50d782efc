package tensor

import (
	"errors"
	"fmt"

	"github.com/facula-ml/facula/device"
)

// An Updater changes several tensors in place at once, as a step of an
// optimizer does.
type Updater interface {
	// Name is for error messages.
	Name() string
	// Kernel is the index in every device's table. The kernel gets all tensors
	// as inputs, and those that change as outputs.
	Kernel() device.Kernel
	// Body is the definition: it makes the same change with other ops. t is
	// marked no-grad.
	Body(t []*Tensor)
}

// Update runs u on tensors of one shape, dtype and device, of which the first
// n change in place. Nothing is recorded.
//
//	panics: *Error if shape, dtype or device differ, or if a tensor that
//	changes requires a gradient: give its Detach
func Update(u Updater, n int, t ...*Tensor) {
	if err := update(u, n, t); err != nil {
		misuse(u.Name(), err, t...)
	}
}

func update(u Updater, n int, t []*Tensor) error {
	_, dev, _, err := scan(t)
	if err != nil {
		return err
	}
	fused := dev.Supports(u.Kernel(), t[0].DType())
	for i, x := range t {
		switch {
		case *x.spec() != *t[0].spec():
			return fmt.Errorf("tensor %d is %v %v; want %v %v, as tensor 0", i, x.DType(), x.shape(), t[0].DType(), t[0].shape())
		case i < n && x.RequiresGrad():
			return errors.New("a tensor that requires a gradient cannot be changed in place; change its Detach")
		}
		if i < n && overlap(&x.b.view) >= 0 {
			return errOverlap
		}
		for _, y := range t[:min(i, n)] {
			fused = fused && y.b.store != x.b.store // they may overlap
		}
	}
	if !fused {
		u.Body(hidden(t))
		return nil
	}
	rows := contiguous(t)
	c := device.Call{Kernel: u.Kernel()}
	for i, x := range rows[:n] {
		if err := x.write(false); err != nil {
			return err
		}
		c.Out[i] = &x.b.view
	}
	if err := launch(&c, u, dev, rows); err != nil {
		return err
	}
	for i, x := range rows {
		if x == t[i] {
			continue
		}
		if i < n {
			t[i].CopyFrom(x)
		}
		x.Free()
	}
	return nil
}

// contiguous is t with copies in the place of tensors that are not.
func contiguous(t []*Tensor) []*Tensor {
	rows := t
	for i, x := range t {
		if x.IsContiguous() {
			continue
		}
		if &rows[0] == &t[0] {
			rows = append([]*Tensor(nil), t...)
		}
		rows[i] = x.Detach().Contiguous()
	}
	return rows
}

package tensor_test

import (
	"fmt"
	"sync"
	"testing"
	"unsafe"

	"github.com/facula-ml/facula/tensor"
)

func sameMemory(t *testing.T, what string, a, b *tensor.Tensor, want bool) {
	t.Helper()
	if got := tensor.Pointer(a) == tensor.Pointer(b); got != want {
		t.Errorf("%s: same memory is %v; want %v", what, got, want)
	}
}

// everyElementIs checks that every element is v.
func everyElementIs(t *testing.T, what string, x *tensor.Tensor, v float32) {
	t.Helper()
	for i, got := range tensor.Slice[float32](x) {
		if got != v {
			t.Fatalf("%s: element %d is %v; want %v", what, i, got, v)
		}
	}
}

const large = 100 // elements: more than a tensor holds in itself

// No bytes move until one side is written, whichever it is; the last one of a
// group writes where it is.
func TestCloneMovesNothing(t *testing.T) {
	for _, side := range []string{"clone", "original"} {
		a := tensor.Ones(large)
		b := a.Clone()
		sameMemory(t, "before a write", a, b, true)
		if a.SameStorage(b) {
			t.Error("a clone is a view")
		}
		w, other := b, a
		if side == "original" {
			w, other = a, b
		}
		old := tensor.Pointer(w)
		w.Fill(2)
		sameMemory(t, "after a write to the "+side, a, b, false)
		everyElementIs(t, "written "+side, w, 2)
		everyElementIs(t, "the other", other, 1)
		if tensor.Pointer(other) != old {
			t.Error("the memory of the one that was not written moved")
		}
		other.Fill(3)
		if tensor.Pointer(other) != old {
			t.Error("the last one of the group copied")
		}
		everyElementIs(t, "written "+side, w, 2)
	}
}

// A clone of a clone is of the same group.
func TestCloneOfClone(t *testing.T) {
	a := tensor.Ones(large)
	b := a.Clone()
	c := b.Clone()
	b.Fill(2)
	sameMemory(t, "the others", a, c, true)
	c.Fill(3)
	everyElementIs(t, "a", a, 1)
	everyElementIs(t, "b", b, 2)
	everyElementIs(t, "c", c, 3)
}

// Views share a storage: they move together.
func TestCloneAndViews(t *testing.T) {
	a := tensor.Ones(10, 10)
	before := a.Select(0, 0)
	c := a.Clone()
	after := a.Select(0, 1)
	after.Fill(2)
	before.Fill(3)
	everyElementIs(t, "clone", c, 1)
	everyElementIs(t, "row 0 of the original", a.Select(0, 0), 3)
	everyElementIs(t, "row 1 of the original", a.Select(0, 1), 2)
	sameMemory(t, "view and base", a, after, true)
	sameMemory(t, "original and clone", a, c, false)

	part := a.Narrow(0, 2, 5).Clone() // shares only whole storages
	sameMemory(t, "clone of a part", a, part, false)
	d := a.Clone()
	d.T().Narrow(0, 0, 1).Fill(7)
	everyElementIs(t, "column of a clone", d.Select(1, 0), 7)
	everyElementIs(t, "row 2 of the original", a.Select(0, 2), 1)
}

// A clone is contiguous and owns each of its elements, whatever its original.
func TestCloneLayouts(t *testing.T) {
	row := tensor.Ones(1, large)
	for what, x := range map[string]*tensor.Tensor{
		"transposed": tensor.Ones(10, 20).T(),
		"expanded":   row.Expand(3, large),
		"as long":    row.Reshape(large).Narrow(0, 0, 1).Expand(large), // as many elements as the storage
		"flat":       row.AsStrided([]int{10, 10}, []int{1, 1}, 0),
	} {
		c := x.Clone()
		if !c.IsContiguous() {
			t.Errorf("%s: the clone is not contiguous", what)
		}
		c.Select(0, 0).Fill(5)
		everyElementIs(t, what+" original", x, 1)
		if s := c.Sum().Float(); s != float64(c.Len()+4*c.Select(0, 0).Len()) {
			t.Errorf("%s: one row filled with 5 gives the sum %v", what, s)
		}
	}
}

// Memory that others can write is copied at once.
func TestCloneForeign(t *testing.T) {
	data := make([]float32, large)
	x := tensor.FromSlice(data, []int{large}, tensor.Share)
	c := x.Clone()
	sameMemory(t, "shared slice", x, c, false)
	data[0] = 1
	if x.Select(0, 0).Float() != 1 || c.Select(0, 0).Float() != 0 {
		t.Error("a write to the slice must show in the tensor, not in the clone")
	}

	y := tensor.Zeros(large)
	early := y.Clone()
	mem := tensor.Data[float32](y)
	late := y.Clone()
	sameMemory(t, "handed-out memory", y, late, false)
	mem[0] = 1
	if y.Select(0, 0).Float() != 1 {
		t.Error("Data does not share memory")
	}
	everyElementIs(t, "clone before Data", early, 0)
	everyElementIs(t, "clone after Data", late, 0)
	early.Fill(9)
	if mem[1] != 0 {
		t.Error("a write to a clone shows in handed-out memory")
	}
}

// A small tensor lies in its own handle, which a clone must not point into.
func TestCloneSmall(t *testing.T) {
	for _, n := range []int{0, 1, 16} {
		a := tensor.Ones(n)
		b := a.Clone()
		if n > 0 {
			sameMemory(t, fmt.Sprint(n, " elements"), a, b, false)
		}
		b.Fill(2)
		everyElementIs(t, "original", a, 1)
		everyElementIs(t, "clone", b, 2)
	}
}

// A write to a clone is no change of a tensor that autograd saved.
func TestCloneVersion(t *testing.T) {
	x := tensor.Ones(large).RequireGrad()
	y := x.MulScalar(2)
	z := y.Mul(y).Sum() // saves y
	c := y.Clone()
	if c.Version() != 0 {
		t.Errorf("version of a new clone is %d", c.Version())
	}
	c.Fill(0)
	if y.Version() != 0 || c.Version() == 0 {
		t.Errorf("versions are %d and %d; want only the clone's to count", y.Version(), c.Version())
	}
	z.Backward()
	everyElementIs(t, "gradient", x.Grad(), 8)

	x.ZeroGrad()
	x.Clone().MulScalarInPlace(3).Sum().Backward()
	everyElementIs(t, "gradient through a clone", x.Grad(), 3)
	everyElementIs(t, "leaf", x.Detach(), 1)
}

// Run with -race.
func TestCloneGoroutines(t *testing.T) {
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	for round := range rounds {
		a := tensor.Full(1.0, 1000)
		b := a.Clone()
		var wg sync.WaitGroup
		wg.Go(func() { a.MulScalarInPlace(2) })
		wg.Go(func() { b.AddScalarInPlace(float64(round)) })
		wg.Wait()
		everyElementIs(t, "original", a, 2)
		everyElementIs(t, "clone", b, float32(1+round))
	}
}

// Run with -race.
func TestCloneFromMany(t *testing.T) {
	a := tensor.Ones(1000)
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for range 20 {
				c := a.Clone()
				d := c.Clone()
				c.Fill(g)
				if c.Sum().Float() != float64(1000*g) || d.Sum().Float() != 1000 {
					t.Errorf("goroutine %d: clones have the sums %v and %v", g, c.Sum().Float(), d.Sum().Float())
				}
			}
		})
	}
	wg.Wait()
	everyElementIs(t, "original", a, 1)
}

// Column-major data, such as Fortran's, enters by its strides and is not copied.
func TestColumnMajor(t *testing.T) {
	data := []float64{1, 4, 2, 5, 3, 6} // [[1 2 3] [4 5 6]] column by column
	x := tensor.FromSlice(data, []int{2, 3}, tensor.Strides(1, 2), tensor.Share)
	if tensor.Pointer(x) != unsafe.Pointer(&data[0]) {
		t.Error("the data was copied")
	}
	if x.IsContiguous() || !x.T().IsContiguous() {
		t.Error("a column-major matrix is contiguous only when transposed")
	}
	valuesAre(t, "elements", x, 1, 2, 3, 4, 5, 6)
	valuesAre(t, "x·xᵀ", x.MatMul(x.T()), 14, 32, 32, 77)
	valuesAre(t, "column sums", x.Sum(tensor.Dims(0)), 5, 7, 9)
	x.Select(0, 1).Fill(0)
	if data[1] != 0 || data[3] != 0 || data[0] != 1 {
		t.Errorf("the data is %v after row 1 was zeroed", data)
	}

	y := tensor.FromSlice(data, []int{2, 3}, tensor.Strides(1, 2)) // without Share: a copy
	data[0] = 9
	valuesAre(t, "copy", y, 1, 2, 3, 0, 0, 0)

	refusedWith(t, "tensor: from_slice: shape [2 4] with strides [1 2] from 0 on is not within 6 elements",
		func() { tensor.FromSlice(data, []int{2, 4}, tensor.Strides(1, 2)) })
	refusedWith(t, "tensor: from_slice: 1 strides for 2 dims", func() { tensor.FromSlice(data, []int{2, 3}, tensor.Strides(1)) })
	refusedWith(t, "tensor: from_slice: 6 elements do not fill [2 2]", func() { tensor.FromSlice(data, []int{2, 2}, tensor.Share) })
}

package tensor_test

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/tensor"
)

const pooled = 10000 // elements: more than Go's heap is for

const freed = "the tensor was freed"

// What was freed refuses every use, whatever its size, and says so.
func TestUseAfterFree(t *testing.T) {
	for _, n := range []int{4, 500, pooled} {
		x := tensor.Ones(n)
		row, other := x.Narrow(0, 0, 1), tensor.Ones(n)
		y := tensor.Ones(n).RequireGrad()
		loss := y.Mul(x).Sum()
		x.Free()
		x.Free()
		row.Free()
		if x.Len() != n {
			t.Errorf("%d elements: Len is %d", n, x.Len())
		}
		for what, f := range map[string]func(){
			"op":            func() { x.ReLU() },
			"second input":  func() { other.Add(x) },
			"view":          func() { x.Reshape(n, 1) },
			"op on a view":  func() { row.ReLU() },
			"Slice":         func() { tensor.Slice[float32](x) },
			"Data":          func() { tensor.Data[float32](x) },
			"Clone":         func() { x.Clone() },
			"Fill":          func() { x.Fill(1) },
			"AddInPlace":    func() { x.AddInPlace(other) },
			"AddInPlace of": func() { other.AddInPlace(x) },
			"gradient":      func() { loss.Backward() },
		} {
			err := tensor.Try(f)
			var e *tensor.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), freed) {
				t.Errorf("%d elements: %s gives %v; want an error that says: %s", n, what, err, freed)
			}
		}
		everyElementIs(t, "the other", other, 1)
	}
}

// What is freed is lent again, hot.
func TestFreeIsReused(t *testing.T) {
	if memoryIsCollected() {
		t.Skip("this build leaves all memory to the collector")
	}
	x := tensor.Ones(pooled)
	p := tensor.Pointer(x)
	if uintptr(p)%64 != 0 {
		t.Errorf("%v is not 64-byte aligned", p)
	}
	x.Free()
	if y := tensor.Ones(pooled); tensor.Pointer(y) != p {
		t.Error("the memory was not used again")
	}
}

// memoryIsCollected reports whether there is no pool, as under the race detector.
func memoryIsCollected() bool {
	buf, err := new(cpu.CPU).Alloc(1 << 20)
	return err != nil || buf.Hold == nil
}

// A clone keeps the memory that it shares, and the last of a group frees it.
func TestFreeClones(t *testing.T) {
	a := tensor.Ones(pooled)
	p := tensor.Pointer(a)
	b, c := a.Clone(), a.Clone()
	a.Free()
	if y := tensor.Zeros(pooled); tensor.Pointer(y) == p {
		t.Fatal("memory that clones share was lent again")
	}
	everyElementIs(t, "first clone", b, 1)
	b.Fill(2) // leaves the group
	everyElementIs(t, "second clone", c, 1)
	if c.Fill(3); tensor.Pointer(c) != p {
		t.Error("the last one of the group copied")
	}
	c.Free()
	if y := tensor.Zeros(pooled); tensor.Pointer(y) != p && !memoryIsCollected() {
		t.Error("the last one of the group did not free the memory")
	}
	everyElementIs(t, "first clone", b, 2)
}

// A slice that was handed out outlives its tensor.
func TestDataOutlivesTensor(t *testing.T) {
	x := tensor.Ones(pooled)
	row := x.Narrow(0, 1, 2)
	mem := tensor.Data[float32](x)
	again := tensor.Data[float32](x)
	mem[1] = 5
	if unsafe.SliceData(mem) != unsafe.SliceData(again) {
		t.Error("Data moves the memory twice")
	}
	valuesAre(t, "view", row, 5, 1)
	everyElementIs(t, "clone", x.Clone().Narrow(0, 2, 10), 1)
	x.Free()
	runtime.GC()
	for range 10 {
		tensor.Full(7.0, pooled)
	}
	for i, v := range mem[2:] {
		if v != 1 {
			t.Fatalf("element %d of the slice is %v after its tensor was freed", i, v)
		}
	}
}

// Dropped memory comes back only when nothing can read it any more: not while
// a view lives, or a kernel runs.
func TestDroppedWhileInUse(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 30
	}
	var wg sync.WaitGroup
	var done atomic.Bool
	go func() {
		for !done.Load() {
			runtime.GC()
		}
	}()
	for g := range 4 {
		wg.Go(func() {
			v := float64(g + 1)
			for range rounds {
				x := tensor.Full(v, 100, 100).Narrow(0, 50, 1) // the base is dropped
				y := tensor.Full(v, pooled).AddScalar(v).MulScalar(2.0).Sum()
				if x.Sum().Float() != 100*v || y.Float() != 4*v*pooled {
					t.Errorf("sums are %v and %v; want %v and %v", x.Sum().Float(), y.Float(), 100*v, 4*v*pooled)
					return
				}
			}
		})
	}
	wg.Wait()
	done.Store(true)
}

// reuser is a device whose kernels look for their last input's memory among
// what was dropped.
type reuser struct {
	cpu.CPU
	found bool
}

func (d *reuser) Run(c device.Call) error {
	v := c.In[1]
	if v == nil {
		return d.CPU.Run(c)
	}
	p, bytes := v.Ptr(), v.Buf.Bytes
	c, v = device.Call{}, nil
	tensor.ReleaseMemory() // collects
	for range 50 {
		buf, err := d.Alloc(bytes)
		if err != nil {
			return err
		}
		d.found = d.found || buf.Ptr == p
		defer d.Free(buf)
	}
	return nil
}

// The inputs of a kernel live until its end, also where nobody else has them.
func TestInputsLiveDuringKernels(t *testing.T) {
	if memoryIsCollected() {
		t.Skip("this build leaves all memory to the collector")
	}
	dev := &reuser{}
	on := tensor.Make{Device: dev}
	x := on.Ones(pooled)
	for what, f := range map[string]func(){
		"AddInPlace": func() { x.AddInPlace(on.Ones(pooled)) },
		"Add":        func() { x.Add(on.Ones(pooled)) },
		"a step":     func() { tensor.Update(descent{}, 1, on.Ones(pooled), on.Ones(pooled)) },
	} {
		if f(); dev.found {
			t.Errorf("%s: the memory of an input was lent again", what)
			dev.found = false
		}
	}
}

// descent is a step that the device has a kernel for.
type descent struct{}

func (descent) Name() string          { return "descent" }
func (descent) Kernel() device.Kernel { return device.Add }
func (descent) Body([]*tensor.Tensor) { panic("the device has a kernel") }

package cpu

import (
	"fmt"
	"unsafe"

	"github.com/facula-ml/facula/device"
)

// CPU is the host as a device. The zero CPU is ready to use.
type CPU struct{}

// Name returns "cpu".
func (*CPU) Name() string { return "cpu" }

// Upload copies src to dst.
func (*CPU) Upload(dst device.Buffer, off int, src []byte) error {
	if off < 0 || off+len(src) > dst.Bytes {
		return fmt.Errorf("cpu: upload of %d bytes at %d into %d", len(src), off, dst.Bytes)
	}
	copy(unsafe.Slice((*byte)(dst.Ptr), dst.Bytes)[off:], src)
	return nil
}

// Download copies src to dst.
func (*CPU) Download(dst []byte, src device.Buffer, off int) error {
	if off < 0 || off+len(dst) > src.Bytes {
		return fmt.Errorf("cpu: download of %d bytes at %d from %d", len(dst), off, src.Bytes)
	}
	copy(dst, unsafe.Slice((*byte)(src.Ptr), src.Bytes)[off:])
	return nil
}

// Supports reports whether the table has a kernel for d.
func (*CPU) Supports(k device.Kernel, d device.DType) bool {
	return k < device.NumKernels && d < device.NumDTypes && table[k][d] != nil
}

// Run launches a kernel and waits for it.
func (*CPU) Run(c device.Call) error {
	v := c.In[0]
	if v == nil {
		v = c.Out[0]
	}
	if f := table[c.Kernel][v.DType]; f != nil {
		return f(c)
	}
	return fmt.Errorf("cpu: %v of %v: %w", c.Kernel, v.DType, device.ErrUnsupported)
}

// Sync returns at once: Run waits.
func (*CPU) Sync() error { return nil }

// A kernel runs one call.
type kernel func(device.Call) error

// byDType is one row of the table: a kernel for each dtype it works on.
type byDType [device.NumDTypes]kernel

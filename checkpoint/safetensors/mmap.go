package safetensors

import (
	"runtime"
	"sync/atomic"

	"github.com/facula-ml/facula/checkpoint/archive"
	"github.com/facula-ml/facula/tensor"
)

// A mapping is a file in memory, until Close and until its last tensor is gone.
type mapping struct {
	bytes []byte
	users atomic.Int32
}

// tensor returns the elements at an offset, in the mapped memory itself.
func (m *mapping) tensor(info *archive.Info, at int64) (*tensor.Tensor, error) {
	t, err := archive.FromBytes(m.bytes[at:at+info.Bytes:at+info.Bytes], info.DType, info.Shape)
	if err != nil {
		return nil, err
	}
	// A view of t points into t, so the memory of t goes after the last view.
	m.users.Add(1)
	runtime.AddCleanup(t, func(m *mapping) { m.release() }, m)
	return t, nil
}

// release counts down, and unmaps after the last user.
func (m *mapping) release() error {
	if m.users.Add(-1) > 0 {
		return nil
	}
	b := m.bytes
	m.bytes = nil
	return unmap(b)
}

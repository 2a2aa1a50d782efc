package device

import "fmt"

// Index is the attribute of indexing kernels: the dim that is indexed, and
// whether negative indices count from its end.
type Index struct {
	Dim  int
	Wrap bool
}

// IndexRange is the attribute of ResolveIndex: indices of a dim of length
// Size, where Ignore, if HasIgnore, is allowed too and becomes 0.
type IndexRange struct {
	Index
	Size      int
	Ignore    int64
	HasIgnore bool
}

// An IndexError reports an index that is out of range.
type IndexError struct {
	Value int64 // the index
	At    []int // where it stands in the index tensor
	Range IndexRange
}

// Error names the index, its position and the range.
func (e *IndexError) Error() string {
	s := fmt.Sprintf("index %d at %v is out of range for dim %d of size %d", e.Value, e.At, e.Range.Dim, e.Range.Size)
	if e.Range.Size == 0 {
		return s
	}
	lo := 0
	if e.Range.Wrap {
		lo = -e.Range.Size
	}
	return fmt.Sprintf("%s; want %d to %d", s, lo, e.Range.Size-1)
}

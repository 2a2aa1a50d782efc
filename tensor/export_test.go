package tensor

import "unsafe"

// SavedCount is how many tensors t's graph holds for gradients.
func SavedCount(t *Tensor) int {
	n := 0
	seen := map[*node]bool{}
	var visit func(d *node)
	visit = func(d *node) {
		if d == nil || seen[d] {
			return
		}
		seen[d] = true
		for _, s := range d.saved() {
			if s.t != nil {
				n++
			}
		}
		for _, e := range d.edges() {
			visit(e.node)
		}
	}
	visit(t.b.grad())
	return n
}

// Pointer is the address of t's storage.
func Pointer(t *Tensor) unsafe.Pointer { return t.b.store.Ptr }

// Overlaps reports whether some elements of t lie in one place.
func Overlaps(t *Tensor) bool { return overlap(&t.b.view) >= 0 }

// Taking says that a goroutine is taking something from s, or not any more.
func Taking(s *Scope, yes bool) { s.taking.Store(yes) }

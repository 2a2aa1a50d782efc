//go:build !linux && !race

package cpu

// unpooled is for builds whose buffers are all of Go's heap.
const unpooled = false

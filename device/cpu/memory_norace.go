//go:build !race

package cpu

// unpooled is for builds without a pool.
const unpooled = false

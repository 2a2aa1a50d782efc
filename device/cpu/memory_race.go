//go:build race

package cpu

// unpooled makes all buffers the collector's: the race detector does not see
// memory that is mapped, and would take one that is used again for a race.
const unpooled = true

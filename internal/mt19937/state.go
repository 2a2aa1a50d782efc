package mt19937

import (
	"encoding/binary"
	"fmt"
	"math"
)

// StateSize is the length of a state in bytes, as of torch.get_rng_state().
const StateSize = 5056

// Offsets of the state, little-endian, found by looking at states of PyTorch
// 1.13.1. What lies between is unused and zero.
const (
	atSeed    = 0                     // uint64
	atLeft    = 8                     // int32
	atSeeded  = 12                    // int32, 1
	atNext    = 16                    // uint64
	atWords   = 24                    // 624 uint64, each a 32-bit word
	atSpare   = atWords + 8*words + 8 // float64, after one unused
	atValid   = atSpare + 16          // int32, after one unused
	atSpare32 = atValid + 8           // float32
	atValid32 = atSpare32 + 4         // byte
)

// State returns the whole state of e in the bytes of torch.get_rng_state().
func (e *Engine) State() []byte {
	b, le := make([]byte, StateSize), binary.LittleEndian
	le.PutUint64(b[atSeed:], e.seed)
	le.PutUint32(b[atLeft:], uint32(e.left))
	le.PutUint32(b[atSeeded:], 1)
	le.PutUint64(b[atNext:], uint64(e.next))
	for i, w := range e.word {
		le.PutUint64(b[atWords+8*i:], uint64(w))
	}
	le.PutUint64(b[atSpare:], math.Float64bits(e.spare.value))
	if e.spare.valid {
		b[atValid] = 1
	}
	le.PutUint32(b[atSpare32:], math.Float32bits(e.spare32.value))
	if e.spare32.valid {
		b[atValid32] = 1
	}
	return b
}

// SetState puts e in a state that State or torch.get_rng_state() returned. It
// changes nothing and returns an error if b is not such a state.
func (e *Engine) SetState(b []byte) error {
	if len(b) != StateSize {
		return fmt.Errorf("mt19937: state has %d bytes, want %d", len(b), StateSize)
	}
	le := binary.LittleEndian
	left, next := le.Uint32(b[atLeft:]), le.Uint64(b[atNext:])
	fresh := left == 1 && next == 0
	used := next >= 1 && next <= words && uint64(left)+next == words+1
	if le.Uint32(b[atSeeded:]) != 1 || !fresh && !used {
		return fmt.Errorf("mt19937: state has position %d with %d words left, want a seeded state with a sum of %d", next, left, words+1)
	}
	*e = Engine{loops: e.loops, seed: le.Uint64(b[atSeed:]), left: int(left), next: int(next)}
	for i := range e.word {
		e.word[i] = le.Uint32(b[atWords+8*i:])
	}
	e.spare = cache[float64]{math.Float64frombits(le.Uint64(b[atSpare:])), b[atValid] != 0}
	e.spare32 = cache[float32]{math.Float32frombits(le.Uint32(b[atSpare32:])), b[atValid32] != 0}
	return nil
}

package data

import (
	"encoding/binary"
	"math/rand/v2"
)

// The last word of a stream's key says what the stream is for. Samples use
// the words below these: how often the index came before in its epoch.
const (
	forShuffle  = 1 << 63
	forSplit    = 1<<63 + 1
	forWeighted = 1<<63 + 2
	forBuckets  = 1<<63 + 3
	forBuffer   = 1<<63 + 4
)

// stream is a random source named by a key: streams of different keys are
// independent, because the key is the whole seed of a cipher. Seeding waits
// for the first number, as most samples draw none.
type stream struct {
	key    [32]byte
	src    rand.ChaCha8
	seeded bool
}

// reset starts the stream of another key.
func (s *stream) reset(seed uint64, epoch, index int, use uint64) {
	for i, word := range [4]uint64{seed, uint64(epoch), uint64(index), use} {
		binary.LittleEndian.PutUint64(s.key[8*i:], word)
	}
	s.seeded = false
}

// Uint64 returns the next number, as rand.Source asks.
func (s *stream) Uint64() uint64 {
	if !s.seeded {
		s.src.Seed(s.key)
		s.seeded = true
	}
	return s.src.Uint64()
}

// permutation returns 0…n-1 in an order that depends on the arguments only.
func permutation(n int, seed uint64, epoch int, use uint64) []int {
	var s stream
	s.reset(seed, epoch, 0, use)
	return rand.New(&s).Perm(n)
}

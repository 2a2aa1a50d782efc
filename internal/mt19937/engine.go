package mt19937

// The constants of MT19937 and of its seeding: Matsumoto and Nishimura 1998,
// doi:10.1145/272991.272995, table II, and their 2002 initialisation.
const (
	words  = 624 // n: the length of the state
	middle = 397 // m: the offset of the word that is mixed in

	upperBit  = 0x80000000
	lowerBits = 0x7fffffff
	twist     = 0x9908b0df
	temperB   = 0x9d2c5680
	temperC   = 0xefc60000
	seedMul   = 1812433253
)

// Engine is PyTorch's CPU generator. It is not safe for concurrent use. The
// zero value is not seeded: use New.
type Engine struct {
	seed  uint64
	word  [words]uint32
	next  int // the word that comes next
	left  int // words until the state is renewed, plus one
	spare cache[float64]
	// PyTorch's state has a float32 spare too, which no CPU recipe here
	// reads. It is carried along so that SetState loses nothing.
	spare32 cache[float32]
	loops   *Loops
}

// cache holds the second number of a Box-Muller pair, if there is one.
type cache[T any] struct {
	value T
	valid bool
}

// New returns an engine in the state after torch.manual_seed(seed).
func New(seed uint64) *Engine {
	e := new(Engine)
	e.Seed(seed)
	return e
}

// Seed puts e in the state after torch.manual_seed(seed): only the lower 32
// bits decide the numbers, and a kept normal sample is forgotten.
func (e *Engine) Seed(seed uint64) {
	*e = Engine{seed: seed, left: 1, loops: e.loops}
	e.word[0] = uint32(seed)
	for i := 1; i < words; i++ {
		prev := e.word[i-1]
		e.word[i] = seedMul*(prev^prev>>30) + uint32(i)
	}
}

// Uint32 returns the next 32 random bits.
func (e *Engine) Uint32() uint32 {
	if e.left--; e.left == 0 {
		e.renew()
	}
	y := e.word[e.next]
	e.next++
	y ^= y >> 11
	y ^= y << 7 & temperB
	y ^= y << 15 & temperC
	return y ^ y>>18
}

// Uint64 returns the next 64 random bits: the first draw is the upper half.
func (e *Engine) Uint64() uint64 {
	high := uint64(e.Uint32())
	return high<<32 | uint64(e.Uint32())
}

// renew makes the next 624 words from the present ones.
func (e *Engine) renew() {
	w := &e.word
	const first = words - middle
	if e.loops != nil {
		e.loops.Twist(w[:first], w[:first], w[1:], w[middle:])
		e.loops.Twist(w[first:words-1], w[first:words-1], w[first+1:], w[:middle-1])
	} else {
		for i := range first {
			w[i] = mix(w[i], w[i+1], w[i+middle])
		}
		for i := first; i < words-1; i++ {
			w[i] = mix(w[i], w[i+1], w[i-first])
		}
	}
	w[words-1] = mix(w[words-1], w[0], w[middle-1])
	e.left, e.next = words, 0
}

// mix is the recurrence of the generator.
func mix(upper, lower, far uint32) uint32 {
	y := upper&upperBit | lower&lowerBits
	return far ^ y>>1 ^ -(lower&1)&twist
}

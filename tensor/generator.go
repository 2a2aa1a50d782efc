package tensor

import (
	"fmt"
	"sync"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/internal/mt19937"
)

// A Generator makes random numbers: PyTorch's CPU generator, so that the same
// seed gives the same numbers. Several goroutines may use it.
type Generator struct {
	mu  sync.Mutex
	eng *mt19937.Engine
}

// NewGenerator returns a generator that starts from seed.
func NewGenerator(seed uint64) *Generator {
	g := &Generator{eng: mt19937.New(seed)}
	g.eng.Use(cpu.RandomLoops())
	return g
}

// defaultSeed is the seed of a program that gives none: PyTorch's own.
const defaultSeed = 67280421310721

var defaultGen = NewGenerator(defaultSeed)

// ManualSeed starts the default generator again from seed.
func ManualSeed(seed uint64) { defaultGen.Seed(seed) }

// DefaultGenerator returns the generator of calls that are given none.
func DefaultGenerator() *Generator { return defaultGen }

// Seed starts g again from seed.
func (g *Generator) Seed(seed uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.eng.Seed(seed)
}

// State returns what SetState needs to go on from here: the bytes of
// torch.get_rng_state().
func (g *Generator) State() []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.eng.State()
}

// SetState puts g where State was called; an error if state is none.
func (g *Generator) SetState(state []byte) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.eng.SetState(state)
}

// Uint64 returns 64 random bits, for the seed of another source of randomness.
func (g *Generator) Uint64() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.eng.Uint64()
}

// with runs f on the engine of m's generator.
func (m Make) with(f func(*mt19937.Engine)) {
	g := m.Gen
	if g == nil {
		g = defaultGen
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	f(g.eng)
}

// fillRandom makes a tensor of m's floating dtype from one of two recipes;
// half precision has its own.
func (m Make) fillRandom(op string, shape []int, r recipe) *Tensor {
	spec, err := shapeSpec(m.dtype(Float32), shape)
	if err == nil {
		err = wantFloat(spec.DType)
	}
	if err != nil {
		misuse(op, err)
	}
	t := emptyOf(host, &spec)
	n := t.Len()
	m.with(func(e *mt19937.Engine) {
		switch spec.DType {
		case Float32:
			r.f32(e, memory[float32](t, n))
		case Float64:
			r.f64(e, memory[float64](t, n))
		case Float16:
			r.f16(e, memory[f16](t, n))
		case BFloat16:
			r.bf16(e, memory[bf16](t, n))
		}
	})
	return t.To(m.device())
}

// Rand returns numbers uniform in [0, 1).
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.rand; the same numbers for the same seed
func (m Make) Rand(shape ...int) *Tensor { return m.fillRandom("rand", shape, uniform(0, 1)) }

// Uniform returns numbers uniform in [lo, hi).
//
//	panics: *Error if lo > hi, or for a dtype that is not floating point
//	source: torch.Tensor.uniform_
func (m Make) Uniform(lo, hi float64, shape ...int) *Tensor {
	if !(lo <= hi) {
		misuse("uniform", fmt.Errorf("the range is %v to %v; want lo <= hi", lo, hi))
	}
	return m.fillRandom("uniform", shape, uniform(lo, hi))
}

// Randn returns numbers of the standard normal distribution.
//
//	dtype:  floating point
//	panics: *Error for another dtype
//	source: torch.randn; the same numbers for the same seed (package mt19937 in
//	internal says where the last bit may differ)
func (m Make) Randn(shape ...int) *Tensor { return m.fillRandom("randn", shape, normal(0, 1)) }

// Normal returns numbers of a normal distribution.
//
//	panics: *Error if std < 0, or for a dtype that is not floating point
//	source: torch.Tensor.normal_
func (m Make) Normal(mean, std float64, shape ...int) *Tensor {
	if !(std >= 0) {
		misuse("normal", fmt.Errorf("std is %v; want 0 or more", std))
	}
	return m.fillRandom("normal", shape, normal(mean, std))
}

// RandInt returns integers uniform in [lo, hi), int64 unless DType says otherwise.
//
//	panics: *Error if lo >= hi
//	source: torch.randint
func (m Make) RandInt(lo, hi int, shape ...int) *Tensor {
	if lo >= hi {
		misuse("randint", fmt.Errorf("the range is %d to %d; want lo < hi", lo, hi))
	}
	t := Make{DType: Int64}.full("randint", 0, shape)
	m.with(func(e *mt19937.Engine) { e.RandInt(memory[int64](t, t.Len()), int64(lo), int64(hi)) })
	return t.To(m.device()).Cast(m.dtype(Int64))
}

// RandPerm returns the integers 0…n-1 in random order, int64 unless DType says
// otherwise.
//
//	panics: *Error if n < 0
//	source: torch.randperm
func (m Make) RandPerm(n int) *Tensor {
	if n < 0 {
		misuse("randperm", fmt.Errorf("n is %d; want 0 or more", n))
	}
	var v []int64
	m.with(func(e *mt19937.Engine) { v = e.RandPerm(n) })
	return fromHost(m.device(), v, n).Cast(m.dtype(Int64))
}

// Bernoulli returns ones with probability p and zeros otherwise, float32
// unless DType says otherwise.
//
//	panics: *Error unless 0 <= p <= 1
//	source: torch.Tensor.bernoulli_
func (m Make) Bernoulli(p float64, shape ...int) *Tensor {
	if !(p >= 0 && p <= 1) {
		misuse("bernoulli", fmt.Errorf("p is %v; want 0 to 1", p))
	}
	t := Make{}.full("bernoulli", 0.0, shape)
	m.with(func(e *mt19937.Engine) { e.BernoulliF32(memory[float32](t, t.Len()), p) })
	return t.To(m.device()).Cast(m.dtype(Float32))
}

// BernoulliEach returns ones with the probability that each element of p gives,
// and zeros elsewhere, of p's dtype unless DType says otherwise. The gradient of
// p is zero.
//
//	dtype:  floating point
//	panics: *Error for another dtype, or unless every p is 0 to 1
//	source: torch.bernoulli
func (m Make) BernoulliEach(p *Tensor) *Tensor {
	if err := wantFloat(p.DType()); err != nil {
		misuse("bernoulli", err, p)
	}
	draw := make([]bool, p.Len())
	wide := Slice[float64](p.Detach())
	for i, q := range wide {
		if !(q >= 0 && q <= 1) {
			misuse("bernoulli", fmt.Errorf("p is %v at element %d; want 0 to 1", q, i), p)
		}
	}
	m.with(func(e *mt19937.Engine) {
		if p.DType() == Float64 {
			e.BernoulliEachF64(draw, wide)
		} else {
			e.BernoulliEachF32(draw, Slice[float32](p.Detach()))
		}
	})
	if m.Device == nil {
		m.Device = p.Device()
	}
	y := fromHost(m.device(), draw, p.shape()...).Cast(m.dtype(p.DType()))
	if y.b.dev != p.b.dev || !y.DType().IsFloat() {
		return y
	}
	return drawn(y, p)
}

// Rand is Make{}.Rand.
func Rand(shape ...int) *Tensor { return Make{}.Rand(shape...) }

// Randn is Make{}.Randn.
func Randn(shape ...int) *Tensor { return Make{}.Randn(shape...) }

// RandInt is Make{}.RandInt.
func RandInt(lo, hi int, shape ...int) *Tensor { return Make{}.RandInt(lo, hi, shape...) }

// RandPerm is Make{}.RandPerm.
func RandPerm(n int) *Tensor { return Make{}.RandPerm(n) }

// Bernoulli is Make{}.Bernoulli.
func Bernoulli(p float64, shape ...int) *Tensor { return Make{}.Bernoulli(p, shape...) }

// RandLike is Rand of t's shape, dtype and device.
func RandLike(t *Tensor) *Tensor { return like(t).Rand(t.shape()...) }

// RandnLike is Randn of t's shape, dtype and device.
func RandnLike(t *Tensor) *Tensor { return like(t).Randn(t.shape()...) }

// RandIntLike is RandInt of t's shape, dtype and device.
func RandIntLike(t *Tensor, lo, hi int) *Tensor { return like(t).RandInt(lo, hi, t.shape()...) }
